/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "store/store.h"
#include "store/writer.h"

/* DESIGN, "Threads"; INTERFACES promises the same of a killed daemon. */
#define COMMIT_MS 1000
/* Until something that must happen has happened. */
#define DEADLINE_MS 30000
#define QUEUE_ROWS  65536

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

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

/* --- what the writer's thread waits for ------------------------------------
 */

static _Atomic int sleeping;      /* in a wait without a timer */
static _Atomic int timers;        /* waits with one */
static _Atomic uint64_t timer_ms; /* when the last of those ends */

int __real_pthread_cond_wait(pthread_cond_t *c, pthread_mutex_t *m);
int __wrap_pthread_cond_wait(pthread_cond_t *c, pthread_mutex_t *m);
int __real_pthread_cond_timedwait(pthread_cond_t *c, pthread_mutex_t *m,
                                  const struct timespec *t);
int __wrap_pthread_cond_timedwait(pthread_cond_t *c, pthread_mutex_t *m,
                                  const struct timespec *t);

int __wrap_pthread_cond_wait(pthread_cond_t *c, pthread_mutex_t *m)
{
	int r;

	atomic_fetch_add(&sleeping, 1);
	r = __real_pthread_cond_wait(c, m);
	atomic_fetch_sub(&sleeping, 1);
	return r;
}

int __wrap_pthread_cond_timedwait(pthread_cond_t *c, pthread_mutex_t *m,
                                  const struct timespec *t)
{
	atomic_store(&timer_ms, (uint64_t)t->tv_sec * 1000 +
	                                (uint64_t)t->tv_nsec / 1000000);
	atomic_fetch_add(&timers, 1);
	return __real_pthread_cond_timedwait(c, m, t);
}

/* Until @n is at least @wanted, however long a busy machine takes. */
static void await(_Atomic int *n, int wanted)
{
	uint64_t end = now_ms() + DEADLINE_MS;

	while (atomic_load(n) < wanted) {
		assert_true(now_ms() < end);
		sched_yield();
	}
}

/* --- a place ---------------------------------------------------------------
 */

struct place {
	char *folder;
	char path[512];
};

static int make_place(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	p->folder = test_scratch();
	snprintf(p->path, sizeof(p->path), "%s/lull.db", p->folder);
	*state = p;
	return 0;
}

static int drop_place(void **state)
{
	struct place *p = *state;

	atomic_store(&disk_code, 0);
	test_scrap(p->folder);
	free(p);
	return 0;
}

static void count_up(void *data)
{
	atomic_fetch_add((_Atomic int *)data, 1);
}

static struct writer *open_writer(const char *path, _Atomic int *woken)
{
	struct store_error error = {.what = ""};
	struct writer *w = NULL;
	int r = writer_create(&w, path, woken ? count_up : NULL, woken, &error);

	if (r)
		print_error("%s\n", error.what);
	assert_int_equal(r, 0);
	return w;
}

static struct store *open_store(const char *path, enum store_mode mode)
{
	struct store *s = NULL;

	assert_int_equal(store_open(&s, path, mode, NULL), 0);
	return s;
}

/* The lines are told apart by their number, and hold what SQL must not see. */
static int line_of(char *ret, size_t len, uint64_t seq)
{
	return snprintf(ret, len,
	                "{\"t\":%llu.%06llu,\"kind\":\"say\",\"x\":\"'%%s; "
	                "\xc3\xa4\xff\\u0000 %llu\"}",
	                (unsigned long long)seq / 10,
	                (unsigned long long)seq % 10 * 100000,
	                (unsigned long long)seq * 7919);
}

static void begin(struct writer *w)
{
	const struct writer_begin b = {
		.start = "2026-03-01T08:00:00+01:00",
		.routine = "tension_relief",
		.sensor = "person:1",
		.simulated = true,
		.line = "{\"kind\":\"session\",\"name\":\"it's\"}",
	};

	assert_int_equal(writer_begin(w, &b), 0);
}

