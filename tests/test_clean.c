/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "signal/clean.h"
#include "signal/fibrillation.h"
#include "tests/helpers/inject.h"
#include "tests/helpers/rr.h"
#include "tests/helpers/test.h"

#define BEATS 400

/* A series that is built by hand. */
struct bench {
	double rr_ms[4 * BEATS], t_s[4 * BEATS];
	bool joined[4 * BEATS];
	size_t n;
	struct arena arena;
	struct clean clean;
};

static size_t until_failure; /* 0: none fails */
void *__real_aligned_alloc(size_t alignment, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
	if (until_failure > 0 && --until_failure == 0)
		return NULL;
	return __real_aligned_alloc(alignment, size);
}

static void add(struct bench *b, double rr_ms)
{
	double before_s = b->n > 0 ? b->t_s[b->n - 1] : 0.0;

	b->rr_ms[b->n] = rr_ms;
	b->joined[b->n] = b->n > 0;
	b->t_s[b->n++] = before_s + rr_ms * 1e-3;
}

/* Breathing at four beats each five: 850 to 950 ms. */
static double breathing(size_t i)
{
	return 900.0 + 50.0 * sin((double)i * 2.0 * M_PI / 5.3);
}

static struct bench *start(size_t n)
{
	struct bench *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	arena_init(&b->arena);
	for (size_t i = 0; i < n; i++)
		add(b, breathing(i));
	return b;
}

static const struct clean *look(struct bench *b)
{
	struct nn in = {
		.t_s = b->t_s,
		.rr_ms = b->rr_ms,
		.joined = b->joined,
		.n = b->n,
	};

	assert_int_equal(clean_of(&b->arena, &in, &b->clean), 0);
	return &b->clean;
}

static void finish(struct bench *b)
{
	arena_finish(&b->arena);
	free(b);
}

static size_t wrong(const struct clean *c)
{
	return c->count.missed + c->count.extra + c->count.ectopic +
	       c->count.long_short + c->count.rejected;
}

static void check_untouched(struct bench *b)
{
	const struct clean *c = look(b);

	assert_int_equal(wrong(c), 0);
	assert_false(c->count.refused);
	assert_int_equal(c->nn.n, b->n);
	assert_memory_equal(c->nn.rr_ms, b->rr_ms, b->n * sizeof(*b->rr_ms));
	assert_memory_equal(c->nn.t_s, b->t_s, b->n * sizeof(*b->t_s));
	for (size_t i = 0; i < b->n; i++) {
		assert_int_equal(c->kind[i], CLEAN_OK);
		assert_false(c->nn.mended[i]);
		assert_true(i == 0 || c->nn.joined[i] == b->joined[i]);
	}
}

/* As long as the undisturbed series, and within 50 ms of it, the half of its
 * wave: neighbours say no more about one beat of five. */
static void check_mended(const struct clean *c, size_t n)
{
	assert_int_equal(c->nn.n, n);
	for (size_t i = 0; i < n; i++) {
		assert_near(c->nn.rr_ms[i], breathing(i),
		            c->nn.mended[i] ? 50.0 : 0.0);
		assert_true(i == 0 || c->nn.joined[i]);
	}
}

static void a_missed_beat_is_put_in(void **state)
{
	struct bench *b = start(200);
	const struct clean *c;

	(void)state;
	add(b, breathing(200) + breathing(201));
	for (size_t i = 202; i < BEATS; i++)
		add(b, breathing(i));
	c = look(b);
	assert_int_equal(c->count.missed, 1);
	assert_int_equal(wrong(c), 1);
	assert_int_equal(c->kind[200], CLEAN_MISSED);
	check_mended(c, BEATS);
	assert_near(c->nn.rr_ms[200] + c->nn.rr_ms[201],
	            breathing(200) + breathing(201), 1e-9);
	assert_near(c->nn.t_s[201], b->t_s[200], 0.0);
	finish(b);
}

static void two_missed_beats_are_put_in_and_three_are_not(void **state)
{
	(void)state;
	for (size_t missed = 2; missed <= 3; missed++) {
		struct bench *b = start(200);
		const struct clean *c;
		double sum_ms = 0.0;

		for (size_t i = 0; i <= missed; i++)
			sum_ms += breathing(200 + i);
		add(b, sum_ms);
		for (size_t i = 201 + missed; i < BEATS; i++)
			add(b, breathing(i));
		c = look(b);
		assert_int_equal(wrong(c), 1);
		assert_int_equal(c->count.missed, missed == 2);
		assert_int_equal(c->count.rejected, missed == 3);
		if (missed == 2) {
			check_mended(c, BEATS);
		} else {
			assert_int_equal(c->nn.n, BEATS - 4);
			assert_false(c->nn.joined[200]);
			assert_near(c->nn.rr_ms[200], breathing(204), 0.0);
		}
		finish(b);
	}
}

