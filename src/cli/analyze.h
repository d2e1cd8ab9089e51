/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_ANALYZE_H
#define LULL_CLI_ANALYZE_H

#include "cli/opt.h"

/** `lull analyze`: the HRV of recordings; needs no daemon. */
int analyze_run(const struct command *c, int argc, char **argv);

#endif
