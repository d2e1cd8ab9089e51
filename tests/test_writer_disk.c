/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/place.h"
#include "tests/helpers/test.h"

#include <errno.h>
#include <sched.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/store.h"
#include "store/writer.h"
#include "tests/helpers/written.h"

#define QUEUE_ROWS 65536

/* --- a disk that fails when told -------------------------------------------
 */

/*
 * SQLite's own file layer with a switch in it, the default for this program.
 * Its sleep takes no time, so that five seconds of waiting for a lock pass at
 * once.
 */
static _Atomic int disk_code; /* what each write gives; 0: works */
static _Atomic int disk_refusals;
static sqlite3_vfs disk;
static sqlite3_vfs *real_disk;

/* SQLite has one set of methods for each way of locking. */
static struct disk_methods {
	sqlite3_io_methods ours; /* first: a file points here */
	const sqlite3_io_methods *real;
} disk_methods[4];

static int disk_write(sqlite3_file *file, const void *buf, int n,
                      sqlite3_int64 at)
{
	const struct disk_methods *methods =
		(const struct disk_methods *)file->pMethods;
	int code = atomic_load(&disk_code);

	if (!code)
		return methods->real->xWrite(file, buf, n, at);
	atomic_fetch_add(&disk_refusals, 1);
	return code;
}

/* Opened before there is a thread for each set, so never two at once. */
static int disk_open(sqlite3_vfs *vfs, sqlite3_filename name,
                     sqlite3_file *file, int flags, int *ret_flags)
{
	int code = real_disk->xOpen(vfs, name, file, flags, ret_flags);

	if (code || !file->pMethods)
		return code;
	for (int i = 0; i < 4; i++) {
		struct disk_methods *m = &disk_methods[i];

		if (!m->real) {
			m->ours = *file->pMethods;
			m->ours.xWrite = disk_write;
			m->real = file->pMethods;
		}
		if (m->real == file->pMethods) {
			file->pMethods = &m->ours;
			return SQLITE_OK;
		}
	}
	return SQLITE_OK;
}

static int disk_sleep(sqlite3_vfs *vfs, int us)
{
	(void)vfs;
	sched_yield();
	return us;
}

static void install_disk(void)
{
	real_disk = sqlite3_vfs_find(NULL);
	disk = *real_disk;
	disk.zName = "test-disk";
	disk.pNext = NULL;
	disk.xOpen = disk_open;
	disk.xSleep = disk_sleep;
	assert_int_equal(sqlite3_vfs_register(&disk, 1), SQLITE_OK);
}

static int tear_down(void **state)
{
	atomic_store(&disk_code, 0);
	return place_drop(state);
}

/* --- two programs ----------------------------------------------------------
 */

static void a_second_writer_is_refused_in_plain_words(void **state)
{
	struct place *p = *state;
	struct writer *w = written_writer(p->path, NULL), *second = NULL;
	struct store_error error;

	assert_int_equal(writer_create(&second, p->path, NULL, NULL, &error),
	                 -EBUSY);
	assert_null(second);
	assert_string_equal(error.what, "the store: another lulld writes it: "
	                                "end that one");
	written_begin(w);
	written_event(w, 0);
	writer_flush(w);
	assert_int_equal(written_seen(p->path, 1), 1);
	writer_destroy(w);
	w = written_writer(p->path, NULL);
	writer_destroy(w);
}

static void a_locked_database_delays_rows_and_loses_none(void **state)
{
	struct place *p = *state;
	_Atomic int woken = 0;
	struct writer *w = written_writer(p->path, &woken);
	struct writer_status status;
	sqlite3 *other;

	written_begin(w);
	writer_flush(w);
	assert_int_equal(sqlite3_open(p->path, &other), SQLITE_OK);
	assert_int_equal(
		sqlite3_exec(other, "BEGIN EXCLUSIVE", NULL, NULL, NULL),
		SQLITE_OK);
	for (uint64_t i = 0; i < 100; i++)
		assert_int_equal(written_event(w, i), 0);
	writer_flush(w);
	written_await(&woken, 1);
	writer_status(w, &status);
	assert_int_equal(status.error, -EBUSY);
	assert_non_null(strstr(status.what, "another program holds it"));
	assert_int_equal(status.lost, 0);
	assert_int_equal(written_seen(p->path, 1), 0);

	for (uint64_t i = 100; i < 200; i++)
		assert_int_equal(written_event(w, i), 0);
	assert_int_equal(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL),
	                 SQLITE_OK);
	sqlite3_close(other);
	writer_flush(w);
	writer_status(w, &status);
	assert_int_equal(status.error, -EBUSY); /* it was, and is still told */
	assert_int_equal(status.lost, 0);
	assert_int_equal(written_seen(p->path, 1), 200);
	writer_destroy(w);
}

