/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "signal/artifact.h"
#include "signal/series.h"
#include "tests/helpers/rr.h"

static enum beat_class judge(struct artifact *a, double rr_ms)
{
	struct artifact_verdict v;

	artifact_judge(a, rr_ms, false, &v);
	return v.class;
}

static void settle(struct artifact *a, double rr_ms)
{
	artifact_init(a);
	for (int i = 0; i < 8; i++)
		assert_int_equal(judge(a, rr_ms), BEAT_OK);
}

static void intervals_outside_300_to_2000_ms_are_rejected(void **state)
{
	const double wrong[] = {299.9, 2000.1, 0.0,      -800.0,
	                        1e9,   NAN,    INFINITY, -INFINITY};
	struct artifact a;

	(void)state;
	settle(&a, 800.0);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		assert_int_equal(judge(&a, wrong[i]), BEAT_REJECTED);
	assert_int_equal(judge(&a, 800.0), BEAT_OK);
}

static void a_fifth_off_the_median_is_the_limit(void **state)
{
	struct artifact a;

	(void)state;
	settle(&a, 1000.0);
	assert_int_equal(judge(&a, 800.0), BEAT_OK);
	settle(&a, 1000.0);
	assert_int_equal(judge(&a, 799.0), BEAT_CORRECTED);
	settle(&a, 1000.0);
	assert_int_equal(judge(&a, 1201.0), BEAT_CORRECTED);
}

static void slow_pacing_widens_the_limit_to_30_percent(void **state)
{
	struct artifact_verdict v;
	struct artifact a;

	(void)state;
	settle(&a, 1000.0);
	artifact_judge(&a, 1290.0, true, &v);
	assert_int_equal(v.class, BEAT_OK);
	settle(&a, 1000.0);
	artifact_judge(&a, 1310.0, true, &v);
	assert_int_equal(v.class, BEAT_CORRECTED);
}

static void an_isolated_deviation_counts_as_the_median(void **state)
{
	struct artifact_verdict v;
	struct artifact a;

	(void)state;
	settle(&a, 800.0);
	artifact_judge(&a, 560.0, false, &v);
	assert_int_equal(v.class, BEAT_CORRECTED);
	assert_near(v.value_ms, 800.0, 0.0);
	assert_int_equal(judge(&a, 800.0), BEAT_OK);
}

static void of_a_run_of_deviations_only_two_are_corrected(void **state)
{
	struct artifact a;

	(void)state;
	settle(&a, 800.0);
	assert_int_equal(judge(&a, 500.0), BEAT_CORRECTED);
	assert_int_equal(judge(&a, 1100.0), BEAT_CORRECTED);
	assert_int_equal(judge(&a, 520.0), BEAT_REJECTED);
	assert_int_equal(judge(&a, 1120.0), BEAT_REJECTED);
	assert_int_equal(judge(&a, 800.0), BEAT_OK);
}

static void a_double_interval_is_rejected_at_once(void **state)
{
	struct artifact a;

	(void)state;
	settle(&a, 800.0);
	assert_int_equal(judge(&a, 1280.0), BEAT_REJECTED);
	assert_int_equal(judge(&a, 800.0), BEAT_OK);
	assert_int_equal(judge(&a, 1600.0), BEAT_REJECTED);
	assert_int_equal(judge(&a, 1279.0), BEAT_CORRECTED);
}

static void a_lasting_change_of_rate_is_believed_after_five_beats(void **state)
{
	const double rr[] = {560.0, 570.0, 555.0, 580.0, 565.0};
	struct artifact_verdict v;
	struct artifact a;

	(void)state;
	settle(&a, 800.0);
	for (size_t i = 0; i < 4; i++)
		assert_int_not_equal(judge(&a, rr[i]), BEAT_OK);
	artifact_judge(&a, rr[4], false, &v);
	assert_int_equal(v.class, BEAT_OK);
	assert_int_equal(v.n_restated, 5);
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(v.restated[i].class, BEAT_OK);
		assert_near(v.restated[i].value_ms, rr[i], 0.0);
	}
	assert_int_equal(judge(&a, 570.0), BEAT_OK);
	assert_int_equal(judge(&a, 800.0), BEAT_CORRECTED);
}

