/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/helpers/test.h"
#include "tests/helpers/written.h"

/* --- a folder with a store in it ----------------------------------------- */

int place_make(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	p->folder = test_scratch();
	snprintf(p->path, sizeof(p->path), "%s/lull.db", p->folder);
	*state = p;
	return 0;
}

int place_drop(void **state)
{
	struct place *p = *state;

	test_scrap(p->folder);
	free(p);
	return 0;
}

struct store *place_store(const char *path, enum store_mode mode)
{
	struct store_error error = {.what = ""};
	struct store *s = NULL;
	int r = store_open(&s, path, mode, &error);

	if (r)
		print_error("%s\n", error.what);
	assert_int_equal(r, 0);
	return s;
}

sqlite3 *place_sqlite(const char *path)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	return db;
}

void place_sql(const char *path, const char *sql)
{
	sqlite3 *db = place_sqlite(path);

	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

int64_t place_number(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *s;
	int64_t n;

	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	n = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return n;
}

char *place_bytes(const char *path, size_t *ret_len)
{
	FILE *file = fopen(path, "rb");
	struct stat st;
	char *bytes;

	assert_non_null(file);
	assert_int_equal(fstat(fileno(file), &st), 0);
	bytes = malloc((size_t)st.st_size + 1);
	assert_non_null(bytes);
	*ret_len = fread(bytes, 1, (size_t)st.st_size + 1, file);
	assert_int_equal(*ret_len, st.st_size);
	fclose(file);
	return bytes;
}

unsigned place_mode(const char *path, const char *suffix)
{
	char whole[700];
	struct stat st;

	snprintf(whole, sizeof(whole), "%s%s", path, suffix);
	if (stat(whole, &st))
		return 0;
	return st.st_mode & 07777;
}

void place_refuses(const char *path, enum store_mode mode, int expected)
{
	struct store_error error = {.what = ""};
	struct store *s = NULL;
	size_t len_before, len;
	char *before = place_bytes(path, &len_before), *after;

	assert_int_equal(store_open(&s, path, mode, &error), expected);
	assert_null(s);
	assert_non_null(strstr(error.what, "lull.db: "));
	after = place_bytes(path, &len);
	assert_int_equal(len, len_before);
	assert_memory_equal(before, after, len);
	assert_int_equal(place_mode(path, "-wal"), 0);
	assert_int_equal(place_mode(path, "-shm"), 0);
	free(before);
	free(after);
}

/* --- sessions to read ---------------------------------------------------- */

struct writer *place_writer(const char *path)
{
	struct store_error error = {.what = ""};
	struct writer *w = NULL;
	int r = writer_create(&w, path, NULL, NULL, &error);

	if (r)
		print_error("%s\n", error.what);
	assert_int_equal(r, 0);
	return w;
}

void place_begin(struct writer *w, const char *start, bool simulated)
{
	const struct writer_begin b = {
		.start = start,
		.routine = "tension_relief",
		.sensor = simulated ? "person:1" : "ble:",
		.simulated = simulated,
		.line = "{\"kind\":\"session\"}",
	};

	assert_int_equal(writer_begin(w, &b), 0);
}

void place_technique(struct writer *w, const char *name)
{
	const struct writer_event e = {
		.t_us = 5000000,
		.kind = "step",
		.line = "{}",
		.row = ROW_TECHNIQUE,
		.technique = name,
	};

	assert_int_equal(writer_event(w, &e), 0);
}

void place_end(struct writer *w, const char *result)
{
	struct writer_end e = written_end;

	e.result = result;
	assert_int_equal(writer_end(w, &e), 0);
}

void place_session(struct writer *w, const char *start, bool simulated,
                   const char *result)
{
	place_begin(w, start, simulated);
	place_end(w, result);
}

int place_keep_id(void *data, const struct store_session *row)
{
	struct ids *ids = data;

	assert_true(ids->n < 16);
	ids->id[ids->n++] = row->id;
	return ids->n == ids->stop_at;
}
