/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "diary/date.h"
#include "diary/trial.h"

#define SEED    20261126
#define SEEDS   2000
#define DIARIES 2000
#define LEVEL   0.05

static uint64_t chance;

static struct trial some_trial(uint64_t seed, unsigned weeks, unsigned pairs)
{
	struct trial t = {.id = 1,
	                  .seed = seed,
	                  .ended = TRIAL_OPEN,
	                  .weeks = weeks,
	                  .pairs = pairs};

	assert_int_equal(date_of(2027, 1, 25, &t.start), 0);
	assert_true(trial_is_sound(&t));
	return t;
}

static void enter(struct trial_tally *t, int32_t date, bool ache)
{
	struct diary_day day;

	diary_blank(&day, date, 0);
	day.value[DIARY_HEADACHE] = ache;
	assert_int_equal(trial_add(t, &day), 0);
}

/* --- the lot ----------------------------------------------------------------
 */

static void each_pair_has_one_of_each_kind(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		struct trial t = some_trial(seed, 1, TRIAL_PAIRS_MAX);

		for (unsigned n = 0; n < TRIAL_BLOCKS_MAX; n += 2)
			assert_true(trial_block(&t, n).arm !=
			            trial_block(&t, n + 1).arm);
	}
}

static void the_order_of_each_pair_is_a_fair_lot_of_its_own(void **state)
{
	unsigned first = 0, alike = 0, n = SEEDS * TRIAL_PAIRS_MAX;

	(void)state;
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		struct trial t = some_trial(SEED + seed, 1, TRIAL_PAIRS_MAX);

		for (unsigned i = 0; i < TRIAL_BLOCKS_MAX; i += 2) {
			enum trial_arm arm = trial_block(&t, i).arm;

			first += arm == TRIAL_FIRST;
			alike += i > 0 && arm == trial_block(&t, i - 2).arm;
		}
	}
	/* four standard errors of a fair coin */
	assert_near(first / (double)n, 0.5, 4 * 0.5 / sqrt(n));
	assert_near(alike / (double)(n - SEEDS), 0.5,
	            4 * 0.5 / sqrt(n - SEEDS));
}

static void the_same_seed_draws_the_same_blocks(void **state)
{
	struct trial a = some_trial(SEED, 1, 12), b = some_trial(SEED, 4, 6);
	struct trial other = some_trial(SEED + 1, 1, 12);
	bool differs = false;

	(void)state;
	for (unsigned n = 0; n < 12; n++) {
		assert_int_equal(trial_block(&a, n).arm,
		                 trial_block(&b, n).arm);
		differs |= trial_block(&a, n).arm != trial_block(&other, n).arm;
	}
	assert_true(differs);
}

/* --- days -------------------------------------------------------------------
 */

/* Over both changes of the clock and the ends of months. */
static void every_day_of_a_trial_is_in_one_block(void **state)
{
	struct trial t = some_trial(SEED, 4, 6);
	struct trial_block b;
	int32_t date, last = 0;
	unsigned days[TRIAL_BLOCKS_MAX] = {0};

	(void)state;
	assert_false(trial_block_on(&t, t.start - 1, &b));
	for (date = t.start; trial_block_on(&t, date, &b); date++) {
		assert_true(b.from <= date && date <= b.to);
		days[b.n]++;
		last = date;
	}
	for (unsigned n = 0; n < 12; n++)
		assert_int_equal(days[n], 28);
	assert_int_equal(last, t.start + 335);
	assert_int_equal(trial_after(&t), last + 1);
	assert_false(trial_block_on(&t, last + 300, &b));
}

static void a_block_ends_by_the_calendar(void **state)
{
	static const struct {
		int month, day;
		unsigned n;
	} days[] = {{1, 25, 0},  {2, 21, 0},  {2, 22, 1}, {2, 28, 1},
	            {3, 1, 1},   {3, 21, 1},  {3, 22, 2}, {3, 28, 2},
	            {3, 29, 2},  {4, 18, 2},  {4, 19, 3}, {10, 31, 9},
	            {11, 1, 10}, {12, 26, 11}};
	struct trial t = some_trial(SEED, 4, 6);
	struct trial_block b;
	int32_t date;

	(void)state;
	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
		assert_int_equal(
			date_of(2027, days[i].month, days[i].day, &date), 0);
		assert_true(trial_block_on(&t, date, &b));
		assert_int_equal(b.n, days[i].n);
	}
	assert_int_equal(date_of(2027, 12, 27, &date), 0);
	assert_false(trial_block_on(&t, date, &b));
	/* with a 29 February in it */
	t = some_trial(SEED, 1, 6);
	assert_int_equal(date_of(2028, 2, 28, &t.start), 0);
	assert_int_equal(date_of(2028, 3, 5, &date), 0);
	assert_true(trial_block_on(&t, date, &b));
	assert_int_equal(b.n, 0);
	assert_true(trial_block_on(&t, date + 1, &b));
	assert_int_equal(b.n, 1);
}

