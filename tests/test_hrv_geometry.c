/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include <gsl/gsl_statistics_double.h>

#include "signal/detrend.h"
#include "signal/hrv_geometry.h"

#define BIN_MS 7.8125

static struct arena arena;

static int empty_arena(void **state)
{
	(void)state;
	arena_init(&arena);
	return 0;
}

static int end_arena(void **state)
{
	(void)state;
	arena_finish(&arena);
	return 0;
}

static struct hrv_geometry geometry(const double *rr_ms, size_t n)
{
	struct hrv_geometry g;

	assert_int_equal(hrv_geometry_of(&arena, rr_ms, n, &g), 0);
	return g;
}

static double stress(const double *rr_ms, size_t n)
{
	double si;

	assert_int_equal(hrv_stress_index(&arena, rr_ms, n, &si), 0);
	return si;
}

static void check(const char *row, const char *detrend, const char *key,
                  double value)
{
	double wanted = test_reference(row, detrend, key);

	assert_near(value, wanted, 1e-6 * fabs(wanted));
}

static void check_stress(const char *row, const char *detrend, double si)
{
	check(row, detrend, "stress_index", si);
	check(row, detrend, "stress_index_sqrt", sqrt(si));
}

static void the_geometry_agrees_with_the_reference_to_1e_6(void **state)
{
	double *rr;

	(void)state;
	(void)test_data(TEST_REFERENCE); /* or it skips, with nothing held */
	rr = malloc(TEST_BEATS_MAX * sizeof(*rr));
	assert_non_null(rr);
	for (size_t i = 0; i < TEST_ROWS; i++) {
		size_t n = test_recording(test_rows[i], NULL, rr);
		struct hrv_geometry g = geometry(rr, n);
		double mean_ms = gsl_stats_mean(rr, 1, n);

		check(test_rows[i], "none", "triangular_index",
		      g.triangular_index);
		check(test_rows[i], "none", "tinn_ms", g.tinn_ms);
		check_stress(test_rows[i], "none", stress(rr, n));
		assert_int_equal(detrend_priors(&arena, rr, n, DETREND_LAMBDA),
		                 0);
		for (size_t k = 0; k < n; k++)
			rr[k] += mean_ms;
		check_stress(test_rows[i], "priors", stress(rr, n));
	}
	free(rr);
}

static void an_interval_on_an_edge_is_in_the_bin_above(void **state)
{
	double rr[20];

	(void)state;
	for (size_t i = 0; i < 20; i++)
		rr[i] = 104.0 * BIN_MS; /* 812.5 */
	rr[0] = nextafter(rr[0], 0.0);
	rr[1] = 105.0 * BIN_MS;
	rr[2] = nextafter(rr[1], 0.0);
	assert_near(geometry(rr, 20).triangular_index, 20.0 / 18.0, 1e-12);
	/* 8 ticks of a strap in each */
	for (size_t i = 0; i < 20; i++)
		rr[i] = (double)(800 + i % 16) * 1000.0 / 1024.0;
	assert_near(geometry(rr, 20).triangular_index, 20.0 / 12.0, 1e-12);
}

/* The sum of squares from a triangle with its feet at bins @n and @m. */
static double misfit(const double *count, int bins, int apex, int n, int m)
{
	double sum = 0.0;

	for (int i = 0; i < bins; i++) {
		double model = 0.0;

		if (i > n && i <= apex)
			model = count[apex] * (i - n) / (apex - n);
		else if (i > apex && i < m)
			model = count[apex] * (m - i) / (m - apex);
		sum += (count[i] - model) * (count[i] - model);
	}
	return sum;
}

/* Over every pair of feet; the bins are all that there are up to 10 s. */
static double least_misfit(const double *count, int bins, int apex,
                           double *ret_base_ms)
{
	double least = HUGE_VAL;

	for (int n = -1; n < apex; n++)
		for (int m = apex + 1; m <= bins; m++) {
			double off = misfit(count, bins, apex, n, m);

			if (off < least) {
				least = off;
				*ret_base_ms = BIN_MS * (m - n);
			}
		}
	return least;
}

static void the_triangle_is_the_best_of_all(void **state)
{
	uint64_t seed = 20261125;

	(void)state;
	for (int trial = 0; trial < 60; trial++) {
		enum { BINS = 60, BEATS = 400 };
		double rr[BEATS], count[BINS] = {0}, base_ms = NAN;
		double spread = 1.0 + 12.0 * test_uniform(&seed);
		double centre = BINS * test_uniform(&seed);
		int apex = 0;

		for (int i = 0; i < BEATS; i++) {
			double x = centre + spread * (test_uniform(&seed) +
			                              test_uniform(&seed) - 1);

			x = fmin(fmax(x, 0.0), 25.0);
			rr[i] = BIN_MS * x;
			count[(int)x]++;
		}
		for (int i = 1; i < BINS; i++)
			if (count[i] > count[apex])
				apex = i;
		least_misfit(count, BINS, apex, &base_ms);
		assert_near(geometry(rr, BEATS).tinn_ms, base_ms, 0.0);
	}
}

