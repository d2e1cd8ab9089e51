/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/clean.h"

#include <errno.h>
#include <math.h>

#include "tests/helpers/rr.h"
#include "tests/helpers/strip.h"
#include "tests/helpers/test.h"

static size_t until_failure; /* 0: none fails */
void *__real_aligned_alloc(size_t alignment, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
	if (until_failure > 0 && --until_failure == 0)
		return NULL;
	return __real_aligned_alloc(alignment, size);
}

static void check_untouched(struct strip *b)
{
	const struct clean *c = strip_look(b);

	assert_int_equal(strip_wrong(c), 0);
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
		assert_near(c->nn.rr_ms[i], strip_breathing(i),
		            c->nn.mended[i] ? 50.0 : 0.0);
		assert_true(i == 0 || c->nn.joined[i]);
	}
}

static void a_missed_beat_is_put_in(void **state)
{
	struct strip *b = strip_start(200);
	const struct clean *c;

	(void)state;
	strip_add(b, strip_breathing(200) + strip_breathing(201));
	for (size_t i = 202; i < STRIP_BEATS; i++)
		strip_add(b, strip_breathing(i));
	c = strip_look(b);
	assert_int_equal(c->count.missed, 1);
	assert_int_equal(strip_wrong(c), 1);
	assert_int_equal(c->kind[200], CLEAN_MISSED);
	check_mended(c, STRIP_BEATS);
	assert_near(c->nn.rr_ms[200] + c->nn.rr_ms[201],
	            strip_breathing(200) + strip_breathing(201), 1e-9);
	assert_near(c->nn.t_s[201], b->t_s[200], 0.0);
	strip_finish(b);
}

static void two_missed_beats_are_put_in_and_three_are_not(void **state)
{
	(void)state;
	for (size_t missed = 2; missed <= 3; missed++) {
		struct strip *b = strip_start(200);
		const struct clean *c;
		double sum_ms = 0.0;

		for (size_t i = 0; i <= missed; i++)
			sum_ms += strip_breathing(200 + i);
		strip_add(b, sum_ms);
		for (size_t i = 201 + missed; i < STRIP_BEATS; i++)
			strip_add(b, strip_breathing(i));
		c = strip_look(b);
		assert_int_equal(strip_wrong(c), 1);
		assert_int_equal(c->count.missed, missed == 2);
		assert_int_equal(c->count.rejected, missed == 3);
		if (missed == 2) {
			check_mended(c, STRIP_BEATS);
		} else {
			assert_int_equal(c->nn.n, STRIP_BEATS - 4);
			assert_false(c->nn.joined[200]);
			assert_near(c->nn.rr_ms[200], strip_breathing(204),
			            0.0);
		}
		strip_finish(b);
	}
}

static void three_missed_beats_of_a_quick_heart_are_no_interval(void **state)
{
	struct strip *b = strip_start(0);

	(void)state;
	for (size_t i = 0; i < STRIP_BEATS; i++)
		strip_add(b, i == 200 ? 1790.0 : strip_breathing(i) / 2.0);
	assert_int_equal(strip_look(b)->count.rejected, 1);
	assert_int_equal(strip_wrong(&b->clean), 1);
	assert_int_equal(b->clean.nn.n, STRIP_BEATS - 1);
	assert_false(b->clean.nn.joined[200]);
	strip_finish(b);
}

static void an_extra_beat_is_taken_out(void **state)
{
	(void)state;
	for (int tenth = 1; tenth < 10; tenth++) {
		struct strip *b = strip_start(200);
		const struct clean *c;

		strip_add(b, 0.1 * tenth * strip_breathing(200));
		strip_add(b, (1.0 - 0.1 * tenth) * strip_breathing(200));
		for (size_t i = 201; i < STRIP_BEATS; i++)
			strip_add(b, strip_breathing(i));
		c = strip_look(b);
		assert_int_equal(c->count.extra, 1);
		assert_int_equal(strip_wrong(c), 1);
		check_mended(c, STRIP_BEATS);
		strip_finish(b);
	}
}

