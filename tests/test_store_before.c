/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was before a session, and that like is compared with like. */
#include "store/before.h"

#include <errno.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/change.h"
#include "store/migrate.h"
#include "store/writer.h"
#include "tests/helpers/place.h"
#include "tests/helpers/test.h"
#include "tests/helpers/written.h"

#define ATTACK "{\"settings\":{\"mode\":\"attack\"},\"routine\":{}}"
#define ROUTINES                                                               \
	"{\"settings\":{\"mode\":\"auto\"},\"routine\":{\"mode\":\"attack\"}}"
#define SAID                                                                   \
	"{\"settings\":{\"mode\":\"night\"},\"routine\":{\"mode\":\"attack\"}}"

static void run_sql(const char *path, const char *sql)
{
	char *why = NULL;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s: %s", sql, why);
	sqlite3_close(db);
}

/* Session @day of November at eight in the morning, a heart at @hr before. */
static void keep(const char *path, int day, int hr, const char *had)
{
	char sql[640];

	store_close(written_store(path, STORE_WRITE));
	snprintf(sql, sizeof(sql),
	         "INSERT INTO session(id, start, start_s, routine, sensor,"
	         " simulated, result, seconds, beats, events, hr_before,"
	         " hr_after, rmssd_before, rmssd_after, first_line, had)"
	         " VALUES(%d, '2026-11-%02dT08:00:00+00:00',"
	         " unixepoch('2026-11-%02dT08:00:00+00:00'), 'r', 'ble:', 0,"
	         " 'completed', 900, 900, 1, %d, 60, 30, 40, '{}', %s)",
	         day, day, day, hr, had);
	run_sql(path, sql);
}

static struct store_session session_of(const char *path, int64_t id)
{
	struct store *s = written_store(path, STORE_READ);
	struct store_session row;

	assert_int_equal(store_session(s, id, &row), 0);
	store_close(s);
	return row;
}

/* --- words ------------------------------------------------------------------
 */

static void words_and_letters_are_read_in_any_order(void **state)
{
	char text[BEFORE_TEXT];
	int set = BEFORE_NOT_SAID;

	(void)state;
	assert_int_equal(before_read(" m, caffeine  c ", &set), 0);
	assert_int_equal(set, BEFORE_CAFFEINE | BEFORE_MEAL);
	assert_string_equal(before_text(set, text), "caffeine,meal");
	assert_string_equal(before_words(set, text), "caffeine and a meal");
	assert_int_equal(before_read("none", &set), 0);
	assert_int_equal(set, 0);
	assert_string_equal(before_text(set, text), "none");
	assert_string_equal(before_words(set, text), "");
	assert_int_equal(before_read(" ,", &set), 0);
	assert_int_equal(set, BEFORE_NOT_SAID);
	assert_string_equal(before_text(set, text), "");
}

static void every_set_comes_back_as_it_was_written(void **state)
{
	(void)state;
	for (int set = BEFORE_NOT_SAID; set <= BEFORE_ALL; set++) {
		char text[BEFORE_TEXT];
		int back = -9;

		assert_int_equal(before_read(before_text(set, text), &back), 0);
		assert_int_equal(back, set);
		assert_true(strlen(before_words(set, text)) + 1 < BEFORE_TEXT);
	}
}

static void what_is_no_word_of_it_changes_nothing(void **state)
{
	static const char *const bad[] = {
		"coffee", "meal none", "none,meal", "caffeinecaffeinecaffeine",
		"m;e",    "C",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int set = 7;

		assert_int_equal(before_read(bad[i], &set), -EINVAL);
		assert_int_equal(set, 7);
	}
}

/* --- kept -------------------------------------------------------------------
 */

static void what_was_said_is_kept_and_can_be_taken_back(void **state)
{
	struct place *p = *state;
	struct store *s;

	keep(p->path, 1, 70, "NULL");
	assert_int_equal(session_of(p->path, 1).before, BEFORE_NOT_SAID);
	s = written_store(p->path, STORE_WRITE);
	assert_int_equal(store_before_put(s, 1, BEFORE_ALCOHOL), 0);
	assert_int_equal(session_of(p->path, 1).before, BEFORE_ALCOHOL);
	assert_int_equal(store_before_put(s, 1, 0), 0);
	assert_int_equal(session_of(p->path, 1).before, 0);
	assert_int_equal(store_before_put(s, 1, BEFORE_NOT_SAID), 0);
	assert_int_equal(session_of(p->path, 1).before, BEFORE_NOT_SAID);
	assert_int_equal(store_before_put(s, 2, 0), -ENOENT);
	store_close(s);
}

