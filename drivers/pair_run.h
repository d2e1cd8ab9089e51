/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DRIVERS_PAIR_RUN_H
#define LULL_DRIVERS_PAIR_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "signal/beat.h"

/**
 * Runs of beats, and whether two of them are of one heart.
 *
 * A strap that is heard by two radios gives both the same intervals, in other
 * packets and at other times. Equal are two intervals if rounding alone can
 * tell them apart: by a tick where both are in 1/1024 s (an interval rounded
 * here, a difference of rounded times there), by 2 ms where one is in ms.
 *
 * How much a run of equal intervals proves depends on the heart. Of two hearts
 * that know nothing of each other, each with a spread of s about what breathing
 * and the last beats foretell, one interval falls within a width w of the
 * other's with a chance of at most w / (2 sqrt(pi) s): the density of the
 * difference of two normal values at 0, their means being equal, which is the
 * worst case: breathing together to one pacer. So each equal interval is worth
 * -log2 of that in bits: 3.3 for a spread of 8 ms, nothing for a paced heart,
 * which is never told from another one.
 *
 * The spread is that of fourth differences, by their median: sums of waves
 * longer than eight beats leave next to nothing in them, and an odd beat moves
 * no median. Their variance is 70 times that of what cannot be foretold.
 *
 * Pure: no clock, no allocation.
 */

/** Beats looked back at: a minute or two, what recognition takes of a very
 * even heart. */
#define PAIR_RUN_MAX 128
/** No two radios put one beat further apart: a strap's latency differs by up to
 * 2.6 s between them, and a chain begins up to 1.3 s early (arrival.h). */
#define PAIR_RUN_APART_US UINT64_C(4000000)

/** The last beats of a stream, each by its number. All zeros is none. */
struct pair_run {
	uint64_t n;    /**< beats ever: the next one's number */
	uint64_t from; /**< no beat is missing from this number on */
	struct beat beats[PAIR_RUN_MAX];
};

/** pair_run_add() - the next beat. */
void pair_run_add(struct pair_run *r, const struct beat *beat);
/** pair_run_break() - beats are missing here. */
void pair_run_break(struct pair_run *r);
/** pair_run_at() - beat number @i. Return: NULL if it is not known (any more)
 * or not of the unbroken run. */
const struct beat *pair_run_at(const struct pair_run *r, int64_t i);

/** pair_run_equal() - may these be the same interval? */
bool pair_run_equal(const struct beat *a, const struct beat *b);

/**
 * pair_run_bits() - what one equal interval proves of these two runs
 * @a: whose spread is looked at: its last 32 beats
 * Return: bits, >= 0; 0 where fewer than 16 beats are known.
 */
double pair_run_bits(const struct pair_run *a, const struct pair_run *b);

/**
 * pair_run_find() - where one run lies in another
 * @bits: what their common end must prove
 * @ret_shift: to be added to a number in @r to get the one in @in
 *
 * All that both have must be equal from the last common beat back to where
 * that much is proven, and lie within PAIR_RUN_APART_US of each other; and no
 * other place may do as well.
 *
 * Return: whether it was found.
 */
bool pair_run_find(const struct pair_run *r, const struct pair_run *in,
                   double bits, int64_t *ret_shift);

#endif