static void a_premature_or_late_beat_is_put_in_its_place(void **state)
{
	const double by_ms[] = {-350.0, -200.0, -90.0, 90.0, 200.0, 350.0};

	(void)state;
	for (size_t k = 0; k < sizeof(by_ms) / sizeof(*by_ms); k++) {
		struct strip *b = strip_start(200);
		const struct clean *c;

		strip_add(b, strip_breathing(200) + by_ms[k]);
		strip_add(b, strip_breathing(201) - by_ms[k]);
		for (size_t i = 202; i < STRIP_BEATS; i++)
			strip_add(b, strip_breathing(i));
		c = strip_look(b);
		assert_int_equal(c->count.ectopic, 1);
		assert_int_equal(strip_wrong(c), 1);
		assert_int_equal(c->kind[200], CLEAN_ECTOPIC);
		assert_int_equal(c->kind[201], CLEAN_ECTOPIC);
		check_mended(c, STRIP_BEATS);
		assert_near(c->nn.t_s[201], b->t_s[201], 0.0);
		strip_finish(b);
	}
}

static void a_long_or_short_interval_is_evened_out(void **state)
{
	const double share[] = {0.6, 0.72, 1.3, 1.45};

	(void)state;
	for (size_t k = 0; k < sizeof(share) / sizeof(*share); k++) {
		struct strip *b = strip_start(200);
		const struct clean *c;

		strip_add(b, share[k] * strip_breathing(200));
		for (size_t i = 201; i < STRIP_BEATS; i++)
			strip_add(b, strip_breathing(i));
		c = strip_look(b);
		assert_int_equal(c->count.long_short, 1);
		assert_int_equal(strip_wrong(c), 1);
		check_mended(c, STRIP_BEATS);
		strip_finish(b);
	}
}

static void what_is_mended_is_never_a_difference(void **state)
{
	struct strip *b = strip_start(200);
	const struct clean *c;

	(void)state;
	strip_add(b, strip_breathing(200) - 300.0);
	strip_add(b, strip_breathing(201) + 300.0);
	for (size_t i = 202; i < STRIP_BEATS; i++)
		strip_add(b, strip_breathing(i));
	c = strip_look(b);
	for (size_t i = 1; i < c->nn.n; i++)
		assert_int_equal(nn_differs(&c->nn, i), i < 200 || i > 202);
	strip_finish(b);
}

static void a_longer_bad_stretch_is_left_out(void **state)
{
	const double rr_ms[] = {500.0, 1300.0, 480.0, 1340.0, 520.0, 1290.0};
	struct strip *b = strip_start(200);
	const struct clean *c;

	(void)state;
	for (size_t i = 0; i < 6; i++)
		strip_add(b, rr_ms[i]);
	for (size_t i = 200; i < STRIP_BEATS; i++)
		strip_add(b, strip_breathing(i));
	c = strip_look(b);
	assert_int_equal(c->count.rejected, 6);
	assert_int_equal(c->nn.n, STRIP_BEATS);
	assert_false(c->nn.joined[200]);
	for (size_t i = 0; i < STRIP_BEATS; i++)
		assert_near(c->nn.rr_ms[i], strip_breathing(i), 0.0);
	strip_finish(b);
}

static void a_break_is_never_bridged(void **state)
{
	struct strip *b = strip_start(200);
	const struct clean *c;

	(void)state;
	/* half a beat before it and half a beat after it */
	strip_add(b, 450.0);
	strip_add(b, 450.0);
	b->joined[201] = false;
	for (size_t i = 202; i < STRIP_BEATS; i++)
		strip_add(b, strip_breathing(i));
	c = strip_look(b);
	assert_int_equal(c->count.extra, 0);
	assert_int_equal(c->count.long_short, 2);
	assert_int_equal(c->nn.n, STRIP_BEATS);
	assert_false(c->nn.joined[201]);
	assert_near(c->nn.t_s[200], b->t_s[200], 0.0);
	strip_finish(b);
}

