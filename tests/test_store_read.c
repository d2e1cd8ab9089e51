/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/place.h"
#include "tests/helpers/test.h"

#include <errno.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "store/store.h"
#include "store/writer.h"

#define DAY_S INT64_C(86400)

/* --- what is asked ---------------------------------------------------------
 */

static void sessions_come_newest_first_by_their_start(void **state)
{
	struct place *p = *state;
	struct writer *w = place_writer(p->path);
	struct ids all = {.n = 0}, two = {.n = 0}, stopped = {.stop_at = 1};
	struct store *s;
	int64_t last;

	/* 3 is between 1 and 2 once the offsets are counted in */
	place_session(w, "2026-03-01T08:00:00+01:00", false, "completed");
	place_session(w, "2026-03-01T08:00:00-05:00", false, "completed");
	place_session(w, "2026-03-01T08:00:00+00:00", false, "completed");
	place_session(w, "2026-03-01T08:00:00+00:00", false, "completed");
	writer_destroy(w);
	s = place_store(p->path, STORE_READ);
	assert_int_equal(store_sessions(s, 0, place_keep_id, &all), 0);
	assert_int_equal(all.n, 4);
	assert_int_equal(all.id[0], 2);
	assert_int_equal(all.id[1], 4);
	assert_int_equal(all.id[2], 3);
	assert_int_equal(all.id[3], 1);
	assert_int_equal(store_sessions(s, 2, place_keep_id, &two), 0);
	assert_int_equal(two.n, 2);
	assert_int_equal(two.id[1], 4);
	assert_int_equal(store_sessions(s, 0, place_keep_id, &stopped), 0);
	assert_int_equal(stopped.n, 1);
	assert_int_equal(store_last_id(s, &last), 0);
	assert_int_equal(last, 2);
	store_close(s);
}

static int refuse_line(void *data, const char *line, size_t len)
{
	(void)data;
	(void)line;
	(void)len;
	fail();
	return 0;
}

static void a_session_that_is_not_there_is_named(void **state)
{
	struct place *p = *state;
	struct store_session x = {.id = 77};
	struct store *s = place_store(p->path, STORE_WRITE);

	assert_int_equal(store_session(s, 41, &x), -ENOENT);
	assert_int_equal(x.id, 77);
	assert_non_null(strstr(store_message(s), "session 41: there is none"));
	assert_int_equal(store_lines(s, 42, refuse_line, NULL), -ENOENT);
	assert_non_null(strstr(store_message(s), "session 42: there is none"));
	store_close(s);
}

static void result_is(const char *path, int64_t id, const char *result)
{
	struct store *s = place_store(path, STORE_READ);
	struct store_session x;

	assert_int_equal(store_session(s, id, &x), 0);
	assert_string_equal(x.result, result);
	assert_near(x.seconds, 5, 0);
	assert_int_equal(x.events, 1);
	assert_int_equal(x.beats, 0);
	store_close(s);
}

static void
a_session_cut_off_shows_as_interrupted_and_recovers_as_that(void **state)
{
	struct place *p = *state;
	struct writer *w = place_writer(p->path);
	struct store *s;

	place_begin(w, "2026-03-01T08:00:00Z", false);
	place_technique(w, "brow_smooth");
	writer_flush(w);
	result_is(p->path, 1, "");
	writer_destroy(w); /* no end was written */
	result_is(p->path, 1, "interrupted");

	/* with a writer there again only its own session runs */
	w = place_writer(p->path);
	place_begin(w, "2026-03-01T09:00:00Z", false);
	place_technique(w, "brow_smooth");
	writer_flush(w);
	result_is(p->path, 1, "interrupted");
	result_is(p->path, 2, "");
	place_end(w, "stopped");
	writer_destroy(w);
	result_is(p->path, 2, "stopped");

	s = place_store(p->path, STORE_WRITE);
	assert_int_equal(store_recover(s), 1);
	assert_int_equal(store_recover(s), 0);
	store_close(s);

	sqlite3 *db = place_sqlite(p->path);

	assert_int_equal(place_number(db,
	                              "SELECT result = 'interrupted' AND"
	                              " seconds = 5 AND events = 1 AND"
	                              " beats = 0 FROM session WHERE id = 1"),
	                 1);
	sqlite3_close(db);
}

static void the_profile_counts_finished_sessions_of_a_real_heart(void **state)
{
	struct place *p = *state;
	struct writer *w = place_writer(p->path);
	char flags[64] = "untouched";
	int sessions = -1;
	bool known = true;
	struct store *s;

	place_session(w, "", false, "completed");
	place_session(w, "", false, "closed_early");
	place_session(w, "", false, "stopped");
	place_session(w, "", false, "interrupted");
	place_session(w, "", true, "completed");
	place_begin(w, "", false);
	writer_destroy(w);
	s = place_store(p->path, STORE_READ);
	assert_int_equal(
		store_profile(s, 1000, flags, sizeof(flags), &known, &sessions),
		0);
	assert_int_equal(sessions, 2);
	assert_string_equal(flags, "");
	assert_false(known);
	store_close(s);
}

