/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "signal/hrv_time.h"

struct recording {
	double rr_ms[TEST_BEATS_MAX];
	size_t n;
};

static unsigned check(const char *file, const char *key, double value)
{
	double wanted = test_reference(file, "none", key);

	if (isnan(wanted))
		return 0;
	assert_near(value, wanted, 1e-6 * fabs(wanted));
	return 1;
}

static unsigned check_count(const char *file, const char *key, size_t value)
{
	double wanted = test_reference(file, "none", key);

	if (isnan(wanted))
		return 0;
	assert_int_equal(value, (size_t)wanted);
	return 1;
}

static unsigned check_file(struct recording *r, const char *file)
{
	struct hrv_time h;
	unsigned n = 0;

	hrv_time_of(&(struct nn){.rr_ms = r->rr_ms, .n = r->n}, &h);
	n += check(file, "mean_nn_ms", h.mean_nn_ms);
	n += check(file, "mean_hr_bpm", h.mean_hr_bpm);
	n += check(file, "mean_inst_hr_bpm", h.mean_inst_hr_bpm);
	n += check(file, "sdnn_ms", h.sdnn_ms);
	n += check(file, "rmssd_ms", h.rmssd_ms);
	n += check(file, "sdsd_ms", h.sdsd_ms);
	n += check_count(file, "nn50", h.nn50);
	n += check_count(file, "nn20", h.nn20);
	n += check(file, "pnn50_pct", h.pnn50_pct);
	n += check(file, "pnn20_pct", h.pnn20_pct);
	n += check(file, "sd1_ms", h.sd1_ms);
	n += check(file, "sd2_ms", h.sd2_ms);
	return n;
}

static unsigned check_row(struct recording *r, const char *row)
{
	r->n = test_recording(row, NULL, r->rr_ms);
	return check_file(r, row);
}

static void the_time_domain_agrees_with_the_reference_to_1e_6(void **state)
{
	struct recording *r;

	(void)state;
	(void)test_data(TEST_REFERENCE); /* or it skips, with nothing held */
	r = malloc(sizeof(*r));
	assert_non_null(r);
	for (size_t i = 0; i < TEST_ROWS; i++)
		assert_int_equal(check_row(r, test_rows[i]), 12);
	assert_int_equal(check_row(r, "ec57_tp4"), 3);
	assert_int_equal(check_row(r, "ec57_tp5"), 3);
	free(r);
}

static void by_hand(void **state)
{
	const double rr[] = {800.0, 850.0, 790.0, 811.0};
	struct hrv_time h;

	(void)state;
	hrv_time_of(&(struct nn){.rr_ms = rr, .n = 4}, &h);
	assert_near(h.mean_nn_ms, 812.75, 1e-12);
	/* 50^2 + 60^2 + 21^2 over 3; 50 is not over 50 */
	assert_near(h.rmssd_ms, sqrt(6541.0 / 3.0), 1e-12);
	assert_int_equal(h.nn50, 1);
	assert_int_equal(h.nn20, 3);
	assert_near(h.pnn50_pct, 100.0 / 3.0, 1e-12);
	assert_near(h.joined_s, 2.451, 1e-15);
	/* pairs of 1650, 1640, 1601, and differences of 50, -60, 21 */
	assert_near(h.sd2_ms, sqrt(1340.666666666666667 / 4.0), 1e-12);
	assert_near(h.sd1_ms, sqrt(6500.666666666666667 / 4.0), 1e-12);
	assert_near(h.sd1_ms, h.sdsd_ms / sqrt(2.0), 1e-12);
}

static void too_little_gives_no_value(void **state)
{
	const double rr[] = {800.0, 850.0, 900.0};
	struct nn nn = {.rr_ms = rr, .n = 0};
	struct hrv_time h;

	(void)state;
	hrv_time_of(&nn, &h);
	assert_true(isnan(h.mean_nn_ms) && isnan(h.mean_hr_bpm) &&
	            isnan(h.mean_inst_hr_bpm) && isnan(h.sdnn_ms) &&
	            isnan(h.rmssd_ms));
	nn.n = 1;
	hrv_time_of(&nn, &h);
	assert_near(h.mean_nn_ms, 800.0, 0.0);
	assert_true(isnan(h.sdnn_ms) && isnan(h.rmssd_ms) &&
	            isnan(h.pnn50_pct) && isnan(h.pnn20_pct));
	nn.n = 2;
	hrv_time_of(&nn, &h);
	assert_near(h.rmssd_ms, 50.0, 1e-12);
	assert_true(isnan(h.sdsd_ms) && isnan(h.sd1_ms) && isnan(h.sd2_ms));
	nn.n = 3;
	hrv_time_of(&nn, &h);
	assert_near(h.sdsd_ms, 0.0, 0.0);
	assert_near(h.sd2_ms, 50.0, 1e-12);
}

