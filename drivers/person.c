/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/person.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/strap.h"

/* BlueZ needs a second or two to find and join a strap. */
#define CONNECT_S 2.0

/* Heard between two steps, which are a second apart at the most. */
#define HEARD_MAX 64

struct person {
	struct person_breath breath;
	struct person_heart heart;
	struct person_strap worn; /* what is sent... */
	struct strap strap;       /* ...and how it is received */

	bool started, connected;
	uint64_t zero_us;   /* our clock's 0 on the user's */
	uint64_t steps;     /* of the heart */
	uint64_t notify_us; /* the next one, our clock */
	unsigned lost;

	struct heard heard[HEARD_MAX]; /* oldest first */
	size_t n_heard;
};

static int parse_seed(const char *address, uint64_t *ret)
{
	uint64_t seed = 0;

	if (!*address)
		return -EINVAL;
	for (const char *c = address; *c; c++) {
		uint64_t digit = (uint64_t)(*c - '0');

		if (*c < '0' || *c > '9' || seed > (UINT64_MAX - digit) / 10)
			return -EINVAL;
		seed = seed * 10 + digit;
	}
	*ret = seed;
	return 0;
}

static uint64_t us_of(double s)
{
	return (uint64_t)llrint(s * 1e6);
}

static int person_open(struct sensor *s, const char *address)
{
	struct person *p;
	uint64_t seed;
	int r = parse_seed(address, &seed);

	if (r < 0)
		return r;
	p = calloc(1, sizeof(*p));
	if (!p)
		return -ENOMEM;
	s->data = p;
	person_breath_init(&p->breath, seed);
	person_heart_init(&p->heart, seed);
	person_strap_init(&p->worn, seed, CONNECT_S);
	p->notify_us = us_of(person_strap_next(&p->worn));
	strap_init(&p->strap, &s->listener);
	return 0;
}

static void person_close(struct sensor *s)
{
	free(s->data);
	s->data = NULL;
}

static void hear_until(struct person *p, double t_s)
{
	size_t n = 0;

	for (; n < p->n_heard; n++) {
		const struct heard *h = &p->heard[n];
		double at_s = h->t_us > p->zero_us
		                      ? (double)(h->t_us - p->zero_us) * 1e-6
		                      : 0;

		if (at_s > t_s)
			break;
		person_breath_hear(&p->breath, h, at_s);
		person_heart_hear(&p->heart, h->kind);
	}
	p->n_heard -= n;
	memmove(p->heard, p->heard + n, p->n_heard * sizeof(p->heard[0]));
}

static void live_until(struct person *p, double until_s)
{
	for (;;) {
		double t_s = (double)p->steps * PERSON_HEART_STEP_S, into_s;
		struct person_heart_breath breath;

		if (t_s + PERSON_HEART_STEP_S > until_s)
			return;
		if (p->n_heard > 0)
			hear_until(p, t_s);
		person_breath_step(&p->breath, t_s);
		breath.volume = person_breath_volume(&p->breath, t_s);
		breath.per_min = 60 / p->breath.period_s;
		breath.guided = person_breath_guided(&p->breath);
		breath.asleep = p->breath.asleep;
		if (person_heart_step(&p->heart, &breath, &into_s))
			person_strap_beat(&p->worn, t_s + into_s,
			                  p->heart.arms_up);
		p->steps++;
	}
}

static void notify(struct person *p)
{
	uint8_t bytes[PERSON_STRAP_BYTES_MAX];
	double t_s = (double)p->notify_us * 1e-6;
	size_t len;

	live_until(p, t_s);
	if (person_strap_notify(&p->worn, t_s, bytes, &len))
		(void)strap_notify(&p->strap, p->zero_us + p->notify_us, bytes,
		                   len); /* our own bytes are right */
	else
		p->lost++;
	p->notify_us = us_of(person_strap_next(&p->worn));
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static int person_step(struct sensor *s, uint64_t now_us, uint64_t *ret_next_us)
{
	struct person *p = s->data;
	uint64_t next_us = UINT64_MAX, connect_us;

	if (!p->started) {
		p->started = true;
		p->zero_us = now_us;
		strap_searching(&p->strap);
	}
	connect_us = p->zero_us + us_of(CONNECT_S);
	if (!p->connected && now_us >= connect_us) {
		p->connected = true;
		strap_connected(&p->strap);
	}
	while (p->zero_us + p->notify_us <= now_us)
		notify(p);
	strap_step(&p->strap, now_us, &next_us);
	next_us = least(next_us, p->zero_us + p->notify_us);
	*ret_next_us = p->connected ? next_us : least(next_us, connect_us);
	return 0;
}

static void person_hear(struct sensor *s, const struct heard *heard)
{
	struct person *p = s->data;

	if (p->n_heard == HEARD_MAX) /* nobody remembers that much */
		memmove(p->heard, p->heard + 1,
		        --p->n_heard * sizeof(p->heard[0]));
	p->heard[p->n_heard++] = *heard;
}

void person_truth(const struct sensor *s, struct person_truth *ret)
{
	const struct person *p = s->data;

	assert(s->driver == &person_driver);
	*ret = (struct person_truth){
		.breath_begun_s = p->breath.begun_s,
		.breath_s = p->breath.period_s,
		.following = p->breath.following,
		.hr_bpm = p->heart.rate_bpm,
		.beat_bpm = 60000 / p->heart.period_ms,
		.hands_bpm = p->heart.hands_felt_bpm,
		.arousal_bpm = p->heart.arousal_felt_bpm,
		.resonance_per_min = p->heart.is.resonance_per_min,
		.own_per_min = 60 / p->breath.is.own_s,
		.latency_s = p->worn.is.latency_s,
		.lost = p->lost,
		.wrong = p->worn.wrong,
	};
}

void person_traits(const struct sensor *s, struct person_traits *ret)
{
	const struct person *p = s->data;

	assert(s->driver == &person_driver);
	ret->heart = p->heart.is;
	ret->breath = p->breath.is;
	ret->strap = p->worn.is;
}

void person_become(struct sensor *s, const struct person_traits *traits)
{
	struct person *p = s->data;

	assert(s->driver == &person_driver && !p->started);
	person_heart_become(&p->heart, &traits->heart);
	person_breath_become(&p->breath, &traits->breath);
	person_strap_become(&p->worn, &traits->strap);
}

const struct sensor_driver person_driver = {
	.name = "person",
	.open = person_open,
	.close = person_close,
	.step = person_step,
	.hear = person_hear,
};
