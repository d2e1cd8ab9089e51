/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/ant_heart.h"

#include <string.h>

#include "drivers/ant_hrm.h"

void ant_heart_init(struct ant_heart *h)
{
	*h = (struct ant_heart){.rr_s = 1, .pages = true};
}

static unsigned ticks(double s)
{
	return (unsigned)(uint64_t)(s * 1024 + 0.5) & 0xffff;
}

void ant_heart_next(struct ant_heart *h, uint8_t ret[8])
{
	unsigned event, before;

	h->now_s += ANT_HRM_PERIOD_US * 1e-6;
	while (h->beat_s + h->rr_s <= h->now_s) {
		h->before_s = h->beat_s;
		h->beat_s += h->rr_s;
		h->beats++;
	}
	event = ticks(h->beat_s);
	before = ticks(h->before_s);
	memcpy(ret, (uint8_t[]){0, 0xff, 0xff, 0xff}, 4);
	if (h->pages) {
		ret[0] = (uint8_t)(4 | (h->messages / 4 % 2) << 7);
		ret[2] = (uint8_t)before;
		ret[3] = (uint8_t)(before >> 8);
	}
	h->messages++;
	ret[4] = (uint8_t)event;
	ret[5] = (uint8_t)(event >> 8);
	ret[6] = (uint8_t)h->beats;
	ret[7] = (uint8_t)(60 / h->rr_s);
}

void ant_heart_drop(struct ant_heart *h, unsigned messages)
{
	uint8_t payload[8];

	while (messages-- > 0)
		ant_heart_next(h, payload);
}

uint64_t ant_heart_us(const struct ant_heart *h)
{
	return (uint64_t)(h->now_s * 1e6);
}
