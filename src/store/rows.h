/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_STORE_ROWS_H
#define LULL_STORE_ROWS_H

#include <sqlite3.h>

#include "store/writer.h"

/**
 * The rows of a session on their way to the disk: one allocation each, and
 * the statements that write them. Inside src/store only.
 */

enum row_type { ROW_TYPE_BEGIN, ROW_TYPE_EVENT, ROW_TYPE_END };

struct row {
	enum row_type type;
	uint64_t generation; /**< of the session; counts writer_begin() */
	uint64_t queued_ms;  /**< CLOCK_MONOTONIC */
	size_t bytes;        /**< of this allocation */
	bool lost;           /**< the store would not have it */
	union {
		struct writer_begin begin;
		struct writer_event event;
		struct writer_end end;
	};
	uint64_t seq;   /**< event: its place among the session's */
	uint64_t beat;  /**< ROW_BEAT, ROW_BEAT_CLASS: which beat, from 0 */
	char strings[]; /**< what the pointers above point to */
};

/* row_*() - copies with all strings; NULL: no memory. free() them. */
struct row *row_begin(const struct writer_begin *begin);
struct row *row_event(const struct writer_event *event);
struct row *row_end(const struct writer_end *end);

/** A connection and the session it writes. */
struct rows {
	sqlite3 *db;
	sqlite3_stmt *statements[6];
	int64_t session;     /**< 0: the present one's begin was lost */
	uint64_t generation; /**< of that session */
};

/** rows_init() - @db outlives it. rows_finish() it, also on failure. */
int rows_init(struct rows *rows, sqlite3 *db);
void rows_finish(struct rows *rows);

/** rows_put() - one row, in the caller's transaction. Return: 0 or errno. */
int rows_put(struct rows *rows, const struct row *row);

/**
 * rows_write() - @n rows of the ring of @size at @head, in one transaction
 *
 * A row that the store would never take (too big, of a session that is not
 * there) is marked lost and passed over.
 *
 * Return: 0, or negative errno with nothing written.
 */
int rows_write(struct rows *rows, struct row *const *ring, size_t size,
               size_t head, size_t n);

#endif