static void a_store_that_is_held_is_not_opened_for_writing(void **state)
{
	struct place *p = *state;
	struct store_error error;
	struct store *s = NULL;
	sqlite3 *other;

	store_close(written_store(p->path, STORE_WRITE));
	assert_int_equal(sqlite3_open(p->path, &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other,
	                              "PRAGMA locking_mode=EXCLUSIVE;"
	                              "BEGIN EXCLUSIVE; COMMIT",
	                              NULL, NULL, NULL),
	                 SQLITE_OK);
	assert_int_equal(store_open(&s, p->path, STORE_WRITE, &error), -EBUSY);
	assert_non_null(strstr(error.what, "another program holds it"));
	assert_int_equal(store_open(&s, p->path, STORE_READ, &error), -EBUSY);
	sqlite3_close(other);
}

/* --- a failing disk --------------------------------------------------------
 */

static void the_disk_fails_and_comes_back(struct place *p, int code, int error,
                                          const char *words)
{
	_Atomic int woken = 0;
	struct writer *w = written_writer(p->path, &woken);
	struct writer_status status;

	written_begin(w);
	written_event(w, 0);
	writer_flush(w);
	atomic_store(&disk_code, code);
	for (uint64_t i = 1; i < 50; i++)
		assert_int_equal(written_event(w, i), 0);
	writer_flush(w);
	written_await(&woken, 1);
	writer_status(w, &status);
	assert_int_equal(status.error, error);
	assert_non_null(strstr(status.what, words));
	assert_int_equal(status.session, 1);
	writer_flush(w); /* tries again, and fails again */
	atomic_store(&disk_code, 0);
	for (uint64_t i = 50; i < 60; i++)
		assert_int_equal(written_event(w, i), 0);
	assert_int_equal(writer_end(w, &written_end), 0);
	written_await(&woken, 2); /* by itself, without a flush */
	writer_status(w, &status);
	assert_true(status.ended);
	assert_int_equal(status.lost, 0);
	assert_int_equal(status.error, error);
	assert_int_equal(written_seen(p->path, 1), 60);
	writer_destroy(w);
	assert_true(atomic_load(&disk_refusals) > 0);
}

static void
rows_of_two_sessions_that_waited_together_are_not_mixed(void **state)
{
	struct place *p = *state;
	struct writer *w = written_writer(p->path, NULL);
	struct writer_status status;

	written_begin(w);
	writer_flush(w);
	atomic_store(&disk_code, SQLITE_FULL);
	for (uint64_t i = 0; i < 7; i++)
		written_event(w, i);
	assert_int_equal(writer_end(w, &written_end), 0);
	written_begin(w);
	for (uint64_t i = 0; i < 3; i++)
		written_event(w, i);
	writer_flush(w);
	writer_status(w, &status);
	assert_int_equal(status.error, -ENOSPC);
	assert_int_equal(status.session, 0);
	atomic_store(&disk_code, 0);
	writer_flush(w);
	writer_status(w, &status);
	assert_int_equal(status.session, 2);
	assert_false(status.ended); /* that was the first one's end */
	assert_int_equal(status.lost, 0);
	assert_int_equal(written_seen(p->path, 1), 7);
	assert_int_equal(written_seen(p->path, 2), 3);
	writer_destroy(w);
}

static void after_a_full_disk_every_row_is_there(void **state)
{
	the_disk_fails_and_comes_back(*state, SQLITE_FULL, -ENOSPC,
	                              "the disk is full");
}

static void after_a_failing_disk_every_row_is_there(void **state)
{
	the_disk_fails_and_comes_back(*state, SQLITE_IOERR_WRITE, -EIO,
	                              "the disk does not answer");
}

static void after_a_read_only_disk_every_row_is_there(void **state)
{
	the_disk_fails_and_comes_back(*state, SQLITE_READONLY, -EROFS,
	                              "cannot be written");
}

static void a_full_disk_fails_a_store_with_its_name(void **state)
{
	struct place *p = *state;
	struct store *s = written_store(p->path, STORE_WRITE), *second = NULL;
	struct store_error error;
	char fresh[600];

	atomic_store(&disk_code, SQLITE_FULL);
	assert_int_equal(store_set_flags(s, 1, "preg"), -ENOSPC);
	assert_non_null(strstr(store_message(s), "the disk is full"));
	snprintf(fresh, sizeof(fresh), "%s/fresh.db", p->folder);
	assert_int_equal(store_open(&second, fresh, STORE_WRITE, &error),
	                 -ENOSPC);
	atomic_store(&disk_code, 0);
	assert_int_equal(store_set_flags(s, 1, "preg"), 0);
	store_close(s);
	store_close(written_store(fresh, STORE_WRITE));
}

