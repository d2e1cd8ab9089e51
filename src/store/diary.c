/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/diary.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "store/db.h"
#include "store/store_private.h"

/* --- writing ----------------------------------------------------------------
 */

/* Runs @statement once and drops it; what it was given outlives it. */
static int run(struct store *s, sqlite3_stmt *statement)
{
	int r = store_fail(s, sqlite3_step(statement));

	sqlite3_finalize(statement);
	return r;
}

static int put_head(struct store *s, const struct diary_day *day, int64_t now_s)
{
	sqlite3_stmt *statement;
	int r = store_prepare(
		s,
		"INSERT INTO diary(date, entered_s, changed_s, note)"
		" VALUES(?1, ?2, ?3, ?4) ON CONFLICT(date) DO UPDATE"
		" SET changed_s = ?3, note = ?4",
		&statement);

	if (r)
		return r;
	sqlite3_bind_int64(statement, 1, day->date);
	sqlite3_bind_int64(statement, 2, day->entered_s);
	sqlite3_bind_int64(statement, 3, now_s);
	sqlite3_bind_text(statement, 4, day->note, -1, SQLITE_STATIC);
	return run(s, statement);
}

static int put_value(struct store *s, sqlite3_stmt *put, sqlite3_stmt *drop,
                     const struct diary_day *day, enum diary_field field)
{
	char text[DIARY_TEXT];
	sqlite3_stmt *statement;

	diary_text(day, field, text);
	statement = text[0] ? put : drop;
	sqlite3_bind_int64(statement, 1, day->date);
	sqlite3_bind_text(statement, 2, diary_spec(field)->key, -1,
	                  SQLITE_STATIC);
	if (text[0])
		sqlite3_bind_text(statement, 3, text, -1, SQLITE_STATIC);
	sqlite3_step(statement);
	return store_fail(s, sqlite3_reset(statement));
}

static int put_values(struct store *s, const struct diary_day *day)
{
	sqlite3_stmt *put = NULL, *drop = NULL;
	int r = store_prepare(s,
	                      "INSERT OR REPLACE INTO diary_value"
	                      "(date, key, value) VALUES(?1, ?2, ?3)",
	                      &put);

	if (r == 0)
		r = store_prepare(s,
		                  "DELETE FROM diary_value"
		                  " WHERE date = ?1 AND key = ?2",
		                  &drop);
	for (enum diary_field f = 0; r == 0 && f < DIARY_FIELDS; f++)
		r = put_value(s, put, drop, day, f);
	sqlite3_finalize(put);
	sqlite3_finalize(drop);
	return r;
}

