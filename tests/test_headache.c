/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "diary/headache.h"
#include "signal/student.h"

/* ten times what would do: their scatter is then half a point */
#define DIARIES 2000
#define DAYS    84
#define SEED    20261125

/* --- days made up -----------------------------------------------------------
 */

static uint64_t state_of_chance;

static double chance(void)
{
	state_of_chance = state_of_chance * UINT64_C(6364136223846793005) +
	                  UINT64_C(1442695040888963407);
	return (double)(state_of_chance >> 11) / 9007199254740992.0;
}

/* Days that come in runs: Markov, with this share of aches and correlation
 * of one day with the next. */
static void make_days(enum headache_day *ret, size_t n, double share,
                      double correlation)
{
	bool ache = chance() < share;

	for (size_t i = 0; i < n; i++) {
		double p = share + correlation * ((ache ? 1 : 0) - share);

		ret[i] = ache ? HEADACHE_ACHE : HEADACHE_FREE;
		ache = chance() < p;
	}
}

/* @aches of @n days, evenly spread. */
static void spread(enum headache_day *ret, size_t n, size_t aches)
{
	for (size_t i = 0; i < n; i++)
		ret[i] =
			(i * aches) % n < aches ? HEADACHE_ACHE : HEADACHE_FREE;
}

static struct headache_change compare(size_t n, size_t before, size_t after)
{
	enum headache_day a[DAYS], b[DAYS];
	struct headache_change c;

	spread(a, n, before);
	spread(b, n, after);
	headache_compare(a, n, b, n, &c);
	return c;
}

/* --- what they prove --------------------------------------------------------
 */

static void a_day_that_was_not_entered_is_no_free_day(void **state)
{
	const enum headache_day days[] = {HEADACHE_BLANK, HEADACHE_ACHE,
	                                  HEADACHE_FREE, HEADACHE_BLANK};
	struct headache_span s;

	(void)state;
	headache_count(days, 4, &s);
	assert_int_equal(s.entered, 2);
	assert_near(s.per_28, 14, 1e-12);
	headache_count(days, 1, &s);
	assert_true(isnan(s.per_28));
}

static void after_one_month_it_is_too_early_to_tell(void **state)
{
	struct headache_change c = compare(28, 8, 5);

	(void)state;
	assert_int_equal(c.verdict, HEADACHE_TOO_EARLY);
	assert_near(c.per_28, -3, 1e-12);
	assert_true(c.low < -6 && c.high > 3);
}

static void after_three_months_the_same_is_no_clear_change(void **state)
{
	struct headache_change c = compare(84, 24, 20);

	(void)state;
	assert_int_equal(c.verdict, HEADACHE_UNCLEAR);
	assert_near(c.per_28, -4.0 / 3, 1e-12);
}

static void a_large_change_is_told_in_either_direction(void **state)
{
	struct headache_change fewer = compare(84, 45, 12);
	struct headache_change more = compare(84, 12, 45);

	(void)state;
	assert_int_equal(fewer.verdict, HEADACHE_FEWER);
	assert_true(fewer.response);
	assert_int_equal(more.verdict, HEADACHE_MORE);
	assert_false(more.response);
	assert_near(more.low, -fewer.high, 1e-9);
}

static void the_interval_is_the_one_that_is_written_down(void **state)
{
	struct headache_change c = compare(28, 8, 4);
	/* by hand: weekly counts of 2 and of 1, so no chi-squared: phi is
	 * 6 * 1.5 / 12, held at 1; t(0.975, 12) = 2.1788; shares 9/30, 5/30 */
	double half =
		2.178813 * 28 * sqrt((0.3 * 0.7 + 5.0 / 30 * 25.0 / 30) / 30);

	(void)state;
	assert_near(c.dispersion, 1, 0);
	assert_near(c.high, -4 + half, 1e-4);
	assert_near(c.low, -4 - half, 1e-4);
}

static void a_month_without_any_headache_is_no_certainty(void **state)
{
	struct headache_change c = compare(28, 3, 0);

	(void)state;
	assert_int_equal(c.verdict, HEADACHE_TOO_EARLY);
	assert_true(c.high > 0);
}

static void without_28_days_before_there_is_no_baseline(void **state)
{
	enum headache_day days[DAYS];
	struct headache_change c;

	(void)state;
	spread(days, DAYS, 20);
	headache_compare(days, 27, days, DAYS, &c);
	assert_int_equal(c.verdict, HEADACHE_NO_BASELINE);
	assert_true(isnan(c.low) && isnan(c.dispersion));
	headache_compare(NULL, 0, NULL, 0, &c);
	assert_int_equal(c.verdict, HEADACHE_NO_BASELINE);
}

static void
spans_with_under_four_entries_in_five_days_are_not_compared(void **state)
{
	enum headache_day a[28], b[28];
	struct headache_change c;

	(void)state;
	spread(a, 28, 8);
	spread(b, 28, 4);
	for (size_t i = 0; i < 5; i++)
		b[i * 5 + 1] = HEADACHE_BLANK;
	headache_compare(a, 28, b, 28, &c);
	assert_int_equal(c.verdict, HEADACHE_TOO_EARLY);
	b[27] = HEADACHE_BLANK;
	headache_compare(a, 28, b, 28, &c);
	assert_int_equal(c.verdict, HEADACHE_INCOMPLETE);
	assert_true(isnan(c.per_28));
}

