/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/rr.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "drivers/room.h"
#include "drivers/rr_rows.h"
#include "drivers/scan.h"

/* Room for so many at first, and never for more than so many times what is
   there: what follows may be unlike it. */
#define LIST_FIRST    64
#define LIST_LEAP_MAX 4096

#define BEAT_APART_US 1000

void rr_finish(struct rr *rr)
{
	free(rr->intervals);
	*rr = (struct rr){0};
}

int rr_list_grow(struct rr_list *list, size_t used, size_t len)
{
	size_t n = list->rr.n, room = LIST_FIRST;
	struct rr_interval *more;

	if (n > 0) {
		/* a sixteenth more than it looks, or half of what there is */
		double like = (double)n * (double)len / (double)used * 17 / 16;

		room = (size_t)fmin(fmax(like, (double)n * 1.5),
		                    (double)n * LIST_LEAP_MAX);
	}
	more = room_grow(list->rr.intervals, n * sizeof(*more),
	                 room * sizeof(*more));
	if (!more)
		return -ENOMEM;
	list->rr.intervals = more;
	list->room = room;
	return 0;
}

int rr_list_beat(struct rr_list *list, struct rr_interval beat, size_t used,
                 size_t len)
{
	size_t n = list->rr.n;

	if (n == 0) {
		beat.gap = false;
	} else if (beat.t_us <= list->rr.intervals[n - 1].t_us) {
		beat.t_us = list->rr.intervals[n - 1].t_us + BEAT_APART_US;
		beat.gap = true;
	}
	return rr_list_add(list, &beat, used, len);
}

void rr_from_zero(struct rr *rr)
{
	uint64_t first_us, begin_us;

	if (rr->n == 0)
		return;
	begin_us = (uint64_t)llrint(rr->intervals[0].rr_ms * 1000);
	first_us = rr->intervals[0].t_us;
	for (size_t i = 0; i < rr->n; i++)
		rr->intervals[i].t_us += begin_us - first_us;
}

static int wrong_line(int found, unsigned line, struct load_error *error)
{
	error->line = line;
	if (found == -1)
		error->reason = "expected a number";
	else if (found == -2)
		error->reason = "expected a number in the second column";
	else
		error->reason = "expected an interval, or a time and an "
				"interval, and no more";
	return -EBADMSG;
}

static int take_lines(struct rr_rows *rows, const char *text, size_t len,
                      struct load_error *error)
{
	struct rr_row row = {.len = len};
	struct scan scan;
	double values[2];
	int n, r = 0;

	scan_begin(&scan, text, len);
	while (r == 0 && (n = scan_numbers(&scan, values)) != 0) {
		if (n < 0 || n > 2)
			return wrong_line(n, scan.line, error);
		row.line = scan.line;
		row.used = (size_t)(scan.at - text);
		row.timed = n == 2;
		row.time = values[0];
		row.rr = values[n - 1];
		r = rr_rows_add(rows, &row, error);
	}
	return r;
}

int rr_parse(const char *text, size_t len, struct rr *ret,
             struct load_error *error)
{
	struct rr_rows rows = {0};
	int r;

	*error = (struct load_error){.reason = "out of memory"};
	r = take_lines(&rows, text, len, error);
	if (r == 0)
		r = rr_rows_place(&rows, ret, error);
	rr_rows_finish(&rows);
	return r;
}
