/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/bring.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/db.h"
#include "store/figures.h"
#include "store/rows.h"
#include "store/store_private.h"

/* Of a packed beat: when, how long, ticks and gap; little endian. */
#define BEAT_BYTES 20

enum statement {
	SESSION,
	RECORDING,
	SAME_BEATS,
	SAME_LINE,
	START,
	FIGURES,
	STATEMENTS
};

static const char *const sql[STATEMENTS] = {
	[SESSION] = "INSERT INTO session(start, start_s, routine, sensor,"
		    " simulated, result, seconds, beats, events, first_line)"
		    " VALUES(?1, coalesce(unixepoch(?1), 0), '', ?2, 1,"
		    " 'completed', ?3, ?4, 0, '')",
	[RECORDING] = "INSERT INTO recording(session, format, sum, beats)"
		      " VALUES(?1, ?2, ?3, ?4)",
	[SAME_BEATS] = "SELECT session FROM recording"
		       " WHERE sum = ?1 AND beats = ?2",
	[SAME_LINE] = "SELECT id FROM session"
		      " WHERE start_s = coalesce(unixepoch(?1), 0)"
		      " AND first_line = ?2",
	[START] = "UPDATE session SET start = ?2,"
		  " start_s = coalesce(unixepoch(?2), 0)"
		  " WHERE id = ?1 AND start = ''",
	[FIGURES] = FIGURES_PUT,
};

struct store_bring {
	struct store *store;
	sqlite3_stmt *statements[STATEMENTS];
	struct rows rows;
	bool open;                    /* a transaction */
	uint64_t seq, beats, classes; /* of the session that was begun */
};

int store_bring_create(struct store_bring **ret, struct store *s)
{
	struct store_bring *b = calloc(1, sizeof(*b));
	int r = b ? 0 : -ENOMEM;

	if (!b)
		return r;
	b->store = s;
	for (int i = 0; r == 0 && i < STATEMENTS; i++)
		r = store_prepare(s, sql[i], &b->statements[i]);
	if (r == 0)
		r = rows_init(&b->rows, s->db);
	if (r < 0) {
		store_bring_destroy(b);
		return r;
	}
	*ret = b;
	return 0;
}

struct store_bring *store_bring_destroy(struct store_bring *b)
{
	if (!b)
		return NULL;
	for (int i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(b->statements[i]);
	rows_finish(&b->rows);
	if (b->open)
		db_rollback(b->store->db);
	free(b);
	return NULL;
}

static int say(struct store_bring *b, int r)
{
	if (r < 0)
		db_say(b->store->message, sizeof(b->store->message),
		       b->store->path, r);
	return r;
}

/* A disk waited for at each commit takes longer than all the rest. */
static int begin(struct store_bring *b)
{
	int r = 0;

	if (!b->open)
		r = say(b, db_exec(b->store->db, "PRAGMA synchronous=NORMAL;"
		                                 "BEGIN IMMEDIATE"));
	b->open = r == 0;
	return r;
}

int store_bring_commit(struct store_bring *b)
{
	int r;

	if (!b->open)
		return 0;
	r = say(b, db_exec(b->store->db, "COMMIT"));
	if (r < 0)
		db_rollback(b->store->db);
	b->open = false;
	return r;
}

int store_bring_finish(struct store_bring *b)
{
	int code, r = store_bring_commit(b);

	if (r < 0)
		return r;
	/* Syncs the log, then what of it went into the file. Who keeps this
	   one waiting too long is doing the same. */
	code = sqlite3_wal_checkpoint_v2(b->store->db, NULL,
	                                 SQLITE_CHECKPOINT_FULL, NULL, NULL);
	r = code == SQLITE_BUSY ? 0 : say(b, db_errno(b->store->db, code));
	return r < 0 ? r
	             : say(b, db_exec(b->store->db, "PRAGMA synchronous=FULL"));
}

/* Return: 0 with the row's integer, -ENOENT without a row, or errno. */
static int ask(struct store_bring *b, enum statement which, int64_t *ret)
{
	sqlite3_stmt *s = b->statements[which];
	int code = sqlite3_step(s);
	int r = store_fail(b->store, code);

	if (code == SQLITE_ROW)
		*ret = sqlite3_column_int64(s, 0);
	else if (r == 0)
		r = -ENOENT;
	sqlite3_reset(s);
	sqlite3_clear_bindings(s);
	return r;
}

static int run(struct store_bring *b, enum statement which)
{
	int64_t nothing;
	int r = ask(b, which, &nothing);

	return r == -ENOENT ? 0 : r;
}

static void bind_text(struct store_bring *b, enum statement which, int i,
                      const char *text)
{
	sqlite3_bind_text(b->statements[which], i, text, -1, SQLITE_STATIC);
}

/* --- recordings -------------------------------------------------------------
 */

static void put_le(uint8_t *to, uint64_t value, int n)
{
	for (int i = 0; i < n; i++)
		to[i] = (uint8_t)(value >> (8 * i));
}

static uint64_t take_le(const uint8_t *from, int n)
{
	uint64_t value = 0;

	for (int i = 0; i < n; i++)
		value |= (uint64_t)from[i] << (8 * i);
	return value;
}

static uint8_t *pack(const struct store_recording *r)
{
	uint8_t *bytes = malloc(r->n * BEAT_BYTES + 1), *to = bytes;

	if (!bytes)
		return NULL;
	for (size_t i = 0; i < r->n; i++, to += BEAT_BYTES) {
		const struct store_beat *beat = &r->beats[i];
		uint64_t rr;

		memcpy(&rr, &beat->rr_ms, sizeof(rr));
		put_le(to, beat->t_us, 8);
		put_le(to + 8, rr, 8);
		put_le(to + 16, beat->rr_ticks << 1 | beat->gap, 4);
	}
	return bytes;
}

/* Source: Fowler, Noll and Vo, FNV-1a of 64 bits. */
static int64_t sum_of(const uint8_t *bytes, size_t n)
{
	uint64_t sum = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < n; i++)
		sum = (sum ^ bytes[i]) * UINT64_C(0x100000001b3);
	return (int64_t)sum;
}

