/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/artifact.h"

#include <math.h>
#include <string.h>

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
	odd_init(&a->odd);
}

void artifact_gap(struct artifact *a)
{
	a->neighbour_ms = NAN;
	a->n_off = 0;
	a->n_wrong = 0;
	odd_gap(&a->odd);
}

/* So few are sorted sooner by insertion than by GSL's heap. */
static double median_of(const double *values, size_t n)
{
	double sorted[ARTIFACT_MEDIAN];

	for (size_t i = 0; i < n; i++) {
		size_t at = i;

		for (; at > 0 && sorted[at - 1] > values[i]; at--)
			sorted[at] = sorted[at - 1];
		sorted[at] = values[i];
	}
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
	a->n_off = 0;
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

	if (a->n_off < ARTIFACT_LASTING)
		return false;
	gsl_stats_minmax(&low, &high, a->off, 1, ARTIFACT_LASTING);
	return high - low <= AGREE * median_of(a->off, ARTIFACT_LASTING);
}

/* The run of deviations was the heart after all. */
static void believe(struct artifact *a, struct artifact_verdict *ret)
{
	size_t end = a->n_off;

	ret->n_restated = ARTIFACT_LASTING;
	a->n_accepted = 0;
	for (size_t i = 0; i < ARTIFACT_LASTING; i++) {
		size_t at = (end + i) % ARTIFACT_LASTING;

		ret->restated[i].class = BEAT_OK;
		ret->restated[i].value_ms = a->off[at];
		accept(a, a->off[at]);
	}
	ret->class = BEAT_OK;
	ret->value_ms = a->neighbour_ms;
}

static void judge_off(struct artifact *a, double rr_ms,
                      struct artifact_verdict *ret)
{
	double median = running_median(a);

	a->neighbour_ms = NAN;
	a->off[a->n_off++ % ARTIFACT_LASTING] = rr_ms;
	if (lasting(a)) {
		believe(a, ret);
	} else if (rr_ms < MISSED * median && a->n_off <= CORRECTED_MAX) {
		ret->class = BEAT_CORRECTED;
		ret->value_ms = median;
	}
}

/* What is no interval breaks the runs. Before the median stands, the five
 * that elect it must be neighbours, so that they can be restated. */
static void judge_implausible(struct artifact *a)
{
	a->neighbour_ms = NAN;
	a->n_off = 0;
	a->n_first = 0;
}

static bool plausible(double rr_ms)
{
	return rr_ms >= ARTIFACT_MIN_MS && rr_ms <= ARTIFACT_MAX_MS;
}

static void judge_at_once(struct artifact *a, double rr_ms, bool slow,
                          struct artifact_verdict *ret)
{
	double limit = slow ? LIMIT_SLOW : LIMIT;

	if (!plausible(rr_ms)) {
		judge_implausible(a);
	} else if (!a->seeded) {
		judge_first(a, rr_ms, limit, ret);
	} else if (near(rr_ms, running_median(a), limit) ||
	           near(rr_ms, a->neighbour_ms, LIMIT_NEIGHBOUR)) {
		accept(a, rr_ms);
		ret->class = BEAT_OK;
		ret->value_ms = rr_ms;
	} else {
		judge_off(a, rr_ms, ret);
	}
}

/* The last few beats as they stand after what was thought of this one. */
static void remember(struct artifact *a, const struct artifact_verdict *v)
{
	if (a->n_recent == ARTIFACT_RESTATED)
		memmove(a->recent, a->recent + 1,
		        --a->n_recent * sizeof(*a->recent));
	a->recent[a->n_recent++] =
		(struct artifact_stand){v->class, v->value_ms};
	memcpy(a->recent + a->n_recent - v->n_restated, v->restated,
	       v->n_restated * sizeof(*v->restated));
}

static struct artifact_stand for_good(struct artifact *a,
                                      const struct odd_verdict *v)
{
	struct artifact_stand none = {BEAT_REJECTED, NAN};

	if (v->kind == CLEAN_OK)
		a->n_wrong = 0;
	else
		a->n_wrong++;
	if (!plausible(v->rr_ms) || !plausible(v->mended_ms))
		return none;
	switch (v->kind) {
	case CLEAN_OK:
		return (struct artifact_stand){BEAT_OK, v->rr_ms};
	case CLEAN_EXTRA:
	case CLEAN_ECTOPIC:
	case CLEAN_LONG_SHORT:
		if (a->n_wrong <= CORRECTED_MAX)
			return (struct artifact_stand){BEAT_CORRECTED,
			                               v->mended_ms};
		break;
	case CLEAN_MISSED:
	case CLEAN_REJECTED:
		break;
	}
	return none;
}

static void judge_for_good(struct artifact *a, double rr_ms, bool slow,
                           struct artifact_verdict *ret)
{
	struct artifact_stand now;
	struct odd_verdict v;

	if (!(rr_ms > 0.0 && isfinite(rr_ms))) {
		odd_gap(&a->odd);
		return;
	}
	if (!odd_push(&a->odd, rr_ms, slow, &v))
		return;
	now = for_good(a, &v);
	if (now.class == a->recent[0].class &&
	    (now.class == BEAT_REJECTED ||
	     now.value_ms == a->recent[0].value_ms))
		return;
	a->recent[0] = now;
	ret->n_restated = ARTIFACT_RESTATED;
	memcpy(ret->restated, a->recent, sizeof(a->recent));
}

void artifact_judge(struct artifact *a, double rr_ms, bool slow,
                    struct artifact_verdict *ret)
{
	*ret = (struct artifact_verdict){
		.class = BEAT_REJECTED,
		.value_ms = NAN,
	};
	judge_at_once(a, rr_ms, slow, ret);
	remember(a, ret);
	judge_for_good(a, rr_ms, slow, ret);
}
