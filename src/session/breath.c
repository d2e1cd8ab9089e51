/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pacer's schedule: one breath after another, and the walk to slower
 * breathing. Rules R3 (start), R4 (walk), R5 (meet me).
 * Source: reference/content.md C.5, D.5.
 */
#include <math.h>

#include "session/rules.h"

#define RATE_MIN     6.0  /* R3: clamp of the starting rate */
#define RATE_MAX     20.0 /* R3 */
#define RATE_UNKNOWN 10.0 /* R3 */
/* LF ends here (reference/hrv.md 1): in slower waves the heart's own, of 0.1
   Hz, is taken for breath, where the breath's is small */
#define RATE_BELIEVED  9.0
#define RATE_BY_CLOCK  8.0  /* no slower than easy8 while nobody listens */
#define FOLLOW_BREATHS 4    /* R3: the first four breaths follow the person */
#define STEP_S         0.2  /* R4: longer by no more than this a breath */
#define STEP_BACK_S    0.4  /* R5: shorter by no more than this a breath */
#define HOLD_EVERY_S   1.0  /* R4: one breath held after each full second */
#define ADHERENT       0.75 /* R4 */
#define LOST           0.5  /* R5 */
#define RETRY_US       (60 * MACHINE_S) /* R5: try again, once */
#define CALM_FALL      10.0             /* R4: not falling by more in 60 s */
#define CALM_STILL     15               /* seconds; it falls no more once */
#define CALM_RELEASE   3.0              /* it lost no more in these; D.5 */
#define CALM_ENOUGH    60.0             /* R7 */
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
#define TURN_US      (60 * MACHINE_S) /* C.5: one change of direction in it */
/* R8: a set of sighs, C.3 `sigh`: two breaths in, 2 s and 1 s, one out, 6 s */
#define EASE_PER_MIN 0.5
#define SIGHS        3
#define SIGH_S       9.0
#define SIGH_IN_PCT  (100.0 / 3)
/* C.4: who is new breathes as they like for half a minute after five slow
   ones */
#define SLOW_PER_MIN  6.5
#define SLOW_NEAR     0.05 /* what is told as that */
#define SLOW_MOST_S   300.0
#define NEW_SESSIONS  3
#define LET_BE_US     (30 * MACHINE_S)
#define LET_BE_SOON_S 45.0 /* it is over before what comes next, or nearly */
#define EPSILON_S     1e-9

double breath_per_min(const struct session *s)
{
	return s->breath.on ? 60.0 / s->breath.period_s : 0;
}

uint64_t breath_exhale_us(const struct session *s)
{
	const struct breath *b = &s->breath;
	return b->began_us +
	       (uint64_t)llround((double)(b->ends_us - b->began_us) *
	                         b->inhale_pct / 100);
}

static double seconds_since(const struct session *s, uint64_t t_us)
{
	return (double)(s->now_us - t_us) / MACHINE_S;
}

static bool slow(const struct breath *b)
{
	return 60.0 / b->period_s <= SLOW_PER_MIN + SLOW_NEAR;
}

/* One breath of @period_s, whatever the pace is. */
static void one_breath(struct session *s, double period_s, double inhale_pct)
{
	struct breath *b = &s->breath;
	struct event e = {.kind = EVENT_BREATH};

	b->on = true;
	b->inhale_pct = inhale_pct;
	b->began_us = s->now_us;
	b->ends_us =
		s->now_us + (uint64_t)llround(period_s * (double)MACHINE_S);
	window_breath(s->window, s->now_us, period_s);
	calm_pace(&s->calm, s->now_us, 60.0 / period_s);
	e.breath.per_min = 60.0 / period_s;
	e.breath.inhale_pct = inhale_pct;
	e.breath.end_us = b->ends_us;
	machine_emit(s, &e);
}

void breath_begin(struct session *s, double period_s)
{
	struct breath *b = &s->breath;

	/* C.4: a break that is too short for one counts as breathed slowly */
	if (!b->on && b->slow_s > 0)
		b->slow_s = s->now_us - b->off_us < LET_BE_US
		                    ? b->slow_s + seconds_since(s, b->off_us)
		                    : 0;
	s->breath.period_s = period_s;
	s->breath.rest_until_us = MACHINE_NEVER;
	one_breath(s, period_s, s->start.settings.inhale_pct);
}

