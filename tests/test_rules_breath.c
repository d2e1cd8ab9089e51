/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rules of reference/content.md D.5 at their boundary, on both sides of it:
 * R1 to R4 and C.4; R5 is test_rules_meet.c, but for the time of its retry. The
 * figures are put into the machine's hands as the signal would, so that the
 * boundary is exact; whole sessions are in test_session.c. HACKING.md says
 * which test proves which rule.
 */
#include <math.h>

#include "tests/helpers/rule.h"
#include "tests/helpers/test.h"

#define S 1e6

/* --- R1 ------------------------------------------------------------------- */

static void r1_decides_on_ok_and_weak_windows_only(void **state)
{
	struct facts f = rule_seen(50, 60);

	(void)state;
	f.span.quality = QUALITY_WEAK;
	assert_false(listen_unheard(NULL, &f));
	f.span.quality = QUALITY_BAD;
	assert_true(listen_unheard(NULL, &f));
	f.span.quality = QUALITY_NONE;
	assert_true(listen_unheard(NULL, &f));
	f.span.quality = QUALITY_OK;
	assert_false(listen_unheard(NULL, &f));
	f.span.mean_hr_bpm = NAN;
	assert_true(listen_unheard(NULL, &f));
}

static void
r1_an_unheard_window_goes_by_the_clock_and_decides_no_more(void **state)
{
	struct play *p = play_create(3);
	size_t from;

	(void)state;
	play_begin(p);
	play_to_step(p, 5);
	from = p->n;
	p->heart.silent = true;
	play_to_step(p, 6);
	assert_true(play_decision(p, 1, "by_clock", from) >= 0);
	assert_int_equal(play_decision(p, 10, NULL, from), -1);
	assert_int_equal(play_decision(p, 6, NULL, from), -1);
	play_destroy(p);
}

/* --- R2 ------------------------------------------------------------------- */

static void r2_measures_on_over_3_bpm_a_minute_up_to_its_longest(void **state)
{
	struct play *p = rule_at_step(3, 1);
	struct session *s = p->session;
	struct facts f = rule_seen(NAN, NAN);

	(void)state;
	f.span.hr_slope = -3.0;
	assert_false(listen_settling(s, &f));
	f.span.hr_slope = -3.01;
	assert_true(listen_settling(s, &f));
	s->plan[s->i].seconds = 105; /* and 15 are 120 */
	assert_true(listen_settling(s, &f));
	s->plan[s->i].seconds = 106;
	assert_false(listen_settling(s, &f));
	play_destroy(p);
}

/* --- R3 ------------------------------------------------------------------- */

static double starts_at(double own, int *follow)
{
	struct play *p = rule_at_step(3, 1);
	size_t from = p->n;
	double rate;

	p->session->own_per_min = own;
	p->heart.silent = true; /* nothing moves the pacer meanwhile */
	while (play_decision(p, 3, "start", from) < 0)
		play_until(p, (double)p->heart_us / S + 1);
	rate = 60 / p->session->breath.period_s;
	*follow = p->session->breath.follow_left;
	play_destroy(p);
	return rate;
}

/* Their own rate, which the clamp at 20 is slower than, is what they are seen
   to come away from. */
static void r3_quicker_than_20_they_come_along_from_their_own(void **state)
{
	struct play *p = rule_at_step(3, 1);

	(void)state;
	p->session->own_per_min = 23;
	walk_start(p->session);
	assert_near(p->session->breath.period_s, 60 / 20.0, 1e-9);
	assert_near(p->session->breath.own_period_s, 60 / 23.0, 1e-9);
	p->session->own_per_min = 12;
	walk_start(p->session);
	assert_near(p->session->breath.own_period_s, 60 / 12.0, 1e-9);
	play_destroy(p);
}

static void r3_starts_between_9_and_20_and_at_10_if_unknown(void **state)
{
	int follow;

	(void)state;
	/* slower waves are the heart's own, taken for breath */
	assert_near(starts_at(8.9, &follow), 10, 1e-9);
	assert_near(starts_at(9.1, &follow), 9.1, 1e-9);
	assert_near(starts_at(19.9, &follow), 19.9, 1e-9);
	assert_near(starts_at(20.1, &follow), 20, 1e-9);
	assert_near(starts_at(NAN, &follow), 10, 1e-9);
	assert_in_range(follow, 3, 4); /* the first four follow the person */
}

/* --- R4 ------------------------------------------------------------------- */

static bool walks(double adherence, double calm_then, double calm_now)
{
	struct play *p = rule_at_step(3, 2);
	struct session *s = p->session;
	struct estimate e = rule_good(p);
	double before = s->breath.period_s;
	bool walked;

	s->breath.follow_left = 0;
	e.adherence = adherence;
	e.calm = calm_now;
	s->estimate = e;
	s->ticks = 100;
	s->calm_past[(s->ticks - 60) % CALM_MEMORY] = calm_then;
	s->now_us = s->breath.ends_us;
	breath_boundary(s);
	walked = s->breath.period_s > before;
	assert_true(s->breath.period_s <= before + 0.2 + 1e-9);
	play_destroy(p);
	return walked;
}

