/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_SIGNAL_HRV_TIME_H
#define LULL_SIGNAL_HRV_TIME_H

#include <stdbool.h>
#include <stddef.h>

#include "signal/series.h"

/**
 * HRV in the time domain: the one place where RMSSD and its kin are computed,
 * for a whole recording and for a live window alike.
 *
 * Source: reference/hrv.md, section 1 (Task Force 1996). RR in ms, N of them;
 * d is the difference of two that are neighbours; sums over all N or all d.
 */
struct hrv_time {
	size_t n;                    /**< intervals */
	size_t n_diff;               /**< pairs of neighbours */
	double mean_nn_ms;           /**< NAN for N < 1 */
	double mean_hr_bpm;          /**< 60000 / mean_nn_ms */
	double mean_inst_hr_bpm;     /**< mean of 60000 / RR */
	double sdnn_ms;              /**< divisor N - 1: NAN for N < 2 */
	double rmssd_ms;             /**< divisor n_diff: NAN for none */
	double sdsd_ms;              /**< divisor n_diff - 1: NAN under two */
	size_t nn50, nn20;           /**< |d| strictly over 50 or 20 ms */
	double pnn50_pct, pnn20_pct; /**< of n_diff; NAN for none */
};

/**
 * hrv_time_of() - all of it
 * @rr_ms: @n intervals, each finite and over 0
 * @joined: whether interval i is the neighbour of i - 1; NULL: all are
 * @work: @n doubles
 */
void hrv_time_of(const double *rr_ms, const bool *joined, size_t n,
                 double *work, struct hrv_time *ret);

/** The accepted intervals of a stretch, ready for hrv_time_of(). */
struct hrv_time_clean {
	double rr_ms[SERIES_MAX];
	bool joined[SERIES_MAX];
	double work[SERIES_MAX];
	size_t n;
	double joined_s; /**< total length of the intervals that have a
	                      neighbour before them */
};

/**
 * hrv_time_gather() - the ok beats that ended in (from, to]
 *
 * Two are neighbours if nothing was between them: both ok, one after the
 * other, of one segment. Corrected and rejected beats are left out.
 */
void hrv_time_gather(const struct series *s, double from_s, double to_s,
                     struct hrv_time_clean *ret);

#endif
