/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_SIGNAL_ARTIFACT_H
#define LULL_SIGNAL_ARTIFACT_H

#include <stdbool.h>
#include <stddef.h>

#include "signal/estimate.h"

/**
 * Which RR intervals to believe, one at a time and without looking ahead.
 *
 * An interval is accepted if it lies within 300 to 2000 ms and within 20 % of
 * the running median of the last five accepted ones (30 % while paced below
 * 8/min), or within 15 % of the accepted beat just before it: in a deep slow
 * breath the median is three beats behind the wave. An isolated deviation
 * counts as the median (corrected), at most two in a row, from the third on
 * it is rejected; one of 1.6 medians and more hides a missed beat and is
 * rejected at once. Five deviating beats in a row that agree with each other
 * within 15 % are a real change of rate: they are believed after all, and the
 * median begins anew with them. Such second thoughts, and those about the
 * first five beats of all, come as restatements of earlier beats.
 *
 * Source: reference/content.md D.3; the neighbour's 15 % is the steepest
 * plausible wave, 2 pi f A = 0.13 per beat for A = 200 ms at 6/min.
 *
 * Pure; embedded in its owner.
 */

#define ARTIFACT_MEDIAN  5 /**< beats in the running median */
#define ARTIFACT_LASTING 5 /**< agreeing beats that make a new rate */
#define ARTIFACT_MIN_MS  300.0
#define ARTIFACT_MAX_MS  2000.0

struct artifact {
	double accepted[ARTIFACT_MEDIAN]; /**< ring, ms */
	size_t n_accepted;                /**< ever since the last seeding */
	double odd[ARTIFACT_LASTING];     /**< ring of the run of deviations */
	size_t n_odd;                     /**< length of that run */
	double first[ARTIFACT_MEDIAN];    /**< before there is a median */
	size_t n_first;
	bool seeded;
	double neighbour_ms; /**< the beat before, if accepted; else NAN */
};

struct artifact_verdict {
	enum beat_class class; /**< provisional */
	double value_ms;       /**< what the beat counts as; NAN if rejected */
	size_t n_restated;     /**< this many last beats, this one included */
	struct {
		enum beat_class class;
		double value_ms;
	} restated[ARTIFACT_LASTING]; /**< oldest first */
};

void artifact_init(struct artifact *a);

/** artifact_gap() - the next beat has no neighbour; the median stays. */
void artifact_gap(struct artifact *a);

/**
 * artifact_judge() - class one interval
 * @rr_ms: anything, also what is no number
 * @slow: paced below 8/min
 */
void artifact_judge(struct artifact *a, double rr_ms, bool slow,
                    struct artifact_verdict *ret);

#endif
