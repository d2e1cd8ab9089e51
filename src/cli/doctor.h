/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_DOCTOR_H
#define LULL_CLI_DOCTOR_H

#include "cli/opt.h"

/** doctor_run() - `lull doctor`: each part ok, or what mends it. */
int doctor_run(const struct command *c, int argc, char **argv);

#endif