static int event(struct writer *w, uint64_t seq)
{
	char line[160];
	struct writer_event e = {
		.t_us = seq * 100000,
		.kind = "say",
		.line = line,
	};
	int r;

	line_of(line, sizeof(line), seq);
	r = writer_event(w, &e);
	memset(line, '#', sizeof(line)); /* it was copied */
	return r;
}

static const struct writer_end plain_end = {
	.result = "completed",
	.stop = "",
	.hr_before = NAN,
	.hr_after = NAN,
	.rmssd_before = NAN,
	.rmssd_after = NAN,
	.headache_before = NAN,
	.headache_after = NAN,
	.tension_before = NAN,
	.tension_after = NAN,
};

/* Counts the lines, each of which is what was written, in its place. */
static int check_line(void *data, const char *line, size_t len)
{
	static const char first[] = "{\"kind\":\"session\",\"name\":\"it's\"}";
	uint64_t *n = data;
	char expected[160];

	if (*n)
		line_of(expected, sizeof(expected), *n - 1);
	else
		snprintf(expected, sizeof(expected), "%s", first);
	assert_int_equal(len, strlen(expected));
	assert_memory_equal(line, expected, len);
	++*n;
	return 0;
}

/* Return: events that a second connection sees. */
static uint64_t events_seen(const char *path, int64_t id)
{
	struct store *s = open_store(path, STORE_READ);
	uint64_t n = 0;
	int r = store_lines(s, id, check_line, &n);

	assert_true(!r || r == -ENOENT);
	store_close(s);
	return n ? n - 1 : 0;
}

/* --- rows ------------------------------------------------------------------
 */

static void lines_come_back_byte_for_byte_and_in_order(void **state)
{
	struct place *p = *state;
	struct writer *w = open_writer(p->path, NULL);

	begin(w);
	for (uint64_t i = 0; i < 10000; i++) /* more than one transaction */
		assert_int_equal(event(w, i), 0);
	writer_flush(w);
	assert_int_equal(events_seen(p->path, 1), 10000);
	writer_destroy(w);
	assert_int_equal(events_seen(p->path, 1), 10000);
}

static int stop_at_third(void *data, const char *line, size_t len)
{
	int *n = data;

	(void)line;
	(void)len;
	return ++*n == 3 ? 42 : 0;
}

static void a_reader_of_lines_may_stop(void **state)
{
	struct place *p = *state;
	struct writer *w = open_writer(p->path, NULL);
	struct store *s;
	int n = 0;

	begin(w);
	for (uint64_t i = 0; i < 5; i++)
		event(w, i);
	writer_destroy(w);
	s = open_store(p->path, STORE_READ);
	assert_int_equal(store_lines(s, 1, stop_at_third, &n), 42);
	assert_int_equal(n, 3);
	store_close(s);
}

static void
an_end_carries_its_figures_and_what_was_not_had_stays_nan(void **state)
{
	struct place *p = *state;
	_Atomic int woken = 0;
	struct writer *w = open_writer(p->path, &woken);
	struct writer_end e = plain_end;
	struct writer_status status;
	struct store_session x;
	struct store *s;

	e.result = "closed_early";
	e.rule = 13;
	e.stop = "urgent";
	e.hr_before = 71.25;
	e.rmssd_after = 33.5;
	e.headache_before = 0;
	e.tension_after = 10;
	begin(w);
	event(w, 0);
	event(w, 1);
	assert_int_equal(writer_end(w, &e), 0);
	await(&woken, 1);
	writer_status(w, &status);
	assert_int_equal(status.session, 1);
	assert_true(status.ended);
	assert_int_equal(status.error, 0);
	assert_int_equal(status.lost, 0);
	s = open_store(p->path, STORE_READ);
	assert_int_equal(store_session(s, 1, &x), 0);
	assert_string_equal(x.start, "2026-03-01T08:00:00+01:00");
	assert_string_equal(x.routine, "tension_relief");
	assert_string_equal(x.sensor, "person:1");
	assert_true(x.simulated);
	assert_string_equal(x.result, "closed_early");
	assert_int_equal(x.rule, 13);
	assert_string_equal(x.stop, "urgent");
	assert_near(x.seconds, 0.1, 1e-12);
	assert_near(x.hr_before, 71.25, 0);
	assert_true(isnan(x.hr_after));
	assert_true(isnan(x.rmssd_before));
	assert_near(x.rmssd_after, 33.5, 0);
	assert_near(x.headache_before, 0, 0);
	assert_true(isnan(x.headache_after));
	assert_true(isnan(x.tension_before));
	assert_near(x.tension_after, 10, 0);
	assert_int_equal(x.events, 2);
	assert_int_equal(x.beats, 0);
	store_close(s);
	writer_destroy(w);
}

