/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/play.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "content/content.h"
#include "tests/helpers/test.h"

#define HEART_STEP_S 0.005
#define ECTOPIC_AT   0.6 /* of the interval that was due */

static void keep(struct play *p, const struct event *e)
{
	if (p->n == p->room) {
		p->room = p->room ? 2 * p->room : 4096;
		p->log = realloc(p->log, p->room * sizeof(*p->log));
		assert_non_null(p->log);
	}
	p->log[p->n++] = *e;
}

static void output(void *data, const struct event *e)
{
	struct play *p = data;

	keep(p, e);
	if (e->kind == EVENT_BREATH) {
		p->paced_period_s =
			e->breath.per_min > 0 ? 60.0 / e->breath.per_min : 0;
		p->paced_us = e->t_us;
	}
	if (e->kind == EVENT_STEP && e->step.begin) {
		int i = routine_step(p->routine, e->step.n);
		const struct technique *t =
			routine_technique(p->routine, &p->routine->steps[i]);

		p->hands_up = t && t->sig == SIG_POOR;
	}
}

struct play *play_create(int sessions)
{
	return play_create_of("tension_relief", sessions);
}

struct play *play_create_of(const char *routine, int sessions)
{
	struct play *p = calloc(1, sizeof(*p));
	struct content *content = NULL;
	struct error error = {""};

	assert_non_null(p);
	if (content_load(&content, "src/content", NULL, &error) < 0 ||
	    content_routine(content, routine, &p->routine, &error) < 0)
		fail_msg("%s", error.text);
	content_destroy(content);
	session_start_init(&p->start);
	p->start.routine = p->routine;
	p->start.profile.sessions = sessions;
	p->start.profile.flags_known = true;
	snprintf(p->start.sensor, sizeof(p->start.sensor), "test:");
	p->heart = (struct play_heart){
		.hr_bpm = 70,
		.rsa_bpm = 3,
		.own_per_min = 14,
		.follows = true,
		.contact = 2,
	};
	p->random = 1;
	return p;
}

void play_begin(struct play *p)
{
	struct session_listener l = {output, p};

	assert_int_equal(session_create(&p->session, &p->start, &l), 0);
	p->next_skip_s = p->heart.skip_s;
	p->next_ectopic_s = p->heart.ectopic_s;
}

void play_destroy(struct play *p)
{
	session_destroy(p->session);
	routine_destroy(p->routine);
	free(p->log);
	free(p);
}

static void input(struct play *p, struct event *e)
{
	while (session_next(p->session) <= p->now_us)
		assert_int_equal(
			session_tick(p->session, session_next(p->session)), 0);
	if (session_next(p->session) == UINT64_MAX)
		return;
	e->t_us = p->now_us;
	keep(p, e);
	assert_int_equal(session_step(p->session, e), 0);
}

static double rate_now(struct play *p, double t_s)
{
	const struct play_heart *h = &p->heart;
	bool paced = h->follows && p->paced_period_s > 0;
	double period = paced ? p->paced_period_s : 60.0 / h->own_per_min;
	double wave = h->rsa_bpm;

	if (h->rsa_slow_bpm > 0) /* grows with the period, 4 s to 10 s */
		wave += (h->rsa_slow_bpm - h->rsa_bpm) *
		        fmin(fmax((period - 4) / 6, 0), 1);
	p->breath_phase = paced ? (t_s - (double)p->paced_us / 1e6) / period
	                        : p->breath_phase + HEART_STEP_S / period;
	return h->hr_bpm + wave * sin(2 * M_PI * p->breath_phase) +
	       (p->hands_up ? h->hands_up_bpm : 0) +
	       (h->drift ? h->drift(t_s) : 0);
}

static void beat(struct play *p, double t_s)
{
	const struct play_heart *h = &p->heart;
	struct event e = {.kind = EVENT_BEAT};
	double rr = (t_s - p->last_beat_s) * 1000 +
	            h->noise_ms * (test_uniform(&p->random) * 2 - 1) * 1.732;
	bool first = p->last_beat_s == 0;

	if (h->skip_s > 0 && t_s >= p->next_skip_s) {
		p->next_skip_s += h->skip_s;
		return; /* the next interval is a double one */
	}
	p->last_beat_s = t_s;
	p->now_us = (uint64_t)(t_s * 1e6);
	if (h->silent || first)
		return;
	e.beat.rr_ticks = (uint32_t)lround(rr * 1.024);
	e.beat.contact = h->contact;
	e.beat.at_us = p->now_us;
	input(p, &e);
}

