/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/hrv_logger.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "drivers/rr_rows.h"
#include "drivers/scan.h"

/* The longest header, without what does not count, and its NUL. */
#define HEADER_ROOM sizeof("timestamp,rr,sincestart")

static bool is_header(const struct scan_line *line)
{
	char words[HEADER_ROOM];
	size_t n = 0;

	for (const char *c = line->at; c < line->end; c++) {
		if (strchr(" \t\r_", *c) && *c)
			continue;
		if (n == HEADER_ROOM - 1)
			return false;
		words[n++] = (char)tolower((unsigned char)*c);
	}
	words[n] = '\0';
	return strcmp(words, "date,rr,sincestart") == 0 ||
	       strcmp(words, "timestamp,rr,sincestart") == 0;
}

/* Return: is there a header before anything else? It is taken. */
static bool take_header(struct scan *scan)
{
	struct scan_line line;

	while (scan_next(scan, &line))
		if (scan_more(&line))
			return is_header(&line);
	return false;
}

bool hrv_logger_is(const char *text, size_t len)
{
	struct scan scan;

	scan_begin(&scan, text, len);
	return take_header(&scan);
}

/* 2025-03-15T09:00:15.123+01:00, 2025-03-11 09:57:38 +0000, 1675889367255 */
static bool take_date(struct scan_line *line)
{
	const char *from = line->at;

	while (line->at < line->end && *line->at &&
	       strchr("0123456789-:.+TZ ", *line->at))
		line->at++;
	return line->at > from && isdigit((unsigned char)*from);
}

static bool take_comma(struct scan_line *line)
{
	if (!scan_more(line) || *line->at != ',')
		return false;
	line->at++;
	(void)scan_more(line);
	return true;
}

/* @first: when the app heard of the first interval */
static int take_row(struct rr_rows *rows, struct scan_line *line,
                    struct rr_row *row, struct rr_start *first,
                    struct load_error *error)
{
	const char *date = line->at;

	*error = (struct load_error){.line = row->line};
	error->reason = "expected a date, or ms since 1970, and a comma";
	if (!take_date(line))
		return -EBADMSG;
	if (rows->list.rr.n == 0)
		(void)rr_start_read(date, (size_t)(line->at - date), first);
	if (!take_comma(line))
		return -EBADMSG;
	error->reason = "expected an interval in the second column";
	if (!scan_number(line, &row->rr) || !take_comma(line))
		return -EBADMSG;
	error->reason = "expected the time since start in the third column";
	if (!scan_number(line, &row->time))
		return -EBADMSG;
	error->reason = "expected three columns and no more";
	if (scan_more(line))
		return -EBADMSG;
	error->reason = "expected an interval in ms, 200 to 10000";
	if (!(row->rr >= RR_MS_MIN && row->rr <= RR_MS_MAX))
		return -EBADMSG;
	return rr_rows_add(rows, row, error);
}

int hrv_logger_parse(const char *text, size_t len, struct rr *ret,
                     struct load_error *error)
{
	struct rr_rows rows = {0};
	struct rr_start first = {0};
	struct scan_line line;
	struct scan scan;
	int r = 0;

	*error = (struct load_error){
		.line = 1, .reason = "expected \"date,rr,since start\""};
	scan_begin(&scan, text, len);
	if (!take_header(&scan))
		return -EBADMSG;
	while (r == 0 && scan_next(&scan, &line)) {
		struct rr_row row = {.timed = true,
		                     .line = scan.line,
		                     .used = (size_t)(scan.at - text),
		                     .len = len};

		if (scan_more(&line))
			r = take_row(&rows, &line, &row, &first, error);
	}
	if (r == 0)
		r = rr_rows_place(&rows, ret, error);
	if (r == 0) {
		ret->start = first;
		/* it was heard of when it was over */
		if (first.clock != RR_CLOCK_NONE)
			ret->start.ms -=
				(int64_t)(ret->intervals[0].t_us / 1000);
	}
	if (r == -ENOMEM)
		*error = (struct load_error){.reason = "out of memory"};
	rr_rows_finish(&rows);
	return r;
}
