/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_START_H
#define LULL_CLI_START_H

#include "cli/opt.h"

/** start_run() - `lull start`: a session in the foreground, to its end. */
int start_run(const struct command *c, int argc, char **argv);

#endif
