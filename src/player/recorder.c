/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "player/recorder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "drivers/sensor.h"
#include "player/journal.h"
#include "signal/beat.h"

static void fail(struct recorder *r, int error)
{
	if (r->error == 0)
		r->error = error;
}

static void put_line(struct recorder *r, const char *line)
{
	if (!r->file)
		return;
	errno = EIO;
	if (fputs(line, r->file) < 0 || fputc('\n', r->file) == EOF)
		fail(r, -errno);
}

struct writer_begin recorder_row_begin(const struct session_start *start,
                                       const char *line)
{
	return (struct writer_begin){
		.start = start->start,
		.routine = start->routine->id,
		.sensor = start->sensor,
		/* by the clock alone there is no heart either */
		.simulated =
			!start->sensor[0] || sensor_simulated(start->sensor),
		.line = line,
	};
}

int recorder_begin(struct recorder *r, const struct session_start *start)
{
	struct writer_begin begin;
	char *line;
	int result = journal_write_start(start, &line);

	if (result < 0)
		return result;
	r->start = start;
	put_line(r, line);
	begin = recorder_row_begin(start, line);
	result = r->writer ? writer_begin(r->writer, &begin) : 0;
	free(line);
	return r->error < 0 ? r->error : result;
}

/* Is this the end of a whole technique, both sides of it? */
static bool technique_done(const struct session_start *start,
                           const struct event *e)
{
	const struct routine *routine = start->routine;

	if (e->step.begin)
		return false;
	for (size_t i = 0; i < routine->n_techniques; i++) {
		const struct technique *t = &routine->techniques[i];

		if (strcmp(t->id, e->step.technique) == 0)
			return !t->each_side ||
			       e->step.side == start->profile.worse_side;
	}
	return false;
}

struct writer_event recorder_row(const struct session_start *start,
                                 const struct event *e, const char *line)
{
	struct writer_event row = {
		.t_us = e->t_us,
		.kind = event_kind_name(e->kind),
		.line = line,
		.row = ROW_EVENT,
	};

	if (e->kind == EVENT_BEAT) {
		row.row = ROW_BEAT;
		row.at_us = e->beat.at_us;
		row.rr_ms = e->beat.rr_ms;
	} else if (e->kind == EVENT_BEAT_CLASS) {
		row.row = ROW_BEAT_CLASS;
		row.class_ = event_class_name(e->beat_class.class_);
	} else if (e->kind == EVENT_STEP && technique_done(start, e)) {
		row.row = ROW_TECHNIQUE;
		row.technique = e->step.technique;
	}
	return row;
}

struct writer_end recorder_row_end(const struct event *e)
{
	return (struct writer_end){
		.result = event_result_name(e->end.result),
		.stop = e->end.stop == STOP_NONE ? ""
	                                         : event_stop_name(e->end.stop),
		.rule = e->end.rule,
		.hr_before = e->end.before.hr_bpm,
		.hr_after = e->end.after.hr_bpm,
		.rmssd_before = e->end.before.rmssd_ms,
		.rmssd_after = e->end.after.rmssd_ms,
		.headache_before = e->end.headache_before,
		.headache_after = e->end.headache_after,
		.tension_before = e->end.tension_before,
		.tension_after = e->end.tension_after,
	};
}

/* A full queue is counted by the writer itself. */
static void put_rows(struct recorder *r, const struct event *e,
                     const char *line)
{
	const struct writer_event row = recorder_row(r->start, e, line);

	(void)writer_event(r->writer, &row);
	if (e->kind == EVENT_END) {
		const struct writer_end end = recorder_row_end(e);

		(void)writer_end(r->writer, &end);
	}
}

void recorder_event(void *data, const struct event *event)
{
	struct recorder *r = data;
	char *line;
	int result = journal_write(event, &line);

	if (result < 0) {
		fail(r, result);
		return;
	}
	log_line(LOG_LEVEL_DEBUG, "event %s", line);
	put_line(r, line);
	if (r->writer)
		put_rows(r, event, line);
	free(line);
}
