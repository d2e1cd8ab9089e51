/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A window and the pacer: who follows, who does not, and single breaths. */
#include "signal/window.h"

#include <math.h>

#include "tests/helpers/sitter.h"
#include "tests/helpers/test.h"

#define S UINT64_C(1000000)

/* The pacer's walk from 14 to 6/min by 0.2 s a breath, and one who follows:
 * the rate of the breath that the pacer is in. */
struct walk {
	double onset_s[256], period_s[256];
	size_t n;
};

static double walking(double t_s, void *data)
{
	const struct walk *walk = data;
	size_t i = walk->n;

	while (i > 1 && walk->onset_s[i - 1] > t_s)
		i--;
	return 60.0 / walk->period_s[i - 1];
}

static void plan_walk(struct walk *walk)
{
	double t_s = 0.0, period_s = 60.0 / 14.0;

	for (walk->n = 0; walk->n < 100; walk->n++) {
		walk->onset_s[walk->n] = t_s;
		walk->period_s[walk->n] = period_s;
		t_s += period_s;
		if (t_s > 60.0) /* a minute at 14 first */
			period_s = fmin(10.0, period_s + 0.2);
	}
}

static void a_perfect_follower_is_seen_on_the_walk(void **state)
{
	static struct walk walk;
	size_t next = 0, seen = 0, low = 0;
	struct sitter b;

	(void)state;
	plan_walk(&walk);
	sitter_start(&b, &(struct rr_spec){.hr_bpm = 66.0,
	                                   .rsa_ms = 50.0,
	                                   .rate_at = walking,
	                                   .data = &walk,
	                                   .noise_ms = 5.0,
	                                   .seed = 3});
	for (double t_s = 1.0; t_s < 360.0; t_s++) {
		struct estimate e;

		sitter_run(&b, t_s);
		if (t_s == 60.0)
			window_walk_from(b.w, 60.0 / 14.0);
		for (; walk.onset_s[next] <= t_s; next++)
			window_breath(b.w, (uint64_t)(walk.onset_s[next] * 1e6),
			              walk.period_s[next]);
		e = sitter_look(&b, t_s);
		if (t_s < 60.0)
			continue;
		assert_false(isnan(e.adherence));
		seen++;
		low += e.adherence < 0.75;
		if (t_s > 150.0) {
			assert_near(e.follow, 1.0, 0.1);
			assert_true(e.pace >= 75.0);
		}
	}
	assert_true(low * 50 <= seen);
	sitter_finish(&b);
}

static void one_who_does_not_follow_is_seen_too(void **state)
{
	unsigned high = 0, seen = 0;
	struct sitter b;

	(void)state;
	sitter_start(&b, &(struct rr_spec){.hr_bpm = 72.0,
	                                   .rsa_ms = 40.0,
	                                   .breaths_per_min = 18.0,
	                                   .noise_ms = 5.0,
	                                   .seed = 8});
	sitter_pace(&b, 5.0, 6.0);
	window_walk_from(b.w, 60.0 / 18.0);
	for (double t_s = 40.0; t_s < 300.0; t_s++) {
		struct estimate e = sitter_look(&b, t_s);

		if (isnan(e.adherence))
			continue;
		seen++;
		high += e.adherence >= 0.5;
		assert_near(e.follow, 0.0, 0.2);
		assert_near(e.breaths_per_min, 18.0, 2.0);
		if (!isnan(e.pace))
			assert_true(e.pace < 30.0);
	}
	assert_true(seen > 240);
	assert_int_equal(high, 0);
	sitter_finish(&b);
}

/* Half a breath a minute below their own rate: who keeps step is told from who
   stays where they were. */
static void whether_they_keep_step_is_seen_close_to_their_own_rate(void **state)
{
	(void)state;
	for (int follows = 0; follows < 2; follows++) {
		unsigned along = 0, seen = 0;
		struct sitter b;

		sitter_start(&b,
		             &(struct rr_spec){.hr_bpm = 72.0,
		                               .rsa_ms = 30.0,
		                               .breaths_per_min =
		                                       follows ? 13.5 : 14.0,
		                               .noise_ms = 4.0,
		                               .seed = 5});
		sitter_pace(&b, 5.0, 60.0 / 13.5);
		window_walk_from(b.w, 60.0 / 14.0);
		for (double t_s = 60.0; t_s < 240.0; t_s++) {
			struct estimate e = sitter_look(&b, t_s);

			seen += !isnan(e.follow);
			along += e.follow >= 0.5;
		}
		if (follows)
			assert_true(along >= 150);
		else
			assert_true(along <= 18);
		assert_true(seen >= along);
		sitter_finish(&b);
	}
}

