/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The steps: which one is played, for how long, and what begins and ends with
 * it. A step of `each` has two parts, the worse side second.
 */
#include <math.h>
#include <stdio.h>

#include "session/rules.h"

#define EASE_BEFORE_US  300000  /* the easing words are over by the end */
#define MASTER_LEAST_DB (-60.0) /* as in config.yaml */
#define PRESSING_FROM   2       /* pressure from which the scale is told */
#define SCALE_LIGHT     3       /* and up to which it is told as light */
#define SCALE_BEFORE_US 2000000 /* it is over by so long before the end */
#define SCALE_AFTER_US  15000000

const struct step *steps_now(const struct session *s)
{
	return s->i < 0 ? NULL : &s->routine->steps[s->i];
}

const struct technique *steps_technique(const struct session *s)
{
	return s->i < 0 ? NULL : routine_technique(s->routine, steps_now(s));
}

bool steps_hide_heart(const struct session *s)
{
	const struct technique *t = steps_technique(s);

	return t && t->sig == SIG_POOR;
}

bool steps_allow(const struct session *s, int rule)
{
	return s->in_step && (steps_now(s)->rules & (UINT32_C(1) << rule));
}

static enum event_side side_now(const struct session *s)
{
	const struct technique *t = steps_technique(s);
	enum event_side worse = s->start.profile.worse_side;

	if (!t)
		return SIDE_CENTRE;
	if (!t->each_side)
		return t->side;
	if (s->part == 1)
		return worse;
	return worse == SIDE_LEFT ? SIDE_RIGHT : SIDE_LEFT;
}

static void emit_step(struct session *s, bool begin)
{
	const struct technique *t = steps_technique(s);
	struct event e = {.kind = EVENT_STEP};

	e.step.n = steps_now(s)->n;
	snprintf(e.step.technique, sizeof(e.step.technique), "%s",
	         t ? t->id : "breathe");
	e.step.side = side_now(s);
	e.step.begin = begin;
	e.step.seconds = s->plan[s->i].seconds / s->parts;
	if (begin && t && plan_firm(s, t))
		snprintf(e.step.firm, sizeof(e.step.firm), "%s",
		         technique_area(t));
	machine_emit(s, &e);
}

static uint64_t part_length_us(const struct session *s)
{
	return (uint64_t)llround(s->plan[s->i].seconds / s->parts *
	                         (double)MACHINE_S);
}

static bool any_firm(const struct session *s)
{
	for (int i = s->i < 0 ? 0 : s->i; i < (int)s->routine->n_steps; i++) {
		const struct technique *t =
			routine_technique(s->routine, &s->routine->steps[i]);

		if (t && s->plan[i].play && plan_cap(s, t) > SCALE_LIGHT &&
		    t->pressure_max > SCALE_LIGHT)
			return true;
	}
	return false;
}

static bool presses(const struct technique *t)
{
	return t && t->pressure_min > 0 && t->pressure_max >= PRESSING_FROM;
}

void steps_scale(struct session *s)
{
	s->speech.told_pressure = true;
	speech_pressure(s, !any_firm(s));
}

static void say_part(struct session *s)
{
	const struct technique *t = steps_technique(s);

	if (!t)
		return;
	if (!s->speech.told_pressure && presses(t))
		steps_scale(s);
	if (t->each_side)
		speech_side(s, side_now(s));
	speech_technique(s, VARIANT_FULL);
}

static uint64_t ease_us(const struct session *s)
{
	const struct technique *t = steps_technique(s);

	return t ? speech_ms(s, &t->phrase, VARIANT_EASE) * UINT64_C(1000) : 0;
}

static void begin_part(struct session *s)
{
	s->part_us = s->now_us;
	s->part_end_us = s->now_us + part_length_us(s);
	s->ease_said = false;
	s->ease_us = ease_us(s);
	emit_step(s, true);
	say_part(s);
}

static void say_cues(struct session *s, const char ids[][EVENT_ID_MAX])
{
	for (int k = 0; k < 4 && ids[k][0]; k++)
		speech_cue(s, ids[k]);
}

static void get_quieter(struct session *s, double db)
{
	if (db <= 0)
		return;
	s->master_db = fmax(s->master_db - db, MASTER_LEAST_DB);
	machine_level(s, s->silenced);
}

void steps_begin_next(struct session *s)
{
	const struct technique *t = steps_technique(s);

	machine_go(s);
	get_quieter(s, steps_now(s)->quieter_db);
	say_cues(s, steps_now(s)->say);
	s->in_step = true;
	s->step_us = s->now_us;
	s->part = 0;
	s->speech.told_light = false;
	s->parts = t && t->each_side ? 2 : 1;
	s->eased = s->tune.over = false;
	if (t && t->sig == SIG_POOR)
		s->still_us = MACHINE_NEVER;
	else if (s->still_us == MACHINE_NEVER)
		s->still_us = s->now_us;
	coach_step_begins(s);
	begin_part(s);
	breath_step_begin(s);
	speech_pump(s);
}