static void three_missed_beats_of_a_quick_heart_are_no_interval(void **state)
{
	struct bench *b = start(0);

	(void)state;
	for (size_t i = 0; i < BEATS; i++)
		add(b, i == 200 ? 1790.0 : breathing(i) / 2.0);
	assert_int_equal(look(b)->count.rejected, 1);
	assert_int_equal(wrong(&b->clean), 1);
	assert_int_equal(b->clean.nn.n, BEATS - 1);
	assert_false(b->clean.nn.joined[200]);
	finish(b);
}

static void an_extra_beat_is_taken_out(void **state)
{
	(void)state;
	for (int tenth = 1; tenth < 10; tenth++) {
		struct bench *b = start(200);
		const struct clean *c;

		add(b, 0.1 * tenth * breathing(200));
		add(b, (1.0 - 0.1 * tenth) * breathing(200));
		for (size_t i = 201; i < BEATS; i++)
			add(b, breathing(i));
		c = look(b);
		assert_int_equal(c->count.extra, 1);
		assert_int_equal(wrong(c), 1);
		check_mended(c, BEATS);
		finish(b);
	}
}

static void a_premature_or_late_beat_is_put_in_its_place(void **state)
{
	const double by_ms[] = {-350.0, -200.0, -90.0, 90.0, 200.0, 350.0};

	(void)state;
	for (size_t k = 0; k < sizeof(by_ms) / sizeof(*by_ms); k++) {
		struct bench *b = start(200);
		const struct clean *c;

		add(b, breathing(200) + by_ms[k]);
		add(b, breathing(201) - by_ms[k]);
		for (size_t i = 202; i < BEATS; i++)
			add(b, breathing(i));
		c = look(b);
		assert_int_equal(c->count.ectopic, 1);
		assert_int_equal(wrong(c), 1);
		assert_int_equal(c->kind[200], CLEAN_ECTOPIC);
		assert_int_equal(c->kind[201], CLEAN_ECTOPIC);
		check_mended(c, BEATS);
		assert_near(c->nn.t_s[201], b->t_s[201], 0.0);
		finish(b);
	}
}

static void a_long_or_short_interval_is_evened_out(void **state)
{
	const double share[] = {0.6, 0.72, 1.3, 1.45};

	(void)state;
	for (size_t k = 0; k < sizeof(share) / sizeof(*share); k++) {
		struct bench *b = start(200);
		const struct clean *c;

		add(b, share[k] * breathing(200));
		for (size_t i = 201; i < BEATS; i++)
			add(b, breathing(i));
		c = look(b);
		assert_int_equal(c->count.long_short, 1);
		assert_int_equal(wrong(c), 1);
		check_mended(c, BEATS);
		finish(b);
	}
}

static void what_is_mended_is_never_a_difference(void **state)
{
	struct bench *b = start(200);
	const struct clean *c;

	(void)state;
	add(b, breathing(200) - 300.0);
	add(b, breathing(201) + 300.0);
	for (size_t i = 202; i < BEATS; i++)
		add(b, breathing(i));
	c = look(b);
	for (size_t i = 1; i < c->nn.n; i++)
		assert_int_equal(nn_differs(&c->nn, i), i < 200 || i > 202);
	finish(b);
}

static void a_longer_bad_stretch_is_left_out(void **state)
{
	const double rr_ms[] = {500.0, 1300.0, 480.0, 1340.0, 520.0, 1290.0};
	struct bench *b = start(200);
	const struct clean *c;

	(void)state;
	for (size_t i = 0; i < 6; i++)
		add(b, rr_ms[i]);
	for (size_t i = 200; i < BEATS; i++)
		add(b, breathing(i));
	c = look(b);
	assert_int_equal(c->count.rejected, 6);
	assert_int_equal(c->nn.n, BEATS);
	assert_false(c->nn.joined[200]);
	for (size_t i = 0; i < BEATS; i++)
		assert_near(c->nn.rr_ms[i], breathing(i), 0.0);
	finish(b);
}

static void a_break_is_never_bridged(void **state)
{
	struct bench *b = start(200);
	const struct clean *c;

	(void)state;
	/* half a beat before it and half a beat after it */
	add(b, 450.0);
	add(b, 450.0);
	b->joined[201] = false;
	for (size_t i = 202; i < BEATS; i++)
		add(b, breathing(i));
	c = look(b);
	assert_int_equal(c->count.extra, 0);
	assert_int_equal(c->count.long_short, 2);
	assert_int_equal(c->nn.n, BEATS);
	assert_false(c->nn.joined[201]);
	assert_near(c->nn.t_s[200], b->t_s[200], 0.0);
	finish(b);
}

