/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/window.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "signal/gate.h"
#include "signal/window_inner.h"

/* Spans and minima: reference/content.md D.2 to D.4 */
#define HR_MIN_BREATHS      2
#define HR_MIN_S            15.0
#define HR_FALLBACK_S       30.0
#define HR_FALLBACK_CLEAN_S 10.0
#define HRV_SPAN_S          60.0
#define RMSSD_CLEAN_S       30.0
#define SDNN_CLEAN_S        48.0
#define RECENT_S            45.0
#define RECENT_BREATHS      4
#define PACE_SPAN_S         60.0
#define STALE_S             10.0
#define SLOW_PERIOD_S       7.5
#define WALK_MIN_S          0.05
#define WAVE_STEP_US        5000000
#define BREATHS_STEP_S      4.0 /* a breath at 15 a minute */
#define ADHERENT            0.75
#define LOST                0.5
#define LOCKED              0.7 /* follow, by the rhythm */
#define APART               0.85 /* the pacer's rate is below so much of theirs */
#define MOSTLY              0.5  /* of what is looked at was there */
#define ALONE_SPAN_S        45.0 /* what rhythm_rate() needs, and a bit */

/* A silence longer than any plausible interval, though nobody announced it. */
#define SILENCE_S 2.0

int window_create(struct window **ret)
{
	struct window *w = calloc(1, sizeof(*w));

	if (!w)
		return -ENOMEM;
	hrv_live_init(&w->live);
	artifact_init(&w->artifact);
	pacing_init(&w->pacing);
	w->wave = NAN;
	w->rhythm = (struct rhythm){NAN, NAN, NAN, NAN};
	w->alone_per_min = NAN;
	w->scratch = calloc(1, sizeof(*w->scratch));
	if (!w->scratch || breathing_create(&w->breathing) < 0 ||
	    coherence_create(&w->coherence) < 0) {
		window_destroy(w);
		return -ENOMEM;
	}
	*ret = w;
	return 0;
}

struct window *window_destroy(struct window *w)
{
	if (!w)
		return NULL;
	breathing_destroy(w->breathing);
	coherence_destroy(w->coherence);
	free(w->scratch);
	free(w);
	return NULL;
}

/* Each kind comes in the order of its time; a clock that slips back would
 * turn the searches below into nonsense. */
static double in_order(uint64_t *last_us, uint64_t t_us)
{
	if (t_us > *last_us)
		*last_us = t_us;
	return series_seconds(*last_us);
}

static void restate(struct hrv_live *l, const struct artifact_verdict *v)
{
	for (size_t i = 0; i < v->n_restated; i++)
		hrv_live_restate(l, v->n_restated - 1 - i, v->restated[i].class,
		                 v->restated[i].value_ms);
}

enum beat_class window_beat(struct window *w, const struct beat *beat)
{
	const struct series *s = &w->live.series;
	double t_s = in_order(&w->beat_us, beat->t_us), rr_ms = beat->rr_ms;
	struct artifact_verdict v;

	if (!(rr_ms > 0.0 && isfinite(rr_ms)))
		rr_ms = 0.0; /* no interval: rejected, and reaches nowhere */
	if (s->n > 0 &&
	    t_s - rr_ms * 1e-3 > series_at(s, s->n - 1)->t_s + SILENCE_S)
		window_gap(w, beat->t_us);

	artifact_judge(&w->artifact, rr_ms,
	               pacing_period(&w->pacing, t_s) > SLOW_PERIOD_S, &v);
	hrv_live_beat(&w->live, w->beat_us, rr_ms, v.class, v.value_ms);
	restate(&w->live, &v);
	return v.class;
}

void window_gap(struct window *w, uint64_t t_us)
{
	(void)t_us; /* where it lies is told by the beats on either side */
	hrv_live_gap(&w->live);
	artifact_gap(&w->artifact);
}

void window_breath(struct window *w, uint64_t t_us, double period_s)
{
	pacing_add(&w->pacing, in_order(&w->breath_us, t_us), period_s);
}

