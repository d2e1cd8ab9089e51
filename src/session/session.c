/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/session.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "session/machine.h"

#define INHALE_PCT    40.0 /* C.2: default 40:60 */
#define SUSPEND_END_S 600  /* DESIGN, Time */
#define PRESSURE_MOST 5    /* A.0: this tool caps at 5 */
#define RATE_ROUND    1e6
/* Falling asleep: so much quieter each second, until it is no sound. */
#define FADE_DB  2.0
#define FADED_DB (-40.0)

void session_start_init(struct session_start *s)
{
	*s = (struct session_start){
		.profile = {.worse_side = SIDE_RIGHT,
	                    .noise_hr_bpm = SESSION_NOISE_HR_BPM,
	                    .noise_rmssd_pct = SESSION_NOISE_RMSSD_PCT},
		.settings = {.inhale_pct = INHALE_PCT},
		.engine = SESSION_ENGINE,
	};
}

/* --- outputs ----------------------------------------------------------------
 */

void machine_emit(struct session *s, struct event *event)
{
	event->t_us = s->now_us;
	s->listener.output(s->listener.data, event);
}

void machine_decide(struct session *s, int rule, const char *what, size_t n,
                    const struct event_figure *because)
{
	struct event e = {.kind = EVENT_DECISION};

	assert(n <= EVENT_FIGURES_MAX);
	e.decision.rule = rule;
	snprintf(e.decision.what, sizeof(e.decision.what), "%s", what);
	e.decision.n = n;
	for (size_t i = 0; i < n; i++) {
		e.decision.because[i] = because[i];
		/* two decimals are enough for a reader and alike everywhere */
		e.decision.because[i].value =
			round(because[i].value * 100) / 100;
	}
	s->acted |= UINT32_C(1) << rule;
	machine_emit(s, &e);
}

void machine_level(struct session *s, bool paused)
{
	struct event e = {.kind = EVENT_LEVEL};

	s->silenced = paused;
	e.level.paused = paused;
	e.level.master_db = s->master_db;
	e.level.hush = s->hush;
	machine_emit(s, &e);
}

/* --- standing still and going on --------------------------------------------
 */

void machine_hold(struct session *s, enum phase phase)
{
	if (s->phase == PHASE_PLAYING && s->in_step) {
		s->part_left_us = s->part_end_us > s->now_us
		                          ? s->part_end_us - s->now_us
		                          : 0;
		s->part_end_us = MACHINE_NEVER;
	}
	if (s->breath.on || phase == PHASE_PAUSED)
		machine_level(s, true);
	breath_off(s);
	s->phase = phase;
}

void machine_go(struct session *s)
{
	bool held = s->phase == PHASE_ASKING || s->phase == PHASE_PAUSED;

	s->phase = PHASE_PLAYING;
	if (s->silenced)
		machine_level(s, false);
	if (!held || !s->in_step)
		return;
	s->part_end_us = s->now_us + s->part_left_us;
	if (s->touch_hurts_neck && steps_technique(s) &&
	    steps_technique(s)->neck) {
		steps_next(s);
		return;
	}
	breath_step_begin(s);
}

void machine_fade(struct session *s)
{
	s->falling_asleep = true;
	s->awake_db = s->master_db;
}

void machine_wake(struct session *s)
{
	if (!s->falling_asleep || s->phase == PHASE_CLOSING)
		return;
	s->falling_asleep = false;
	s->master_db = s->awake_db;
	machine_level(s, s->silenced);
}

void machine_close(struct session *s, enum event_result result, int rule)
{
	machine_hold(s, PHASE_CLOSING);
	s->in_step = false;
	s->result = result;
	s->result_rule = rule;
	speech_pump(s);
}

static bool all_said(const struct session *s)
{
	return s->speech.n == 0 && s->now_us >= s->speech.free_us;
}

void machine_end(struct session *s, enum event_result result, int rule)
{
	struct event e = {.kind = EVENT_END};

	breath_off(s);
	s->phase = PHASE_ENDED;
	s->asking.standing = false;
	e.end.result = result;
	e.end.rule = rule;
	e.end.stop = s->stop;
	e.end.before = s->before;
	e.end.after = s->after;
	e.end.headache_before = s->rated[0];
	e.end.tension_before = s->rated[1];
	e.end.headache_after = s->rated[2];
	e.end.tension_after = s->rated[3];
	machine_emit(s, &e);
}

