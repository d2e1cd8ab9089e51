/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where the pace goes: rules R3 (start), R4 (the walk to slower breathing) and
 * R5 (meet me, and the walk once more).
 * Source: reference/content.md C.5, D.5.
 */
#include <math.h>

#include "session/rules.h"

#define RATE_MIN     6.0  /* R3: clamp of the starting rate */
#define RATE_UNKNOWN 10.0 /* R3 */
/* LF ends here (reference/hrv.md 1): in slower waves the heart's own, of 0.1
   Hz, is taken for breath, where the breath's is small */
#define RATE_BELIEVED  9.0
#define RATE_BY_CLOCK  8.0 /* no slower than easy8 while nobody listens */
#define FOLLOW_BREATHS 4   /* R3: the first four breaths follow the person */
#define STEP_S         0.2 /* R4: longer by no more than this a breath */
#define STEP_BACK_S    0.4 /* R5: shorter by no more than this a breath */
#define NEARER                                                                 \
	4.0               /* ... and than this part of the way: it is known    \
	                     but roughly, and is not to be overshot */
#define HOLD_EVERY_S 1.0  /* R4: one breath held after each full second */
#define ADHERENT     0.75 /* R4 */
#define LOST         0.5  /* R5 */
#define RETRY_US     (60 * MACHINE_S) /* R5: try again, once */
#define CALM_FALL    10.0             /* R4: not falling by more in 60 s */
#define CALM_STILL   15               /* seconds; it falls no more once */
#define CALM_RELEASE 3.0              /* it lost no more in these; D.5 */
#define CALM_ENOUGH  60.0             /* R7 */
#define GUARD_PER_MIN                                                          \
	0.5             /* D.6, 6: never slower than that below their rate     \
	                   unless they come along */
#define FOLLOW_SEEN 4   /* breaths that it is measured over, signal/window.h */
#define COMES_ALONG 0.5 /* share of the way that counts as following */
#define BLIND_US    (45 * MACHINE_S) /* breaths unseen so long: by the clock */
/* Held up for so many breaths, a walk has ended: one breath seen wrong counts
   for four, and is seen up to two late. */
#define WAIT_BREATHS 6
#define DWELL_US     (40 * MACHINE_S) /* R13: at a rate once a walk ended */
#define EPSILON_S    1e-9

/* Does the present step go on to a slower pace? */
static bool sets_out(const struct session *s)
{
	enum breath_mode mode = steps_now(s)->breath;

	return mode == BREATH_FOLLOW || mode == BREATH_WALK;
}

/* In its step; and where one holds, if R5 tries it once more. */
static bool walks_here(const struct session *s)
{
	return sets_out(s) ||
	       (s->breath.again && steps_now(s)->breath == BREATH_HOLD &&
	        !steps_hide_heart(s));
}

double walk_floor_s(const struct session *s)
{
	double floor = plan_floor(s, steps_now(s));
	int i = s->breath.walk_i;

	if (i >= 0)
		floor = fmax(floor, plan_floor(s, &s->routine->steps[i]));
	return 60.0 / floor;
}

/* The longest one with what is heard at this moment. */
static double goal_s(const struct session *s)
{
	if (!s->ear.heard || isnan(s->estimate.adherence))
		return fmin(walk_floor_s(s), 60.0 / RATE_BY_CLOCK);
	return walk_floor_s(s);
}

static double believed(double per_min)
{
	return per_min >= RATE_BELIEVED ? per_min : NAN;
}

/* Their own rate, as the baseline or the last minute heard it. */
void walk_start(struct session *s)
{
	struct breath *b = &s->breath;
	double own =
		believed(isnan(s->own_per_min) ? s->estimate.breaths_per_min
	                                       : s->own_per_min);
	/* a rate that is heard wrong, or one below today's floor, leads nobody
	   slower than the floor */
	double least = fmax(RATE_MIN, plan_floor(s, steps_now(s)));
	double rate =
		isnan(own) ? RATE_UNKNOWN : fmin(fmax(own, least), RATE_MAX);

	b->own_known = !isnan(own);
	/* who breathes quicker than the pacer ever starts comes along to that
	 */
	b->own_period_s = 60.0 / (isnan(own) ? rate : fmax(own, rate));
	b->follow_left = FOLLOW_BREATHS;
	b->walking = b->arrived = b->meeting = false;
	b->gained_s = 0;
	b->blind_since_us = MACHINE_NEVER;
	machine_decide(s, 3, "start",
	               FIGURES({"own_per_min", own}, {"per_min", rate}));
	window_walk_from(s->window, b->own_period_s);
	speech_cue(s, "cue.start");
	speech_remark(s, "cue.not_deep");
	breath_begin(s, 60.0 / rate);
}

