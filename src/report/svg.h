/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_REPORT_SVG_H
#define LULL_REPORT_SVG_H

#include <stdbool.h>

/** What pictures are drawn with: scales with round ticks. Pure. */

/** A scale: values from @lo to @hi lie from @lo_px to @hi_px. */
struct svg_axis {
	double lo, hi; /**< lo < hi */
	double lo_px, hi_px;
	double step; /**< between ticks, 1, 2 or 5 times a power of ten */
};

/**
 * svg_axis_of() - a scale that holds [lo, hi], with some air
 * @lo, @hi: any finite values; equal ones get room on either side
 * @ticks: about how many
 */
struct svg_axis svg_axis_of(double lo, double hi, double lo_px, double hi_px,
                            unsigned ticks);

/** svg_at() - where a value lies, in px. */
double svg_at(const struct svg_axis *a, double value);

/** svg_tick() - the @i-th tick. Return: false beyond the end. */
bool svg_tick(const struct svg_axis *a, unsigned i, double *ret);

#endif