static void what_was_ended_runs_no_more(void **state)
{
	struct trial t = some_trial(SEED, 1, 6);
	struct trial_block b;

	(void)state;
	assert_true(trial_runs(&t, t.start - 1));
	assert_true(trial_runs(&t, trial_after(&t) - 1));
	assert_false(trial_runs(&t, trial_after(&t)));
	t.ended = t.start + 10;
	assert_false(trial_runs(&t, t.start + 10));
	assert_true(trial_block_on(&t, t.ended - 1, &b));
	assert_false(trial_block_on(&t, t.ended, &b));
}

static void what_no_trial_can_be_is_not_sound(void **state)
{
	struct trial good = some_trial(SEED, 1, 6), t;

	(void)state;
	t = good;
	t.weeks = 0;
	assert_false(trial_is_sound(&t));
	t.weeks = TRIAL_WEEKS_MAX + 1;
	assert_false(trial_is_sound(&t));
	t = good;
	t.pairs = TRIAL_PAIRS_LEAST - 1;
	assert_false(trial_is_sound(&t));
	t.pairs = TRIAL_PAIRS_MAX + 1;
	assert_false(trial_is_sound(&t));
	t = good;
	t.start = DATE_LAST - 83;
	assert_true(trial_after(&t) > DATE_LAST);
	assert_false(trial_is_sound(&t));
}

/* --- diaries made up --------------------------------------------------------
 */

/* Days that come in runs, with this share of aches in each arm, a yearly wave
 * upon it, and @missing not entered. */
static void make_diary(struct trial_tally *t, const double share[TRIAL_ARMS],
                       double missing)
{
	bool ache = test_uniform(&chance) < share[0];
	struct trial_block b;

	for (int32_t date = t->trial.start; trial_block_on(&t->trial, date, &b);
	     date++) {
		double p = share[b.arm] + 0.1 * sin(date * 2 * M_PI / 365);

		p += 0.3 * (ache - p);
		ache = test_uniform(&chance) < p;
		if (test_uniform(&chance) >= missing)
			enter(t, date, ache);
	}
}

static struct trial_result judge_diary(unsigned weeks, unsigned pairs,
                                       const double share[TRIAL_ARMS],
                                       double missing)
{
	struct trial trial = some_trial(test_random(&chance), weeks, pairs);
	struct trial_tally tally;
	struct trial_result r;

	trial_tally(&tally, &trial);
	make_diary(&tally, share, missing);
	trial_judge(&tally, trial_after(&trial), &r);
	return r;
}

static bool is_clear(const struct trial_result *r)
{
	return r->verdict == TRIAL_FEWER || r->verdict == TRIAL_MORE;
}

/* --- what it comes to -------------------------------------------------------
 */

/* Of pair i, so many aches in each arm, all days entered. */
static void fill(struct trial_tally *t, const unsigned first[],
                 const unsigned second[])
{
	for (unsigned n = 0; n < 2 * t->trial.pairs; n++) {
		const struct trial_block b = t->blocks[n];
		unsigned aches =
			b.arm == TRIAL_FIRST ? first[n / 2] : second[n / 2];

		for (int32_t d = b.from; d <= b.to; d++)
			enter(t, d, (unsigned)(d - b.from) < aches);
	}
}

static void the_difference_is_of_pairs_with_its_exact_interval(void **state)
{
	static const unsigned first[] = {3, 4, 5, 2, 6, 1},
			      second[] = {4, 6, 8, 6, 11, 7};
	struct trial t = some_trial(SEED, 4, 6);
	struct trial_tally tally;
	struct trial_result r;

	(void)state;
	trial_tally(&tally, &t);
	fill(&tally, first, second);
	trial_judge(&tally, trial_after(&t), &r);
	assert_int_equal(r.counted, 6);
	assert_near(r.arms[TRIAL_FIRST], 3.5, 1e-9);
	assert_near(r.arms[TRIAL_SECOND], 7, 1e-9);
	assert_near(r.per_28, -3.5, 1e-9);
	/* k is 1 of 64: the least and the largest of -1 to -6 */
	assert_near(r.low, -6, 1e-9);
	assert_near(r.high, -1, 1e-9);
	assert_near(r.chance, 2 / 64.0, 1e-12);
	assert_int_equal(r.verdict, TRIAL_FEWER);
}

