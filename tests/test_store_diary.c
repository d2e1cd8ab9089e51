/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <errno.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/diary.h"

#define TODAY   20782
#define ENTERED INT64_C(1795600000)

struct place {
	char *folder;
	char path[512];
	struct store *store;
};

static int set_up(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	p->folder = test_scratch();
	snprintf(p->path, sizeof(p->path), "%s/lull.db", p->folder);
	assert_int_equal(store_open(&p->store, p->path, STORE_WRITE, NULL), 0);
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct place *p = *state;

	store_close(p->store);
	test_scrap(p->folder);
	free(p);
	return 0;
}

static struct diary_day some_day(int32_t date)
{
	struct diary_day day;

	diary_blank(&day, date, ENTERED);
	diary_set(&day, DIARY_HEADACHE, "yes", NULL);
	diary_set(&day, DIARY_WORST, "7", NULL);
	diary_set(&day, DIARY_EVENTS, "stress,screen", NULL);
	diary_set(&day, DIARY_START, "07:05", NULL);
	diary_add_medicine(&day, "ibuprofen, 400 mg, 14:30, worked", NULL);
	diary_add_medicine(&day, "tea", NULL);
	diary_set_note(&day, "wind, \"Föhn\"", NULL);
	return day;
}

static void assert_same(const struct diary_day *a, const struct diary_day *b)
{
	char left[DIARY_TEXT], right[DIARY_TEXT];

	assert_int_equal(a->date, b->date);
	assert_int_equal(a->entered_s, b->entered_s);
	for (enum diary_field f = 0; f < DIARY_FIELDS; f++)
		assert_string_equal(diary_text(a, f, left),
		                    diary_text(b, f, right));
	assert_int_equal(a->n_medicines, b->n_medicines);
	for (size_t i = 0; i < a->n_medicines; i++)
		assert_string_equal(
			diary_medicine_text(&a->medicines[i], left),
			diary_medicine_text(&b->medicines[i], right));
	assert_string_equal(a->note, b->note);
}

static void a_day_comes_back_as_it_was_written(void **state)
{
	struct place *p = *state;
	struct diary_day day = some_day(TODAY), back;

	assert_int_equal(store_diary_put(p->store, &day, ENTERED), 0);
	assert_int_equal(store_diary_get(p->store, TODAY, &back), 0);
	assert_same(&day, &back);
	/* also with what one and the other left out */
	assert_int_equal(back.medicines[1].minute, -1);
	assert_int_equal(back.medicines[1].worked, -1);
}

static void a_day_that_is_not_there_is_none(void **state)
{
	struct place *p = *state;
	struct diary_day back;

	assert_int_equal(store_diary_get(p->store, TODAY, &back), -ENOENT);
	assert_int_equal(store_diary_remove(p->store, TODAY), -ENOENT);
}

static void a_change_replaces_the_day_but_not_when_it_was_entered(void **state)
{
	struct place *p = *state;
	struct diary_day day = some_day(TODAY), back;

	assert_int_equal(store_diary_put(p->store, &day, ENTERED), 0);
	diary_set(&day, DIARY_WORST, "", NULL);
	diary_set(&day, DIARY_SIDE, "left", NULL);
	day.n_medicines = 1;
	day.entered_s = ENTERED + 500;
	assert_int_equal(store_diary_put(p->store, &day, ENTERED + 500), 0);
	day.entered_s = ENTERED;
	assert_int_equal(store_diary_get(p->store, TODAY, &back), 0);
	assert_same(&day, &back);
}

struct seen {
	int32_t dates[8];
	size_t n, stop_at;
};

static int see(void *data, const struct diary_day *day)
{
	struct seen *s = data;

	s->dates[s->n++] = day->date;
	return s->n == s->stop_at ? 5 : 0;
}

static void days_come_in_order_from_the_first_to_the_last(void **state)
{
	struct place *p = *state;
	static const int32_t dates[] = {TODAY, TODAY - 40, -3, TODAY - 1};
	struct seen seen = {.n = 0};

	for (size_t i = 0; i < 4; i++) {
		struct diary_day day = some_day(dates[i]);

		/* one of which only a note was said */
		if (i == 3) {
			diary_blank(&day, dates[i], ENTERED);
			diary_set_note(&day, "so so", NULL);
		}
		assert_int_equal(store_diary_put(p->store, &day, ENTERED), 0);
	}
	assert_int_equal(store_diary_days(p->store, -3, TODAY, see, &seen), 0);
	assert_int_equal(seen.n, 4);
	assert_int_equal(seen.dates[0], -3);
	assert_int_equal(seen.dates[3], TODAY);
	seen = (struct seen){.stop_at = 2};
	assert_int_equal(
		store_diary_days(p->store, TODAY - 40, TODAY - 1, see, &seen),
		5);
	assert_int_equal(seen.n, 2);
	assert_int_equal(seen.dates[1], TODAY - 1);
}

