/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_linalg.h>

#include "signal/detrend.h"

/* -1: nothing fails; else after so many successes all do */
static int allowance = -1;

void *__real_aligned_alloc(size_t alignment, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
	if (allowance == 0)
		return NULL;
	allowance -= allowance > 0;
	return __real_aligned_alloc(alignment, size);
}

static void draw(double *z, size_t n, uint64_t *seed)
{
	for (size_t i = 0; i < n; i++)
		z[i] = 900.0 + 60.0 * sin(0.01 * (double)i) +
		       80.0 * (test_uniform(seed) - 0.5);
}

/* z - (I + lambda^2 D2'D2)^-1 z, D2 written out. */
static void detrend_dense(double *z, size_t n, double lambda)
{
	gsl_matrix *m = gsl_matrix_calloc(n, n);
	gsl_vector_view right = gsl_vector_view_array(z, n);
	gsl_vector *trend = gsl_vector_alloc(n);
	const double d2[] = {1.0, -2.0, 1.0};

	gsl_matrix_set_identity(m);
	for (size_t r = 0; r + 2 < n; r++)
		for (size_t i = 0; i < 3; i++)
			for (size_t j = 0; j < 3; j++)
				*gsl_matrix_ptr(m, r + i, r + j) +=
					lambda * lambda * d2[i] * d2[j];
	gsl_linalg_cholesky_decomp1(m);
	gsl_linalg_cholesky_solve(m, &right.vector, trend);
	gsl_vector_sub(&right.vector, trend);
	gsl_vector_free(trend);
	gsl_matrix_free(m);
}

static void it_is_the_dense_solution(void **state)
{
	const double lambdas[] = {0.0, 0.5, 10.0, DETREND_LAMBDA};
	struct arena a;
	double got[300], wanted[300];
	uint64_t seed = 21;

	(void)state;
	arena_init(&a);
	for (size_t l = 0; l < sizeof(lambdas) / sizeof(*lambdas); l++)
		for (size_t n = 3; n <= 300; n += n < 70 ? 1 : 23) {
			draw(got, n, &seed);
			memcpy(wanted, got, sizeof(got));
			assert_int_equal(detrend_priors(&a, got, n, lambdas[l]),
			                 0);
			detrend_dense(wanted, n, lambdas[l]);
			for (size_t i = 0; i < n; i++)
				assert_near(got[i], wanted[i], 1e-6);
		}
	arena_finish(&a);
}

/* The plain elimination from one end, every row of it, in extended
 * precision. The matrix can make 4e-7 of a double's rounding, 1e-13 times
 * 16 lambda^2. */
static void detrend_plain(double *z, size_t n, double lambda)
{
	long double *d = calloc(5 * n, sizeof(*d));
	long double *l1 = d + n, *l2 = l1 + n, *u = l2 + n, *x = u + n;
	long double w = (long double)lambda * lambda;

	assert_non_null(d);
	for (size_t i = 0; i < n; i++) {
		long double begins = i + 2 < n, ends = i >= 2;
		long double centred = i > 0 && i + 1 < n;
		long double b = -2.0L * w * (begins + centred);

		d[i] = 1.0L + w * (begins + 4.0L * centred + ends);
		u[i] = z[i];
		if (i > 0) {
			d[i] -= d[i - 1] * l1[i - 1] * l1[i - 1];
			b -= d[i - 1] * l1[i - 1] * l2[i - 1];
			u[i] -= l1[i - 1] * u[i - 1];
		}
		if (i > 1) {
			d[i] -= d[i - 2] * l2[i - 2] * l2[i - 2];
			u[i] -= l2[i - 2] * u[i - 2];
		}
		l1[i] = b / d[i];
		l2[i] = w * begins / d[i];
	}
	for (size_t i = n; i-- > 0;) {
		x[i] = u[i] / d[i];
		x[i] -= i + 1 < n ? l1[i] * x[i + 1] : 0.0L;
		x[i] -= i + 2 < n ? l2[i] * x[i + 2] : 0.0L;
		z[i] -= (double)x[i];
	}
	free(d);
}

static void a_long_series_is_as_if_every_row_were_eliminated(void **state)
{
	/* around where the factor freezes, and far beyond, odd and even */
	const size_t lengths[] = {1400, 1499, 1500, 1501, 20000, 20001};
	static double got[20001], wanted[20001];
	struct arena a;
	uint64_t seed = 22;

	(void)state;
	arena_init(&a);
	for (size_t l = 0; l < sizeof(lengths) / sizeof(*lengths); l++) {
		size_t n = lengths[l];

		draw(got, n, &seed);
		memcpy(wanted, got, sizeof(got));
		assert_int_equal(detrend_priors(&a, got, n, DETREND_LAMBDA), 0);
		detrend_plain(wanted, n, DETREND_LAMBDA);
		for (size_t i = 0; i < n; i++)
			assert_near(got[i], wanted[i], 5e-7);
	}
	arena_finish(&a);
}

static void a_straight_line_is_all_trend(void **state)
{
	struct arena a;
	double z[3000];

	(void)state;
	arena_init(&a);
	for (size_t i = 0; i < 3000; i++)
		z[i] = 700.0 + 0.1 * (double)i;
	assert_int_equal(detrend_priors(&a, z, 3000, DETREND_LAMBDA), 0);
	for (size_t i = 0; i < 3000; i++)
		assert_near(z[i], 0.0, 1e-6);
	arena_finish(&a);
}

static void under_three_only_the_mean_goes(void **state)
{
	struct arena a;
	double z[] = {800.0, 820.0};

	(void)state;
	arena_init(&a);
	assert_int_equal(detrend_priors(&a, z, 0, DETREND_LAMBDA), 0);
	assert_near(z[0], 800.0, 0.0);
	assert_int_equal(detrend_priors(&a, z, 2, DETREND_LAMBDA), 0);
	assert_near(z[0], -10.0, 1e-12);
	assert_near(z[1], 10.0, 1e-12);
	assert_int_equal(detrend_priors(&a, z, 1, DETREND_LAMBDA), 0);
	assert_near(z[0], 0.0, 0.0);
	arena_finish(&a);
}

static void out_of_memory_leaves_the_values_alone(void **state)
{
	static double z[100000];
	struct arena a;
	int r = -ENOMEM, tries = 0;

	(void)state;
	for (; r == -ENOMEM; tries++) {
		arena_init(&a);
		z[0] = 800.0;
		z[1] = 900.0;
		allowance = tries;
		r = detrend_priors(&a, z, 100000, DETREND_LAMBDA);
		allowance = -1;
		if (r == -ENOMEM) {
			assert_near(z[0], 800.0, 0.0);
			assert_near(z[1], 900.0, 0.0);
		}
		arena_finish(&a);
	}
	assert_int_equal(r, 0);
	assert_in_range(tries, 2, 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_the_dense_solution),
		cmocka_unit_test(
			a_long_series_is_as_if_every_row_were_eliminated),
		cmocka_unit_test(a_straight_line_is_all_trend),
		cmocka_unit_test(under_three_only_the_mean_goes),
		cmocka_unit_test(out_of_memory_leaves_the_values_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
