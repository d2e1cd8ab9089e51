/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_SIGNAL_RANKS_H
#define LULL_SIGNAL_RANKS_H

#include <stddef.h>

/**
 * The middle of the last few values: a sorted list, into which one goes and
 * out of which one comes at each beat. (gsl_movstat knows no value that is
 * not there, and looks ahead.) In single precision: a limit needs no more.
 *
 * Pure; embedded in its owner.
 */

#define RANKS_MAX  91 /**< Lipponen & Tarvainen 2019: beats about each */

#define RANKS_ROOM 92 /**< whole fours */

struct ranks {
	float sorted[RANKS_ROOM]; /**< infinite beyond @n */
	size_t n;
};

/** ranks_init() - none. */
void ranks_init(struct ranks *r);
/** ranks_add() - @value is finite; not full. */
void ranks_add(struct ranks *r, float value);
/** ranks_remove() - one that was added and is still there. */
void ranks_remove(struct ranks *r, float value);
/** ranks_swap() - both at once, at the price of one. */
void ranks_swap(struct ranks *r, float out, float in);

/** ranks_median() - the mean of the middle two if they are even; r->n > 0. */
static inline float ranks_median(const struct ranks *r)
{
	return 0.5f * (r->sorted[(r->n - 1) / 2] + r->sorted[r->n / 2]);
}

#endif
