/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_SIGNAL_HRV_GEOMETRY_H
#define LULL_SIGNAL_HRV_GEOMETRY_H

#include <stddef.h>

#include "signal/arena.h"

/**
 * HRV from the histogram of the intervals. Source: Task Force 1996;
 * reference/hrv.md, section 1.
 *
 * Bins begin at 0 and hold their lower edge, not their upper one. An interval
 * of HRV_GEOMETRY_MAX_MS and more is a silence, not a heart beating six times
 * a minute; it is left out of every figure here, as is one below 0, which only
 * a detrended series can hold.
 */
struct hrv_geometry {
	/** N / max(histogram), bins of 1/128 s: eight ticks of a strap, so
	 * that each bin can hold as many values as the next. */
	double triangular_index;
	/** Base M - N of the triangle that has its apex on the fullest bin
	 * (the shortest of equals) and its feet N and M on two others, or one
	 * step past the ends, with the least sum of squares from the whole
	 * histogram, being 0 outside [N, M]. */
	double tinn_ms;
};

/** Under 20 intervals most bins hold one, and no triangle can be told: all
 * figures are NAN. */
#define HRV_GEOMETRY_MIN    20
#define HRV_GEOMETRY_MAX_MS 10000.0

/**
 * hrv_geometry_of() - @rr_ms: @n intervals, finite
 * Return: 0 or -ENOMEM.
 */
int hrv_geometry_of(struct arena *a, const double *rr_ms, size_t n,
                    struct hrv_geometry *ret);

/**
 * hrv_stress_index() - Baevsky: AMo[%] / (2 Mo[s] MxDMn[s])
 *
 * AMo is the share of the fullest bin of 50 ms, Mo the median, MxDMn the
 * longest less the shortest. Source: Baevsky & Chernikova 2017.
 * @rr_ms: as recorded, or detrended with its mean added back; finite
 * @ret: NAN for under HRV_GEOMETRY_MIN intervals, if all are equal, or if
 *       the median is 0
 * Return: 0 or -ENOMEM.
 */
int hrv_stress_index(struct arena *a, const double *rr_ms, size_t n,
                     double *ret);

#endif
