/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_LAB_REFEREE_H
#define LULL_TESTS_LAB_REFEREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * The referee's eyes: what the devices sent beside what a session stored.
 * Pure.
 */

/** A line of a device's truth. */
struct referee_truth {
	uint64_t t_us; /**< the guest's clock */
	uint32_t rr_ticks;
	bool sent; /**< handed over on a live link */
};

/** A stored beat. */
struct referee_beat {
	uint64_t t_us;  /**< session time of its arrival */
	uint64_t at_us; /**< of the beat itself */
	uint32_t rr_ticks;
	double rr_ms;
	bool parted; /**< a gap or a loss is stored before it */
	bool ok;     /**< its stored class */
};

/** No beat of the truth stands for this one. */
#define REFEREE_NONE SIZE_MAX

struct referee_verdict {
	size_t sent;     /**< while the session listened */
	size_t stored;   /**< of these, each once */
	size_t lost;     /**< sent, not stored */
	size_t invented; /**< stored, not sent: also what came twice */
	size_t swapped;  /**< pairs out of order */
	size_t away;     /**< never sent, between the first and the last */
	size_t holes;    /**< runs of what was away or lost */
	size_t unmarked; /**< holes between beats that nothing stored parts */
	uint64_t offset_us; /**< guest's clock less session time */
};

/**
 * referee_align() - hold a session to the truth
 * @truth: in order of time
 * @from: look no earlier in @truth
 * @end_us: session time; what was sent a second before must be stored
 * @ret_at: for each of @n stored beats its index in @truth, or REFEREE_NONE
 *
 * It begins where five stored beats stand in a row as they were sent; from
 * there on each is the next one sent, or there is a fault.
 *
 * Return: the index in @truth behind the last stored beat; @from if nothing
 * fits, with every stored beat invented.
 */
size_t referee_align(const struct referee_truth *truth, size_t n_truth,
                     size_t from, const struct referee_beat *stored, size_t n,
                     uint64_t end_us, size_t *ret_at,
                     struct referee_verdict *ret);

/**
 * referee_rmssd() - of the ok beats in the minute up to @t_us
 * @n: stored beats that had arrived by then
 *
 * Differences of neighbours that nothing parts, each once; the textbook sum.
 * Source: reference/hrv.md 1; D.3 for what is a neighbour.
 * Return: NAN with under 30 s of beats that have a neighbour.
 */
double referee_rmssd(const struct referee_beat *stored, size_t n,
                     uint64_t t_us);

/** referee_hole_s() - what is missing before stored beat @i (> 0): from the
    beat before it to where its interval set out. */
double referee_hole_s(const struct referee_beat *stored, size_t i);

#endif
