/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_SIGNAL_HRV_TIME_H
#define LULL_SIGNAL_HRV_TIME_H

#include <stddef.h>

#include "signal/nn.h"

/**
 * HRV in the time domain. The figures have one formula each, in hrv_sums.c,
 * for a whole recording here and for a live window in hrv_live.h.
 *
 * Source: reference/hrv.md, section 1 (Task Force 1996; Poincare plot: Brennan
 * 2001). RR in ms, n of them; d is the difference of two that are neighbours;
 * sums over all RR or all d. A mean wants one value and a standard deviation
 * two, or its divisor is 0; nothing else is asked for here: how much makes a
 * figure fit to be shown is for those to say who show it. Where the sums come
 * near the range of a double, every figure is NAN.
 */
struct hrv_time {
	size_t n;                /**< intervals */
	size_t n_diff;           /**< pairs of neighbours */
	double joined_s;         /**< of intervals with a neighbour before */
	double mean_nn_ms;       /**< NAN for no interval */
	double mean_hr_bpm;      /**< 60000 / mean_nn_ms */
	double mean_inst_hr_bpm; /**< mean of 60000 / RR */
	double sdnn_ms;          /**< divisor n - 1: NAN for n < 2 */
	double rmssd_ms;         /**< divisor n_diff: NAN for no pair */
	double sdsd_ms;          /**< divisor n_diff - 1: NAN under two */
	size_t nn50, nn20;       /**< |d| strictly over 50 or 20 ms */
	double pnn50_pct, pnn20_pct; /**< of n_diff; NAN for none */
	double sd1_ms, sd2_ms;       /**< standard deviations of d / sqrt 2 and
	                                  of (RR + the one before) / sqrt 2 over
	                                  the pairs, as sdsd_ms */
};

/** hrv_time_of() - all of it, of any number of intervals. */
void hrv_time_of(const struct nn *nn, struct hrv_time *ret);

#endif
