/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/trial.h"

#include <errno.h>
#include <stdio.h>

#include "store/db.h"
#include "store/store_private.h"

static int say(struct store *s, int r)
{
	if (r)
		db_say(s->message, sizeof(s->message), s->path, r);
	return r;
}

/* --- reading ----------------------------------------------------------------
 */

static void take_arm(sqlite3_stmt *row, int column, char *ret, size_t len)
{
	const unsigned char *text = sqlite3_column_text(row, column);

	snprintf(ret, len, "%s", text ? (const char *)text : "");
}

static int32_t day_of(sqlite3_stmt *row, int column)
{
	int64_t day = sqlite3_column_int64(row, column);

	return day < INT32_MIN   ? INT32_MIN
	       : day > INT32_MAX ? INT32_MAX
	                         : (int32_t)day;
}

/* What is out of bounds becomes 0, which is not sound. */
static unsigned count_of(sqlite3_stmt *row, int column)
{
	int64_t n = sqlite3_column_int64(row, column);

	return n >= 0 && n < 1000 ? (unsigned)n : 0;
}

static int take_row(sqlite3_stmt *row, struct trial *ret)
{
	struct trial t = {.id = sqlite3_column_int64(row, 0),
	                  .seed = (uint64_t)sqlite3_column_int64(row, 1),
	                  .start = day_of(row, 2),
	                  .ended = TRIAL_OPEN,
	                  .weeks = count_of(row, 3),
	                  .pairs = count_of(row, 4)};

	take_arm(row, 5, t.arms[TRIAL_FIRST], sizeof(t.arms[TRIAL_FIRST]));
	take_arm(row, 6, t.arms[TRIAL_SECOND], sizeof(t.arms[TRIAL_SECOND]));
	if (sqlite3_column_type(row, 7) != SQLITE_NULL)
		t.ended = day_of(row, 7);
	if (!trial_is_sound(&t))
		return -EBADMSG;
	*ret = t;
	return 0;
}

int store_trial_last(struct store *s, struct trial *ret)
{
	sqlite3_stmt *row;
	int code, r = store_prepare(s,
	                            "SELECT id, seed, start, weeks, pairs,"
	                            " first_arm, second_arm, ended FROM trial"
	                            " ORDER BY id DESC LIMIT 1",
	                            &row);

	if (r)
		return r;
	code = sqlite3_step(row);
	if (code == SQLITE_DONE)
		r = -ENOENT;
	else if (code == SQLITE_ROW)
		r = take_row(row, ret);
	else
		r = store_fail(s, code);
	sqlite3_finalize(row);
	return r == -EBADMSG ? say(s, r) : r;
}

/* --- writing ----------------------------------------------------------------
 */

static int insert(struct store *s, struct trial *t)
{
	sqlite3_stmt *row;
	int r = store_prepare(s,
	                      "INSERT INTO trial(seed, start, weeks, pairs,"
	                      " first_arm, second_arm)"
	                      " VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
	                      &row);

	if (r)
		return r;
	sqlite3_bind_int64(row, 1, (int64_t)t->seed);
	sqlite3_bind_int64(row, 2, t->start);
	sqlite3_bind_int64(row, 3, t->weeks);
	sqlite3_bind_int64(row, 4, t->pairs);
	sqlite3_bind_text(row, 5, t->arms[TRIAL_FIRST], -1, SQLITE_STATIC);
	sqlite3_bind_text(row, 6, t->arms[TRIAL_SECOND], -1, SQLITE_STATIC);
	r = store_fail(s, sqlite3_step(row));
	sqlite3_finalize(row);
	if (r == 0)
		t->id = sqlite3_last_insert_rowid(s->db);
	return r;
}

/* Between looking and writing no other program may begin one. */
int store_trial_begin(struct store *s, struct trial *t, int32_t today)
{
	struct trial last;
	int r;

	if (!trial_is_sound(t))
		return say(s, -EINVAL);
	r = say(s, db_exec(s->db, "BEGIN IMMEDIATE"));
	if (r)
		return r;
	r = store_trial_last(s, &last);
	if (r == 0)
		r = trial_runs(&last, today) ? say(s, -EEXIST) : 0;
	else if (r == -ENOENT)
		r = 0;
	if (r == 0)
		r = insert(s, t);
	if (r == 0)
		r = say(s, db_exec(s->db, "COMMIT"));
	if (r)
		db_rollback(s->db);
	return r;
}

static int mark_ended(struct store *s, int64_t id, int32_t today)
{
	sqlite3_stmt *row;
	int r = store_prepare(s,
	                      "UPDATE trial SET ended = ?2"
	                      " WHERE id = ?1 AND ended IS NULL",
	                      &row);

	if (r)
		return r;
	sqlite3_bind_int64(row, 1, id);
	sqlite3_bind_int64(row, 2, today);
	r = store_fail(s, sqlite3_step(row));
	sqlite3_finalize(row);
	return r ? r : sqlite3_changes(s->db) ? 0 : -ENOENT;
}

int store_trial_end(struct store *s, int32_t today)
{
	struct trial last;
	int r = store_trial_last(s, &last);

	if (r == 0 && !trial_runs(&last, today))
		r = -ENOENT;
	return r ? r : mark_ended(s, last.id, today);
}