/* --- one second
 * ---------------------------------------------------------------- */

static bool same(const struct estimate *a, const struct estimate *b)
{
	const double x[] = {
		a->hr_bpm,   a->rmssd_ms,  a->sdnn_ms,      a->breaths_per_min,
		a->hr_slope, a->adherence, a->follow,       a->calm,
		a->pace,     a->wave,      a->artifact_pct, a->coverage};
	const double y[] = {
		b->hr_bpm,   b->rmssd_ms,  b->sdnn_ms,      b->breaths_per_min,
		b->hr_slope, b->adherence, b->follow,       b->calm,
		b->pace,     b->wave,      b->artifact_pct, b->coverage};

	for (size_t i = 0; i < sizeof(x) / sizeof(x[0]); i++)
		if (x[i] != y[i] && !(isnan(x[i]) && isnan(y[i])))
			return false;
	return a->quality == b->quality;
}

static void estimate(struct session *s)
{
	struct event e = {.kind = EVENT_ESTIMATE};
	struct estimate now;

	if (s->ear.heard)
		window_estimate(s->window, s->now_us, &now);
	else
		estimate_none(&now, s->now_us);
	if (s->hrv_off)
		now.rmssd_ms = now.sdnn_ms = now.wave = NAN;
	calm_estimate(&s->calm, &now);
	s->calm_past[s->ticks++ % CALM_MEMORY] = now.calm;
	if (s->any_estimate && same(&now, &s->estimate)) {
		s->estimate.t_us = s->now_us;
		return;
	}
	s->estimate = now;
	if (!s->any_estimate && !s->ear.heard)
		return; /* nothing heard yet: nothing to say */
	s->any_estimate = true;
	e.estimate = now;
	machine_emit(s, &e);
}

static void fade(struct session *s)
{
	s->speech.n = 0;
	s->master_db -= FADE_DB;
	machine_level(s, s->silenced);
	if (s->master_db <= s->awake_db + FADED_DB)
		machine_close(s, RESULT_CLOSED_EARLY, 13);
}

static void second(struct session *s)
{
	s->tick_us += MACHINE_S;
	estimate(s);
	if (s->falling_asleep)
		fade(s);
	if (s->phase == PHASE_PLAYING) {
		walk_tick(s);
		tune_tick(s);
		coach_act(s, MOMENT_TICK);
		steps_stay(s);
		speech_reassure(s);
	}
}

/* --- deadlines ---------------------------------------------------------------
 */

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t length_due(const struct session *s)
{
	double seconds = s->start.settings.seconds;

	if (seconds <= 0 || s->i < 0 || s->phase == PHASE_CLOSING)
		return MACHINE_NEVER;
	return s->first_us + (uint64_t)llround(seconds * (double)MACHINE_S);
}

static uint64_t suspend_due(const struct session *s)
{
	return s->suspended_us == MACHINE_NEVER
	               ? MACHINE_NEVER
	               : s->suspended_us + SUSPEND_END_S * MACHINE_S;
}

uint64_t session_next(const struct session *s)
{
	uint64_t next;

	if (s->phase == PHASE_ENDED)
		return MACHINE_NEVER;
	if (!s->begun)
		return 0;
	next = s->tick_us;
	next = earlier(next, breath_due(s));
	if (s->asking.standing)
		next = earlier(next, s->asking.deadline_us);
	if (s->phase == PHASE_PLAYING && s->in_step) {
		next = earlier(next, s->part_end_us);
		next = earlier(next, steps_ease_us(s));
		next = earlier(next, steps_scale_us(s));
	}
	next = earlier(next, speech_due(s));
	if (s->phase == PHASE_CLOSING && s->speech.n == 0)
		next = earlier(next, s->speech.free_us);
	next = earlier(next, length_due(s));
	next = earlier(next, suspend_due(s));
	return next < s->now_us ? s->now_us : next;
}

