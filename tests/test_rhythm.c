/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/rhythm.h"

#include <math.h>

#include "tests/helpers/test.h"

#define BEATS 256
#define MARKS 10

static double mean_ms = 857;

/* A heart, of 70/min where nothing else is said, that swings by @ms with a
   breath of @per_min, and by
   @slow_ms with the heart's own wave of 0.1 Hz. */
struct heart {
	size_t n;
	double t_s[BEATS], rr_ms[BEATS];
};

static void beat(struct heart *h, double seconds, double per_min, double ms,
                 double slow_ms)
{
	double t_s = 0;

	for (h->n = 0; h->n < BEATS; h->n++) {
		double rr_ms = mean_ms +
		               ms * sin(2 * M_PI * per_min / 60 * t_s + 1) +
		               slow_ms * sin(2 * M_PI * 0.1 * t_s);

		t_s += rr_ms * 1e-3;
		if (t_s > seconds)
			return;
		h->t_s[h->n] = t_s;
		h->rr_ms[h->n] = rr_ms;
	}
}

/* Beside @breaths of a pacer. */
static struct rhythm beside(const struct heart *h, double per_min,
                            size_t breaths)
{
	double mark_s[MARKS];
	struct rhythm r;

	for (size_t i = 0; i <= breaths; i++)
		mark_s[i] = 2 + 60 / per_min * (double)i;
	rhythm_beside(h->t_s, h->rr_ms, h->n, mark_s, breaths + 1, &r);
	return r;
}

static double share(const struct heart *h, double per_min, size_t breaths)
{
	return beside(h, per_min, breaths).adherence;
}

static void
a_small_swing_with_the_pacer_is_seen_amid_the_heart_s_own(void **state)
{
	struct heart h;

	(void)state;
	for (double per_min = 12; per_min < 16; per_min++) {
		beat(&h, 60, per_min, 8, 16);
		assert_true(share(&h, per_min, 5) >= 0.75);
	}
}

static void another_rhythm_is_not_the_pacer_s(void **state)
{
	struct heart h;

	(void)state;
	beat(&h, 60, 15, 10, 10);
	assert_true(share(&h, 15, 5) >= 0.75);
	for (double per_min = 8; per_min < 12; per_min++)
		assert_true(share(&h, per_min, 5) < 0.5);
}

static void who_keeps_step_is_locked_and_who_does_not_drifts(void **state)
{
	struct heart h;
	struct rhythm r;

	(void)state;
	beat(&h, 60, 12, 20, 5);
	r = beside(&h, 12, 8);
	assert_true(r.lock > 0.9);
	assert_near(r.drift, 0, 0.01);
	assert_near(r.period_s, 5, 1e-9);
	for (double per_min = 11.5; per_min < 13; per_min++) {
		beat(&h, 60, per_min, 20, 5);
		r = beside(&h, 12, 8);
		assert_near(r.drift, per_min / 12 - 1, 0.01);
	}
	beat(&h, 60, 15, 20, 5);
	assert_true(beside(&h, 12, 8).lock < 0.5);
}

static void fewer_than_four_breaths_are_no_rhythm(void **state)
{
	struct heart h;

	(void)state;
	beat(&h, 60, 12, 20, 5);
	assert_true(isnan(share(&h, 12, 3)));
	assert_false(isnan(share(&h, 12, 4)));
}

/* A fifth of the time may be unheard. */
static void holes_are_borne_up_to_a_fifth(void **state)
{
	struct heart h;
	size_t kept = 0;

	(void)state;
	for (int missing = 4; missing < 10; missing += 4) {
		beat(&h, 60, 12, 20, 5);
		kept = 0;
		for (size_t i = 0; i < h.n; i++) {
			if (h.t_s[i] > 10 && h.t_s[i] < 10 + missing)
				continue;
			h.t_s[kept] = h.t_s[i];
			h.rr_ms[kept++] = h.rr_ms[i];
		}
		h.n = kept;
		if (missing == 4)
			assert_true(share(&h, 12, 5) >= 0.75);
		else
			assert_true(isnan(share(&h, 12, 5)));
	}
}

