/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The coach: the rules of reference/content.md D.5 in one table, to be held
 * beside it. At one moment the first row that may act, and has reason to for
 * as long as it says, is the decision; there is no other.
 */
#include <math.h>
#include <string.h>

#include "session/rules.h"

/* R13 */
#define TOTAL_MORE     1.25
#define TOTAL_LESS     0.80
#define ADAPT_EVERY_US (45 * MACHINE_S)

/* Where a row may act. */
enum where {
	EVERYWHERE,
	LISTED, /* in steps that name the rule; its clock begins with them */
	PACED,  /* beside a pacer, where hands do not hide the heart (R1) */
};

/* R1: what must be heard of the last 30 s. */
enum gate { ANY, WEAK, OK };

struct row {
	int rule;
	enum moment moment;
	enum where where;
	enum gate gate;
	int for_s;    /* so long without a break */
	bool audible; /* R13: at most one of these in 45 s */
	bool (*when)(const struct session *s, const struct facts *f);
	void (*then)(struct session *s, const struct facts *f);
};

/*
 * Not rows: R3 and R4 choose the length of each breath (walk.c); R9 is the
 * person's word, which waits for nothing (words.c); R13's bounds hold in
 * coach_budget() and coach_result(); R15 is machine_decide(). What must give
 * way, gives way by its place: safety, comfort, signal, then more and less.
 */
/* clang-format off */
static const struct row rows[] = {
/*    rule moment         where       gate  for  audible */
	{12, MOMENT_TICK,   EVERYWHERE, OK,     0, false,
	 guard_drops,       guard_hands_away},
	{12, MOMENT_TICK,   EVERYWHERE, ANY,    0, false,
	 guard_silent,      guard_hands_away_silent},
	{11, MOMENT_TICK,   EVERYWHERE, ANY,    0, false,
	 guard_worse,       guard_end_attack},
	{ 8, MOMENT_TICK,   LISTED,     OK,    20, true,
	 guard_races,       guard_back_off_heart},
	{ 5, MOMENT_TICK,   PACED,      ANY,   30, true,
	 walk_lost,         walk_meet},
	{ 4, MOMENT_TICK,   EVERYWHERE, ANY,    0, false,
	 breath_too_long,   breath_rest},
	{14, MOMENT_TICK,   EVERYWHERE, ANY,    0, false,
	 guard_no_sensor,   guard_open},
	{14, MOMENT_TICK,   EVERYWHERE, ANY,   30, false,
	 guard_unheard,     guard_open},
	{14, MOMENT_TICK,   EVERYWHERE, WEAK,  20, false,
	 guard_heard,       guard_close},
	{13, MOMENT_TICK,   EVERYWHERE, OK,   120, false,
	 guard_asleep,      guard_let_sleep},
	{ 7, MOMENT_TICK,   LISTED,     WEAK,  60, true,
	 listen_plateau,    listen_move_on},

	{ 5, MOMENT_BREATH, EVERYWHERE, ANY,    0, false,
	 walk_found,        walk_retry},

	{ 1, MOMENT_REST,   EVERYWHERE, ANY,    0, false,
	 listen_unheard,    listen_by_clock},
	{ 2, MOMENT_REST,   LISTED,     ANY,    0, false,
	 listen_settling,   listen_measure_on},
	{ 2, MOMENT_REST,   LISTED,     ANY,    0, false,
	 NULL,              listen_measured},

	{ 1, MOMENT_WINDOW, EVERYWHERE, ANY,    0, false,
	 listen_unheard,    listen_by_clock},
	{ 8, MOMENT_WINDOW, LISTED,     WEAK,   0, true,
	 guard_calm_falls,  guard_back_off_calm},
	{ 6, MOMENT_WINDOW, LISTED,     ANY,    0, true,
	 listen_rose,       listen_extend},
	{ 7, MOMENT_WINDOW, LISTED,     ANY,    0, false,
	 listen_flat,       listen_take_back},
	{10, MOMENT_WINDOW, LISTED,     ANY,    0, false,
	 offer_due,         offer_make},
	{10, MOMENT_WINDOW, LISTED,     ANY,    0, false,
	 NULL,              listen_compare},
};
/* clang-format on */
#define ROWS (sizeof(rows) / sizeof(rows[0]))
_Static_assert(ROWS <= COACH_ROWS, "each row has its clock");

