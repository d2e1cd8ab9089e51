/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The gate: the questions before a session, and those that a rule asks.
 * Silence counts as the cautious answer; a red flag ends the session with the
 * stop screen, whatever the strap says. Source: reference/content.md E.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "session/machine.h"

#define CLEARLY_WORSE 2 /* E.3: of 10 */

static void line_up(struct session *s, const struct question *q)
{
	if (q && s->asking.n < ASK_MAX)
		s->asking.queue[s->asking.n++] = q;
}

static void line_up_ids(struct session *s, const char ids[][EVENT_ID_MAX])
{
	for (int k = 0; k < 4 && ids[k][0]; k++)
		line_up(s, routine_question(s->routine, ids[k]));
}

static void line_up_when(struct session *s, enum question_when when)
{
	for (size_t i = 0; i < s->routine->n_questions; i++)
		if (s->routine->questions[i].when == when)
			line_up(s, &s->routine->questions[i]);
}

static bool among(const char ids[][EVENT_ID_MAX], const char *id)
{
	for (int k = 0; k < 4 && ids[k][0]; k++)
		if (strcmp(ids[k], id) == 0)
			return true;
	return false;
}

static void begin(struct session *s, enum then then)
{
	s->asking.then = then;
	machine_hold(s, PHASE_ASKING);
	safety_put(s);
}

/* E.4, where the person says that it is an attack. */
static void line_up_attack(struct session *s)
{
	static const char *const ids[] = {"nausea", "aura"};

	for (int k = 0; k < 2; k++)
		if (!among(s->routine->ask, ids[k]))
			line_up(s, routine_question(s->routine, ids[k]));
}

void safety_gate(struct session *s)
{
	bool attack = session_mode_of(&s->start) == SESSION_ATTACK;

	s->asking.n = s->asking.at = 0;
	if (s->start.settings.ask) {
		if (!s->start.profile.flags_known)
			line_up_when(s, ASK_PROFILE);
		if (attack || !s->routine->short_gate)
			line_up_when(s, ASK_SESSION);
		line_up_ids(s, s->routine->ask);
		if (attack)
			line_up_attack(s);
	}
	begin(s, THEN_OPEN);
}

void safety_ask(struct session *s, const char *id, bool spoken)
{
	s->asking.n = s->asking.at = 0;
	s->asking.unspoken = !spoken;
	line_up(s, routine_question(s->routine, id));
	begin(s, THEN_RESUME);
}

bool safety_after(struct session *s, const struct step *step)
{
	s->asking.n = s->asking.at = 0;
	if (!s->start.settings.ask)
		return false;
	line_up_ids(s, step->ask_after);
	if (s->offered)
		line_up(s, routine_question(s->routine, "breathe_more"));
	s->offered = false;
	if (s->asking.n == 0)
		return false;
	begin(s, THEN_NEXT);
	return true;
}

static void go_on(struct session *s)
{
	s->asking.n = s->asking.at = 0;
	switch (s->asking.then) {
	case THEN_OPEN:
		steps_open(s);
		break;
	case THEN_STEP:
		steps_begin_next(s);
		break;
	case THEN_NEXT:
		steps_next(s);
		break;
	case THEN_RESUME:
		machine_go(s);
		break;
	}
}

/* A.0, E.3: a headache that has clearly grown is a sign to stop, and then the
   questions of E.2 are put about now. */
static void check_symptoms(struct session *s)
{
	static const char *const ids[] = {"red_now", "red_today"};

	s->grew = true;
	machine_decide(s, 15, "grew",
	               FIGURES({"headache_before", s->rated[0]},
	                       {"headache", s->rated[2]}));
	speech_cue(s, "cue.grew");
	s->asking.n = s->asking.at = 0;
	for (int k = 0; k < 2; k++)
		line_up(s, routine_question(s->routine, ids[k]));
}

