/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <errno.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "player/bring.h"
#include "player/derive.h"
#include "session/session.h"
#include "store/figures.h"

#define BEATS 400

struct place {
	char *folder;
	char path[512];
};

static int set_up(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	p->folder = test_scratch();
	snprintf(p->path, sizeof(p->path), "%s/lull.db", p->folder);
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct place *p = *state;

	test_scrap(p->folder);
	free(p);
	return 0;
}

static struct store *open_store(const struct place *p)
{
	struct store_error error = {""};
	struct store *s = NULL;

	if (store_open(&s, p->path, STORE_WRITE, &error) != 0)
		fail_msg("%s", error.what);
	return s;
}

/* A recording whose beats depend on @seed; without figures. */
static int64_t bring(const struct place *p, uint64_t seed)
{
	struct rr_interval at[BEATS] = {{0}};
	const struct rr rr = {.intervals = at, .n = BEATS};
	struct store *s = open_store(p);
	struct store_bring *b = NULL;
	double t_ms = 0;
	int64_t id = 0;

	for (size_t i = 0; i < BEATS; i++) {
		at[i].rr_ms = 800 + 60 * test_uniform(&seed);
		at[i].rr_ticks = (uint32_t)i;
		at[i].gap = i == 100;
		t_ms += at[i].rr_ms;
		at[i].t_us = (uint64_t)(t_ms * 1000);
	}
	assert_int_equal(store_bring_create(&b, s), 0);
	assert_int_equal(bring_recording(b, &rr, "file:x", "RR text", "", &id),
	                 0);
	assert_int_equal(store_bring_commit(b), 0);
	store_bring_destroy(b);
	store_close(s);
	return id;
}

static int renew(const struct place *p, bool stopped)
{
	atomic_bool stop;

	atomic_init(&stop, stopped);
	return derive_stale(p->path, &stop);
}

static void run_sql(const struct place *p, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(p->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void beats_come_back_to_the_last_bit(void **state)
{
	struct place *p = *state;
	uint64_t seed = 1;
	int64_t id = bring(p, 1);
	struct store *s = open_store(p);
	struct error error;
	struct rr rr;

	assert_int_equal(derive_beats(s, id, &rr, &error), 0);
	assert_int_equal(rr.n, BEATS);
	for (size_t i = 0; i < BEATS; i++) {
		assert_near(rr.intervals[i].rr_ms,
		            800 + 60 * test_uniform(&seed), 0);
		assert_int_equal(rr.intervals[i].rr_ticks, i);
		assert_int_equal(rr.intervals[i].gap, i == 100);
	}
	rr_finish(&rr);
	assert_int_equal(derive_beats(s, id + 1, &rr, &error), -ENOENT);
	assert_non_null(strstr(error.text, "there is none"));
	store_close(s);
}

static void figures_are_computed_once_for_each_engine(void **state)
{
	struct place *p = *state;

	for (uint64_t i = 1; i <= 3; i++)
		bring(p, i);
	assert_int_equal(renew(p, true), 0);
	assert_int_equal(renew(p, false), 3);
	assert_int_equal(renew(p, false), 0);
	/* of one an older engine's stand there */
	run_sql(p, "UPDATE figures SET engine = 'lull-0', line = '{}'"
	           " WHERE session = 2");
	assert_int_equal(renew(p, false), 1);
	run_sql(p, "DELETE FROM session WHERE id = 1");
	assert_int_equal(renew(p, false), 0);
}

static void what_is_kept_is_what_is_computed(void **state)
{
	struct place *p = *state;
	int64_t id = bring(p, 1);
	struct store *s = open_store(p);
	struct analysis now, kept;
	struct error error;

	assert_int_equal(derive_figures(s, id, &now, &error), 0);
	assert_int_equal(renew(p, false), 1);
	assert_int_equal(derive_figures(s, id, &kept, &error), 0);
	assert_int_equal(kept.hrv.beats, BEATS);
	assert_near(kept.hrv.time.rmssd_ms, now.hrv.time.rmssd_ms, 0);
	assert_near(kept.hrv.dfa_alpha1, now.hrv.dfa_alpha1, 0);
	assert_near(kept.by.lomb.hf_ms2, now.by.lomb.hf_ms2, 0);
	assert_int_equal(kept.hrv.time.nn50, now.hrv.time.nn50);
	assert_int_equal(kept.hrv.artifacts.refused, now.hrv.artifacts.refused);
	/* it is what stands there that is told */
	run_sql(p, "UPDATE figures SET line = replace(line, '\"beats\":400',"
	           " '\"beats\":399')");
	assert_int_equal(derive_figures(s, id, &kept, &error), 0);
	assert_int_equal(kept.hrv.beats, 399);
	store_close(s);
}

/* A figure that this program has and the line has not: of a newer program of
 * the same engine, or damaged. */
static void kept_figures_that_cannot_be_read_are_computed_anew(void **state)
{
	static const char *const lines[] = {"{}", "", "{\"beats\":1", "[1]"};
	struct place *p = *state;
	int64_t id = bring(p, 1);
	struct store *s = open_store(p);
	struct analysis a;
	struct error error;

	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(
			store_figures_put(s, id, SESSION_ENGINE, lines[i]), 0);
		assert_int_equal(derive_figures(s, id, &a, &error), 0);
		assert_int_equal(a.hrv.beats, BEATS);
	}
	assert_int_equal(store_figures_put(s, id + 1, "x", ""), -ENOENT);
	store_close(s);
}

static void a_session_without_beats_is_looked_at_once(void **state)
{
	struct place *p = *state;
	struct store *s = open_store(p);
	struct analysis a;
	struct error error;

	run_sql(p, "INSERT INTO session(start, start_s, routine, sensor,"
	           " simulated, result, first_line) VALUES("
	           "'2026-11-22T21:05:00+01:00', 1795377900, 'r', '', 1,"
	           " 'completed', '{}')");
	assert_true(derive_figures(s, 1, &a, &error) < 0);
	assert_int_equal(renew(p, false), 1);
	assert_int_equal(renew(p, false), 0);
	store_close(s);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(beats_come_back_to_the_last_bit),
		TEST(figures_are_computed_once_for_each_engine),
		TEST(what_is_kept_is_what_is_computed),
		TEST(kept_figures_that_cannot_be_read_are_computed_anew),
		TEST(a_session_without_beats_is_looked_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
