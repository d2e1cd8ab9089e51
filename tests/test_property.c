/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whatever comes, in whichever order: sessions under random persons, words,
 * answers, sensors and suspends, and what must hold at each of their steps.
 * LULL_STEPS=1000000 makes it so many; the seeds are printed.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "content/content.h"
#include "session/machine.h"
#include "tests/helpers/test.h"

#define STEPS       60000 /* of `make check` */
#define INPUTS_MAX  20000
#define AT_ONCE_MAX 1000 /* ticks that may be due at one moment */
#define STOP_US     UINT64_C(2000000)

struct run {
	struct session *session;
	const struct routine *routine;
	uint64_t random, now_us, last_us;
	double rr_ms;
	bool silent;
	/* what must hold */
	uint64_t free_us; /* the last phrase is over */
	bool may_cut;     /* a word, an answer or a rule for safety came */
	bool ended;
	struct event end;
	double played_s;
	uint64_t hash;
	size_t outputs;
	/* for the replay */
	struct event *inputs;
	size_t n_inputs;
};

static void mix(struct run *r, const void *data, size_t len)
{
	const unsigned char *at = data;

	for (size_t i = 0; i < len; i++)
		r->hash = (r->hash ^ at[i]) * UINT64_C(1099511628211);
}

static void hash_event(struct run *r, const struct event *e)
{
	mix(r, &e->kind, sizeof(e->kind));
	mix(r, &e->t_us, sizeof(e->t_us));
	if (e->kind == EVENT_ESTIMATE)
		mix(r, &e->estimate.hr_bpm, 12 * sizeof(double));
	if (e->kind == EVENT_BREATH)
		mix(r, &e->breath.per_min, sizeof(double));
	if (e->kind == EVENT_SAY)
		mix(r, e->say.phrase, strlen(e->say.phrase));
	if (e->kind == EVENT_DECISION) {
		mix(r, e->decision.what, strlen(e->decision.what));
		for (size_t i = 0; i < e->decision.n; i++)
			mix(r, &e->decision.because[i].value, sizeof(double));
	}
}

static uint64_t length_us(const struct run *r, const struct event *e)
{
	const struct phrase *p = routine_phrase(r->routine, e->say.phrase);
	enum variant v;
	const char *text;

	if (!p || variant_from(e->say.variant, &v) < 0)
		return 0;
	text = phrase_text(p, v, e->say.wording);
	assert_non_null(text);
	return strlen(text) * UINT64_C(65000);
}

static void output(void *data, const struct event *e)
{
	struct run *r = data;

	assert_true(e->t_us >= r->last_us); /* time never runs backwards */
	r->last_us = e->t_us;
	r->outputs++;
	hash_event(r, e);
	if (e->kind == EVENT_DECISION &&
	    (e->decision.rule == 12 || e->decision.rule == 15))
		r->may_cut = true;
	if (e->kind == EVENT_SAY) { /* no phrase over another */
		assert_true(e->t_us >= r->free_us || r->may_cut);
		r->free_us = e->t_us + length_us(r, e);
		r->may_cut = false;
	}
	if (e->kind == EVENT_END) {
		r->ended = true;
		r->end = *e;
	}
}

static void start_random(struct run *r, struct session_start *s)
{
	uint64_t *x = &r->random;

	session_start_init(s);
	s->routine = r->routine;
	s->seed = test_random(x);
	s->settings.ask = test_random(x) % 2;
	s->profile.flags_known = test_random(x) % 2;
	s->profile.flags =
		(uint32_t)(test_random(x) & test_random(x) & test_random(x)) &
		((UINT32_C(1) << FLAGS) - 1);
	s->profile.sessions = (int)(test_random(x) % 6);
	if (test_random(x) % 2)
		s->profile.resonance_per_min = 4.5 + 2 * test_uniform(x);
	for (; s->profile.n_firm < test_random(x) % 3; s->profile.n_firm++) {
		struct session_firm *f = &s->profile.firm[s->profile.n_firm];

		snprintf(f->area, sizeof(f->area), "%s",
		         s->profile.n_firm ? "shoulder" : "skull_base");
		f->hours = test_uniform(x) * 48;
	}
	if (test_random(x) % 8)
		snprintf(s->sensor, sizeof(s->sensor), "test:");
}

static void step(struct run *r, struct event *e)
{
	struct event *kept = &r->inputs[r->n_inputs];
	int result;

	e->t_us = r->now_us;
	result = session_step(r->session, e);
	/* answers that are none are refused, and nothing happens */
	assert_true(result == 0 || e->kind == EVENT_ANSWER);
	if (r->n_inputs < INPUTS_MAX) {
		*kept = *e;
		r->n_inputs++;
	}
}

static void beat(struct run *r)
{
	uint64_t *x = &r->random;
	struct event e = {.kind = EVENT_BEAT};

	r->rr_ms =
		fmin(fmax(r->rr_ms + (test_uniform(x) - 0.5) * 60, 350), 1500);
	e.beat.rr_ms = test_random(x) % 50 ? r->rr_ms : r->rr_ms * 0.6;
	e.beat.contact = (int)(test_random(x) % 3);
	e.beat.at_us = r->now_us;
	step(r, &e);
}

static void answer(struct run *r)
{
	struct session_status st;
	struct event e = {.kind = EVENT_ANSWER};
	const struct question *q;

	session_status(r->session, &st);
	q = st.question ? routine_question(r->routine, st.question) : NULL;
	if (!q)
		return;
	r->may_cut = true;
	snprintf(e.answer.id, sizeof(e.answer.id), "%s", q->id);
	/* the last is "no" for most: else few get beyond the gate */
	snprintf(e.answer.value, sizeof(e.answer.value), "%s",
	         q->choices[test_random(&r->random) % 30
	                            ? (strcmp(q->id, "known") == 0 ||
	                                               strcmp(q->id,
	                                                      "accept") == 0
	                                       ? 0
	                                       : q->n_choices - 1)
	                            : 0]
	                 .value);
	step(r, &e);
}

