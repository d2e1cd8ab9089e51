/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The coach: the rules of reference/content.md D.5 in one table, each beside
 * the moment it acts at. At one moment the first row that decides is the
 * decision. R3 to R5 are the pacer's and live in breath.c, R13's bounds in
 * what the others may give, R15 in machine_decide().
 */
#include <math.h>
#include <string.h>

#include "session/machine.h"

/* R2 */
#define SLOPE_SETTLING 3.0 /* bpm per minute: still sitting down */
#define REST_MORE_S    15.0
/* R6 */
#define CALM_RISE 8.0
/* R7 */
#define CALM_ENOUGH   60.0
#define SLOPE_PLATEAU 1.0 /* bpm per minute */
#define PLATEAU_US    (60 * MACHINE_S)
#define WINDOWS_FLAT  2
/* R12 */
#define HANDS_DROP_BPM  12.0
#define HANDS_SILENT_US (3 * MACHINE_S)
/* R13 */
#define TOTAL_MORE     1.25
#define ADAPT_EVERY_US (45 * MACHINE_S)
/* R14 */
#define BAD_US   (30 * MACHINE_S)
#define CLEAN_US (20 * MACHINE_S)
/* D.3 */
#define IRREGULAR_PCT     15.0
#define IRREGULAR_WINDOWS 3

static void span_now(struct session *s, struct window_span *span)
{
	window_span(s->window, s->part_us, s->now_us, span);
	span->mean_hr_bpm = round(span->mean_hr_bpm * 100) / 100;
	span->median_hr_bpm = round(span->median_hr_bpm * 100) / 100;
	span->mad_hr_bpm = round(span->mad_hr_bpm * 100) / 100;
	span->rmssd_ms = round(span->rmssd_ms * 100) / 100;
	span->ln_rmssd = round(span->ln_rmssd * 1e4) / 1e4;
	span->sd_ln_rmssd = round(span->sd_ln_rmssd * 1e4) / 1e4;
	span->hr_slope = round(span->hr_slope * 100) / 100;
	span->artifact_pct = round(span->artifact_pct * 10) / 10;
	span->breaths_per_min = round(span->breaths_per_min * 100) / 100;
	if (s->hrv_off) {
		span->ln_rmssd = span->rmssd_ms = NAN;
		span->sd_ln_rmssd = NAN;
	}
}

static bool usable(enum quality q)
{
	return q == QUALITY_OK || q == QUALITY_WEAK;
}

/* --- R1: decide only on what the gate lets through ------------------------ */

static bool r1_gate(struct session *s)
{
	struct window_span span;

	span_now(s, &span);
	if (usable(span.quality) && !isnan(span.mean_hr_bpm))
		return false;
	machine_decide(s, 1, "by_clock",
	               FIGURES({"artifact_pct", span.artifact_pct},
	                       {"coverage", span.coverage},
	                       {"beats", (double)span.beats}));
	return true;
}

/* --- R2: the unpaced baseline, and the recheck at the end ----------------- */

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
	s->window_calm = calm_span(&s->calm, span);
	rest_of(span, &s->before);
	s->recheck = true;
	s->own_per_min = span->breaths_per_min;
}

static bool r2_baseline(struct session *s)
{
	struct window_span span;
	double more = s->plan[s->i].seconds + REST_MORE_S;
	bool first = !s->recheck;

	span_now(s, &span);
	if (fabs(span.hr_slope) > SLOPE_SETTLING && more <= s->plan[s->i].max) {
		steps_set_length(s, more);
		machine_decide(s, 2, "baseline_extend",
		               FIGURES({"hr_slope", span.hr_slope},
		                       {"seconds", more}));
		return true;
	}
	if (first)
		first_rest(s, &span);
	else
		rest_of(&span, &s->after);
	machine_decide(s, 2, first ? "baseline" : "recheck",
	               FIGURES({"hr_bpm", span.median_hr_bpm},
	                       {"rmssd_ms", span.rmssd_ms},
	                       {"hr_slope", span.hr_slope},
	                       {"own_per_min", span.breaths_per_min},
	                       {"artifact_pct", span.artifact_pct}));
	return true;
}

