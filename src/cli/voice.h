/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_VOICE_H
#define LULL_CLI_VOICE_H

#include "cli/opt.h"

/** voice_run() - `lull voice check | texts`: every phrase that can be said, as
    it sounds, or as it is written. */
int voice_run(const struct command *c, int argc, char **argv);

#endif
