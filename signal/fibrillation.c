/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/fibrillation.h"

#include <math.h>
#include <stdint.h>
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

/* Four pairs at a time, in what every x86-64 has. */
#define LANES 4
#define FOUR  __attribute__((vector_size(LANES * sizeof(float))))

struct four {
	float x FOUR;
};

struct counts {
	int32_t n FOUR;
};

static struct four four_at(const float *rr_ms)
{
	struct four f;

	memcpy(&f.x, rr_ms, sizeof(f.x));
	return f;
}

static double sum_of(struct counts c)
{
	return (double)c.n[0] + c.n[1] + c.n[2] + c.n[3];
}

/* Of pairs that are alike, how many are followed by one that is? Beyond the
 * last of @n there are NANs, which are like nothing. */
static double entropy(const float *rr_ms, size_t n, float r_ms)
{
	struct counts alike = {{0}}, still = {{0}};

	for (size_t lag = 1; lag + 1 < n; lag++)
		for (size_t i = 0; i + lag + 1 < n; i += LANES) {
			struct four far = four_at(rr_ms + i + lag + 1);
			float d FOUR = four_at(rr_ms + i).x -
			               four_at(rr_ms + i + lag).x;
			float e FOUR = four_at(rr_ms + i + 1).x - far.x;
			int32_t near FOUR =
				(d <= r_ms) & (d >= -r_ms) & (far.x == far.x);

			alike.n -= near; /* true is -1 */
			still.n -= near & (e <= r_ms) & (e >= -r_ms);
		}
	/* half a pair: none at all is not to be foretold, and no infinity */
	return -log((sum_of(still) + 0.5) / (sum_of(alike) + 1.0));
}

static bool irregular(const double *rr_ms, size_t n)
{
	float padded[FIBRILLATION_BEATS + LANES];
	double work[FIBRILLATION_BEATS], r_ms;

	if (!large(rr_ms, n))
		return false;
	memcpy(work, rr_ms, n * sizeof(*work));
	r_ms = NEAR * gsl_stats_median(work, 1, n);
	for (size_t i = 0; i < FIBRILLATION_BEATS + LANES; i++)
		padded[i] = i < n ? (float)rr_ms[i] : NAN;
	return entropy(padded, n, (float)r_ms) + log(2.0 * NEAR) > COSEN;
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
