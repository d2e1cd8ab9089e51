/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/spline.h"

#include <assert.h>

void spline_fit(const double *x, const double *y, size_t n, double *ret,
                double *work)
{
	double *diagonal = work, *upper = work + n;
	double first, last;

	assert(n >= SPLINE_MIN);
	for (size_t i = 1; i < n - 1; i++) {
		double before = x[i] - x[i - 1], after = x[i + 1] - x[i];
		double lower = before;

		diagonal[i] = 2.0 * (before + after);
		upper[i] = after;
		ret[i] = 6.0 * ((y[i + 1] - y[i]) / after -
		                (y[i] - y[i - 1]) / before);
		/* not-a-knot gives the outer unknown by the next two */
		if (i == 1) {
			diagonal[i] += before + before * before / after;
			upper[i] -= before * before / after;
		}
		if (i == n - 2) {
			diagonal[i] += after + after * after / before;
			lower -= after * after / before;
		}
		if (i > 1) {
			double w = lower / diagonal[i - 1];

			diagonal[i] -= w * upper[i - 1];
			ret[i] -= w * ret[i - 1];
		}
	}

	ret[n - 2] /= diagonal[n - 2];
	for (size_t i = n - 3; i > 0; i--)
		ret[i] = (ret[i] - upper[i] * ret[i + 1]) / diagonal[i];

	first = (x[1] - x[0]) / (x[2] - x[1]);
	last = (x[n - 1] - x[n - 2]) / (x[n - 2] - x[n - 3]);
	ret[0] = ret[1] + (ret[1] - ret[2]) * first;
	ret[n - 1] = ret[n - 2] + (ret[n - 2] - ret[n - 3]) * last;
}

void spline_sample(const struct spline *s, double from, double step,
                   double *ret, size_t n)
{
	const double *x = s->x, *y = s->y, *m = s->second;
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		double at = from + step * (double)i, h, a, b;

		while (k + 2 < s->n && x[k + 1] <= at)
			k++;
		h = x[k + 1] - x[k];
		a = (x[k + 1] - at) / h;
		b = (at - x[k]) / h;
		ret[i] = a * y[k] + b * y[k + 1] +
		         ((a * a * a - a) * m[k] + (b * b * b - b) * m[k + 1]) *
		                 h * h / 6.0;
	}
}
