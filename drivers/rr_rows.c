/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/rr_rows.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "drivers/arrival.h"
#include "drivers/room.h"

/* A column of times counts as times of beats if it is within this of the
   intervals for most of them: files round to 1 ms or to 10. */
#define EXACT_MS 25.0

/* Arrivals this close came in one packet. */
#define TOGETHER_MS 5.0

/* Longer than the interval by this share: a beat is missing between. */
#define MISSING_RR 0.5

/* No recording is longer than a year, in whichever unit. */
#define TIME_MAX 3.2e10

static int fail(struct load_error *error, unsigned line, const char *reason)
{
	*error = (struct load_error){.line = line, .reason = reason};
	return -EBADMSG;
}

static bool is_interval(double ms)
{
	return ms >= RR_MS_MIN && ms <= RR_MS_MAX;
}

/* No interval in the unit so far. The first that is one in either sets it. */
static int check_unit(struct rr_rows *rows, const struct rr_row *row,
                      struct load_error *error)
{
	bool ms = is_interval(row->rr), s = is_interval(row->rr * 1000);

	if (rows->scale == 0 && (ms || s)) {
		rows->scale = ms ? 1 : 1000;
		return 0;
	}
	if (rows->scale == 0 || !(row->rr > 0))
		return fail(error, row->line,
		            "expected an interval of 200 to 10000 ms, "
		            "or of 0.2 to 10 s");
	if (rows->scale == 1)
		return fail(error, row->line,
		            s ? "expected ms, as in the lines before"
		              : "expected an interval of 200 to 10000 ms");
	return fail(error, row->line,
	            ms ? "expected seconds, as in the lines before"
	               : "expected an interval of 0.2 to 10 s");
}

static int check_columns(const struct rr_rows *rows, const struct rr_row *row,
                         struct load_error *error)
{
	if (rows->list.rr.n == 0 || row->timed == (rows->times != NULL))
		return 0;
	return fail(error, row->line,
	            "expected as many columns as in the lines before");
}

static int check_time(const struct rr_rows *rows, const struct rr_row *row,
                      struct load_error *error)
{
	size_t n = rows->list.rr.n;

	if (fabs(row->time) > TIME_MAX)
		return fail(error, row->line, "expected a time within a year");
	if (n > 0 && row->time < rows->times[n - 1])
		return fail(error, row->line,
		            "expected a time not before the last");
	return 0;
}

static int keep_time(struct rr_rows *rows, double time)
{
	if (rows->room < rows->list.room) {
		double *more =
			room_grow(rows->times, rows->room * sizeof(*more),
		                  rows->list.room * sizeof(*more));

		if (!more)
			return -ENOMEM;
		rows->times = more;
		rows->room = rows->list.room;
	}
	rows->times[rows->list.rr.n - 1] = time;
	return 0;
}

int rr_rows_add(struct rr_rows *rows, const struct rr_row *row,
                struct load_error *error)
{
	struct rr_interval interval = {.rr_ms = row->rr * rows->scale};
	int r = check_columns(rows, row, error);

	if (r == 0 && row->timed)
		r = check_time(rows, row, error);
	if (r == 0 && !is_interval(interval.rr_ms))
		r = check_unit(rows, row, error);
	if (r < 0)
		return r;
	interval.rr_ms = row->rr * rows->scale;
	rows->sum_ms += interval.rr_ms;
	interval.t_us = (uint64_t)llrint(rows->sum_ms * 1000);
	rows->line = row->line;
	r = rr_list_add(&rows->list, &interval, row->used, row->len);
	if (r < 0 || !row->timed)
		return r;
	return keep_time(rows, row->time);
}

/* Times may stand in another unit than intervals: the long run tells. */
static int scale_times(struct rr_rows *rows, struct load_error *error)
{
	double sum_ms = rows->sum_ms - rows->list.rr.intervals[0].rr_ms;
	double span, ratio, unit = 1;
	size_t n = rows->list.rr.n;

	if (n == 1)
		return 0;
	span = rows->times[n - 1] - rows->times[0];
	ratio = sum_ms / span;
	if (ratio > 30)
		unit = 1000;
	if (!(ratio > 1.0 / 30 && ratio < 30 * 1000.0))
		return fail(error, rows->line,
		            "expected times in ms or s that agree with the "
		            "intervals");
	for (size_t i = 0; i < n; i++)
		rows->times[i] *= unit;
	return 0;
}

