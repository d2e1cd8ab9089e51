/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/dfa.h"

#include <math.h>

#include <gsl/gsl_fit.h>

#define SIZES (DFA_LONGEST - DFA_SHORTEST + 1)

/* Two boxes at a time, one a lane: the sums are chains of additions, and this
 * is what the smallest x86-64 adds at once. */
#define PAIR __attribute__((vector_size(2 * sizeof(double))))

/*
 * What is left, squared and summed, of the profiles of two boxes of @n
 * intervals less their lines. With p the profile and k counted from the
 * middle of the box:
 *
 *   sum p^2 - (sum p)^2 / n - (sum k p)^2 / sum k^2
 *
 * A profile less its line is the same whatever is taken off each interval:
 * the box's own first interval rather than the mean of all keeps the sums
 * small however long the recording, and makes them exactly 0 where all are
 * equal.
 */
static double two_boxes(const double *a, const double *b, size_t n)
{
	const double size = (double)n;
	const double sum_kk = size * (size * size - 1.0) / 12.0;
	const double PAIR first = {a[0], b[0]};
	double PAIR p = {0.0}, sum = {0.0}, sum_pp = {0.0}, sums = {0.0};
	double PAIR sum_kp, left;

	for (size_t i = 1; i < n; i++) {
		double PAIR rr = {a[i], b[i]};

		p += rr - first;
		sum += p;
		sum_pp += p * p;
		sums += sum;
	}
	/* the running sums hold p[i] n - i times */
	sum_kp = (size + 1.0) / 2.0 * sum - sums;
	left = sum_pp - sum * sum / size - sum_kp * sum_kp / sum_kk;
	return left[0] + left[1];
}

static double boxes_of_run(const double *rr_ms, size_t n_boxes, size_t n)
{
	double sum = 0.0;
	size_t i;

	for (i = 0; i + 1 < n_boxes; i += 2)
		sum += two_boxes(rr_ms + i * n, rr_ms + (i + 1) * n, n);
	if (i < n_boxes)
		sum += two_boxes(rr_ms + i * n, rr_ms + i * n, n) / 2.0;
	return sum;
}

/* Mean square over all boxes of @n; 0 or NAN if it has no logarithm. */
static double mean_square(const struct nn *nn, size_t n)
{
	double sum = 0.0;
	size_t n_boxes = 0;

	for (size_t i = 0, end; i < nn->n; i = end) {
		size_t here;

		end = nn_run_end(nn, i);
		here = (end - i) / n;
		sum += boxes_of_run(nn->rr_ms + i, here, n);
		n_boxes += here;
	}
	return sum / (double)(n_boxes * n);
}

double dfa_alpha1_of(const struct nn *nn)
{
	double log_n[SIZES], log_f[SIZES];
	double c0, c1, cov00, cov01, cov11, sumsq;

	if (nn->n < DFA_MIN)
		return NAN;
	for (size_t i = 0; i < SIZES; i++) {
		size_t n = DFA_SHORTEST + i;
		double square = mean_square(nn, n);

		if (!(square > 0.0))
			return NAN;
		log_n[i] = log((double)n);
		log_f[i] = log(square) / 2.0;
	}
	gsl_fit_linear(log_n, 1, log_f, 1, SIZES, &c0, &c1, &cov00, &cov01,
	               &cov11, &sumsq);
	return c1;
}