static void flags_are_known_for_thirty_days(void **state)
{
	const int64_t t = 1772000000;
	const struct {
		int64_t now;
		bool known;
	} cases[] = {
		{t, true},
		{t + 30 * DAY_S, true},
		{t + 30 * DAY_S + 1, false},
		{t - 1, false}, /* the clock was set back */
	};
	struct place *p = *state;
	struct store *s = place_store(p->path, STORE_WRITE);
	char flags[64], small[4] = "abc";
	bool known;
	int sessions = 7;

	assert_int_equal(store_set_flags(s, t - DAY_S, "tmj"), 0);
	assert_int_equal(store_set_flags(s, t, "preg,gca"), 0);
	for (size_t i = 0; i < 4; i++) {
		known = !cases[i].known;
		assert_int_equal(store_profile(s, cases[i].now, flags,
		                               sizeof(flags), &known,
		                               &sessions),
		                 0);
		assert_string_equal(flags, "preg,gca");
		assert_int_equal(known, cases[i].known);
	}
	sessions = 7;
	assert_int_equal(
		store_profile(s, t, small, sizeof(small), &known, &sessions),
		-ENOBUFS);
	assert_string_equal(small, "abc");
	assert_int_equal(sessions, 7);
	assert_int_equal(store_set_flags(s, t, ""), 0);
	assert_int_equal(
		store_profile(s, t, flags, sizeof(flags), &known, &sessions),
		0);
	assert_string_equal(flags, "");
	assert_true(known);
	store_close(s);
}

static void uses_are_counted_by_technique_without_simulated_ones(void **state)
{
	struct place *p = *state;
	struct writer *w = place_writer(p->path);
	struct store_use uses[4];
	size_t n = 99;
	struct store *s;

	place_begin(w, "", false);
	place_technique(w, "brow_smooth");
	place_technique(w, "trap_squeeze");
	place_technique(w, "trap_squeeze");
	place_end(w, "completed");
	place_begin(w, "", true);
	place_technique(w, "brow_smooth");
	place_technique(w, "brow_smooth");
	place_end(w, "completed");
	writer_destroy(w);
	s = place_store(p->path, STORE_READ);
	assert_int_equal(store_uses(s, uses, 4, &n), 0);
	assert_int_equal(n, 2);
	assert_string_equal(uses[0].technique, "trap_squeeze");
	assert_int_equal(uses[0].uses, 2);
	assert_true(isnan(uses[0].rating));
	assert_string_equal(uses[1].technique, "brow_smooth");
	assert_int_equal(uses[1].uses, 1);
	assert_int_equal(store_uses(s, uses, 1, &n), 0);
	assert_int_equal(n, 1);
	store_close(s);
}

static void
massage_is_blocked_by_the_gravest_until_a_doctor_has_seen_it(void **state)
{
	struct place *p = *state;
	struct store *s = place_store(p->path, STORE_WRITE);
	char stop[16] = "untouched";

	assert_int_equal(store_blocked(s, stop, sizeof(stop)), 0);
	assert_string_equal(stop, "untouched");
	/* of a session that is not stored, or not yet: blocks all the same */
	assert_int_equal(store_block(s, 999, "soon", 10), 0);
	assert_int_equal(store_blocked(s, stop, sizeof(stop)), 1);
	assert_string_equal(stop, "soon");
	assert_int_equal(store_block(s, 0, "emergency", 11), 0);
	assert_int_equal(store_block(s, 0, "urgent", 12), 0);
	assert_int_equal(store_blocked(s, stop, sizeof(stop)), 1);
	assert_string_equal(stop, "emergency");
	assert_int_equal(store_block(s, 0, "grave", 12), -EINVAL);
	assert_int_equal(store_seen(s, 20), 3);
	assert_int_equal(store_blocked(s, stop, sizeof(stop)), 0);
	assert_int_equal(store_seen(s, 21), 0);
	assert_int_equal(store_block(s, 0, "urgent", 30), 0);
	store_close(s);
	s = place_store(p->path, STORE_READ);
	assert_int_equal(store_blocked(s, stop, sizeof(stop)), 1);
	assert_string_equal(stop, "urgent");
	store_close(s);
}

static void erasing_a_session_takes_its_rows_and_keeps_its_block(void **state)
{
	struct place *p = *state;
	struct writer *w = place_writer(p->path);
	struct store *s;
	sqlite3 *db;
	char stop[16];

	place_begin(w, "", false);
	place_technique(w, "brow_smooth");
	place_end(w, "stopped");
	writer_destroy(w);
	s = place_store(p->path, STORE_WRITE);
	assert_int_equal(store_block(s, 1, "urgent", 5), 0);
	place_sql(p->path, "PRAGMA foreign_keys=ON;"
	                   "DELETE FROM session WHERE id = 1");
	assert_int_equal(store_blocked(s, stop, sizeof(stop)), 1);
	store_close(s);
	db = place_sqlite(p->path);
	assert_int_equal(place_number(db, "SELECT count(*) FROM event"), 0);
	assert_int_equal(place_number(db, "SELECT count(*) FROM technique_use"),
	                 0);
	sqlite3_close(db);

	/* and its number is not given to another */
	w = place_writer(p->path);
	place_begin(w, "", false);
	writer_flush(w);

	struct writer_status status;

	writer_status(w, &status);
	assert_int_equal(status.session, 2);
	writer_destroy(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		place_test(sessions_come_newest_first_by_their_start),
		place_test(a_session_that_is_not_there_is_named),
		place_test(
			a_session_cut_off_shows_as_interrupted_and_recovers_as_that),
		place_test(
			the_profile_counts_finished_sessions_of_a_real_heart),
		place_test(flags_are_known_for_thirty_days),
		place_test(
			uses_are_counted_by_technique_without_simulated_ones),
		place_test(
			massage_is_blocked_by_the_gravest_until_a_doctor_has_seen_it),
		place_test(
			erasing_a_session_takes_its_rows_and_keeps_its_block),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
