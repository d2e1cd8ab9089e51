/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/capture_beats.h"

#include <errno.h>

int capture_beats_check(const char *text, size_t len, bool whole,
                        struct load_error *error)
{
	struct capture_count count;
	int r = capture_parse(text, len, &count, error);

	if (count.ant > 0 && count.ble > 0) {
		*error = (struct load_error){
			.reason = "expected packets of one strap; the capture "
				  "holds ble and ant"};
		return -EPROTONOSUPPORT;
	}
	/* What came before the damage can be played. */
	if (r < 0 && (whole || count.ble + count.ant == 0))
		return r;
	if (count.ble + count.ant == 0) {
		*error = (struct load_error){
			.reason = "expected packets; the capture holds none"};
		return -ENODATA;
	}
	return 0;
}

void capture_beats_play(const struct capture_entry *entry, uint64_t t_us,
                        struct strap *strap, struct ant_strap *ant)
{
	uint64_t next_us;

	strap->ms = entry->ms;
	strap_step(strap, t_us, &next_us);
	if (entry->kind == CAPTURE_BLE) {
		/* What cannot be decoded was told as a gap. */
		(void)strap_notify(strap, t_us, entry->bytes, entry->len);
		return;
	}
	if (entry->kind == CAPTURE_ANT) {
		if (!ant->strap)
			ant_strap_init(ant, strap);
		(void)ant_strap_notify(ant, t_us, entry->bytes, entry->len);
		return;
	}
	switch (entry->state) {
	case SENSOR_SEARCHING:
		strap_searching(strap);
		break;
	case SENSOR_CONNECTED:
		strap_connected(strap);
		break;
	case SENSOR_LOST:
		strap_lost(strap, 0);
		break;
	case SENSOR_NO_CONTACT: /* these two come out of the packets again */
	case SENSOR_GAP:
		break;
	}
}

struct beats {
	struct rr_list list;
	size_t used, len;
	bool gap;
	int r;
};

static void take_beat(void *data, const struct beat *beat)
{
	struct beats *b = data;
	const struct rr_interval interval = {.t_us = beat->t_us,
	                                     .rr_ms = beat->rr_ms,
	                                     .rr_ticks = beat->rr_ticks,
	                                     .gap = b->gap};

	b->gap = false;
	if (b->r == 0)
		b->r = rr_list_beat(&b->list, interval, b->used, b->len);
}

static void take_state(void *data, enum sensor_state state, int error)
{
	struct beats *b = data;

	(void)error;
	b->gap = b->gap || state == SENSOR_GAP || state == SENSOR_LOST ||
	         state == SENSOR_SEARCHING;
}

static int take_entries(struct beats *b, const char *text, size_t len,
                        struct load_error *error)
{
	const struct sensor_listener listener = {
		.beat = take_beat, .state = take_state, .data = b};
	struct capture_reader reader;
	struct capture_entry entry;
	struct ant_strap ant = {.strap = NULL};
	struct strap strap;
	int r = capture_begin(&reader, text, len, error);

	strap_init(&strap, &listener);
	while (r >= 0 && (r = capture_next(&reader, &entry, error)) > 0) {
		b->used = (size_t)(reader.at - text);
		capture_beats_play(&entry, entry.t_us, &strap, &ant);
		if (b->r < 0)
			return b->r;
	}
	return r;
}

int capture_beats_parse(const char *text, size_t len, struct rr *ret,
                        struct load_error *error)
{
	struct beats b = {.len = len};
	int r = capture_beats_check(text, len, true, error);

	if (r < 0)
		return r;
	*error = (struct load_error){.reason = "out of memory"};
	r = take_entries(&b, text, len, error);
	if (r == 0 && b.list.rr.n == 0) {
		*error = (struct load_error){
			.reason = "expected intervals; the packets hold none"};
		r = -ENODATA;
	}
	if (r < 0) {
		rr_finish(&b.list.rr);
		return r;
	}
	rr_from_zero(&b.list.rr);
	*ret = b.list.rr;
	return 0;
}
