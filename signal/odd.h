/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_SIGNAL_ODD_H
#define LULL_SIGNAL_ODD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "signal/clean.h"
#include "signal/ranks.h"

/**
 * What is odd about an interval among its neighbours: the detector of a whole
 * recording (clean.h) and of the live one (artifact.h) alike. It goes along
 * the intervals and judges each when five more are known.
 *
 * After Lipponen & Tarvainen 2019: each interval is held against the median
 * of the eleven about it, and a limit is 5.2 times the spread of the last
 * ninety-one. Otherwise than there
 * - a beat out of place is found by where the two beats on either side would
 *   put it (a cubic through them), not by the differences of intervals: those
 *   of a wave of breathing are large, its third difference is small;
 * - spread is the median of absolute values: where they are symmetric the
 *   same as the paper's quartile deviation, but half of them may be wild and
 *   not a quarter;
 * - what was found is mended before it counts for the spread or stands beside
 *   the next, or the limits would grow with the very beats they are to find;
 *   and while such beats are frequent, what is out of place by a twenty-fifth
 *   of the interval is one of them;
 * - beside these, what lies a fifth off the median (D.3 of
 *   reference/content.md) and three limits is odd by itself.
 *
 * How the constants were chosen stands beside each in odd.c.
 *
 * Pure; embedded in its owner; the same for any number of beats.
 */

#define ODD_AHEAD  5  /**< intervals looked ahead */
#define ODD_ABOUT  11 /**< intervals about each for its reference; the paper */
#define ODD_BUFFER 64

/** Limits of what an interval is; one that is like those about it may lie
 *  beyond: a slow athlete's 2.1 s are a beat, a pattern of 3 s a heart. */
#define ODD_MIN_MS 300.0 /**< reference/content.md D.3 */
#define ODD_MAX_MS 2000.0

/** The last ninety-one values of what is usual. */
struct odd_spread {
	float last[RANKS_MAX];
	size_t at;
	struct ranks ranks;
};

struct odd {
	double rr_ms[ODD_BUFFER]; /**< mended up to @next, raw from there on */
	size_t n, next;           /**< there are; the next to be judged */
	struct ranks about;       /**< raw ones about @next */
	double raw_ms[ODD_ABOUT]; /**< a ring of the same */
	size_t raw_at;
	struct odd_spread off, place;
	uint64_t found; /**< one bit each of the last 64: was it odd? */
	bool second;    /**< @next is the second of two that were judged */
	enum clean_kind first;
};

struct odd_verdict {
	enum clean_kind kind;
	double rr_ms;     /**< as it was given */
	double mended_ms; /**< what may stand for it; itself if ok */
};

void odd_init(struct odd *o);

/** odd_gap() - the next has no neighbour; what is usual stays known. */
void odd_gap(struct odd *o);

/**
 * odd_push() - one more interval
 * @rr_ms: finite and over 0
 * @slow: deep slow waves are to be expected: 30 % for the fifth (D.3)
 * @ret: of the one that came five before; untouched if there is none
 *
 * CLEAN_EXTRA and CLEAN_ECTOPIC are told of two intervals one after the other.
 * Return: whether there is a verdict.
 */
bool odd_push(struct odd *o, double rr_ms, bool slow, struct odd_verdict *ret);

/** odd_flush() - as odd_push() when none follows; false: all are judged. */
bool odd_flush(struct odd *o, bool slow, struct odd_verdict *ret);

#endif