static void beats_get_their_class_when_it_comes(void **state)
{
	static const char *const classes[] = {"ok", "rejected", "corrected"};
	struct place *p = *state;
	struct writer *w = open_writer(p->path, NULL);
	struct store_session x;
	struct store *s;
	sqlite3_stmt *row;
	sqlite3 *db;

	begin(w);
	for (uint64_t i = 0; i < 4; i++) {
		const struct writer_event e = {
			.t_us = 1000 * i + 500,
			.kind = "beat",
			.line = "{}",
			.row = ROW_BEAT,
			.at_us = 1000 * i,
			.rr_ms = 800.5 + (double)i,
		};

		assert_int_equal(writer_event(w, &e), 0);
	}
	for (int i = 0; i < 3; i++) {
		const struct writer_event e = {
			.t_us = 9000,
			.kind = "beat_class",
			.line = "{}",
			.row = ROW_BEAT_CLASS,
			.class_ = classes[i],
		};

		assert_int_equal(writer_event(w, &e), 0);
		writer_flush(w); /* also across transactions */
	}
	s = open_store(p->path, STORE_READ);
	assert_int_equal(store_session(s, 1, &x), 0);
	assert_int_equal(x.beats, 4);
	assert_int_equal(x.events, 7);
	store_close(s);
	writer_destroy(w);

	assert_int_equal(sqlite3_open(p->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db,
	                                    "SELECT n, t_us, at_us, rr_ms,"
	                                    " class FROM beat ORDER BY n",
	                                    -1, &row, NULL),
	                 SQLITE_OK);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(sqlite3_step(row), SQLITE_ROW);
		assert_int_equal(sqlite3_column_int(row, 0), i);
		assert_int_equal(sqlite3_column_int(row, 1), 1000 * i + 500);
		assert_int_equal(sqlite3_column_int(row, 2), 1000 * i);
		assert_near(sqlite3_column_double(row, 3), 800.5 + i, 0);
		if (i < 3)
			assert_string_equal(sqlite3_column_text(row, 4),
			                    classes[i]);
		else
			assert_int_equal(sqlite3_column_type(row, 4),
			                 SQLITE_NULL);
	}
	assert_int_equal(sqlite3_step(row), SQLITE_DONE);
	sqlite3_finalize(row);
	sqlite3_close(db);
}

static void a_second_session_gets_its_own_number_and_rows(void **state)
{
	struct place *p = *state;
	struct writer *w = open_writer(p->path, NULL);
	struct writer_status status;

	for (int64_t id = 1; id <= 3; id++) {
		begin(w);
		writer_status(w, &status);
		assert_false(status.ended);
		for (uint64_t i = 0; i < 5; i++)
			event(w, i);
		assert_int_equal(writer_end(w, &plain_end), 0);
	}
	writer_flush(w);
	writer_status(w, &status);
	assert_int_equal(status.session, 3);
	assert_true(status.ended);
	for (int64_t id = 1; id <= 3; id++)
		assert_int_equal(events_seen(p->path, id), 5);
	writer_destroy(w);
}

static void an_event_of_no_session_is_lost_and_counted(void **state)
{
	struct place *p = *state;
	struct writer *w = open_writer(p->path, NULL);
	struct writer_status status;

	event(w, 0);
	writer_end(w, &plain_end);
	writer_flush(w);
	writer_status(w, &status);
	assert_int_equal(status.lost, 2);
	assert_int_equal(status.session, 0);
	assert_false(status.ended);
	begin(w);
	event(w, 0);
	writer_flush(w);
	writer_status(w, &status);
	assert_int_equal(status.lost, 0);
	assert_int_equal(events_seen(p->path, status.session), 1);
	writer_destroy(w);
}

