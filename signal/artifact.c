/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/artifact.h"

#include <math.h>
#include <string.h>

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

/* Shares of the running median, reference/content.md D.3 */
#define LIMIT           0.20
#define LIMIT_SLOW      0.30
#define LIMIT_NEIGHBOUR 0.15
#define MISSED          1.6
#define AGREE           0.15
#define CORRECTED_MAX   2

void artifact_init(struct artifact *a)
{
	memset(a, 0, sizeof(*a));
	a->neighbour_ms = NAN;
}

void artifact_gap(struct artifact *a)
{
	a->neighbour_ms = NAN;
	a->n_odd = 0;
}

static double median_of(const double *values, size_t n)
{
	double sorted[ARTIFACT_MEDIAN];

	memcpy(sorted, values, n * sizeof(*values));
	gsl_sort(sorted, 1, n);
	return gsl_stats_median_from_sorted_data(sorted, 1, n);
}

static double running_median(const struct artifact *a)
{
	size_t n = a->n_accepted;

	return median_of(a->accepted,
	                 n < ARTIFACT_MEDIAN ? n : ARTIFACT_MEDIAN);
}

static bool near(double rr_ms, double of_ms, double limit)
{
	return fabs(rr_ms - of_ms) <= limit * of_ms; /* false for NAN */
}

static void accept(struct artifact *a, double rr_ms)
{
	a->accepted[a->n_accepted++ % ARTIFACT_MEDIAN] = rr_ms;
	a->neighbour_ms = rr_ms;
	a->n_odd = 0;
}

/* The first five plausible beats elect the median; until then each is taken
 * provisionally by the median of those so far. */
static void judge_first(struct artifact *a, double rr_ms, double limit,
                        struct artifact_verdict *ret)
{
	double median;

	a->first[a->n_first++] = rr_ms;
	median = median_of(a->first, a->n_first);
	if (near(rr_ms, median, limit)) {
		ret->class = BEAT_OK;
		ret->value_ms = rr_ms;
	}
	if (a->n_first < ARTIFACT_MEDIAN)
		return;

	a->seeded = true;
	ret->n_restated = ARTIFACT_MEDIAN;
	for (size_t i = 0; i < ARTIFACT_MEDIAN; i++) {
		bool good = near(a->first[i], median, limit);

		ret->restated[i].class = good ? BEAT_OK : BEAT_REJECTED;
		ret->restated[i].value_ms = good ? a->first[i] : NAN;
		a->neighbour_ms = ret->restated[i].value_ms;
		if (good)
			accept(a, a->first[i]);
	}
	if (a->n_accepted == 0) /* no two alike: stay with their middle */
		a->accepted[a->n_accepted++] = median;
	ret->class = ret->restated[ARTIFACT_MEDIAN - 1].class;
	ret->value_ms = ret->restated[ARTIFACT_MEDIAN - 1].value_ms;
}

static bool lasting(const struct artifact *a)
{
	double low, high;

	if (a->n_odd < ARTIFACT_LASTING)
		return false;
	gsl_stats_minmax(&low, &high, a->odd, 1, ARTIFACT_LASTING);
	return high - low <= AGREE * median_of(a->odd, ARTIFACT_LASTING);
}

/* The run of deviations was the heart after all. */
static void believe(struct artifact *a, struct artifact_verdict *ret)
{
	size_t end = a->n_odd;

	ret->n_restated = ARTIFACT_LASTING;
	a->n_accepted = 0;
	for (size_t i = 0; i < ARTIFACT_LASTING; i++) {
		size_t at = (end + i) % ARTIFACT_LASTING;

		ret->restated[i].class = BEAT_OK;
		ret->restated[i].value_ms = a->odd[at];
		accept(a, a->odd[at]);
	}
	ret->class = BEAT_OK;
	ret->value_ms = a->neighbour_ms;
}

static void judge_odd(struct artifact *a, double rr_ms,
                      struct artifact_verdict *ret)
{
	double median = running_median(a);

	a->neighbour_ms = NAN;
	a->odd[a->n_odd++ % ARTIFACT_LASTING] = rr_ms;
	if (lasting(a)) {
		believe(a, ret);
	} else if (rr_ms < MISSED * median && a->n_odd <= CORRECTED_MAX) {
		ret->class = BEAT_CORRECTED;
		ret->value_ms = median;
	}
}

/* What is no interval breaks the runs. Before the median stands, the five
 * that elect it must be neighbours, so that they can be restated. */
static void judge_implausible(struct artifact *a)
{
	a->neighbour_ms = NAN;
	a->n_odd = 0;
	a->n_first = 0;
}

void artifact_judge(struct artifact *a, double rr_ms, bool slow,
                    struct artifact_verdict *ret)
{
	double limit = slow ? LIMIT_SLOW : LIMIT;

	*ret = (struct artifact_verdict){
		.class = BEAT_REJECTED,
		.value_ms = NAN,
	};
	if (!(rr_ms >= ARTIFACT_MIN_MS && rr_ms <= ARTIFACT_MAX_MS)) {
		judge_implausible(a);
	} else if (!a->seeded) {
		judge_first(a, rr_ms, limit, ret);
	} else if (near(rr_ms, running_median(a), limit) ||
	           near(rr_ms, a->neighbour_ms, LIMIT_NEIGHBOUR)) {
		accept(a, rr_ms);
		ret->class = BEAT_OK;
		ret->value_ms = rr_ms;
	} else {
		judge_odd(a, rr_ms, ret);
	}
}
