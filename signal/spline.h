/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_SIGNAL_SPLINE_H
#define LULL_SIGNAL_SPLINE_H

#include <stddef.h>

/**
 * The cubic spline with not-a-knot ends, for resampling RR at even steps.
 * GSL's own has natural ends only and allocates whenever it is set up; the
 * reference figures need these ends, and the live window may not allocate.
 *
 * Pure: the caller lends all memory.
 */

#define SPLINE_MIN 4 /**< points: not-a-knot needs two inner knots */

/**
 * spline_fit() - second derivatives at the knots
 * @x: @n abscissae, strictly rising; @y: their values
 * @ret: @n second derivatives
 * @work: 2 * @n doubles
 * @n: at least SPLINE_MIN
 *
 * The third derivative is continuous at the second and the last but one knot;
 * the rest is the tridiagonal system of continuous slopes, O(n).
 * Source: de Boor, A Practical Guide to Splines, IV.
 */
void spline_fit(const double *x, const double *y, size_t n, double *ret,
                double *work);

/** A spline as fitted; points to its owner's arrays. */
struct spline {
	const double *x, *y, *second;
	size_t n;
};

/**
 * spline_sample() - values at @from, @from + @step, ...
 * @ret: @n values; beyond the ends the outer cubic goes on
 */
void spline_sample(const struct spline *s, double from, double step,
                   double *ret, size_t n);

#endif