/* Return: -EEXIST with @ret_id, 0 if it is not there, or errno. */
static int find_same(struct store_bring *b, const uint8_t *bytes, int n,
                     int64_t *ret_id)
{
	sqlite3_stmt *s = b->statements[SAME_BEATS];
	int r;

	sqlite3_bind_int64(s, 1, sum_of(bytes, (size_t)n));
	sqlite3_bind_blob(s, 2, bytes, n, SQLITE_STATIC);
	r = ask(b, SAME_BEATS, ret_id);
	return r == 0 ? -EEXIST : r == -ENOENT ? 0 : r;
}

/* Of a recording that came in when it was not known. Return: -EEXIST or errno.
 */
static int put_start(struct store_bring *b, int64_t id, const char *start)
{
	int r = 0;

	if (*start) {
		sqlite3_bind_int64(b->statements[START], 1, id);
		bind_text(b, START, 2, start);
		r = run(b, START);
	}
	return r < 0 ? r : -EEXIST;
}

static int put_session(struct store_bring *b, const struct store_recording *r)
{
	sqlite3_stmt *s = b->statements[SESSION];
	double seconds = r->n ? (double)r->beats[r->n - 1].t_us / 1e6 : 0;

	bind_text(b, SESSION, 1, r->start);
	bind_text(b, SESSION, 2, r->name);
	sqlite3_bind_double(s, 3, seconds);
	sqlite3_bind_int64(s, 4, (int64_t)r->n);
	return run(b, SESSION);
}

static int put_recording(struct store_bring *b, const struct store_recording *r,
                         const uint8_t *bytes, int64_t *ret_id)
{
	sqlite3_stmt *s = b->statements[RECORDING];
	int n = (int)(r->n * BEAT_BYTES);
	int status = find_same(b, bytes, n, ret_id);
	int64_t id;

	if (status == -EEXIST)
		return put_start(b, *ret_id, r->start);
	if (status == 0)
		status = put_session(b, r);
	if (status < 0)
		return status;
	id = sqlite3_last_insert_rowid(b->store->db);
	sqlite3_bind_int64(s, 1, id);
	bind_text(b, RECORDING, 2, r->format);
	sqlite3_bind_int64(s, 3, sum_of(bytes, (size_t)n));
	sqlite3_bind_blob(s, 4, bytes, n, SQLITE_STATIC);
	status = run(b, RECORDING);
	if (status == 0)
		*ret_id = id;
	return status;
}

