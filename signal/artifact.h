/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_SIGNAL_ARTIFACT_H
#define LULL_SIGNAL_ARTIFACT_H

#include <stdbool.h>
#include <stddef.h>

#include "signal/estimate.h"
#include "signal/odd.h"

/**
 * Which RR intervals to believe, one at a time: at once by what is known, and
 * for good when five more beats have come.
 *
 * At once: an interval is accepted if it lies within 300 to 2000 ms and within
 * 20 % of the running median of the last five accepted ones (30 % while paced
 * below 8/min), or within 15 % of the accepted beat just before it: in a deep
 * slow breath the median is three beats behind the wave. An isolated deviation
 * counts as the median (corrected), at most two in a row, from the third on
 * it is rejected; one of 1.6 medians and more hides a missed beat and is
 * rejected at once. Five deviating beats in a row that agree with each other
 * within 15 % are a real change of rate: they are believed after all, and the
 * median begins anew with them. So are the first five beats of all judged by
 * the median that they elect.
 *
 * For good: as odd.h finds it with both sides in sight, the same as for a
 * whole recording; that finds a beat a tenth out of place, and lets pass a
 * deep wave that was held for an artifact. Of what it finds, two intervals in
 * a row count as they would be without it (corrected), what goes on after
 * them is rejected, and so is an interval that hides a missed beat, or lies
 * outside 300 to 2000 ms. Beats within five of a gap stay as judged at once.
 *
 * Whatever is thought better of comes as a restatement of earlier beats.
 *
 * Source: reference/content.md D.3; the neighbour's 15 % is the steepest
 * plausible wave, 2 pi f A = 0.13 per beat for A = 200 ms at 6/min.
 *
 * Pure; embedded in its owner.
 */

#define ARTIFACT_MEDIAN   5 /**< beats in the running median */
#define ARTIFACT_LASTING  5 /**< agreeing beats that make a new rate */
#define ARTIFACT_RESTATED (ODD_AHEAD + 1)
#define ARTIFACT_MIN_MS   ODD_MIN_MS
#define ARTIFACT_MAX_MS   ODD_MAX_MS

/** How one beat stands. */
struct artifact_stand {
	enum beat_class class;
	double value_ms; /**< what the beat counts as; NAN if rejected */
};

struct artifact {
	double accepted[ARTIFACT_MEDIAN]; /**< ring, ms */
	size_t n_accepted;                /**< ever since the last seeding */
	double off[ARTIFACT_LASTING];     /**< ring of the run of deviations */
	size_t n_off;                     /**< length of that run */
	double first[ARTIFACT_MEDIAN];    /**< before there is a median */
	size_t n_first;
	bool seeded;
	double neighbour_ms; /**< the beat before, if accepted; else NAN */

	struct odd odd;
	struct artifact_stand recent[ARTIFACT_RESTATED]; /**< oldest first */
	size_t n_recent;
	size_t n_wrong; /**< run of beats that are not ok for good */
};

struct artifact_verdict {
	enum beat_class class; /**< at once */
	double value_ms;
	size_t n_restated; /**< this many last beats, this one included */
	struct artifact_stand restated[ARTIFACT_RESTATED]; /**< oldest first */
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
