/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/place.h"
#include "tests/helpers/test.h"

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/store.h"
#include "store/writer.h"

#define NOBODY 65534 /* the kernel's overflow user: owns nothing */

/* --- files ---------------------------------------------------------------- */

static void a_new_store_and_its_folder_are_private(void **state)
{
	struct place *p = *state;
	mode_t before = umask(0);
	struct store *s;
	char path[600], folder[560];

	snprintf(folder, sizeof(folder), "%s/a/lull", p->folder);
	snprintf(path, sizeof(path), "%s/lull.db", folder);
	s = place_store(path, STORE_WRITE);
	assert_int_equal(store_set_flags(s, 0, "preg"), 0);
	assert_int_equal(place_mode(folder, ""), 0700);
	assert_int_equal(place_mode(path, ""), 0600);
	assert_int_equal(place_mode(path, "-wal"), 0600);
	assert_int_equal(place_mode(path, "-shm"), 0600);
	store_close(s);
	umask(0777);

	struct writer *w = place_writer(p->path);

	assert_int_equal(place_mode(p->path, ""), 0600);
	assert_int_equal(place_mode(p->path, ".lock"), 0600);
	writer_destroy(w);
	umask(before);
}

static void a_store_that_others_could_read_is_closed_to_them(void **state)
{
	struct place *p = *state;

	store_close(place_store(p->path, STORE_WRITE));
	assert_int_equal(chmod(p->path, 0644), 0);
	store_close(place_store(p->path, STORE_WRITE));
	assert_int_equal(place_mode(p->path, ""), 0600);
}

static void reading_makes_no_file_and_leaves_none(void **state)
{
	struct place *p = *state;
	struct store_error error;
	struct store *s = NULL;
	int64_t id;

	assert_int_equal(store_open(&s, p->path, STORE_READ, &error), -ENOENT);
	assert_non_null(strstr(error.what, "none yet"));
	assert_int_equal(place_mode(p->path, ""), 0);
	test_write(p->path, "", 0);
	assert_int_equal(store_open(&s, p->path, STORE_READ, NULL), -ENOENT);
	store_close(place_store(p->path, STORE_WRITE));
	s = place_store(p->path, STORE_READ);
	assert_int_equal(store_last_id(s, &id), -ENOENT);
	assert_non_null(strstr(store_message(s), "lull start"));
	store_close(s);
	assert_int_equal(place_mode(p->path, "-wal"), 0);
	assert_int_equal(place_mode(p->path, "-shm"), 0);
	assert_int_equal(place_mode(p->path, ".lock"), 0);
}

static void a_reader_cannot_write(void **state)
{
	struct place *p = *state;
	struct store *s;

	store_close(place_store(p->path, STORE_WRITE));
	s = place_store(p->path, STORE_READ);
	assert_int_equal(store_set_flags(s, 1, "preg"), -EROFS);
	assert_non_null(strstr(store_message(s), "cannot be written"));
	assert_int_equal(store_recover(s), -EROFS);
	store_close(s);
}

static void a_name_with_the_signs_of_an_uri_is_only_a_name(void **state)
{
	struct place *p = *state;
	char path[600];

	snprintf(path, sizeof(path), "%s/a b%%41?mode=ro#x.db", p->folder);
	store_close(place_store(path, STORE_WRITE));
	assert_int_equal(place_mode(path, ""), 0600);
	store_close(place_store(path, STORE_READ));
}

static void what_is_no_store_is_refused_and_left_alone(void **state)
{
	static const char text[] = "dear diary, this is no database";
	struct place *p = *state;
	char page[8192];

	test_write(p->path, text, sizeof(text));
	place_refuses(p->path, STORE_WRITE, -EBADMSG);
	place_refuses(p->path, STORE_READ, -EBADMSG);
	memset(page, 0xa5, sizeof(page));
	test_write(p->path, page, sizeof(page));
	place_refuses(p->path, STORE_WRITE, -EBADMSG);
	memcpy(page, "SQLite format 3", 16);
	test_write(p->path, page, sizeof(page));
	place_refuses(p->path, STORE_WRITE, -EBADMSG);
}

static void the_database_of_another_program_is_refused(void **state)
{
	struct place *p = *state;

	place_sql(p->path, "CREATE TABLE bookmark(url TEXT)");
	place_refuses(p->path, STORE_WRITE, -EBADMSG);
	place_refuses(p->path, STORE_READ, -EBADMSG);
	place_sql(p->path, "DROP TABLE bookmark; PRAGMA application_id=7");
	place_refuses(p->path, STORE_WRITE, -EBADMSG);
}

static void a_folder_in_its_place_is_refused(void **state)
{
	struct place *p = *state;
	struct store_error error;
	struct store *s = NULL;
	char below[600];

	assert_int_equal(mkdir(p->path, 0700), 0);
	assert_int_equal(store_open(&s, p->path, STORE_WRITE, &error),
	                 -EBADMSG);
	snprintf(below, sizeof(below), "%s/file", p->folder);
	test_write(below, "x", 1);
	snprintf(below, sizeof(below), "%s/file/lull.db", p->folder);
	assert_int_equal(store_open(&s, below, STORE_WRITE, &error), -ENOTDIR);
	assert_non_null(strstr(error.what, "file/lull.db: "));
}

