/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <math.h>

#include "signal/calm.h"
#include "tests/helpers/rr.h"

#define S UINT64_C(1000000)

static const struct calm_baseline usual = {
	.hr_bpm = 70.0, .hr_s = 4.0, .ln_rmssd = 3.5, .ln_s = 0.25};

static struct estimate good(double t_s, double hr_bpm, double rmssd_ms)
{
	struct estimate e;

	estimate_none(&e, (uint64_t)(t_s * 1e6));
	e.quality = QUALITY_OK;
	e.hr_bpm = hr_bpm;
	e.rmssd_ms = rmssd_ms;
	return e;
}

static double calm_at(struct calm *c, double t_s, double hr_bpm,
                      double rmssd_ms)
{
	struct estimate e = good(t_s, hr_bpm, rmssd_ms);

	calm_estimate(c, &e);
	return e.calm;
}

static void without_a_baseline_there_is_no_calm(void **state)
{
	struct calm c;

	(void)state;
	calm_init(&c);
	assert_true(isnan(calm_at(&c, 100.0, 60.0, 50.0)));
	assert_true(isnan(calm_shown(&c)));
	assert_int_equal(calm_state(&c), CALM_UNKNOWN);
}

static void calm_is_what_its_formula_says(void **state)
{
	struct calm c;

	(void)state;
	calm_init(&c);
	calm_set_baseline(&c, &usual);
	assert_near(calm_at(&c, 100.0, 70.0, exp(3.5)), 50.0, 0.1);
	/* zh = 1, zv = 1; RMSSD is quantised to 0.01 ms first */
	assert_near(calm_at(&c, 101.0, 66.0, exp(3.75)), 75.0, 0.1);
	assert_near(calm_at(&c, 102.0, 72.0, exp(3.5)), 41.9, 0.1);
	/* both clamped at 2 */
	assert_near(calm_at(&c, 103.0, 40.0, 300.0), 100.0, 0.0);
	assert_near(calm_at(&c, 104.0, 140.0, 3.0), 0.0, 0.0);
}

static void a_weak_signal_counts_the_heart_rate_alone(void **state)
{
	struct estimate e = good(100.0, 66.0, 300.0);
	struct calm c;

	(void)state;
	calm_init(&c);
	calm_set_baseline(&c, &usual);
	e.quality = QUALITY_WEAK;
	calm_estimate(&c, &e);
	assert_near(e.calm, 66.3, 1e-9); /* 50 + 25 0.65, to 0.1 */
	e.quality = QUALITY_BAD;
	calm_estimate(&c, &e);
	assert_true(isnan(e.calm));
	e.quality = QUALITY_NONE;
	calm_estimate(&c, &e);
	assert_true(isnan(e.calm));
	e = good(103.0, NAN, 40.0);
	calm_estimate(&c, &e);
	assert_true(isnan(e.calm));
}

static void a_flat_heart_halves_the_weight_of_its_rate(void **state)
{
	struct calm c;

	(void)state;
	calm_init(&c);
	calm_set_baseline(&c, &usual);
	c.flat_heart = true;
	assert_near(calm_at(&c, 100.0, 62.0, exp(3.5)), 66.3, 0.1);
	assert_near(calm_at(&c, 101.0, 40.0, exp(3.5)), 66.3, 0.1);
	assert_near(calm_at(&c, 102.0, 70.0, exp(4.0)), 67.5, 0.1);
}

