/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_STORE_MIGRATE_H
#define LULL_STORE_MIGRATE_H

#include <sqlite3.h>
#include <stddef.h>

/**
 * The store's format, as a list of numbered steps that only ever grows: step
 * n makes version n + 1 of version n, in one transaction of its own. The
 * number stands in the file (PRAGMA user_version), beside a mark that the
 * file is ours (PRAGMA application_id). Inside src/store, and its tests.
 */

/** The version that this program knows. */
#define MIGRATE_NEWEST 5
/** "Lull" in ASCII. */
#define MIGRATE_APPLICATION_ID 0x4c756c6c

/**
 * migrate_version() - of the file, 0 for one that is still empty
 *
 * Return: as said; -EPROTO if it is newer than MIGRATE_NEWEST; -EBADMSG if
 * it is not ours; or the errno of reading it. Changes nothing.
 */
int migrate_version(sqlite3 *db);

/** migrate_run() - up to MIGRATE_NEWEST. Return: 0 or negative errno, the
    file being then at the last version that was reached. */
int migrate_run(sqlite3 *db);

/** migrate_steps() - migrate_run() on a list of its own: SQL of each step. */
int migrate_steps(sqlite3 *db, const char *const *steps, size_t n);

/** migrate_step() - the SQL of step @n, from 0; NULL past the last. */
const char *migrate_step(size_t n);

#endif
