/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/store.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/db.h"
#include "store/store_private.h"

/* content.md A.0 and E.1: the flags are asked again every 30 days. */
#define FLAGS_KNOWN_S INT64_C(2592000)

int store_open(struct store **ret, const char *path, enum store_mode mode,
               struct store_error *error)
{
	struct store *s = calloc(1, sizeof(*s));
	int r = -ENOMEM;

	if (s)
		s->path = strdup(path);
	if (s && s->path)
		r = db_open(&s->db, path, mode, error);
	else if (error)
		db_say(error->what, sizeof(error->what), path, r);
	if (r) {
		store_close(s);
		return r;
	}
	*ret = s;
	return 0;
}

struct store *store_close(struct store *s)
{
	if (!s)
		return NULL;
	sqlite3_close(s->db);
	free(s->path);
	free(s);
	return NULL;
}

const char *store_message(const struct store *s)
{
	return s->message;
}

int store_fail(struct store *s, int code)
{
	int r = db_errno(s->db, code);

	if (r)
		db_say(s->message, sizeof(s->message), s->path, r);
	return r;
}

int store_prepare(struct store *s, const char *sql, sqlite3_stmt **ret)
{
	return store_fail(s, sqlite3_prepare_v2(s->db, sql, -1, ret, NULL));
}

/* Runs @statement, which gives no row, and drops it.
   Return: rows changed, or negative errno. */
static int change(struct store *s, sqlite3_stmt *statement)
{
	int code = sqlite3_step(statement);
	int r = store_fail(s, code);

	if (!r)
		r = sqlite3_changes(s->db);
	sqlite3_finalize(statement);
	return r;
}

int store_recover(struct store *s)
{
	sqlite3_stmt *statement;
	int r = store_prepare(
		s,
		"UPDATE session SET result = 'interrupted'," DB_SET_COUNTS
		" WHERE result = ''",
		&statement);

	return r ? r : change(s, statement);
}

/* Of a clock that was set back nothing is known: better to ask again. */
static bool is_fresh(int64_t t, int64_t now_s)
{
	return t <= now_s && now_s - t <= FLAGS_KNOWN_S;
}

/* @ret_known stays false and @ret empty where none were ever set. */
static int read_flags(struct store *s, int64_t now_s, char *ret, size_t len,
                      bool *ret_known)
{
	sqlite3_stmt *statement;
	int code;
	int r = store_prepare(s,
	                      "SELECT t, flags FROM flags"
	                      " ORDER BY id DESC LIMIT 1",
	                      &statement);

	if (r)
		return r;
	code = sqlite3_step(statement);
	r = store_fail(s, code);
	if (code == SQLITE_ROW) {
		const char *flags =
			(const char *)sqlite3_column_text(statement, 1);

		if (!flags)
			r = -ENOMEM;
		else if (strlen(flags) >= len)
			r = -ENOBUFS;
		else
			memcpy(ret, flags, strlen(flags) + 1);
		*ret_known =
			is_fresh(sqlite3_column_int64(statement, 0), now_s);
	} else if (!r && !len) {
		r = -ENOBUFS;
	} else if (!r) {
		ret[0] = '\0';
	}
	sqlite3_finalize(statement);
	return r;
}

int store_profile(struct store *s, int64_t now_s, char *ret_flags, size_t len,
                  bool *ret_known, int *ret_sessions)
{
	bool known = false;
	int64_t sessions;
	int r = db_number(s->db,
	                  "SELECT count(*) FROM session WHERE simulated = 0"
	                  " AND result IN ('completed', 'closed_early')"
	                  /* by the person's word, in an attack: whole, and
	                     yet no practice */
	                  " AND NOT (result = 'completed' AND rule = 9)",
	                  &sessions);

	if (r) {
		db_say(s->message, sizeof(s->message), s->path, r);
		return r;
	}
	r = read_flags(s, now_s, ret_flags, len, &known);
	if (r)
		return r;
	*ret_known = known;
	*ret_sessions = (int)sessions;
	return 0;
}

