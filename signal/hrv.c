/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/hrv.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_statistics_double.h>

#include "signal/breathing.h"
#include "signal/detrend.h"
#include "signal/dfa.h"
#include "signal/sample_entropy.h"

struct hrv_work {
	struct arena arena;
	struct breathing *breathing;
	struct coherence *coherence;
	struct hrv_freq *freq;
};

int hrv_work_create(struct hrv_work **ret)
{
	struct hrv_work *w = calloc(1, sizeof(*w));

	if (!w)
		return -ENOMEM;
	arena_init(&w->arena);
	if (breathing_create(&w->breathing) < 0 ||
	    coherence_create(&w->coherence) < 0 ||
	    hrv_freq_create(&w->freq) < 0) {
		hrv_work_destroy(w);
		return -ENOMEM;
	}
	*ret = w;
	return 0;
}

struct hrv_work *hrv_work_destroy(struct hrv_work *w)
{
	if (!w)
		return NULL;
	breathing_destroy(w->breathing);
	coherence_destroy(w->coherence);
	hrv_freq_destroy(w->freq);
	arena_finish(&w->arena);
	free(w);
	return NULL;
}

/* @nn less its trend, about its mean. */
static int without_trend(struct arena *a, const struct nn *nn, double mean_ms,
                         const double **ret)
{
	double *z = arena_take(a, nn->n, sizeof(*z));
	int r;

	if (!z)
		return -ENOMEM;
	if (nn->n > 0)
		memcpy(z, nn->rr_ms, nn->n * sizeof(*z));
	r = detrend_priors(a, z, nn->n, DETREND_LAMBDA);
	if (r < 0)
		return r;
	for (size_t i = 0; i < nn->n; i++)
		z[i] += mean_ms;
	*ret = z;
	return 0;
}

static int stress(struct arena *a, const struct nn *nn, double mean_ms,
                  enum hrv_detrend detrend, struct hrv_trended *ret)
{
	const double *rr_ms = nn->rr_ms;
	int r = 0;

	if (detrend == HRV_DETREND_PRIORS)
		r = without_trend(a, nn, mean_ms, &rr_ms);
	if (r == 0)
		r = hrv_stress_index(a, rr_ms, nn->n, &ret->stress_index);
	ret->stress_index_sqrt = sqrt(ret->stress_index);
	return r;
}

static void put(const struct hrv_spectra *both, const bool *want,
                struct hrv_bands *plain, struct hrv_bands *priors)
{
	if (want[HRV_DETREND_NONE])
		*plain = both->plain;
	if (want[HRV_DETREND_PRIORS])
		*priors = both->priors;
}

static int spectra(struct hrv_work *w, const struct nn *nn, const bool *want,
                   struct hrv_trended *ret)
{
	struct hrv_trended *plain = &ret[HRV_DETREND_NONE];
	struct hrv_trended *priors = &ret[HRV_DETREND_PRIORS];
	struct arena_mark mark = arena_mark(&w->arena);
	struct hrv_spectra both;
	int r;

	r = hrv_welch_of(w->freq, &w->arena, nn, want[HRV_DETREND_PRIORS],
	                 &both);
	arena_release(&w->arena, mark);
	if (r < 0)
		return r;
	put(&both, want, &plain->welch, &priors->welch);
	r = hrv_lomb_of(w->freq, &w->arena, nn, want[HRV_DETREND_PRIORS],
	                &both);
	arena_release(&w->arena, mark);
	if (r < 0)
		return r;
	put(&both, want, &plain->lomb, &priors->lomb);
	return 0;
}

static int trended(struct hrv_work *w, const struct nn *nn,
                   const struct hrv_options *o, struct hrv *ret)
{
	struct arena_mark mark = arena_mark(&w->arena);

	for (int i = 0; i < HRV_DETRENDS; i++) {
		int r = 0;

		if (o->detrend[i])
			r = stress(&w->arena, nn, ret->time.mean_nn_ms,
			           (enum hrv_detrend)i, &ret->by[i]);
		arena_release(&w->arena, mark);
		if (r < 0)
			return r;
	}
	return spectra(w, nn, o->detrend, ret->by);
}

/* Where the last unbroken run begins. */
static size_t last_run(const struct nn *nn)
{
	size_t i = nn->n;

	while (i > 1 && nn_joined(nn, i - 1))
		i--;
	return i > 0 ? i - 1 : 0;
}

static void coherence(struct hrv_work *w, const struct nn *nn,
                      struct coherence_result *ret)
{
	size_t from = last_run(nn);

	*ret = (struct coherence_result){NAN, NAN};
	/* -ENODATA leaves it so */
	(void)coherence_of(w->coherence, nn->t_s + from, nn->rr_ms + from,
	                   nn->n - from, ret);
}