static void begin(struct session *s)
{
	s->begun = true;
	s->tick_us = MACHINE_S;
	machine_level(s, false);
	safety_gate(s);
}

/* What is due at now, in this order; each may end the session. */
static void due(struct session *s)
{
	uint64_t now = s->now_us;

	if (now >= breath_due(s))
		breath_boundary(s);
	if (now >= s->tick_us)
		second(s);
	if (s->asking.standing && now >= s->asking.deadline_us)
		safety_timeout(s);
	if (now >= steps_scale_us(s))
		steps_scale(s);
	if (now >= steps_ease_us(s)) {
		s->ease_said = true;
		speech_technique(s, VARIANT_EASE);
	}
	if (s->phase == PHASE_PLAYING && s->in_step && now >= s->part_end_us)
		steps_part_end(s);
	if (now >= suspend_due(s) && s->phase != PHASE_ENDED)
		machine_end(s, RESULT_INTERRUPTED, 0);
	if (now >= length_due(s) && s->phase != PHASE_ENDED)
		machine_close(s, RESULT_CLOSED_EARLY, 0);
	if (s->phase != PHASE_ENDED)
		speech_pump(s);
	if (s->phase == PHASE_CLOSING && all_said(s))
		machine_end(s, s->result, s->result_rule);
}

int session_tick(struct session *s, uint64_t t_us)
{
	if (s->phase == PHASE_ENDED)
		return -EALREADY;
	if (t_us < s->now_us)
		return -EINVAL;
	s->now_us = t_us;
	if (!s->begun)
		begin(s);
	else
		due(s);
	return 0;
}

/* --- inputs
 * -------------------------------------------------------------------- */

static void take_beat(struct session *s, const struct event *input)
{
	struct beat beat = {
		.t_us = input->beat.at_us,
		.rr_ticks = input->beat.rr_ticks,
		.rr_ms = input->beat.rr_ticks
	                         ? beat_ticks_to_ms(input->beat.rr_ticks)
	                         : input->beat.rr_ms,
		.contact = (enum beat_contact)input->beat.contact,
	};
	struct event e = {.kind = EVENT_BEAT_CLASS};

	s->ear.heard = true;
	s->ear.contact = input->beat.contact;
	s->ear.last_beat_us = s->now_us;
	if (s->ear.state == EVENT_SENSOR_GAP ||
	    s->ear.state == EVENT_SENSOR_SEARCHING)
		s->ear.state = EVENT_SENSOR_CONNECTED;
	e.beat_class.class_ = window_beat(s->window, &beat);
	tune_beat(s, &beat, e.beat_class.class_);
	machine_emit(s, &e);
}

static void take_sensor(struct session *s, enum event_sensor state)
{
	s->ear.state = state;
	if (state != EVENT_SENSOR_CONNECTED)
		window_gap(s->window, s->now_us);
}

static void take_suspended(struct session *s, double seconds)
{
	if (seconds >= SUSPEND_END_S) {
		machine_end(s, RESULT_INTERRUPTED, 0);
		return;
	}
	if (s->phase == PHASE_PLAYING)
		machine_hold(s, PHASE_PAUSED);
	s->suspended_us = s->now_us;
}

int session_step(struct session *s, const struct event *input)
{
	if (s->phase == PHASE_ENDED)
		return -EALREADY;
	if (!event_is_input(input->kind) || input->t_us < s->now_us ||
	    input->t_us > session_next(s))
		return -EINVAL;
	s->now_us = input->t_us;

	int r = 0;

	if (input->kind == EVENT_BEAT)
		take_beat(s, input);
	else if (input->kind == EVENT_SENSOR)
		take_sensor(s, input->sensor.state);
	else if (input->kind == EVENT_COMMAND)
		coach_word(s, input->command.word);
	else if (input->kind == EVENT_ANSWER)
		r = safety_answer(s, input->answer.id, input->answer.value);
	else
		take_suspended(s, input->suspended.seconds);
	if (s->phase != PHASE_ENDED)
		speech_pump(s);
	return r;
}

/* --- life
 * ------------------------------------------------------------------------ */