static void a_session_knows_whether_it_was_for_an_attack(void **state)
{
	static const char *const lines[] = {ATTACK, ROUTINES, SAID, "{}", "x"};
	struct place *p = *state;

	for (int i = 0; i < 5; i++) {
		struct writer_begin begin = {
			.start = "2026-11-26T08:00:00+00:00",
			.routine = "r",
			.sensor = "ble:",
			.line = lines[i],
		};
		struct writer *w = written_writer(p->path, NULL);

		assert_int_equal(writer_begin(w, &begin), 0);
		writer_destroy(w);
		assert_int_equal(session_of(p->path, i + 1).attack, i < 2);
	}
}

static void sessions_of_before_version_5_know_it_too(void **state)
{
	static const char *const lines[] = {ATTACK, ROUTINES, SAID, "{}", "x"};
	struct place *p = *state;
	const char *steps[4];
	sqlite3 *db;

	for (size_t i = 0; i < 4; i++)
		steps[i] = migrate_step(i);
	assert_int_equal(sqlite3_open(p->path, &db), SQLITE_OK);
	assert_int_equal(migrate_steps(db, steps, 4), 0);
	sqlite3_close(db);
	for (int i = 0; i < 5; i++) {
		char sql[320];

		snprintf(sql, sizeof(sql),
		         "INSERT INTO session(start, start_s, routine, sensor,"
		         " simulated, result, first_line) VALUES('', 0, 'r',"
		         " '', 0, 'completed', '%s')",
		         lines[i]);
		run_sql(p->path, sql);
	}
	for (int i = 0; i < 5; i++) {
		struct store_session row = session_of(p->path, i + 1);

		assert_int_equal(row.attack, i < 2);
		assert_int_equal(row.before, BEFORE_NOT_SAID);
	}
}

/* --- compared ---------------------------------------------------------------
 */

/* Six calm mornings, and six after caffeine, whose hearts differ far more. */
static void mornings(const char *path)
{
	static const int calm[] = {60, 61, 60, 61, 60, 61};
	static const int stirred[] = {60, 90, 62, 88, 61, 91};

	for (int i = 0; i < 6; i++) {
		keep(path, 2 * i + 1, calm[i], i % 2 ? "NULL" : "'none'");
		keep(path, 2 * i + 2, stirred[i], "'caffeine'");
	}
}

static struct change_band band_at_20(const char *path, int before, bool attack)
{
	struct store_session row = {
		.id = 20,
		.start = "2026-11-20T09:00:00+00:00",
		.routine = "r",
		.before = before,
		.attack = attack,
	};
	struct store *s = written_store(path, STORE_READ);
	struct change_band band;

	assert_int_equal(change_band_before(s, &row, INT64_MIN, &band), 0);
	store_close(s);
	return band;
}

static void the_noise_band_is_of_sessions_after_the_same(void **state)
{
	struct place *p = *state;
	struct change_band band;

	mornings(p->path);
	band = band_at_20(p->path, BEFORE_NOT_SAID, false);
	assert_int_equal(band.of, 6);
	assert_near(band.hr_bpm, CHANGE_HR_BPM, 0);
	band = band_at_20(p->path, 0, false);
	assert_int_equal(band.of, 6);
	band = band_at_20(p->path, BEFORE_CAFFEINE, false);
	assert_int_equal(band.of, 6);
	assert_true(band.hr_bpm > 15);
}

static void where_nothing_is_alike_the_usual_band_goes(void **state)
{
	struct place *p = *state;

	mornings(p->path);
	assert_int_equal(
		band_at_20(p->path, BEFORE_CAFFEINE | BEFORE_MEAL, false).of,
		0);
	assert_int_equal(band_at_20(p->path, 0, true).of, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, place_make, place_drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_and_letters_are_read_in_any_order),
		cmocka_unit_test(every_set_comes_back_as_it_was_written),
		cmocka_unit_test(what_is_no_word_of_it_changes_nothing),
		TEST(what_was_said_is_kept_and_can_be_taken_back),
		TEST(a_session_knows_whether_it_was_for_an_attack),
		TEST(sessions_of_before_version_5_know_it_too),
		TEST(the_noise_band_is_of_sessions_after_the_same),
		TEST(where_nothing_is_alike_the_usual_band_goes),
	};

	return cmocka_run_group_tests_name("store_before", tests, NULL, NULL);
}
