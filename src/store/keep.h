/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_STORE_KEEP_H
#define LULL_STORE_KEEP_H

#include "store/store.h"

/**
 * What a person does with the store as a whole: a copy to keep, a copy to come
 * back to, and taking out of it what shall be gone. All safe beside a running
 * daemon, or refused with -EBUSY.
 */

/**
 * store_backup() - copy the store as it is at one moment into a new file
 * @path: must not be there yet; made 0600
 * @error: filled on failure; may be NULL
 *
 * Of a session that runs the copy has all that was committed: at most the last
 * second is missing. Return: 0; -EEXIST; or negative errno, and then no file
 * is left.
 */
int store_backup(struct store *s, const char *path, struct store_error *error);

/**
 * store_restore() - put a backup in the place of the store at @store_path
 * @path: the backup; it is only read. An older version's is brought up to date.
 * @error: filled on failure
 *
 * The store that was there is kept beside it as STORE.before, in the place of
 * an earlier one. Return: 0; -EBUSY while a daemon may write; -EBADMSG if
 * @path is no store or is damaged; -EPROTO if a newer version wrote it; or
 * negative errno. On failure the store is as it was.
 */
int store_restore(const char *store_path, const char *path,
                  struct store_error *error);

/** What store_erase() takes out. */
struct store_erase {
	int64_t session;      /**< this one; 0: by time */
	int64_t from_s, to_s; /**< those that began in [from_s, to_s), Unix */
	int32_t from, to;     /**< diary days, both with them, and trials that
	                         began on them; from > to: none */
	bool settings;        /**< the flags of E.1 too */
};

/**
 * store_erase() - delete, so that no byte of it stays in the file
 *
 * Rows are overwritten (secure_delete), and the write-ahead log is emptied. A
 * block that waits for a doctor stays. On a disk that remaps, older copies of
 * a sector may outlive the file's: only an encrypted disk helps there.
 *
 * Return: how many sessions and days are gone; -ENOENT for a session that is
 * not there; -EBUSY for one that runs, or if another program reads the store
 * and the log cannot be emptied now (it is, when that ends); negative errno.
 */
int store_erase(struct store *s, const struct store_erase *what);

/** store_erase_count() - what it would take out, as store_erase() returns. */
int store_erase_count(struct store *s, const struct store_erase *what);

#endif
