/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/diary.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "store/db.h"
#include "store/store_private.h"

#define DAY_S INT64_C(86400)

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

/* What stands without its head, too. */
static int remove_whole(struct store *s, int32_t date)
{
	static const char *const drops[] = {
		"DELETE FROM diary_value WHERE date = ?1",
		"DELETE FROM diary_medicine WHERE date = ?1",
		"DELETE FROM diary WHERE date = ?1",
	};
	int before = sqlite3_total_changes(s->db);
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof(drops) / sizeof(*drops); i++)
		r = drop_rows(s, drops[i], date);
	if (r)
		return r;
	return sqlite3_total_changes(s->db) > before ? 0 : -ENOENT;
}

int store_diary_remove(struct store *s, int32_t date)
{
	int r = say(s, db_exec(s->db, "SAVEPOINT day"));

	if (r)
		return r;
	r = remove_whole(s, date);
	if (r == 0 || r == -ENOENT) {
		int released = say(s, db_exec(s->db, "RELEASE day"));

		return released ? released : r;
	}
	(void)db_exec(s->db, "ROLLBACK TO day; RELEASE day");
	return r;
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

/* What is said of days stands in three tables, each in the order of days. */
enum cursor { HEADS, VALUES, MEDICINES, CURSORS };

static const char *const selects[CURSORS] = {
	[HEADS] = "SELECT date, entered_s, note FROM diary"
		  " WHERE date BETWEEN ?1 AND ?2 ORDER BY date",
	[VALUES] = "SELECT date, key, value FROM diary_value"
		   " WHERE date BETWEEN ?1 AND ?2 ORDER BY date, key",
	[MEDICINES] = "SELECT date, name || ', ' || class ||"
		      " CASE dose WHEN '' THEN '' ELSE ', ' || dose END,"
		      " minute, worked FROM diary_medicine"
		      " WHERE date BETWEEN ?1 AND ?2 ORDER BY date, n",
};

struct days {
	struct store *store;
	sqlite3_stmt *at[CURSORS];
	bool more[CURSORS]; /* a row stands there */
};

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

static int advance(struct days *d, enum cursor which)
{
	int code = sqlite3_step(d->at[which]);

	d->more[which] = code == SQLITE_ROW;
	return store_fail(d->store, code);
}

static int open_days(struct days *d, int32_t from, int32_t to)
{
	int r = 0;

	for (enum cursor i = 0; r == 0 && i < CURSORS; i++) {
		r = store_prepare(d->store, selects[i], &d->at[i]);
		if (r)
			break;
		sqlite3_bind_int64(d->at[i], 1, from);
		sqlite3_bind_int64(d->at[i], 2, to);
		r = advance(d, i);
	}
	return r;
}

static bool is_of(const struct days *d, enum cursor which, int32_t date)
{
	return d->more[which] && sqlite3_column_int(d->at[which], 0) == date;
}

/* What this program cannot read a newer one wrote: it is passed over. */
static void take_value(sqlite3_stmt *row, struct diary_day *day)
{
	enum diary_field field = diary_find(text_of(row, 1));

	if (field < DIARY_FIELDS)
		(void)diary_set(day, field, text_of(row, 2), NULL);
}

static void take_medicine(sqlite3_stmt *row, struct diary_day *day)
{
	size_t n = day->n_medicines;

	if (diary_add_medicine(day, text_of(row, 1), NULL) == 0) {
		day->medicines[n].minute = number_of(row, 2);
		day->medicines[n].worked = number_of(row, 3);
	}
}

/* The earliest day of which anything stands; false: there is none left. */
static bool next_date(const struct days *d, int32_t *ret)
{
	bool any = false;

	for (enum cursor i = 0; i < CURSORS; i++) {
		int32_t date;

		if (!d->more[i])
			continue;
		date = sqlite3_column_int(d->at[i], 0);
		if (!any || date < *ret)
			*ret = date;
		any = true;
	}
	return any;
}

/*
 * All that is said of a day. Where its head is gone (another program was at
 * the file), when it was entered is not known: on the day itself.
 */
static int take_day(struct days *d, int32_t date, struct diary_day *day)
{
	int r = 0;

	diary_blank(day, date, (int64_t)date * DAY_S);
	if (is_of(d, HEADS, date)) {
		day->entered_s = sqlite3_column_int64(d->at[HEADS], 1);
		snprintf(day->note, sizeof(day->note), "%s",
		         text_of(d->at[HEADS], 2));
		r = advance(d, HEADS);
	}
	for (; r == 0 && is_of(d, VALUES, date); r = advance(d, VALUES))
		take_value(d->at[VALUES], day);
	for (; r == 0 && is_of(d, MEDICINES, date); r = advance(d, MEDICINES))
		take_medicine(d->at[MEDICINES], day);
	return r;
}

static int read_days(struct days *d,
                     int (*each)(void *data, const struct diary_day *day),
                     void *data)
{
	struct diary_day day;
	int32_t date = 0;
	int r = 0;

	while (r == 0 && next_date(d, &date)) {
		r = take_day(d, date, &day);
		if (r == 0)
			r = each(data, &day);
	}
	return r;
}

/* In one transaction: the three are of one moment. */
int store_diary_days(struct store *s, int32_t from, int32_t to,
                     int (*each)(void *data, const struct diary_day *day),
                     void *data)
{
	struct days d = {.store = s};
	int r = say(s, db_exec(s->db, "SAVEPOINT days"));

	if (r)
		return r;
	r = open_days(&d, from, to);
	if (r == 0)
		r = read_days(&d, each, data);
	for (enum cursor i = 0; i < CURSORS; i++)
		sqlite3_finalize(d.at[i]);
	(void)db_exec(s->db, "RELEASE days");
	return r;
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
