/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/air.h"

#include <stdio.h>
#include <string.h>

#include "tests/helpers/test.h"

static const uint8_t key[8] = STICK_KEY;

static void on_found(void *data, const struct sensor_found *f)
{
	struct air *a = data;
	size_t at = strlen(a->found);

	snprintf(a->found + at, sizeof(a->found) - at, "%s%s %u",
	         at ? ", " : "", f->uri, f->bpm);
}

void air_init(struct air *a)
{
	a->found[0] = '\0';
	a->listener = listener_of(&a->heard);
	a->listener.found = on_found;
	stick_init(&a->stick);
}

void air_begin(struct air *a, uint32_t wanted)
{
	ant_radio_init(&a->radio, &a->stick.port, &a->listener, key, wanted);
}

void air_run(struct air *a, double s)
{
	struct stick *stick = &a->stick;
	uint64_t until_us = stick->now_us + (uint64_t)(s * 1e6);
	struct ant_port_news news;
	uint64_t next_us, stick_us;

	for (;;) {
		while (stick->port.ops->next(&stick->port, &news) > 0) {
			a->heard.now_us = news.t_us;
			ant_radio_news(&a->radio, &news);
		}
		a->heard.now_us = stick->now_us;
		next_us = ant_radio_step(&a->radio, stick->now_us);
		if (stick->n_news > 0)
			continue;
		assert_true(next_us > stick->now_us);
		if (stick->now_us >= until_us)
			return;
		if (next_us > until_us)
			next_us = until_us;
		stick_us = stick_step(stick, stick->now_us);
		if (stick->n_news > 0)
			continue;
		stick_step(stick, stick_us < next_us ? stick_us : next_us);
	}
}

void air_settle(struct air *a)
{
	stick_add(&a->stick, 12345);
	air_begin(a, 12345);
	air_run(a, 10);
	assert_in_range(a->heard.beats, 7, 9);
	air_assert_last(a, SENSOR_CONNECTED, 0);
	stick_forget(&a->stick);
}

unsigned air_told(const struct air *a, enum sensor_state state, int error)
{
	unsigned n = 0;

	for (size_t i = 0; i < a->heard.n; i++) {
		const struct told *t = &a->heard.told[i];

		n += !t->is_beat && t->state == state && t->error == error;
	}
	return n;
}

void air_assert_last(const struct air *a, enum sensor_state state, int error)
{
	size_t i = a->heard.n;

	while (i > 0 && a->heard.told[i - 1].is_beat)
		i--;
	assert_true(i > 0);
	assert_int_equal(a->heard.told[i - 1].state, state);
	assert_int_equal(a->heard.told[i - 1].error, error);
}
