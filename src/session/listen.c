/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Measurements at rest and listening windows: hands in the lap, looked at
 * when they end. Rules R1, R2, R6, R7 and R10 of reference/content.md D.5.
 */
#include <math.h>
#include <string.h>

#include "session/rules.h"

/* R2 */
#define SLOPE_SETTLING 3.0 /* bpm per minute: still sitting down */
#define REST_MORE_S    15.0
/* R6; D.5, hysteresis: act at 8, release at 3 */
#define CALM_RISE    8.0
#define CALM_RELEASE 3.0
/* R7 */
#define CALM_ENOUGH   60.0
#define SLOPE_PLATEAU 1.0 /* bpm per minute */
#define WINDOWS_FLAT  2
/* Times that it was seen, as many as a noise band wants; D.4 */
#define SETTLED_LEAST 5
/* D.3 */
#define IRREGULAR_PCT     15.0
#define IRREGULAR_WINDOWS 3
/* Rounded to a hundredth, which is what rules see: a hair more than none. */
#define ROUNDED(x) (round((x)*100) / 100)

static void span_now(const struct session *s, struct window_span *span)
{
	window_span(s->window, s->part_us, s->now_us, span);
	span->mean_hr_bpm = ROUNDED(span->mean_hr_bpm);
	span->median_hr_bpm = ROUNDED(span->median_hr_bpm);
	span->mad_hr_bpm = ROUNDED(span->mad_hr_bpm);
	span->rmssd_ms = ROUNDED(span->rmssd_ms);
	span->ln_rmssd = round(span->ln_rmssd * 1e4) / 1e4;
	span->sd_ln_rmssd = round(span->sd_ln_rmssd * 1e4) / 1e4;
	span->hr_slope = ROUNDED(span->hr_slope);
	span->artifact_pct = round(span->artifact_pct * 10) / 10;
	span->breaths_per_min = ROUNDED(span->breaths_per_min);
	if (s->hrv_off) {
		span->ln_rmssd = span->rmssd_ms = NAN;
		span->sd_ln_rmssd = NAN;
	}
}

void listen_facts(const struct session *s, struct facts *ret)
{
	double bpm[WINDOW_BREATHS_MAX];
	double seconds = (double)(s->now_us - s->part_us) / MACHINE_S;
	size_t fit = s->breath.on ? (size_t)(seconds / s->breath.period_s) : 0;
	size_t n = window_breath_rates(
		s->window, s->now_us, bpm,
		fit < WINDOW_BREATHS_MAX ? fit : WINDOW_BREATHS_MAX);

	span_now(s, &ret->span);
	ret->calm = calm_span(&s->calm, &ret->span);
	ret->before = s->window_calm[0];
	ret->before_that = s->window_calm[1];
	ret->first_bpm = n >= 2 ? ROUNDED(bpm[0]) : NAN;
	ret->last_bpm = n >= 2 ? ROUNDED(bpm[n - 1]) : NAN;
}

/* --- R1: decide only on what the gate lets through ------------------------ */

bool listen_unheard(const struct session *s, const struct facts *f)
{
	(void)s;
	return !rules_usable(f->span.quality) || isnan(f->span.mean_hr_bpm);
}

void listen_by_clock(struct session *s, const struct facts *f)
{
	machine_decide(s, 1, "by_clock",
	               FIGURES({"artifact_pct", f->span.artifact_pct},
	                       {"coverage", f->span.coverage},
	                       {"beats", (double)f->span.beats}));
}

/* --- R2: the unpaced baseline, and the recheck at the end ----------------- */

bool listen_settling(const struct session *s, const struct facts *f)
{
	double more = s->plan[s->i].seconds + REST_MORE_S;

	return fabs(f->span.hr_slope) > SLOPE_SETTLING &&
	       more <= s->plan[s->i].max && coach_budget(s) >= REST_MORE_S;
}

void listen_measure_on(struct session *s, const struct facts *f)
{
	double more = s->plan[s->i].seconds + REST_MORE_S;

	steps_set_length(s, more);
	machine_decide(
		s, 2, "baseline_extend",
		FIGURES({"hr_slope", f->span.hr_slope}, {"seconds", more}));
}

