/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <math.h>
#include <stdio.h>

#include "store/before.h"
#include "store/db.h"
#include "store/lock.h"
#include "store/store_private.h"

/*
 * A session without result runs, or was cut off: only the last one can run,
 * and only while a writer holds the store (?1).
 */
#define SELECT                                                                 \
	"SELECT id, start, routine, sensor, simulated,"                        \
	" CASE WHEN result <> '' THEN result"                                  \
	" WHEN ?1 AND id = (SELECT max(id) FROM session WHERE result = '')"    \
	" THEN '' ELSE 'interrupted' END,"                                     \
	" rule, stop,"                                                         \
	" coalesce(seconds, (SELECT t_us / 1e6 FROM event"                     \
	"  WHERE session = id ORDER BY seq DESC LIMIT 1), 0),"                 \
	" hr_before, hr_after, rmssd_before, rmssd_after,"                     \
	" headache_before, headache_after, tension_before, tension_after,"     \
	" coalesce(beats, (SELECT count(*) FROM beat WHERE session = id)),"    \
	" coalesce(events, (SELECT count(*) FROM event WHERE session = id)),"  \
	" (SELECT format FROM recording WHERE recording.session = id),"        \
	" attack, had"                                                         \
	" FROM session "

static void copy_text(char *ret, size_t len, sqlite3_stmt *row, int column)
{
	const unsigned char *text = sqlite3_column_text(row, column);

	snprintf(ret, len, "%s", text ? (const char *)text : "");
}

static double figure(sqlite3_stmt *row, int column)
{
	if (sqlite3_column_type(row, column) == SQLITE_NULL)
		return NAN;
	return sqlite3_column_double(row, column);
}

static struct store_session read_row(sqlite3_stmt *row)
{
	struct store_session x = {
		.id = sqlite3_column_int64(row, 0),
		.simulated = sqlite3_column_int(row, 4),
		.rule = sqlite3_column_int(row, 6),
		.seconds = sqlite3_column_double(row, 8),
		.hr_before = figure(row, 9),
		.hr_after = figure(row, 10),
		.rmssd_before = figure(row, 11),
		.rmssd_after = figure(row, 12),
		.headache_before = figure(row, 13),
		.headache_after = figure(row, 14),
		.tension_before = figure(row, 15),
		.tension_after = figure(row, 16),
		.beats = (uint64_t)sqlite3_column_int64(row, 17),
		.events = (uint64_t)sqlite3_column_int64(row, 18),
	};

	char before[BEFORE_TEXT];

	copy_text(x.start, sizeof(x.start), row, 1);
	copy_text(x.routine, sizeof(x.routine), row, 2);
	copy_text(x.sensor, sizeof(x.sensor), row, 3);
	copy_text(x.result, sizeof(x.result), row, 5);
	copy_text(x.stop, sizeof(x.stop), row, 7);
	copy_text(x.recording, sizeof(x.recording), row, 19);
	x.attack = sqlite3_column_int(row, 20);
	x.before = BEFORE_NOT_SAID;
	copy_text(before, sizeof(before), row, 21);
	(void)before_read(before, &x.before);
	return x;
}

/* Takes @statement over. */
static int each_row(struct store *s, sqlite3_stmt *statement,
                    int (*each)(void *data, const struct store_session *row),
                    void *data)
{
	int code, r;

	sqlite3_bind_int(statement, 1, lock_is_held(s->path));
	while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
		struct store_session row = read_row(statement);

		if (each(data, &row))
			break;
	}
	r = store_fail(s, code);
	sqlite3_finalize(statement);
	return r;
}

int store_sessions(struct store *s, int last,
                   int (*each)(void *data, const struct store_session *row),
                   void *data)
{
	sqlite3_stmt *statement;
	int r = store_prepare(s,
	                      SELECT "ORDER BY start_s DESC, id DESC LIMIT ?2",
	                      &statement);

	if (r)
		return r;
	sqlite3_bind_int(statement, 2, last > 0 ? last : -1);
	return each_row(s, statement, each, data);
}