/* --- time ------------------------------------------------------------------
 */

static void an_event_is_on_the_disk_within_a_second(void **state)
{
	struct place *p = *state;
	struct writer *w = open_writer(p->path, NULL);
	struct store *s;
	uint64_t asked_ms, n = 0;
	int before;

	begin(w);
	writer_flush(w);
	before = atomic_load(&timers);
	asked_ms = now_ms();
	event(w, 0);
	await(&timers, before + 1);
	/* however busy this machine is, this is what was planned */
	assert_true(atomic_load(&timer_ms) <= asked_ms + COMMIT_MS);

	/* and a later row does not put it off */
	event(w, 1);
	s = open_store(p->path, STORE_READ);
	while (n < 2) {
		assert_true(now_ms() < asked_ms + DEADLINE_MS);
		n = 0;
		assert_int_equal(store_lines(s, 1, check_line, &n), 0);
		poll(NULL, 0, 2);
	}
	assert_true(atomic_load(&timer_ms) <= asked_ms + COMMIT_MS);
	store_close(s);
	writer_destroy(w);
}

static void a_begin_and_an_end_do_not_wait(void **state)
{
	struct place *p = *state;
	_Atomic int woken = 0;
	struct writer *w = open_writer(p->path, &woken);
	int before = atomic_load(&timers);
	struct writer_status status;

	begin(w);
	do
		writer_status(w, &status);
	while (!status.session);
	assert_int_equal(writer_end(w, &plain_end), 0);
	await(&woken, 1);
	assert_int_equal(atomic_load(&timers), before);
	writer_destroy(w);
}

static void with_nothing_to_write_it_sleeps_without_a_timer(void **state)
{
	struct place *p = *state;
	struct writer *w = open_writer(p->path, NULL);
	int before;

	await(&sleeping, 1);
	begin(w);
	event(w, 0);
	writer_flush(w);
	before = atomic_load(&timers);
	await(&sleeping, 1);
	assert_int_equal(atomic_load(&timers), before);
	writer_destroy(w);
	assert_int_equal(atomic_load(&sleeping), 0);
}

/* --- two programs ----------------------------------------------------------
 */

static void a_second_writer_is_refused_in_plain_words(void **state)
{
	struct place *p = *state;
	struct writer *w = open_writer(p->path, NULL), *second = NULL;
	struct store_error error;

	assert_int_equal(writer_create(&second, p->path, NULL, NULL, &error),
	                 -EBUSY);
	assert_null(second);
	assert_string_equal(error.what, "the store: another lulld writes it: "
	                                "end that one");
	begin(w);
	event(w, 0);
	writer_flush(w);
	assert_int_equal(events_seen(p->path, 1), 1);
	writer_destroy(w);
	w = open_writer(p->path, NULL);
	writer_destroy(w);
}

static void a_locked_database_delays_rows_and_loses_none(void **state)
{
	struct place *p = *state;
	_Atomic int woken = 0;
	struct writer *w = open_writer(p->path, &woken);
	struct writer_status status;
	sqlite3 *other;

	begin(w);
	writer_flush(w);
	assert_int_equal(sqlite3_open(p->path, &other), SQLITE_OK);
	assert_int_equal(
		sqlite3_exec(other, "BEGIN EXCLUSIVE", NULL, NULL, NULL),
		SQLITE_OK);
	for (uint64_t i = 0; i < 100; i++)
		assert_int_equal(event(w, i), 0);
	writer_flush(w);
	await(&woken, 1);
	writer_status(w, &status);
	assert_int_equal(status.error, -EBUSY);
	assert_non_null(strstr(status.what, "another program holds it"));
	assert_int_equal(status.lost, 0);
	assert_int_equal(events_seen(p->path, 1), 0);

	for (uint64_t i = 100; i < 200; i++)
		assert_int_equal(event(w, i), 0);
	assert_int_equal(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL),
	                 SQLITE_OK);
	sqlite3_close(other);
	writer_flush(w);
	writer_status(w, &status);
	assert_int_equal(status.error, -EBUSY); /* it was, and is still told */
	assert_int_equal(status.lost, 0);
	assert_int_equal(events_seen(p->path, 1), 200);
	writer_destroy(w);
}