static void deviations_that_disagree_are_never_believed(void **state)
{
	const double rr[] = {400.0, 1250.0, 500.0};
	struct artifact a;

	(void)state;
	settle(&a, 800.0);
	for (size_t i = 0; i < 60; i++)
		assert_int_not_equal(judge(&a, rr[i % 3]), BEAT_OK);
	assert_int_equal(judge(&a, 800.0), BEAT_OK);
}

static void a_gap_keeps_the_median_and_ends_a_run(void **state)
{
	struct artifact a;

	(void)state;
	settle(&a, 800.0);
	for (int i = 0; i < 4; i++)
		assert_int_not_equal(judge(&a, 560.0), BEAT_OK);
	artifact_gap(&a);
	assert_int_equal(judge(&a, 560.0), BEAT_CORRECTED);
	assert_int_equal(judge(&a, 800.0), BEAT_OK);
}

static void a_bad_first_beat_is_found_out_by_the_fifth(void **state)
{
	struct artifact_verdict v;
	struct artifact a;

	(void)state;
	artifact_init(&a);
	artifact_judge(&a, 1600.0, false, &v);
	for (int i = 0; i < 4; i++)
		artifact_judge(&a, 800.0, false, &v);
	assert_int_equal(v.n_restated, 5);
	assert_int_equal(v.restated[0].class, BEAT_REJECTED);
	for (size_t i = 1; i < 5; i++)
		assert_int_equal(v.restated[i].class, BEAT_OK);
	assert_int_equal(judge(&a, 1600.0), BEAT_REJECTED);
	assert_int_equal(judge(&a, 810.0), BEAT_OK);
}

static void a_deep_slow_wave_is_no_artifact(void **state)
{
	struct rr_source r;
	struct artifact a;
	double t_s, rr_ms;

	(void)state;
	/* 50 to 70 bpm and back, six times a minute, unpaced */
	rr_start(&r, &(struct rr_spec){.hr_bpm = 60.0,
	                               .rsa_ms = 333.0,
	                               .breaths_per_min = 6.0});
	artifact_init(&a);
	for (int i = 0; i < 300; i++) {
		rr_next(&r, &t_s, &rr_ms);
		assert_int_equal(judge(&a, rr_ms), BEAT_OK);
	}
}

/* --- for good ---------------------------------------------------------------
 */

#define BEATS 300

/* A series with what became of each beat, at once and in the end. */
struct story {
	double rr_ms[BEATS];
	struct artifact_stand at_once[BEATS], in_the_end[BEATS];
	size_t n, restated;
	struct artifact a;
};

static void hear(struct story *s, double rr_ms)
{
	struct artifact_verdict v;
	size_t i = s->n++;

	artifact_judge(&s->a, rr_ms, false, &v);
	s->rr_ms[i] = rr_ms;
	s->at_once[i] = (struct artifact_stand){v.class, v.value_ms};
	s->in_the_end[i] = s->at_once[i];
	s->restated += v.n_restated > 0;
	assert_true(v.n_restated <= s->n && v.n_restated <= ARTIFACT_RESTATED);
	for (size_t k = 0; k < v.n_restated; k++)
		s->in_the_end[i + 1 + k - v.n_restated] = v.restated[k];
}

/* A heart at rest, with breaths of five beats. */
static void rest(struct story *s, size_t n)
{
	for (; n > 0; n--)
		hear(s, 900.0 + 40.0 * sin((double)s->n * 2.0 * M_PI / 5.3));
}

static void begin(struct story *s)
{
	memset(s, 0, sizeof(*s));
	artifact_init(&s->a);
	rest(s, 150);
}

static size_t not_ok(const struct story *s)
{
	size_t count = 0;

	for (size_t i = 0; i < s->n; i++) {
		bool ok = s->in_the_end[i].class == BEAT_OK;

		count += !ok;
		if (ok)
			assert_near(s->in_the_end[i].value_ms, s->rr_ms[i],
			            0.0);
	}
	return count;
}

static void a_beat_a_tenth_out_of_place_is_found_five_beats_later(void **state)
{
	static struct story s;

	(void)state;
	begin(&s);
	hear(&s, 810.0);
	hear(&s, 990.0);
	rest(&s, 4);
	assert_int_equal(not_ok(&s), s.in_the_end[150].class != BEAT_OK);
	rest(&s, 2);
	assert_int_equal(not_ok(&s), 2);
	for (size_t i = 150; i < 152; i++) {
		assert_int_equal(s.at_once[i].class, BEAT_OK);
		assert_int_equal(s.in_the_end[i].class, BEAT_CORRECTED);
		assert_near(s.in_the_end[i].value_ms, 900.0, 40.0);
	}
	assert_near(s.in_the_end[150].value_ms + s.in_the_end[151].value_ms,
	            1800.0, 1e-9);
	rest(&s, 100);
	assert_int_equal(not_ok(&s), 2);
}