void window_walk_from(struct window *w, double period_s)
{
	w->walk_period_s =
		isfinite(period_s) && period_s > 0.0 ? period_s : 0.0;
}

size_t window_find_breaths(const struct window *w, double from_s, double to_s,
                           struct breath *ret)
{
	struct window_scratch *x = w->scratch;
	size_t n =
		series_run(&w->live.series, from_s, to_s, x->t_s, x->value_ms);

	return breathing_find(w->breathing, x->t_s, x->value_ms, n, ret);
}

size_t window_marks(const struct breath *breaths, size_t n, double *ret)
{
	size_t first = n, marks = 0;

	if (n == 0)
		return 0;
	while (first > 1 &&
	       fabs(breaths[first - 2].start_s + breaths[first - 2].length_s -
	            breaths[first - 1].start_s) < 1e-6)
		first--;
	for (size_t i = first - 1; i < n; i++)
		ret[marks++] = breaths[i].start_s;
	ret[marks++] = breaths[n - 1].start_s + breaths[n - 1].length_s;
	return marks;
}

static double end_of(const struct breath *b)
{
	return b->start_s + b->length_s;
}

/* When the last believed beat was; NAN if there is none by now. */
static double last_heard(const struct series *s, double now_s)
{
	for (size_t i = series_after(s, now_s); i > 0; i--) {
		const struct series_beat *b = series_at(s, i - 1);

		if (b->class != BEAT_REJECTED)
			return b->t_s;
	}
	return NAN;
}

/* A breath whose last interval is still open would lack just the slowest or
 * the fastest part of its wave: leave marks that no beat has passed. */
static size_t heard_marks(const struct series *s, double now_s,
                          const double *mark_s, size_t n)
{
	double last_s = last_heard(s, now_s);

	while (n > 0 && !(mark_s[n - 1] <= last_s))
		n--;
	return n;
}

static enum pacing_fit fit_of(const struct window *w, const struct breath *b)
{
	struct rate r;

	rate_over(&w->live.series, b->start_s, end_of(b), &r);
	return pacing_fit(&w->pacing, b, r.beats > 0.0 ? 60.0 / r.bpm : 0.0);
}

static void update_breaths(struct window *w, double now_s)
{
	const struct series *s = &w->live.series;
	size_t i = series_after(s, now_s);
	uint64_t of_us = i > 0 ? series_at(s, i - 1)->t_us : 0;

	double step_s = fmax(BREATHS_STEP_S, pacing_period(&w->pacing, now_s));

	if (of_us >= w->breaths_of_us &&
	    series_seconds(of_us - w->breaths_of_us) < step_s)
		return;
	w->breaths_of_us = of_us;
	w->n_breaths = window_find_breaths(w, now_s - BREATHING_SPAN_S, now_s,
	                                   w->breath);
	for (size_t k = 0; k < w->n_breaths; k++)
		w->fit[k] = fit_of(w, &w->breath[k]);
	w->regular =
		w->n_breaths >= RECENT_BREATHS &&
		breathing_regular(w->breath + w->n_breaths - RECENT_BREATHS,
	                          RECENT_BREATHS);
}

/* The first of the last marks that span whole breaths enough; @n if none. */
static size_t whole_breaths(const double *mark_s, size_t n)
{
	for (size_t i = n; i-- > 0;)
		if (n - 1 - i >= HR_MIN_BREATHS &&
		    mark_s[n - 1] - mark_s[i] >= HR_MIN_S)
			return i;
	return n;
}

/* Marks of whole breaths to average over: the pacer's, with the person's own
 * before them while it has begun too few; else their own alone. */
static size_t breath_marks(const struct window *w, double now_s, double *ret)
{
	double paced_s[RATE_MARKS_MAX];
	size_t n_paced, n;

	n_paced = pacing_marks(&w->pacing, now_s - HRV_SPAN_S, now_s, paced_s,
	                       RATE_MARKS_MAX - BREATHING_MAX - 1);
	n = window_marks(w->breath, w->n_breaths, ret);
	n_paced = heard_marks(&w->live.series, now_s, paced_s, n_paced);
	if (n_paced < 2)
		return n;
	if (whole_breaths(paced_s, n_paced) < n_paced)
		n = 0;
	while (n > 0 && ret[n - 1] >= paced_s[0])
		n--;
	for (size_t i = 0; i < n_paced; i++)
		ret[n++] = paced_s[i];
	return n;
}