static void other(struct run *r)
{
	uint64_t *x = &r->random;
	struct event e = {0};

	switch (test_random(x) % 8) {
	case 0:
		e.kind = EVENT_SENSOR;
		e.sensor.state =
			(enum event_sensor)(test_random(x) % EVENT_SENSORS);
		break;
	case 1:
		e.kind = EVENT_SUSPENDED;
		e.suspended.seconds = test_uniform(x) * 700;
		break;
	case 2:
		r->silent = !r->silent;
		return;
	default: /* stop comes last in the enum, and is tested by itself */
		e.kind = EVENT_COMMAND;
		e.command.word = (enum event_word)(test_random(x) % WORD_STOP);
		r->may_cut = true;
		break;
	}
	step(r, &e);
}

/* All that is due until @to_us. Return: ticks. */
static size_t ticks(struct run *r, uint64_t to_us)
{
	uint64_t at = 0;
	size_t n = 0, at_once = 0;

	while (session_next(r->session) <= to_us) {
		uint64_t next = session_next(r->session);

		at_once = next == at ? at_once + 1 : 0;
		assert_true(at_once < AT_ONCE_MAX); /* it never hangs */
		at = next;
		assert_int_equal(session_tick(r->session, next), 0);
		n++;
	}
	return n;
}

static void stop_at_once(struct run *r)
{
	struct event e = {.kind = EVENT_COMMAND, .command.word = WORD_STOP};

	step(r, &e);
	assert_true(r->ended);
	assert_true(r->end.t_us <= r->now_us + STOP_US);
	assert_true(session_next(r->session) == UINT64_MAX);
}

static void check_end(const struct run *r)
{
	const struct session *s = r->session;
	/* R13; in an attack what ended sooner by a rule is whole, too */
	double least = r->end.end.result == RESULT_COMPLETED && !r->end.end.rule
	                       ? 0.8 * s->nominal_s
	                       : 0;

	if (least > 0 && s->short_rule &&
	    s->nominal_s >= 0.8 * r->routine->total_s)
		least = 0.8 * r->routine->total_s;

	assert_true(s->played_s >= least - 0.01);
	assert_true(s->played_s <= 1.25 * r->routine->total_s + 60);
}

/* One session to its end, or until it is stopped. Return: steps. */
static size_t play(struct run *r, const struct session_start *start, bool stop)
{
	struct session_listener l = {output, r};
	uint64_t stop_us = (uint64_t)(test_uniform(&r->random) * 1.2e9);
	size_t n = 0;

	assert_int_equal(session_create(&r->session, start, &l), 0);
	while (!r->ended && r->n_inputs < INPUTS_MAX) {
		r->now_us += (uint64_t)(r->rr_ms * 1000);
		n += ticks(r, r->now_us) + 1;
		if (r->ended)
			break;
		if (stop && r->now_us >= stop_us)
			stop_at_once(r);
		else if (test_random(&r->random) % 4 == 0)
			answer(r);
		else if (test_random(&r->random) % 150 == 0)
			other(r);
		else if (!r->silent)
			beat(r);
	}
	if (r->ended)
		check_end(r);
	return n;
}

static void replay(const struct run *r, const struct session_start *start)
{
	struct run again = {.routine = r->routine};
	struct session_listener l = {output, &again};

	again.may_cut = true;
	assert_int_equal(session_create(&again.session, start, &l), 0);
	for (size_t i = 0; i < r->n_inputs && !again.ended; i++) {
		(void)ticks(&again, r->inputs[i].t_us);
		if (again.ended)
			break;
		again.may_cut = true; /* seen the first time */
		(void)session_step(again.session, &r->inputs[i]);
	}
	if (!again.ended)
		(void)ticks(&again, r->last_us);
	assert_int_equal(again.outputs, r->outputs);
	assert_true(again.hash == r->hash);
	session_destroy(again.session);
}

static size_t one(const struct routine *routine, uint64_t seed)
{
	struct run r = {.routine = routine, .random = seed, .rr_ms = 850};
	struct session_start start;
	size_t n;

	r.inputs = calloc(INPUTS_MAX + 1, sizeof(*r.inputs));
	assert_non_null(r.inputs);
	start_random(&r, &start);
	n = play(&r, &start, seed % 3 == 0);
	replay(&r, &start);
	session_destroy(r.session);
	free(r.inputs);
	return n;
}

static void whatever_comes_all_that_must_hold_does(void **state)
{
	const char *want = getenv("LULL_STEPS");
	size_t steps = want ? strtoul(want, NULL, 10) : STEPS, n = 0;
	const struct content_entry *entries;
	struct content *content = NULL;
	struct error error = {""};
	uint64_t seed = 1;
	size_t routines;

	(void)state;
	if (content_load(&content, "src/content", NULL, &error) < 0)
		fail_msg("%s", error.text);
	routines = content_routines(content, &entries);
	for (; n < steps; seed++) {
		struct routine *routine;

		assert_int_equal(content_routine(content,
		                                 entries[seed % routines].id,
		                                 &routine, &error),
		                 0);
		n += one(routine, seed);
		routine_destroy(routine);
	}
	print_message("%zu steps, seeds 1 to %llu\n", n,
	              (unsigned long long)seed - 1);
	content_destroy(content);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whatever_comes_all_that_must_hold_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