static void a_premature_beat_and_its_pause_are_seen_together(void **state)
{
	static struct story s;

	(void)state;
	begin(&s);
	hear(&s, 600.0);
	hear(&s, 1190.0);
	rest(&s, 100);
	assert_int_equal(not_ok(&s), 2);
	assert_near(s.in_the_end[150].value_ms, 900.0, 40.0);
	assert_near(s.in_the_end[151].value_ms, 900.0, 40.0);
}

static void two_halves_of_a_beat_count_as_it(void **state)
{
	static struct story s;

	(void)state;
	begin(&s);
	hear(&s, 400.0);
	hear(&s, 510.0);
	rest(&s, 100);
	assert_int_equal(not_ok(&s), 2);
	for (size_t i = 150; i < 152; i++) {
		assert_int_equal(s.in_the_end[i].class, BEAT_CORRECTED);
		assert_near(s.in_the_end[i].value_ms, 910.0, 1e-9);
	}
}

static void a_missed_beat_stays_rejected(void **state)
{
	static struct story s;

	(void)state;
	begin(&s);
	hear(&s, 1790.0);
	rest(&s, 100);
	assert_int_equal(not_ok(&s), 1);
	assert_int_equal(s.in_the_end[150].class, BEAT_REJECTED);
	assert_true(isnan(s.in_the_end[150].value_ms));
}

static void a_wave_that_was_held_for_an_artifact_is_believed(void **state)
{
	static struct story s;
	size_t held = 0;

	(void)state;
	memset(&s, 0, sizeof(s));
	artifact_init(&s.a);
	while (s.n < BEATS) {
		hear(&s, 1000.0 + 230.0 * sin((double)s.n * 2.0 * M_PI / 5.3));
		held += s.at_once[s.n - 1].class != BEAT_OK;
	}
	assert_true(held > 10);
	s.n -= ODD_AHEAD; /* these are not judged for good */
	assert_int_equal(not_ok(&s), 0);
}

static void a_real_change_of_rate_is_believed(void **state)
{
	static struct story s;

	(void)state;
	begin(&s);
	for (int i = 0; i < 100; i++)
		hear(&s, 640.0 + (i % 3));
	assert_int_equal(not_ok(&s), 0);
	for (int i = 0; i < 40; i++) /* and slowly back */
		hear(&s, 640.0 + 8.0 * i);
	assert_int_equal(not_ok(&s), 0);
}

static void of_a_bad_stretch_only_two_stay_corrected(void **state)
{
	static struct story s;
	size_t corrected = 0;

	(void)state;
	begin(&s);
	for (int i = 0; i < 4; i++) {
		hear(&s, 560.0);
		hear(&s, 1240.0);
	}
	rest(&s, 100);
	assert_int_equal(not_ok(&s), 8);
	for (size_t i = 150; i < 158; i++)
		corrected += s.in_the_end[i].class == BEAT_CORRECTED;
	assert_int_equal(corrected, 2);
}

static void no_verdict_for_good_reaches_across_a_gap(void **state)
{
	static struct story s;

	(void)state;
	begin(&s);
	hear(&s, 810.0);
	hear(&s, 990.0);
	rest(&s, 2);
	artifact_gap(&s.a);
	s.restated = 0;
	rest(&s, 100);
	assert_int_equal(not_ok(&s), 0);
	assert_int_equal(s.restated, 0);
}

static void nonsense_is_rejected_for_good(void **state)
{
	const double nonsense[] = {0.0, -800.0, NAN, INFINITY, 1e9, 1.0};
	static struct story s;

	(void)state;
	for (size_t k = 0; k < sizeof(nonsense) / sizeof(*nonsense); k++) {
		begin(&s);
		for (int i = 0; i < 3; i++)
			hear(&s, nonsense[k]);
		rest(&s, 100);
		for (size_t i = 150; i < 153; i++) {
			assert_int_equal(s.in_the_end[i].class, BEAT_REJECTED);
			assert_true(isnan(s.in_the_end[i].value_ms));
		}
		for (size_t i = 0; i < s.n; i++)
			assert_true(s.in_the_end[i].class == BEAT_REJECTED ||
			            (s.in_the_end[i].value_ms >= 300.0 &&
			             s.in_the_end[i].value_ms <= 2000.0));
	}
}