static bool makes_sense(const struct session_start *start)
{
	const struct session_settings *set = &start->settings;

	return start->routine && start->routine->n_steps > 0 &&
	       set->inhale_pct >= 30 && set->inhale_pct <= 60 &&
	       set->seconds >= 0 && set->master_db <= 0 &&
	       (set->from_step == 0 ||
	        routine_step(start->routine, set->from_step) >= 0) &&
	       (start->profile.worse_side == SIDE_LEFT ||
	        start->profile.worse_side == SIDE_RIGHT) &&
	       start->profile.n_uses <= 64 &&
	       start->profile.n_firm <= SESSION_FIRM_MAX;
}

int session_create(struct session **ret, const struct session_start *start,
                   const struct session_listener *listener)
{
	struct session *s;
	int r;

	if (!makes_sense(start))
		return -EINVAL;
	s = calloc(1, sizeof(*s));
	if (!s)
		return -ENOMEM;
	r = window_create(&s->window);
	if (r < 0) {
		free(s);
		return r;
	}
	s->start = *start;
	s->routine = start->routine;
	s->listener = *listener;
	s->phase = PHASE_ASKING;
	s->flags = start->profile.flags;
	s->pressure_cap = PRESSURE_MOST;
	s->master_db = start->settings.master_db + plan_level_db(s);
	s->i = -1;
	s->parts = 1;
	s->part_end_us = MACHINE_NEVER;
	s->suspended_us = MACHINE_NEVER;
	s->still_us = MACHINE_NEVER;
	s->adapted_us = MACHINE_NEVER;
	s->breath.walked_us = MACHINE_NEVER;
	s->breath.longer_i = s->breath.held_i = s->breath.walk_i = -1;
	s->breath.ends_us = s->breath.rest_until_us = MACHINE_NEVER;
	s->breath.blind_since_us = MACHINE_NEVER;
	s->own_per_min = s->tune.to_s = s->offer_from_bpm = NAN;
	for (int i = 0; i < 2; i++)
		s->window_calm[i] = s->headache[i] = s->nausea[i] = NAN;
	for (int i = 0; i < 4; i++)
		s->rated[i] = NAN;
	s->before = s->after = (struct event_rest){NAN, NAN, NAN};
	for (int i = 0; i < CALM_MEMORY; i++)
		s->calm_past[i] = NAN;
	calm_init(&s->calm);
	estimate_none(&s->estimate, 0);
	*ret = s;
	return 0;
}

struct session *session_destroy(struct session *s)
{
	if (s)
		window_destroy(s->window);
	free(s);
	return NULL;
}

static const char *const phase_names[] = {
	[PHASE_ASKING] = "asking", [PHASE_PLAYING] = "playing",
	[PHASE_PAUSED] = "paused", [PHASE_CLOSING] = "closing",
	[PHASE_ENDED] = "ended",
};

/* "easier" takes one off for the rest of the step (R9). */
static int pressure_now(const struct session *s, const struct technique *t)
{
	int cap = t ? plan_cap(s, t) - s->eased : 0;

	if (cap < 1)
		return 0;
	return cap < t->pressure_max ? cap : t->pressure_max;
}

void session_status(const struct session *s, struct session_status *ret)
{
	const struct technique *t = steps_technique(s);

	*ret = (struct session_status){
		.state = phase_names[s->phase],
		.step_n = s->i < 0 ? 0 : steps_now(s)->n,
		.technique = s->i < 0 ? ""
	                     : t      ? t->id
	                              : "breathe",
		.pressure = s->in_step ? pressure_now(s, t) : 0,
		.left_s = s->phase == PHASE_ENDED ? 0 : steps_left_total(s),
		.per_min = round(breath_per_min(s) * RATE_ROUND) / RATE_ROUND,
		.master_db = s->master_db,
		.estimate = s->estimate,
		.calm_shown = calm_shown(&s->calm),
		.calm_state = calm_state(&s->calm),
		.flags = s->flags,
		.flags_asked = s->flags_asked,
	};
	if (s->in_step) {
		ret->step_s = s->plan[s->i].seconds;
		ret->step_left_s = ret->step_s - steps_elapsed(s);
	}
	if (s->asking.standing)
		ret->question = s->asking.queue[s->asking.at]->id;
}
