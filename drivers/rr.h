/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DRIVERS_RR_H
#define LULL_DRIVERS_RR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drivers/load.h"
#include "drivers/rr_start.h"

/**
 * The intervals of a recording, whatever it was read from; and text files of
 * RR intervals (reference/sensors.md F): one a line, or the time of the beat
 * and the interval. Lines are those of scan.h. All intervals are in the
 * unit of the first: s if that is at most 10, ms if it is 200 at the least.
 */

/** What one interval of a text may be: 300 a minute, and a pause of ten
    seconds. A strap's and a watch's are handed over as they are. */
#define RR_MS_MIN 200.0
#define RR_MS_MAX 10000.0

struct rr_interval {
	uint64_t t_us; /**< of the beat that ends it; the first begins at 0 */
	double rr_ms;
	uint32_t rr_ticks; /**< 1/1024 s as a strap gave it; 0: only ms */
	bool gap;          /**< beats are missing before it */
};

/** Times rise strictly; intervals are greater than 0. */
struct rr {
	struct rr_interval *intervals;
	size_t n;
	struct rr_start start; /**< of the first */
};

/** rr_finish() - free what a parser filled; takes one of all zeros. */
void rr_finish(struct rr *rr);

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

/** Intervals while they are read. All zeros: none yet. */
struct rr_list {
	struct rr rr; /**< take it, or rr_finish() it */
	size_t room;
};

/** rr_list_grow() - room for one more at the least. For rr_list_add(). */
int rr_list_grow(struct rr_list *list, size_t used, size_t len);

/**
 * rr_list_add() - one more
 * @used, @len: of the input's bytes, used > 0: so much was read for what is
 *	there, and the rest is taken to be like it. Keeps page faults few.
 *
 * Return: 0 or -ENOMEM.
 */
static inline int rr_list_add(struct rr_list *list,
                              const struct rr_interval *interval, size_t used,
                              size_t len)
{
	if (list->rr.n == list->room) {
		int r = rr_list_grow(list, used, len);

		if (r < 0)
			return r;
	}
	list->rr.intervals[list->rr.n++] = *interval;
	return 0;
}

/** rr_list_beat() - a beat on a clock of its own, behind a hole or not. Never
    before the last: it then comes a ms behind it. Return: as rr_list_add(). */
int rr_list_beat(struct rr_list *list, struct rr_interval beat, size_t used,
                 size_t len);

/** rr_from_zero() - shift all times so that the first interval begins at 0. */
void rr_from_zero(struct rr *rr);

#endif