static void a_store_that_is_held_is_not_opened_for_writing(void **state)
{
	struct place *p = *state;
	struct store_error error;
	struct store *s = NULL;
	sqlite3 *other;

	store_close(open_store(p->path, STORE_WRITE));
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
	struct writer *w = open_writer(p->path, &woken);
	struct writer_status status;

	begin(w);
	event(w, 0);
	writer_flush(w);
	atomic_store(&disk_code, code);
	for (uint64_t i = 1; i < 50; i++)
		assert_int_equal(event(w, i), 0);
	writer_flush(w);
	await(&woken, 1);
	writer_status(w, &status);
	assert_int_equal(status.error, error);
	assert_non_null(strstr(status.what, words));
	assert_int_equal(status.session, 1);
	writer_flush(w); /* tries again, and fails again */
	atomic_store(&disk_code, 0);
	for (uint64_t i = 50; i < 60; i++)
		assert_int_equal(event(w, i), 0);
	assert_int_equal(writer_end(w, &plain_end), 0);
	await(&woken, 2); /* by itself, without a flush */
	writer_status(w, &status);
	assert_true(status.ended);
	assert_int_equal(status.lost, 0);
	assert_int_equal(status.error, error);
	assert_int_equal(events_seen(p->path, 1), 60);
	writer_destroy(w);
	assert_true(atomic_load(&disk_refusals) > 0);
}

static void
rows_of_two_sessions_that_waited_together_are_not_mixed(void **state)
{
	struct place *p = *state;
	struct writer *w = open_writer(p->path, NULL);
	struct writer_status status;

	begin(w);
	writer_flush(w);
	atomic_store(&disk_code, SQLITE_FULL);
	for (uint64_t i = 0; i < 7; i++)
		event(w, i);
	assert_int_equal(writer_end(w, &plain_end), 0);
	begin(w);
	for (uint64_t i = 0; i < 3; i++)
		event(w, i);
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
	assert_int_equal(events_seen(p->path, 1), 7);
	assert_int_equal(events_seen(p->path, 2), 3);
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
	struct store *s = open_store(p->path, STORE_WRITE), *second = NULL;
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
	store_close(open_store(fresh, STORE_WRITE));
}

static void
a_full_queue_loses_events_counted_and_still_takes_the_end(void **state)
{
	struct place *p = *state;
	struct writer *w = open_writer(p->path, NULL);
	struct writer_status status;
	struct store_session x;
	struct store *s;
	uint64_t taken = 0, refused = 0;

	begin(w);
	writer_flush(w);
	atomic_store(&disk_code, SQLITE_FULL);
	while (refused < 1000) {
		int r = event(w, taken); /* the next one that fits */

		assert_true(!r || r == -ENOBUFS);
		if (r)
			refused++;
		else
			taken++;
		assert_true(taken <= QUEUE_ROWS);
	}
	assert_true(taken > QUEUE_ROWS - 1000);
	assert_int_equal(writer_end(w, &plain_end), 0);
	writer_status(w, &status);
	assert_int_equal(status.lost, 1000);
	atomic_store(&disk_code, 0);
	while (!status.ended) {
		writer_flush(w);
		writer_status(w, &status);
	}
	assert_int_equal(status.lost, 1000);
	assert_int_equal(events_seen(p->path, 1), taken);
	s = open_store(p->path, STORE_READ);
	assert_int_equal(store_session(s, 1, &x), 0);
	assert_string_equal(x.result, "completed");
	assert_int_equal(x.events, taken);
	store_close(s);
	writer_destroy(w);
}

