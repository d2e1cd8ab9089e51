/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "player/player.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

struct player {
	struct session *session;
	uint64_t now_us;
	size_t n;
	struct player_listener listeners[];
};

static void tell(struct player *p, const struct event *event)
{
	for (size_t i = 0; i < p->n; i++)
		p->listeners[i].event(p->listeners[i].data, event);
}

static void take_output(void *data, const struct event *event)
{
	tell(data, event);
}

int player_create(struct player **ret, const struct session_start *start,
                  const struct player_listener *listeners, size_t n)
{
	struct session_listener listener = {.output = take_output};
	struct player *p = calloc(1, sizeof(*p) + n * sizeof(*listeners));
	int r;

	if (!p)
		return -ENOMEM;
	p->n = n;
	if (n > 0)
		memcpy(p->listeners, listeners, n * sizeof(*listeners));
	listener.data = p;
	r = session_create(&p->session, start, &listener);
	if (r < 0) {
		free(p);
		return r;
	}
	*ret = p;
	return 0;
}

struct player *player_destroy(struct player *p)
{
	if (p) {
		session_destroy(p->session);
		free(p);
	}
	return NULL;
}

void player_advance(struct player *p, uint64_t now_us)
{
	for (;;) {
		uint64_t next_us = session_next(p->session);
		int r;

		if (next_us > now_us || next_us == UINT64_MAX)
			break;
		r = session_tick(p->session, next_us);
		assert(r == 0);
		(void)r;
		if (next_us > p->now_us)
			p->now_us = next_us;
	}
	if (now_us > p->now_us)
		p->now_us = now_us;
}

uint64_t player_next(const struct player *p)
{
	return session_next(p->session);
}

bool player_ended(const struct player *p)
{
	return session_next(p->session) == UINT64_MAX;
}

int player_input(struct player *p, const struct event *input)
{
	struct event e = *input;

	if (!event_is_input(e.kind))
		return -EINVAL;
	player_advance(p, e.t_us);
	if (player_ended(p))
		return -EALREADY;
	e.t_us = p->now_us;
	tell(p, &e);
	return session_step(p->session, &e);
}

void player_beat(struct player *p, uint64_t now_us, const struct beat *beat,
                 uint64_t at_us)
{
	struct event e = {.t_us = now_us, .kind = EVENT_BEAT};

	/* a strap's ticks are what is kept, so that a replay has no other */
	e.beat.rr_ticks = beat->rr_ticks;
	e.beat.rr_ms = beat->rr_ticks > 0 ? beat_ticks_to_ms(beat->rr_ticks)
	                                  : beat->rr_ms;
	e.beat.contact = beat->contact;
	e.beat.at_us = at_us;
	(void)player_input(p, &e);
}

static enum event_sensor event_state(enum sensor_state state)
{
	switch (state) {
	case SENSOR_SEARCHING:
		return EVENT_SENSOR_SEARCHING;
	case SENSOR_CONNECTED:
		return EVENT_SENSOR_CONNECTED;
	case SENSOR_NO_CONTACT:
		return EVENT_SENSOR_NO_CONTACT;
	case SENSOR_GAP:
		return EVENT_SENSOR_GAP;
	case SENSOR_LOST:
		break;
	}
	return EVENT_SENSOR_LOST;
}

void player_sensor(struct player *p, uint64_t now_us, enum sensor_state state)
{
	struct event e = {
		.t_us = now_us,
		.kind = EVENT_SENSOR,
		.sensor.state = event_state(state),
	};

	(void)player_input(p, &e);
}

int player_word(struct player *p, uint64_t now_us, const char *word)
{
	struct event e = {.t_us = now_us, .kind = EVENT_COMMAND};
	int r = event_word_from(word, &e.command.word);

	return r < 0 ? r : player_input(p, &e);
}

static bool fits(const char *text, size_t size)
{
	if (strlen(text) >= size)
		return false;
	while (*text) {
		size_t n = utf8_length(text);

		if (n == 0)
			return false;
		text += n;
	}
	return true;
}

int player_answer(struct player *p, uint64_t now_us, const char *id,
                  const char *value)
{
	struct event e = {.t_us = now_us, .kind = EVENT_ANSWER};

	if (!fits(id, sizeof(e.answer.id)) ||
	    !fits(value, sizeof(e.answer.value)))
		return -EINVAL;
	strcpy(e.answer.id, id);
	strcpy(e.answer.value, value);
	return player_input(p, &e);
}

void player_suspended(struct player *p, uint64_t now_us, double seconds)
{
	struct event e = {
		.t_us = now_us,
		.kind = EVENT_SUSPENDED,
		.suspended.seconds = seconds,
	};

	(void)player_input(p, &e);
}

void player_status(const struct player *p, struct session_status *ret)
{
	session_status(p->session, ret);
}