static void good_series_are_left_alone(void **state)
{
	struct bench *b = start(BEATS);

	(void)state;
	check_untouched(b);
	b->n = 0;
	for (size_t i = 0; i < BEATS; i++)
		add(b, 800.0);
	check_untouched(b);
	b->n = 0; /* in bed, up, and down again */
	for (size_t i = 0; i < BEATS; i++)
		add(b, (i / 100 % 2 ? 700.0 : 1000.0) + breathing(i) / 50.0);
	check_untouched(b);
	b->n = 0; /* a heart that slows down from 180 to 60 */
	for (size_t i = 0; i < BEATS; i++)
		add(b, 333.0 + (double)i * 667.0 / BEATS);
	check_untouched(b);
	finish(b);
}

static void a_deep_slow_wave_is_left_alone(void **state)
{
	(void)state;
	for (int per_min = 4; per_min <= 7; per_min++) {
		struct bench *b = start(0);
		struct rr_source r;
		double t_s, rr_ms;

		rr_start(&r, &(struct rr_spec){.hr_bpm = 60.0,
		                               .rsa_ms = 333.0,
		                               .breaths_per_min = per_min});
		for (size_t i = 0; i < BEATS; i++) {
			rr_next(&r, &t_s, &rr_ms);
			add(b, rr_ms);
		}
		check_untouched(b);
		finish(b);
	}
}

static void a_slow_hearts_pause_does_not_end_it(void **state)
{
	struct bench *b = start(0);

	(void)state;
	for (size_t i = 0; i < BEATS; i++)
		add(b, i % 40 == 20 ? 2100.0 : 2.0 * breathing(i));
	assert_int_equal(look(b)->count.rejected, 0);
	assert_int_equal(b->clean.nn.n, BEATS);
	b->n = 0;
	for (size_t i = 0; i < BEATS; i++)
		add(b, 3000.0 + breathing(i) / 10.0);
	check_untouched(b);
	finish(b);
}

static void what_is_no_interval_is_left_out(void **state)
{
	const double no_ms[] = {5.0, 9000.0};

	(void)state;
	for (size_t k = 0; k < 2; k++) {
		struct bench *b = start(200);
		const struct clean *c;

		for (size_t i = 0; i < 20; i++)
			add(b, no_ms[k]);
		for (size_t i = 200; i < BEATS; i++)
			add(b, breathing(i));
		c = look(b);
		assert_true(c->count.rejected >= 20);
		for (size_t i = 0; i < c->nn.n; i++)
			assert_true(c->nn.rr_ms[i] > 500.0 &&
			            c->nn.rr_ms[i] < 1500.0);
		finish(b);
	}
}

static void a_few_beats_are_enough_and_none_is_fine(void **state)
{
	struct bench *b = start(0);

	(void)state;
	for (size_t n = 0; n < 12; n++) {
		b->n = 0;
		for (size_t i = 0; i < n; i++)
			add(b, breathing(i));
		check_untouched(b);
		assert_true(n > 0 ? b->clean.count.percent == 0.0
		                  : isnan(b->clean.count.percent));
		assert_true(n == 0 || b->clean.nn.n == n);
	}
	finish(b);
}

static void check_sound(struct bench *b)
{
	const struct clean *c = look(b);
	size_t mended = 0;

	if (c->count.refused)
		return;
	assert_true(c->nn.n <= b->n + 2 * c->count.missed);
	assert_true(c->count.percent >= 0.0 && c->count.percent <= 100.0);
	for (size_t i = 0; i < c->nn.n; i++) {
		assert_true(isfinite(c->nn.rr_ms[i]) && c->nn.rr_ms[i] > 0.0);
		assert_true(isfinite(c->nn.t_s[i]));
		assert_true(i == 0 || c->nn.t_s[i] > c->nn.t_s[i - 1]);
		/* two beats, and so four intervals, at the most */
		mended = c->nn.mended[i] && i > 0 && c->nn.joined[i]
		                 ? mended + 1
		                 : c->nn.mended[i];
		assert_true(mended <= 4);
	}
}

static void random_input_gives_no_nonsense(void **state)
{
	uint64_t seed = 20261125;

	(void)state;
	print_message("seed %llu\n", (unsigned long long)seed);
	for (int round = 0; round < 400; round++) {
		struct bench *b = start(0);
		size_t n = 1 + test_random(&seed) % BEATS;
		double wild = test_uniform(&seed);

		for (size_t i = 0; i < n; i++) {
			double u = test_uniform(&seed);
			double rr_ms = breathing(i);

			if (u < wild)
				rr_ms *= exp(6.0 * test_uniform(&seed) - 3.0);
			add(b, rr_ms);
			b->joined[i] = test_uniform(&seed) > 0.03;
			if (round % 2) /* a clock of its own */
				b->t_s[i] = (i ? b->t_s[i - 1] : 0.0) + 0.001 +
				            test_uniform(&seed);
		}
		check_sound(b);
		finish(b);
	}
}