void breath_off(struct session *s)
{
	struct event e = {.kind = EVENT_BREATH};

	if (!s->breath.on)
		return;
	if (slow(&s->breath))
		s->breath.slow_s += seconds_since(s, s->breath.began_us);
	s->breath.off_us = s->now_us;
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

static double believed(double per_min)
{
	return per_min >= RATE_BELIEVED ? per_min : NAN;
}

/* R3: their own rate, as the baseline or the last minute heard it. */
static void start(struct session *s)
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
	b->own_period_s = 60.0 / rate;
	b->follow_left = FOLLOW_BREATHS;
	b->walking = b->arrived = b->meeting = false;
	b->gained_s = 0;
	b->blind_since_us = MACHINE_NEVER;
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
	else if (!b->on && b->rest_until_us == MACHINE_NEVER)
		breath_begin(s, b->period_s);
	b->arrived = b->arrived && b->period_s >= floor_s(s) - EPSILON_S;
	if (steps_now(s)->probe)
		tune_begin(s);
}

/* --- which way the pace goes ---------------------------------------------- */

/* C.5: slower again only a minute after it was made quicker, which for its
   part never waits: it is the easier way. */
static bool may_slow(const struct session *s)
{
	const struct breath *b = &s->breath;

	return b->turn >= 0 || s->now_us - b->turned_us >= TURN_US;
}

static void turns(struct session *s, double next_s)
{
	struct breath *b = &s->breath;
	int way = next_s > b->period_s ? 1 : -1;

	if (fabs(next_s - b->period_s) < EPSILON_S || way == b->turn)
		return;
	b->turn = way;
	b->turned_us = s->now_us;
}

