/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_ANALYZE_INPUT_H
#define LULL_CLI_ANALYZE_INPUT_H

#include "base/error.h"
#include "signal/arena.h"
#include "signal/nn.h"

/** A recording as the HRV engine takes it. */
struct analyze_input {
	struct nn nn;       /**< in the arena; 0 s is the first beat */
	const char *format; /**< for people, e.g. "RR text"; static */
};

/** analyze_input_name() - what a file is called in a sentence. Return: @path,
    or static. */
const char *analyze_input_name(const char *path);

/**
 * analyze_input_read() - all intervals of a file
 * @path: any format of drivers/recording.h, or a session as JSON Lines; `-`:
 *        standard input
 * @a: holds the intervals until the caller releases them
 *
 * Return: 0; or a negative errno with @error, `PATH:LINE: what was expected`.
 */
int analyze_input_read(const char *path, struct arena *a,
                       struct analyze_input *ret, struct error *error);

/** analyze_input_cut() - the intervals that lie whole within [from, to]
    @to_s: HUGE_VAL: to the end. Points into @nn. */
struct nn analyze_input_cut(const struct nn *nn, double from_s, double to_s);

#endif