static void no_memory_is_said_and_nothing_is_lost(void **state)
{
	struct bench *b = start(4 * BEATS);
	struct nn in = {.t_s = b->t_s, .rr_ms = b->rr_ms, .n = b->n};
	struct clean c = {.count.missed = 42};

	(void)state;
	until_failure = 1;
	assert_int_equal(clean_of(&b->arena, &in, &c), -ENOMEM);
	assert_int_equal(c.count.missed, 42);
	/* a chunk that has room for the kinds and none for the rest */
	assert_non_null(arena_take(&b->arena, (256 << 10) - 2048, 1));
	until_failure = 1;
	assert_int_equal(clean_of(&b->arena, &in, &c), -ENOMEM);
	assert_int_equal(c.count.missed, 42);
	assert_int_equal(b->arena.chunk[0].used, (256 << 10) - 2048);
	until_failure = 0;
	assert_int_equal(clean_of(&b->arena, &in, &c), 0);
	assert_int_equal(c.nn.n, b->n);
	finish(b);
}

/* --- fibrillation -----------------------------------------------------------
 */

static bool refused(struct bench *b)
{
	return look(b)->count.refused;
}

static void independent_intervals_are_refused_and_left_as_they_are(void **state)
{
	struct bench *b = start(0);
	uint64_t seed = 5;

	(void)state;
	for (size_t i = 0; i < BEATS; i++)
		add(b, 400.0 + 500.0 * test_uniform(&seed));
	assert_true(refused(b));
	assert_int_equal(wrong(&b->clean), 0);
	assert_true(isnan(b->clean.count.percent));
	assert_ptr_equal(b->clean.nn.rr_ms, b->rr_ms);
	for (size_t i = 0; i < BEATS; i++)
		assert_int_equal(b->clean.kind[i], CLEAN_OK);
	finish(b);
}

static void what_is_large_but_can_be_foretold_is_not_refused(void **state)
{
	(void)state;
	for (size_t every = 2; every <= 5; every++) {
		struct bench *b = start(0);
		uint64_t seed = every;

		for (size_t i = 0; i < BEATS; i++) {
			double noise = 30.0 * test_uniform(&seed);
			double rr_ms = breathing(i) + noise;

			if (i % every == 0)
				rr_ms -= 300.0 + noise;
			if (i % every == 1)
				rr_ms += 300.0 + noise;
			add(b, rr_ms);
		}
		assert_false(refused(b));
		b->n = 0; /* as deep as breathing goes, at 12 a minute */
		for (size_t i = 0; i < BEATS; i++)
			add(b, 1000.0 + 200.0 * sin((double)i * M_PI / 2.5) +
			               40.0 * test_uniform(&seed));
		assert_false(refused(b));
		b->n = 0; /* a strap that loses every tenth beat or so */
		for (size_t i = 0; i < BEATS; i++)
			add(b, breathing(i) *
			               (test_uniform(&seed) < 0.1 ? 2.0 : 1.0));
		assert_false(refused(b));
		b->n = 0; /* each fifth interval is noise */
		for (size_t i = 0; i < BEATS; i++) {
			double u = test_uniform(&seed);

			add(b, breathing(i) * (u < 0.2 ? 0.3 + 10.0 * u : 1.0));
		}
		assert_false(refused(b));
		finish(b);
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
		cmocka_unit_test(a_missed_beat_is_put_in),
		cmocka_unit_test(two_missed_beats_are_put_in_and_three_are_not),
		cmocka_unit_test(
			three_missed_beats_of_a_quick_heart_are_no_interval),
		cmocka_unit_test(an_extra_beat_is_taken_out),
		cmocka_unit_test(a_premature_or_late_beat_is_put_in_its_place),
		cmocka_unit_test(a_long_or_short_interval_is_evened_out),
		cmocka_unit_test(what_is_mended_is_never_a_difference),
		cmocka_unit_test(a_longer_bad_stretch_is_left_out),
		cmocka_unit_test(a_break_is_never_bridged),
		cmocka_unit_test(good_series_are_left_alone),
		cmocka_unit_test(a_deep_slow_wave_is_left_alone),
		cmocka_unit_test(a_slow_hearts_pause_does_not_end_it),
		cmocka_unit_test(what_is_no_interval_is_left_out),
		cmocka_unit_test(a_few_beats_are_enough_and_none_is_fine),
		cmocka_unit_test(random_input_gives_no_nonsense),
		cmocka_unit_test(no_memory_is_said_and_nothing_is_lost),
		cmocka_unit_test(
			independent_intervals_are_refused_and_left_as_they_are),
		cmocka_unit_test(
			what_is_large_but_can_be_foretold_is_not_refused),
		cmocka_unit_test(a_fibrillating_day_is_refused),
		cmocka_unit_test(no_other_recording_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