static void a_steady_heart_has_no_spread_at_all(void **state)
{
	double rr[1000];
	struct hrv_time h;

	(void)state;
	for (size_t i = 0; i < 1000; i++)
		rr[i] = 812.3;
	hrv_time_of(&(struct nn){.rr_ms = rr, .n = 1000}, &h);
	assert_near(h.sdnn_ms, 0.0, 0.0);
	assert_near(h.rmssd_ms, 0.0, 0.0);
	assert_near(h.sd2_ms, 0.0, 0.0);
}

/* Twice over the intervals, in long double. */
struct plain {
	long double n, n_diff, mean, bpm, tss, diff2, diff_tss, pair_tss;
	size_t nn50, nn20;
};

static void means(const struct nn *nn, struct plain *ret, long double *ret_diff,
                  long double *ret_pair)
{
	long double rr = 0.0L, diff = 0.0L, pair = 0.0L;

	for (size_t i = 0; i < nn->n; i++) {
		rr += (long double)nn->rr_ms[i];
		ret->bpm += 60000.0L / (long double)nn->rr_ms[i];
		if (i == 0 || !nn_joined(nn, i))
			continue;
		ret->n_diff++;
		diff += (long double)nn->rr_ms[i] - nn->rr_ms[i - 1];
		pair += (long double)nn->rr_ms[i] + nn->rr_ms[i - 1];
	}
	ret->n = (long double)nn->n;
	ret->mean = rr / ret->n;
	ret->bpm /= ret->n;
	*ret_diff = diff / ret->n_diff;
	*ret_pair = pair / ret->n_diff;
}

static void plainly(const struct nn *nn, struct plain *ret)
{
	long double diff, pair;

	*ret = (struct plain){0};
	means(nn, ret, &diff, &pair);
	for (size_t i = 0; i < nn->n; i++) {
		long double x = (long double)nn->rr_ms[i] - ret->mean, d, p;

		ret->tss += x * x;
		if (i == 0 || !nn_joined(nn, i))
			continue;
		d = (long double)nn->rr_ms[i] - nn->rr_ms[i - 1];
		p = (long double)nn->rr_ms[i] + nn->rr_ms[i - 1];
		ret->diff2 += d * d;
		ret->diff_tss += (d - diff) * (d - diff);
		ret->pair_tss += (p - pair) * (p - pair);
		ret->nn50 += fabsl(d) > 50.0L;
		ret->nn20 += fabsl(d) > 20.0L;
	}
}

static void close_to(double value, long double wanted)
{
	assert_near(value, (double)wanted, 1e-9 * fabs((double)wanted));
}

static void agrees_with_long_double(const struct nn *nn)
{
	struct hrv_time h;
	struct plain p;

	plainly(nn, &p);
	hrv_time_of(nn, &h);
	assert_int_equal(h.n, nn->n);
	assert_int_equal(h.n_diff, (size_t)p.n_diff);
	assert_int_equal(h.nn50, p.nn50);
	assert_int_equal(h.nn20, p.nn20);
	close_to(h.mean_nn_ms, p.mean);
	close_to(h.mean_hr_bpm, 60000.0L / p.mean);
	close_to(h.mean_inst_hr_bpm, p.bpm);
	close_to(h.sdnn_ms, sqrtl(p.tss / (p.n - 1.0L)));
	close_to(h.rmssd_ms, sqrtl(p.diff2 / p.n_diff));
	close_to(h.sdsd_ms, sqrtl(p.diff_tss / (p.n_diff - 1.0L)));
	close_to(h.sd1_ms, sqrtl(p.diff_tss / (p.n_diff - 1.0L) / 2.0L));
	close_to(h.sd2_ms, sqrtl(p.pair_tss / (p.n_diff - 1.0L) / 2.0L));
	close_to(h.pnn50_pct, 100.0L * p.nn50 / p.n_diff);
	close_to(h.pnn20_pct, 100.0L * p.nn20 / p.n_diff);
}