static void r4_walks_at_three_quarters_adherence_while_calm_holds(void **state)
{
	(void)state;
	assert_true(walks(0.75, 50, 50));
	assert_false(walks(0.74, 50, 50));
	assert_true(walks(1, 60, 50));
	assert_false(walks(1, 60.1, 50));
	assert_false(walks(1, 80, 59.9));
	assert_true(walks(1, 80, 60)); /* calm enough, R7 */
}

static void r4_holds_a_breath_after_each_full_second(void **state)
{
	struct play *p = rule_at_step(3, 2);
	struct session *s = p->session;
	double gained = 0, last = s->breath.period_s;
	int held = 0;

	(void)state;
	s->breath.follow_left = 0;
	s->breath.slower = 4;
	for (int k = 0; k < 12; k++) {
		s->estimate = rule_good(p);
		s->now_us = s->breath.ends_us;
		breath_boundary(s);
		held += s->breath.period_s < last + 1e-9;
		gained += s->breath.period_s - last;
		last = s->breath.period_s;
	}
	assert_int_equal(held, 2); /* five of 0.2 s, one held, twice */
	assert_near(gained, 2.0, 1e-9);
	play_destroy(p);
}

/* Step 2 of 90 s, at its end; 150 are its longest, 60 more. */
static bool longer(struct play *p, double adherence, double period_s)
{
	struct session *s = p->session;

	s->breath.follow_left = 0;
	s->estimate = rule_good(p);
	s->estimate.adherence = adherence;
	s->breath.period_s = period_s;
	return walk_longer(s);
}

static void r4_gives_a_walk_the_step_s_longest_time(void **state)
{
	struct play *p = rule_at_step(3, 2);
	struct session *s = p->session;

	(void)state;
	assert_false(longer(p, 1, 60 / 6.0)); /* it is there */
	s->breath.meeting = true;
	s->breath.meets = 2;
	assert_false(longer(p, 1, 6)); /* nobody comes along, and no retry */
	s->breath.meeting = false;
	s->breath.meets = 0;
	s->plan[5].seconds += 226; /* no time is left, R13 */
	assert_false(longer(p, 1, 6));
	s->plan[5].seconds -= 226;
	assert_true(longer(p, 1, 6));
	assert_near(s->plan[s->i].seconds, 150, 0);
	assert_false(longer(p, 1, 6)); /* once a step */
	play_destroy(p);
}

static void r5_has_the_walk_s_longest_time_for_its_one_retry(void **state)
{
	struct play *p = rule_at_step(3, 2);
	struct session *s = p->session;
	struct facts f = {0};

	(void)state;
	walk_meet(s, &f);
	breath_turned(s); /* C.5 keeps it from walking just now */
	assert_true(longer(p, 0.2, 6));
	assert_near(s->plan[s->i].seconds, 150, 0);
	walk_meet(s, &f); /* again: what was given is taken back */
	assert_near(s->plan[s->i].seconds, 90, 0);
	play_destroy(p);
}

static void r4_takes_back_what_a_walk_that_arrived_does_not_need(void **state)
{
	struct play *p = rule_at_step(3, 2);
	struct session *s = p->session;

	(void)state;
	assert_true(longer(p, 1, 60 / 6.05));
	for (int k = 0; k < 3; k++) {
		s->estimate = rule_good(p);
		s->breath.slower = 4;
		s->now_us = s->breath.ends_us;
		breath_boundary(s);
	}
	assert_true(s->breath.arrived);
	assert_near(s->plan[s->i].seconds, 90, 0);
	play_destroy(p);
}

static void r4_walks_on_in_each_step_that_goes_to_the_target(void **state)
{
	static const int steps[] = {2, 6, 9, 10, 11, 12, 13};
	static const bool walks[] = {true, false, true, true,
	                             true, false, true};

	(void)state;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct play *p = rule_at_step(3, steps[i]);

		p->session->part = p->session->parts - 1;
		assert_int_equal(longer(p, 1, 6), walks[i]);
		assert_int_equal(rule_next_is_slower(p), walks[i]);
		play_destroy(p);
	}
}

static void r4_keeps_hands_no_longer_for_who_does_not_go_along(void **state)
{
	static const int steps[] = {2, 10};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct play *p = rule_at_step(3, steps[i]);
		struct session *s = p->session;
		bool named = steps_allow(s, 4);

		s->part = s->parts - 1;
		assert_int_equal(longer(p, 0.49, 6), named);
		s->plan[s->i].adapted = false;
		if (named)
			steps_set_length(s, s->breath.planned_s);
		s->breath.meeting = true; /* the pacer is on its way to them */
		assert_true(longer(p, 0.49, 6));
		play_destroy(p);
	}
}

/* The next step that walks goes on with it at once: a walk is one adaptation
   (R13). */
