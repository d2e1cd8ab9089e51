/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "player/journal_beats.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct beats {
	struct rr_list list;
	size_t used, len;
	bool gap;
	struct journal_beats_error *error;
};

bool journal_beats_is(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && text[n] && strchr(" \t\r\n", text[n]))
		n++;
	return n < len && text[n] == '{';
}

static int take_start(struct beats *b, const char *line, size_t len)
{
	struct journal_start start;
	int r = journal_read_start(line, len, &start, &b->error->why);

	if (r < 0 && r != -EPROTO)
		return r;
	journal_start_finish(&start);
	return 0;
}

static int take_beat(struct beats *b, const struct event *e)
{
	const struct rr_interval interval = {.t_us = e->beat.at_us,
	                                     .rr_ms = e->beat.rr_ms,
	                                     .rr_ticks = e->beat.rr_ticks,
	                                     .gap = b->gap};

	if (!(e->beat.rr_ms > 0)) {
		snprintf(b->error->why.what, sizeof(b->error->why.what),
		         "rr_ms: expected an interval above 0");
		return -EBADMSG;
	}
	b->gap = false;
	return rr_list_beat(&b->list, interval, b->used, b->len);
}

static int take_event(struct beats *b, const char *line, size_t len)
{
	struct journal_event read;
	int r = journal_read(line, len, &read, &b->error->why);

	if (r < 0)
		return r;
	if (read.event.kind == EVENT_BEAT)
		r = take_beat(b, &read.event);
	else if (read.event.kind == EVENT_SUSPENDED)
		b->gap = true;
	else if (read.event.kind == EVENT_SENSOR)
		b->gap |= read.event.sensor.state == EVENT_SENSOR_GAP ||
		          read.event.sensor.state == EVENT_SENSOR_LOST ||
		          read.event.sensor.state == EVENT_SENSOR_SEARCHING;
	journal_event_finish(&read);
	return r;
}

static int take_lines(struct beats *b, const char *text)
{
	const char *at = text, *end = text + b->len;

	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((stop ? stop : end) - at);
		int r;

		b->used = (size_t)(at - text) + len;
		r = b->error->line++ == 0 ? take_start(b, at, len)
		                          : take_event(b, at, len);
		if (r < 0)
			return r;
		at = stop ? stop + 1 : end;
	}
	return 0;
}

int journal_beats_parse(const char *text, size_t len, struct rr *ret,
                        struct journal_beats_error *error)
{
	struct beats b = {.len = len, .error = error};
	int r;

	*error = (struct journal_beats_error){0};
	r = take_lines(&b, text);
	if (r == 0 && b.list.rr.n == 0)
		r = -ENODATA;
	if (r == -ENOMEM || r == -ENODATA) {
		error->line = 0;
		snprintf(error->why.what, sizeof(error->why.what), "%s",
		         r == -ENOMEM ? "out of memory"
		                      : "expected beats; there is none");
	}
	if (r < 0) {
		rr_finish(&b.list.rr);
		return r;
	}
	rr_from_zero(&b.list.rr);
	*ret = b.list.rr;
	return 0;
}
