/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_LIVE_H
#define LULL_CLI_LIVE_H

#include "cli/opt.h"

/* The commands that speak to a session that runs. */
int live_word(const struct command *c, int argc, char **argv);
int live_answer(const struct command *c, int argc, char **argv);
int live_status(const struct command *c, int argc, char **argv);

#endif