/* One small step of the heart: an integral pulse frequency modulator. */
static void heart_step(struct play *p)
{
	const struct play_heart *h = &p->heart;
	double t_s = (double)p->heart_us / 1e6;
	double due = 1;

	p->phase += rate_now(p, t_s) / 60 * HEART_STEP_S;
	p->heart_us += (uint64_t)(HEART_STEP_S * 1e6);
	if (h->ectopic_s > 0 && t_s >= p->next_ectopic_s && !p->early) {
		p->early = true;
		p->next_ectopic_s += h->ectopic_s;
	}
	if (p->early && !p->pause_due && p->phase >= ECTOPIC_AT) {
		beat(p, t_s + HEART_STEP_S);
		p->pause_due = true; /* and a compensatory pause */
		return;
	}
	if (p->phase < due)
		return;
	p->phase -= 1;
	if (p->pause_due) {
		p->pause_due = p->early = false;
		p->phase = 0;
		/* the sinus beat that the premature one replaced */
		return;
	}
	/* where within the step the beat fell */
	beat(p, t_s + HEART_STEP_S - p->phase * 60 / rate_now(p, t_s));
}

void play_until(struct play *p, double t_s)
{
	uint64_t end_us = (uint64_t)(t_s * 1e6);

	while (session_next(p->session) != UINT64_MAX && p->heart_us < end_us)
		if (session_next(p->session) <= p->heart_us) {
			p->now_us = session_next(p->session);
			assert_int_equal(session_tick(p->session, p->now_us),
			                 0);
		} else {
			heart_step(p);
		}
}

void play_to_step(struct play *p, int n)
{
	struct session_status st;

	for (double t = (double)p->heart_us / 1e6; t < 7200; t += 0.1) {
		session_status(p->session, &st);
		if (st.step_n == n)
			return;
		play_until(p, t + 0.1);
	}
	fail_msg("step %d never began", n);
}

const struct event *play_to_end(struct play *p)
{
	play_until(p, 7200);
	assert_true(session_next(p->session) == UINT64_MAX);
	return play_last(p, EVENT_END);
}

void play_word(struct play *p, enum event_word word)
{
	struct event e = {.kind = EVENT_COMMAND, .command.word = word};

	p->now_us = p->heart_us > p->now_us ? p->heart_us : p->now_us;
	input(p, &e);
}

void play_answer(struct play *p, const char *id, const char *value)
{
	struct event e = {.kind = EVENT_ANSWER};

	snprintf(e.answer.id, sizeof(e.answer.id), "%s", id);
	snprintf(e.answer.value, sizeof(e.answer.value), "%s", value);
	p->now_us = p->heart_us > p->now_us ? p->heart_us : p->now_us;
	input(p, &e);
}

void play_sensor(struct play *p, enum event_sensor state)
{
	struct event e = {.kind = EVENT_SENSOR, .sensor.state = state};

	p->now_us = p->heart_us > p->now_us ? p->heart_us : p->now_us;
	input(p, &e);
}

int play_decision(const struct play *p, int rule, const char *what, size_t from)
{
	for (size_t i = from; i < p->n; i++)
		if (p->log[i].kind == EVENT_DECISION &&
		    p->log[i].decision.rule == rule &&
		    (!what || strcmp(p->log[i].decision.what, what) == 0))
			return (int)i;
	return -1;
}

double play_figure(const struct play *p, int i, const char *key)
{
	for (size_t k = 0; k < p->log[i].decision.n; k++)
		if (strcmp(p->log[i].decision.because[k].key, key) == 0)
			return p->log[i].decision.because[k].value;
	return NAN;
}

int play_said(const struct play *p, const char *phrase, size_t from)
{
	for (size_t i = from; i < p->n; i++)
		if (p->log[i].kind == EVENT_SAY &&
		    strcmp(p->log[i].say.phrase, phrase) == 0)
			return (int)i;
	return -1;
}

const struct event *play_last(const struct play *p, enum event_kind kind)
{
	for (size_t i = p->n; i > 0; i--)
		if (p->log[i - 1].kind == kind)
			return &p->log[i - 1];
	return NULL;
}

size_t play_count(const struct play *p, enum event_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += p->log[i].kind == kind;
	return n;
}