/* Single breaths drown in so much noise. */
static void the_rhythm_shows_who_goes_along_far_from_their_rate(void **state)
{
	unsigned along = 0;
	struct sitter b;

	(void)state;
	sitter_start(&b, &(struct rr_spec){.hr_bpm = 72.0,
	                                   .rsa_ms = 24.0,
	                                   .breaths_per_min = 10.0,
	                                   .noise_ms = 10.0,
	                                   .seed = 6});
	sitter_pace(&b, 5.0, 6.0);
	window_walk_from(b.w, 60.0 / 14.0);
	for (double t_s = 60.0; t_s < 240.0; t_s++)
		along += sitter_look(&b, t_s).follow >= 0.9;
	assert_true(along >= 150);
	sitter_finish(&b);
}

static void the_pacer_must_run_for_a_comparison(void **state)
{
	struct estimate e;
	struct sitter b;

	(void)state;
	sitter_start(&b, &(struct rr_spec){.hr_bpm = 66.0,
	                                   .rsa_ms = 60.0,
	                                   .breaths_per_min = 10.0,
	                                   .noise_ms = 2.0});
	sitter_pace(&b, 0.0, 6.0);
	e = sitter_look(&b, 90.0);
	assert_near(e.adherence, 1.0, 0.0);
	assert_true(isnan(e.follow)); /* no walk */
	sitter_pace(&b, 0.0, 0.0);
	window_breath(b.w, 90 * S, 0.0);
	e = sitter_look(&b, 95.0);
	assert_true(isnan(e.adherence) && isnan(e.pace));
	assert_near(e.breaths_per_min, 10.0, 0.5);
	sitter_finish(&b);
}

static void a_beat_heard_after_a_later_onset_keeps_its_time(void **state)
{
	double first[WINDOW_BREATHS_MAX], late[WINDOW_BREATHS_MAX];

	(void)state;
	for (int order = 0; order < 2; order++) {
		struct window *w;

		assert_int_equal(window_create(&w), 0);
		for (uint64_t i = 0; i < 40; i++) {
			uint64_t onset_us = i * 4 * S;

			if (order == 1)
				window_breath(w, onset_us, 4.0);
			for (uint64_t k = 1; k <= 4; k++) {
				uint64_t t_us = onset_us + k * S - 4500000;
				double rr_ms = k == 2 ? 1030.0 : 990.0;

				if (i > 1)
					window_beat(w, &(struct beat){
							       .t_us = t_us,
							       .rr_ms = rr_ms});
			}
			if (order == 0)
				window_breath(w, onset_us, 4.0);
		}
		assert_int_equal(window_breath_rates(w, 156 * S,
		                                     order ? late : first, 4),
		                 4);
		window_destroy(w);
	}
	for (size_t i = 0; i < 4; i++)
		assert_near(late[i], first[i], 0.0);
}

static void rates_of_single_breaths_are_the_pacers(void **state)
{
	double bpm[WINDOW_BREATHS_MAX];
	struct sitter b;

	(void)state;
	sitter_start(&b, &(struct rr_spec){.hr_bpm = 60.0,
	                                   .hr_slope = -6.0,
	                                   .rsa_ms = 80.0,
	                                   .breaths_per_min = 10.0});
	assert_int_equal(window_breath_rates(b.w, 0, bpm, 8), 0);
	sitter_pace(&b, 0.0, 6.0);
	sitter_run(&b, 62.0);
	assert_int_equal(window_breath_rates(b.w, 62 * S, bpm, 4), 4);
	for (int i = 0; i < 4; i++) /* 0.6 bpm less with each breath */
		assert_near(bpm[i], 60.0 - 0.1 * (39.0 + 6.0 * i), 0.5);
	assert_true(bpm[0] > bpm[1] && bpm[1] > bpm[2] && bpm[2] > bpm[3]);

	sitter_lose(&b, 70.0, true);
	sitter_run(&b, 86.0);
	/* [60, 66] and [66, 72] hold the gap: [72, 78] and [78, 84] are left */
	assert_int_equal(window_breath_rates(b.w, 86 * S, bpm, 8), 2);
	sitter_finish(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_perfect_follower_is_seen_on_the_walk),
		cmocka_unit_test(one_who_does_not_follow_is_seen_too),
		cmocka_unit_test(
			whether_they_keep_step_is_seen_close_to_their_own_rate),
		cmocka_unit_test(
			the_rhythm_shows_who_goes_along_far_from_their_rate),
		cmocka_unit_test(the_pacer_must_run_for_a_comparison),
		cmocka_unit_test(
			a_beat_heard_after_a_later_onset_keeps_its_time),
		cmocka_unit_test(rates_of_single_breaths_are_the_pacers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