static void the_queue_is_bounded_in_bytes_too(void **state)
{
	struct place *p = *state;
	struct writer *w = open_writer(p->path, NULL);
	const size_t len = 1 << 20;
	char *line = malloc(len + 1);
	const struct writer_event e = {.kind = "say", .line = line};
	struct writer_status status;
	int taken = 0;

	assert_non_null(line);
	memset(line, 'x', len);
	line[len] = '\0';
	begin(w);
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
	struct writer *w = open_writer(p->path, NULL);
	const size_t len = (size_t)64 << 20; /* more than the queue takes */
	char *line = malloc(len + 1);
	const struct writer_begin b = {.line = line};
	struct writer_status status;

	assert_non_null(line);
	memset(line, 'x', len);
	line[len] = '\0';
	begin(w);
	event(w, 0);
	assert_int_equal(writer_end(w, &plain_end), 0);
	assert_int_equal(writer_begin(w, &b), -ENOBUFS);
	free(line);
	event(w, 1);
	event(w, 2); /* its place in the session before is free */
	writer_flush(w);
	writer_status(w, &status);
	assert_int_equal(status.session, 0);
	assert_int_equal(status.lost, 3);
	assert_int_equal(events_seen(p->path, 1), 1);
	writer_destroy(w);
}

static void it_ends_though_the_disk_does_not_come_back(void **state)
{
	struct place *p = *state;
	struct writer *w = open_writer(p->path, NULL);
	FILE *log = tmpfile();
	int saved = dup(STDERR_FILENO);
	char said[512] = "";

	begin(w);
	event(w, 0);
	writer_flush(w);
	atomic_store(&disk_code, SQLITE_FULL);
	event(w, 1);
	event(w, 2);
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
	assert_int_equal(events_seen(p->path, 1), 1);
}

/* --- SIGKILL ---------------------------------------------------------------
 */

#define KILLS     10
#define KILL_ROWS 1500
/* For the scheduler, where ten writers share a busy machine. */
#define KILL_SLACK_MS 1000

struct victim {
	pid_t pid;
	int pipe; /* one byte a row */
	int kill_at, seen;
	uint64_t killed_ms;
	char path[600];
	uint64_t *queued_ms; /* shared memory */
};

/* The child: one row in about two milliseconds, until it dies. */
static void write_until_killed(struct victim *v, int out)
{
	struct writer *w = NULL;

	if (writer_create(&w, v->path, NULL, NULL, NULL))
		_exit(1);
	begin(w);
	for (uint64_t i = 0; i < KILL_ROWS; i++) {
		v->queued_ms[i] = now_ms();
		if (event(w, i) || write(out, "", 1) != 1)
			_exit(2);
		poll(NULL, 0, 2);
	}
	for (;;)
		pause();
}

static void start_victim(struct victim *v, const char *folder, int n,
                         uint64_t *seed)
{
	int ends[2];

	snprintf(v->path, sizeof(v->path), "%s/%d.db", folder, n);
	v->kill_at = 1 + (int)(test_uniform(seed) * (KILL_ROWS - 1));
	v->queued_ms =
		mmap(NULL, KILL_ROWS * sizeof(uint64_t), PROT_READ | PROT_WRITE,
	             MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(v->queued_ms, MAP_FAILED);
	assert_int_equal(pipe(ends), 0);
	v->pid = fork();
	assert_true(v->pid >= 0);
	if (!v->pid)
		write_until_killed(v, ends[1]);
	close(ends[1]);
	v->pipe = ends[0];
}

/* Return: whether it is dead now. */
static bool follow_victim(struct victim *v)
{
	char bytes[64];
	ssize_t n = read(v->pipe, bytes, sizeof(bytes));
	int status;

	assert_true(n > 0); /* else it ended by itself */
	v->seen += (int)n;
	if (v->seen < v->kill_at)
		return false;
	v->killed_ms = now_ms();
	kill(v->pid, SIGKILL);
	assert_int_equal(waitpid(v->pid, &status, 0), v->pid);
	assert_true(WIFSIGNALED(status));
	close(v->pipe);
	return true;
}

static void kill_all(struct victim *victims)
{
	int alive = KILLS;

	while (alive) {
		struct pollfd fds[KILLS];

		for (int i = 0; i < KILLS; i++)
			fds[i] = (struct pollfd){
				.fd = victims[i].killed_ms ? -1
			                                   : victims[i].pipe,
				.events = POLLIN,
			};
		assert_true(poll(fds, KILLS, DEADLINE_MS) > 0);
		for (int i = 0; i < KILLS; i++)
			if (fds[i].revents && follow_victim(&victims[i]))
				alive--;
	}
}

static void is_ok(const char *path)
{
	sqlite3_stmt *s;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(
		sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &s, NULL),
		SQLITE_OK);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	assert_string_equal(sqlite3_column_text(s, 0), "ok");
	sqlite3_finalize(s);
	sqlite3_close(db);
}

