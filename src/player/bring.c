/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "player/bring.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/date.h"
#include "player/recorder.h"

/* Of one machine from those of another. */
#define CLOCKS_DIFFER_S 3600

struct bring {
	struct store_bring *to;
	struct journal_start start;
	int64_t now_s;
	bool ended;
	struct journal_beats_error *error;
};

static int take_event(struct bring *b, const char *line, size_t len)
{
	struct journal_event read;
	struct writer_event row;
	int r = journal_read(line, len, &read, &b->error->why);

	if (r < 0)
		return r;
	row = recorder_row(&b->start.start, &read.event, line);
	r = store_bring_event(b->to, &row);
	if (r == 0 && read.event.kind == EVENT_END && !b->ended) {
		const struct writer_end end = recorder_row_end(&read.event);

		b->ended = true;
		r = store_bring_end(b->to, &end);
	}
	journal_event_finish(&read);
	return r;
}

/* Lines are cut in place. */
static int take_events(struct bring *b, char *at, char *end)
{
	int r = 0;

	while (r == 0 && at < end) {
		char *stop = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((stop ? stop : end) - at);

		at[len] = '\0';
		b->error->line++;
		r = b->ended ? -EBADMSG : take_event(b, at, len);
		at += len + 1;
	}
	if (r == -EBADMSG && b->ended && !b->error->why.what[0])
		snprintf(b->error->why.what, sizeof(b->error->why.what),
		         "expected nothing behind the session's end");
	return r;
}

static int end_cut_off(struct bring *b)
{
	const struct writer_end end = {
		.result = "interrupted",
		.stop = "",
		.hr_before = NAN,
		.hr_after = NAN,
		.rmssd_before = NAN,
		.rmssd_after = NAN,
		.headache_before = NAN,
		.headache_after = NAN,
		.tension_before = NAN,
		.tension_after = NAN,
	};

	return b->ended ? 0 : store_bring_end(b->to, &end);
}

static int check_start(struct bring *b)
{
	struct journal_error *why = &b->error->why;
	const char *start = b->start.start.start;
	int64_t start_s;

	if (date_read(start, &start_s) < 0)
		snprintf(why->what, sizeof(why->what),
		         "start: %.40s: expected a day and time of the "
		         "calendar, as 2026-11-22T21:05:00+01:00",
		         start);
	else if (start_s > b->now_s + CLOCKS_DIFFER_S)
		snprintf(why->what, sizeof(why->what),
		         "start: %.40s: that is yet to come", start);
	else
		return 0;
	return -EBADMSG;
}

static int take_lines(struct bring *b, char *text, size_t len, int64_t *ret_id)
{
	char *end = text + len;
	char *stop = memchr(text, '\n', len);
	size_t first = stop ? (size_t)(stop - text) : len;
	struct writer_begin begin;
	int r;

	text[first] = '\0';
	b->error->line = 1;
	r = journal_read_start(text, first, &b->start, &b->error->why);
	if (r < 0 && r != -EPROTO)
		return r;
	begin = recorder_row_begin(&b->start.start, text);
	r = check_start(b);
	if (r == 0)
		r = store_bring_begin(b->to, &begin, ret_id);
	if (r == 0) {
		r = take_events(b, stop ? stop + 1 : end, end);
		if (r == 0)
			r = end_cut_off(b);
		if (r < 0)
			store_bring_drop(b->to);
	}
	journal_start_finish(&b->start);
	return r;
}

int bring_session(struct store_bring *to, const char *text, size_t len,
                  int64_t now_s, int64_t *ret_id,
                  struct journal_beats_error *error)
{
	struct bring b = {.to = to, .now_s = now_s, .error = error};
	char *copy = malloc(len + 1);
	int r;

	if (!copy)
		return -ENOMEM;
	memcpy(copy, text, len);
	copy[len] = '\0';
	*error = (struct journal_beats_error){0};
	r = take_lines(&b, copy, len, ret_id);
	free(copy);
	return r;
}

/* A person's clock, in this machine's zone, as Unix time. */
static int64_t place_local(int64_t s)
{
	time_t t = (time_t)s;
	struct tm tm;

	gmtime_r(&t, &tm);
	tm.tm_isdst = -1;
	return mktime(&tm);
}

int bring_start(const struct rr_start *start, int64_t now_s, char *ret,
                size_t len)
{
	int64_t s = start->ms / 1000;

	*ret = '\0';
	if (start->clock == RR_CLOCK_NONE)
		return 0;
	if (start->clock == RR_CLOCK_LOCAL)
		s = place_local(s);
	if (s > now_s + CLOCKS_DIFFER_S)
		return -ERANGE;
	if (start->clock == RR_CLOCK_OFFSET)
		date_offset(s, start->offset_min, ret, len);
	else
		date_local(s, ret, len);
	return 0;
}

int bring_recording(struct store_bring *b, const struct rr *rr,
                    const char *name, const char *format, const char *start,
                    int64_t *ret_id)
{
	struct store_beat *beats = calloc(rr->n + 1, sizeof(*beats));
	const struct store_recording recording = {.start = start,
	                                          .name = name,
	                                          .format = format,
	                                          .beats = beats,
	                                          .n = rr->n};
	int r;

	if (!beats)
		return -ENOMEM;
	for (size_t i = 0; i < rr->n; i++) {
		const struct rr_interval *at = &rr->intervals[i];

		beats[i] = (struct store_beat){at->t_us, at->rr_ms,
		                               at->rr_ticks, at->gap};
	}
	r = store_bring_recording(b, &recording, ret_id);
	free(beats);
	return r;
}
