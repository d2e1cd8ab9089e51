/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DRIVERS_RR_H
#define LULL_DRIVERS_RR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drivers/load.h"

/**
 * Text files of RR intervals (reference/sensors.md F): one a line, or the
 * time of the beat and the interval. Blank lines and what follows a `#` do not
 * count; columns stand apart by blanks, a comma or a semicolon. All intervals
 * below 10: seconds; else ms.
 */

/** What one interval may be: 300 a minute, and a pause of ten seconds. */
#define RR_MS_MIN 200.0
#define RR_MS_MAX 10000.0

struct rr_interval {
	uint64_t t_us; /**< of the beat that ends it; the first begins at 0 */
	double rr_ms;
	bool gap; /**< beats are missing before it (two columns only) */
};

struct rr {
	struct rr_interval *intervals;
	size_t n;
};

/**
 * rr_parse() - intervals from a text in memory
 * @ret: untouched on failure; else rr_finish() it
 * @error: filled on failure
 *
 * Where a column of times agrees with the intervals it tells where beats are
 * missing; where it holds arrivals, which only agree in the long run, beat
 * times are rebuilt (arrival.h).
 *
 * Return: 0; -EBADMSG; -ENODATA if there is no interval; -ENOMEM.
 */
int rr_parse(const char *text, size_t len, struct rr *ret,
             struct load_error *error);

/** rr_read() - the same of a file. Return: also what load_text() returns. */
int rr_read(const char *path, struct rr *ret, struct load_error *error);

/** rr_finish() - free what rr_parse() filled; takes one of all zeros. */
void rr_finish(struct rr *rr);

#endif
