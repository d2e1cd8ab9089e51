/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/rate.h"

#include <assert.h>
#include <math.h>

#include <gsl/gsl_fit.h>

#define SLOPE_BEATS 10
#define LONGEST_S   2.0 /* reference/content.md D.3 */

void rate_over(const struct series *s, double from_s, double to_s,
               struct rate *ret)
{
	struct rate r = {.bpm = NAN};
	double sum_ms = 0.0;

	for (size_t i = series_after(s, from_s); i < s->n; i++) {
		const struct series_beat *b = series_at(s, i);
		double end_s = b->t_s, begin_s, share;

		/* no believed interval reaches back further */
		if (end_s - LONGEST_S > to_s)
			break;
		if (b->class == BEAT_REJECTED)
			continue;
		begin_s = series_start_s(b);
		if (begin_s < from_s)
			begin_s = from_s;
		if (end_s > to_s)
			end_s = to_s;
		share = (end_s - begin_s) / (b->rr_ms * 1e-3);
		if (share <= 0.0)
			continue;
		r.beats += share;
		r.covered_s += share * b->rr_ms * 1e-3;
		sum_ms += share * b->value_ms;
	}
	if (r.beats > 0.0)
		r.bpm = 60000.0 * r.beats / sum_ms;
	*ret = r;
}

/* A line through y over x in seconds, as bpm per minute. */
static double slope_of(const double *x, const double *y, size_t n)
{
	double offset, slope, cov00, cov01, cov11, rest;

	gsl_fit_linear(x, 1, y, 1, n, &offset, &slope, &cov00, &cov01, &cov11,
	               &rest);
	return 60.0 * slope;
}

double rate_slope_breaths(const struct series *s, const double *mark_s,
                          size_t n)
{
	double x[RATE_MARKS_MAX], y[RATE_MARKS_MAX];
	size_t found = 0;
	double since_s;

	assert(n <= RATE_MARKS_MAX);
	if (n == 0)
		return NAN;
	since_s = series_since(s, mark_s[0], mark_s[n - 1]);
	for (size_t i = 1; i < n; i++) {
		double length_s = mark_s[i] - mark_s[i - 1];
		struct rate r;

		if (mark_s[i - 1] < since_s)
			continue;
		rate_over(s, mark_s[i - 1], mark_s[i], &r);
		if (r.covered_s < RATE_COVERAGE * length_s || r.beats <= 0.0)
			continue;
		x[found] = mark_s[i - 1] + length_s / 2.0;
		y[found++] = r.bpm;
	}
	if (found < RATE_SLOPE_BREATHS || x[found - 1] - x[0] < RATE_SLOPE_S)
		return NAN;
	return slope_of(x, y, found);
}

double rate_slope_beats(const struct series *s, double from_s, double to_s,
                        double *work)
{
	double *x = work, *y = work + SERIES_MAX;
	size_t n = 0, end = series_after(s, to_s);

	from_s = series_since(s, from_s, to_s);
	for (size_t i = series_after(s, from_s); i < end; i++) {
		const struct series_beat *b = series_at(s, i);

		if (b->class == BEAT_REJECTED)
			continue;
		x[n] = b->t_s;
		y[n++] = 60000.0 / b->value_ms;
	}
	if (n < SLOPE_BEATS || x[n - 1] - x[0] < RATE_SLOPE_S)
		return NAN;
	return slope_of(x, y, n);
}