static void at_a_paced_rate_rmssd_is_measured_against_its_own(void **state)
{
	struct calm c;

	(void)state;
	calm_init(&c);
	calm_set_baseline(&c, &usual);
	calm_pace(&c, 200 * S, 6.0);
	/* twice the RMSSD says nothing until 105 s at that rate are over */
	for (double t_s = 201.0; t_s < 305.0; t_s++)
		assert_near(calm_at(&c, t_s, 70.0, 2.0 * exp(3.5)), 50.0, 0.0);
	assert_near(calm_at(&c, 305.0, 70.0, 2.0 * exp(3.5)), 50.0, 0.0);
	assert_near(c.ref[12], 3.5 + log(2.0), 1e-3);
	assert_near(calm_at(&c, 306.0, 70.0, 2.0 * exp(3.75)), 58.8, 0.1);
	/* within the same half breath a minute it is the same rate */
	calm_pace(&c, 310 * S, 6.2);
	assert_near(calm_at(&c, 311.0, 70.0, 2.0 * exp(3.75)), 58.8, 0.1);
	calm_pace(&c, 312 * S, 6.6);
	assert_near(calm_at(&c, 313.0, 70.0, 2.0 * exp(3.75)), 50.0, 0.0);
	/* back to a known rate: once the window holds nothing else */
	calm_pace(&c, 320 * S, 6.0);
	assert_near(calm_at(&c, 379.0, 70.0, 2.0 * exp(3.75)), 50.0, 0.0);
	assert_near(calm_at(&c, 380.0, 70.0, 2.0 * exp(3.75)), 58.8, 0.1);
	/* unpaced again the rise by slow breathing is still in the window */
	calm_pace(&c, 400 * S, 0.0);
	assert_near(calm_at(&c, 430.0, 70.0, 2.0 * exp(3.5)), 50.0, 0.0);
	assert_near(calm_at(&c, 460.0, 70.0, exp(3.75)), 58.8, 0.1);
}

static void a_reference_is_only_learned_from_a_good_signal(void **state)
{
	struct estimate e = good(120.0, 70.0, 60.0);
	struct calm c;

	(void)state;
	calm_init(&c);
	calm_set_baseline(&c, &usual);
	calm_pace(&c, 10 * S, 30.0); /* beyond the last bin is the last bin */
	e.quality = QUALITY_WEAK;
	calm_estimate(&c, &e);
	assert_true(isnan(c.ref[CALM_BINS - 1]));
	e = good(121.0, 70.0, NAN);
	calm_estimate(&c, &e);
	assert_true(isnan(c.ref[CALM_BINS - 1]));
	e = good(122.0, 70.0, 60.0);
	calm_estimate(&c, &e);
	assert_near(c.ref[CALM_BINS - 1], log(60.0), 1e-12);
	e = good(123.0, 70.0, 90.0);
	calm_estimate(&c, &e);
	assert_near(c.ref[CALM_BINS - 1], log(60.0), 1e-12);
}

static void a_listening_window_counts_its_rmssd_half(void **state)
{
	struct window_span s = {.from_us = 100 * S,
	                        .to_us = 125 * S,
	                        .quality = QUALITY_OK,
	                        .mean_hr_bpm = 66.0,
	                        .ln_rmssd = 3.75};
	struct calm c;

	(void)state;
	calm_init(&c);
	assert_true(isnan(calm_span(&c, &s)));
	calm_set_baseline(&c, &usual);
	assert_near(calm_span(&c, &s), 70.6, 1e-9); /* 25 (0.65 + 0.175) */
	s.quality = QUALITY_WEAK;
	assert_near(calm_span(&c, &s), 66.3, 1e-9);
	s.quality = QUALITY_BAD;
	assert_true(isnan(calm_span(&c, &s)));
	s.quality = QUALITY_OK;
	s.ln_rmssd = NAN;
	assert_near(calm_span(&c, &s), 66.3, 1e-9);
	s.mean_hr_bpm = NAN;
	assert_true(isnan(calm_span(&c, &s)));
}

static void a_baseline_takes_what_its_gate_allows(void **state)
{
	struct window_span s = {.quality = QUALITY_OK,
	                        .median_hr_bpm = 71.0,
	                        .mad_hr_bpm = 2.0,
	                        .ln_rmssd = 3.4,
	                        .sd_ln_rmssd = 0.3};
	struct calm_baseline b;

	(void)state;
	calm_baseline_of(&s, &b);
	assert_near(b.hr_bpm, 71.0, 0.0);
	assert_near(b.hr_s, 2.96, 1e-12);
	assert_near(b.ln_rmssd, 3.4, 0.0);
	assert_near(b.ln_s, 0.3, 0.0);
	s.mad_hr_bpm = 0.5;
	s.sd_ln_rmssd = NAN;
	calm_baseline_of(&s, &b);
	assert_near(b.hr_s, 2.0, 0.0);
	assert_near(b.ln_s, 0.2, 0.0);
	s.quality = QUALITY_WEAK;
	calm_baseline_of(&s, &b);
	assert_near(b.hr_bpm, 71.0, 0.0);
	assert_true(isnan(b.ln_rmssd));
	s.quality = QUALITY_BAD;
	calm_baseline_of(&s, &b);
	assert_true(isnan(b.hr_bpm) && isnan(b.ln_rmssd));
}

