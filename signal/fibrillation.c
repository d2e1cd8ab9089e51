/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/fibrillation.h"

#include <math.h>
#include <string.h>

#include <gsl/gsl_statistics_double.h>

#define RMSSD_SHARE 0.1
#define NEAR        0.05
#define COSEN       (-0.8)

static bool large(const double *rr_ms, size_t n)
{
	double sum_ms = rr_ms[0], squares = 0.0;

	for (size_t i = 1; i < n; i++) {
		double d = rr_ms[i] - rr_ms[i - 1];

		sum_ms += rr_ms[i];
		squares += d * d;
	}
	return sqrt(squares / (double)(n - 1)) >
	       RMSSD_SHARE * sum_ms / (double)n;
}

/* Of those alike, how many are followed by some that are? */
static double entropy(const double *rr_ms, size_t n, double r_ms)
{
	size_t alike = 0, still = 0;

	for (size_t i = 0; i + 1 < n; i++)
		for (size_t k = i + 1; k + 1 < n; k++) {
			size_t near = fabs(rr_ms[i] - rr_ms[k]) <= r_ms;
			size_t next = fabs(rr_ms[i + 1] - rr_ms[k + 1]) <= r_ms;

			alike += near;
			still += near & next;
		}
	/* half a pair: none at all is not to be foretold, and no infinity */
	return -log(((double)still + 0.5) / ((double)alike + 1.0));
}

static bool irregular(const double *rr_ms, size_t n)
{
	double work[FIBRILLATION_BEATS];

	if (!large(rr_ms, n))
		return false;
	memcpy(work, rr_ms, n * sizeof(*work));
	return entropy(rr_ms, n, NEAR * gsl_stats_median(work, 1, n)) +
	               log(2.0 * NEAR) >
	       COSEN;
}

/* The last window of a run reaches back, so that no beat is left out. */
static void look_at(const double *rr_ms, size_t n, struct fibrillation *f)
{
	size_t size = n < FIBRILLATION_BEATS ? n : FIBRILLATION_BEATS;

	if (n < FIBRILLATION_LEAST)
		return;
	for (size_t i = 0; i < n; i += size) {
		size_t at = i + size <= n ? i : n - size;

		f->windows++;
		f->irregular += irregular(rr_ms + at, size);
	}
}

struct fibrillation fibrillation_look(const struct nn *in)
{
	struct fibrillation f = {0};

	for (size_t i = 0, end; i < in->n; i = end) {
		end = nn_run_end(in, i);
		look_at(in->rr_ms + i, end - i, &f);
	}
	return f;
}
