/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_TRIAL_H
#define LULL_CLI_TRIAL_H

#include "cli/opt.h"
#include "diary/trial.h"
#include "store/store.h"

/** `lull trial`: a trial of one's own, in blocks drawn by lot. */
int trial_run(const struct command *c, int argc, char **argv);

/**
 * trial_today() - what today is in the trial that runs, one line
 * @s: NULL: the store where it is, if there is one
 *
 * Return: @ret; "" where none runs or it cannot be read.
 */
const char *trial_today(struct store *s, char ret[TRIAL_TEXT]);

#endif