static void r4_says_where_a_walk_stands_when_its_step_is_over(void **state)
{
	struct play *p = rule_at_step(3, 2);
	struct session *s = p->session;
	size_t from = p->n;

	(void)state;
	assert_true(rule_next_is_slower(p));
	assert_true(play_decision(p, 4, "walk", from) >= 0);
	s->i = 2;
	walk_step_begins(s);
	assert_true(play_decision(p, 4, "walk_pause", from) >= 0);
	assert_false(rule_next_is_slower(p));
	from = p->n;
	walk_step_begins(s); /* said once */
	assert_int_equal(play_decision(p, 4, NULL, from), -1);
	coach_adapted(s); /* as R6 does in the window before */
	s->i = 8;
	walk_step_begins(s);
	assert_true(rule_next_is_slower(p));
	assert_true(play_decision(p, 4, "walk", from) >= 0);
	play_destroy(p);
}

/* C.5 */
static void
r4_slows_again_only_60_s_after_the_pace_was_made_quicker(void **state)
{
	for (int late = 0; late < 2; late++) {
		struct play *p = rule_at_step(3, 2);
		struct session *s = p->session;
		double before;

		(void)state;
		s->breath.follow_left = 0;
		s->estimate = rule_good(p);
		play_word(p, WORD_EASIER);
		s->eased = false; /* as in the step after */
		s->adapted_us = MACHINE_NEVER;
		s->estimate = rule_good(p);
		before = s->breath.period_s;
		s->now_us = s->breath.turned_us + (late ? 60 : 59) * MACHINE_S;
		breath_boundary(s);
		assert_int_equal(s->breath.period_s > before, late);
		play_destroy(p);
	}
}

/* --- C.4 ------------------------------------------------------------------ */

static bool rests(int sessions, double slow_s)
{
	struct play *p = rule_at_step(sessions, 9);
	struct estimate e = rule_good(p);
	size_t from;
	bool rested;

	p->session->breath.slow_s = slow_s;
	from = rule_hold(p, 0, &e);
	rested = play_decision(p, 4, "natural", from) >= 0;
	if (rested) {
		double t_s = (double)p->heart_us / S;

		assert_false(p->session->breath.on);
		play_until(p, t_s + 29);
		assert_false(p->session->breath.on);
		play_until(p, t_s + 31);
		assert_true(p->session->breath.on);
		play_until(p, t_s + 45);
		assert_true(play_said(p, "cue.not_deep", from) >= 0);
	}
	play_destroy(p);
	return rested;
}

static void
r4_new_people_breathe_as_they_like_after_5_slow_minutes(void **state)
{
	(void)state;
	assert_false(rests(2, 299));
	assert_true(rests(2, 300));
	assert_false(rests(3, 300)); /* practised: their fourth session */
}

static void r4_only_breaths_at_6_5_a_minute_or_slower_are_slow(void **state)
{
	static const double rates[] = {6.6, 6.5};

	for (int slow = 0; slow < 2; slow++) {
		struct play *p = rule_at_step(3, 2);
		struct session *s = p->session;

		(void)state;
		s->estimate = rule_good(p);
		s->estimate.adherence = 0.6; /* it stays where it is */
		breath_begin(s, 60 / rates[slow]);
		s->now_us = s->breath.ends_us;
		breath_boundary(s);
		assert_int_equal(s->breath.slow_s > 0, slow);
		play_destroy(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(r1_decides_on_ok_and_weak_windows_only),
		cmocka_unit_test(
			r1_an_unheard_window_goes_by_the_clock_and_decides_no_more),
		cmocka_unit_test(
			r2_measures_on_over_3_bpm_a_minute_up_to_its_longest),
		cmocka_unit_test(
			r3_starts_between_9_and_20_and_at_10_if_unknown),
		cmocka_unit_test(
			r3_quicker_than_20_they_come_along_from_their_own),
		cmocka_unit_test(
			r4_walks_at_three_quarters_adherence_while_calm_holds),
		cmocka_unit_test(r4_holds_a_breath_after_each_full_second),
		cmocka_unit_test(r4_gives_a_walk_the_step_s_longest_time),
		cmocka_unit_test(
			r5_has_the_walk_s_longest_time_for_its_one_retry),
		cmocka_unit_test(
			r4_takes_back_what_a_walk_that_arrived_does_not_need),
		cmocka_unit_test(
			r4_walks_on_in_each_step_that_goes_to_the_target),
		cmocka_unit_test(
			r4_keeps_hands_no_longer_for_who_does_not_go_along),
		cmocka_unit_test(
			r4_says_where_a_walk_stands_when_its_step_is_over),
		cmocka_unit_test(
			r4_slows_again_only_60_s_after_the_pace_was_made_quicker),
		cmocka_unit_test(
			r4_new_people_breathe_as_they_like_after_5_slow_minutes),
		cmocka_unit_test(
			r4_only_breaths_at_6_5_a_minute_or_slower_are_slow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
