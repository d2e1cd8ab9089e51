/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/window.h"

#include <math.h>
#include <stddef.h>

#include "signal/hrv_time.h"
#include "tests/helpers/sitter.h"
#include "tests/helpers/test.h"

#define S UINT64_C(1000000)

static bool all_absent(const struct estimate *e)
{
	return isnan(e->hr_bpm) && isnan(e->rmssd_ms) && isnan(e->sdnn_ms) &&
	       isnan(e->breaths_per_min) && isnan(e->hr_slope) &&
	       isnan(e->adherence) && isnan(e->follow) && isnan(e->calm) &&
	       isnan(e->pace) && isnan(e->wave);
}

static void nothing_is_said_of_nothing(void **state)
{
	struct estimate e;
	struct sitter b;

	(void)state;
	sitter_start(&b, &(struct rr_spec){.hr_bpm = 60.0});
	window_estimate(b.w, 0, &e);
	assert_int_equal(e.quality, QUALITY_NONE);
	assert_true(all_absent(&e) && isnan(e.coverage) &&
	            isnan(e.artifact_pct));
	window_estimate(b.w, 100 * S, &e);
	assert_true(all_absent(&e));
	sitter_finish(&b);
}

static void each_figure_waits_for_its_minimum(void **state)
{
	struct estimate e;
	struct sitter b;

	(void)state;
	sitter_start(&b, &(struct rr_spec){.hr_bpm = 60.0,
	                                   .rsa_ms = 60.0,
	                                   .breaths_per_min = 12.0,
	                                   .noise_ms = 3.0});
	e = sitter_look(&b, 9.5);
	assert_int_equal(e.quality, QUALITY_BAD);
	assert_true(all_absent(&e));
	e = sitter_look(&b, 12.5);
	assert_int_equal(e.quality, QUALITY_OK);
	assert_near(e.hr_bpm, 60.0, 2.0);
	assert_true(isnan(e.rmssd_ms));
	e = sitter_look(&b, 33.0);
	assert_true(e.rmssd_ms > 0.0);
	assert_true(isnan(e.sdnn_ms) && isnan(e.wave));
	e = sitter_look(&b, 52.0);
	assert_true(e.sdnn_ms > 0.0);
	assert_near(e.breaths_per_min, 12.0, 0.6);
	e = sitter_look(&b, 70.0);
	assert_true(e.wave > 0.0);
	assert_true(isnan(e.adherence) && isnan(e.pace)); /* unpaced */
	assert_near(e.coverage, 1.0, 0.01);
	sitter_finish(&b);
}

static void heart_rate_stands_over_whole_breaths(void **state)
{
	struct sitter b;

	(void)state;
	/* +-10 bpm, six times a minute: 15 s of it would swing by 4 bpm */
	sitter_start(&b, &(struct rr_spec){.hr_bpm = 60.0,
	                                   .rsa_ms = 333.0,
	                                   .breaths_per_min = 6.0});
	sitter_pace(&b, 0.0, 10.0);
	for (double t_s = 40.0; t_s < 200.0; t_s++) {
		struct estimate e = sitter_look(&b, t_s);

		assert_near(e.hr_bpm, 60.0, 0.5);
		if (t_s > 50.0) /* four whole breaths and the last beat */
			assert_near(e.hr_slope, 0.0, 0.5);
		assert_int_equal(e.quality, QUALITY_OK);
	}
	sitter_finish(&b);
}

static void heart_rate_stands_over_the_persons_own_breaths(void **state)
{
	struct sitter b;

	(void)state;
	sitter_start(&b, &(struct rr_spec){.hr_bpm = 60.0,
	                                   .rsa_ms = 333.0,
	                                   .breaths_per_min = 6.0,
	                                   .noise_ms = 2.0});
	for (double t_s = 60.0; t_s < 200.0; t_s++)
		assert_near(sitter_look(&b, t_s).hr_bpm, 60.0, 1.0);
	sitter_finish(&b);
}

static void a_drift_of_the_heart_rate_is_seen_as_one(void **state)
{
	struct sitter b;

	(void)state;
	sitter_start(&b, &(struct rr_spec){.hr_bpm = 80.0,
	                                   .hr_slope = -4.0,
	                                   .rsa_ms = 60.0,
	                                   .breaths_per_min = 12.0,
	                                   .noise_ms = 3.0});
	assert_near(sitter_look(&b, 90.0).hr_slope, -4.0, 0.6);
	sitter_finish(&b);
}

static double rmssd_with(double ectopic_s, double missed_s)
{
	struct estimate e;
	struct sitter b;

	sitter_start(&b, &(struct rr_spec){.hr_bpm = 66.0,
	                                   .rsa_ms = 50.0,
	                                   .breaths_per_min = 13.0,
	                                   .noise_ms = 4.0,
	                                   .ectopic_s = ectopic_s,
	                                   .missed_s = missed_s,
	                                   .seed = 4});
	e = sitter_look(&b, 121.0);
	sitter_finish(&b);
	return e.rmssd_ms;
}

