/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#include "signal/gate.h"
#include "signal/rhythm.h"
#include "signal/window_inner.h"

#define REACH_S   300.0
#define BEATS_MIN 10

/* reference/content.md D.2: RMSSD from 30 s; two thirds of that must be
 * clean, since a listening window is 25 s at the least (R10). */
#define CLEAN_S   20.0
#define PART_S    30.0
#define PARTS_MAX 10 /* in REACH_S */

/* R3: the median of six breaths; four of them must be near it, or they are
 * no rate (one may be a sigh, one a crossing missed). */
#define RATE_BREATHS 6
#define RATE_ALIKE   4
#define RATE_NEAR    0.25

static double median_of(double *values, size_t n)
{
	gsl_sort(values, 1, n);
	return gsl_stats_median_from_sorted_data(values, 1, n);
}

/* Of the ok beats; at least one. */
static void heart_rates(const struct window *w, double from_s, double to_s,
                        struct window_span *r)
{
	const struct series *s = &w->live.series;
	double *bpm = w->scratch->work, *work = bpm + SERIES_MAX;
	size_t n = 0, end = series_after(s, to_s);
	struct rate mean;

	for (size_t i = series_after(s, from_s); i < end; i++)
		if (series_at(s, i)->class == BEAT_OK)
			bpm[n++] = 60000.0 / series_at(s, i)->value_ms;
	r->mad_hr_bpm = gsl_stats_mad0(bpm, 1, n, work);
	r->median_hr_bpm = median_of(bpm, n);
	rate_over(s, series_seconds(r->from_us), series_seconds(r->to_us),
	          &mean);
	r->mean_hr_bpm = mean.bpm;
}

/* ln RMSSD of a stretch, NAN where it is too short or does not vary. */
static double ln_rmssd(const struct hrv_time *h)
{
	if (h->joined_s < CLEAN_S || !(h->rmssd_ms > 0.0))
		return NAN;
	return log(h->rmssd_ms);
}

static double spread(const struct hrv_live *l, double from_s, double to_s)
{
	double parts[PARTS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < PARTS_MAX; i++) {
		double at_s = from_s + PART_S * (double)i, ln;
		struct hrv_time h;

		if (at_s + PART_S > to_s)
			break;
		hrv_live_time(l, at_s, at_s + PART_S, &h);
		ln = ln_rmssd(&h);
		if (!isnan(ln))
			parts[n++] = ln;
	}
	return n > 1 ? gsl_stats_sd(parts, 1, n) : NAN;
}

static double median_rate(const struct breath *breaths, size_t n)
{
	double lengths[RATE_BREATHS], sorted[RATE_BREATHS], median;
	size_t alike = 0;

	if (n < RATE_BREATHS)
		return NAN;
	for (size_t i = 0; i < RATE_BREATHS; i++)
		sorted[i] = lengths[i] = breaths[n - RATE_BREATHS + i].length_s;
	median = median_of(sorted, RATE_BREATHS);
	for (size_t i = 0; i < RATE_BREATHS; i++)
		alike += fabs(lengths[i] - median) <= RATE_NEAR * median;
	return alike >= RATE_ALIKE ? 60.0 / median : NAN;
}

/* Where single breaths are lost in the heart's own waves. */
static double rhythm(const struct window *w, double from_s, double to_s)
{
	struct window_scratch *x = w->scratch;
	size_t n = series_beats(&w->live.series, from_s, to_s, x->t_s,
	                        x->value_ms);

	return rhythm_rate(x->t_s, x->value_ms, n, NAN);
}

static void breath_figures(const struct window *w, double from_s, double to_s,
                           struct window_span *r)
{
	struct breath breaths[BREATHING_MAX];
	double mark_s[RATE_MARKS_MAX];
	size_t n = window_find_breaths(w, from_s, to_s, breaths);

	r->breaths_per_min = median_rate(breaths, n);
	if (!(r->breaths_per_min >= RHYTHM_SLOWEST))
		r->breaths_per_min = rhythm(w, from_s, to_s);
	r->hr_slope = NAN;
	/* breaths are found in the newest 90 s only */
	if (to_s - from_s <= BREATHING_SPAN_S) {
		size_t marks = window_marks(breaths, n, mark_s);

		r->hr_slope =
			rate_slope_breaths(&w->live.series, mark_s, marks);
	}
	if (n == 0 || to_s - from_s > BREATHING_SPAN_S)
		r->hr_slope = rate_slope_beats(&w->live.series, from_s, to_s,
		                               w->scratch->work);
}

static void time_domain(const struct window *w, double from_s, double to_s,
                        struct window_span *r)
{
	struct hrv_time h;

	heart_rates(w, from_s, to_s, r);
	r->sd_ln_rmssd = spread(&w->live, from_s, to_s);
	hrv_live_time(&w->live, from_s, to_s, &h);
	if (h.joined_s < CLEAN_S)
		return;
	r->rmssd_ms = h.rmssd_ms;
	r->sdnn_ms = h.sdnn_ms;
	r->ln_rmssd = ln_rmssd(&h);
}

void window_span(const struct window *w, uint64_t from_us, uint64_t to_us,
                 struct window_span *ret)
{
	double to_s = series_seconds(to_us), from_s = series_seconds(from_us);
	struct window_span r = {
		.from_us = from_us,
		.to_us = to_us,
		.mean_hr_bpm = NAN,
		.median_hr_bpm = NAN,
		.mad_hr_bpm = NAN,
		.ln_rmssd = NAN,
		.sd_ln_rmssd = NAN,
		.rmssd_ms = NAN,
		.sdnn_ms = NAN,
		.hr_slope = NAN,
		.breaths_per_min = NAN,
	};
	struct gate g;

	from_s = fmax(from_s, to_s - REACH_S);
	gate_of(&w->live.series, from_s, to_s, &g);
	r.quality = g.quality;
	r.artifact_pct = g.artifact_pct;
	r.coverage = g.coverage;
	r.beats = g.accepted;
	if (r.beats >= BEATS_MIN) {
		time_domain(w, from_s, to_s, &r);
		breath_figures(w, from_s, to_s, &r);
	}
	*ret = r;
}
