/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/rr.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/arrival.h"

/* Intervals in seconds are all below this, in ms all above (RR_MS_MIN). */
#define SECONDS_BELOW 10.0

/* A column of times counts as times of beats if it is within this of the
   intervals for most of them: files round to 1 ms or to 10. */
#define EXACT_MS 25.0

/* Arrivals this close came in one packet. */
#define TOGETHER_MS 5.0

/* Longer than the interval by this share: a beat is missing between. */
#define MISSING_RR       0.5

#define NUMBER_CHARS_MAX 63

/* No recording is longer than a year, in whichever unit. */
#define TIME_MAX 3.2e10

struct row {
	double time, rr; /* as written */
	unsigned line;
};

struct rows {
	struct row *at;
	size_t n, room;
	unsigned columns; /* 0: not known yet */
};

static int fail(struct load_error *error, unsigned line, const char *reason)
{
	*error = (struct load_error){line, reason};
	return -EBADMSG;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static bool is_divider(char c)
{
	return is_blank(c) || c == ',' || c == ';';
}

/* Only plain decimal numbers: strtod() alone also takes inf, nan and 0x10. */
static bool take_number(const char **at, const char *end, double *ret)
{
	char copy[NUMBER_CHARS_MAX + 1], *stop;
	size_t n = 0;

	while (*at + n < end && !is_divider((*at)[n]) && (*at)[n] != '#') {
		if (n == NUMBER_CHARS_MAX ||
		    !strchr("0123456789.+-eE", (*at)[n]) || !(*at)[n])
			return false;
		copy[n] = (*at)[n];
		n++;
	}
	copy[n] = '\0';
	*ret = strtod(copy, &stop);
	if (n == 0 || *stop || !isfinite(*ret))
		return false;
	*at += n;
	return true;
}

/* Blanks, and one comma or semicolon among them. */
static void skip_divider(const char **at, const char *end)
{
	bool mark = false;

	while (*at < end && is_divider(**at)) {
		if (!is_blank(**at)) {
			if (mark)
				return;
			mark = true;
		}
		(*at)++;
	}
}

static int push(struct rows *rows, const struct row *row)
{
	if (rows->n == rows->room) {
		size_t room = rows->room ? rows->room * 2 : 1024;
		struct row *more = reallocarray(rows->at, room, sizeof(*more));

		if (!more)
			return -ENOMEM;
		rows->at = more;
		rows->room = room;
	}
	rows->at[rows->n++] = *row;
	return 0;
}

static int take_line(struct rows *rows, const char *at, const char *end,
                     unsigned line, struct load_error *error)
{
	struct row row = {.line = line};
	unsigned columns = 1;

	while (at < end && is_blank(*at))
		at++;
	if (at == end || *at == '#')
		return 0;
	if (!take_number(&at, end, &row.rr))
		return fail(error, line, "expected a number");
	skip_divider(&at, end);
	if (at < end && *at != '#') {
		columns = 2;
		row.time = row.rr;
		if (!take_number(&at, end, &row.rr))
			return fail(error, line,
			            "expected a number in the second column");
		while (at < end && is_blank(*at))
			at++;
		if (at < end && *at != '#')
			return fail(error, line,
			            "expected an interval, or a time and an "
			            "interval, and no more");
	}
	if (rows->columns && rows->columns != columns)
		return fail(error, line,
		            "expected as many columns as in the lines before");
	rows->columns = columns;
	if (!(row.rr > 0))
		return fail(error, line,
		            "expected an interval of 200 to 10000 ms, "
		            "or of 0.2 to 10 s");
	if (fabs(row.time) > TIME_MAX)
		return fail(error, line, "expected a time within a year");
	return push(rows, &row);
}

static int take_lines(struct rows *rows, const char *text, size_t len,
                      struct load_error *error)
{
	const char *at = text, *end = text + len;

	if (len >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0)
		at += 3;
	for (unsigned line = 1; at < end; line++) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		int r;

		if (!stop)
			stop = end;
		r = take_line(rows, at, stop, line, error);
		if (r < 0)
			return r;
		at = stop < end ? stop + 1 : end;
	}
	if (rows->n == 0) {
		*error = (struct load_error){
			0, "expected RR intervals, one a line; there is none"};
		return -ENODATA;
	}
	return 0;
}

/* Bring the intervals to ms and hold them to their bounds. */
static int scale(struct rows *rows, struct load_error *error)
{
	double greatest = 0;

	for (size_t i = 0; i < rows->n; i++)
		greatest = fmax(greatest, rows->at[i].rr);
	for (size_t i = 0; i < rows->n; i++) {
		struct row *row = &rows->at[i];

		if (greatest < SECONDS_BELOW)
			row->rr *= 1000;
		if (!(row->rr >= RR_MS_MIN && row->rr <= RR_MS_MAX))
			return fail(error, row->line,
			            "expected an interval of 200 to 10000 ms");
	}
	return 0;
}

