/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/lab/heart.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/sensor.h"

struct heart {
	struct sensor *sensor;
	uint64_t epoch_us;
	uint64_t step_us; /* when to step the sensor, on its own clock */

	struct heart_beat *ahead; /* oldest first */
	size_t n, room;
	bool gap;
	int error;
};

static uint16_t ticks_of(const struct beat *beat)
{
	double ticks = beat->rr_ticks
	                       ? beat->rr_ticks
	                       : rint(beat->rr_ms * BEAT_TICKS_PER_S / 1000);

	return (uint16_t)fmin(ticks, UINT16_MAX);
}

static int make_room(struct heart *h)
{
	size_t room = h->room ? 2 * h->room : 32;
	struct heart_beat *more;

	if (h->n < h->room)
		return 0;
	more = reallocarray(h->ahead, room, sizeof(*more));
	if (!more)
		return -ENOMEM;
	h->ahead = more;
	h->room = room;
	return 0;
}

static void on_beat(void *data, const struct beat *beat)
{
	struct heart *h = data;

	if (make_room(h) < 0) {
		h->error = -ENOMEM;
		return;
	}
	h->ahead[h->n++] = (struct heart_beat){
		.t_us = h->epoch_us + beat->t_us,
		.rr_ticks = ticks_of(beat),
		.after_gap = h->gap,
		.contact = beat->contact,
	};
	h->gap = false;
}

static void on_state(void *data, enum sensor_state state, int error)
{
	struct heart *h = data;

	(void)error;
	if (state == SENSOR_GAP || state == SENSOR_LOST)
		h->gap = true;
}

int heart_create(struct heart **ret, const char *uri, uint64_t epoch_us)
{
	const struct sensor_context context = {.realtime = true};
	struct sensor_listener listener = {.beat = on_beat, .state = on_state};
	struct heart *h;
	int r;

	if (!sensor_simulated(uri))
		return -EOPNOTSUPP;
	h = calloc(1, sizeof(*h));
	if (!h)
		return -ENOMEM;
	h->epoch_us = epoch_us;
	listener.data = h;
	r = sensor_create(&h->sensor, uri, &listener, &context);
	if (r < 0) {
		heart_destroy(h);
		return r;
	}
	*ret = h;
	return 0;
}

struct heart *heart_destroy(struct heart *h)
{
	if (h) {
		sensor_destroy(h->sensor);
		free(h->ahead);
		free(h);
	}
	return NULL;
}

static int look_ahead(struct heart *h, uint64_t now_us)
{
	uint64_t until_us = now_us - h->epoch_us + HEART_AHEAD_US;

	/* at each moment that it names, so that all askers see the same */
	while (h->error == 0 && h->step_us <= until_us) {
		uint64_t at_us = h->step_us;
		int r = sensor_step(h->sensor, at_us, &h->step_us);

		if (r < 0)
			h->error = r;
	}
	return h->error;
}

int heart_take(struct heart *h, uint64_t now_us, struct heart_beat *ret)
{
	int r;

	if (now_us < h->epoch_us)
		return 0;
	r = look_ahead(h, now_us);
	if (r < 0)
		return r;
	if (h->n == 0 || h->ahead[0].t_us > now_us)
		return 0;
	*ret = h->ahead[0];
	h->n--;
	memmove(h->ahead, h->ahead + 1, h->n * sizeof(h->ahead[0]));
	return 1;
}

uint64_t heart_next(const struct heart *h)
{
	if (h->n > 0)
		return h->ahead[0].t_us;
	if (h->step_us == UINT64_MAX)
		return UINT64_MAX;
	return h->epoch_us +
	       (h->step_us > HEART_AHEAD_US ? h->step_us - HEART_AHEAD_US : 0);
}

static const char *contact_name(enum beat_contact contact)
{
	switch (contact) {
	case BEAT_CONTACT_GOOD:
		return "skin";
	case BEAT_CONTACT_POOR:
		return "off";
	case BEAT_CONTACT_UNKNOWN:
		break;
	}
	return "unknown";
}

void heart_truth(FILE *truth, const struct heart_beat *beat, bool sent,
                 enum beat_contact contact)
{
	fprintf(truth, "%" PRIu64 " %u %s %s\n", beat->t_us, beat->rr_ticks,
	        sent ? "sent" : "away", contact_name(contact));
}
