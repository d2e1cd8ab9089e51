/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_IMPORT_H
#define LULL_CLI_IMPORT_H

#include "cli/opt.h"

/** import_run() - `lull import`: recordings and sessions into the store. */
int import_run(const struct command *c, int argc, char **argv);

#endif
