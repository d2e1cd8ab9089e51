/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_HELPERS_LISTENER_H
#define LULL_TESTS_HELPERS_LISTENER_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "drivers/sensor.h"
#include "tests/helpers/test.h"

/** One thing that a sensor told, in order. */
struct told {
	bool is_beat;
	struct beat beat;
	enum sensor_state state;
	int error;
	uint64_t now_us; /**< the step that told it */
};

/** A listener that writes down what it hears. */
struct listener {
	struct told told[20000];
	size_t n, beats, packets;
	uint64_t now_us;
	uint64_t hash; /**< FNV-1a of all packets with their times */
};

static inline struct told *listener_note(struct listener *l)
{
	assert_true(l->n < sizeof(l->told) / sizeof(l->told[0]));
	l->told[l->n] = (struct told){.now_us = l->now_us};
	return &l->told[l->n++];
}

static inline void listener_beat(void *data, const struct beat *beat)
{
	struct listener *l = data;
	struct told *t = listener_note(l);

	t->is_beat = true;
	t->beat = *beat;
	l->beats++;
}

static inline void listener_state(void *data, enum sensor_state state,
                                  int error)
{
	struct told *t = listener_note(data);

	t->state = state;
	t->error = error;
}

static inline void listener_hash(struct listener *l, const void *data,
                                 size_t len)
{
	const uint8_t *bytes = data;

	for (size_t i = 0; i < len; i++)
		l->hash = (l->hash ^ bytes[i]) * UINT64_C(0x100000001b3);
}

static inline void listener_packet(void *data,
                                   const struct sensor_packet *packet)
{
	struct listener *l = data;

	l->packets++;
	listener_hash(l, &packet->t_us, sizeof(packet->t_us));
	listener_hash(l, packet->bytes, packet->len);
}

static inline struct sensor_listener listener_of(struct listener *l)
{
	memset(l, 0, sizeof(*l));
	return (struct sensor_listener){
		.beat = listener_beat,
		.state = listener_state,
		.packet = listener_packet,
		.data = l,
	};
}

/** listener_line() - all of it as text: states by name, beats by their RR. */
static inline const char *listener_line(const struct listener *l)
{
	static char line[4096];
	size_t at = 0;

	line[0] = '\0';
	for (size_t i = 0; i < l->n && at < sizeof(line) - 32; i++) {
		const struct told *t = &l->told[i];

		if (i > 0)
			line[at++] = ' ';
		at += (size_t)(t->is_beat
		                       ? snprintf(line + at, 32, "%.0f",
		                                  t->beat.rr_ms)
		                       : snprintf(line + at, 32, "%s",
		                                  sensor_state_name(t->state)));
	}
	return line;
}

/** listener_run() - step a sensor on a simulated clock until it needs no more
 * or @until_us. Return: the time of the last step. */
static inline uint64_t listener_run(struct listener *l, struct sensor *s,
                                    uint64_t from_us, uint64_t until_us)
{
	uint64_t next_us = from_us;

	while (next_us <= until_us) {
		l->now_us = next_us;
		assert_int_equal(sensor_step(s, next_us, &next_us), 0);
		assert_true(next_us > l->now_us);
	}
	return l->now_us;
}

#endif
