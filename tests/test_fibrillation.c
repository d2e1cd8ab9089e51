/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/fibrillation.h"

#include <math.h>
#include <stdlib.h>

#include "tests/helpers/inject.h"
#include "tests/helpers/strip.h"
#include "tests/helpers/test.h"

static bool refused(struct strip *b)
{
	return strip_look(b)->count.refused;
}

static void independent_intervals_are_refused_and_left_as_they_are(void **state)
{
	struct strip *b = strip_start(0);
	uint64_t seed = 5;

	(void)state;
	for (size_t i = 0; i < STRIP_BEATS; i++)
		strip_add(b, 400.0 + 500.0 * test_uniform(&seed));
	assert_true(refused(b));
	assert_int_equal(strip_wrong(&b->clean), 0);
	assert_true(isnan(b->clean.count.percent));
	assert_ptr_equal(b->clean.nn.rr_ms, b->rr_ms);
	for (size_t i = 0; i < STRIP_BEATS; i++)
		assert_int_equal(b->clean.kind[i], CLEAN_OK);
	strip_finish(b);
}

static void what_is_large_but_can_be_foretold_is_not_refused(void **state)
{
	(void)state;
	for (size_t every = 2; every <= 5; every++) {
		struct strip *b = strip_start(0);
		uint64_t seed = every;

		for (size_t i = 0; i < STRIP_BEATS; i++) {
			double noise = 30.0 * test_uniform(&seed);
			double rr_ms = strip_breathing(i) + noise;

			if (i % every == 0)
				rr_ms -= 300.0 + noise;
			if (i % every == 1)
				rr_ms += 300.0 + noise;
			strip_add(b, rr_ms);
		}
		assert_false(refused(b));
		b->n = 0; /* as deep as breathing goes, at 12 a minute */
		for (size_t i = 0; i < STRIP_BEATS; i++)
			strip_add(b,
			          1000.0 + 200.0 * sin((double)i * M_PI / 2.5) +
			                  40.0 * test_uniform(&seed));
		assert_false(refused(b));
		b->n = 0; /* a strap that loses every tenth beat or so */
		for (size_t i = 0; i < STRIP_BEATS; i++)
			strip_add(b, strip_breathing(i) *
			                     (test_uniform(&seed) < 0.1 ? 2.0
			                                                : 1.0));
		assert_false(refused(b));
		b->n = 0; /* each fifth interval is noise */
		for (size_t i = 0; i < STRIP_BEATS; i++) {
			double u = test_uniform(&seed);

			strip_add(b, strip_breathing(i) *
			                     (u < 0.2 ? 0.3 + 10.0 * u : 1.0));
		}
		assert_false(refused(b));
		strip_finish(b);
	}
}

/* How many of a recording's stretches of five minutes are refused, in percent;
 * and whether the whole is. */
static double refused_pct(const char *name, bool *ret_whole)
{
	struct labelled r = labelled_read(name);
	double *t_s = calloc(r.n, sizeof(*t_s)), now_s = 0.0;
	size_t windows = 0, count = 0;
	struct arena a;
	struct clean c;

	assert_non_null(t_s);
	arena_init(&a);
	for (size_t i = 0; i < r.n; i++)
		t_s[i] = now_s += r.rr_ms[i] * 1e-3;
	for (size_t i = 0, end; i < r.n; i = end) {
		struct arena_mark mark = arena_mark(&a);

		for (end = i; end < r.n && t_s[end] < t_s[i] + 300.0; end++)
			;
		assert_int_equal(clean_of(&a,
		                          &(struct nn){.t_s = t_s + i,
		                                       .rr_ms = r.rr_ms + i,
		                                       .n = end - i},
		                          &c),
		                 0);
		windows++;
		count += c.count.refused;
		arena_release(&a, mark);
	}
	assert_int_equal(
		clean_of(&a,
	                 &(struct nn){.t_s = t_s, .rr_ms = r.rr_ms, .n = r.n},
	                 &c),
		0);
	*ret_whole = c.count.refused;
	arena_finish(&a);
	free(t_s);
	labelled_free(&r);
	return 100.0 * (double)count / (double)windows;
}

static void a_fibrillating_day_is_refused(void **state)
{
	bool whole;

	(void)state;
	assert_true(refused_pct("ltdb_14149", &whole) >= 99.0);
	assert_true(whole);
}

static void no_other_recording_is_refused(void **state)
{
	const char *const name[] = {
		"nsr004",      "ltdb_14134",    "pyhrv_short",
		"pyhrv_long",  "hrvpy_rest",    "hrvpy_exercise",
		"hrvpy_noisy", "h10_detectpvc", "h10_breath_dhyb",
		"ec57_tp4",    "ec57_tp5",      "nk_bio_resting_8min_100hz",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(name) / sizeof(*name); i++) {
		bool whole;

		assert_near(refused_pct(name[i], &whole), 0.0, 0.0);
		assert_false(whole);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			independent_intervals_are_refused_and_left_as_they_are),
		cmocka_unit_test(
			what_is_large_but_can_be_foretold_is_not_refused),
		cmocka_unit_test(a_fibrillating_day_is_refused),
		cmocka_unit_test(no_other_recording_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
