/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_SENSORS_H
#define LULL_CLI_SENSORS_H

#include "cli/opt.h"

/* The commands about which sensor is mine; they start a daemon if none runs. */
int sensors_list(const struct command *c, int argc, char **argv);
int sensors_use(const struct command *c, int argc, char **argv);
int sensors_forget(const struct command *c, int argc, char **argv);

#endif
