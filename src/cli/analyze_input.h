/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_ANALYZE_INPUT_H
#define LULL_CLI_ANALYZE_INPUT_H

#include "base/error.h"
#include "drivers/rr.h"
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

/** The file itself. */
struct analyze_kept {
	struct rr rr;
	bool session; /**< JSON Lines of ours */
	char *text;   /**< its bytes */
	size_t len;
};
/** analyze_kept_finish() - takes one of all zeros. */
void analyze_kept_finish(struct analyze_kept *k);

/**
 * analyze_input_read() - all intervals of a file
 * @path: any format of drivers/recording.h, or a session as JSON Lines; `-`:
 *        standard input
 * @a: holds the intervals until the caller releases them
 * @ret_kept: analyze_kept_finish() it; NULL: not wanted
 *
 * Return: 0; or a negative errno with @error, `PATH:LINE: what was expected`.
 */
int analyze_input_read(const char *path, struct arena *a,
                       struct analyze_input *ret, struct analyze_kept *ret_kept,
                       struct error *error);

/** analyze_input_cut() - the intervals that lie whole within [from, to]
    @to_s: HUGE_VAL: to the end. Points into @nn. */
struct nn analyze_input_cut(const struct nn *nn, double from_s, double to_s);

#endif