/* --- the listening window ------------------------------------------------- */

/* What one listening window shows, made once for the rules that look at it. */
struct listening {
	struct window_span span;
	double calm, before;
	double first_bpm, last_bpm; /* of its first and last whole breaths */
};

static void listen(struct session *s, struct listening *l)
{
	double bpm[WINDOW_BREATHS_MAX];
	double seconds = (double)(s->now_us - s->part_us) / MACHINE_S;
	size_t fit = s->breath.on ? (size_t)(seconds / s->breath.period_s) : 0;
	size_t n = window_breath_rates(
		s->window, s->now_us, bpm,
		fit < WINDOW_BREATHS_MAX ? fit : WINDOW_BREATHS_MAX);

	span_now(s, &l->span);
	l->calm = calm_span(&s->calm, &l->span);
	l->before = s->window_calm;
	l->first_bpm = n >= 2 ? round(bpm[0] * 100) / 100 : NAN;
	l->last_bpm = n >= 2 ? round(bpm[n - 1] * 100) / 100 : NAN;
}

static bool rose(const struct listening *l)
{
	return l->calm - l->before >= CALM_RISE;
}

/* R13: what may still be added to the session, in seconds. */
static double budget(const struct session *s)
{
	return s->routine->total_s * TOTAL_MORE - plan_total(s);
}

/* Room that an extension would find in the step with number @n. */
static double room(const struct session *s, int n)
{
	int i = routine_step(s->routine, n);

	if (i <= s->i || !s->plan[i].play || s->plan[i].adapted)
		return 0;
	return fmin(s->plan[i].max - s->plan[i].seconds, budget(s));
}

static double rating_of(const struct session *s, int n)
{
	const struct session_profile *p = &s->start.profile;
	const struct technique *t = routine_technique(
		s->routine, &s->routine->steps[routine_step(s->routine, n)]);

	for (size_t k = 0; t && k < p->n_uses; k++)
		if (strcmp(p->uses[k].technique, t->id) == 0)
			return p->uses[k].rating;
	return NAN;
}

/* R13: the step the person liked best last time first, else by the order. */
static int extendable(const struct session *s)
{
	int best = 0;
	double liked = -1;

	for (int k = 0; k < 8 && s->routine->extend_order[k]; k++) {
		int n = s->routine->extend_order[k];
		double rating = rating_of(s, n);

		if (room(s, n) < 1)
			continue;
		if (isnan(rating))
			rating = 0;
		if (best == 0 || rating > liked) {
			best = n;
			liked = rating;
		}
	}
	return best;
}

bool coach_may_adapt(const struct session *s)
{
	return s->adapted_us == MACHINE_NEVER ||
	       s->now_us - s->adapted_us >= ADAPT_EVERY_US;
}

void coach_adapted(struct session *s)
{
	s->adapted_us = s->now_us;
}

/* --- R6: more of what settles --------------------------------------------- */

static bool r6_extend(struct session *s)
{
	struct listening l;
	int n = extendable(s);

	listen(s, &l);
	if (!rose(&l) || !(l.last_bpm <= l.first_bpm) || n == 0 ||
	    !coach_may_adapt(s))
		return false;

	double more = floor(room(s, n));
	struct planned *p = &s->plan[routine_step(s->routine, n)];

	p->seconds += more;
	p->adapted = true;
	coach_adapted(s);
	speech_remark(s, "cue.extend");
	machine_decide(s, 6, "extend",
	               FIGURES({"calm", l.calm}, {"calm_before", l.before},
	                       {"hr_bpm", l.span.mean_hr_bpm},
	                       {"first_bpm", l.first_bpm},
	                       {"last_bpm", l.last_bpm},
	                       {"artifact_pct", l.span.artifact_pct},
	                       {"step", n}, {"seconds", more}));
	s->windows_flat = 0;
	return true;
}

/* --- R7: enough ------------------------------------------------------------
 */

static void back_to_target(struct session *s, int i)
{
	double target = s->routine->steps[i].s.target;

	if (i > s->i && s->plan[i].adapted && s->plan[i].seconds > target)
		s->plan[i].seconds = target;
}

