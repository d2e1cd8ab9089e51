/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_RENDER_H
#define LULL_CLI_RENDER_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/opt.h"

/** render_run() - `lull render`: a whole session on a simulated clock. */
int render_run(const struct command *c, int argc, char **argv);

/** render_sound_ok() - does it end in .wav, .flac or .ogg? */
bool render_sound_ok(const char *path);

#endif