/* --- R4: the walk --------------------------------------------------------- */

static double calm_before(const struct session *s, unsigned seconds)
{
	return s->ticks > seconds
	               ? s->calm_past[(s->ticks - seconds) % CALM_MEMORY]
	               : NAN;
}

/* Lower by so much than a minute ago, still on its way down, and not among
   the values that are calm enough (R7). */
static bool calm_falls(const struct session *s)
{
	double now = s->estimate.calm;

	return now < CALM_ENOUGH && calm_before(s, 60) - now > CALM_FALL &&
	       !(calm_before(s, CALM_STILL) - now <= CALM_RELEASE);
}

/* How far the walk may go without proof that the person comes along. */
static double guard_s(const struct session *s)
{
	return 60.0 / (60.0 / s->breath.own_period_s - GUARD_PER_MIN);
}

static bool comes_along(const struct session *s)
{
	/* where the pacer was quicker than the person, a share of its way
	   says nothing of slowing down */
	return s->estimate.follow >= COMES_ALONG &&
	       s->breath.slower >= FOLLOW_SEEN;
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
	if (!rules_usable(s->estimate.quality) || e->adherence < ADHERENT ||
	    calm_falls(s))
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

/* What was added for the walk is not needed any more. */
static void as_long_as_planned(struct session *s)
{
	struct breath *b = &s->breath;

	if (b->longer_i != s->i)
		return;
	b->longer_i = -1;
	steps_set_length(s, fmax(b->planned_s, steps_elapsed(s)));
}

bool walk_longer(struct session *s)
{
	struct breath *b = &s->breath;
	struct planned *p = &s->plan[s->i];
	double more = floor(fmin(p->max - p->seconds, coach_budget(s)));

	/* hands stay no longer for who does not go along */
	if (!steps_allow(s, 4) && !b->meeting &&
	    !(s->estimate.adherence >= LOST))
		return false;
	/* on the way back from meeting the person the walk is still to come */
	if (!sets_out(s) || s->eased || s->part + 1 < s->parts || p->adapted ||
	    b->meets > 1 || (!b->meeting && !breath_may_slow(s)) ||
	    s->ear.open_loop || !rules_usable(s->estimate.quality) ||
	    b->period_s >= goal_s(s) - EPSILON_S || more < 1)
		return false;
	b->longer_i = s->i;
	b->planned_s = p->seconds;
	p->adapted = true;
	steps_set_length(s, p->seconds + more);
	walk_figures(s, "walk_longer");
	return true;
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

	/* held up in this step, or by the end of one, it goes on */
	bool on = b->held_i == s->i || b->paused;

	if (!on &&
	    (!coach_may_adapt(s) || (b->walked_us != MACHINE_NEVER &&
	                             s->now_us - b->walked_us < DWELL_US)))
		return false;
	b->walking = true;
	b->paused = false;
	b->held_i = -1;
	if (!on)
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

	/* R9: what was made easier stays so for the rest of the step */
	if (b->arrived || !walks_here(s) || s->eased || b->meets > 1 ||
	    !breath_may_slow(s))
		return b->period_s;
	if (b->period_s >= goal - EPSILON_S) {
		b->arrived = goal == walk_floor_s(s);
		if (b->walking)
			walk_end(s, "walk_done");
		b->again = false;
		as_long_as_planned(s);
		return b->period_s;
	}
	/* up to the guard it may go in a step of its own */
	if (s->ear.heard && !comes_along(s) && b->period_s < guard_s(s))
		next = fmin(next, guard_s(s));
	if (!may_walk(s, next)) {
		/* a breath or two seen late are no end of the walk */
		if (b->walking && ++b->waited >= WAIT_BREATHS) {
			walk_end(s, "walk_hold");
			b->held_i = s->i;
		}
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

void walk_step_begins(struct session *s)
{
	struct breath *b = &s->breath;

	b->arrived = b->arrived && b->period_s >= walk_floor_s(s) - EPSILON_S;
	if (sets_out(s) && b->walk_i != s->i) {
		b->walk_i = s->i;
		b->meets = b->meeting; /* a walk of its own, with its retry */
	}
	if (b->walking && !walks_here(s)) {
		walk_end(s, "walk_pause");
		b->paused = true;
	}
}

/* --- R5: meet me ---------------------------------------------------------- */

/* Where the person's own breath is, and unseen: to where it was at rest. That
   unknown, to where R3 begins then; and once nobody came along there either,
   where the clock leads those whom nobody hears. */
static double theirs(const struct session *s)
{
	const struct breath *b = &s->breath;
	double own = believed(s->estimate.breaths_per_min);

	if (!isnan(own))
		return own;
	if (b->own_known)
		return 60.0 / b->own_period_s;
	return s->now_us - b->meet_us < RETRY_US ? RATE_UNKNOWN : RATE_BY_CLOCK;
}

static double meet(struct session *s)
{
	struct breath *b = &s->breath;
	double goal = 60.0 / fmin(fmax(theirs(s), RATE_MIN), RATE_MAX);

	goal = fmin(goal, goal_s(s));
	/* who goes along has been met */
	if (s->estimate.adherence >= ADHERENT)
		return b->period_s;
	/* to make it easier never waits, to make it slower does */
	if (goal < b->period_s)
		return b->period_s -
		       fmin(STEP_BACK_S, (b->period_s - goal) / NEARER);
	return breath_may_slow(s) ? fmin(goal, b->period_s + STEP_S)
	                          : b->period_s;
}

double walk_next(struct session *s)
{
	return s->breath.meeting ? meet(s) : walk(s);
}

bool walk_found(const struct session *s, const struct facts *f)
{
	const struct breath *b = &s->breath;

	(void)f;
	return b->meeting && b->meets <= 1 &&
	       s->now_us - b->meet_us >= RETRY_US &&
	       rules_usable(s->estimate.quality) &&
	       s->estimate.adherence >= ADHERENT;
}

void walk_retry(struct session *s, const struct facts *f)
{
	struct breath *b = &s->breath;

	(void)f;
	b->meeting = false;
	b->arrived = false;
	b->again = true;
	b->gained_s = 0;
	/* the rate at rest was measured over a minute, this one over breaths:
	   only where they are really apart is it another one */
	if (fabs(60.0 / b->period_s - 60.0 / b->own_period_s) > GUARD_PER_MIN)
		b->own_period_s = b->period_s;
	window_walk_from(s->window, b->own_period_s);
	machine_decide(s, 5, "retry",
	               FIGURES({"per_min", breath_per_min(s)},
	                       {"adherence", s->estimate.adherence}));
}

bool walk_lost(const struct session *s, const struct facts *f)
{
	const struct breath *b = &s->breath;
	const struct estimate *e = &s->estimate;

	(void)f;
	if (!b->on || b->follow_left > 0 || s->ear.open_loop || b->meeting ||
	    !rules_usable(s->estimate.quality))
		return false;
	if (e->adherence < LOST)
		return true;
	/* at the guard, and the person has stayed where they were */
	return b->own_known && b->period_s >= guard_s(s) - EPSILON_S &&
	       !b->arrived && e->follow < COMES_ALONG;
}

void walk_meet(struct session *s, const struct facts *f)
{
	struct breath *b = &s->breath;

	(void)f;
	b->meeting = true;
	b->walking = b->again = b->paused = false;
	if (tune_runs(s))
		tune_abandon(s);
	if (b->meets++ > 0) /* there is no third walk */
		as_long_as_planned(s);
	b->meet_us = s->now_us;
	machine_decide(s, 5, "meet",
	               FIGURES({"adherence", s->estimate.adherence},
	                       {"follow", s->estimate.follow},
	                       {"per_min", breath_per_min(s)},
	                       {"own_per_min", s->estimate.breaths_per_min}));
	speech_remark(s, "cue.follow_you");
}

void walk_tick(struct session *s)
{
	struct breath *b = &s->breath;

	if (!b->on || !isnan(s->estimate.adherence))
		b->blind_since_us = MACHINE_NEVER;
	else if (b->blind_since_us == MACHINE_NEVER)
		b->blind_since_us = s->now_us;
}
