/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/rows.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "store/db.h"

#define STRINGS_MAX 4

enum statement { BEGIN, EVENT, BEAT, BEAT_CLASS, TECHNIQUE, END, STATEMENTS };

static const char *const sql[STATEMENTS] = {
	[BEGIN] = "INSERT INTO session(start, start_s, routine, sensor,"
		  " simulated, first_line, attack)"
		  " VALUES(?1, coalesce(unixepoch(?1), 0), ?2, ?3, ?4, ?5,"
		  " " DB_ATTACK("?5") ")",
	[EVENT] = "INSERT INTO event(session, seq, t_us, kind, line)"
		  " VALUES(?1, ?2, ?3, ?4, ?5)",
	[BEAT] = "INSERT INTO beat(session, n, t_us, at_us, rr_ms)"
		 " VALUES(?1, ?2, ?3, ?4, ?5)",
	[BEAT_CLASS] = "UPDATE beat SET class = ?3"
		       " WHERE session = ?1 AND n = ?2",
	[TECHNIQUE] = "INSERT INTO technique_use(session, seq, technique)"
		      " VALUES(?1, ?2, ?3)",
	[END] = "UPDATE session SET result = ?2, stop = ?3, rule = ?4,"
		" hr_before = ?5, hr_after = ?6,"
		" rmssd_before = ?7, rmssd_after = ?8,"
		" headache_before = ?9, headache_after = ?10,"
		" tension_before = ?11, tension_after = ?12," DB_SET_COUNTS
		" WHERE id = ?1",
};

/* One allocation for the row and all its strings, which it then points to. */
static struct row *row_create(enum row_type type, const char **strings[],
                              size_t n)
{
	size_t bytes = sizeof(struct row), lens[STRINGS_MAX];
	struct row *row;
	char *to;

	for (size_t i = 0; i < n; i++) {
		lens[i] = *strings[i] ? strlen(*strings[i]) + 1 : 0;
		bytes += lens[i];
	}
	row = calloc(1, bytes);
	if (!row)
		return NULL;
	row->type = type;
	row->bytes = bytes;
	to = row->strings;
	for (size_t i = 0; i < n; i++) {
		if (!lens[i])
			continue;
		*strings[i] = memcpy(to, *strings[i], lens[i]);
		to += lens[i];
	}
	return row;
}

struct row *row_begin(const struct writer_begin *begin)
{
	struct writer_begin copy = *begin;
	const char **strings[] = {&copy.start, &copy.routine, &copy.sensor,
	                          &copy.line};
	struct row *row = row_create(ROW_TYPE_BEGIN, strings, 4);

	if (row)
		row->begin = copy;
	return row;
}

struct row *row_event(const struct writer_event *event)
{
	struct writer_event copy = *event;
	const char **strings[] = {&copy.kind, &copy.line, &copy.class_,
	                          &copy.technique};
	struct row *row = row_create(ROW_TYPE_EVENT, strings, 4);

	if (row)
		row->event = copy;
	return row;
}

struct row *row_end(const struct writer_end *end)
{
	struct writer_end copy = *end;
	const char **strings[] = {&copy.result, &copy.stop};
	struct row *row = row_create(ROW_TYPE_END, strings, 2);

	if (row)
		row->end = copy;
	return row;
}

int rows_init(struct rows *rows, sqlite3 *db)
{
	*rows = (struct rows){.db = db};
	for (int i = 0; i < STATEMENTS; i++) {
		int code = sqlite3_prepare_v3(db, sql[i], -1,
		                              SQLITE_PREPARE_PERSISTENT,
		                              &rows->statements[i], NULL);

		if (code)
			return db_errno(db, code);
	}
	return 0;
}