static void shows_interrupted(const char *path)
{
	struct store *s = open_store(path, STORE_READ);
	struct store_session x;

	if (!store_session(s, 1, &x))
		assert_string_equal(x.result, "interrupted");
	store_close(s);
}

static void examine(const struct victim *v)
{
	struct store *s;
	struct store_session x;
	uint64_t kept;
	int recovered;

	is_ok(v->path);
	shows_interrupted(v->path);
	kept = events_seen(v->path, 1); /* a prefix: check_line() */
	/* no row is missing that had its second; 0: none was written */
	assert_true(kept == KILL_ROWS || !v->queued_ms[kept] ||
	            v->queued_ms[kept] + COMMIT_MS + KILL_SLACK_MS >
	                    v->killed_ms);
	s = open_store(v->path, STORE_WRITE);
	recovered = store_recover(s);
	assert_in_range(recovered, 0, 1);
	assert_true(recovered == 1 || !kept);
	if (recovered) {
		assert_int_equal(store_session(s, 1, &x), 0);
		assert_string_equal(x.result, "interrupted");
		assert_int_equal(x.events, kept);
		assert_near(x.seconds, kept ? (double)(kept - 1) / 10 : 0,
		            1e-9);
	}
	store_close(s);
}

static void
a_killed_writer_loses_a_second_at_most_and_nothing_else(void **state)
{
	struct place *p = *state;
	const char *given = getenv("LULL_TEST_SEED");
	uint64_t seed =
		given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
	struct victim victims[KILLS] = {0};

	print_message("LULL_TEST_SEED=%llu\n", (unsigned long long)seed);
	for (int i = 0; i < KILLS; i++)
		start_victim(&victims[i], p->folder, i, &seed);
	kill_all(victims);
	for (int i = 0; i < KILLS; i++) {
		examine(&victims[i]);
		munmap(victims[i].queued_ms, KILL_ROWS * sizeof(uint64_t));
	}
}

#define place_test(name)                                                       \
	cmocka_unit_test_setup_teardown(name, make_place, drop_place)

int main(void)
{
	const struct CMUnitTest tests[] = {
		place_test(lines_come_back_byte_for_byte_and_in_order),
		place_test(a_reader_of_lines_may_stop),
		place_test(
			an_end_carries_its_figures_and_what_was_not_had_stays_nan),
		place_test(beats_get_their_class_when_it_comes),
		place_test(a_second_session_gets_its_own_number_and_rows),
		place_test(an_event_of_no_session_is_lost_and_counted),
		place_test(an_event_is_on_the_disk_within_a_second),
		place_test(a_begin_and_an_end_do_not_wait),
		place_test(with_nothing_to_write_it_sleeps_without_a_timer),
		place_test(a_second_writer_is_refused_in_plain_words),
		place_test(a_locked_database_delays_rows_and_loses_none),
		place_test(a_store_that_is_held_is_not_opened_for_writing),
		place_test(after_a_full_disk_every_row_is_there),
		place_test(after_a_failing_disk_every_row_is_there),
		place_test(after_a_read_only_disk_every_row_is_there),
		place_test(
			rows_of_two_sessions_that_waited_together_are_not_mixed),
		place_test(a_full_disk_fails_a_store_with_its_name),
		place_test(
			a_full_queue_loses_events_counted_and_still_takes_the_end),
		place_test(the_queue_is_bounded_in_bytes_too),
		place_test(
			a_session_whose_begin_was_lost_does_not_go_into_the_one_before),
		place_test(it_ends_though_the_disk_does_not_come_back),
		place_test(
			a_killed_writer_loses_a_second_at_most_and_nothing_else),
	};

	install_disk();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