static void
every_way_to_deal_out_the_weeks_is_tried_where_they_are_few(void **state)
{
	enum headache_day a[28], b[28];

	(void)state;
	/* weeks of 7 aches against weeks of none: of the 70 ways to choose
	 * four of eight weeks two differ as much */
	spread(a, 28, 28);
	spread(b, 28, 0);
	assert_near(headache_permutation(a, 28, b, 28, SEED), 2.0 / 70, 1e-12);
}

static void ten_years_on_each_side_are_compared_too(void **state)
{
	const size_t n = 3650;
	enum headache_day *a = calloc(n, sizeof(*a));
	enum headache_day *b = calloc(n, sizeof(*b));
	struct headache_change c;

	(void)state;
	assert_non_null(a);
	assert_non_null(b);
	spread(a, n, 1200);
	spread(b, n, 600);
	headache_compare(a, n, b, n, &c);
	assert_int_equal(c.verdict, HEADACHE_FEWER);
	assert_true(headache_permutation(a, n, b, n, SEED) < 0.01);
	free(a);
	free(b);
}

/* Of an interval that holds 0, @n days on each side, no change is told. */
static bool words_match(const struct headache_change *c, size_t n)
{
	const char *expected = c->high < 0  ? "fewer headache days than before"
	                       : c->low > 0 ? "more headache days than before"
	                       : n < HEADACHE_SETTLED_DAYS
	                               ? "too early to tell"
	                               : "no clear change yet";
	const char *words = headache_words(c->verdict);

	return strncmp(words, expected, strlen(expected)) == 0;
}

/* The same by the textbook, from nothing but the days. */
static void compute(const enum headache_day *days, size_t n, double *variance,
                    double *chi2, double *freedom)
{
	double aches = 0, p, q;

	for (size_t i = 0; i < n; i++)
		aches += days[i] == HEADACHE_ACHE;
	p = aches / (double)n;
	q = (aches + 1) / ((double)n + 2);
	*variance += q * (1 - q) / ((double)n + 2);
	if (p == 0 || p == 1)
		return;
	for (size_t w = 0; w < n / 7; w++) {
		double count = 0;

		for (size_t i = 0; i < 7; i++)
			count += days[w * 7 + i] == HEADACHE_ACHE;
		*chi2 += pow(count - 7 * p, 2) / (7 * p * (1 - p));
	}
	*freedom += (double)(n / 7) - 1;
}

static double compute_half(const enum headache_day *a,
                           const enum headache_day *b, size_t n)
{
	double variance = 0, chi2 = 6 * 1.5, freedom = 6;

	compute(a, n, &variance, &chi2, &freedom);
	compute(b, n, &variance, &chi2, &freedom);
	return student_half(0.95, freedom) * 28 *
	       sqrt(variance * (chi2 > freedom ? chi2 / freedom : 1));
}

/* Diaries of people with 6 to 15 headache days in 28, in runs or not. */
static void cover(double effect, size_t n)
{
	enum headache_day a[DAYS], b[DAYS];
	unsigned covered = 0;

	state_of_chance = SEED;
	for (unsigned i = 0; i < DIARIES; i++) {
		double base = 6 + 9 * chance(), runs = 0.3 * chance();
		struct headache_change c;

		make_days(a, n, base / 28, runs);
		make_days(b, n, (base - effect) / 28, runs);
		headache_compare(a, n, b, n, &c);
		covered += c.low <= -effect && c.high >= -effect;
		assert_true(words_match(&c, n));
		assert_near((c.high - c.low) / 2, compute_half(a, b, n), 1e-9);
	}
	print_message("effect %g days, %zu days a side: %.1f %% covered\n",
	              effect, n, covered * 100.0 / DIARIES);
	assert_true(covered >= 0.93 * DIARIES && covered <= 0.97 * DIARIES);
}

static void the_interval_covers_the_truth_in_95_of_100_diaries(void **state)
{
	static const double effects[] = {0, 1, 3, 5};

	(void)state;
	print_message("seed %d, %d diaries\n", SEED, DIARIES);
	for (size_t i = 0; i < 4; i++) {
		cover(effects[i], 28);
		cover(effects[i], DAYS);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_day_that_was_not_entered_is_no_free_day),
		cmocka_unit_test(after_one_month_it_is_too_early_to_tell),
		cmocka_unit_test(
			after_three_months_the_same_is_no_clear_change),
		cmocka_unit_test(a_large_change_is_told_in_either_direction),
		cmocka_unit_test(the_interval_is_the_one_that_is_written_down),
		cmocka_unit_test(a_month_without_any_headache_is_no_certainty),
		cmocka_unit_test(without_28_days_before_there_is_no_baseline),
		cmocka_unit_test(
			spans_with_under_four_entries_in_five_days_are_not_compared),
		cmocka_unit_test(
			every_way_to_deal_out_the_weeks_is_tried_where_they_are_few),
		cmocka_unit_test(ten_years_on_each_side_are_compared_too),
		cmocka_unit_test(
			the_interval_covers_the_truth_in_95_of_100_diaries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