/* Times may stand in another unit than intervals: the long run tells. */
static int scale_times(struct rows *rows, struct load_error *error)
{
	double sum_ms = 0, span, ratio, unit = 1;

	if (rows->n == 1)
		return 0;
	for (size_t i = 1; i < rows->n; i++) {
		sum_ms += rows->at[i].rr;
		if (rows->at[i].time < rows->at[i - 1].time)
			return fail(error, rows->at[i].line,
			            "expected a time not before the last");
	}
	span = rows->at[rows->n - 1].time - rows->at[0].time;
	ratio = sum_ms / span;
	if (ratio > 30)
		unit = 1000;
	if (!(ratio > 1.0 / 30 && ratio < 30 * 1000.0))
		return fail(error, rows->at[rows->n - 1].line,
		            "expected times in ms or s that agree with the "
		            "intervals");
	for (size_t i = 0; i < rows->n; i++)
		rows->at[i].time *= unit;
	return 0;
}

static bool times_are_exact(const struct rows *rows)
{
	size_t near = 0;

	for (size_t i = 1; i < rows->n; i++) {
		double step = rows->at[i].time - rows->at[i - 1].time;

		near += fabs(step - rows->at[i].rr) <= EXACT_MS;
	}
	return near * 2 >= rows->n - 1;
}

static void place_by_sum(const struct rows *rows, struct rr_interval *ret)
{
	double t_ms = 0;

	for (size_t i = 0; i < rows->n; i++) {
		t_ms += rows->at[i].rr;
		ret[i].t_us = (uint64_t)llrint(t_ms * 1000);
	}
}

static void place_by_time(const struct rows *rows, struct rr_interval *ret)
{
	double zero_ms = rows->at[0].time - rows->at[0].rr;
	uint64_t last_us = 0;

	for (size_t i = 0; i < rows->n; i++) {
		const struct row *row = &rows->at[i];

		ret[i].t_us = (uint64_t)llrint((row->time - zero_ms) * 1000);
		ret[i].gap = i > 0 && row->time - row[-1].time >
		                              row->rr * (1 + MISSING_RR);
		if (ret[i].t_us <= last_us) /* a time given twice */
			ret[i].t_us = last_us + 1000;
		last_us = ret[i].t_us;
	}
}

static void place_by_arrival(const struct rows *rows, struct rr_interval *ret)
{
	/* A second ahead, so that the first beats need no squeezing. */
	double zero_ms = rows->at[0].time - rows->at[0].rr - 1000;
	struct arrival arrival;
	double rr_ms[64];
	uint64_t at_us[64];

	arrival_init(&arrival);
	for (size_t i = 0, n; i < rows->n; i += n) {
		double time = rows->at[i].time;

		for (n = 0; n < 64 && i + n < rows->n; n++) {
			if (rows->at[i + n].time > time + TOGETHER_MS)
				break;
			rr_ms[n] = rows->at[i + n].rr;
		}
		ret[i].gap = arrival_take(
			&arrival, (uint64_t)llrint((time - zero_ms) * 1000),
			rr_ms, n, at_us);
		for (size_t k = 0; k < n; k++)
			ret[i + k].t_us = at_us[k];
	}
}

static int place(struct rows *rows, struct rr *ret, struct load_error *error)
{
	struct rr_interval *intervals;
	int r;

	if (rows->columns == 2) {
		r = scale_times(rows, error);
		if (r < 0)
			return r;
	}
	intervals = calloc(rows->n, sizeof(*intervals));
	if (!intervals)
		return -ENOMEM;
	for (size_t i = 0; i < rows->n; i++)
		intervals[i].rr_ms = rows->at[i].rr;
	if (rows->columns == 1)
		place_by_sum(rows, intervals);
	else if (times_are_exact(rows))
		place_by_time(rows, intervals);
	else
		place_by_arrival(rows, intervals);
	*ret = (struct rr){intervals, rows->n};
	return 0;
}

int rr_parse(const char *text, size_t len, struct rr *ret,
             struct load_error *error)
{
	struct rows rows = {0};
	int r;

	*error = (struct load_error){0, "out of memory"};
	r = take_lines(&rows, text, len, error);
	if (r == 0)
		r = scale(&rows, error);
	if (r == 0)
		r = place(&rows, ret, error);
	free(rows.at);
	return r;
}

int rr_read(const char *path, struct rr *ret, struct load_error *error)
{
	char *text = NULL;
	size_t len = 0;
	int r = load_text(path, &text, &len, error);

	if (r < 0)
		return r;
	r = rr_parse(text, len, ret, error);
	free(text);
	return r;
}

void rr_finish(struct rr *rr)
{
	free(rr->intervals);
	*rr = (struct rr){0};
}