int store_sessions_to(struct store *s, int64_t start_s, int64_t id,
                      int (*each)(void *data, const struct store_session *row),
                      void *data)
{
	sqlite3_stmt *statement;
	int r = store_prepare(s,
	                      SELECT "WHERE (start_s, id) <= (?2, ?3)"
	                             " ORDER BY start_s DESC, id DESC",
	                      &statement);

	if (r)
		return r;
	sqlite3_bind_int64(statement, 2, start_s);
	sqlite3_bind_int64(statement, 3, id);
	return each_row(s, statement, each, data);
}

/* Return: 0 with the row's session, -ENOENT, or negative errno. */
static int read_one(struct store *s, sqlite3_stmt *statement,
                    struct store_session *ret)
{
	int code = sqlite3_step(statement);
	int r = store_fail(s, code);

	if (code == SQLITE_ROW)
		*ret = read_row(statement);
	else if (!r)
		r = -ENOENT;
	sqlite3_finalize(statement);
	return r;
}

int store_session(struct store *s, int64_t id, struct store_session *ret)
{
	sqlite3_stmt *statement;
	int r = store_prepare(s, SELECT "WHERE id = ?2", &statement);

	if (r)
		return r;
	sqlite3_bind_int(statement, 1, lock_is_held(s->path));
	sqlite3_bind_int64(statement, 2, id);
	r = read_one(s, statement, ret);
	if (r == -ENOENT)
		snprintf(s->message, sizeof(s->message),
		         "session %lld: there is none: see `lull sessions`",
		         (long long)id);
	return r;
}

int store_last_id(struct store *s, int64_t *ret)
{
	int r = db_number(s->db,
	                  "SELECT id FROM session"
	                  " ORDER BY start_s DESC, id DESC LIMIT 1",
	                  ret);

	if (r == -ENOENT)
		snprintf(s->message, sizeof(s->message),
		         "no session is stored yet: begin with `lull start`");
	else if (r)
		db_say(s->message, sizeof(s->message), s->path, r);
	return r;
}

/* Why there are none. */
static int say_no_lines(struct store *s, int64_t id)
{
	struct store_session row;
	int r = store_session(s, id, &row);

	if (r)
		return r;
	snprintf(s->message, sizeof(s->message),
	         row.recording[0] ? "session %lld: a recording, of beats "
	                            "alone: lull show tells them"
	                          : "session %lld: its lines are lost",
	         (long long)id);
	return -ENODATA;
}

/* Both at once, in one snapshot: the first line sorts before event 0. */
#define LINES                                                                  \
	"SELECT first_line, -1 AS place FROM session"                          \
	" WHERE id = ?1 AND first_line <> '' UNION ALL"                        \
	" SELECT line, seq FROM event WHERE session = ?1 "
#define LINES_ORDER " ORDER BY place"

static int each_line(struct store *s, const char *sql, int64_t id,
                     int (*each)(void *data, const char *line, size_t len),
                     void *data)
{
	sqlite3_stmt *statement;
	bool any = false;
	int code, stop = 0;
	int r = store_prepare(s, sql, &statement);

	if (r)
		return r;
	sqlite3_bind_int64(statement, 1, id);
	while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
		const char *line =
			(const char *)sqlite3_column_text(statement, 0);
		size_t len = (size_t)sqlite3_column_bytes(statement, 0);

		any = true;
		stop = line ? each(data, line, len) : -ENOMEM;
		if (stop)
			break;
	}
	r = store_fail(s, code);
	sqlite3_finalize(statement);
	if (stop)
		return stop;
	return r || any ? r : say_no_lines(s, id);
}

int store_lines(struct store *s, int64_t id,
                int (*each)(void *data, const char *line, size_t len),
                void *data)
{
	return each_line(s, LINES LINES_ORDER, id, each, data);
}

int store_tale(struct store *s, int64_t id,
               int (*each)(void *data, const char *line, size_t len),
               void *data)
{
	return each_line(
		s,
		LINES
		"AND kind NOT IN ('beat', 'beat_class', 'estimate')" LINES_ORDER,
		id, each, data);
}