/* The coherence peak is asked for only where the crossings say slow. */
static double breathing_at(struct hrv_work *w, const double *t_s,
                           const double *rr_ms, size_t n)
{
	double per_min = breathing_rate(w->breathing, t_s, rr_ms, n, NAN);
	struct coherence_result slow;

	if (!(per_min < BREATHING_SLOW_PER_MIN) ||
	    coherence_of(w->coherence, t_s, rr_ms, n, &slow) < 0)
		return per_min;
	return breathing_rate(w->breathing, t_s, rr_ms, n, slow.peak_hz);
}

/* Rates of the windows of one unbroken run, the last ending where it ends. */
static size_t breathing_of_run(struct hrv_work *w, const double *t_s,
                               const double *rr_ms, size_t n, double *ret)
{
	size_t found = 0, end = n, reach = n;

	for (double at_s = t_s[n - 1]; at_s - t_s[0] >= BREATHING_RATE_MIN_S;
	     at_s -= BREATHING_RATE_S) {
		double per_min;

		while (t_s[end - 1] > at_s)
			end--;
		while (reach > 0 && t_s[reach - 1] >= at_s - BREATHING_SPAN_S)
			reach--;
		per_min = breathing_at(w, t_s + reach, rr_ms + reach,
		                       end - reach);
		if (!isnan(per_min))
			ret[found++] = per_min;
	}
	return found;
}

/* A window of the least length holds more than one beat: nn->n is room. */
static int breathing(struct hrv_work *w, const struct nn *nn, double *ret)
{
	double *rates = arena_take(&w->arena, nn->n, sizeof(*rates));
	size_t n = 0;

	if (!rates)
		return -ENOMEM;
	for (size_t i = 0, end; i < nn->n; i = end) {
		end = nn_run_end(nn, i);
		n += breathing_of_run(w, nn->t_s + i, nn->rr_ms + i, end - i,
		                      rates + n);
	}
	*ret = n > 0 ? gsl_stats_median(rates, 1, n) : NAN;
	return 0;
}

/* Each stage gives back its room before the next takes its own. */
static int figures(struct hrv_work *w, const struct nn *nn,
                   const struct hrv_options *o, struct hrv *ret)
{
	struct arena *a = &w->arena;
	struct arena_mark mark = arena_mark(a);
	int r;

	hrv_time_of(nn, &ret->time);
	r = hrv_geometry_of(a, nn->rr_ms, nn->n, &ret->geometry);
	arena_release(a, mark);
	if (r == 0)
		r = trended(w, nn, o, ret);
	if (r == 0 && !o->no_entropy)
		r = sample_entropy_of(a, nn, ret->time.sdnn_ms,
		                      &ret->sample_entropy);
	arena_release(a, mark);
	if (r == 0)
		r = breathing(w, nn, &ret->breathing_per_min);
	arena_release(a, mark);
	ret->dfa_alpha1 = dfa_alpha1_of(nn);
	coherence(w, nn, &ret->coherence);
	return r;
}

static void none(const struct nn *in, struct hrv *ret)
{
	*ret = (struct hrv){
		.beats = in->n,
		.artifacts.percent = NAN,
		.geometry = {NAN, NAN},
		.sample_entropy = NAN,
		.dfa_alpha1 = NAN,
		.coherence = {NAN, NAN},
		.breathing_per_min = NAN,
	};
	hrv_time_of(&(struct nn){.n = 0}, &ret->time);
	for (int i = 0; i < HRV_DETRENDS; i++) {
		ret->by[i].stress_index = NAN;
		ret->by[i].stress_index_sqrt = NAN;
		hrv_bands_none(&ret->by[i].welch);
		hrv_bands_none(&ret->by[i].lomb);
	}
	if (in->n > 0)
		ret->duration_s =
			in->t_s[in->n - 1] - in->t_s[0] + in->rr_ms[0] * 1e-3;
}

/* What is no variability holds for any rhythm. */
static void heart_rate_only(const struct nn *nn, struct hrv *ret)
{
	struct hrv_time all;

	hrv_time_of(nn, &all);
	ret->time.n = all.n;
	ret->time.mean_nn_ms = all.mean_nn_ms;
	ret->time.mean_hr_bpm = all.mean_hr_bpm;
	ret->time.mean_inst_hr_bpm = all.mean_inst_hr_bpm;
}

int hrv_of(struct hrv_work *w, const struct nn *in, const struct hrv_options *o,
           struct hrv *ret, struct clean *ret_clean)
{
	struct clean clean = {.nn = *in};
	struct hrv h;
	int r = 0;

	/* what the last call handed out lived until now */
	arena_release(&w->arena, (struct arena_mark){0});
	none(in, &h);
	if (!o->raw) {
		r = clean_of(&w->arena, in, &clean);
		h.artifacts = clean.count;
	}
	if (r == 0 && clean.count.refused)
		heart_rate_only(&clean.nn, &h);
	else if (r == 0)
		r = figures(w, &clean.nn, o, &h);
	if (r < 0)
		return r;
	*ret = h;
	if (ret_clean)
		*ret_clean = clean;
	return 0;
}