/* Two windows in a row without a rise: what was added is taken back. */
static bool r7_flat(struct session *s)
{
	struct listening l;

	listen(s, &l);
	if (isnan(l.calm) || isnan(l.before))
		return false;
	s->windows_flat = l.calm > l.before ? 0 : s->windows_flat + 1;
	if (s->windows_flat < WINDOWS_FLAT)
		return false;
	for (size_t i = 0; i < s->routine->n_steps; i++)
		back_to_target(s, (int)i);
	machine_decide(s, 7, "enough_flat",
	               FIGURES({"calm", l.calm}, {"calm_before", l.before},
	                       {"windows", s->windows_flat}));
	return true;
}

/* A plateau of calm in a step that was made longer: on at its target. */
static bool r7_plateau(struct session *s)
{
	const struct estimate *e = &s->estimate;
	const struct technique *t = steps_technique(s);
	const struct step *step = steps_now(s);
	bool flat = usable(e->quality) && e->calm >= CALM_ENOUGH &&
	            fabs(e->hr_slope) < SLOPE_PLATEAU && t &&
	            t->sig != SIG_POOR;

	if (!flat || !steps_allow(s, 7)) {
		s->plateau_since_us = MACHINE_NEVER;
		return false;
	}
	if (s->plateau_since_us == MACHINE_NEVER)
		s->plateau_since_us = s->now_us;
	/* never one side longer than the other */
	if (s->now_us - s->plateau_since_us < PLATEAU_US || s->part > 0 ||
	    s->plan[s->i].seconds <= step->s.target || !coach_may_adapt(s))
		return false;
	steps_set_length(s, fmax(step->s.target, steps_elapsed(s)));
	s->plan[s->i].adapted = true;
	coach_adapted(s);
	speech_remark(s, "cue.move_on");
	machine_decide(s, 7, "enough_plateau",
	               FIGURES({"calm", e->calm}, {"hr_slope", e->hr_slope},
	                       {"step", step->n},
	                       {"seconds", s->plan[s->i].seconds}));
	return true;
}

/* --- R10: windows are compared with windows ---------------------------------
 */

static bool r10_compare(struct session *s)
{
	struct listening l;

	listen(s, &l);
	machine_decide(s, 10, rose(&l) ? "rose" : "keep",
	               FIGURES({"calm", l.calm}, {"calm_before", l.before},
	                       {"hr_bpm", l.span.mean_hr_bpm},
	                       {"rmssd_ms", l.span.rmssd_ms},
	                       {"first_bpm", l.first_bpm},
	                       {"last_bpm", l.last_bpm},
	                       {"artifact_pct", l.span.artifact_pct}));
	return true;
}

/* --- R12: hands away from the neck ------------------------------------------
 */

static bool neck_now(const struct session *s)
{
	const struct technique *t = steps_technique(s);

	return t && t->neck;
}

static void hands_away(struct session *s, const char *what, double a, double b)
{
	machine_decide(s, 12, what,
	               FIGURES({"last_bpm", a}, {"before_bpm", b},
	                       {"step", steps_now(s)->n}));
	s->touch_hurts_neck = true;
	machine_hold(s, PHASE_ASKING);
	speech_urgent(s, "cue.hands_away");
	safety_ask(s, "faint", false);
}

static bool r12_silent(struct session *s)
{
	const struct ear *ear = &s->ear;

	return ear->state == EVENT_SENSOR_CONNECTED &&
	       ear->contact == BEAT_CONTACT_GOOD && ear->heard &&
	       s->now_us - ear->last_beat_us >= HANDS_SILENT_US;
}

static bool r12_hands_away(struct session *s)
{
	double bpm[4];

	if (!neck_now(s))
		return false;
	if (r12_silent(s)) {
		hands_away(s, "hands_away_silent", NAN, NAN);
		return true;
	}
	if (!s->breath.on || s->estimate.quality != QUALITY_OK ||
	    window_breath_rates(s->window, s->now_us, bpm, 4) < 4)
		return false;

	double before = (bpm[0] + bpm[1] + bpm[2]) / 3;

	if (!(before - bpm[3] > HANDS_DROP_BPM))
		return false;
	hands_away(s, "hands_away", round(bpm[3] * 100) / 100,
	           round(before * 100) / 100);
	return true;
}