static void a_long_path_still_leaves_room_for_the_reason(void **state)
{
	struct place *p = *state;
	struct store_error error;
	struct store *s = NULL;
	char path[1200];
	int n = snprintf(path, sizeof(path), "%s", p->folder);

	for (int i = 0; i < 6; i++)
		n += snprintf(path + n, sizeof(path) - (size_t)n, "/%0120d", 0);
	assert_int_equal(store_open(&s, path, STORE_READ, &error), -ENOENT);
	assert_non_null(strstr(error.what, "first session"));
}

/* --- read-only -------------------------------------------------------------
 */

/* Runs @check as a user to whom the place is read-only. Return: its status. */
static int as_nobody(int (*check)(const struct place *p), const struct place *p)
{
	int status = 0;
	pid_t child = fork();

	assert_true(child >= 0);
	if (!child) {
		if (!geteuid() &&
		    (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
		     setresuid(NOBODY, NOBODY, NOBODY)))
			_exit(99);
		_exit(check(p));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void seal(const struct place *p, unsigned file, unsigned folder)
{
	assert_int_equal(chmod(p->path, file), 0);
	assert_int_equal(chmod(p->folder, folder), 0);
}

/* The numbers that these return are the line to look at. */
static int reads_all(const struct place *p)
{
	struct ids ids = {.n = 0};
	struct store *s = NULL;
	struct store_session x;

	if (store_open(&s, p->path, STORE_READ, NULL))
		return 1;
	if (store_sessions(s, 0, place_keep_id, &ids) || ids.n != 1)
		return 2;
	if (store_session(s, ids.id[0], &x) ||
	    strcmp(x.result, "completed") != 0)
		return 3;
	if (store_set_flags(s, 1, "x") != -EROFS)
		return 4;
	store_close(s);
	return place_mode(p->path, "-shm") || place_mode(p->path, "-wal") ? 5
	                                                                  : 0;
}

static int cannot_write(const struct place *p)
{
	struct store_error error = {.what = ""};
	struct store *s = NULL;
	struct writer *w = NULL;
	int r = store_open(&s, p->path, STORE_WRITE, &error);

	if (r != -EROFS && r != -EACCES)
		return 1;
	if (!strstr(error.what, "folder"))
		return 2;
	r = writer_create(&w, p->path, NULL, NULL, &error);
	return r == -EROFS || r == -EACCES ? 0 : 3;
}

static int cannot_read(const struct place *p)
{
	struct store *s = NULL;

	return store_open(&s, p->path, STORE_READ, NULL) == -EACCES ? 0 : 1;
}

static void a_read_only_store_is_read_and_writing_is_refused(void **state)
{
	struct place *p = *state;
	struct writer *w = place_writer(p->path);
	size_t len_before, len;
	char *before, *after;

	place_session(w, "2026-03-01T08:00:00+01:00", false, "completed");
	writer_destroy(w);
	before = place_bytes(p->path, &len_before);
	seal(p, 0444, 0555);
	assert_int_equal(as_nobody(reads_all, p), 0);
	assert_int_equal(as_nobody(cannot_write, p), 0);
	seal(p, 0000, 0555);
	assert_int_equal(as_nobody(cannot_read, p), 0);
	seal(p, 0600, 0700);
	after = place_bytes(p->path, &len);
	assert_int_equal(len, len_before);
	assert_memory_equal(before, after, len);
	free(before);
	free(after);
}

static void a_damaged_page_is_reported_not_shown(void **state)
{
	struct place *p = *state;
	struct writer *w = place_writer(p->path);
	struct ids ids = {.n = 0};
	struct store_error error;
	struct store *s = NULL;
	size_t len;
	char *bytes;
	int r;

	place_session(w, "", false, "completed");
	writer_destroy(w);
	bytes = place_bytes(p->path, &len);
	assert_true(len > 8192);
	memset(bytes + 4096, 0xff, len - 4096); /* all but the first page */
	test_write(p->path, bytes, len);
	free(bytes);
	r = store_open(&s, p->path, STORE_READ, &error);
	if (!r)
		r = store_sessions(s, 0, place_keep_id, &ids);
	assert_int_equal(r, -EBADMSG);
	assert_int_equal(ids.n, 0);
	store_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		place_test(a_new_store_and_its_folder_are_private),
		place_test(a_store_that_others_could_read_is_closed_to_them),
		place_test(reading_makes_no_file_and_leaves_none),
		place_test(a_reader_cannot_write),
		place_test(a_name_with_the_signs_of_an_uri_is_only_a_name),
		place_test(what_is_no_store_is_refused_and_left_alone),
		place_test(the_database_of_another_program_is_refused),
		place_test(a_folder_in_its_place_is_refused),
		place_test(a_long_path_still_leaves_room_for_the_reason),
		place_test(a_read_only_store_is_read_and_writing_is_refused),
		place_test(a_damaged_page_is_reported_not_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