static void end_step(struct session *s)
{
	if (!s->in_step)
		return;
	s->played_s += steps_elapsed(s);
	s->in_step = false;
	speech_drop_step(s);
	if (steps_now(s)->probe && s->tune.n > 0)
		tune_abandon(s);
}

bool steps_dropped(const struct session *s, int i)
{
	const struct step *step = &s->routine->steps[i];
	const struct technique *t = routine_technique(s->routine, step);

	return !s->plan[i].play || (s->touch_hurts_neck && t && t->neck) ||
	       (step->skip_after & s->acted);
}

/* --- the end, sooner ------------------------------------------------------ */

static bool measures_rest(const struct session *s, int i)
{
	return s->routine->steps[i].rules & (UINT32_C(1) << 2);
}

static int last_measurement(const struct session *s)
{
	for (int i = (int)s->routine->n_steps - 1; i > s->i; i--)
		if (measures_rest(s, i) && !steps_dropped(s, i))
			return i;
	return -1;
}

static int next_window(const struct session *s)
{
	for (int i = s->i + 1; i < (int)s->routine->n_steps; i++)
		if (s->routine->steps[i].rules & (UINT32_C(1) << 10) &&
		    !steps_dropped(s, i))
			return i;
	return -1;
}

/* A step of breathing alone, and if it is behind us. */
static int breathing(const struct session *s)
{
	int found = -1;

	for (int i = 0; i < (int)s->routine->n_steps; i++)
		if (s->routine->steps[i].technique < 0 &&
		    (found < 0 || i > s->i))
			found = i;
	return found;
}

void steps_finish(struct session *s, int rule, double breathe_s)
{
	int last = last_measurement(s);
	int window = breathe_s > 0 ? next_window(s) : -1;
	bool in_window = steps_allow(s, 10);

	s->closed_rule = rule;
	s->breathe_last_s = breathe_s;
	for (int i = 0; i < (int)s->routine->n_steps; i++)
		s->plan[i].play = i == last || i == window;
	if (!in_window) /* which ends by itself just now */
		steps_next(s);
}

void steps_breathe_on(struct session *s, double seconds)
{
	for (int i = 0; i < (int)s->routine->n_steps; i++)
		s->plan[i].play = false;
	s->breathe_last_s = seconds;
}

/* The breathing before the end, wherever it stands in the routine. */
static void breathe_last(struct session *s)
{
	int i = breathing(s);

	if (s->breathe_last_s <= 0 || i < 0 ||
	    (s->i < (int)s->routine->n_steps && !measures_rest(s, s->i)))
		return;
	for (int k = 0; k < s->i; k++)
		s->plan[k].play = false;
	s->plan[i] = (struct planned){.play = true,
	                              .seconds = s->breathe_last_s,
	                              .max = s->breathe_last_s,
	                              .adapted = true};
	s->breathe_last_s = 0;
	s->i = i;
}

static double planned_from(const struct session *s, int from)
{
	double total = 0;

	for (int i = from; i < (int)s->routine->n_steps; i++)
		if (s->plan[i].play)
			total += s->plan[i].seconds;
	return total;
}

void steps_open(struct session *s)
{
	int from = s->start.settings.from_step;

	coach_open(s);
	plan_make(s);
	s->nominal_s = fmin(
		s->routine->total_s,
		planned_from(s, from > 0 ? routine_step(s->routine, from) : 0));
	s->first_us = s->now_us;
	speech_cue(s, "cue.opening");
	plan_tell(s);
	if (from > 0)
		s->i = routine_step(s->routine, from) - 1;
	steps_next(s);
}

/* Is it left out, as is found when its turn comes? */
static bool leaves_out(struct session *s)
{
	const char *why = tune_unfollowed(s, steps_now(s));

	if (why && !steps_dropped(s, s->i))
		plan_leave_out(s, s->i, why);
	return steps_dropped(s, s->i);
}

void steps_next(struct session *s)
{
	end_step(s);
	do
		s->i++;
	while (s->i < (int)s->routine->n_steps && leaves_out(s));
	breathe_last(s);
	if (s->i == (int)s->routine->n_steps) {
		s->i--;
		steps_close(s);
		return;
	}

	const struct step *step = steps_now(s);

	s->asking.n = s->asking.at = 0;
	if (s->start.settings.ask)
		for (int k = 0; k < 4 && step->ask[k][0]; k++)
			s->asking.queue[s->asking.n++] =
				routine_question(s->routine, step->ask[k]);
	s->asking.then = THEN_STEP;
	if (s->asking.n > 0)
		machine_hold(s, PHASE_ASKING);
	safety_put(s);
}

