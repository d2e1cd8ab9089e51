/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_SOUND_H
#define LULL_CLI_SOUND_H

#include "cli/opt.h"

/** `lull sound test`: what is heard, where, and at what cost. */
int sound_run(const struct command *c, int argc, char **argv);

#endif
