/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <math.h>

#include <gsl/gsl_linalg.h>

#include "signal/spline.h"

#define POINTS 40

struct knots {
	double x[POINTS], y[POINTS], second[POINTS], work[2 * POINTS];
	size_t n;
};

static void draw(struct knots *k, size_t n, uint64_t *seed)
{
	double x = -3.0;

	k->n = n;
	for (size_t i = 0; i < n; i++) {
		x += 0.3 + 1.5 * test_uniform(seed);
		k->x[i] = x;
		k->y[i] = 800.0 + 200.0 * test_uniform(seed);
	}
	spline_fit(k->x, k->y, n, k->second, k->work);
}

/* The definition written out: slopes alike at inner knots, third derivatives
 * alike at the second and the last but one. */
static void solve_dense(const struct knots *k, double *ret)
{
	size_t n = k->n;
	gsl_matrix *m = gsl_matrix_calloc(n, n);
	gsl_vector *b = gsl_vector_calloc(n), *s = gsl_vector_alloc(n);
	gsl_permutation *p = gsl_permutation_alloc(n);
	int sign;

	for (size_t i = 1; i + 1 < n; i++) {
		double before = k->x[i] - k->x[i - 1];
		double after = k->x[i + 1] - k->x[i];

		gsl_matrix_set(m, i, i - 1, before / 6.0);
		gsl_matrix_set(m, i, i, (before + after) / 3.0);
		gsl_matrix_set(m, i, i + 1, after / 6.0);
		gsl_vector_set(b, i,
		               (k->y[i + 1] - k->y[i]) / after -
		                       (k->y[i] - k->y[i - 1]) / before);
	}
	for (int end = 0; end < 2; end++) {
		size_t row = end ? n - 1 : 0, i = end ? n - 3 : 0;
		double h0 = k->x[i + 1] - k->x[i];
		double h1 = k->x[i + 2] - k->x[i + 1];

		gsl_matrix_set(m, row, i, -1.0 / h0);
		gsl_matrix_set(m, row, i + 1, 1.0 / h0 + 1.0 / h1);
		gsl_matrix_set(m, row, i + 2, -1.0 / h1);
	}
	gsl_linalg_LU_decomp(m, p, &sign);
	gsl_linalg_LU_solve(m, p, b, s);
	for (size_t i = 0; i < n; i++)
		ret[i] = gsl_vector_get(s, i);
	gsl_permutation_free(p);
	gsl_vector_free(s);
	gsl_vector_free(b);
	gsl_matrix_free(m);
}

static void the_fit_solves_what_defines_it(void **state)
{
	uint64_t seed = 11;
	struct knots k;
	double wanted[POINTS];

	(void)state;
	for (size_t n = SPLINE_MIN; n <= POINTS; n++) {
		draw(&k, n, &seed);
		solve_dense(&k, wanted);
		for (size_t i = 0; i < n; i++)
			assert_near(k.second[i], wanted[i], 1e-8);
	}
}

/* By the interval that holds @at, or the outer one. */
static double value(const struct knots *k, double at)
{
	size_t i = 0;
	double h, a, b;

	while (i + 2 < k->n && k->x[i + 1] <= at)
		i++;
	h = k->x[i + 1] - k->x[i];
	a = (k->x[i + 1] - at) / h;
	b = (at - k->x[i]) / h;
	return a * k->y[i] + b * k->y[i + 1] +
	       ((a * a * a - a) * k->second[i] +
	        (b * b * b - b) * k->second[i + 1]) *
	               h * h / 6.0;
}

static void samples_are_the_curve_inside_and_beyond(void **state)
{
	const double starts[] = {-1.0, 0.0, 0.5, 7.3, 100.0};
	const double steps[] = {0.05, 0.25, 4.0};
	uint64_t seed = 12;
	struct knots k;
	double got[60];

	(void)state;
	draw(&k, 20, &seed);
	for (size_t s = 0; s < sizeof(starts) / sizeof(*starts); s++)
		for (size_t j = 0; j < sizeof(steps) / sizeof(*steps); j++) {
			double from = k.x[0] + starts[s];

			spline_sample(&(struct spline){k.x, k.y, k.second, k.n},
			              from, steps[j], got, 60);
			for (size_t i = 0; i < 60; i++) {
				double wanted =
					value(&k, from + steps[j] * (double)i);

				assert_near(got[i], wanted,
				            1e-11 * (1e3 + fabs(wanted)));
			}
		}
}

static void at_a_knot_it_is_the_knot(void **state)
{
	uint64_t seed = 13;
	struct knots k;
	double got;

	(void)state;
	draw(&k, 12, &seed);
	for (size_t i = 0; i < k.n; i++) {
		spline_sample(&(struct spline){k.x, k.y, k.second, k.n}, k.x[i],
		              1.0, &got, 1);
		assert_near(got, k.y[i], 1e-10);
	}
	got = 42.0;
	spline_sample(&(struct spline){k.x, k.y, k.second, k.n}, 0.0, 1.0, &got,
	              0);
	assert_near(got, 42.0, 0.0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_fit_solves_what_defines_it),
		cmocka_unit_test(samples_are_the_curve_inside_and_beyond),
		cmocka_unit_test(at_a_knot_it_is_the_knot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
