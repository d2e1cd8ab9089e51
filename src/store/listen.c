/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/listen.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

#include "store/store_private.h"

/*
 * A window's decision stands right before the end of its step, so that it is
 * found by place: to look through all events of a year would take a second.
 */
#define STEPS                                                                  \
	"SELECT u.session, u.technique,"                                       \
	" json_extract(e.line, '$.because.calm'),"                             \
	" json_extract(e.line, '$.because.calm_before'),"                      \
	" json_extract(e.line, '$.because.per_min')"                           \
	" FROM session s JOIN technique_use u ON u.session = s.id"             \
	" LEFT JOIN event e ON e.session = u.session"                          \
	"  AND e.seq BETWEEN u.seq - 3 AND u.seq - 1"                          \
	"  AND e.kind = 'decision' AND instr(e.line, '\"calm_before\"')"       \
	" WHERE s.start_s >= ?1 AND s.start_s < ?2 AND s.simulated = 0"        \
	" AND (?3 IS NULL OR s.routine = ?3)"                                  \
	" ORDER BY s.start_s, s.id, u.seq"

static double figure(sqlite3_stmt *row, int column)
{
	if (sqlite3_column_type(row, column) == SQLITE_NULL)
		return NAN;
	return sqlite3_column_double(row, column);
}

int store_steps(struct store *s, const char *routine, int64_t from_s,
                int64_t to_s,
                int (*each)(void *data, const struct store_step *step),
                void *data)
{
	sqlite3_stmt *row;
	int code, stop = 0;
	int r = store_prepare(s, STEPS, &row);

	if (r)
		return r;
	sqlite3_bind_int64(row, 1, from_s);
	sqlite3_bind_int64(row, 2, to_s);
	sqlite3_bind_text(row, 3, routine, -1, SQLITE_STATIC);
	while (!stop && (code = sqlite3_step(row)) == SQLITE_ROW) {
		struct store_step step = {
			.session = sqlite3_column_int64(row, 0),
			.calm = figure(row, 2),
			.calm_before = figure(row, 3),
			.per_min = figure(row, 4),
		};

		snprintf(step.technique, sizeof(step.technique), "%s",
		         (const char *)sqlite3_column_text(row, 1));
		stop = each(data, &step);
	}
	r = stop ? 0 : store_fail(s, code);
	sqlite3_finalize(row);
	return r ? r : stop;
}

/* Of a damaged line it is not known that it was well heard. */
#define HEARD                                                                  \
	"SELECT * FROM"                                                        \
	" (SELECT count(*), count(CASE class WHEN 'corrected' THEN 1 END),"    \
	"  count(CASE class WHEN 'rejected' THEN 1 END)"                       \
	"  FROM beat WHERE session = ?1),"                                     \
	" (SELECT count(*), count(CASE WHEN NOT json_valid(line) THEN NULL"    \
	"   WHEN json_extract(line, '$.quality') = 'ok' THEN 1 END)"           \
	"  FROM event WHERE session = ?1 AND kind = 'estimate')"

int store_heard(struct store *s, int64_t id, struct store_heard *ret)
{
	sqlite3_stmt *row;
	int code, r = store_prepare(s, HEARD, &row);

	if (r)
		return r;
	sqlite3_bind_int64(row, 1, id);
	code = sqlite3_step(row);
	if (code == SQLITE_ROW)
		*ret = (struct store_heard){
			.beats = (uint64_t)sqlite3_column_int64(row, 0),
			.corrected = (uint64_t)sqlite3_column_int64(row, 1),
			.rejected = (uint64_t)sqlite3_column_int64(row, 2),
			.estimates = (uint64_t)sqlite3_column_int64(row, 3),
			.estimates_ok = (uint64_t)sqlite3_column_int64(row, 4),
		};
	r = store_fail(s, code);
	sqlite3_finalize(row);
	return r;
}

/* Only sessions that try rates are looked through: their first line names the
   step. */
#define TUNED                                                                  \
	"SELECT s.id, s.start_s, s.start,"                                     \
	" json_extract(e.line, '$.because.per_min'),"                          \
	" json_extract(e.line, '$.because.low_per_min'),"                      \
	" json_extract(e.line, '$.because.high_per_min')"                      \
	" FROM session s JOIN event e ON e.session = s.id"                     \
	" WHERE s.start_s >= ?1 AND s.simulated = 0"                           \
	" AND instr(s.first_line, 'breathe_probe')"                            \
	" AND e.kind = 'decision'"                                             \
	" AND json_extract(e.line, '$.what') = 'resonance'"                    \
	" ORDER BY s.start_s DESC, s.id DESC, e.seq DESC LIMIT 1"

int store_tuned(struct store *s, int64_t from_s, struct store_tuned *ret)
{
	sqlite3_stmt *row;
	int code;
	int r = store_prepare(s, TUNED, &row);

	if (r)
		return r;
	sqlite3_bind_int64(row, 1, from_s);
	code = sqlite3_step(row);
	r = store_fail(s, code);
	if (code == SQLITE_ROW) {
		*ret = (struct store_tuned){
			.session = sqlite3_column_int64(row, 0),
			.start_s = sqlite3_column_int64(row, 1),
			.per_min = figure(row, 3),
			.low = figure(row, 4),
			.high = figure(row, 5),
		};
		snprintf(ret->start, sizeof(ret->start), "%s",
		         (const char *)sqlite3_column_text(row, 2));
	} else if (!r) {
		r = -ENOENT;
	}
	sqlite3_finalize(row);
	return r;
}
