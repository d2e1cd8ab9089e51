/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_statistics_double.h>

#include "signal/sample_entropy.h"

#define SEED      20261122
#define BEATS_MAX 100000
/* Beyond the few thousand from which on the band is counted by buckets */
#define MANY 4600

static double rr_ms[BEATS_MAX];
static bool joined[BEATS_MAX];
static struct arena arena;

/* Linked with --wrap: the allocation that fails, counted from 1; 0: none. */
static unsigned fail_at, allocations;

void *__real_aligned_alloc(size_t alignment, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
	return ++allocations == fail_at ? NULL
	                                : __real_aligned_alloc(alignment, size);
}

static int teardown(void **state)
{
	(void)state;
	arena_finish(&arena);
	return 0;
}

/* --- the definition ---------------------------------------------------- */

static bool is_template(const struct nn *nn, size_t i)
{
	return i + 2 < nn->n && nn_joined(nn, i + 1) && nn_joined(nn, i + 2);
}

static struct sample_entropy_count plain(const struct nn *nn, double r_ms)
{
	const double *v = nn->rr_ms;
	struct sample_entropy_count c = {0};

	for (size_t i = 0; i < nn->n; i++) {
		if (!is_template(nn, i))
			continue;
		for (size_t j = i + 1; j + 2 < nn->n; j++) {
			bool two = fabs(v[i] - v[j]) <= r_ms &&
			           fabs(v[i + 1] - v[j + 1]) <= r_ms &&
			           is_template(nn, j);

			c.two += two;
			c.three += two && fabs(v[i + 2] - v[j + 2]) <= r_ms;
		}
	}
	return c;
}

static void assert_as_plain(const struct nn *nn, double r_ms)
{
	struct arena_mark before = arena_mark(&arena), after;
	struct sample_entropy_count wanted = plain(nn, r_ms), c;

	assert_int_equal(sample_entropy_count(&arena, nn, r_ms, &c), 0);
	if (c.two != wanted.two || c.three != wanted.three)
		print_error("of %zu within %.17g ms, first %.17g\n", nn->n,
		            r_ms, nn->n ? nn->rr_ms[0] : 0.0);
	assert_int_equal(c.two, wanted.two);
	assert_int_equal(c.three, wanted.three);
	after = arena_mark(&arena);
	/* the first chunk may have come meanwhile: used it is not */
	assert_int_equal(after.now, before.now);
	assert_int_equal(after.used, before.used);
}

/* --- series of every sort ---------------------------------------------- */

static double gauss(uint64_t *seed)
{
	return sqrt(-2.0 * log(1.0 - test_uniform(seed))) *
	       cos(2.0 * M_PI * test_uniform(seed));
}

static double real(uint64_t *seed, size_t i)
{
	(void)i;
	return 800.0 + 60.0 * gauss(seed);
}

static double coarse_grid(uint64_t *seed, size_t i)
{
	return round(real(seed, i) * 0.128) / 0.128;
}

/* 1/1024 s as a file has it, to three decimals */
static double printed_grid(uint64_t *seed, size_t i)
{
	return round(round(real(seed, i) * 1.024) / 1.024 * 1e3) / 1e3;
}

static double walk(uint64_t *seed, size_t i)
{
	static double at;

	at = i == 0 ? 800.0 : at + 0.02 * (800.0 - at) + 8.0 * gauss(seed);
	return fmax(at, 200.0);
}

static double clusters(uint64_t *seed, size_t i)
{
	(void)i;
	return 500.0 + 200.0 * (double)(test_random(seed) % 4) +
	       test_uniform(seed);
}

/* Half are one value, the others all different. */
static double heavy_tie(uint64_t *seed, size_t i)
{
	return test_random(seed) % 2 ? 800.0 : real(seed, i);
}

static double two_values(uint64_t *seed, size_t i)
{
	(void)i;
	return test_random(seed) % 8 ? 800.0 : 900.0;
}

static double one_value(uint64_t *seed, size_t i)
{
	(void)seed;
	(void)i;
	return 812.5;
}

