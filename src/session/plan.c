/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What of the routine will be played today: flags and caps take techniques
 * away, and the time that this frees goes where the routine says.
 * Source: reference/content.md A.0, A.2, E.1, G.
 */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "session/machine.h"

#define CAP_FIRST_SESSION  3   /* A.2: first session ever */
#define CAP_CAREFUL        2   /* A.2: anticoag; age65, neck_unstable (neck) */
#define FLOOR_EASY8        8.0 /* C.3 easy8 */
#define FLOOR_SLOW6        6.0 /* C.3 slow6 */
#define SESSIONS_PRACTISED 3   /* D.5 R4: RF from the fourth session on */
#define RESONANCE_MIN      4.5 /* C.3: slower rates are not offered */

static bool has(const struct session *s, enum flag flag)
{
	return s->flags & flag_bit(flag);
}

int plan_cap(const struct session *s, const struct technique *t)
{
	int cap = s->pressure_cap;

	if (has(s, FLAG_ANTICOAG) && cap > CAP_CAREFUL)
		cap = CAP_CAREFUL;
	if (t->neck && (has(s, FLAG_AGE65) || has(s, FLAG_NECK_UNSTABLE)) &&
	    cap > CAP_CAREFUL)
		cap = CAP_CAREFUL;
	return cap;
}

static bool neck_forbidden(const struct session *s)
{
	return has(s, FLAG_CAROTID) || has(s, FLAG_NECK_INJURY) ||
	       has(s, FLAG_NECK_UNSTABLE) || s->touch_hurts_neck;
}

/* A.2: with anticoag, strokes only; moves and rest touch nothing. */
static bool only_strokes_left(const struct technique *t)
{
	return t->mode == MODE_STILL || t->mode == MODE_STROKE ||
	       t->mode == MODE_MOVE;
}

static bool technique_playable(const struct session *s,
                               const struct technique *t)
{
	if (t->contra & s->flags)
		return false;
	if (t->neck && neck_forbidden(s))
		return false;
	if (has(s, FLAG_ALLODYNIA) && !t->when_touch_hurts)
		return false;
	if (has(s, FLAG_ANTICOAG) && !only_strokes_left(t))
		return false;
	return t->pressure_min <= plan_cap(s, t);
}

static bool step_playable(const struct session *s, const struct step *step)
{
	const struct technique *t = routine_technique(s->routine, step);

	if (step->skip_flags & s->flags)
		return false;
	return !t || technique_playable(s, t);
}

/* Adds up to @seconds to step @i. Return: what found no room. */
static double give(struct session *s, int i, double seconds)
{
	struct planned *p = &s->plan[i];
	double room = p->play ? p->max - p->seconds : 0;
	double given = fmin(fmax(room, 0), seconds);

	p->seconds += given;
	return seconds - given;
}

/* G: half to the first named, half to the second, the rest down the list. */
static void hand_on(struct session *s, const struct step *from, double freed)
{
	double half = freed / 2;
	double rest = 0;
	int named = 0;

	for (int k = 0; k < 4 && from->time_to[k]; k++) {
		int i = routine_step(s->routine, from->time_to[k]);

		assert(i >= 0);
		if (named++ < 2)
			rest += give(s, i, half);
	}
	if (named == 1)
		rest += half;
	for (int k = 0; k < 4 && from->time_to[k]; k++)
		rest = give(s, routine_step(s->routine, from->time_to[k]),
		            rest);
}

static void today(struct session *s)
{
	s->pressure_cap = s->routine->pressure_cap < s->pressure_cap
	                          ? s->routine->pressure_cap
	                          : s->pressure_cap;
	if (s->start.profile.sessions == 0 &&
	    s->pressure_cap > CAP_FIRST_SESSION)
		s->pressure_cap = CAP_FIRST_SESSION;
	if (has(s, FLAG_LUNG) || has(s, FLAG_PANIC))
		s->floor_per_min = fmax(s->floor_per_min, FLOOR_EASY8);
	if (has(s, FLAG_PACER) || has(s, FLAG_AF))
		s->hrv_off = true;
	s->calm.flat_heart = has(s, FLAG_BETA);
}

void plan_make(struct session *s)
{
	const struct routine *r = s->routine;

	today(s);
	for (size_t i = 0; i < r->n_steps; i++)
		s->plan[i] = (struct planned){
			.play = step_playable(s, &r->steps[i]),
			.seconds = r->steps[i].s.target,
			.max = r->steps[i].s.max,
		};
	for (size_t i = 0; i < r->n_steps; i++) {
		if (s->plan[i].play)
			continue;
		hand_on(s, &r->steps[i], r->steps[i].s.target);
		machine_decide(s, 15, "leave_out",
		               FIGURES({"step", r->steps[i].n},
		                       {"seconds", r->steps[i].s.target},
		                       {"pressure_cap", s->pressure_cap}));
	}
}

double plan_total(const struct session *s)
{
	double total = 0;

	for (size_t i = 0; i < s->routine->n_steps; i++)
		if (s->plan[i].play)
			total += s->plan[i].seconds;
	return total;
}

double plan_floor(const struct session *s, const struct step *step)
{
	const struct session_profile *p = &s->start.profile;
	double floor = FLOOR_SLOW6;

	if (p->sessions == 0)
		floor = FLOOR_EASY8;
	else if (p->sessions >= SESSIONS_PRACTISED && p->resonance_per_min > 0)
		floor = fmax(p->resonance_per_min, RESONANCE_MIN);
	floor = fmax(floor, s->floor_per_min);
	return step ? fmax(floor, step->floor_per_min) : floor;
}
