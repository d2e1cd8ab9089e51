/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/place.h"
#include "tests/helpers/test.h"

#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "store/store.h"
#include "store/writer.h"
#include "tests/helpers/written.h"

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

/* --- rows ------------------------------------------------------------------
 */

static void lines_come_back_byte_for_byte_and_in_order(void **state)
{
	struct place *p = *state;
	struct writer *w = written_writer(p->path, NULL);

	written_begin(w);
	for (uint64_t i = 0; i < 10000; i++) /* more than one transaction */
		assert_int_equal(written_event(w, i), 0);
	writer_flush(w);
	assert_int_equal(written_seen(p->path, 1), 10000);
	writer_destroy(w);
	assert_int_equal(written_seen(p->path, 1), 10000);
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
	struct writer *w = written_writer(p->path, NULL);
	struct store *s;
	int n = 0;

	written_begin(w);
	for (uint64_t i = 0; i < 5; i++)
		written_event(w, i);
	writer_destroy(w);
	s = written_store(p->path, STORE_READ);
	assert_int_equal(store_lines(s, 1, stop_at_third, &n), 42);
	assert_int_equal(n, 3);
	store_close(s);
}

static void
an_end_carries_its_figures_and_what_was_not_had_stays_nan(void **state)
{
	struct place *p = *state;
	_Atomic int woken = 0;
	struct writer *w = written_writer(p->path, &woken);
	struct writer_end e = written_end;
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
	written_begin(w);
	written_event(w, 0);
	written_event(w, 1);
	assert_int_equal(writer_end(w, &e), 0);
	written_await(&woken, 1);
	writer_status(w, &status);
	assert_int_equal(status.session, 1);
	assert_true(status.ended);
	assert_int_equal(status.error, 0);
	assert_int_equal(status.lost, 0);
	s = written_store(p->path, STORE_READ);
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
	struct writer *w = written_writer(p->path, NULL);
	struct store_session x;
	struct store *s;
	sqlite3_stmt *row;
	sqlite3 *db;

	written_begin(w);
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
	s = written_store(p->path, STORE_READ);
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
	struct writer *w = written_writer(p->path, NULL);
	struct writer_status status;

	for (int64_t id = 1; id <= 3; id++) {
		written_begin(w);
		writer_status(w, &status);
		assert_false(status.ended);
		for (uint64_t i = 0; i < 5; i++)
			written_event(w, i);
		assert_int_equal(writer_end(w, &written_end), 0);
	}
	writer_flush(w);
	writer_status(w, &status);
	assert_int_equal(status.session, 3);
	assert_true(status.ended);
	for (int64_t id = 1; id <= 3; id++)
		assert_int_equal(written_seen(p->path, id), 5);
	writer_destroy(w);
}

static void an_event_of_no_session_is_lost_and_counted(void **state)
{
	struct place *p = *state;
	struct writer *w = written_writer(p->path, NULL);
	struct writer_status status;

	written_event(w, 0);
	writer_end(w, &written_end);
	writer_flush(w);
	writer_status(w, &status);
	assert_int_equal(status.lost, 2);
	assert_int_equal(status.session, 0);
	assert_false(status.ended);
	written_begin(w);
	written_event(w, 0);
	writer_flush(w);
	writer_status(w, &status);
	assert_int_equal(status.lost, 0);
	assert_int_equal(written_seen(p->path, status.session), 1);
	writer_destroy(w);
}

/* --- time ------------------------------------------------------------------
 */

static void an_event_is_on_the_disk_within_a_second(void **state)
{
	struct place *p = *state;
	struct writer *w = written_writer(p->path, NULL);
	struct store *s;
	uint64_t asked_ms, n = 0;
	int before;

	written_begin(w);
	writer_flush(w);
	before = atomic_load(&timers);
	asked_ms = written_now_ms();
	written_event(w, 0);
	written_await(&timers, before + 1);
	/* however busy this machine is, this is what was planned */
	assert_true(atomic_load(&timer_ms) <= asked_ms + WRITTEN_COMMIT_MS);

	/* and a later row does not put it off */
	written_event(w, 1);
	s = written_store(p->path, STORE_READ);
	while (n < 2) {
		assert_true(written_now_ms() < asked_ms + WRITTEN_DEADLINE_MS);
		n = 0;
		assert_int_equal(store_lines(s, 1, written_check, &n), 0);
		poll(NULL, 0, 2);
	}
	assert_true(atomic_load(&timer_ms) <= asked_ms + WRITTEN_COMMIT_MS);
	store_close(s);
	writer_destroy(w);
}

static void a_begin_and_an_end_do_not_wait(void **state)
{
	struct place *p = *state;
	_Atomic int woken = 0;
	struct writer *w = written_writer(p->path, &woken);
	int before = atomic_load(&timers);
	struct writer_status status;

	written_begin(w);
	do
		writer_status(w, &status);
	while (!status.session);
	assert_int_equal(writer_end(w, &written_end), 0);
	written_await(&woken, 1);
	assert_int_equal(atomic_load(&timers), before);
	writer_destroy(w);
}

static void with_nothing_to_write_it_sleeps_without_a_timer(void **state)
{
	struct place *p = *state;
	struct writer *w = written_writer(p->path, NULL);
	int before;

	written_await(&sleeping, 1);
	written_begin(w);
	written_event(w, 0);
	writer_flush(w);
	before = atomic_load(&timers);
	written_await(&sleeping, 1);
	assert_int_equal(atomic_load(&timers), before);
	writer_destroy(w);
	assert_int_equal(atomic_load(&sleeping), 0);
}

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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