static double rising(uint64_t *seed, size_t i)
{
	(void)seed;
	return 300.0 + 0.1 * (double)i;
}

static double every_size(uint64_t *seed, size_t i)
{
	(void)i;
	return ldexp(1.0 + test_uniform(seed),
	             (int)(test_random(seed) % 60) - 30);
}

/* Neighbours of 800 among the doubles: distances are a few last places. */
static double last_places(uint64_t *seed, size_t i)
{
	(void)i;
	return 800.0 + 0x1p-43 * (double)(test_random(seed) % 40);
}

static double (*const sorts[])(uint64_t *seed, size_t i) = {
	real,     coarse_grid, printed_grid, walk,
	clusters, heavy_tie,   two_values,   one_value,
	rising,   every_size,  last_places,
};
#define N_SORTS (sizeof(sorts) / sizeof(*sorts))

/* Runs of @mean_run intervals on average; 0: unbroken. */
static struct nn series(size_t sort, size_t n, unsigned mean_run,
                        uint64_t *seed)
{
	for (size_t i = 0; i < n; i++) {
		rr_ms[i] = sorts[sort](seed, i);
		joined[i] = mean_run == 0 || test_random(seed) % mean_run != 0;
	}
	return (struct nn){
		.rr_ms = rr_ms, .joined = mean_run ? joined : NULL, .n = n};
}

static double sd(const struct nn *nn)
{
	return nn->n > 1 ? gsl_stats_sd(nn->rr_ms, 1, nn->n) : 0.0;
}

/* A distance that occurs: where "at most" and "less than" part. */
static double a_distance(const struct nn *nn, uint64_t *seed)
{
	if (nn->n == 0)
		return 0.0;
	return fabs(nn->rr_ms[test_random(seed) % nn->n] -
	            nn->rr_ms[test_random(seed) % nn->n]);
}

/* --- counts ------------------------------------------------------------ */

static void every_short_series_counts_as_all_pairs_do(void **state)
{
	uint64_t seed = SEED;

	(void)state;
	for (size_t n = 0; n <= 50; n++)
		for (size_t sort = 0; sort < N_SORTS; sort++)
			for (unsigned run = 0; run <= 8; run += 4) {
				struct nn nn = series(sort, n, run, &seed);

				assert_as_plain(&nn, 0.2 * sd(&nn));
				assert_as_plain(&nn, a_distance(&nn, &seed));
				assert_as_plain(&nn, a_distance(&nn, &seed));
				assert_as_plain(&nn, 0.0);
				assert_as_plain(&nn, 1e300);
				assert_as_plain(&nn, HUGE_VAL);
				assert_as_plain(&nn, -1.0);
				assert_as_plain(&nn, NAN);
			}
}

static void series_of_hundreds_count_as_all_pairs_do(void **state)
{
	uint64_t seed = SEED + 1;

	(void)state;
	for (unsigned i = 0; i < 200; i++) {
		struct nn nn =
			series(i % N_SORTS, 50 + test_random(&seed) % 600,
		               i % 3 * 20, &seed);

		assert_as_plain(&nn, 0.2 * sd(&nn));
		assert_as_plain(&nn, a_distance(&nn, &seed));
	}
}

static void series_of_thousands_count_as_all_pairs_do(void **state)
{
	uint64_t seed = SEED + 2;

	(void)state;
	for (size_t sort = 0; sort < N_SORTS; sort++)
		for (unsigned run = 0; run <= 50; run += 50) {
			struct nn nn = series(sort, MANY, run, &seed);

			assert_as_plain(&nn, 0.2 * sd(&nn));
			assert_as_plain(&nn, a_distance(&nn, &seed));
		}
}

static void a_tolerance_of_nothing_and_of_all_counts_right(void **state)
{
	const uint64_t templates = MANY - 2;
	struct sample_entropy_count c;
	uint64_t seed = SEED + 3;

	(void)state;
	for (size_t sort = 0; sort < N_SORTS; sort++) {
		struct nn nn = series(sort, MANY, 0, &seed);

		assert_as_plain(&nn, 0.0);
		assert_int_equal(sample_entropy_count(&arena, &nn, 1e300, &c),
		                 0);
		assert_int_equal(c.two, templates * (templates - 1) / 2);
		assert_int_equal(c.three, c.two);
	}
}

