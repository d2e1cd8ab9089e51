/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_REPLAY_H
#define LULL_CLI_REPLAY_H

#include "cli/opt.h"

/** replay_run() - `lull replay`: recorded inputs again, outputs compared. */
int replay_run(const struct command *c, int argc, char **argv);

#endif