static void a_triangle_is_found_as_it_is(void **state)
{
	/* 1 2 3 4 5 4 3 2 1 about 800 ms, feet 5 bins to either side */
	double rr[25];
	size_t n = 0;

	(void)state;
	for (int bin = -4; bin <= 4; bin++)
		for (int i = 0; i < 5 - abs(bin); i++)
			rr[n++] = (102.5 + bin) * BIN_MS;
	assert_int_equal(n, 25);
	assert_near(geometry(rr, n).tinn_ms, 10.0 * BIN_MS, 0.0);
	assert_near(geometry(rr, n).triangular_index, 5.0, 0.0);
}

static void too_little_gives_no_value(void **state)
{
	double rr[21];

	(void)state;
	for (size_t i = 0; i < 21; i++)
		rr[i] = 800.0 + (double)i;
	for (size_t n = 0; n < HRV_GEOMETRY_MIN; n++) {
		struct hrv_geometry g = geometry(rr, n);

		assert_true(isnan(g.triangular_index) && isnan(g.tinn_ms));
		assert_true(isnan(stress(rr, n)));
	}
	assert_true(stress(rr, HRV_GEOMETRY_MIN) > 0.0);
	assert_true(geometry(rr, HRV_GEOMETRY_MIN).tinn_ms > 0.0);
}

static void equal_intervals_have_a_triangle_but_no_stress(void **state)
{
	double rr[30];
	struct hrv_geometry g;

	(void)state;
	for (size_t i = 0; i < 30; i++)
		rr[i] = 800.0;
	g = geometry(rr, 30);
	assert_near(g.triangular_index, 1.0, 0.0);
	assert_near(g.tinn_ms, 2.0 * BIN_MS, 0.0);
	assert_true(isnan(stress(rr, 30)));
}

static void silences_are_left_out_and_memory_stays_bounded(void **state)
{
	const double odd[] = {10000.0, 1e300, -1.0, -1e300, 1e6};
	double rr[45];
	struct hrv_geometry g, with;

	(void)state;
	for (size_t i = 0; i < 40; i++)
		rr[i] = 760.0 + 2.5 * (double)(i % 23);
	g = geometry(rr, 40);
	for (size_t i = 0; i < 5; i++)
		rr[40 + i] = odd[i];
	with = geometry(rr, 45);
	assert_memory_equal(&g, &with, sizeof(g));
	assert_near(stress(rr, 45), stress(rr, 40), 0.0);
	/* all of them silences: nothing to tell from */
	for (size_t i = 0; i < 45; i++)
		rr[i] = 20000.0 + (double)i;
	assert_true(isnan(geometry(rr, 45).tinn_ms) && isnan(stress(rr, 45)));
	/* at either end of the histogram */
	for (size_t i = 0; i < 45; i++)
		rr[i] = i < 22 ? 0.0 : nextafter(HRV_GEOMETRY_MAX_MS, 0.0);
	assert_near(geometry(rr, 45).triangular_index, 45.0 / 23.0, 1e-12);
	assert_true(geometry(rr, 22).tinn_ms > 0.0);
	rr[21] = 800.0;
	assert_true(isnan(stress(rr, 22)));
}

void *__real_aligned_alloc(size_t align, size_t size);
void *__wrap_aligned_alloc(size_t align, size_t size);

static bool refused;

void *__wrap_aligned_alloc(size_t align, size_t size)
{
	return refused ? NULL : __real_aligned_alloc(align, size);
}

static void memory_refused_is_an_error_and_touches_nothing(void **state)
{
	double rr[20] = {800.0}, si = 42.0;
	struct hrv_geometry g = {42.0, 42.0};
	struct arena none;

	(void)state;
	arena_init(&none);
	refused = true;
	assert_int_equal(hrv_geometry_of(&none, rr, 20, &g), -ENOMEM);
	assert_int_equal(hrv_stress_index(&none, rr, 20, &si), -ENOMEM);
	refused = false;
	assert_near(g.triangular_index, 42.0, 0.0);
	assert_near(g.tinn_ms, 42.0, 0.0);
	assert_near(si, 42.0, 0.0);
	/* a first piece there is, and no second */
	assert_non_null(arena_take(&none, 1, 1));
	refused = true;
	assert_int_equal(hrv_stress_index(&none, rr, SIZE_MAX / 8, &si),
	                 -ENOMEM);
	refused = false;
	assert_near(si, 42.0, 0.0);
	arena_finish(&none);
}

static void stress_by_hand(void **state)
{
	double rr[20];

	(void)state;
	/* 700, 710, ..., 890: five in each bin of 50 ms, median 795 */
	for (size_t i = 0; i < 20; i++)
		rr[i] = 700.0 + 10.0 * (double)((i * 7) % 20);
	assert_near(stress(rr, 20), 25.0 / (2.0 * 0.795 * 0.190), 1e-9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_geometry_agrees_with_the_reference_to_1e_6),
		cmocka_unit_test(an_interval_on_an_edge_is_in_the_bin_above),
		cmocka_unit_test(the_triangle_is_the_best_of_all),
		cmocka_unit_test(a_triangle_is_found_as_it_is),
		cmocka_unit_test(too_little_gives_no_value),
		cmocka_unit_test(equal_intervals_have_a_triangle_but_no_stress),
		cmocka_unit_test(
			silences_are_left_out_and_memory_stays_bounded),
		cmocka_unit_test(
			memory_refused_is_an_error_and_touches_nothing),
		cmocka_unit_test(stress_by_hand),
	};

	return cmocka_run_group_tests(tests, empty_arena, end_arena);
}