void safety_put(struct session *s)
{
	struct asking *a = &s->asking;

	if (a->at == a->n && a->then == THEN_NEXT && !s->grew &&
	    s->rated[2] - s->rated[0] >= CLEARLY_WORSE)
		check_symptoms(s);
	if (a->at == a->n) {
		go_on(s);
		return;
	}

	const struct question *q = a->queue[a->at];
	struct event e = {.kind = EVENT_QUESTION};

	snprintf(e.question.id, sizeof(e.question.id), "%s", q->id);
	e.question.text = q->text;
	e.question.choices = q->values;
	e.question.timeout_s = q->timeout_s;
	machine_emit(s, &e);
	a->standing = true;
	/* the time to think begins when the question has been spoken */
	a->deadline_us =
		s->now_us +
		(a->unspoken ? speech_left_us(s) : speech_question(s, q)) +
		(uint64_t)(q->timeout_s * (double)MACHINE_S);
	a->unspoken = false;
}

/* R11: any rise since it was first asked. */
static void grows(struct session *s, double *first, double *last, double now)
{
	if (isnan(*first))
		*first = now;
	*last = now;
	s->worse |= now > *first;
}

static void rating(struct session *s, const struct question *q,
                   const char *value)
{
	static const char *const ids[] = {"headache", "tension"};
	int after = s->asking.then == THEN_NEXT ? 2 : 0;
	double now = strtod(value, NULL);

	for (int k = 0; k < 2; k++)
		if (strcmp(q->id, ids[k]) == 0)
			s->rated[k + after] = now;
	if (strcmp(q->id, "headache") == 0)
		grows(s, &s->headache[0], &s->headache[1], now);
	if (strcmp(q->id, "nausea") == 0)
		grows(s, &s->nausea[0], &s->nausea[1], now);
}

static bool last_of_profile(const struct session *s)
{
	const struct asking *a = &s->asking;

	return a->queue[a->at]->when == ASK_PROFILE &&
	       (a->at + 1 == a->n || a->queue[a->at + 1]->when != ASK_PROFILE);
}

static const char *const stop_cue[STOPS] = {
	[STOP_SOON] = "cue.stop_soon",
	[STOP_URGENT] = "cue.stop_urgent",
	[STOP_EMERGENCY] = "cue.stop_emergency",
};

static void take(struct session *s, const struct choice *c)
{
	const struct question *q = s->asking.queue[s->asking.at];

	s->asking.standing = false;
	speech_cut(s); /* answered: it need not be read to its end */
	s->flags |= c->set_flags;
	if (c->pressure_cap >= 0 && c->pressure_cap < s->pressure_cap)
		s->pressure_cap = c->pressure_cap;
	if (c->floor_per_min > s->floor_per_min)
		s->floor_per_min = c->floor_per_min;
	if (last_of_profile(s))
		s->flags_asked = true;
	s->asked_sore |= strcmp(q->id, "sore") == 0;
	rating(s, q, c->value);
	if (c->breathe_s > 0)
		steps_breathe_on(s, c->breathe_s);
	if (c->say[0])
		speech_cue(s, c->say);
	if (c->stop != STOP_NONE || c->refuse) {
		s->stop = c->stop;
		if (c->stop != STOP_NONE)
			speech_urgent(s, stop_cue[c->stop]);
		machine_close(s, RESULT_STOPPED, 0);
		return;
	}
	/* the first one is agreed to; the others are about the person */
	if (q->when == ASK_PROFILE && s->asking.at == 0)
		speech_cue(s, "cue.profile");
	s->asking.at++;
	safety_put(s);
}

int safety_answer(struct session *s, const char *id, const char *value)
{
	if (!s->asking.standing)
		return -EINVAL;

	const struct question *q = s->asking.queue[s->asking.at];

	s->word_us = s->now_us;
	if (strcmp(q->id, id) != 0)
		return -EINVAL;
	for (size_t i = 0; i < q->n_choices; i++)
		if (strcmp(q->choices[i].value, value) == 0) {
			take(s, &q->choices[i]);
			return 0;
		}
	return -EINVAL;
}

void safety_timeout(struct session *s)
{
	const struct question *q = s->asking.queue[s->asking.at];
	char what[EVENT_ID_MAX];

	snprintf(what, sizeof(what), "unanswered %.30s", q->id);
	machine_decide(s, 15, what, FIGURES({"timeout_s", q->timeout_s}));
	if (q->unanswered >= 0) {
		take(s, &q->choices[q->unanswered]);
		return;
	}
	s->asking.standing = false;
	s->asking.at++;
	safety_put(s);
}

void safety_skip(struct session *s)
{
	if (s->asking.standing)
		safety_timeout(s);
}