void rows_finish(struct rows *rows)
{
	for (int i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(rows->statements[i]);
	*rows = (struct rows){.db = NULL};
}

/* The strings outlive the step; a NULL one is written as "". */
static void bind_text(sqlite3_stmt *s, int i, const char *text)
{
	sqlite3_bind_text(s, i, text ? text : "", -1, SQLITE_STATIC);
}

/* SQLite keeps no NAN: it becomes NULL. */
static void bind_figure(sqlite3_stmt *s, int i, double figure)
{
	if (isfinite(figure))
		sqlite3_bind_double(s, i, figure);
	else
		sqlite3_bind_null(s, i);
}

static int run(sqlite3_stmt *s)
{
	int code = sqlite3_step(s);

	sqlite3_reset(s);
	sqlite3_clear_bindings(s);
	return code == SQLITE_DONE ? 0 : code;
}

static int write_begin(struct rows *rows, const struct row *row)
{
	sqlite3_stmt *s = rows->statements[BEGIN];
	int code;

	rows->session = 0;
	rows->generation = row->generation;
	bind_text(s, 1, row->begin.start);
	bind_text(s, 2, row->begin.routine);
	bind_text(s, 3, row->begin.sensor);
	sqlite3_bind_int(s, 4, row->begin.simulated);
	bind_text(s, 5, row->begin.line);
	code = run(s);
	if (!code)
		rows->session = sqlite3_last_insert_rowid(rows->db);
	return code;
}

static int write_beat(struct rows *rows, const struct row *row)
{
	sqlite3_stmt *s = rows->statements[BEAT];

	sqlite3_bind_int64(s, 1, rows->session);
	sqlite3_bind_int64(s, 2, (int64_t)row->beat);
	sqlite3_bind_int64(s, 3, (int64_t)row->event.t_us);
	sqlite3_bind_int64(s, 4, (int64_t)row->event.at_us);
	bind_figure(s, 5, row->event.rr_ms);
	return run(s);
}

static int write_text(struct rows *rows, enum statement which, uint64_t n,
                      const char *text)
{
	sqlite3_stmt *s = rows->statements[which];

	sqlite3_bind_int64(s, 1, rows->session);
	sqlite3_bind_int64(s, 2, (int64_t)n);
	bind_text(s, 3, text);
	return run(s);
}

static int write_event(struct rows *rows, const struct row *row)
{
	sqlite3_stmt *s = rows->statements[EVENT];
	int code;

	sqlite3_bind_int64(s, 1, rows->session);
	sqlite3_bind_int64(s, 2, (int64_t)row->seq);
	sqlite3_bind_int64(s, 3, (int64_t)row->event.t_us);
	bind_text(s, 4, row->event.kind);
	bind_text(s, 5, row->event.line);
	code = run(s);
	if (code)
		return code;
	switch (row->event.row) {
	case ROW_EVENT:
		return 0;
	case ROW_BEAT:
		return write_beat(rows, row);
	case ROW_BEAT_CLASS:
		return write_text(rows, BEAT_CLASS, row->beat,
		                  row->event.class_);
	case ROW_TECHNIQUE:
		return write_text(rows, TECHNIQUE, row->seq,
		                  row->event.technique);
	}
	return SQLITE_MISUSE;
}

static int write_end(struct rows *rows, const struct row *row)
{
	const struct writer_end *end = &row->end;
	const double figures[] = {
		end->hr_before,      end->hr_after,        end->rmssd_before,
		end->rmssd_after,    end->headache_before, end->headache_after,
		end->tension_before, end->tension_after,
	};
	sqlite3_stmt *s = rows->statements[END];

	sqlite3_bind_int64(s, 1, rows->session);
	bind_text(s, 2, end->result);
	bind_text(s, 3, end->stop);
	sqlite3_bind_int(s, 4, end->rule);
	for (int i = 0; i < 8; i++)
		bind_figure(s, 5 + i, figures[i]);
	return run(s);
}

/* Else its begin did not reach the queue or the store. */
static bool is_ours(const struct rows *rows, const struct row *row)
{
	return rows->session && rows->generation == row->generation;
}

static int write_row(struct rows *rows, const struct row *row)
{
	switch (row->type) {
	case ROW_TYPE_BEGIN:
		return write_begin(rows, row);
	case ROW_TYPE_EVENT:
		return is_ours(rows, row) ? write_event(rows, row)
		                          : SQLITE_CONSTRAINT;
	case ROW_TYPE_END:
		return is_ours(rows, row) ? write_end(rows, row)
		                          : SQLITE_CONSTRAINT;
	}
	return SQLITE_MISUSE;
}

int rows_put(struct rows *rows, const struct row *row)
{
	return db_errno(rows->db, write_row(rows, row));
}

/* To try again would give the same. */
static bool is_refused(int code)
{
	switch (code & 0xff) {
	case SQLITE_CONSTRAINT:
	case SQLITE_TOOBIG:
	case SQLITE_MISMATCH:
	case SQLITE_RANGE:
	case SQLITE_MISUSE:
		return true;
	default:
		return false;
	}
}

static int write_all(struct rows *rows, struct row *const *ring, size_t size,
                     size_t head, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct row *row = ring[(head + i) % size];
		int code = write_row(rows, row);

		row->lost = code && is_refused(code);
		if (code && !row->lost)
			return db_errno(rows->db, code);
	}
	return 0;
}

/*
 * NORMAL: a commit goes to the kernel, not yet to the disk. A SIGKILL then
 * loses nothing that was committed; a power cut may lose what came after the
 * last checkpoint (some 4 MB of log), and leaves the file whole. The commit
 * of an end waits for the disk, and takes all before it along.
 */
static const char *level_for(struct row *const *ring, size_t size, size_t head,
                             size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (ring[(head + i) % size]->type == ROW_TYPE_END)
			return "PRAGMA synchronous=FULL; BEGIN IMMEDIATE";
	return "PRAGMA synchronous=NORMAL; BEGIN IMMEDIATE";
}

int rows_write(struct rows *rows, struct row *const *ring, size_t size,
               size_t head, size_t n)
{
	const struct rows before = *rows;
	int r = db_exec(rows->db, level_for(ring, size, head, n));

	if (!r)
		r = write_all(rows, ring, size, head, n);
	if (!r)
		r = db_exec(rows->db, "COMMIT");
	if (r) {
		db_rollback(rows->db);
		rows->session = before.session;
		rows->generation = before.generation;
	}
	return r;
}