static void rest_of(const struct window_span *span, struct event_rest *ret)
{
	ret->hr_bpm = span->median_hr_bpm;
	ret->rmssd_ms = span->quality == QUALITY_OK ? span->rmssd_ms : NAN;
	ret->artifact_pct = span->artifact_pct;
}

static void first_rest(struct session *s, const struct window_span *span)
{
	struct calm_baseline b;

	calm_baseline_of(span, &b);
	calm_set_baseline(&s->calm, &b);
	s->window_calm[0] = calm_span(&s->calm, span);
	rest_of(span, &s->before);
	s->recheck = true;
	s->own_per_min = span->breaths_per_min;
}

void listen_measured(struct session *s, const struct facts *f)
{
	const struct window_span *span = &f->span;
	bool first = !s->recheck;

	if (first)
		first_rest(s, span);
	else
		rest_of(span, &s->after);
	machine_decide(s, 2, first ? "baseline" : "recheck",
	               FIGURES({"hr_bpm", span->median_hr_bpm},
	                       {"rmssd_ms", span->rmssd_ms},
	                       {"hr_slope", span->hr_slope},
	                       {"own_per_min", span->breaths_per_min},
	                       {"artifact_pct", span->artifact_pct}));
}

/* --- R6: more of what settles --------------------------------------------- */

/* Room that an extension would find in the step with number @n. */
static double room(const struct session *s, int n)
{
	int i = routine_step(s->routine, n);

	if (i <= s->i || steps_dropped(s, i) || s->plan[i].adapted)
		return 0;
	return floor(
		fmin(s->plan[i].max - s->plan[i].seconds, coach_budget(s)));
}

static const struct session_use *use_of(const struct session *s, int n)
{
	const struct session_profile *p = &s->start.profile;
	const struct technique *t = routine_technique(
		s->routine, &s->routine->steps[routine_step(s->routine, n)]);

	for (size_t k = 0; t && k < p->n_uses; k++)
		if (strcmp(p->uses[k].technique, t->id) == 0)
			return &p->uses[k];
	return NULL;
}

static double rating_of(const struct session *s, int n)
{
	const struct session_use *use = use_of(s, n);

	return use && !isnan(use->rating) ? use->rating : 0;
}

/* Has the one settled this person more, beyond doubt? Only where both were
   seen often enough and their intervals lie apart. */
static bool settled_more(const struct session *s, int n, int than)
{
	const struct session_use *a = use_of(s, n), *b = use_of(s, than);

	return a && b && a->settled_n >= SETTLED_LEAST &&
	       b->settled_n >= SETTLED_LEAST && a->settled_low > 0 &&
	       a->settled_low > b->settled_high;
}

/* R13: the step the person liked best last time first; among equals what has
   settled this person more; else by the order. @memory: look at that too. */
static int extendable(const struct session *s, bool memory)
{
	int best = 0;

	for (int k = 0; k < 8 && s->routine->extend_order[k]; k++) {
		int n = s->routine->extend_order[k];
		double liked;

		if (room(s, n) < 1)
			continue;
		liked = best ? rating_of(s, n) - rating_of(s, best) : 1;
		if (liked > 0 ||
		    (memory && liked >= 0 && best && settled_more(s, n, best)))
			best = n;
	}
	return best;
}

static bool rose(const struct facts *f)
{
	return f->calm - f->before >= CALM_RISE;
}

bool listen_rose(const struct session *s, const struct facts *f)
{
	return rose(f) && f->last_bpm <= f->first_bpm &&
	       extendable(s, true) != 0;
}

void listen_extend(struct session *s, const struct facts *f)
{
	int n = extendable(s, true);
	const struct session_use *why =
		n != extendable(s, false) ? use_of(s, n) : NULL;
	double more = room(s, n);
	struct planned *p = &s->plan[routine_step(s->routine, n)];

	p->seconds += more;
	p->adapted = true;
	p->stays = true;
	s->windows_flat = 0;
	machine_decide(
		s, 6, "extend",
		FIGURES({"calm", f->calm}, {"calm_before", f->before},
	                {"hr_bpm", f->span.mean_hr_bpm},
	                {"first_bpm", f->first_bpm}, {"last_bpm", f->last_bpm},
	                {"artifact_pct", f->span.artifact_pct}, {"step", n},
	                {"seconds", more}, {"per_min", breath_per_min(s)},
	                {"settled_low", why ? why->settled_low : NAN},
	                {"settled_high", why ? why->settled_high : NAN},
	                {"settled_n", why ? why->settled_n : NAN}));
}

