/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/population_walk.h"

#include <math.h>
#include <string.h>

#define EPSILON_S      1e-6
#define FOLLOW_BREATHS 4    /* R3 */
#define ADHERENT       0.75 /* R4 */
#define CALM_FALL      10.0
#define CALM_FALL_S    60.0
#define COMES_ALONG    0.5 /* D.6, 6, as walk.c has it */
#define MEETS_MOST     1   /* R5: tried again once */

const char *const walk_holds[WALK_HOLDS] = {
	[WALK_ON] = "walks",
	[WALK_FOLLOWS] = "follows at first (R3)",
	[WALK_WAITS] = "waits (R4, C.5, R13)",
	[WALK_UNSEEN] = "adherence unknown",
	[WALK_TRULY] = "adherence low",
	[WALK_NOISE] = "seen low, truly not",
	[WALK_REFUSED] = "window refused (R1, R14)",
	[WALK_CALM] = "calm falls (R4)",
	[WALK_GUARD] = "not seen to come (D.6, 6)",
	[WALK_MEETS] = "meets them (R5)",
	[WALK_GIVEN_UP] = "met them twice (R5)",
	[WALK_QUICKER] = "made easier (R8, R9, C.4)",
};

void walk_init(struct walk_watch *w)
{
	*w = (struct walk_watch){0};
	for (int i = 0; i < WALK_CALM_S; i++)
		w->calm[i] = NAN;
}

static double *calm_at(struct walk_watch *w, double t_s)
{
	return &w->calm[(unsigned)fmax(t_s, 0) % WALK_CALM_S];
}

void walk_second(struct walk_watch *w, double t_s, double calm)
{
	*calm_at(w, t_s) = calm;
}

static bool is(const struct event *e, int rule, const char *what)
{
	return e->decision.rule == rule && strcmp(e->decision.what, what) == 0;
}

void walk_decision(struct walk_watch *w, const struct event *e)
{
	if (is(e, 5, "meet")) {
		w->meeting = true;
		w->meets++;
	} else if (is(e, 5, "retry")) {
		w->meeting = false;
	} else if (is(e, 14, "open_loop")) {
		w->open = true;
	} else if (is(e, 14, "closed_loop")) {
		w->open = false;
	}
}

void walk_silent(struct walk_watch *w)
{
	w->period_s = 0;
}

static enum walk_hold held_by(struct walk_watch *w, double t_s,
                              const struct estimate *e, double fits)
{
	if (w->meeting || w->meets > MEETS_MOST)
		return w->meets > MEETS_MOST ? WALK_GIVEN_UP : WALK_MEETS;
	if (w->open || e->quality < QUALITY_WEAK)
		return WALK_REFUSED;
	if (isnan(e->adherence))
		return WALK_UNSEEN;
	if (e->adherence < ADHERENT)
		return fits >= ADHERENT ? WALK_NOISE : WALK_TRULY;
	if (*calm_at(w, t_s - CALM_FALL_S) - e->calm > CALM_FALL)
		return WALK_CALM;
	if (!(e->follow >= COMES_ALONG))
		return WALK_GUARD;
	return WALK_WAITS;
}

enum walk_hold walk_breath(struct walk_watch *w, double t_s, double period_s,
                           const struct estimate *e, double fits)
{
	double before_s = w->period_s;

	w->period_s = period_s;
	if (w->breaths++ < FOLLOW_BREATHS)
		return WALK_FOLLOWS;
	if (period_s > before_s + EPSILON_S && before_s > 0)
		return WALK_ON;
	if (period_s < before_s - EPSILON_S && !w->meeting)
		return WALK_QUICKER;
	return held_by(w, t_s, e, fits);
}
