/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pacer's schedule: one breath after another, and the walk to slower
 * breathing. Rules R3 (start), R4 (walk), R5 (meet me).
 * Source: reference/content.md C.5, D.5.
 */
#include <math.h>

#include "session/machine.h"

#define RATE_MIN       6.0  /* R3: clamp of the starting rate */
#define RATE_MAX       20.0 /* R3 */
#define RATE_UNKNOWN   10.0 /* R3 */
#define RATE_BY_CLOCK  8.0  /* no slower than easy8 while nobody listens */
#define FOLLOW_BREATHS 4    /* R3: the first four breaths follow the person */
#define STEP_S         0.2  /* R4: longer by no more than this a breath */
#define STEP_BACK_S    0.4  /* R5: shorter by no more than this a breath */
#define HOLD_EVERY_S   1.0  /* R4: one breath held after each full second */
#define ADHERENT       0.75 /* R4 */
#define LOST           0.5  /* R5 */
#define LOST_US        (30 * MACHINE_S) /* R5: for so long */
#define RETRY_US       (60 * MACHINE_S) /* R5: try again, once */
#define CALM_FALL      10.0             /* R4: not falling by more in 60 s */
#define GUARD_PER_MIN                                                          \
	0.5             /* D.6, 6: never slower than that below their rate     \
	                   unless they come along */
#define COMES_ALONG 0.5 /* share of the way that counts as following */
#define BLIND_US    (45 * MACHINE_S) /* breaths unseen so long: by the clock */
/* Held up for so many breaths, a walk has ended: one breath seen wrong counts
   for four, and is seen up to two late. */
#define WAIT_BREATHS 6
#define DWELL_US     (40 * MACHINE_S) /* R13: at a rate once a walk ended */
#define EPSILON_S    1e-9

double breath_per_min(const struct session *s)
{
	return s->breath.on ? 60.0 / s->breath.period_s : 0;
}

uint64_t breath_exhale_us(const struct session *s)
{
	const struct breath *b = &s->breath;
	double inhale = s->start.settings.inhale_pct / 100;

	return b->began_us +
	       (uint64_t)llround((double)(b->ends_us - b->began_us) * inhale);
}

void breath_begin(struct session *s, double period_s)
{
	struct breath *b = &s->breath;
	struct event e = {.kind = EVENT_BREATH};

	b->on = true;
	b->period_s = period_s;
	b->began_us = s->now_us;
	b->ends_us =
		s->now_us + (uint64_t)llround(period_s * (double)MACHINE_S);
	window_breath(s->window, s->now_us, period_s);
	calm_pace(&s->calm, s->now_us, 60.0 / period_s);
	e.breath.per_min = 60.0 / period_s;
	e.breath.inhale_pct = s->start.settings.inhale_pct;
	e.breath.end_us = b->ends_us;
	machine_emit(s, &e);
}

void breath_off(struct session *s)
{
	struct event e = {.kind = EVENT_BREATH};

	if (!s->breath.on)
		return;
	s->breath.on = false;
	s->breath.ends_us = MACHINE_NEVER;
	window_breath(s->window, s->now_us, 0);
	calm_pace(&s->calm, s->now_us, 0);
	e.breath.end_us = s->now_us;
	machine_emit(s, &e);
}

/* The longest period the present step may ever walk to. */
static double floor_s(const struct session *s)
{
	return 60.0 / plan_floor(s, steps_now(s));
}

/* And the longest one with what is heard at this moment. */
static double goal_s(const struct session *s)
{
	if (!s->ear.heard || isnan(s->estimate.adherence))
		return fmin(floor_s(s), 60.0 / RATE_BY_CLOCK);
	return floor_s(s);
}

