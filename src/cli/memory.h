/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_MEMORY_H
#define LULL_CLI_MEMORY_H

#include "cli/opt.h"

/** `lull memory`: what is remembered of the person, and to begin anew. */
int memory_run(const struct command *c, int argc, char **argv);

#endif
