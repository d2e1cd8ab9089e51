/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_HELPERS_PLACE_H
#define LULL_TESTS_HELPERS_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sqlite3.h>

#include "store/store.h"
#include "store/writer.h"

/** A folder of the test's own, and where the store is in it. */
struct place {
	char *folder;
	char path[512];
};

/* cmocka's, of a test: its state is a struct place, with no store yet. */
int place_make(void **state);
int place_drop(void **state);
#define place_test(name)                                                       \
	cmocka_unit_test_setup_teardown(name, place_make, place_drop)

/** place_store() - open it; place_sqlite() - as any other program would. */
struct store *place_store(const char *path, enum store_mode mode);
sqlite3 *place_sqlite(const char *path);
/** place_sql() - run @sql on it, as that. */
void place_sql(const char *path, const char *sql);
/** place_number() - the one number that @sql asks for. */
int64_t place_number(sqlite3 *db, const char *sql);

/** place_bytes() - all of a file; the caller's to free. */
char *place_bytes(const char *path, size_t *ret_len);
/** place_mode() - permissions of @path with @suffix; 0: it is not there. */
unsigned place_mode(const char *path, const char *suffix);
/** place_refuses() - opening it fails with @expected, says so, and changes no
    byte. */
void place_refuses(const char *path, enum store_mode mode, int expected);

/* Sessions to read: each of these is one row of one. */
struct writer *place_writer(const char *path);
void place_begin(struct writer *w, const char *start, bool simulated);
void place_technique(struct writer *w, const char *name);
void place_end(struct writer *w, const char *result);
/** place_session() - begun and ended, with nothing in it. */
void place_session(struct writer *w, const char *start, bool simulated,
                   const char *result);

struct ids {
	int64_t id[16];
	size_t n;
	size_t stop_at;
};

/** place_keep_id() - for store_sessions(): into the struct ids at @data. */
int place_keep_id(void *data, const struct store_session *row);

#endif
