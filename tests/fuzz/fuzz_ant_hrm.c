/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "drivers/ant_strap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct ear {
	uint64_t last_us;
};

static void take_beat(void *data, const struct beat *beat)
{
	struct ear *ear = data;

	if (beat->t_us <= ear->last_us || !(beat->rr_ms > 0) ||
	    beat->rr_ticks == 0)
		abort();
	ear->last_us = beat->t_us;
}

static void take_state(void *data, enum sensor_state state, int error)
{
	(void)data;
	if (error > 0 || state > SENSOR_LOST)
		abort();
}

/* No two intervals of one payload, and none at all of a hole without page 4.
 */
static void check(const struct ant_hrm_news *news)
{
	if (news->n > 2 || (news->n == 2 && news->hole) ||
	    (news->n > 0 && news->computed) ||
	    (news->missing > 0 && !news->hole) ||
	    news->missing > ANT_HRM_MISSING_MAX)
		abort();
	for (size_t i = 0; i < news->n; i++)
		if (news->rr_ticks[i] == 0)
			abort();
}

/* Messages one after the other: a time step, then a payload of 8 bytes, or an
   event where the step is odd and 15 s or longer; each from a copy of its exact
   size. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ear ear = {.last_us = 0};
	const struct sensor_listener listener = {
		.beat = take_beat, .state = take_state, .data = &ear};
	struct ant_hrm hrm = {.primed = false};
	struct ant_strap ant;
	struct strap strap;
	uint64_t t_us = 0;

	strap_init(&strap, &listener);
	ant_strap_init(&ant, &strap);
	for (; size >= 9; data += 9, size -= 9) {
		uint8_t frame[ANT_LINK_FRAME_MAX], message[9] = {0};
		bool event = data[0] > 240 && data[0] & 1;
		struct ant_hrm_news news;
		size_t n;
		uint8_t *copy;

		t_us += (uint64_t)data[0] * 62500;
		memcpy(message + 1, data + 1, 8);
		if (event)
			message[1] = 1;
		news = ant_hrm_take(&hrm, t_us, data + 1);
		check(&news);
		n = ant_link_compose(frame,
		                     event ? ANT_RESPONSE : ANT_BROADCAST,
		                     message, event ? 3 : 9);
		copy = malloc(n);
		if (!copy)
			return 0;
		memcpy(copy, frame, n);
		(void)ant_strap_notify(&ant, t_us, copy, n);
		free(copy);
	}
	return 0;
}