static void counting_by_buckets_begins_without_a_seam(void **state)
{
	uint64_t seed = SEED + 4;

	(void)state;
	for (size_t n = 3999; n <= 4005; n++) {
		struct nn nn = series(n % 2, n, 0, &seed);

		assert_as_plain(&nn, 0.2 * sd(&nn));
	}
}

static void pairs_beyond_32_bits_are_counted(void **state)
{
	struct nn nn = {.rr_ms = rr_ms, .n = BEATS_MAX};
	const uint64_t templates = BEATS_MAX - 2;
	struct sample_entropy_count c;

	(void)state;
	for (size_t i = 0; i < nn.n; i++)
		rr_ms[i] = 812.5;
	assert_int_equal(sample_entropy_count(&arena, &nn, 0.0, &c), 0);
	assert_int_equal(c.two, templates * (templates - 1) / 2);
	assert_int_equal(c.three, c.two);
}

static void no_template_spans_a_break(void **state)
{
	/* one and the same value: each run of m gives m - 2 templates */
	struct nn nn = {.rr_ms = rr_ms, .joined = joined, .n = 12};
	const bool breaks[12] = {
		[1] = true, [2] = true, [3] = true,  [4] = true, /* 5 */
		[6] = true,                                      /* 2 */
		[8] = true, [9] = true, [10] = true,             /* 4 */
	};
	struct sample_entropy_count c;

	(void)state;
	for (size_t i = 0; i < nn.n; i++)
		rr_ms[i] = 800.0;
	memcpy(joined, breaks, sizeof(breaks));
	assert_int_equal(sample_entropy_count(&arena, &nn, 0.0, &c), 0);
	assert_int_equal(c.two, 5 * 4 / 2);
	assert_int_equal(c.three, 5 * 4 / 2);
}

/* --- recordings -------------------------------------------------------- */

static void a_day_of_beats_counts_as_all_pairs_do(void **state)
{
	struct nn nn = {.rr_ms = rr_ms};
	struct sample_entropy_count c;
	uint64_t seed = SEED + 5;

	(void)state;
	nn.n = test_recording("nsr004", NULL, rr_ms);
	assert_int_equal(nn.n, 97814);
	/* what all 4.8e9 pairs of it gave, once */
	assert_int_equal(sample_entropy_count(&arena, &nn, 0.2 * sd(&nn), &c),
	                 0);
	assert_int_equal(c.two, 319951594);
	assert_int_equal(c.three, 204822398);
	nn.n = 20000;
	assert_as_plain(&nn, 0.2 * sd(&nn));
	/* the same heart by a finer clock */
	nn.n = 10000;
	for (size_t i = 0; i < nn.n; i++)
		rr_ms[i] += (test_uniform(&seed) - 0.5) * 1e3 / 128.0;
	assert_as_plain(&nn, 0.2 * sd(&nn));
}

static void it_agrees_with_the_reference_to_1e_6(void **state)
{
	unsigned rows = 0;

	(void)state;
	for (size_t i = 0; i < TEST_ROWS; i++) {
		double wanted =
			test_reference(test_rows[i], "none", "sample_entropy");
		struct nn nn = {.rr_ms = rr_ms};
		double value;

		nn.n = test_recording(test_rows[i], NULL, rr_ms);
		assert_int_equal(
			sample_entropy_of(&arena, &nn, sd(&nn), &value), 0);
		if (isnan(wanted)) /* of nsr004 its counts are known */
			continue;
		assert_near(value, wanted, 1e-6 * wanted);
		rows++;
	}
	assert_int_equal(rows, 6);
}

/* --- no value, no memory ----------------------------------------------- */