/* Of the real recordings without known artifacts: how many are let pass. */
static void clean_recordings_pass(void **state)
{
	FILE *f = fopen(test_data("h10_breath_dhyb.rr"), "r");
	size_t n = 0, passed = 0;
	struct artifact a;
	double rr_ms;

	(void)state;
	assert_non_null(f);
	artifact_init(&a);
	while (fscanf(f, "%lf", &rr_ms) == 1) {
		n++;
		passed += judge(&a, rr_ms) == BEAT_OK;
	}
	fclose(f);
	assert_int_equal(n, 620);
	assert_true(1000 * passed >= 990 * n);
}

static void a_ring_of_beats_keeps_the_newest(void **state)
{
	static struct series s;

	(void)state;
	series_init(&s);
	for (uint64_t i = 1; i <= 3 * SERIES_MAX + 7; i++)
		series_add(&s, i * 1000000, 1000.0, BEAT_OK, 1000.0);
	assert_int_equal(s.n, SERIES_MAX);
	assert_int_equal(series_at(&s, s.n - 1)->t_us,
	                 (3 * SERIES_MAX + 7) * UINT64_C(1000000));
	assert_int_equal(series_at(&s, 0)->t_us,
	                 (2 * SERIES_MAX + 8) * UINT64_C(1000000));
	assert_int_equal(series_after(&s, 2.0 * SERIES_MAX + 8.0), 1);
}

static void a_gap_lies_between_its_two_beats(void **state)
{
	static struct series s;

	(void)state;
	series_init(&s);
	for (uint64_t i = 1; i <= 20; i++) {
		if (i > 10 && i <= 14)
			continue;
		if (i == 15)
			series_gap(&s);
		series_add(&s, i * 1000000, 1000.0, BEAT_OK, 1000.0);
	}
	assert_true(series_broken(&s, 5.0, 12.0));
	assert_true(series_broken(&s, 11.0, 12.0));
	assert_true(series_broken(&s, 13.0, 20.0));
	assert_false(series_broken(&s, 1.0, 9.5));
	assert_false(series_broken(&s, 14.5, 20.0));
	series_gap(&s);
	assert_true(series_broken(&s, 16.0, 25.0));
	assert_false(series_broken(&s, 16.0, 19.0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(intervals_outside_300_to_2000_ms_are_rejected),
		cmocka_unit_test(a_fifth_off_the_median_is_the_limit),
		cmocka_unit_test(slow_pacing_widens_the_limit_to_30_percent),
		cmocka_unit_test(an_isolated_deviation_counts_as_the_median),
		cmocka_unit_test(of_a_run_of_deviations_only_two_are_corrected),
		cmocka_unit_test(a_double_interval_is_rejected_at_once),
		cmocka_unit_test(
			a_lasting_change_of_rate_is_believed_after_five_beats),
		cmocka_unit_test(deviations_that_disagree_are_never_believed),
		cmocka_unit_test(a_gap_keeps_the_median_and_ends_a_run),
		cmocka_unit_test(a_bad_first_beat_is_found_out_by_the_fifth),
		cmocka_unit_test(a_deep_slow_wave_is_no_artifact),
		cmocka_unit_test(
			a_beat_a_tenth_out_of_place_is_found_five_beats_later),
		cmocka_unit_test(
			a_premature_beat_and_its_pause_are_seen_together),
		cmocka_unit_test(two_halves_of_a_beat_count_as_it),
		cmocka_unit_test(a_missed_beat_stays_rejected),
		cmocka_unit_test(
			a_wave_that_was_held_for_an_artifact_is_believed),
		cmocka_unit_test(a_real_change_of_rate_is_believed),
		cmocka_unit_test(of_a_bad_stretch_only_two_stay_corrected),
		cmocka_unit_test(no_verdict_for_good_reaches_across_a_gap),
		cmocka_unit_test(nonsense_is_rejected_for_good),
		cmocka_unit_test(clean_recordings_pass),
		cmocka_unit_test(a_ring_of_beats_keeps_the_newest),
		cmocka_unit_test(a_gap_lies_between_its_two_beats),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
