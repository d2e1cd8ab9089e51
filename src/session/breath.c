/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pacer's schedule: one breath after another. Where the pace goes, walk.c
 * says, and the person's word; here is what stands above both: R8 makes it
 * easier, and C.4 lets nobody breathe slowly for too long.
 * Source: reference/content.md C.3 to C.5, D.5.
 */
#include <math.h>

#include "session/rules.h"

#define TURN_US (60 * MACHINE_S) /* C.5: one change of direction in it */
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

void breath_step_begin(struct session *s)
{
	struct breath *b = &s->breath;

	walk_step_begins(s);
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
		walk_start(s);
	else if (!b->on && b->rest_until_us == MACHINE_NEVER)
		breath_begin(s, b->period_s);
	if (steps_now(s)->probe)
		tune_begin(s);
}

/* --- which way the pace goes ---------------------------------------------- */

/* C.5: slower again only a minute after it was made quicker, which for its
   part never waits: it is the easier way. */
bool breath_may_slow(const struct session *s)
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
	       SIGH_S <= walk_floor_s(s) + EPSILON_S;
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
	return walk_next(s);
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