/* R3: their own rate, as the baseline or the last minute heard it. */
static void start(struct session *s)
{
	struct breath *b = &s->breath;
	double own = isnan(s->own_per_min) ? s->estimate.breaths_per_min
	                                   : s->own_per_min;
	double rate =
		isnan(own) ? RATE_UNKNOWN : fmin(fmax(own, RATE_MIN), RATE_MAX);

	b->own_known = !isnan(own);
	b->own_period_s = 60.0 / rate;
	b->follow_left = FOLLOW_BREATHS;
	b->walking = b->arrived = b->meeting = false;
	b->gained_s = 0;
	b->low_since_us = b->blind_since_us = MACHINE_NEVER;
	machine_decide(s, 3, "start",
	               FIGURES({"own_per_min", own}, {"per_min", rate}));
	window_walk_from(s->window, b->own_period_s);
	speech_cue(s, "cue.start");
	speech_remark(s, "cue.not_deep");
	breath_begin(s, b->own_period_s);
}

void breath_step_begin(struct session *s)
{
	struct breath *b = &s->breath;

	switch (steps_now(s)->breath) {
	case BREATH_NAT:
	case BREATH_OWN:
		breath_off(s);
		return;
	case BREATH_FOLLOW:
	case BREATH_WALK:
	case BREATH_HOLD:
		break;
	case BREATH_MODES:
		return;
	}
	if (b->period_s <= 0)
		start(s);
	else if (!b->on)
		breath_begin(s, b->period_s);
	b->arrived = b->arrived && b->period_s >= floor_s(s) - EPSILON_S;
}

static bool calm_falls(const struct session *s)
{
	double now = s->estimate.calm;
	double then = s->ticks > 60
	                      ? s->calm_past[(s->ticks - 60) % CALM_MEMORY]
	                      : NAN;

	return !isnan(now) && !isnan(then) && then - now > CALM_FALL;
}

/* How far the walk may go without proof that the person comes along. */
static double guard_s(const struct session *s)
{
	return 60.0 / (60.0 / s->breath.own_period_s - GUARD_PER_MIN);
}

static bool comes_along(const struct session *s)
{
	return s->estimate.follow >= COMES_ALONG;
}

static bool blind(const struct session *s)
{
	return s->breath.blind_since_us != MACHINE_NEVER &&
	       s->now_us - s->breath.blind_since_us >= BLIND_US;
}

/* May the next breath be longer? R4, and the clock where nobody is heard. */
static bool may_walk(const struct session *s, double next_s)
{
	const struct estimate *e = &s->estimate;

	if (!s->ear.heard)
		return s->ear.open_loop;
	if (s->ear.open_loop)
		return false; /* R14 keeps the pace */
	if (isnan(e->adherence))
		return blind(s);
	if (e->adherence < ADHERENT || calm_falls(s))
		return false;
	return next_s <= guard_s(s) + EPSILON_S || comes_along(s);
}

static void walk_figures(struct session *s, const char *what)
{
	machine_decide(s, 4, what,
	               FIGURES({"per_min", breath_per_min(s)},
	                       {"goal_per_min", 60.0 / goal_s(s)},
	                       {"adherence", s->estimate.adherence},
	                       {"follow", s->estimate.follow},
	                       {"calm", s->estimate.calm}));
}

static void walk_end(struct session *s, const char *what)
{
	s->breath.walking = false;
	s->breath.walked_us = s->now_us;
	walk_figures(s, what);
}

/* R13: not yet, where the last adaptation or walk was just now. */
static bool walk_begin(struct session *s)
{
	struct breath *b = &s->breath;

	if (!coach_may_adapt(s) || (b->walked_us != MACHINE_NEVER &&
	                            s->now_us - b->walked_us < DWELL_US))
		return false;
	b->walking = true;
	coach_adapted(s);
	walk_figures(s, s->ear.heard ? "walk" : "walk_by_clock");
	if (!b->told_slower)
		speech_remark(s, "cue.slower");
	b->told_slower = true;
	return true;
}