static double heart_rate(const struct window *w, double now_s)
{
	double mark_s[RATE_MARKS_MAX], length_s;
	size_t n = breath_marks(w, now_s, mark_s);
	size_t from = whole_breaths(mark_s, n);
	struct rate r;

	if (from == n || now_s - mark_s[n - 1] > HR_MIN_S) {
		rate_over(&w->live.series, now_s - HR_FALLBACK_S, now_s, &r);
		return r.covered_s >= HR_FALLBACK_CLEAN_S ? r.bpm : NAN;
	}
	length_s = mark_s[n - 1] - mark_s[from];
	rate_over(&w->live.series, mark_s[from], mark_s[n - 1], &r);
	return r.covered_s >= RATE_COVERAGE * length_s ? r.bpm : NAN;
}

/* It stays what it is until a breath is added, or one is too old. */
static double slope_of_breaths(struct window *w, const double *mark_s, size_t n)
{
	if (n < 2)
		return NAN;
	if (n != w->slope_marks || mark_s[0] != w->slope_from_s ||
	    mark_s[n - 1] != w->slope_to_s)
		w->slope = rate_slope_breaths(&w->live.series, mark_s, n);
	w->slope_marks = n;
	w->slope_from_s = mark_s[0];
	w->slope_to_s = mark_s[n - 1];
	return w->slope;
}

/* By whole breaths wherever they are known, though they be too few as yet. */
static double slope(struct window *w, double now_s)
{
	double mark_s[RATE_MARKS_MAX], from_s = now_s - HRV_SPAN_S;
	size_t n =
		pacing_marks(&w->pacing, from_s, now_s, mark_s, RATE_MARKS_MAX);
	size_t first = 0;

	n = heard_marks(&w->live.series, now_s, mark_s, n);
	if (n <= RATE_SLOPE_BREATHS) {
		n = window_marks(w->breath, w->n_breaths, mark_s);
		while (first < n && mark_s[first] < from_s)
			first++;
	}
	if (n - first < 2 && pacing_period(&w->pacing, now_s) <= 0.0)
		return rate_slope_beats(&w->live.series, from_s, now_s,
		                        w->scratch->work);
	return slope_of_breaths(w, mark_s + first, n - first);
}

static void time_domain(const struct window *w, double now_s,
                        struct estimate *e)
{
	struct hrv_time h;

	hrv_live_time(&w->live, now_s - HRV_SPAN_S, now_s, &h);
	if (h.joined_s >= RMSSD_CLEAN_S)
		e->rmssd_ms = h.rmssd_ms;
	if (h.joined_s >= SDNN_CLEAN_S)
		e->sdnn_ms = h.sdnn_ms;
}

/* What the breaths that ended since @from_s say beside the pacer. */
struct comparison {
	size_t n, fitting;
	double length_s, period_s; /* sums */
};

static void compare(const struct window *w, double from_s, size_t max,
                    struct comparison *ret)
{
	*ret = (struct comparison){0};
	for (size_t i = w->n_breaths; i > 0 && ret->n < max; i--) {
		const struct breath *b = &w->breath[i - 1];

		if (end_of(b) < from_s)
			break;
		if (w->fit[i - 1] == PACING_UNPACED)
			continue;
		ret->n++;
		ret->fitting += w->fit[i - 1] == PACING_FITS;
		ret->length_s += b->length_s;
		ret->period_s += pacing_period(&w->pacing,
		                               b->start_s + b->length_s / 2.0);
	}
}

/* How far back the last four breaths may lie: a pacer slower than about
 * 6.5/min needs more than 45 s for four, and the last is seen a part late. */