static bool there(const struct session *s, const struct row *row)
{
	switch (row->where) {
	case EVERYWHERE:
		return true;
	case LISTED:
		return steps_allow(s, row->rule);
	case PACED:
		/* in the whole search tune.c looks whether they follow */
		return s->breath.on && !tune_whole(steps_now(s)) &&
		       !steps_hide_heart(s);
	}
	return false;
}

static bool heard(const struct session *s, enum gate gate)
{
	enum quality q = s->estimate.quality;

	switch (gate) {
	case ANY:
		return true;
	case WEAK:
		return rules_usable(q);
	case OK:
		return q == QUALITY_OK;
	}
	return false;
}

/* Has this row reason to act, and had it for long enough? */
static bool due(struct session *s, const struct row *row, const struct facts *f)
{
	uint64_t *since = &s->since_us[row - rows];

	if (!there(s, row) || !heard(s, row->gate) ||
	    (row->when && !row->when(s, f))) {
		*since = MACHINE_NEVER;
		return false;
	}
	if (*since == MACHINE_NEVER)
		*since = s->now_us;
	return s->now_us - *since >= (uint64_t)row->for_s * MACHINE_S &&
	       (!row->audible || coach_may_adapt(s));
}

static void act(struct session *s, const struct row *row, const struct facts *f)
{
	s->since_us[row - rows] = MACHINE_NEVER;
	if (row->audible)
		coach_adapted(s);
	row->then(s, f);
}

void coach_act(struct session *s, enum moment moment)
{
	bool looks = moment == MOMENT_WINDOW || moment == MOMENT_REST;
	const struct row *first = NULL;
	struct facts f = {0};

	if (looks)
		listen_facts(s, &f);
	/* every clock is kept, also of those that come too late */
	for (size_t k = 0; k < ROWS; k++)
		if (rows[k].moment == moment && due(s, &rows[k], &f) && !first)
			first = &rows[k];
	if (first)
		act(s, first, &f);
	if (moment == MOMENT_WINDOW)
		listen_remember(s, &f);
}

void coach_open(struct session *s)
{
	for (size_t k = 0; k < COACH_ROWS; k++)
		s->since_us[k] = MACHINE_NEVER;
	for (size_t i = 0; i < s->routine->n_steps; i++)
		s->attack |= s->routine->steps[i].rules & (UINT32_C(1) << 11);
	s->attack |= session_mode_of(&s->start) == SESSION_ATTACK;
	if (s->attack)
		guard_open_attack(s);
}

void coach_step_begins(struct session *s)
{
	for (size_t k = 0; k < ROWS; k++)
		if (rows[k].where == LISTED)
			s->since_us[k] = MACHINE_NEVER;
}

/* --- R13 ------------------------------------------------------------------ */

bool coach_may_adapt(const struct session *s)
{
	return s->adapted_us == MACHINE_NEVER ||
	       s->now_us - s->adapted_us >= ADAPT_EVERY_US;
}

void coach_adapted(struct session *s)
{
	s->adapted_us = s->now_us;
}

double coach_budget(const struct session *s)
{
	/* what was played, and what was said and asked between, counts too */
	double spent_s = (double)s->now_us / MACHINE_S;
	double all_s = spent_s + steps_left_total(s) + plan_after_s(s);

	return s->routine->total_s * TOTAL_MORE - fmax(plan_total(s), all_s);
}

/* Of the routine, where the day's plan has as much. */
static double least_s(const struct session *s)
{
	double least = TOTAL_LESS * s->routine->total_s;

	return s->nominal_s < least ? TOTAL_LESS * s->nominal_s : least;
}

enum event_result coach_result(const struct session *s, int *rule)
{
	*rule = s->closed_rule;
	if (!*rule && s->played_s < least_s(s))
		*rule = s->short_rule;
	return *rule && !s->attack ? RESULT_CLOSED_EARLY : RESULT_COMPLETED;
}