static void one_ectopic_in_30_s_changes_rmssd_by_under_a_tenth(void **state)
{
	double clean = rmssd_with(0.0, 0.0);

	(void)state;
	assert_near(rmssd_with(30.0, 0.0), clean, 0.1 * clean);
	assert_near(rmssd_with(15.0, 0.0), clean, 0.1 * clean);
}

static void a_missed_beat_is_rejected_and_no_sign_of_calm(void **state)
{
	double clean = rmssd_with(0.0, 0.0);
	struct estimate e;
	struct sitter b;

	(void)state;
	assert_near(rmssd_with(0.0, 20.0), clean, 0.1 * clean);
	sitter_start(&b, &(struct rr_spec){.hr_bpm = 66.0,
	                                   .rsa_ms = 50.0,
	                                   .breaths_per_min = 13.0,
	                                   .missed_s = 20.0});
	e = sitter_look(&b, 123.0);
	assert_near(b.rejected, 6.0, 0.0);
	assert_near(e.hr_bpm, 66.0, 1.5);
	assert_true(e.artifact_pct > 0.0);
	sitter_finish(&b);
}

static void check_gap(bool announced)
{
	struct estimate e;
	struct sitter b;

	sitter_start(&b, &(struct rr_spec){.hr_bpm = 60.0,
	                                   .rsa_ms = 60.0,
	                                   .breaths_per_min = 10.0,
	                                   .noise_ms = 3.0});
	sitter_pace(&b, 0.0, 6.0);
	e = sitter_look(&b, 100.0);
	assert_true(e.hr_bpm > 0.0 && e.wave > 0.0 && e.pace > 0.0);
	sitter_run(&b, 100.2);
	sitter_lose(&b, 140.2, announced);
	e = sitter_look(&b, 112.0);
	assert_true(all_absent(&e));
	e = sitter_look(&b, 135.0);
	assert_true(all_absent(&e));
	assert_int_equal(e.quality, QUALITY_NONE);
	e = sitter_look(&b, 143.0); /* a few beats are back */
	assert_int_equal(e.quality, QUALITY_BAD);
	assert_true(all_absent(&e));
	e = sitter_look(&b, 165.0);
	assert_near(e.hr_bpm, 60.0, 1.0);
	assert_true(isnan(e.rmssd_ms) && isnan(e.wave));
	e = sitter_look(&b, 175.0);
	assert_int_equal(e.quality, QUALITY_OK);
	assert_true(e.rmssd_ms > 0.0 && isnan(e.wave));
	e = sitter_look(&b, 210.0);
	assert_true(e.wave > 0.0);
	sitter_finish(&b);
}

static void a_gap_of_40_beats_leaves_no_figure(void **state)
{
	(void)state;
	check_gap(true);
}

static void a_gap_that_nobody_announced_leaves_none_either(void **state)
{
	(void)state;
	check_gap(false);
}

static void no_difference_spans_a_gap(void **state)
{
	struct window_span span;
	struct window *w;
	uint64_t t_us = 0;

	(void)state;
	assert_int_equal(window_create(&w), 0);
	for (int i = 0; i < 80; i++) {
		/* a step of 100 ms, and beats missing just there */
		double rr_ms = (i < 40 ? 800.0 : 900.0) + (i % 2 ? 5.0 : 0.0);

		if (i == 40)
			window_gap(w, t_us += 3 * S);
		t_us += (uint64_t)(rr_ms * 1000.0);
		window_beat(w, &(struct beat){.t_us = t_us, .rr_ms = rr_ms});
	}
	window_span(w, 0, t_us + 1, &span);
	assert_int_equal(span.beats, 80);
	assert_near(span.rmssd_ms, 5.0, 1e-9);
	window_destroy(w);
}

static enum quality quality_of(const double *rr_ms, size_t n, unsigned every,
                               double *ret_pct)
{
	struct estimate e;
	struct window *w;
	uint64_t t_us = 0;

	assert_int_equal(window_create(&w), 0);
	for (size_t i = 0; i < n; i++) {
		double rr = rr_ms[0];

		if (every && i % every == every - 1)
			rr *= rr_ms[1];
		t_us += (uint64_t)(rr * 1000.0);
		window_beat(w, &(struct beat){.t_us = t_us, .rr_ms = rr});
	}
	window_estimate(w, t_us, &e);
	window_destroy(w);
	*ret_pct = e.artifact_pct;
	return e.quality;
}