static double recent_s(const struct window *w, double now_s)
{
	return fmax(RECENT_S,
	            (RECENT_BREATHS + 1) * pacing_period(&w->pacing, now_s));
}

static double own_rate(const struct window *w, double now_s)
{
	const struct breath *last = w->breath + w->n_breaths - RECENT_BREATHS;
	double sum_s = 0.0;

	if (!w->regular || end_of(last) < now_s - recent_s(w, now_s))
		return NAN;
	for (size_t i = 0; i < RECENT_BREATHS; i++)
		sum_s += last[i].length_s;
	return 60.0 * RECENT_BREATHS / sum_s;
}

/* At which rate they breathe who do not go by the pacer. */
static void breathe_alone(struct window *w, double now_s)
{
	struct window_scratch *x = w->scratch;
	size_t n = series_beats(&w->live.series, now_s - ALONE_SPAN_S, now_s,
	                        x->t_s, x->value_ms);

	w->alone_per_min =
		rhythm_rate(x->t_s, x->value_ms, n, 60.0 / w->rhythm.period_s);
}

/* Renewed with each breath of the pacer that was heard to its end. */
static struct rhythm beside_pacer(struct window *w, double now_s)
{
	struct window_scratch *x = w->scratch;
	/* one more: the newest is seldom heard yet */
	double mark_s[RHYTHM_BREATHS + 2];
	size_t n, marks = pacing_marks(&w->pacing, 0.0, now_s, mark_s,
	                               RHYTHM_BREATHS + 2);

	marks = heard_marks(&w->live.series, now_s, mark_s, marks);
	if (marks < 2)
		return (struct rhythm){NAN, NAN, NAN, NAN};
	if (mark_s[marks - 1] > w->rhythm_s) {
		n = series_beats(&w->live.series, mark_s[0], mark_s[marks - 1],
		                 x->t_s, x->value_ms);
		rhythm_beside(x->t_s, x->value_ms, n, mark_s, marks,
		              &w->rhythm);
		w->rhythm_s = mark_s[marks - 1];
		if (w->rhythm.adherence < LOST)
			breathe_alone(w, now_s);
	}
	return w->rhythm;
}

/* By single breaths. */
static double breaths_followed(const struct window *w, double now_s)
{
	struct comparison c;
	double way_s;

	compare(w, now_s - recent_s(w, now_s), RECENT_BREATHS, &c);
	way_s = c.period_s / RECENT_BREATHS - w->walk_period_s;
	if (c.n < RECENT_BREATHS || fabs(way_s) < WALK_MIN_S)
		return NAN;
	return (c.length_s / RECENT_BREATHS - w->walk_period_s) / way_s;
}

/* Does the rhythm show that they go along? It is the pacer's, and either that
 * is too far from their own to be mistaken, or it keeps step: whoever stays at
 * their own rate would drift. */
static bool goes_along(const struct window *w, double now_s,
                       const struct rhythm *r)
{
	double period_s = pacing_period(&w->pacing, now_s);
	double way_s = period_s - w->walk_period_s;

	if (!(r->adherence >= ADHERENT))
		return false;
	if (APART * period_s >= w->walk_period_s)
		return true;
	return r->lock >= LOCKED && way_s >= WALK_MIN_S &&
	       r->period_s - w->walk_period_s >= MOSTLY * way_s &&
	       r->drift < way_s / period_s / 2.0;
}

/* How far they came along with the pacer since the walk set out. */
static double followed(const struct window *w, double now_s,
                       const struct rhythm *r)
{
	if (w->walk_period_s <= 0.0)
		return NAN;
	return goes_along(w, now_s, r) ? 1.0 : breaths_followed(w, now_s);
}

static void breathing_figures(struct window *w, double now_s,
                              struct estimate *e)
{
	struct comparison c;
	struct rhythm r;

