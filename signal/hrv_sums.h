/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_SIGNAL_HRV_SUMS_H
#define LULL_SIGNAL_HRV_SUMS_H

#include <stddef.h>

#include "signal/hrv_time.h"

/**
 * The sums that every figure of the time domain is made of: filled at once
 * for a recording, beat by beat for a live window.
 *
 * Each sum is carried in two doubles, the second holding what rounding took
 * from the first (Source: Neumaier 1974; the exact sum and product of two
 * doubles: Knuth 1969, Dekker 1971). A million beats lose about 1e-20 of the
 * sum, so that the difference of two states, as of two beats, is the sum over
 * the beats between to the last digits of a double: nothing drifts, however
 * long it runs. A variance is n sum(x^2) - sum(x)^2 in the same arithmetic,
 * good though the mean be 1e5 times the deviation.
 *
 * Pure.
 */

struct hrv_sum {
	double value, rest;
};

/** As of some beat; all zeros but the shift before the first. */
struct hrv_sums {
	double shift_ms;      /**< taken off each interval */
	size_t n;             /**< beats */
	size_t n_diff;        /**< pairs of neighbours */
	size_t nn50, nn20;    /**< pairs more than that many ms apart */
	struct hrv_sum rr_ms; /**< less the shift, as its square */
	struct hrv_sum rr_ms2;
	struct hrv_sum bpm;     /**< 60000 / RR */
	struct hrv_sum diff_ms; /**< RR less the one before */
	struct hrv_sum diff_ms2;
	struct hrv_sum pair_ms; /**< RR and the one before, each shifted */
	struct hrv_sum pair_ms2;
};

/**
 * hrv_sums_init() - of no beat
 * @shift_ms: for hrv_sums_run() an interval of the recording; else 0
 */
void hrv_sums_init(struct hrv_sums *s, double shift_ms);

/** hrv_sums_beat() - one interval, finite and above 0. */
void hrv_sums_beat(struct hrv_sums *s, double rr_ms);

/** hrv_sums_pair() - that interval and its neighbour before it. */
void hrv_sums_pair(struct hrv_sums *s, double before_ms, double rr_ms);

/**
 * hrv_sums_run() - @n intervals, each the neighbour of the one before; the
 *                  first has none
 *
 * As hrv_sums_beat() and hrv_sums_pair() for each, ten times as fast: blocks
 * of 256 are summed plainly. A shift that is one of the intervals lies within
 * n variances of the mean, squared, which leaves an error under 1e-9 at 1e6
 * beats.
 */
void hrv_sums_run(struct hrv_sums *s, const double *rr_ms, size_t n);

/**
 * hrv_sums_between() - the sums of a stretch, from those as of its ends
 * @before: as of the beat before its first
 * @first, @last: as of its first and its last beat
 *
 * The pair of the first and the one before lies across the edge and is left
 * out. One shift to all three.
 */
void hrv_sums_between(const struct hrv_sums *before,
                      const struct hrv_sums *first, const struct hrv_sums *last,
                      struct hrv_sums *ret);

/** hrv_sums_time() - the figures, each with the minimum in hrv_time.h. */
void hrv_sums_time(const struct hrv_sums *s, struct hrv_time *ret);

#endif