static void what_is_shown_moves_slowly(void **state)
{
	struct calm c;

	(void)state;
	calm_init(&c);
	calm_set_baseline(&c, &usual);
	calm_at(&c, 100.0, 70.0, exp(3.5));
	assert_near(calm_shown(&c), 50.0, 0.0);
	assert_int_equal(calm_state(&c), CALM_STEADY);
	for (double t_s = 101.0; t_s <= 120.0; t_s++)
		calm_at(&c, t_s, 62.0, exp(4.0)); /* CALM 100 */
	assert_near(c.smooth, 100.0 - 50.0 * exp(-1.0), 0.1);
	assert_near(calm_shown(&c), 80.0, 0.0);
	/* it went over 63 six or seven seconds after 100 */
	assert_int_equal(calm_state(&c), CALM_STEADY);
	for (double t_s = 121.0; t_s <= 130.0; t_s++)
		calm_at(&c, t_s, 62.0, exp(4.0));
	assert_int_equal(calm_state(&c), CALM_SETTLING);
	calm_at(&c, 131.0, NAN, NAN); /* nothing old is shown */
	assert_true(isnan(calm_shown(&c)));
	assert_int_equal(calm_state(&c), CALM_UNKNOWN);
}

static void every_figure_is_quantised(void **state)
{
	struct estimate e = good(1.0, 61.23456, 44.4449);

	(void)state;
	e.hr_slope = -0.0049;
	e.wave = INFINITY;
	e.adherence = 0.7549;
	e.calm = 51.25;
	e.artifact_pct = 3.349;
	estimate_quantise(&e);
	assert_near(e.hr_bpm, 61.23, 1e-12);
	assert_near(e.rmssd_ms, 44.44, 1e-12);
	assert_near(e.hr_slope, 0.0, 0.0);
	assert_false(signbit(e.hr_slope));
	assert_true(isnan(e.wave));
	assert_near(e.adherence, 0.75, 1e-12);
	assert_near(e.calm, 51.3, 1e-12);
	assert_near(e.artifact_pct, 3.3, 1e-12);
}

/* --- the whole way, from beats: reference/content.md D.6 ----------------- */

struct course {
	struct window *w;
	struct calm c;
	struct rr_source heart;
	double t_s, rr_ms, breath_s, period_s;
	double low, high; /* CALM since the last reset */
};

static void course_run(struct course *x, double from_s, double to_s)
{
	for (double now_s = from_s; now_s < to_s; now_s++) {
		struct estimate e;

		for (; x->period_s > 0.0 && x->breath_s <= now_s;
		     x->breath_s += x->period_s)
			window_breath(x->w, (uint64_t)(x->breath_s * 1e6),
			              x->period_s);
		while (x->t_s <= now_s) {
			window_beat(
				x->w,
				&(struct beat){.t_us = (uint64_t)(x->t_s * 1e6),
			                       .rr_ms = x->rr_ms});
			rr_next(&x->heart, &x->t_s, &x->rr_ms);
		}
		window_estimate(x->w, (uint64_t)(now_s * 1e6), &e);
		calm_estimate(&x->c, &e);
		x->low = fmin(x->low, e.calm);
		x->high = fmax(x->high, e.calm);
	}
}

/* 90 s unpaced, then 240 s at 6/min. */
static void course_take(struct course *x, const struct rr_spec *spec,
                        struct estimate *ret_before, struct estimate *ret_after)
{
	struct calm_baseline b;
	struct window_span s;