	e->breaths_per_min = own_rate(w, now_s);
	if (pacing_period(&w->pacing, now_s) <= 0.0)
		return;
	compare(w, now_s - PACE_SPAN_S, BREATHING_MAX, &c);
	if (c.n >= RECENT_BREATHS)
		e->pace = 100.0 * (double)c.fitting / (double)c.n;
	r = beside_pacer(w, now_s);
	e->adherence = r.adherence;
	e->follow = followed(w, now_s, &r);
	if (r.adherence < LOST && !(e->breaths_per_min >= RHYTHM_SLOWEST))
		e->breaths_per_min = w->alone_per_min;
}

static double wave_now(const struct window *w, double now_s)
{
	struct window_scratch *x = w->scratch;
	struct coherence_result r;
	struct gate g;
	size_t n;

	gate_of(&w->live.series, now_s - COHERENCE_SPAN_S, now_s, &g);
	if (!(g.artifact_pct <= GATE_BAD_PCT))
		return NAN;
	n = series_run(&w->live.series,
	               now_s - COHERENCE_SPAN_S - STALE_S - SILENCE_S, now_s,
	               x->t_s, x->value_ms);
	if (coherence_of(w->coherence, x->t_s, x->value_ms, n, &r) < 0)
		return NAN;
	return r.ratio;
}

static double wave(struct window *w, uint64_t now_us)
{
	double now_s = series_seconds(now_us);

	if (series_broken(&w->live.series, now_s - COHERENCE_SPAN_S, now_s))
		w->wave = NAN;
	else if (isnan(w->wave) || now_us < w->wave_us ||
	         now_us - w->wave_us >= WAVE_STEP_US) {
		w->wave = wave_now(w, now_s);
		w->wave_us = now_us;
	}
	return w->wave;
}

void window_estimate(struct window *w, uint64_t now_us, struct estimate *ret)
{
	double now_s = series_seconds(now_us);
	double began_s = w->live.series.began_s; /* NAN loses to any number */
	struct estimate e;
	struct gate g;

	estimate_none(&e, now_us);
	if (w->live.series.n > 0) {
		gate_of(&w->live.series, fmax(now_s - HRV_SPAN_S, began_s),
		        now_s, &g);
		e.coverage = g.coverage;
		gate_of(&w->live.series, fmax(now_s - GATE_SPAN_S, began_s),
		        now_s, &g);
		e.quality = g.quality;
		e.artifact_pct = g.artifact_pct;
	}
	/* nothing is said of now where the last believed beat is long past */
	if (now_s - last_heard(&w->live.series, now_s) <= STALE_S) {
		update_breaths(w, now_s);
		e.hr_bpm = heart_rate(w, now_s);
		e.hr_slope = slope(w, now_s);
		time_domain(w, now_s, &e);
		breathing_figures(w, now_s, &e);
		e.wave = wave(w, now_us);
	}
	*ret = e;
}

/* May a breath of the pacer stand for R12, which watches for fainting? */
static bool whole(const struct series *s, double from_s, double to_s,
                  double *ret_bpm)
{
	struct rate r;
	size_t beats = series_after(s, to_s) - series_after(s, from_s);

	rate_over(s, from_s, to_s, &r);
	if (beats < 2 || r.beats <= 0.0 || series_broken(s, from_s, to_s))
		return false;
	*ret_bpm = r.bpm;
	return true;
}

size_t window_breath_rates(const struct window *w, uint64_t now_us,
                           double *ret_bpm, size_t n)
{
	double mark_s[RATE_MARKS_MAX], now_s = series_seconds(now_us), bpm;
	double newest[WINDOW_BREATHS_MAX];
	size_t marks, found = 0;

	if (n > WINDOW_BREATHS_MAX)
		n = WINDOW_BREATHS_MAX;
	marks = pacing_marks(&w->pacing, 0.0, now_s, mark_s, RATE_MARKS_MAX);
	marks = heard_marks(&w->live.series, now_s, mark_s, marks);
	for (size_t i = marks; i > 1 && found < n; i--) {
		if (whole(&w->live.series, mark_s[i - 2], mark_s[i - 1], &bpm))
			newest[found++] = bpm;
		else if (found > 0)
			break;
	}
	for (size_t i = 0; i < found; i++)
		ret_bpm[i] = newest[found - 1 - i];
	return found;
}