int store_bring_recording(struct store_bring *b,
                          const struct store_recording *recording,
                          int64_t *ret_id)
{
	uint8_t *bytes;
	int r;

	if (recording->n > INT32_MAX / BEAT_BYTES)
		return say(b, -EFBIG);
	bytes = pack(recording);
	r = bytes ? begin(b) : say(b, -ENOMEM);
	if (r == 0)
		r = put_recording(b, recording, bytes, ret_id);
	free(bytes);
	return r;
}

static int unpack(const uint8_t *bytes, size_t len, struct store_beat **ret,
                  size_t *ret_n)
{
	size_t n = len / BEAT_BYTES;
	struct store_beat *beats = calloc(n + 1, sizeof(*beats));

	if (!beats)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++, bytes += BEAT_BYTES) {
		uint64_t rr = take_le(bytes + 8, 8);
		uint32_t last = (uint32_t)take_le(bytes + 16, 4);

		beats[i].t_us = take_le(bytes, 8);
		memcpy(&beats[i].rr_ms, &rr, sizeof(rr));
		beats[i].rr_ticks = last >> 1;
		beats[i].gap = last & 1;
	}
	*ret = beats;
	*ret_n = n;
	return 0;
}

int store_beats(struct store *s, int64_t id, struct store_beat **ret,
                size_t *ret_n)
{
	sqlite3_stmt *statement;
	int code;
	int r = store_prepare(s,
	                      "SELECT beats FROM recording WHERE session = ?1",
	                      &statement);

	if (r)
		return r;
	sqlite3_bind_int64(statement, 1, id);
	code = sqlite3_step(statement);
	r = store_fail(s, code);
	if (code == SQLITE_ROW)
		r = unpack(sqlite3_column_blob(statement, 0),
		           (size_t)sqlite3_column_bytes(statement, 0), ret,
		           ret_n);
	else if (r == 0)
		r = -ENOENT;
	sqlite3_finalize(statement);
	return r;
}

/* --- sessions ---------------------------------------------------------------
 */

static int put_row(struct store_bring *b, struct row *row)
{
	int r = say(b, row ? rows_put(&b->rows, row) : -ENOMEM);

	free(row);
	return r;
}

int store_bring_begin(struct store_bring *b, const struct writer_begin *begun,
                      int64_t *ret_id)
{
	int r = begin(b);

	if (r < 0)
		return r;
	bind_text(b, SAME_LINE, 1, begun->start);
	bind_text(b, SAME_LINE, 2, begun->line);
	r = ask(b, SAME_LINE, ret_id);
	if (r == 0)
		return -EEXIST;
	if (r == -ENOENT)
		r = say(b, db_exec(b->store->db, "SAVEPOINT brought"));
	if (r == 0)
		r = put_row(b, row_begin(begun));
	b->seq = b->beats = b->classes = 0;
	if (r == 0)
		*ret_id = b->rows.session;
	return r;
}

int store_bring_event(struct store_bring *b, const struct writer_event *event)
{
	struct row *row = row_event(event);

	if (row) {
		row->seq = b->seq++;
		if (event->row == ROW_BEAT)
			row->beat = b->beats++;
		else if (event->row == ROW_BEAT_CLASS)
			row->beat = b->classes++;
	}
	return put_row(b, row);
}

int store_bring_end(struct store_bring *b, const struct writer_end *end)
{
	int r = put_row(b, row_end(end));

	return r ? r : say(b, db_exec(b->store->db, "RELEASE brought"));
}

void store_bring_drop(struct store_bring *b)
{
	/* where this fails, SQLite has taken it all back already */
	(void)db_exec(b->store->db, "ROLLBACK TO brought; RELEASE brought");
}

int store_bring_figures(struct store_bring *b, int64_t id, const char *engine,
                        const char *line)
{
	sqlite3_bind_int64(b->statements[FIGURES], 1, id);
	bind_text(b, FIGURES, 2, engine);
	bind_text(b, FIGURES, 3, line);
	return run(b, FIGURES);
}