/* How well the steps of the times fit the intervals that end (@back 0) or
   begin (1) at them. */
struct fit {
	size_t near;
	double apart_ms; /* each counted up to EXACT_MS */
};

static struct fit fit_of(const struct rr_rows *rows, size_t back)
{
	struct fit fit = {0};

	for (size_t i = 1; i < rows->list.rr.n; i++) {
		double step = rows->times[i] - rows->times[i - 1];
		double rr_ms = rows->list.rr.intervals[i - back].rr_ms;
		double apart_ms = fabs(step - rr_ms);

		fit.near += apart_ms <= EXACT_MS;
		fit.apart_ms += fmin(apart_ms, EXACT_MS);
	}
	return fit;
}

/* Return: are these the times of beats? They then are of those that end. */
static bool times_are_exact(struct rr_rows *rows)
{
	struct fit ends = fit_of(rows, 0), begins = fit_of(rows, 1);
	size_t n = rows->list.rr.n;

	if (begins.apart_ms >= ends.apart_ms)
		return ends.near * 2 >= n - 1;
	if (begins.near * 2 < n - 1)
		return false;
	for (size_t i = 0; i < n; i++)
		rows->times[i] += rows->list.rr.intervals[i].rr_ms;
	return true;
}

static void place_by_time(const double *times, struct rr *rr)
{
	double zero_ms = times[0] - rr->intervals[0].rr_ms;
	uint64_t last_us = 0;

	for (size_t i = 0; i < rr->n; i++) {
		struct rr_interval *at = &rr->intervals[i];

		at->t_us = (uint64_t)llrint((times[i] - zero_ms) * 1000);
		at->gap = i > 0 && times[i] - times[i - 1] >
		                           at->rr_ms * (1 + MISSING_RR);
		if (at->t_us <= last_us) /* a time given twice */
			at->t_us = last_us + 1000;
		last_us = at->t_us;
	}
}

static void place_by_arrival(const double *times, struct rr *rr)
{
	/* A second ahead, so that the first beats need no squeezing. */
	double zero_ms = times[0] - rr->intervals[0].rr_ms - 1000;
	struct arrival arrival;
	double rr_ms[64];
	uint64_t at_us[64];

	arrival_init(&arrival);
	for (size_t i = 0, n; i < rr->n; i += n) {
		for (n = 0; n < 64 && i + n < rr->n; n++) {
			if (times[i + n] > times[i] + TOGETHER_MS)
				break;
			rr_ms[n] = rr->intervals[i + n].rr_ms;
		}
		rr->intervals[i].gap = arrival_take(
			&arrival, (uint64_t)llrint((times[i] - zero_ms) * 1000),
			rr_ms, n, at_us);
		for (size_t k = 0; k < n; k++)
			rr->intervals[i + k].t_us = at_us[k];
	}
}

int rr_rows_place(struct rr_rows *rows, struct rr *ret,
                  struct load_error *error)
{
	struct rr *rr = &rows->list.rr;
	int r;

	if (rr->n == 0) {
		*error = (struct load_error){
			.reason = "expected RR intervals, one a line; there "
				  "is none"};
		return -ENODATA;
	}
	if (rows->times) { /* else they are where their sum is */
		r = scale_times(rows, error);
		if (r < 0)
			return r;
		if (times_are_exact(rows))
			place_by_time(rows->times, rr);
		else
			place_by_arrival(rows->times, rr);
	}
	*ret = *rr;
	rows->list = (struct rr_list){0};
	return 0;
}

void rr_rows_finish(struct rr_rows *rows)
{
	rr_finish(&rows->list.rr);
	free(rows->times);
	*rows = (struct rr_rows){0};
}