static double entropy(const struct nn *nn, double sdnn_ms)
{
	double ret = 42.0;

	assert_int_equal(sample_entropy_of(&arena, nn, sdnn_ms, &ret), 0);
	return ret;
}

static void too_little_gives_no_value(void **state)
{
	uint64_t seed = SEED + 6;
	struct nn nn = series(0, SAMPLE_ENTROPY_MIN, 0, &seed);

	(void)state;
	assert_true(isfinite(entropy(&nn, sd(&nn))));
	/* none agrees, or the tolerance is none */
	assert_true(isnan(entropy(&nn, 1e-9)));
	assert_true(isnan(entropy(&nn, NAN)));
	nn.n--;
	assert_true(isnan(entropy(&nn, sd(&nn))));
	nn.n = 0;
	assert_true(isnan(entropy(&nn, NAN)));
}

static void equal_intervals_have_none_whatever_their_sd_rounds_to(void **state)
{
	struct nn nn = {.rr_ms = rr_ms, .n = 500};

	(void)state;
	for (size_t i = 0; i < nn.n; i++)
		rr_ms[i] = 800.1;
	assert_true(isnan(entropy(&nn, 0.0)));
	assert_true(isnan(entropy(&nn, 1e-13)));
}

static void certainty_is_plus_zero(void **state)
{
	struct nn nn = {.rr_ms = rr_ms, .n = 300};

	(void)state;
	for (size_t i = 0; i < nn.n; i++)
		rr_ms[i] = i % 2 ? 700.0 : 900.0;
	assert_near(entropy(&nn, sd(&nn)), 0.0, 0.0);
	assert_false(signbit(entropy(&nn, sd(&nn))));
}

/* Return: how many allocations it took in the end. */
static unsigned fail_each(const struct nn *nn)
{
	struct sample_entropy_count c = {1, 2};
	double entropy = 42.0;
	int r = -ENOMEM;

	for (unsigned n = 1; r < 0; n++) {
		struct arena a = {.n = 0};
		struct arena_mark mark;

		allocations = 0;
		fail_at = n;
		r = sample_entropy_count(&a, nn, 12.0, &c);
		mark = arena_mark(&a);
		arena_finish(&a);
		assert_int_equal(mark.now, 0);
		assert_int_equal(mark.used, 0);
		if (r == 0)
			break;
		assert_int_equal(r, -ENOMEM);
		assert_true(c.two == 1 && c.three == 2);

		allocations = 0;
		assert_int_equal(sample_entropy_of(&a, nn, 60.0, &entropy),
		                 -ENOMEM);
		arena_finish(&a);
		assert_near(entropy, 42.0, 0.0);
	}
	fail_at = 0;
	assert_true(c.three > 2);
	return allocations;
}

static void out_of_memory_is_told_and_leaves_all_as_it_was(void **state)
{
	uint64_t seed = SEED + 7;
	struct nn nn;

	(void)state;
	nn = series(0, 500, 0, &seed);
	assert_true(fail_each(&nn) >= 1);
	nn = series(0, 60000, 0, &seed);
	assert_true(fail_each(&nn) >= 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_short_series_counts_as_all_pairs_do),
		cmocka_unit_test(series_of_hundreds_count_as_all_pairs_do),
		cmocka_unit_test(series_of_thousands_count_as_all_pairs_do),
		cmocka_unit_test(
			a_tolerance_of_nothing_and_of_all_counts_right),
		cmocka_unit_test(counting_by_buckets_begins_without_a_seam),
		cmocka_unit_test(pairs_beyond_32_bits_are_counted),
		cmocka_unit_test(no_template_spans_a_break),
		cmocka_unit_test(a_day_of_beats_counts_as_all_pairs_do),
		cmocka_unit_test(it_agrees_with_the_reference_to_1e_6),
		cmocka_unit_test(too_little_gives_no_value),
		cmocka_unit_test(
			equal_intervals_have_none_whatever_their_sd_rounds_to),
		cmocka_unit_test(certainty_is_plus_zero),
		cmocka_unit_test(
			out_of_memory_is_told_and_leaves_all_as_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
