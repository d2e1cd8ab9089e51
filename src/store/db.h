/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_STORE_DB_H
#define LULL_STORE_DB_H

#include <sqlite3.h>

#include "store/store.h"

/**
 * One connection to the store's file, as every part of this folder opens it.
 * Inside src/store only.
 */

/** What is counted once a session is over; within an UPDATE of session. */
#define DB_SET_COUNTS                                                          \
	" seconds = coalesce((SELECT t_us FROM event WHERE session = id"       \
	" ORDER BY seq DESC LIMIT 1), 0) / 1e6,"                               \
	" beats = (SELECT count(*) FROM beat WHERE session = id),"             \
	" events = (SELECT count(*) FROM event WHERE session = id)"

/** Whether a session's first line @line is of one for the day of an attack: as
    the person said, or else its routine; 0 or 1. */
#define DB_ATTACK(line)                                                        \
	"CASE WHEN json_valid(" line ") THEN coalesce(json_extract(" line ","  \
	" CASE coalesce(json_extract(" line ", '$.settings.mode'), 'auto')"    \
	" WHEN 'auto' THEN '$.routine.mode' ELSE '$.settings.mode' END)"       \
	" = 'attack', 0) ELSE 0 END"

/** db_open() - as store_open(), which says what it returns. */
int db_open(sqlite3 **ret, const char *path, enum store_mode mode,
            struct store_error *error);

/** db_errno() - the one place where an SQLite code becomes a negative errno.
    @db: that gave @code; NULL where there is none. */
int db_errno(sqlite3 *db, int code);

/** db_say() - @e (negative errno) at @path as one plain sentence. */
void db_say(char *ret, size_t len, const char *path, int e);

/** db_exec() - statements without result. Return: 0 or negative errno. */
int db_exec(sqlite3 *db, const char *sql);

/** db_number() - the one integer that @sql gives. Return: 0, -ENOENT where
    it gives no row, or negative errno. */
int db_number(sqlite3 *db, const char *sql, int64_t *ret);

/** db_rollback() - where SQLite has not done so itself. */
void db_rollback(sqlite3 *db);

#endif
