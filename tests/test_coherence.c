/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "signal/coherence.h"
#include "signal/spline.h"
#include "tests/helpers/rr.h"

struct beats {
	double t_s[TEST_BEATS_MAX], rr_ms[TEST_BEATS_MAX];
	size_t n;
};

static int set_up(void **state)
{
	struct coherence *c;

	if (coherence_create(&c) < 0)
		return -1;
	*state = c;
	return 0;
}

static int tear_down(void **state)
{
	coherence_destroy(*state);
	return 0;
}

/* The bar is 2e-3; the definition is met to the reference's last digits. */
static void ratio_and_peak_agree_with_the_reference(void **state)
{
	struct beats *b;

	(void)test_data(TEST_REFERENCE); /* or it skips, with nothing held */
	b = malloc(sizeof(*b));
	assert_non_null(b);
	for (size_t i = 0; i < TEST_ROWS; i++) {
		const char *row = test_rows[i];
		double ratio = test_reference(row, "none", "coherence.ratio");
		struct coherence_result r;

		b->n = test_recording(row, b->t_s, b->rr_ms);
		assert_int_equal(
			coherence_of(*state, b->t_s, b->rr_ms, b->n, &r), 0);
		assert_near(r.ratio, ratio, 1e-6 * ratio);
		assert_near(r.peak_hz,
		            test_reference(row, "none", "coherence.peak_hz"),
		            1e-9);
	}
	free(b);
}

static size_t synthetic(double seconds, double rsa_ms, double per_min,
                        double noise_ms, double *t_s, double *rr_ms)
{
	struct rr_source r;
	size_t n = 0;

	rr_start(&r, &(struct rr_spec){.hr_bpm = 66.0,
	                               .rsa_ms = rsa_ms,
	                               .breaths_per_min = per_min,
	                               .noise_ms = noise_ms,
	                               .seed = 11});
	do
		rr_next(&r, &t_s[n], &rr_ms[n]);
	while (t_s[n++] < seconds);
	return n;
}

static void one_single_wave_is_coherent_and_noise_is_not(void **state)
{
	double t_s[200], rr_ms[200], wave;
	struct coherence_result r;
	size_t n;

	n = synthetic(70.0, 80.0, 6.0, 2.0, t_s, rr_ms);
	assert_int_equal(coherence_of(*state, t_s, rr_ms, n, &r), 0);
	assert_near(r.peak_hz, 0.1, 0.003);
	assert_true(r.ratio > 5.0);
	wave = r.ratio;
	n = synthetic(70.0, 0.0, 6.0, 30.0, t_s, rr_ms);
	assert_int_equal(coherence_of(*state, t_s, rr_ms, n, &r), 0);
	assert_true(r.ratio < 1.0 && r.ratio < wave / 5.0);
}

static void too_little_gives_no_value_and_leaves_ret_alone(void **state)
{
	struct coherence_result r = {42.0, 43.0};
	double t_s[1200], rr_ms[1200];
	size_t n = synthetic(63.0, 50.0, 6.0, 2.0, t_s, rr_ms);

	for (size_t k = 0; k <= n; k++)
		assert_int_equal(coherence_of(*state, t_s, rr_ms, k, &r),
		                 t_s[k ? k - 1 : 0] - t_s[0] < 64.0 ? -ENODATA
		                                                    : 0);
	for (size_t i = 0; i < 100; i++) { /* a heart that stands still */
		t_s[i] = (double)i;
		rr_ms[i] = 1000.0;
	}
	assert_int_equal(coherence_of(*state, t_s, rr_ms, 100, &r), -ENODATA);
	for (size_t i = 0; i < 1200; i++) /* no heart at all */
		t_s[i] = (double)i * 0.1;
	assert_int_equal(coherence_of(*state, t_s, rr_ms, 1200, &r), -ENODATA);
	assert_near(r.ratio, 42.0, 0.0);
	assert_near(r.peak_hz, 43.0, 0.0);
}

static double cubic(double x)
{
	return 3.0 - 2.0 * x + 0.5 * x * x - 0.07 * x * x * x;
}

static void a_spline_follows_any_cubic_exactly(void **state)
{
	const double x[] = {0.0, 0.7, 1.1, 2.6, 3.0, 4.4, 5.0};
	double y[7], second[7], work[14], got[50];

	(void)state;
	for (size_t n = SPLINE_MIN; n <= 7; n++) {
		for (size_t i = 0; i < n; i++)
			y[i] = cubic(x[i]);
		spline_fit(x, y, n, second, work);
		spline_sample(&(struct spline){x, y, second, n}, -0.2, 0.1, got,
		              50);
		for (size_t i = 0; i < 50; i++)
			assert_near(got[i], cubic(-0.2 + 0.1 * (double)i),
			            1e-11);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ratio_and_peak_agree_with_the_reference),
		cmocka_unit_test(one_single_wave_is_coherent_and_noise_is_not),
		cmocka_unit_test(
			too_little_gives_no_value_and_leaves_ret_alone),
		cmocka_unit_test(a_spline_follows_any_cubic_exactly),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
