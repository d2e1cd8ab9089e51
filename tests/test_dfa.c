/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "signal/dfa.h"

#define SEED      20261122
#define BEATS_MAX 1000000

static double rr_ms[BEATS_MAX];
static long double profile[BEATS_MAX];
static bool joined[BEATS_MAX];

/* --- the definition, step by step in long double ----------------------- */

static void fill_profile(const struct nn *nn)
{
	long double mean = 0.0L, sum = 0.0L;

	for (size_t i = 0; i < nn->n; i++)
		mean += nn->rr_ms[i];
	mean /= (long double)nn->n;
	for (size_t i = 0; i < nn->n; i++)
		profile[i] = sum += nn->rr_ms[i] - mean;
}

/* Sum of squares of y less its least-squares line. */
static long double box_squares(const long double *y, size_t n)
{
	long double middle = (long double)(n - 1) / 2.0L, mean = 0.0L;
	long double xy = 0.0L, xx = 0.0L, sum = 0.0L;

	for (size_t i = 0; i < n; i++)
		mean += y[i] / (long double)n;
	for (size_t i = 0; i < n; i++) {
		long double x = (long double)i - middle;

		xy += x * (y[i] - mean);
		xx += x * x;
	}
	for (size_t i = 0; i < n; i++) {
		long double x = (long double)i - middle;
		long double left = y[i] - mean - xy / xx * x;

		sum += left * left;
	}
	return sum;
}

static long double fluctuation(const struct nn *nn, size_t size)
{
	long double sum = 0.0L;
	size_t boxes = 0;

	for (size_t i = 0, end; i < nn->n; i = end) {
		end = nn_run_end(nn, i);
		for (; i + size <= end; i += size, boxes++)
			sum += box_squares(profile + i, size);
	}
	return sqrtl(sum / (long double)(boxes * size));
}

static double plain(const struct nn *nn)
{
	long double n = 0.0L, x = 0.0L, y = 0.0L, xx = 0.0L, xy = 0.0L;

	fill_profile(nn);
	for (size_t size = 4; size <= 16; size++) {
		long double at = logl((long double)size);
		long double f = logl(fluctuation(nn, size));

		n += 1.0L;
		x += at;
		y += f;
		xx += at * at;
		xy += at * f;
	}
	return (double)((n * xy - x * y) / (n * xx - x * x));
}

/* --- series ------------------------------------------------------------ */

static double gauss(uint64_t *seed)
{
	return sqrt(-2.0 * log(1.0 - test_uniform(seed))) *
	       cos(2.0 * M_PI * test_uniform(seed));
}

static struct nn noise(size_t n, uint64_t *seed)
{
	for (size_t i = 0; i < n; i++)
		rr_ms[i] = 800.0 + 40.0 * gauss(seed);
	return (struct nn){.rr_ms = rr_ms, .n = n};
}

static struct nn broken_noise(size_t n, unsigned mean_run, uint64_t *seed)
{
	struct nn nn = noise(n, seed);

	for (size_t i = 0; i < n; i++)
		joined[i] = test_random(seed) % mean_run != 0;
	nn.joined = joined;
	return nn;
}

/* --- tests ------------------------------------------------------------- */

static void it_agrees_with_the_reference_to_1e_6(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_ROWS; i++) {
		size_t n = test_recording(test_rows[i], NULL, rr_ms);
		double wanted =
			test_reference(test_rows[i], "none", "dfa_alpha1");

		assert_near(dfa_alpha1_of(&(struct nn){.rr_ms = rr_ms, .n = n}),
		            wanted, 1e-6 * wanted);
	}
}

static void any_length_agrees_with_the_definition(void **state)
{
	uint64_t seed = SEED;

	(void)state;
	for (size_t n = DFA_MIN; n < 300; n++) {
		struct nn nn = noise(n, &seed);

		assert_near(dfa_alpha1_of(&nn), plain(&nn), 1e-12);
	}
}