static void the_gate_goes_by_artifacts_and_beats(void **state)
{
	const double usual[] = {800.0, 0.6}, slow[] = {1700.0, 0.6};
	double pct;

	(void)state;
	assert_int_equal(quality_of(usual, 100, 0, &pct), QUALITY_OK);
	assert_near(pct, 0.0, 0.0);
	assert_int_equal(quality_of(usual, 100, 40, &pct), QUALITY_OK);
	assert_true(pct > 0.0 && pct <= 5.0);
	assert_int_equal(quality_of(usual, 100, 10, &pct), QUALITY_WEAK);
	assert_true(pct > 5.0 && pct <= 15.0);
	assert_int_equal(quality_of(usual, 100, 5, &pct), QUALITY_BAD);
	assert_true(pct > 15.0);
	/* a slow heart has under 20 beats, and all of them */
	assert_int_equal(quality_of(slow, 60, 0, &pct), QUALITY_WEAK);
}

static void a_span_is_looked_at_by_itself(void **state)
{
	struct window_span s;
	struct sitter b;

	(void)state;
	sitter_start(&b, &(struct rr_spec){.hr_bpm = 70.0,
	                                   .rsa_ms = 50.0,
	                                   .breaths_per_min = 14.0,
	                                   .noise_ms = 6.0,
	                                   .seed = 2});
	sitter_run(&b, 100.0);
	window_span(b.w, 10 * S, 100 * S, &s);
	assert_int_equal(s.quality, QUALITY_OK);
	assert_near(s.mean_hr_bpm, 70.0, 0.3);
	assert_near(s.median_hr_bpm, 70.0, 1.5);
	assert_true(s.mad_hr_bpm > 0.5 && s.mad_hr_bpm < 4.0);
	assert_near(s.breaths_per_min, 14.0, 0.7);
	assert_near(s.ln_rmssd, log(s.rmssd_ms), 1e-12);
	assert_true(s.sd_ln_rmssd >= 0.0 && s.sd_ln_rmssd < 0.4);
	assert_near(s.hr_slope, 0.0, 1.0);
	assert_near(s.coverage, 1.0, 0.02);
	assert_near((double)s.beats, 105.0, 2.0);

	window_span(b.w, 70 * S, 95 * S, &s);
	assert_true(s.rmssd_ms > 0.0 && isnan(s.sd_ln_rmssd));
	window_span(b.w, 92 * S, 100 * S, &s); /* nine beats */
	assert_true(isnan(s.mean_hr_bpm) && isnan(s.rmssd_ms) &&
	            isnan(s.hr_slope) && isnan(s.breaths_per_min));
	window_span(b.w, 200 * S, 230 * S, &s);
	assert_int_equal(s.quality, QUALITY_NONE);
	window_span(b.w, 50 * S, 20 * S, &s); /* upside down */
	assert_true(isnan(s.mean_hr_bpm));
	sitter_finish(&b);
}

static void looking_changes_nothing(void **state)
{
	struct rr_spec spec = {.hr_bpm = 70.0,
	                       .rsa_ms = 50.0,
	                       .breaths_per_min = 9.0,
	                       .noise_ms = 6.0,
	                       .seed = 12};
	struct window_span s;
	struct estimate x, y;
	struct sitter a, b;

	(void)state;
	sitter_start(&a, &spec);
	sitter_start(&b, &spec);
	sitter_pace(&a, 0.0, 6.5);
	sitter_pace(&b, 0.0, 6.5);
	for (double t_s = 1.0; t_s < 200.0; t_s++) {
		x = sitter_look(&a, t_s);
		y = sitter_look(&b, t_s);
		window_span(b.w, 0, (uint64_t)(t_s * 1e6), &s);
		assert_int_equal(x.quality, y.quality);
		assert_memory_equal(&x.hr_bpm, &y.hr_bpm,
		                    sizeof(x) -
		                            offsetof(struct estimate, hr_bpm));
	}
	sitter_finish(&a);
	sitter_finish(&b);
}

static void check_finite(const struct estimate *e)
{
	const double *figures[] = {
		&e->hr_bpm,          &e->rmssd_ms, &e->sdnn_ms,
		&e->breaths_per_min, &e->hr_slope, &e->adherence,
		&e->follow,          &e->pace,     &e->wave,
		&e->artifact_pct,    &e->coverage};

	for (size_t i = 0; i < sizeof(figures) / sizeof(*figures); i++)
		assert_true(isfinite(*figures[i]) || isnan(*figures[i]));
	assert_true(isnan(e->hr_bpm) ||
	            (e->hr_bpm >= 29.0 && e->hr_bpm <= 201.0));
	assert_true(isnan(e->coverage) ||
	            (e->coverage >= 0.0 && e->coverage <= 1.0));
}

