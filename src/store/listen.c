/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/listen.h"

#include <math.h>
#include <stdio.h>

#include "store/store_private.h"

/*
 * A window's decision stands right before the end of its step, so that it is
 * found by place: to look through all events of a year would take a second.
 */
#define SELECT                                                                 \
	"SELECT u.session, u.technique,"                                       \
	" json_extract(e.line, '$.because.calm'),"                             \
	" json_extract(e.line, '$.because.calm_before')"                       \
	" FROM session s JOIN technique_use u ON u.session = s.id"             \
	" LEFT JOIN event e ON e.session = u.session"                          \
	"  AND e.seq BETWEEN u.seq - 3 AND u.seq - 1"                          \
	"  AND e.kind = 'decision' AND instr(e.line, '\"calm_before\"')"       \
	" WHERE s.start_s >= ?1 AND s.start_s < ?2 AND s.simulated = 0"        \
	" ORDER BY s.start_s, s.id, u.seq"

static double figure(sqlite3_stmt *row, int column)
{
	if (sqlite3_column_type(row, column) == SQLITE_NULL)
		return NAN;
	return sqlite3_column_double(row, column);
}

int store_steps(struct store *s, int64_t from_s, int64_t to_s,
                int (*each)(void *data, const struct store_step *step),
                void *data)
{
	sqlite3_stmt *row;
	int code, stop = 0;
	int r = store_prepare(s, SELECT, &row);

	if (r)
		return r;
	sqlite3_bind_int64(row, 1, from_s);
	sqlite3_bind_int64(row, 2, to_s);
	while (!stop && (code = sqlite3_step(row)) == SQLITE_ROW) {
		struct store_step step = {
			.session = sqlite3_column_int64(row, 0),
			.calm = figure(row, 2),
			.calm_before = figure(row, 3),
		};

		snprintf(step.technique, sizeof(step.technique), "%s",
		         (const char *)sqlite3_column_text(row, 1));
		stop = each(data, &step);
	}
	r = stop ? 0 : store_fail(s, code);
	sqlite3_finalize(row);
	return r ? r : stop;
}
