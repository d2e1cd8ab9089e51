/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_WATCH_H
#define LULL_CLI_WATCH_H

#include "cli/opt.h"

/** `lull watch`: the state live, full screen, dim. */
int watch_run(const struct command *c, int argc, char **argv);

#endif