int store_uses(struct store *s, struct store_use *ret, size_t max,
               size_t *ret_n)
{
	sqlite3_stmt *statement;
	size_t n = 0;
	int code = SQLITE_DONE;
	int r = store_prepare(s,
	                      "SELECT technique, count(*), max(start_s)"
	                      " FROM technique_use"
	                      " JOIN session ON session.id = session"
	                      " WHERE simulated = 0 GROUP BY technique"
	                      " ORDER BY count(*) DESC, technique",
	                      &statement);

	if (r)
		return r;
	while (n < max && (code = sqlite3_step(statement)) == SQLITE_ROW) {
		snprintf(ret[n].technique, sizeof(ret[n].technique), "%s",
		         (const char *)sqlite3_column_text(statement, 0));
		ret[n].uses = sqlite3_column_int(statement, 1);
		ret[n].last_s = sqlite3_column_int64(statement, 2);
		ret[n].rating = NAN; /* asked of sessions only, so far */
		n++;
	}
	r = store_fail(s, code);
	sqlite3_finalize(statement);
	if (!r)
		*ret_n = n;
	return r;
}

/* Of a damaged line it is not known where hands pressed. */
#define FIRM                                                                   \
	"SELECT json_extract(e.line, '$.firm') AS area, max(s.start_s)"        \
	" FROM session s JOIN event e ON e.session = s.id"                     \
	" WHERE s.start_s >= ?1 AND (s.simulated = 0 OR s.sensor = '')"        \
	" AND e.kind = 'step' AND instr(e.line, '\"firm\"')"                   \
	" AND json_valid(e.line)"                                              \
	" GROUP BY area ORDER BY max(s.start_s) DESC, area"

int store_firm(struct store *s, int64_t from_s, struct store_firm *ret,
               size_t max, size_t *ret_n)
{
	sqlite3_stmt *row;
	int code = SQLITE_DONE;
	size_t n = 0;
	int r = store_prepare(s, FIRM, &row);

	if (r)
		return r;
	sqlite3_bind_int64(row, 1, from_s);
	while (n < max && (code = sqlite3_step(row)) == SQLITE_ROW) {
		snprintf(ret[n].area, sizeof(ret[n].area), "%s",
		         (const char *)sqlite3_column_text(row, 0));
		ret[n++].last_s = sqlite3_column_int64(row, 1);
	}
	r = store_fail(s, code);
	sqlite3_finalize(row);
	if (!r)
		*ret_n = n;
	return r;
}

int store_set_flags(struct store *s, int64_t now_s, const char *flags)
{
	sqlite3_stmt *statement;
	int r = store_prepare(s, "INSERT INTO flags(t, flags) VALUES(?1, ?2)",
	                      &statement);

	if (r)
		return r;
	sqlite3_bind_int64(statement, 1, now_s);
	sqlite3_bind_text(statement, 2, flags, -1, SQLITE_STATIC);
	r = change(s, statement);
	return r < 0 ? r : 0;
}

/* A session that is not there must not keep a block from being stored. */
int store_block(struct store *s, int64_t session, const char *stop,
                int64_t now_s)
{
	sqlite3_stmt *statement;
	int r = store_prepare(s,
	                      "INSERT INTO block(session, t, stop) VALUES("
	                      "(SELECT id FROM session WHERE id = ?1), ?2, ?3)",
	                      &statement);

	if (r)
		return r;
	sqlite3_bind_int64(statement, 1, session);
	sqlite3_bind_int64(statement, 2, now_s);
	sqlite3_bind_text(statement, 3, stop, -1, SQLITE_STATIC);
	r = change(s, statement);
	return r < 0 ? r : 0;
}

int store_blocked(struct store *s, char *ret_stop, size_t len)
{
	sqlite3_stmt *statement;
	int code;
	int r = store_prepare(s,
	                      "SELECT stop FROM block WHERE seen_t IS NULL"
	                      " ORDER BY CASE stop WHEN 'emergency' THEN 0"
	                      " WHEN 'urgent' THEN 1 ELSE 2 END LIMIT 1",
	                      &statement);

	if (r)
		return r;
	code = sqlite3_step(statement);
	r = store_fail(s, code);
	if (code == SQLITE_ROW) {
		snprintf(ret_stop, len, "%s",
		         (const char *)sqlite3_column_text(statement, 0));
		r = 1;
	}
	sqlite3_finalize(statement);
	return r;
}

int store_seen(struct store *s, int64_t now_s)
{
	sqlite3_stmt *statement;
	int r = store_prepare(s,
	                      "UPDATE block SET seen_t = ?1"
	                      " WHERE seen_t IS NULL",
	                      &statement);

	if (r)
		return r;
	sqlite3_bind_int64(statement, 1, now_s);
	return change(s, statement);
}
