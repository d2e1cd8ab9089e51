/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "signal/hrv_time.h"

#define BEATS_MAX  200000
#define REST_CUT_S 300.0

struct recording {
	double rr_ms[BEATS_MAX], work[BEATS_MAX];
	size_t n;
};

static void read_file(struct recording *r, const char *name, double cut_s)
{
	char file[64];
	double rr_ms, t_s = 0.0;
	FILE *f;

	snprintf(file, sizeof(file), "%s.rr", name);
	f = fopen(test_data(file), "r");
	assert_non_null(f);
	r->n = 0;
	while (fscanf(f, "%lf", &rr_ms) == 1 && t_s + rr_ms / 1e3 <= cut_s) {
		assert_true(r->n < BEATS_MAX);
		t_s += rr_ms / 1e3;
		r->rr_ms[r->n++] = rr_ms;
	}
	fclose(f);
}

static unsigned check(const char *file, const char *key, double value)
{
	double wanted = test_reference(file, key);

	if (isnan(wanted))
		return 0;
	assert_near(value, wanted, 1e-6 * fabs(wanted));
	return 1;
}

static unsigned check_file(struct recording *r, const char *file)
{
	struct hrv_time h;
	unsigned n = 0;

	hrv_time_of(r->rr_ms, NULL, r->n, r->work, &h);
	n += check(file, "mean_nn_ms", h.mean_nn_ms);
	n += check(file, "mean_hr_bpm", h.mean_hr_bpm);
	n += check(file, "mean_inst_hr_bpm", h.mean_inst_hr_bpm);
	n += check(file, "sdnn_ms", h.sdnn_ms);
	n += check(file, "rmssd_ms", h.rmssd_ms);
	n += check(file, "sdsd_ms", h.sdsd_ms);
	n += check(file, "nn50", (double)h.nn50);
	n += check(file, "nn20", (double)h.nn20);
	n += check(file, "pnn50_pct", h.pnn50_pct);
	n += check(file, "pnn20_pct", h.pnn20_pct);
	return n;
}

static void the_time_domain_agrees_with_the_reference_to_1e_6(void **state)
{
	const char *const files[] = {"h10_breath_dhyb", "h10_detectpvc",
	                             "hrvpy_rest",      "nsr004",
	                             "pyhrv_long",      "pyhrv_short"};
	struct recording *r = malloc(sizeof(*r));

	(void)state;
	assert_non_null(r);
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		read_file(r, files[i], HUGE_VAL);
		assert_int_equal(check_file(r, files[i]), 10);
	}
	read_file(r, "hrvpy_rest", REST_CUT_S);
	assert_int_equal(check_file(r, "hrvpy_rest[0-300s]"), 10);
	read_file(r, "ec57_tp4", HUGE_VAL);
	assert_int_equal(check_file(r, "ec57_tp4"), 3);
	read_file(r, "ec57_tp5", HUGE_VAL);
	assert_int_equal(check_file(r, "ec57_tp5"), 3);
	free(r);
}

static void by_hand(void **state)
{
	const double rr[] = {800.0, 850.0, 790.0, 811.0};
	double work[4];
	struct hrv_time h;

	(void)state;
	hrv_time_of(rr, NULL, 4, work, &h);
	assert_near(h.mean_nn_ms, 812.75, 1e-12);
	/* 50^2 + 60^2 + 21^2 over 3; 50 is not over 50 */
	assert_near(h.rmssd_ms, sqrt(6541.0 / 3.0), 1e-12);
	assert_int_equal(h.nn50, 1);
	assert_int_equal(h.nn20, 3);
	assert_near(h.pnn50_pct, 100.0 / 3.0, 1e-12);
}

static void too_little_gives_no_value(void **state)
{
	const double rr[] = {800.0, 850.0};
	double work[2];
	struct hrv_time h;

	(void)state;
	hrv_time_of(rr, NULL, 0, work, &h);
	assert_true(isnan(h.mean_nn_ms) && isnan(h.mean_hr_bpm) &&
	            isnan(h.sdnn_ms) && isnan(h.rmssd_ms));
	hrv_time_of(rr, NULL, 1, work, &h);
	assert_near(h.mean_nn_ms, 800.0, 0.0);
	assert_true(isnan(h.sdnn_ms) && isnan(h.rmssd_ms) &&
	            isnan(h.pnn50_pct));
	hrv_time_of(rr, NULL, 2, work, &h);
	assert_near(h.rmssd_ms, 50.0, 1e-12);
	assert_true(isnan(h.sdsd_ms));
}

static void differences_never_span_an_artifact_or_a_gap(void **state)
{
	const struct {
		double rr_ms;
		enum beat_class class;
		bool gap_before;
	} beats[] = {
		{800.0, BEAT_OK, false},        {810.0, BEAT_OK, false},
		{500.0, BEAT_CORRECTED, false}, {900.0, BEAT_OK, false},
		{910.0, BEAT_OK, false},        {1000.0, BEAT_OK, true},
		{1010.0, BEAT_OK, false},       {1700.0, BEAT_REJECTED, false},
		{850.0, BEAT_OK, false},
	};
	static struct series s;
	static struct hrv_time_clean c;
	struct hrv_time h;
	double t_s = 0.0;

	(void)state;
	series_init(&s);
	for (size_t i = 0; i < sizeof(beats) / sizeof(*beats); i++) {
		if (beats[i].gap_before)
			series_gap(&s);
		t_s += beats[i].rr_ms / 1e3;
		series_add(&s, (uint64_t)(t_s * 1e6), beats[i].rr_ms,
		           beats[i].class,
		           beats[i].class == BEAT_OK ? beats[i].rr_ms : NAN);
	}
	hrv_time_gather(&s, 0.0, 100.0, &c);
	hrv_time_of(c.rr_ms, c.joined, c.n, c.work, &h);
	assert_int_equal(h.n, 7);
	assert_int_equal(h.n_diff, 3);
	assert_near(h.rmssd_ms, 10.0, 1e-9);
	assert_near(c.joined_s, 0.810 + 0.910 + 1.010, 1e-9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_time_domain_agrees_with_the_reference_to_1e_6),
		cmocka_unit_test(by_hand),
		cmocka_unit_test(too_little_gives_no_value),
		cmocka_unit_test(differences_never_span_an_artifact_or_a_gap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
