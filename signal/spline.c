/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/spline.h"

#include <assert.h>
#include <stdbool.h>

void spline_fit(const double *x, const double *y, size_t n, double *ret,
                double *work)
{
	double *inverse = work, *upper = work + n; /* of the pivots; beside */
	double before, slope, first, last;

	assert(n >= SPLINE_MIN);
	before = x[1] - x[0];
	slope = (y[1] - y[0]) / before;
	for (size_t i = 1; i < n - 1; i++) {
		double after = x[i + 1] - x[i];
		double next_slope = (y[i + 1] - y[i]) / after;
		double pivot = 2.0 * (before + after), lower = before;

		upper[i] = after;
		ret[i] = 6.0 * (next_slope - slope);
		/* not-a-knot gives the outer unknown by the next two */
		if (i == 1) {
			pivot += before + before * before / after;
			upper[i] -= before * before / after;
		}
		if (i == n - 2) {
			pivot += after + after * after / before;
			lower -= after * after / before;
		}
		if (i > 1) {
			double w = lower * inverse[i - 1];

			pivot -= w * upper[i - 1];
			ret[i] -= w * ret[i - 1];
		}
		inverse[i] = 1.0 / pivot;
		before = after;
		slope = next_slope;
	}

	ret[n - 2] *= inverse[n - 2];
	for (size_t i = n - 3; i > 0; i--)
		ret[i] = inverse[i] * ret[i] -
		         inverse[i] * upper[i] * ret[i + 1];

	first = (x[1] - x[0]) / (x[2] - x[1]);
	last = (x[n - 1] - x[n - 2]) / (x[n - 2] - x[n - 3]);
	ret[0] = ret[1] + (ret[1] - ret[2]) * first;
	ret[n - 1] = ret[n - 2] + (ret[n - 2] - ret[n - 3]) * last;
}

void spline_sample(const struct spline *s, double from, double step,
                   double *ret, size_t n)
{
	const double *x = s->x, *y = s->y, *m = s->second;
	double at = from;

	for (size_t i = 0, k = 0; i < n; k++) {
		bool outer = k + 2 >= s->n;
		double h, inverse, c1, c2, c3;

		if (!outer && x[k + 1] <= at)
			continue;
		h = x[k + 1] - x[k];
		inverse = 1.0 / h;
		c1 = (y[k + 1] - y[k]) * inverse -
		     h * (2.0 * m[k] + m[k + 1]) / 6.0;
		c2 = 0.5 * m[k];
		c3 = (m[k + 1] - m[k]) * inverse / 6.0;
		do {
			double d = at - x[k];

			ret[i++] = y[k] + d * (c1 + d * (c2 + d * c3));
			at = from + step * (double)i;
		} while (i < n && (outer || at < x[k + 1]));
	}
}