static void good_series_are_left_alone(void **state)
{
	struct strip *b = strip_start(STRIP_BEATS);

	(void)state;
	check_untouched(b);
	b->n = 0;
	for (size_t i = 0; i < STRIP_BEATS; i++)
		strip_add(b, 800.0);
	check_untouched(b);
	b->n = 0; /* in bed, up, and down again */
	for (size_t i = 0; i < STRIP_BEATS; i++)
		strip_add(b, (i / 100 % 2 ? 700.0 : 1000.0) +
		                     strip_breathing(i) / 50.0);
	check_untouched(b);
	b->n = 0; /* a heart that slows down from 180 to 60 */
	for (size_t i = 0; i < STRIP_BEATS; i++)
		strip_add(b, 333.0 + (double)i * 667.0 / STRIP_BEATS);
	check_untouched(b);
	strip_finish(b);
}

static void a_deep_slow_wave_is_left_alone(void **state)
{
	(void)state;
	for (int per_min = 4; per_min <= 7; per_min++) {
		struct strip *b = strip_start(0);
		struct rr_source r;
		double t_s, rr_ms;

		rr_start(&r, &(struct rr_spec){.hr_bpm = 60.0,
		                               .rsa_ms = 333.0,
		                               .breaths_per_min = per_min});
		for (size_t i = 0; i < STRIP_BEATS; i++) {
			rr_next(&r, &t_s, &rr_ms);
			strip_add(b, rr_ms);
		}
		check_untouched(b);
		strip_finish(b);
	}
}

static void a_slow_hearts_pause_does_not_end_it(void **state)
{
	struct strip *b = strip_start(0);

	(void)state;
	for (size_t i = 0; i < STRIP_BEATS; i++)
		strip_add(b, i % 40 == 20 ? 2100.0 : 2.0 * strip_breathing(i));
	assert_int_equal(strip_look(b)->count.rejected, 0);
	assert_int_equal(b->clean.nn.n, STRIP_BEATS);
	b->n = 0;
	for (size_t i = 0; i < STRIP_BEATS; i++)
		strip_add(b, 3000.0 + strip_breathing(i) / 10.0);
	check_untouched(b);
	strip_finish(b);
}

static void what_is_no_interval_is_left_out(void **state)
{
	const double no_ms[] = {5.0, 9000.0};

	(void)state;
	for (size_t k = 0; k < 2; k++) {
		struct strip *b = strip_start(200);
		const struct clean *c;

		for (size_t i = 0; i < 20; i++)
			strip_add(b, no_ms[k]);
		for (size_t i = 200; i < STRIP_BEATS; i++)
			strip_add(b, strip_breathing(i));
		c = strip_look(b);
		assert_true(c->count.rejected >= 20);
		for (size_t i = 0; i < c->nn.n; i++)
			assert_true(c->nn.rr_ms[i] > 500.0 &&
			            c->nn.rr_ms[i] < 1500.0);
		strip_finish(b);
	}
}

static void a_few_beats_are_enough_and_none_is_fine(void **state)
{
	struct strip *b = strip_start(0);

	(void)state;
	for (size_t n = 0; n < 12; n++) {
		b->n = 0;
		for (size_t i = 0; i < n; i++)
			strip_add(b, strip_breathing(i));
		check_untouched(b);
		assert_true(n > 0 ? b->clean.count.percent == 0.0
		                  : isnan(b->clean.count.percent));
		assert_true(n == 0 || b->clean.nn.n == n);
	}
	strip_finish(b);
}

static void check_sound(struct strip *b)
{
	const struct clean *c = strip_look(b);
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
		struct strip *b = strip_start(0);
		size_t n = 1 + test_random(&seed) % STRIP_BEATS;
		double wild = test_uniform(&seed);

		for (size_t i = 0; i < n; i++) {
			double u = test_uniform(&seed);
			double rr_ms = strip_breathing(i);

			if (u < wild)
				rr_ms *= exp(6.0 * test_uniform(&seed) - 3.0);
			strip_add(b, rr_ms);
			b->joined[i] = test_uniform(&seed) > 0.03;
			if (round % 2) /* a clock of its own */
				b->t_s[i] = (i ? b->t_s[i - 1] : 0.0) + 0.001 +
				            test_uniform(&seed);
		}
		check_sound(b);
		strip_finish(b);
	}
}

static void no_memory_is_said_and_nothing_is_lost(void **state)
{
	struct strip *b = strip_start(4 * STRIP_BEATS);
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
	strip_finish(b);
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