/* --- R14: open loop ----------------------------------------------------------
 */

static bool r14_open_loop(struct session *s)
{
	struct ear *ear = &s->ear;
	bool usable_now = usable(s->estimate.quality);

	if (usable_now) {
		ear->bad_since_us = MACHINE_NEVER;
		if (ear->clean_since_us == MACHINE_NEVER)
			ear->clean_since_us = s->now_us;
	} else {
		ear->clean_since_us = MACHINE_NEVER;
		if (ear->bad_since_us == MACHINE_NEVER)
			ear->bad_since_us = s->now_us;
	}
	if (!ear->open_loop && !usable_now &&
	    (s->now_us - ear->bad_since_us >= BAD_US || !s->start.sensor[0])) {
		ear->open_loop = true;
		machine_decide(
			s, 14, "open_loop",
			FIGURES({"artifact_pct", s->estimate.artifact_pct},
		                {"coverage", s->estimate.coverage}));
		if (!ear->told)
			speech_remark(s, "cue.no_signal");
		ear->told = true;
		return true;
	}
	if (ear->open_loop && usable_now &&
	    s->now_us - ear->clean_since_us >= CLEAN_US) {
		ear->open_loop = false;
		machine_decide(
			s, 14, "closed_loop",
			FIGURES({"artifact_pct", s->estimate.artifact_pct},
		                {"coverage", s->estimate.coverage}));
		if (ear->told && !speech_forget(s, "cue.no_signal"))
			speech_remark(s, "cue.signal_back");
		return true;
	}
	return false;
}

/* --- the table
 * ---------------------------------------------------------------- */

/* R8 (back off) and R11 (migraine) take their rows between R1 and R6. */
static const struct rule {
	int number;
	enum moment moment;
	bool everywhere; /* else only where the step lists it */
	bool (*act)(struct session *s);
} rules[] = {
	{12, MOMENT_TICK, true, r12_hands_away},
	{14, MOMENT_TICK, true, r14_open_loop},
	{7, MOMENT_TICK, false, r7_plateau},
	{1, MOMENT_REST, true, r1_gate},
	{2, MOMENT_REST, false, r2_baseline},
	{1, MOMENT_WINDOW, true, r1_gate},
	{6, MOMENT_WINDOW, false, r6_extend},
	{7, MOMENT_WINDOW, false, r7_flat},
	{10, MOMENT_WINDOW, false, r10_compare},
};

/* D.3: a pattern that stays irregular is no material for HRV today. */
static void irregular(struct session *s)
{
	struct window_span span;

	span_now(s, &span);
	if (isnan(span.artifact_pct))
		return;
	s->windows_irregular = span.artifact_pct > IRREGULAR_PCT
	                               ? s->windows_irregular + 1
	                               : 0;
	if (s->windows_irregular < IRREGULAR_WINDOWS || s->hrv_off)
		return;
	s->hrv_off = true;
	machine_decide(s, 1, "hrv_off",
	               FIGURES({"artifact_pct", span.artifact_pct},
	                       {"windows", s->windows_irregular}));
	speech_cue(s, "cue.irregular");
}

static void remember_window(struct session *s)
{
	struct window_span span;

	span_now(s, &span);

	double calm = calm_span(&s->calm, &span);

	if (!isnan(calm))
		s->window_calm = calm;
}

bool coach_act(struct session *s, enum moment moment)
{
	bool decided = false;

	for (size_t k = 0; k < sizeof(rules) / sizeof(rules[0]); k++) {
		const struct rule *rule = &rules[k];

		if (rule->moment != moment || decided ||
		    !(rule->everywhere || steps_allow(s, rule->number)))
			continue;
		decided = rule->act(s);
	}
	if (moment == MOMENT_WINDOW) {
		irregular(s);
		remember_window(s);
	}
	return decided;
}
