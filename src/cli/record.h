/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_RECORD_H
#define LULL_CLI_RECORD_H

#include "cli/opt.h"

/** record_run() - raw packets into a capture file; needs no daemon, but keeps
    away from the sensor of one that plays. */
int record_run(const struct command *c, int argc, char **argv);

#endif