static void
the_own_rate_is_found_where_the_heart_s_own_wave_is_larger(void **state)
{
	struct heart h;

	(void)state;
	for (double per_min = 11; per_min < 19; per_min++) {
		beat(&h, 75, per_min, 8, 16);
		assert_near(rhythm_rate(h.t_s, h.rr_ms, h.n, NAN), per_min,
		            0.75);
	}
}

/* 0.1 Hz at three times the size slopes far into the rates of breath. */
static void a_slower_wave_s_slope_hides_no_rate(void **state)
{
	struct heart h;

	(void)state;
	for (double per_min = 16; per_min < 22; per_min++) {
		beat(&h, 75, per_min, 6, 24);
		assert_near(rhythm_rate(h.t_s, h.rr_ms, h.n, NAN), per_min,
		            0.75);
	}
}

static void
no_rate_is_said_that_the_heart_beats_too_seldom_to_show(void **state)
{
	struct heart h;

	(void)state;
	mean_ms = 1200; /* 50/min: up to 25 a minute */
	beat(&h, 75, 22.5, 20, 5);
	assert_near(rhythm_rate(h.t_s, h.rr_ms, h.n, NAN), 22.5, 0.75);
	mean_ms = 1500; /* 40/min: up to 20 a minute */
	beat(&h, 75, 17, 20, 5);
	assert_near(rhythm_rate(h.t_s, h.rr_ms, h.n, NAN), 17, 0.75);
	beat(&h, 75, 22, 20, 5);
	assert_false(rhythm_rate(h.t_s, h.rr_ms, h.n, NAN) > 20.0);
	mean_ms = 857;
}

/* A pacer at 10 that is not followed: what swings near it is not breath. */
static void a_rate_that_is_not_theirs_is_not_said(void **state)
{
	struct heart h;

	(void)state;
	beat(&h, 75, 13, 8, 12);
	assert_near(rhythm_rate(h.t_s, h.rr_ms, h.n, NAN), 13, 0.75);
	assert_near(rhythm_rate(h.t_s, h.rr_ms, h.n, 9.7), 13, 0.75);
	assert_true(isnan(rhythm_rate(h.t_s, h.rr_ms, h.n, 10.5)));
	assert_true(isnan(rhythm_rate(h.t_s, h.rr_ms, h.n, 18)));
	assert_near(rhythm_rate(h.t_s, h.rr_ms, h.n, 20), 13, 0.75);
}

static void no_rate_is_said_of_too_little_or_of_no_breath(void **state)
{
	struct heart h;

	(void)state;
	beat(&h, 39, 14, 20, 5);
	assert_true(isnan(rhythm_rate(h.t_s, h.rr_ms, h.n, NAN)));
	assert_true(isnan(rhythm_rate(h.t_s, h.rr_ms, 0, NAN)));
	beat(&h, 75, 14, 0, 20); /* only the wave of 0.1 Hz */
	assert_true(isnan(rhythm_rate(h.t_s, h.rr_ms, h.n, NAN)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_small_swing_with_the_pacer_is_seen_amid_the_heart_s_own),
		cmocka_unit_test(another_rhythm_is_not_the_pacer_s),
		cmocka_unit_test(
			who_keeps_step_is_locked_and_who_does_not_drifts),
		cmocka_unit_test(fewer_than_four_breaths_are_no_rhythm),
		cmocka_unit_test(holes_are_borne_up_to_a_fifth),
		cmocka_unit_test(
			the_own_rate_is_found_where_the_heart_s_own_wave_is_larger),
		cmocka_unit_test(a_slower_wave_s_slope_hides_no_rate),
		cmocka_unit_test(
			no_rate_is_said_that_the_heart_beats_too_seldom_to_show),
		cmocka_unit_test(a_rate_that_is_not_theirs_is_not_said),
		cmocka_unit_test(no_rate_is_said_of_too_little_or_of_no_breath),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