static double chance_at(const double *d, unsigned n, double shift)
{
	double whole = 0;
	unsigned large = 0;

	for (unsigned i = 0; i < n; i++)
		whole += d[i] - shift;
	for (unsigned signs = 0; signs < 1U << n; signs++) {
		double sum = 0;

		for (unsigned i = 0; i < n; i++)
			sum += (signs >> i & 1 ? -1 : 1) * (d[i] - shift);
		large += fabs(sum) >= fabs(whole) - 1e-9;
	}
	return large / (double)(1U << n);
}

/* Directly: what the exact test does not refuse is in it, all else is not. */
static void the_interval_is_the_test_turned_round(void **state)
{
	(void)state;
	chance = SEED;
	for (int i = 0; i < 200; i++) {
		unsigned pairs = 6 + (unsigned)(test_random(&chance) % 4);
		unsigned first[12], second[12];
		double d[12];
		struct trial t = some_trial(test_random(&chance), 4, pairs);
		struct trial_tally tally;
		struct trial_result r;

		for (unsigned k = 0; k < pairs; k++) {
			first[k] = (unsigned)(test_random(&chance) % 12);
			second[k] = (unsigned)(test_random(&chance) % 20);
			d[k] = (double)first[k] - second[k];
		}
		trial_tally(&tally, &t);
		fill(&tally, first, second);
		trial_judge(&tally, trial_after(&t), &r);
		assert_near(r.chance, chance_at(d, pairs, 0), 1e-12);
		assert_true(chance_at(d, pairs, r.low - 1e-3) <= LEVEL);
		assert_true(chance_at(d, pairs, r.high + 1e-3) <= LEVEL);
		if (r.high - r.low > 1e-2) {
			assert_true(chance_at(d, pairs, r.low + 1e-3) > LEVEL);
			assert_true(chance_at(d, pairs, r.high - 1e-3) > LEVEL);
		}
	}
}

static void words_follow_the_interval_each_time(void **state)
{
	static const double shares[][TRIAL_ARMS] = {
		{0.3, 0.3}, {0.2, 0.5}, {0.5, 0.2}, {0, 0}};
	struct trial t = some_trial(SEED, 1, 6);
	unsigned told[TRIAL_MORE + 1] = {0};
	char words[TRIAL_TEXT];

	(void)state;
	chance = SEED;
	for (int i = 0; i < 400; i++) {
		struct trial_result r =
			judge_diary(1, 6 + i % 3, shares[i % 4], 0.02);

		told[r.verdict]++;
		trial_words(&t, &r, words);
		if (r.verdict == TRIAL_FEW) {
			assert_true(r.counted < 6 && isnan(r.low));
			continue;
		}
		assert_int_equal(r.high < 0 || r.low > 0, is_clear(&r));
		assert_int_equal(r.chance <= LEVEL, is_clear(&r));
		assert_int_equal(strncmp(words, "fewer", 5) == 0, r.high < 0);
		assert_int_equal(strncmp(words, "more", 4) == 0, r.low > 0);
		assert_int_equal(strcmp(words, "no clear difference") == 0,
		                 r.low <= 0 && r.high >= 0);
		assert_int_equal(strstr(words, "by itself") != NULL,
		                 is_clear(&r));
	}
	for (int v = TRIAL_UNCLEAR; v <= TRIAL_MORE; v++)
		assert_true(told[v] > 10);
}

static void nothing_is_compared_before_all_blocks_are_over(void **state)
{
	static const unsigned none[6] = {0}, all[6] = {28, 28, 28, 28, 28, 28};
	struct trial t = some_trial(SEED, 4, 6);
	struct trial_tally tally;
	struct trial_result r;
	char words[TRIAL_TEXT];

	(void)state;
	trial_tally(&tally, &t);
	fill(&tally, none, all);
	for (int32_t day = t.start - 1; day < trial_after(&t); day++) {
		trial_judge(&tally, day, &r);
		assert_int_equal(r.verdict, TRIAL_WAITS);
		assert_int_equal(r.coming + r.counted, 6);
		assert_true(isnan(r.per_28) && isnan(r.low) &&
		            isnan(r.arms[0]));
	}
	trial_judge(&tally, t.start + 3 * 56, &r);
	assert_string_equal(trial_words(&t, &r, words),
	                    "too early to tell: 3 of 6 pairs still to come");
	trial_judge(&tally, trial_after(&t), &r);
	assert_int_equal(r.verdict, TRIAL_FEWER);
	assert_near(r.per_28, -28, 1e-9);
}