static void boxes_start_anew_after_each_break(void **state)
{
	uint64_t seed = SEED + 1;

	(void)state;
	for (unsigned i = 0; i < 200; i++) {
		struct nn nn = broken_noise(300 + i, 20 + i, &seed);

		assert_near(dfa_alpha1_of(&nn), plain(&nn), 1e-12);
	}
}

static void a_step_at_a_break_is_not_seen(void **state)
{
	uint64_t seed = SEED + 2;
	struct nn nn = noise(400, &seed);
	double level, stepped;

	(void)state;
	for (size_t i = 0; i < nn.n; i++)
		joined[i] = i != 203;
	nn.joined = joined;
	level = dfa_alpha1_of(&nn);
	for (size_t i = 203; i < nn.n; i++)
		rr_ms[i] += 500.0;
	stepped = dfa_alpha1_of(&nn);
	assert_near(stepped, level, 1e-12);
	/* where there is no break it is */
	nn.joined = NULL;
	assert_true(fabs(dfa_alpha1_of(&nn) - level) > 0.01);
}

static void no_digit_is_lost_over_a_million_beats(void **state)
{
	uint64_t seed = SEED + 3;
	struct nn nn = noise(BEATS_MAX, &seed);

	(void)state;
	/* from 60 to 120 a minute: the profile reaches 1e8 ms */
	for (size_t i = 0; i < nn.n; i++)
		rr_ms[i] += 200.0 - 500.0 * (double)i / (double)nn.n;
	assert_near(dfa_alpha1_of(&nn), plain(&nn), 1e-10);
}

static void noise_is_a_half_and_its_sum_one_and_a_half(void **state)
{
	uint64_t seed = SEED + 4;
	struct nn nn = noise(100000, &seed);

	(void)state;
	/* short boxes bend the line: 0.5 and 1.5 are the limits of long ones */
	assert_near(dfa_alpha1_of(&nn), 0.5, 0.15);
	for (size_t i = 1; i < nn.n; i++)
		rr_ms[i] = rr_ms[i - 1] + 0.01 * (rr_ms[i] - 800.0);
	assert_near(dfa_alpha1_of(&nn), 1.5, 0.15);
}

static void too_little_gives_no_value(void **state)
{
	uint64_t seed = SEED + 5;
	struct nn nn = noise(DFA_MIN, &seed);

	(void)state;
	assert_true(isfinite(dfa_alpha1_of(&nn)));
	nn.n = DFA_MIN - 1;
	assert_true(isnan(dfa_alpha1_of(&nn)));
	nn.n = 0;
	assert_true(isnan(dfa_alpha1_of(&nn)));
}

static void without_a_box_of_each_size_there_is_no_value(void **state)
{
	uint64_t seed = SEED + 6;
	struct nn nn = noise(300, &seed);

	(void)state;
	for (size_t i = 0; i < nn.n; i++)
		joined[i] = i % (DFA_LONGEST - 1) != 0;
	nn.joined = joined;
	assert_true(isnan(dfa_alpha1_of(&nn)));
	joined[DFA_LONGEST - 1] = true;
	assert_true(isfinite(dfa_alpha1_of(&nn)));
}

static void equal_intervals_have_none(void **state)
{
	struct nn nn = {.rr_ms = rr_ms, .n = 1000};

	(void)state;
	for (size_t i = 0; i < nn.n; i++)
		rr_ms[i] = 800.1;
	assert_true(isnan(dfa_alpha1_of(&nn)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_agrees_with_the_reference_to_1e_6),
		cmocka_unit_test(any_length_agrees_with_the_definition),
		cmocka_unit_test(boxes_start_anew_after_each_break),
		cmocka_unit_test(a_step_at_a_break_is_not_seen),
		cmocka_unit_test(no_digit_is_lost_over_a_million_beats),
		cmocka_unit_test(noise_is_a_half_and_its_sum_one_and_a_half),
		cmocka_unit_test(too_little_gives_no_value),
		cmocka_unit_test(without_a_box_of_each_size_there_is_no_value),
		cmocka_unit_test(equal_intervals_have_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