/* Rules R2 and R10 name the steps that measure. */
static bool measures(const struct session *s)
{
	return steps_allow(s, 2) || steps_allow(s, 10);
}

/* A measurement may yet be made longer, so its thanks come when it is over. */
static bool says_ease_after(const struct session *s)
{
	return measures(s);
}

uint64_t steps_ease_us(const struct session *s)
{
	const struct technique *t = steps_technique(s);

	if (!s->in_step || s->ease_said || !t || measures(s) ||
	    s->phase != PHASE_PLAYING)
		return MACHINE_NEVER;

	uint64_t before = s->ease_us + EASE_BEFORE_US + speech_turn_us(s);

	return s->part_end_us > s->part_us + before ? s->part_end_us - before
	                                            : MACHINE_NEVER;
}

/* Is what comes next the first that presses? */
static bool presses_next(const struct session *s)
{
	int i = s->i + 1;

	while (i < (int)s->routine->n_steps && steps_dropped(s, i))
		i++;
	return i < (int)s->routine->n_steps &&
	       presses(routine_technique(s->routine, &s->routine->steps[i]));
}

uint64_t steps_scale_us(const struct session *s)
{
	uint64_t before;

	if (!s->in_step || s->speech.told_pressure || measures(s) ||
	    s->phase != PHASE_PLAYING || s->part + 1 < s->parts ||
	    !presses_next(s))
		return MACHINE_NEVER;
	before = speech_pressure_ms(s, !any_firm(s)) * UINT64_C(1000) +
	         SCALE_BEFORE_US + 2 * speech_turn_us(s) + s->ease_us;
	/* not into the words that begin it */
	return s->part_end_us > s->part_us + before + SCALE_AFTER_US
	               ? s->part_end_us - before
	               : MACHINE_NEVER;
}

void steps_stay(struct session *s)
{
	struct planned *p;

	if (!s->in_step)
		return;
	p = &s->plan[s->i];
	if (!p->stays || s->part > 0 || !coach_may_adapt(s) ||
	    p->seconds <= steps_now(s)->s.target ||
	    steps_elapsed(s) < steps_now(s)->s.target / s->parts)
		return;
	p->stays = false;
	coach_adapted(s);
	speech_remark(s, "cue.extend");
}

void steps_part_end(struct session *s)
{
	if (s->part + 1 == s->parts && measures(s)) {
		coach_act(s, steps_allow(s, 2) ? MOMENT_REST : MOMENT_WINDOW);
		if (s->now_us < s->part_end_us)
			return; /* a rule made it longer */
	}
	if (steps_now(s)->probe ? tune_longer(s) : walk_longer(s))
		return;
	if (s->part + 1 == s->parts)
		offer_note(s);
	if (says_ease_after(s))
		speech_technique(s, VARIANT_EASE);
	if (steps_now(s)->probe)
		tune_end(s);
	emit_step(s, false);
	if (s->part + 1 < s->parts) {
		speech_drop_step(s);
		s->part++;
		begin_part(s);
		return;
	}

	const struct step *step = steps_now(s);

	end_step(s);
	/* E.4: in an attack nobody is asked to lie or sit otherwise */
	if (!step->new_posture || !s->attack)
		say_cues(s, step->say_after);
	if (step->new_posture && !s->attack)
		plan_new_posture(s);
	if (safety_after(s, step))
		return;
	steps_next(s);
}

void steps_close(struct session *s)
{
	int rule;
	enum event_result result = coach_result(s, &rule);

	plan_farewell(s);
	machine_close(s, result, rule);
}

double steps_elapsed(const struct session *s)
{
	double per_part = s->plan[s->i].seconds / s->parts;
	uint64_t left_us = s->phase == PHASE_PLAYING
	                           ? s->part_end_us - s->now_us
	                           : s->part_left_us;

	if (s->phase == PHASE_PLAYING && s->part_end_us < s->now_us)
		left_us = 0;
	return (s->part + 1) * per_part - (double)left_us / MACHINE_S;
}

void steps_set_length(struct session *s, double seconds)
{
	double elapsed = steps_elapsed(s);
	double left = fmax(seconds / s->parts * (s->part + 1) - elapsed, 0);

	uint64_t left_us = (uint64_t)llround(left * (double)MACHINE_S);

	s->plan[s->i].seconds = seconds;
	if (s->phase == PHASE_PLAYING)
		s->part_end_us = s->now_us + left_us;
	else
		s->part_left_us = left_us;
}

double steps_left_total(const struct session *s)
{
	double left = s->breathe_last_s;

	if (s->i >= 0 && s->in_step)
		left = s->plan[s->i].seconds - steps_elapsed(s);
	for (int i = s->in_step ? s->i + 1
	             : s->i < 0 ? 0
	                        : s->i;
	     i < (int)s->routine->n_steps; i++)
		if (!steps_dropped(s, i))
			left += s->plan[i].seconds;
	return left;
}