/* --- R7: enough ------------------------------------------------------------
 */

static int windows_flat(const struct session *s, const struct facts *f)
{
	if (isnan(f->calm) || isnan(f->before))
		return s->windows_flat;
	return f->calm - f->before >= CALM_RELEASE ? 0 : s->windows_flat + 1;
}

bool listen_flat(const struct session *s, const struct facts *f)
{
	return !isnan(f->calm) && windows_flat(s, f) >= WINDOWS_FLAT;
}

static void back_to_target(struct session *s, int i)
{
	double target = s->routine->steps[i].s.target;

	if (i > s->i && s->plan[i].adapted && s->plan[i].seconds > target)
		s->plan[i].seconds = target;
}

/* Two windows in a row without a rise: what was added is taken back. */
void listen_take_back(struct session *s, const struct facts *f)
{
	for (size_t i = 0; i < s->routine->n_steps; i++)
		back_to_target(s, (int)i);
	machine_decide(s, 7, "enough_flat",
	               FIGURES({"calm", f->calm}, {"calm_before", f->before},
	                       {"windows", windows_flat(s, f)},
	                       {"per_min", breath_per_min(s)}));
}

/* A plateau of calm in a step that was made longer: on at its target. */
bool listen_plateau(const struct session *s, const struct facts *f)
{
	const struct estimate *e = &s->estimate;
	const struct technique *t = steps_technique(s);

	(void)f;
	/* never one side longer than the other */
	return e->calm >= CALM_ENOUGH && fabs(e->hr_slope) < SLOPE_PLATEAU &&
	       t && t->sig != SIG_POOR && s->part == 0 &&
	       s->breath.longer_i != s->i &&
	       s->plan[s->i].seconds > steps_now(s)->s.target;
}

void listen_move_on(struct session *s, const struct facts *f)
{
	(void)f;
	steps_set_length(s, fmax(steps_now(s)->s.target, steps_elapsed(s)));
	s->plan[s->i].adapted = true;
	speech_remark(s, "cue.move_on");
	machine_decide(s, 7, "enough_plateau",
	               FIGURES({"calm", s->estimate.calm},
	                       {"hr_slope", s->estimate.hr_slope},
	                       {"step", steps_now(s)->n},
	                       {"seconds", s->plan[s->i].seconds}));
}

/* --- R10: windows are compared with windows ---------------------------------
 */

void listen_compare(struct session *s, const struct facts *f)
{
	machine_decide(s, 10, rose(f) ? "rose" : "keep",
	               FIGURES({"calm", f->calm}, {"calm_before", f->before},
	                       {"hr_bpm", f->span.mean_hr_bpm},
	                       {"rmssd_ms", f->span.rmssd_ms},
	                       {"first_bpm", f->first_bpm},
	                       {"last_bpm", f->last_bpm},
	                       {"artifact_pct", f->span.artifact_pct},
	                       {"per_min", breath_per_min(s)}));
}

/* D.3: a pattern that stays irregular is no material for HRV today. */
static void irregular(struct session *s, const struct facts *f)
{
	if (isnan(f->span.artifact_pct))
		return;
	s->windows_irregular = f->span.artifact_pct > IRREGULAR_PCT
	                               ? s->windows_irregular + 1
	                               : 0;
	if (s->windows_irregular < IRREGULAR_WINDOWS || s->hrv_off)
		return;
	s->hrv_off = true;
	machine_decide(s, 1, "hrv_off",
	               FIGURES({"artifact_pct", f->span.artifact_pct},
	                       {"windows", s->windows_irregular}));
	speech_cue(s, "cue.irregular");
}

void listen_remember(struct session *s, const struct facts *f)
{
	irregular(s, f);
	s->windows_flat = windows_flat(s, f);
	if (isnan(f->calm))
		return;
	s->window_calm[1] = s->window_calm[0];
	s->window_calm[0] = f->calm;
}
