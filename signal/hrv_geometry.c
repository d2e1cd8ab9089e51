/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/hrv_geometry.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <gsl/gsl_statistics_double.h>

/* both are doubles without rounding, and so are the edges of their bins */
#define TRIANGLE_BIN_MS 7.8125
#define STRESS_BIN_MS   50.0

#define BINS_MAX        1280 /* HRV_GEOMETRY_MAX_MS / TRIANGLE_BIN_MS */

struct histogram {
	uint64_t count[BINS_MAX];
	size_t bins, total, fullest;
};

static bool has_a_place(double rr_ms)
{
	return rr_ms >= 0.0 && rr_ms < HRV_GEOMETRY_MAX_MS;
}

static void count(const double *rr_ms, size_t n, double bin_ms,
                  struct histogram *ret)
{
	ret->bins = (size_t)(HRV_GEOMETRY_MAX_MS / bin_ms);
	memset(ret->count, 0, ret->bins * sizeof(ret->count[0]));
	ret->total = 0;
	/* what lies below an edge stays there: by the edge's k bins divided, it
	 * is more than half a step of k below k, and is not rounded up to it */
	for (size_t i = 0; i < n; i++)
		if (has_a_place(rr_ms[i])) {
			ret->count[(size_t)(rr_ms[i] / bin_ms)]++;
			ret->total++;
		}
	ret->fullest = 0;
	for (size_t i = 1; i < ret->bins; i++)
		if (ret->count[i] > ret->count[ret->fullest])
			ret->fullest = i;
}

/*
 * How many bins from the apex the foot on one side fits best. With the apex
 * fixed the two sides share no term, so that the best pair is the best of
 * each. For a foot k bins away, h_j the count j bins away and Y the apex,
 *
 *   sum_j h_j^2 - 2 Y sum_{j<k} h_j (1 - j/k) + Y^2 sum_{j<k} (1 - j/k)^2
 *
 * and the last sum is (k + 1) (2k + 1) / 6k. The first does not depend on k,
 * and Y is a factor of the rest.
 */
static size_t best_foot(const struct histogram *h, bool down)
{
	size_t side = down ? h->fullest + 1 : h->bins - h->fullest;
	double apex = (double)h->count[h->fullest];
	double sum = 0.0, moment = 0.0, least = HUGE_VAL;
	size_t best = 1;

	for (size_t j = 0; j < side; j++) {
		size_t at = down ? h->fullest - j : h->fullest + j;
		double height = (double)h->count[at], k = (double)(j + 1), off;

		sum += height;
		moment += height * (double)j;
		off = apex * (k + 1.0) * (2.0 * k + 1.0) / (6.0 * k) -
		      2.0 * (sum - moment / k);
		if (off < least) {
			least = off;
			best = j + 1;
		}
	}
	return best;
}

int hrv_geometry_of(struct arena *a, const double *rr_ms, size_t n,
                    struct hrv_geometry *ret)
{
	struct arena_mark mark = arena_mark(a);
	struct histogram *h = arena_take(a, 1, sizeof(*h));

	if (!h)
		return -ENOMEM;
	*ret = (struct hrv_geometry){NAN, NAN};
	count(rr_ms, n, TRIANGLE_BIN_MS, h);
	if (h->total >= HRV_GEOMETRY_MIN) {
		ret->triangular_index =
			(double)h->total / (double)h->count[h->fullest];
		ret->tinn_ms =
			(double)(best_foot(h, true) + best_foot(h, false)) *
			TRIANGLE_BIN_MS;
	}
	arena_release(a, mark);
	return 0;
}

/* @rr_ms may be changed in order; at least one */
static double stress(double *rr_ms, size_t n, const struct histogram *h)
{
	double least, most, mode_share_pct, index;

	gsl_stats_minmax(&least, &most, rr_ms, 1, n);
	mode_share_pct =
		100.0 * (double)h->count[h->fullest] / (double)h->total;
	index = mode_share_pct / (2.0 * gsl_stats_median(rr_ms, 1, n) / 1e3 *
	                          (most - least) / 1e3);
	return isfinite(index) ? index : NAN;
}

int hrv_stress_index(struct arena *a, const double *rr_ms, size_t n,
                     double *ret)
{
	struct arena_mark mark = arena_mark(a);
	struct histogram *h = arena_take(a, 1, sizeof(*h));
	double *kept = arena_take(a, n, sizeof(*kept));
	size_t n_kept = 0;

	if (!h || !kept) {
		arena_release(a, mark);
		return -ENOMEM;
	}
	count(rr_ms, n, STRESS_BIN_MS, h);
	for (size_t i = 0; i < n; i++)
		if (has_a_place(rr_ms[i]))
			kept[n_kept++] = rr_ms[i];
	*ret = n_kept < HRV_GEOMETRY_MIN ? NAN : stress(kept, n_kept, h);
	arena_release(a, mark);
	return 0;
}
