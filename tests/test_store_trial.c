/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/diary.h"
#include "store/keep.h"
#include "store/migrate.h"
#include "store/trial.h"

#define TODAY 20782

struct place {
	char *folder;
	char path[512], copy[512];
	struct store *store;
};

static int set_up(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	p->folder = test_scratch();
	snprintf(p->path, sizeof(p->path), "%s/lull.db", p->folder);
	snprintf(p->copy, sizeof(p->copy), "%s/copy.db", p->folder);
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

/* A seed of which the highest bit is set, and a name to look for. */
static struct trial some_trial(void)
{
	return (struct trial){.seed = UINT64_C(0xfedcba9876543210),
	                      .start = TODAY + 1,
	                      .ended = TRIAL_OPEN,
	                      .weeks = 2,
	                      .pairs = 7,
	                      .arms = {"TRIED_ROUTINE", ""}};
}

static void assert_same(const struct trial *a, const struct trial *b)
{
	assert_int_equal(a->id, b->id);
	assert_true(a->seed == b->seed);
	assert_int_equal(a->start, b->start);
	assert_int_equal(a->ended, b->ended);
	assert_int_equal(a->weeks, b->weeks);
	assert_int_equal(a->pairs, b->pairs);
	assert_string_equal(a->arms[TRIAL_FIRST], b->arms[TRIAL_FIRST]);
	assert_string_equal(a->arms[TRIAL_SECOND], b->arms[TRIAL_SECOND]);
}

static void exec(const char *path, const char *sql)
{
	sqlite3 *db = NULL;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void a_trial_comes_back_as_it_was_begun(void **state)
{
	struct place *p = *state;
	struct trial t = some_trial(), back = {.id = -7};

	assert_int_equal(store_trial_last(p->store, &back), -ENOENT);
	assert_int_equal(back.id, -7);
	assert_int_equal(store_trial_begin(p->store, &t, TODAY), 0);
	assert_true(t.id > 0);
	assert_int_equal(store_trial_last(p->store, &back), 0);
	assert_same(&t, &back);
}

static void there_is_one_at_a_time(void **state)
{
	struct place *p = *state;
	struct trial t = some_trial(), next = some_trial(), back;

	assert_int_equal(store_trial_begin(p->store, &t, TODAY), 0);
	next.start = trial_after(&t);
	assert_int_equal(
		store_trial_begin(p->store, &next, trial_after(&t) - 1),
		-EEXIST);
	assert_int_equal(store_trial_begin(p->store, &next, trial_after(&t)),
	                 0);
	assert_int_equal(next.id, t.id + 1);
	assert_int_equal(store_trial_last(p->store, &back), 0);
	assert_same(&next, &back);
}

static void what_is_not_sound_is_not_kept(void **state)
{
	struct place *p = *state;
	struct trial t = some_trial(), back;

	t.pairs = 3;
	assert_int_equal(store_trial_begin(p->store, &t, TODAY), -EINVAL);
	assert_int_equal(store_trial_last(p->store, &back), -ENOENT);
}

static void what_runs_can_be_ended_once(void **state)
{
	struct place *p = *state;
	struct trial t = some_trial(), back;

	assert_int_equal(store_trial_end(p->store, TODAY), -ENOENT);
	assert_int_equal(store_trial_begin(p->store, &t, TODAY), 0);
	assert_int_equal(store_trial_end(p->store, TODAY + 9), 0);
	assert_int_equal(store_trial_last(p->store, &back), 0);
	t.ended = TODAY + 9;
	assert_same(&t, &back);
	assert_int_equal(store_trial_end(p->store, TODAY + 10), -ENOENT);
	/* and then another may begin */
	t.ended = TRIAL_OPEN;
	assert_int_equal(store_trial_begin(p->store, &t, TODAY + 10), 0);
	/* one that is over by itself is not ended */
	assert_int_equal(store_trial_end(p->store, trial_after(&t)), -ENOENT);
}

static void a_row_that_no_trial_can_be_is_refused(void **state)
{
	static const char *const bad[] = {
		"UPDATE trial SET weeks = 1000000",
		"UPDATE trial SET pairs = 4294967302", /* 6 in 32 bits */
		"UPDATE trial SET start = 9223372036854775807",
		"UPDATE trial SET start = -9223372036854775807"};
	struct place *p = *state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct trial t = some_trial(), back = {.id = -7};

		exec(p->path, "DELETE FROM trial");
		assert_int_equal(store_trial_begin(p->store, &t, TODAY), 0);
		exec(p->path, bad[i]);
		assert_int_equal(store_trial_last(p->store, &back), -EBADMSG);
		assert_int_equal(back.id, -7);
		assert_true(strlen(store_message(p->store)) > 10);
	}
}

static bool file_has(const char *path, const char *word)
{
	FILE *f = fopen(path, "re");
	size_t n, len = strlen(word);
	char *text = malloc(1 << 20);
	bool found = false;

	assert_non_null(text);
	if (f) {
		n = fread(text, 1, 1 << 20, f);
		found = memmem(text, n, word, len) != NULL;
		fclose(f);
	}
	free(text);
	return found;
}

static bool store_has(const struct place *p, const char *word)
{
	char log[600];

	snprintf(log, sizeof(log), "%s-wal", p->path);
	return file_has(p->path, word) || file_has(log, word);
}

static void erasing_all_leaves_no_trace_of_it(void **state)
{
	const struct store_erase all = {.from_s = INT64_MIN,
	                                .to_s = INT64_MAX,
	                                .from = INT32_MIN,
	                                .to = INT32_MAX,
	                                .settings = true};
	struct place *p = *state;
	struct trial t = some_trial(), back;

	assert_int_equal(store_trial_begin(p->store, &t, TODAY), 0);
	assert_true(store_has(p, "TRIED_ROUTINE"));
	assert_int_equal(store_erase(p->store, &all), 0);
	assert_false(store_has(p, "TRIED_ROUTINE"));
	assert_int_equal(store_trial_last(p->store, &back), -ENOENT);
}

static void erasing_days_takes_the_trial_that_began_on_them(void **state)
{
	struct store_erase what = {.from_s = INT64_MAX, .to_s = INT64_MAX};
	struct place *p = *state;
	struct trial t = some_trial(), back;

	assert_int_equal(store_trial_begin(p->store, &t, TODAY), 0);
	/* sessions only */
	what.from = 1;
	what.to = 0;
	assert_int_equal(store_erase(p->store, &what), 0);
	what.from = t.start + 1;
	what.to = t.start + 100;
	assert_int_equal(store_erase(p->store, &what), 0);
	assert_int_equal(store_trial_last(p->store, &back), 0);
	what.from = t.start;
	assert_int_equal(store_erase(p->store, &what), 0);
	assert_int_equal(store_trial_last(p->store, &back), -ENOENT);
	assert_false(store_has(p, "TRIED_ROUTINE"));
}

static void a_backup_has_it_and_brings_it_back(void **state)
{
	struct place *p = *state;
	struct trial t = some_trial(), back;

	assert_int_equal(store_trial_begin(p->store, &t, TODAY), 0);
	assert_int_equal(store_backup(p->store, p->copy, NULL), 0);
	assert_int_equal(store_trial_end(p->store, TODAY + 3), 0);
	p->store = store_close(p->store);
	assert_int_equal(store_restore(p->path, p->copy, NULL), 0);
	assert_int_equal(store_open(&p->store, p->path, STORE_READ, NULL), 0);
	assert_int_equal(store_trial_last(p->store, &back), 0);
	assert_same(&t, &back);
}

/* Of each version before there were any. */
static void an_older_store_has_none_and_takes_one(void **state)
{
	struct place *p = *state;

	for (size_t version = 1; version <= 3; version++) {
		const char *steps[MIGRATE_NEWEST];
		struct trial t = some_trial(), back;
		struct diary_day day;
		struct store *s = NULL;
		sqlite3 *db = NULL;

		for (size_t i = 0; i < version; i++)
			steps[i] = migrate_step(i);
		unlink(p->copy);
		assert_int_equal(sqlite3_open(p->copy, &db), SQLITE_OK);
		assert_int_equal(migrate_steps(db, steps, version), 0);
		sqlite3_close(db);
		if (version >= 2)
			exec(p->copy, "INSERT INTO diary VALUES(20780, 1, 2,"
			              " 'KEPT')");
		assert_int_equal(store_open(&s, p->copy, STORE_WRITE, NULL), 0);
		assert_int_equal(store_trial_last(s, &back), -ENOENT);
		assert_int_equal(store_trial_begin(s, &t, TODAY), 0);
		assert_int_equal(store_trial_last(s, &back), 0);
		assert_same(&t, &back);
		assert_int_equal(store_diary_get(s, 20780, &day),
		                 version >= 2 ? 0 : -ENOENT);
		store_close(s);
	}
}

#define place_test(name)                                                       \
	cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		place_test(a_trial_comes_back_as_it_was_begun),
		place_test(there_is_one_at_a_time),
		place_test(what_is_not_sound_is_not_kept),
		place_test(what_runs_can_be_ended_once),
		place_test(a_row_that_no_trial_can_be_is_refused),
		place_test(erasing_all_leaves_no_trace_of_it),
		place_test(erasing_days_takes_the_trial_that_began_on_them),
		place_test(a_backup_has_it_and_brings_it_back),
		place_test(an_older_store_has_none_and_takes_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
