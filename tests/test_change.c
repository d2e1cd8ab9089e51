/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/change.h"

#include <math.h>
#include <string.h>

#include "tests/helpers/test.h"

static const struct change_band usual = {CHANGE_HR_BPM, CHANGE_RMSSD_PCT, 0};

static struct change change_between(double hr_a, double hr_b, double rmssd_a,
                                    double rmssd_b)
{
	struct store_session row = {.hr_before = hr_a,
	                            .hr_after = hr_b,
	                            .rmssd_before = rmssd_a,
	                            .rmssd_after = rmssd_b};
	struct change c;

	change_of(&row, &usual, &c);
	return c;
}

static void changes_within_the_noise_band_are_no_clear_change(void **state)
{
	struct change c = change_between(70, 68, 40, 48);
	char words[64];

	(void)state;
	change_hr_words(&c, words, sizeof(words));
	assert_non_null(strstr(words, "no clear change"));
	change_rmssd_words(&c, words, sizeof(words));
	assert_non_null(strstr(words, "no clear change"));
}

static void changes_outside_it_are_told_with_their_direction(void **state)
{
	struct change c = change_between(70, 67.9, 40, 31.9);
	char words[64];

	(void)state;
	change_hr_words(&c, words, sizeof(words));
	assert_string_equal(words, "2.1 bpm slower");
	change_rmssd_words(&c, words, sizeof(words));
	assert_string_equal(words, "20 % lower");
}

static void a_change_without_both_ends_is_not_told(void **state)
{
	struct change c = change_between(70, NAN, 0, 30);
	char words[64];

	(void)state;
	assert_false(c.hr_clear);
	assert_false(c.rmssd_clear);
	change_hr_words(&c, words, sizeof(words));
	assert_string_equal(words, "");
	change_rmssd_words(&c, words, sizeof(words));
	assert_string_equal(words, "");
}

static void norms_of(struct change_norms *n, const double *hr, size_t len)
{
	*n = (struct change_norms){0};
	for (size_t i = 0; i < len; i++)
		change_norm(n, &(struct store_session){.hr_before = hr[i],
		                                       .rmssd_before = 30});
}

static void from_five_baselines_on_the_band_is_ones_own(void **state)
{
	/* steps 8 -8 8 -8: sd 9.238, over root 2: 6.532 */
	static const double hr[] = {60, 68, 60, 68, 60};
	struct change_norms n;
	struct change_band band;

	(void)state;
	norms_of(&n, hr, 4);
	change_band_of(&n, &band);
	assert_int_equal(band.of, 0);
	assert_near(band.hr_bpm, 2, 0);
	norms_of(&n, hr, 5);
	change_band_of(&n, &band);
	assert_int_equal(band.of, 5);
	assert_near(band.hr_bpm, 6.532, 0.001);
	/* a heart as even as that is not told apart any better */
	assert_near(band.rmssd_pct, 20, 0);
}

static void a_slow_drift_of_the_baseline_does_not_widen_the_band(void **state)
{
	double hr[40];
	struct change_norms n;
	struct change_band band;

	(void)state;
	for (size_t i = 0; i < 40; i++)
		hr[i] = 90 - (double)i;
	norms_of(&n, hr, 40);
	change_band_of(&n, &band);
	assert_int_equal(band.of, CHANGE_NORMS);
	assert_near(band.hr_bpm, 2, 0);
}

static void the_band_of_rmssd_is_of_its_ratio(void **state)
{
	struct change_norms n = {0};
	struct change_band band;

	(void)state;
	for (int i = 0; i < 8; i++)
		change_norm(&n, &(struct store_session){
					.hr_before = 60,
					.rmssd_before = i % 2 ? 40 : 20});
	change_band_of(&n, &band);
	/* steps of ln 2 up and down, four up of seven: sd 0.7410 */
	assert_near(band.rmssd_pct, 100 * expm1(0.74099 / sqrt(2)), 0.1);
	assert_near(band.hr_bpm, 2, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			changes_within_the_noise_band_are_no_clear_change),
		cmocka_unit_test(
			changes_outside_it_are_told_with_their_direction),
		cmocka_unit_test(a_change_without_both_ends_is_not_told),
		cmocka_unit_test(from_five_baselines_on_the_band_is_ones_own),
		cmocka_unit_test(
			a_slow_drift_of_the_baseline_does_not_widen_the_band),
		cmocka_unit_test(the_band_of_rmssd_is_of_its_ratio),
	};

	return cmocka_run_group_tests_name("change", tests, NULL, NULL);
}
