/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_SIGNAL_HRV_GEOMETRY_H
#define LULL_SIGNAL_HRV_GEOMETRY_H

#include <stddef.h>

#include "signal/arena.h"

/**
 * HRV from the histogram of the intervals. Source: Task Force 1996;
 * reference/hrv.md, section 1.
 */
struct hrv_geometry {
	double triangular_index; /**< N / max(histogram), bins of 1/128 s from
	                              0; NAN for N < HRV_GEOMETRY_MIN */
	double tinn_ms; /**< base of the least-squares triangle over the whole
	                     histogram, both ends free; NAN as above */
};

/** Under 20 intervals most bins hold one, and no triangle can be told. */
#define HRV_GEOMETRY_MIN 20

/**
 * hrv_geometry_of() - @rr_ms: @n intervals, finite, above 0
 * Return: 0 or -ENOMEM.
 */
int hrv_geometry_of(struct arena *a, const double *rr_ms, size_t n,
                    struct hrv_geometry *ret);

/**
 * hrv_stress_index() - Baevsky: AMo[%] / (2 Mo[s] MxDMn[s])
 *
 * Bins of 50 ms from 0, Mo the median, AMo the share of the bin that holds
 * most. @rr_ms: as recorded, or detrended with its mean added back.
 * @ret: NAN for under HRV_GEOMETRY_MIN intervals or if all are equal
 * Return: 0 or -ENOMEM.
 */
int hrv_stress_index(struct arena *a, const double *rr_ms, size_t n,
                     double *ret);

#endif
