/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_PLAN_H
#define LULL_CLI_PLAN_H

#include "cli/opt.h"

/* The commands on what can be played. */
int plan_routines(const struct command *c, int argc, char **argv);
int plan_routine(const struct command *c, int argc, char **argv);

/** plan_grade() - the grade that an evidence note begins with, "C" of
    "C (small trials)". @ret: at most @len bytes */
void plan_grade(const char *evidence, char *ret, size_t len);

#endif
