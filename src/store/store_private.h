/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_STORE_STORE_PRIVATE_H
#define LULL_STORE_STORE_PRIVATE_H

#include <sqlite3.h>

#include "store/store.h"

/** What store.c and read.c share. Inside src/store only. */
struct store {
	sqlite3 *db;
	char *path;
	char message[256];
};

/** store_fail() - @code of SQLite into errno, with the message set. */
int store_fail(struct store *s, int code);

/** store_prepare() - Return: 0 with @ret to be finalized, or as above. */
int store_prepare(struct store *s, const char *sql, sqlite3_stmt **ret);

#endif