	*x = (struct course){.low = INFINITY, .high = -INFINITY};
	assert_int_equal(window_create(&x->w), 0);
	calm_init(&x->c);
	rr_start(&x->heart, spec);
	rr_next(&x->heart, &x->t_s, &x->rr_ms);
	course_run(x, 1.0, 91.0);
	window_span(x->w, 0, 90 * S, &s);
	assert_int_equal(s.quality, QUALITY_OK);
	calm_baseline_of(&s, &b);
	calm_set_baseline(&x->c, &b);
	window_estimate(x->w, 90 * S, ret_before);
	x->low = INFINITY;
	x->high = -INFINITY;
	x->breath_s = 91.0;
	x->period_s = 10.0;
	calm_pace(&x->c, 91 * S, 6.0);
	course_run(x, 91.0, 330.0);
	window_estimate(x->w, 329 * S, ret_after);
	window_destroy(x->w);
}

static double rate_then_six(double t_s, void *data)
{
	(void)data;
	return t_s < 91.0 ? 15.0 : 6.0;
}

static double rsa_then_double(double t_s, void *data)
{
	const double *rsa_ms = data;

	return t_s < 91.0 ? rsa_ms[0] : rsa_ms[1];
}

static double ten_then_six(double t_s, void *data)
{
	(void)data;
	return t_s < 91.0 ? 10.0 : 6.0;
}

static void a_deeper_wave_by_slower_breathing_is_no_calm(void **state)
{
	double depth_ms[] = {40.0, 80.0};
	struct estimate before, after;
	static struct course x;

	(void)state;
	course_take(&x,
	            &(struct rr_spec){.hr_bpm = 68.0,
	                              .rate_at = ten_then_six,
	                              .rsa_at = rsa_then_double,
	                              .data = depth_ms,
	                              .noise_ms = 4.0,
	                              .seed = 21},
	            &before, &after);
	assert_true(x.low >= 45.0 && x.high <= 55.0);
	assert_true(after.wave > 1.2 * before.wave);
	assert_true(after.rmssd_ms > 1.1 * before.rmssd_ms);
	assert_true(after.sdnn_ms > 1.5 * before.sdnn_ms);
}

static void a_wide_slow_swing_about_the_same_mean_is_steady(void **state)
{
	double depth_ms[] = {40.0, 260.0}; /* +-10 bpm of 68 at 6/min */
	struct estimate before, after;
	static struct course x;

	(void)state;
	course_take(&x,
	            &(struct rr_spec){.hr_bpm = 68.0,
	                              .rate_at = rate_then_six,
	                              .rsa_at = rsa_then_double,
	                              .data = depth_ms,
	                              .noise_ms = 4.0,
	                              .seed = 22},
	            &before, &after);
	assert_true(x.low >= 45.0 && x.high <= 55.0);
	assert_near(after.hr_bpm, 68.0, 1.0);
	assert_int_equal(after.quality, QUALITY_OK);
}

static double settling(double t_s, void *data)
{
	(void)data;
	return t_s < 91.0 ? 76.0 : fmax(68.0, 76.0 - (t_s - 91.0) * 0.05);
}

static void a_heart_that_comes_down_is_calm(void **state)
{
	struct estimate before, after;
	static struct course x;

	(void)state;
	course_take(&x,
	            &(struct rr_spec){.hr_at = settling,
	                              .rate_at = rate_then_six,
	                              .rsa_ms = 50.0,
	                              .noise_ms = 4.0,
	                              .seed = 23},
	            &before, &after);
	assert_near(after.hr_bpm, 68.0, 1.0);
	assert_true(x.high >= 75.0);
	assert_true(x.low >= 45.0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_baseline_there_is_no_calm),
		cmocka_unit_test(calm_is_what_its_formula_says),
		cmocka_unit_test(a_weak_signal_counts_the_heart_rate_alone),
		cmocka_unit_test(a_flat_heart_halves_the_weight_of_its_rate),
		cmocka_unit_test(
			at_a_paced_rate_rmssd_is_measured_against_its_own),
		cmocka_unit_test(
			a_reference_is_only_learned_from_a_good_signal),
		cmocka_unit_test(a_listening_window_counts_its_rmssd_half),
		cmocka_unit_test(a_baseline_takes_what_its_gate_allows),
		cmocka_unit_test(what_is_shown_moves_slowly),
		cmocka_unit_test(every_figure_is_quantised),
		cmocka_unit_test(a_deeper_wave_by_slower_breathing_is_no_calm),
		cmocka_unit_test(
			a_wide_slow_swing_about_the_same_mean_is_steady),
		cmocka_unit_test(a_heart_that_comes_down_is_calm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