void breath_turned(struct session *s)
{
	s->breath.turn = -1;
	s->breath.turned_us = s->now_us;
	tune_abandon(s);
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

/* R1: nothing is decided on what the gate refuses. */
static bool heard_well(const struct session *s)
{
	return s->estimate.quality == QUALITY_OK ||
	       s->estimate.quality == QUALITY_WEAK;
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
	if (!heard_well(s) || e->adherence < ADHERENT || calm_falls(s))
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

bool breath_longer(struct session *s)
{
	struct breath *b = &s->breath;
	struct planned *p = &s->plan[s->i];
	double more = floor(fmin(p->max - p->seconds, coach_budget(s)));

	/* on the way back from meeting the person the walk is still to come */
	if (!steps_allow(s, 4) || s->part + 1 < s->parts || p->adapted ||
	    b->meets > 1 || (!b->meeting && !may_slow(s)) || s->ear.open_loop ||
	    !heard_well(s) || b->period_s >= goal_s(s) - EPSILON_S || more < 1)
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

	bool on = b->held_i == s->i; /* held up in this step, it goes on */

	if (!on &&
	    (!coach_may_adapt(s) || (b->walked_us != MACHINE_NEVER &&
	                             s->now_us - b->walked_us < DWELL_US)))
		return false;
	b->walking = true;
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

	if (b->arrived || !steps_allow(s, 4) || b->meets > 1 || !may_slow(s))
		return b->period_s;
	if (b->period_s >= goal - EPSILON_S) {
		b->arrived = goal == floor_s(s);
		if (b->walking)
			walk_end(s, "walk_done");
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

/* --- R5: meet me ---------------------------------------------------------- */

/* R5: towards the person's own breath; unseen, to where it was at rest, and
   that unknown, to where R3 begins then. */
static double meet(struct session *s)
{
	struct breath *b = &s->breath;
	double own = believed(s->estimate.breaths_per_min);

	if (isnan(own))
		own = b->own_known ? 60.0 / b->own_period_s : RATE_UNKNOWN;

	double goal = 60.0 / fmin(fmax(own, RATE_MIN), RATE_MAX);

	goal = fmin(goal, goal_s(s));
	/* to make it easier never waits, to make it slower does */
	if (goal < b->period_s)
		return fmax(goal, b->period_s - STEP_BACK_S);
	return may_slow(s) ? fmin(goal, b->period_s + STEP_S) : b->period_s;
}

bool breath_found(const struct session *s, const struct facts *f)
{
	const struct breath *b = &s->breath;

	(void)f;
	return b->meeting && b->meets <= 1 &&
	       s->now_us - b->meet_us >= RETRY_US && heard_well(s) &&
	       s->estimate.adherence >= ADHERENT;
}

void breath_retry(struct session *s, const struct facts *f)
{
	struct breath *b = &s->breath;

	(void)f;
	b->meeting = false;
	b->arrived = false;
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

bool breath_lost(const struct session *s, const struct facts *f)
{
	const struct breath *b = &s->breath;
	const struct estimate *e = &s->estimate;

	(void)f;
	if (!b->on || b->follow_left > 0 || s->ear.open_loop || b->meeting ||
	    !heard_well(s))
		return false;
	if (e->adherence < LOST)
		return true;
	/* at the guard, and the person has stayed where they were */
	return b->own_known && b->period_s >= guard_s(s) - EPSILON_S &&
	       !b->arrived && e->follow < COMES_ALONG;
}

void breath_meet(struct session *s, const struct facts *f)
{
	struct breath *b = &s->breath;

	(void)f;
	b->meeting = true;
	b->walking = false;
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

/* --- R8: easier ----------------------------------------------------------- */

/* C.3: not with over-breathing in panic, pregnancy, lungs short of air, in an
   attack, nor where it is slower than the floor. */
static bool may_sigh(const struct session *s)
{
	uint32_t not = flag_bit(FLAG_PANIC) | flag_bit(FLAG_PREG) |
	               flag_bit(FLAG_LUNG) | flag_bit(FLAG_NAUSEA) |
	               flag_bit(FLAG_AURA);

	/* nor while they are about to lie down */
	return !(s->flags & not ) && !s->attack && !steps_now(s)->new_posture &&
	       SIGH_S <= floor_s(s) + EPSILON_S;
}

void breath_ease(struct session *s)
{
	struct breath *b = &s->breath;

	b->easing = true;
	b->walking = false;
	if (!b->on || !may_sigh(s))
		return;
	b->sighs = SIGHS;
	speech_remark(s, "cue.sigh");
}

static double ease(struct session *s)
{
	struct breath *b = &s->breath;

	b->easing = false;
	return 60.0 / fmin(60.0 / b->period_s + EASE_PER_MIN, RATE_MAX);
}

/* --- C.4: not for too long ------------------------------------------------ */

/* What a listening window that begins soon would add: it is not broken off. */
static double window_ahead_s(const struct session *s)
{
	double left_s = s->plan[s->i].seconds - steps_elapsed(s);
	int i = s->i + 1;

	while (i < (int)s->routine->n_steps && steps_dropped(s, i))
		i++;
	if (i == (int)s->routine->n_steps || left_s > LET_BE_SOON_S ||
	    !(s->routine->steps[i].rules & (UINT32_C(1) << 10)))
		return 0;
	return left_s + s->plan[i].seconds;
}

bool breath_too_long(const struct session *s, const struct facts *f)
{
	const struct breath *b = &s->breath;
	double now_s = slow(b) ? seconds_since(s, b->began_us) : 0;

	(void)f;
	if (!b->on || s->start.profile.sessions >= NEW_SESSIONS ||
	    steps_allow(s, 10))
		return false;
	if (b->slow_s > 0)
		now_s += window_ahead_s(s);
	return b->slow_s + now_s >= SLOW_MOST_S - EPSILON_S;
}

void breath_let_be(struct session *s)
{
	s->breath.walking = false;
	s->breath.sighs = 0;
	breath_off(s);
	s->breath.slow_s = 0;
	s->breath.rest_until_us = s->now_us + LET_BE_US;
}

void breath_rest(struct session *s, const struct facts *f)
{
	(void)f;
	machine_decide(s, 4, "natural",
	               FIGURES({"per_min", breath_per_min(s)},
	                       {"slow_s", s->breath.slow_s},
	                       {"seconds", (double)(LET_BE_US / MACHINE_S)}));
	speech_remark(s, "cue.natural");
	breath_let_be(s);
}

uint64_t breath_due(const struct session *s)
{
	if (s->breath.on)
		return s->breath.ends_us;
	return s->phase == PHASE_PLAYING ? s->breath.rest_until_us
	                                 : MACHINE_NEVER;
}

/* The pause is over: on as before, where a pacer belongs. */
static void again(struct session *s)
{
	s->breath.rest_until_us = MACHINE_NEVER;
	if (!s->in_step || steps_now(s)->breath == BREATH_NAT ||
	    steps_now(s)->breath == BREATH_OWN)
		return;
	speech_remark(s, "cue.not_deep");
	breath_step_begin(s);
}

/* --- breath by breath ----------------------------------------------------- */

static double next_period(struct session *s)
{
	struct breath *b = &s->breath;

	if (b->follow_left > 0)
		return b->period_s;
	if (b->easing)
		return ease(s);
	if (!isnan(s->tune.to_s))
		return tune_next(s);
	return b->meeting ? meet(s) : walk(s);
}

void breath_boundary(struct session *s)
{
	struct breath *b = &s->breath;
	double next;

	if (!b->on) {
		again(s);
		return;
	}
	b->slow_s = slow(b) ? b->slow_s + b->period_s : 0;
	if (b->sighs > 0) {
		b->sighs--;
		one_breath(s, SIGH_S, SIGH_IN_PCT);
		return;
	}
	if (b->follow_left > 0)
		b->follow_left--;
	b->slower =
		b->period_s < b->own_period_s - EPSILON_S ? 0 : b->slower + 1;
	coach_act(s, MOMENT_BREATH);
	next = next_period(s);
	turns(s, next);
	breath_begin(s, next);
}

void breath_tick(struct session *s)
{
	struct breath *b = &s->breath;

	if (!b->on || !isnan(s->estimate.adherence))
		b->blind_since_us = MACHINE_NEVER;
	else if (b->blind_since_us == MACHINE_NEVER)
		b->blind_since_us = s->now_us;
}