static void a_day_that_is_removed_takes_all_that_was_said_of_it(void **state)
{
	struct place *p = *state;
	struct diary_day day = some_day(TODAY);
	sqlite3 *db;

	assert_int_equal(store_diary_put(p->store, &day, ENTERED), 0);
	assert_int_equal(store_diary_remove(p->store, TODAY), 0);
	assert_int_equal(sqlite3_open(p->path, &db), SQLITE_OK);
	for (int i = 0; i < 2; i++) {
		static const char *const sql[] = {
			"SELECT count(*) FROM diary_value",
			"SELECT count(*) FROM diary_medicine"};
		sqlite3_stmt *s;

		assert_int_equal(sqlite3_prepare_v2(db, sql[i], -1, &s, NULL),
		                 SQLITE_OK);
		assert_int_equal(sqlite3_step(s), SQLITE_ROW);
		assert_int_equal(sqlite3_column_int(s, 0), 0);
		sqlite3_finalize(s);
	}
	sqlite3_close(db);
}

struct seen_days {
	size_t n;
	struct diary_day at[4];
};

static int take_seen(void *data, const struct diary_day *day)
{
	struct seen_days *seen = data;

	assert_true(seen->n < 4);
	seen->at[seen->n++] = *day;
	return 0;
}

/* Foreign keys are off by default: any other program at the file can do it. */
static void drop_head(const char *path, int32_t date)
{
	char sql[64];
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	snprintf(sql, sizeof(sql), "DELETE FROM diary WHERE date = %d", date);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void a_day_without_its_head_is_told_and_costs_no_later_one(void **state)
{
	struct place *p = *state;
	struct seen_days seen = {0};

	for (int32_t date = TODAY - 2; date <= TODAY; date++) {
		struct diary_day day = some_day(date);

		assert_int_equal(store_diary_put(p->store, &day, ENTERED), 0);
	}
	drop_head(p->path, TODAY - 1);
	assert_int_equal(
		store_diary_days(p->store, TODAY - 9, TODAY, take_seen, &seen),
		0);
	assert_int_equal(seen.n, 3);
	for (int i = 0; i < 3; i++) {
		struct diary_day day = some_day(TODAY - 2 + i);

		if (i == 1) { /* what stood in the head */
			day.entered_s = INT64_C(86400) * (TODAY - 1);
			day.note[0] = '\0';
		}
		assert_same(&seen.at[i], &day);
	}
	assert_int_equal(store_diary_remove(p->store, TODAY - 1), 0);
	assert_int_equal(store_diary_remove(p->store, TODAY - 1), -ENOENT);
	assert_int_equal(store_diary_get(p->store, TODAY - 1, &seen.at[0]),
	                 -ENOENT);
}

static void a_field_of_a_newer_program_stays_as_it_is(void **state)
{
	struct place *p = *state;
	struct diary_day day = some_day(TODAY), back;
	sqlite3_stmt *s;
	sqlite3 *db;

	assert_int_equal(store_diary_put(p->store, &day, ENTERED), 0);
	assert_int_equal(sqlite3_open(p->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db,
	                              "INSERT INTO diary_value"
	                              " VALUES(20782, 'steps', '9000');"
	                              "UPDATE diary_value SET value = 'loud'"
	                              " WHERE key = 'start'",
	                              NULL, NULL, NULL),
	                 SQLITE_OK);
	assert_int_equal(store_diary_get(p->store, TODAY, &back), 0);
	assert_true(isnan(back.value[DIARY_START]));
	assert_int_equal(store_diary_put(p->store, &back, ENTERED), 0);
	assert_int_equal(sqlite3_prepare_v2(db,
	                                    "SELECT value FROM diary_value"
	                                    " WHERE key = 'steps'",
	                                    -1, &s, NULL),
	                 SQLITE_OK);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	sqlite3_finalize(s);
	sqlite3_close(db);
}

static void a_batch_is_kept_whole_or_not_at_all(void **state)
{
	struct place *p = *state;
	struct diary_day day = some_day(TODAY), back;

	assert_int_equal(store_diary_batch(p->store), 0);
	assert_int_equal(store_diary_put(p->store, &day, ENTERED), 0);
	assert_int_equal(store_diary_get(p->store, TODAY, &back), 0);
	assert_int_equal(store_diary_batch_end(p->store, false), 0);
	assert_int_equal(store_diary_get(p->store, TODAY, &back), -ENOENT);
	assert_int_equal(store_diary_batch(p->store), 0);
	assert_int_equal(store_diary_put(p->store, &day, ENTERED), 0);
	assert_int_equal(store_diary_batch_end(p->store, true), 0);
	assert_int_equal(store_diary_get(p->store, TODAY, &back), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_day_comes_back_as_it_was_written),
		TEST(a_day_that_is_not_there_is_none),
		TEST(a_change_replaces_the_day_but_not_when_it_was_entered),
		TEST(days_come_in_order_from_the_first_to_the_last),
		TEST(a_day_that_is_removed_takes_all_that_was_said_of_it),
		TEST(a_day_without_its_head_is_told_and_costs_no_later_one),
		TEST(a_field_of_a_newer_program_stays_as_it_is),
		TEST(a_batch_is_kept_whole_or_not_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