static void a_million_beats_leave_no_drift(void **state)
{
	uint64_t seed = 77, t_us = 0;
	double tail[400], work[400];
	size_t n = 0, kept = 0;
	struct estimate e;
	struct hrv_time h;
	struct window *w;
	double sum_s = 0.0;

	(void)state;
	assert_int_equal(window_create(&w), 0);
	for (; n < 1000000; n++) {
		double rr_ms = 800.0 + 40.0 * sin((double)n * 0.7) +
		               20.0 * test_uniform(&seed);

		rr_ms = (double)(uint64_t)(rr_ms * 1000.0) / 1000.0;
		t_us += (uint64_t)(rr_ms * 1000.0 + 0.5);
		tail[n % 400] = rr_ms;
		window_beat(w, &(struct beat){.t_us = t_us, .rr_ms = rr_ms});
		if (n % 5000 == 0) {
			window_estimate(w, t_us, &e);
			check_finite(&e);
		}
	}
	window_estimate(w, t_us, &e);
	/* the last 60 s again, from the intervals alone */
	for (; kept < 400; kept++) {
		double rr_ms = tail[(n - 1 - kept) % 400];

		if (sum_s >= 60.0)
			break;
		work[399 - kept] = rr_ms;
		sum_s += rr_ms / 1e3;
	}
	hrv_time_of(&(struct nn){.rr_ms = work + 400 - kept, .n = kept}, &h);
	assert_near(e.rmssd_ms, h.rmssd_ms, 1e-9 * h.rmssd_ms);
	assert_near(e.sdnn_ms, h.sdnn_ms, 1e-9 * h.sdnn_ms);
	window_destroy(w);
}

static double wild(uint64_t *seed)
{
	const double odd[] = {NAN,  INFINITY, -INFINITY, 0.0,
	                      -1.0, 1e308,    5e-324,    1e9};

	if (test_random(seed) % 8 == 0)
		return odd[test_random(seed) % 8];
	return 200.0 + 1900.0 * test_uniform(seed);
}

static void one_random_input(struct window *w, uint64_t *seed, uint64_t *t_us)
{
	double x = wild(seed);

	switch (test_random(seed) % 16) {
	case 0:
		window_gap(w, *t_us);
		break;
	case 1:
		window_breath(w, *t_us, x / 200.0);
		break;
	case 2:
		window_walk_from(w, x / 200.0);
		break;
	case 3:
		*t_us += test_random(seed) % (100 * S);
		break;
	default:
		*t_us += test_random(seed) % (2 * S);
		window_beat(w, &(struct beat){.t_us = *t_us, .rr_ms = x});
		break;
	}
}

static void random_input_never_gives_an_infinite_figure(void **state)
{
	uint64_t seed = 20261123;

	(void)state;
	print_message("seed %llu\n", (unsigned long long)seed);
	for (int run_n = 0; run_n < 20; run_n++) {
		uint64_t t_us = test_random(&seed) >> (test_random(&seed) % 64);
		double bpm[WINDOW_BREATHS_MAX];
		struct window_span span;
		struct estimate e;
		struct window *w;

		t_us >>= 2; /* half a million years are enough */
		assert_int_equal(window_create(&w), 0);
		for (int i = 0; i < 3000; i++) {
			one_random_input(w, &seed, &t_us);
			window_estimate(w, t_us + test_random(&seed) % (3 * S),
			                &e);
			check_finite(&e);
			window_span(w, t_us - t_us / 3, t_us, &span);
			assert_false(isinf(span.ln_rmssd) ||
			             isinf(span.hr_slope) ||
			             isinf(span.mean_hr_bpm));
			for (size_t k = window_breath_rates(w, t_us, bpm, 8);
			     k > 0; k--)
				assert_true(isfinite(bpm[k - 1]));
		}
		window_destroy(w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_said_of_nothing),
		cmocka_unit_test(each_figure_waits_for_its_minimum),
		cmocka_unit_test(heart_rate_stands_over_whole_breaths),
		cmocka_unit_test(
			heart_rate_stands_over_the_persons_own_breaths),
		cmocka_unit_test(a_drift_of_the_heart_rate_is_seen_as_one),
		cmocka_unit_test(
			one_ectopic_in_30_s_changes_rmssd_by_under_a_tenth),
		cmocka_unit_test(a_missed_beat_is_rejected_and_no_sign_of_calm),
		cmocka_unit_test(a_gap_of_40_beats_leaves_no_figure),
		cmocka_unit_test(
			a_gap_that_nobody_announced_leaves_none_either),
		cmocka_unit_test(no_difference_spans_a_gap),
		cmocka_unit_test(the_gate_goes_by_artifacts_and_beats),
		cmocka_unit_test(a_span_is_looked_at_by_itself),
		cmocka_unit_test(looking_changes_nothing),
		cmocka_unit_test(a_million_beats_leave_no_drift),
		cmocka_unit_test(random_input_never_gives_an_infinite_figure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