#define MANY 1000000

static void a_million_beats_agree_with_long_double_to_1e_9(void **state)
{
	double *rr = malloc(MANY * sizeof(*rr));
	bool *joined = malloc(MANY * sizeof(*joined));
	struct nn nn = {.rr_ms = rr, .n = MANY};
	uint64_t seed = 20261125;

	(void)state;
	assert_non_null(rr);
	assert_non_null(joined);
	/* from the first interval, the shift, the rest lie far off */
	for (size_t i = 0; i < MANY; i++) {
		rr[i] = i == 0 ? 1990.0
		               : 700.0 + 0.3 * sin((double)i * 0.7) +
		                         test_uniform(&seed);
		joined[i] = test_random(&seed) % 50 != 0;
	}
	agrees_with_long_double(&nn);
	nn.joined = joined;
	agrees_with_long_double(&nn);
	for (size_t i = 0; i < MANY; i++)
		rr[i] = 300.0 + 1700.0 * test_uniform(&seed);
	agrees_with_long_double(&nn);
	free(joined);
	free(rr);
}

static void any_number_of_beats_agrees_with_long_double(void **state)
{
	double rr[700];
	bool joined[700];
	struct nn nn = {.rr_ms = rr};
	uint64_t seed = 7;

	(void)state;
	for (size_t i = 0; i < 700; i++) {
		rr[i] = 600.0 + 400.0 * test_uniform(&seed);
		joined[i] = i % 351 != 0;
	}
	for (nn.n = 4; nn.n <= 700; nn.n++) {
		nn.joined = NULL;
		agrees_with_long_double(&nn);
		nn.joined = joined;
		agrees_with_long_double(&nn);
	}
}

static void nothing_out_of_range_gives_an_infinite_figure(void **state)
{
	const double odd[] = {5e-324, 1e308, 1e160, 1e-300, 800.0, 1.7e308};
	double rr[600];
	uint64_t seed = 11;

	(void)state;
	for (int trial = 0; trial < 300; trial++) {
		size_t n = test_random(&seed) % 600, kinds = 1 + trial % 6;
		struct hrv_time h;

		for (size_t i = 0; i < n; i++)
			rr[i] = odd[(test_random(&seed) % kinds + trial) % 6];
		hrv_time_of(&(struct nn){.rr_ms = rr, .n = n}, &h);
		assert_false(isinf(h.mean_nn_ms) || isinf(h.mean_hr_bpm) ||
		             isinf(h.mean_inst_hr_bpm) || isinf(h.sdnn_ms) ||
		             isinf(h.rmssd_ms) || isinf(h.sdsd_ms) ||
		             isinf(h.sd1_ms) || isinf(h.sd2_ms) ||
		             isinf(h.joined_s));
		/* nor is what overflowed a steady heart */
		assert_false(kinds > 1 && h.sdnn_ms == 0.0 && n > 100);
	}
}

static void no_difference_spans_a_break(void **state)
{
	const double rr[] = {800.0, 810.0, 500.0, 505.0, 900.0};
	const bool joined[] = {true, true, false, true, false};
	struct hrv_time h;

	(void)state;
	hrv_time_of(&(struct nn){.rr_ms = rr, .joined = joined, .n = 5}, &h);
	assert_int_equal(h.n, 5);
	assert_int_equal(h.n_diff, 2);
	assert_near(h.rmssd_ms, sqrt(62.5), 1e-12);
	assert_near(h.joined_s, 1.315, 1e-15);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_time_domain_agrees_with_the_reference_to_1e_6),
		cmocka_unit_test(by_hand),
		cmocka_unit_test(too_little_gives_no_value),
		cmocka_unit_test(a_steady_heart_has_no_spread_at_all),
		cmocka_unit_test(
			a_million_beats_agree_with_long_double_to_1e_9),
		cmocka_unit_test(any_number_of_beats_agrees_with_long_double),
		cmocka_unit_test(nothing_out_of_range_gives_an_infinite_figure),
		cmocka_unit_test(no_difference_spans_a_break),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