static void
a_full_queue_loses_events_counted_and_still_takes_the_end(void **state)
{
	struct place *p = *state;
	struct writer *w = written_writer(p->path, NULL);
	struct writer_status status;
	struct store_session x;
	struct store *s;
	uint64_t taken = 0, refused = 0;

	written_begin(w);
	writer_flush(w);
	atomic_store(&disk_code, SQLITE_FULL);
	while (refused < 1000) {
		int r = written_event(w, taken); /* the next one that fits */

		assert_true(!r || r == -ENOBUFS);
		if (r)
			refused++;
		else
			taken++;
		assert_true(taken <= QUEUE_ROWS);
	}
	assert_true(taken > QUEUE_ROWS - 1000);
	assert_int_equal(writer_end(w, &written_end), 0);
	writer_status(w, &status);
	assert_int_equal(status.lost, 1000);
	atomic_store(&disk_code, 0);
	while (!status.ended) {
		writer_flush(w);
		writer_status(w, &status);
	}
	assert_int_equal(status.lost, 1000);
	assert_int_equal(written_seen(p->path, 1), taken);
	s = written_store(p->path, STORE_READ);
	assert_int_equal(store_session(s, 1, &x), 0);
	assert_string_equal(x.result, "completed");
	assert_int_equal(x.events, taken);
	store_close(s);
	writer_destroy(w);
}

static void the_queue_is_bounded_in_bytes_too(void **state)
{
	struct place *p = *state;
	struct writer *w = written_writer(p->path, NULL);
	const size_t len = 1 << 20;
	char *line = malloc(len + 1);
	const struct writer_event e = {.kind = "say", .line = line};
	struct writer_status status;
	int taken = 0;

	assert_non_null(line);
	memset(line, 'x', len);
	line[len] = '\0';
	written_begin(w);
	writer_flush(w);
	atomic_store(&disk_code, SQLITE_FULL);
	while (!writer_event(w, &e) && taken < 100)
		taken++;
	free(line);
	assert_in_range(taken, 60, 63); /* of 64 MiB, less the reserve */
	atomic_store(&disk_code, 0);
	writer_flush(w);
	writer_status(w, &status);
	assert_int_equal(status.lost, 1);
	writer_destroy(w);
}

static void
a_session_whose_begin_was_lost_does_not_go_into_the_one_before(void **state)
{
	struct place *p = *state;
	struct writer *w = written_writer(p->path, NULL);
	const size_t len = (size_t)64 << 20; /* more than the queue takes */
	char *line = malloc(len + 1);
	const struct writer_begin b = {.line = line};
	struct writer_status status;

	assert_non_null(line);
	memset(line, 'x', len);
	line[len] = '\0';
	written_begin(w);
	written_event(w, 0);
	assert_int_equal(writer_end(w, &written_end), 0);
	assert_int_equal(writer_begin(w, &b), -ENOBUFS);
	free(line);
	written_event(w, 1);
	written_event(w, 2); /* its place in the session before is free */
	writer_flush(w);
	writer_status(w, &status);
	assert_int_equal(status.session, 0);
	assert_int_equal(status.lost, 3);
	assert_int_equal(written_seen(p->path, 1), 1);
	writer_destroy(w);
}

static void it_ends_though_the_disk_does_not_come_back(void **state)
{
	struct place *p = *state;
	struct writer *w = written_writer(p->path, NULL);
	FILE *log = tmpfile();
	int saved = dup(STDERR_FILENO);
	char said[512] = "";

	written_begin(w);
	written_event(w, 0);
	writer_flush(w);
	atomic_store(&disk_code, SQLITE_FULL);
	written_event(w, 1);
	written_event(w, 2);
	assert_non_null(log);
	dup2(fileno(log), STDERR_FILENO);
	writer_destroy(w);
	dup2(saved, STDERR_FILENO);
	close(saved);
	assert_true(pread(fileno(log), said, sizeof(said) - 1, 0) > 0);
	fclose(log);
	assert_non_null(strstr(said, "2 rows of a session are lost: "));
	assert_non_null(strstr(said, "the disk is full"));
	atomic_store(&disk_code, 0);
	assert_int_equal(written_seen(p->path, 1), 1);
}

#define disk_test(name)                                                        \
	cmocka_unit_test_setup_teardown(name, place_make, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		disk_test(a_second_writer_is_refused_in_plain_words),
		disk_test(a_locked_database_delays_rows_and_loses_none),
		disk_test(a_store_that_is_held_is_not_opened_for_writing),
		disk_test(
			rows_of_two_sessions_that_waited_together_are_not_mixed),
		disk_test(after_a_full_disk_every_row_is_there),
		disk_test(after_a_failing_disk_every_row_is_there),
		disk_test(after_a_read_only_disk_every_row_is_there),
		disk_test(a_full_disk_fails_a_store_with_its_name),
		disk_test(
			a_full_queue_loses_events_counted_and_still_takes_the_end),
		disk_test(the_queue_is_bounded_in_bytes_too),
		disk_test(
			a_session_whose_begin_was_lost_does_not_go_into_the_one_before),
		disk_test(it_ends_though_the_disk_does_not_come_back),
	};

	install_disk();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