static int put_medicine(struct store *s, const struct diary_day *day, size_t n)
{
	const struct diary_medicine *m = &day->medicines[n];
	sqlite3_stmt *statement;
	int r = store_prepare(s,
	                      "INSERT INTO diary_medicine(date, n, name, class,"
	                      " dose, minute, worked)"
	                      " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	                      &statement);

	if (r)
		return r;
	sqlite3_bind_int64(statement, 1, day->date);
	sqlite3_bind_int64(statement, 2, (int64_t)n);
	sqlite3_bind_text(statement, 3, m->name, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 4, diary_class_word(m->class), -1,
	                  SQLITE_STATIC);
	sqlite3_bind_text(statement, 5, m->dose, -1, SQLITE_STATIC);
	if (m->minute >= 0)
		sqlite3_bind_int(statement, 6, m->minute);
	if (m->worked >= 0)
		sqlite3_bind_int(statement, 7, m->worked);
	return run(s, statement);
}

static int drop_rows(struct store *s, const char *sql, int32_t date)
{
	sqlite3_stmt *statement;
	int r = store_prepare(s, sql, &statement);

	if (r)
		return r;
	sqlite3_bind_int64(statement, 1, date);
	return run(s, statement);
}

static int put_whole(struct store *s, const struct diary_day *day,
                     int64_t now_s)
{
	int r = put_head(s, day, now_s);

	if (r == 0)
		r = put_values(s, day);
	if (r == 0)
		r = drop_rows(s, "DELETE FROM diary_medicine WHERE date = ?1",
		              day->date);
	for (size_t i = 0; r == 0 && i < day->n_medicines; i++)
		r = put_medicine(s, day, i);
	return r;
}

static int say(struct store *s, int r)
{
	if (r)
		db_say(s->message, sizeof(s->message), s->path, r);
	return r;
}

/* Within a batch, too, a day is written whole or not at all. */
int store_diary_put(struct store *s, const struct diary_day *day, int64_t now_s)
{
	int r = say(s, db_exec(s->db, "SAVEPOINT day"));

	if (r)
		return r;
	r = put_whole(s, day, now_s);
	if (r == 0)
		return say(s, db_exec(s->db, "RELEASE day"));
	/* where this fails, SQLite has taken it all back already */
	(void)db_exec(s->db, "ROLLBACK TO day; RELEASE day");
	return r;
}

int store_diary_remove(struct store *s, int32_t date)
{
	int r = drop_rows(s, "DELETE FROM diary WHERE date = ?1", date);

	return r ? r : sqlite3_changes(s->db) ? 0 : -ENOENT;
}

int store_diary_batch(struct store *s)
{
	return say(s, db_exec(s->db, "BEGIN IMMEDIATE"));
}

int store_diary_batch_end(struct store *s, bool keep)
{
	int r = keep ? say(s, db_exec(s->db, "COMMIT")) : 0;

	if (r || !keep)
		db_rollback(s->db);
	return r;
}

/* --- reading ----------------------------------------------------------------
 */

/* One row a thing said: the day's head, a field, or a medicine. */
static const char select_days[] =
	"SELECT date, 0 AS what, entered_s, note, '', NULL, NULL FROM diary"
	" WHERE date BETWEEN ?1 AND ?2 UNION ALL"
	" SELECT date, 1, 0, key, value, NULL, NULL FROM diary_value"
	" WHERE date BETWEEN ?1 AND ?2 UNION ALL"
	" SELECT date, 2 + n, 0, name || ', ' || class ||"
	" CASE dose WHEN '' THEN '' ELSE ', ' || dose END, '', minute, worked"
	" FROM diary_medicine WHERE date BETWEEN ?1 AND ?2"
	" ORDER BY date, what";

static const char *text_of(sqlite3_stmt *row, int column)
{
	const unsigned char *text = sqlite3_column_text(row, column);

	return text ? (const char *)text : "";
}

static int number_of(sqlite3_stmt *row, int column)
{
	return sqlite3_column_type(row, column) == SQLITE_NULL
	               ? -1
	               : sqlite3_column_int(row, column);
}

/* What this program cannot read a newer one wrote: it is passed over. */
static void take_row(sqlite3_stmt *row, struct diary_day *day)
{
	enum diary_field field;
	size_t n = day->n_medicines;

	switch (sqlite3_column_int(row, 1)) {
	case 0:
		diary_blank(day, sqlite3_column_int(row, 0),
		            sqlite3_column_int64(row, 2));
		snprintf(day->note, sizeof(day->note), "%s", text_of(row, 3));
		return;
	case 1:
		field = diary_find(text_of(row, 3));
		if (field < DIARY_FIELDS)
			(void)diary_set(day, field, text_of(row, 4), NULL);
		return;
	default:
		if (diary_add_medicine(day, text_of(row, 3), NULL) == 0) {
			day->medicines[n].minute = number_of(row, 5);
			day->medicines[n].worked = number_of(row, 6);
		}
	}
}

int store_diary_days(struct store *s, int32_t from, int32_t to,
                     int (*each)(void *data, const struct diary_day *day),
                     void *data)
{
	struct diary_day day;
	sqlite3_stmt *statement;
	bool any = false;
	int code, stop = 0;
	int r = store_prepare(s, select_days, &statement);

	if (r)
		return r;
	sqlite3_bind_int64(statement, 1, from);
	sqlite3_bind_int64(statement, 2, to);
	while ((code = sqlite3_step(statement)) == SQLITE_ROW && !stop) {
		bool next = sqlite3_column_int(statement, 1) == 0;

		if (next && any)
			stop = each(data, &day);
		take_row(statement, &day);
		any = true;
	}
	r = store_fail(s, code);
	sqlite3_finalize(statement);
	if (r == 0 && any && !stop)
		stop = each(data, &day);
	return r ? r : stop;
}

static int keep_day(void *data, const struct diary_day *day)
{
	*(struct diary_day *)data = *day;
	return 1;
}

int store_diary_get(struct store *s, int32_t date, struct diary_day *ret)
{
	int r = store_diary_days(s, date, date, keep_day, ret);

	return r == 0 ? -ENOENT : r == 1 ? 0 : r;
}