static void a_block_with_too_few_entries_counts_as_not_had(void **state)
{
	struct trial t = some_trial(SEED, 4, 7);
	struct trial_tally tally;
	struct trial_result r;
	char words[TRIAL_TEXT];

	(void)state;
	trial_tally(&tally, &t);
	/* 23 of 28 are four in five, 22 are not */
	for (unsigned n = 0; n < 14; n++)
		for (int32_t i = 0; i < (n == 5 ? 22 : 23); i++)
			enter(&tally, tally.blocks[n].from + i, i < 5);
	assert_true(trial_counts(&tally.blocks[0]));
	assert_false(trial_counts(&tally.blocks[5]));
	trial_judge(&tally, trial_after(&t), &r);
	assert_int_equal(r.counted, 6);
	assert_int_equal(r.verdict, TRIAL_UNCLEAR);
	/* a share of what was entered, not of 28 */
	assert_near(r.arms[TRIAL_FIRST], 5 / 23.0 * 28, 1e-9);
	t.pairs = 6;
	trial_tally(&tally, &t);
	for (unsigned n = 0; n < 12; n++)
		for (int32_t i = 0; i < (n == 5 ? 22 : 28); i++)
			enter(&tally, tally.blocks[n].from + i, false);
	trial_judge(&tally, trial_after(&t), &r);
	assert_int_equal(r.verdict, TRIAL_FEW);
	assert_true(isnan(r.low));
	assert_string_equal(trial_words(&t, &r, words),
	                    "too few to tell: 5 pairs count, and it takes 6");
}

static void days_that_say_nothing_of_headache_count_nowhere(void **state)
{
	struct trial t = some_trial(SEED, 1, 6);
	struct trial_tally tally;
	struct diary_day day;

	(void)state;
	trial_tally(&tally, &t);
	diary_blank(&day, t.start, 0);
	assert_int_equal(diary_set(&day, DIARY_SLEEP, "6", NULL), 0);
	assert_int_equal(trial_add(&tally, &day), 0);
	enter(&tally, t.start - 1, true);
	enter(&tally, trial_after(&t), true);
	for (unsigned n = 0; n < 12; n++)
		assert_int_equal(tally.blocks[n].entered, 0);
}

static void one_that_was_ended_has_the_pairs_that_were_over(void **state)
{
	static const unsigned none[8] = {0}, all[8] = {7, 7, 7, 7, 7, 7, 7, 7};
	struct trial t = some_trial(SEED, 1, 8);
	struct trial_tally tally;
	struct trial_result r;

	(void)state;
	t.ended = t.start + 6 * 14 + 13;
	trial_tally(&tally, &t);
	fill(&tally, none, all);
	trial_judge(&tally, t.ended, &r);
	assert_int_equal(r.coming, 0);
	assert_int_equal(r.counted, 6);
	assert_int_equal(r.verdict, TRIAL_FEWER);
	/* one day less, and the sixth is not over */
	tally.trial.ended = t.start + 6 * 14 - 1;
	trial_judge(&tally, tally.trial.ended, &r);
	assert_int_equal(r.counted, 5);
	assert_int_equal(r.verdict, TRIAL_FEW);
}

/* --- how often it is wrong, and how often it sees ---------------------------
 */

static double share_clear(unsigned weeks, unsigned pairs, double first,
                          double second, double *ret_held)
{
	const double share[TRIAL_ARMS] = {first, second};
	unsigned clear = 0, told = 0, held = 0;

	for (int i = 0; i < DIARIES; i++) {
		struct trial_result r = judge_diary(weeks, pairs, share, 0.02);
		double truth = 28 * (first - second);

		told += r.verdict != TRIAL_FEW;
		clear += is_clear(&r);
		held += r.low <= truth && truth <= r.high;
	}
	assert_true(told > DIARIES / 2);
	if (ret_held)
		*ret_held = held / (double)told;
	print_message("%u weeks, %u pairs, %.2f and %.2f: clear in %.3f of %u, "
	              "the interval held it in %.3f\n",
	              weeks, pairs, first, second, clear / (double)told, told,
	              held / (double)told);
	return clear / (double)told;
}