static double walk(struct session *s)
{
	struct breath *b = &s->breath;
	double goal = goal_s(s);
	double next = fmin(b->period_s + STEP_S, goal);

	if (b->arrived || !steps_allow(s, 4) || b->meets > 1)
		return b->period_s;
	if (b->period_s >= goal - EPSILON_S) {
		b->arrived = goal == floor_s(s);
		if (b->walking)
			walk_end(s, "walk_done");
		return b->period_s;
	}
	/* up to the guard it may go in a step of its own */
	if (s->ear.heard && !comes_along(s) && b->period_s < guard_s(s))
		next = fmin(next, guard_s(s));
	if (!may_walk(s, next)) {
		/* a breath or two seen late are no end of the walk */
		if (b->walking && ++b->waited >= WAIT_BREATHS)
			walk_end(s, "walk_hold");
		return b->period_s;
	}
	b->waited = 0;
	if (!b->walking && !walk_begin(s))
		return b->period_s;
	if (b->gained_s >= HOLD_EVERY_S - EPSILON_S) {
		b->gained_s = 0;
		return b->period_s;
	}
	b->gained_s += next - b->period_s;
	return next;
}

/* R5: towards the person's own breath. */
static double meet(struct session *s)
{
	struct breath *b = &s->breath;
	double own = s->estimate.breaths_per_min;

	if (isnan(own))
		return b->period_s;

	double goal = 60.0 / fmin(fmax(own, RATE_MIN), RATE_MAX);

	goal = fmin(goal, goal_s(s));
	if (goal < b->period_s)
		return fmax(goal, b->period_s - STEP_BACK_S);
	return fmin(goal, b->period_s + STEP_S);
}

static void meet_over(struct session *s)
{
	struct breath *b = &s->breath;

	if (b->meets > 1 || s->now_us - b->meet_us < RETRY_US ||
	    !(s->estimate.adherence >= ADHERENT))
		return;
	b->meeting = false;
	b->arrived = false;
	b->gained_s = 0;
	b->own_period_s = b->period_s;
	window_walk_from(s->window, b->own_period_s);
	machine_decide(s, 5, "retry",
	               FIGURES({"per_min", breath_per_min(s)},
	                       {"adherence", s->estimate.adherence}));
}

void breath_boundary(struct session *s)
{
	struct breath *b = &s->breath;
	double next = b->period_s;

	if (b->follow_left > 0)
		b->follow_left--;
	if (b->meeting)
		meet_over(s);
	if (b->follow_left == 0)
		next = b->meeting ? meet(s) : walk(s);
	breath_begin(s, next);
}

static bool not_followed(const struct session *s)
{
	const struct breath *b = &s->breath;
	const struct estimate *e = &s->estimate;

	if (e->adherence < LOST)
		return true;
	/* at the guard, and the person has stayed where they were */
	return b->own_known && b->period_s >= guard_s(s) - EPSILON_S &&
	       !b->arrived && e->follow < COMES_ALONG;
}

static void act_meet(struct session *s)
{
	struct breath *b = &s->breath;

	b->meeting = true;
	b->walking = false;
	b->meets++;
	b->meet_us = s->now_us;
	b->low_since_us = MACHINE_NEVER;
	coach_adapted(s);
	machine_decide(s, 5, "meet",
	               FIGURES({"adherence", s->estimate.adherence},
	                       {"follow", s->estimate.follow},
	                       {"per_min", breath_per_min(s)},
	                       {"own_per_min", s->estimate.breaths_per_min}));
	speech_remark(s, "cue.follow_you");
}

void breath_tick(struct session *s)
{
	struct breath *b = &s->breath;
	bool listening = b->on && b->follow_left == 0 && !s->ear.open_loop &&
	                 (steps_allow(s, 4) || steps_allow(s, 5));

	if (!b->on || !isnan(s->estimate.adherence))
		b->blind_since_us = MACHINE_NEVER;
	else if (b->blind_since_us == MACHINE_NEVER)
		b->blind_since_us = s->now_us;

	if (!listening || b->meeting || !not_followed(s)) {
		b->low_since_us = MACHINE_NEVER;
		return;
	}
	if (b->low_since_us == MACHINE_NEVER)
		b->low_since_us = s->now_us;
	if (s->now_us - b->low_since_us >= LOST_US && coach_may_adapt(s))
		act_meet(s);
}