static void where_nothing_matters_it_says_so_in_19_of_20(void **state)
{
	static const unsigned plans[][2] = {{4, 6}, {2, 8}, {1, 10}};
	const double wide = 3 * sqrt(LEVEL * (1 - LEVEL) / DIARIES);

	(void)state;
	chance = SEED;
	for (size_t i = 0; i < 3; i++) {
		double held, clear = share_clear(plans[i][0], plans[i][1], 0.3,
		                                 0.3, &held);

		assert_true(clear <= LEVEL + wide);
		assert_true(clear > 0.005);
		assert_true(held >= 1 - LEVEL - wide);
	}
}

static void a_large_difference_is_seen(void **state)
{
	const double wide = 3 * sqrt(LEVEL * (1 - LEVEL) / DIARIES);
	double held;

	(void)state;
	chance = SEED + 1;
	assert_true(share_clear(4, 6, 0.15, 0.5, &held) > 0.85);
	assert_true(held >= 1 - LEVEL - wide);
	assert_true(share_clear(2, 10, 0.15, 0.5, NULL) > 0.9);
	/* and a small one seldom: it is no wonder */
	assert_true(share_clear(4, 6, 0.25, 0.3, NULL) < 0.5);
}

/* --- words ------------------------------------------------------------------
 */

static void today_is_told_in_one_line(void **state)
{
	struct trial t = some_trial(SEED, 1, 6);
	char line[TRIAL_TEXT];
	bool rest = false, practice = false;

	(void)state;
	assert_string_equal(trial_day_words(&t, t.start - 3, line),
	                    "Your trial begins on 2027-01-25.");
	assert_string_equal(trial_day_words(&t, trial_after(&t), line), "");
	for (int32_t day = t.start; day < trial_after(&t); day++) {
		struct trial_block b;

		assert_true(trial_block_on(&t, day, &b));
		trial_day_words(&t, day, line);
		assert_int_equal(strstr(line, ": do not practise, day ") !=
		                         NULL,
		                 b.arm == TRIAL_SECOND);
		assert_int_equal(
			strstr(line, "If you need a session, have it.") != NULL,
			b.arm == TRIAL_SECOND);
		rest |= b.arm == TRIAL_SECOND;
		practice |= strstr(line, ": practise, day ") != NULL;
	}
	assert_true(rest && practice);
	t.ended = t.start;
	assert_string_equal(trial_day_words(&t, t.start + 1, line), "");
}

static void two_routines_are_told_by_their_names(void **state)
{
	struct trial t = some_trial(SEED, 1, 6);
	struct trial_result r = {.verdict = TRIAL_FEWER};
	char words[TRIAL_TEXT];

	(void)state;
	strcpy(t.arms[TRIAL_FIRST], "desk_reset");
	strcpy(t.arms[TRIAL_SECOND], "evening_winddown");
	assert_string_equal(trial_words(&t, &r, words),
	                    "fewer headache days in the blocks of desk_reset "
	                    "than in the others; this can also happen by "
	                    "itself");
	assert_string_equal(trial_arm_words(&t, TRIAL_SECOND, words),
	                    "practise evening_winddown");
	for (int32_t day = t.start; day < trial_after(&t); day++)
		assert_null(strstr(trial_day_words(&t, day, words), "not"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_pair_has_one_of_each_kind),
		cmocka_unit_test(
			the_order_of_each_pair_is_a_fair_lot_of_its_own),
		cmocka_unit_test(the_same_seed_draws_the_same_blocks),
		cmocka_unit_test(every_day_of_a_trial_is_in_one_block),
		cmocka_unit_test(a_block_ends_by_the_calendar),
		cmocka_unit_test(what_was_ended_runs_no_more),
		cmocka_unit_test(what_no_trial_can_be_is_not_sound),
		cmocka_unit_test(
			the_difference_is_of_pairs_with_its_exact_interval),
		cmocka_unit_test(the_interval_is_the_test_turned_round),
		cmocka_unit_test(words_follow_the_interval_each_time),
		cmocka_unit_test(
			nothing_is_compared_before_all_blocks_are_over),
		cmocka_unit_test(
			a_block_with_too_few_entries_counts_as_not_had),
		cmocka_unit_test(
			days_that_say_nothing_of_headache_count_nowhere),
		cmocka_unit_test(
			one_that_was_ended_has_the_pairs_that_were_over),
		cmocka_unit_test(where_nothing_matters_it_says_so_in_19_of_20),
		cmocka_unit_test(a_large_difference_is_seen),
		cmocka_unit_test(today_is_told_in_one_line),
		cmocka_unit_test(two_routines_are_told_by_their_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
