/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * R5 of reference/content.md D.5 at its boundaries, on both sides of them, as
 * in test_rules_breath.c. HACKING.md says which test proves which rule.
 */
#include "tests/helpers/rule.h"
#include "tests/helpers/test.h"

#define S 1e6

static bool meets_in(int step, double adherence, double seconds)
{
	struct play *p = rule_at_step(3, step);
	struct estimate e = rule_good(p);
	size_t from;
	bool met;

	p->session->breath.follow_left = 0;
	steps_set_length(p->session, 2 * seconds);
	e.adherence = adherence;
	from = rule_hold(p, seconds, &e);
	met = play_decision(p, 5, "meet", from) >= 0;
	play_destroy(p);
	return met;
}

static bool meets(double adherence, double seconds)
{
	return meets_in(2, adherence, seconds);
}

static void r5_meets_below_half_adherence_for_30_s(void **state)
{
	(void)state;
	assert_true(meets(0.49, 30));
	assert_false(meets(0.49, 29));
	assert_false(meets(0.50, 60));
}

/* D.5 names no step for it: wherever a pacer leads, but where hands hide the
   heart (R1). */
static void r5_meets_wherever_the_breath_can_be_seen(void **state)
{
	(void)state;
	assert_true(meets_in(3, 0.49, 30));
	assert_false(meets_in(3, 0.49, 29));
	assert_true(meets_in(8, 0.49, 30));   /* listening, hands in the lap */
	assert_false(meets_in(4, 0.49, 60));  /* sig: poor */
	assert_false(meets_in(14, 0.49, 60)); /* nobody is paced */
}

static bool retries(double after_s, double adherence, int meets_so_far)
{
	struct play *p = rule_at_step(3, 2);
	struct session *s = p->session;
	struct facts f = {0};
	bool again;

	s->estimate = rule_good(p);
	s->breath.meeting = true;
	s->breath.meets = meets_so_far;
	s->breath.meet_us = s->now_us;
	s->now_us += (uint64_t)(after_s * S);
	s->estimate.adherence = adherence;
	again = walk_found(s, &f);
	play_destroy(p);
	return again;
}

static void r5_retries_the_walk_once_and_after_60_s(void **state)
{
	(void)state;
	assert_true(retries(60, 0.75, 1));
	assert_false(retries(59, 0.75, 1));
	assert_false(retries(60, 0.74, 1));
	assert_false(retries(60, 0.75, 2));
}

/* In any step, and as far as the walk was to go that was broken off. */
static void r5_walks_once_more_where_a_step_would_hold(void **state)
{
	struct play *p = rule_at_step(3, 6);
	struct session *s = p->session;
	struct facts f = {0};

	(void)state;
	assert_false(rule_next_is_slower(p));
	s->breath.walk_i = 1;
	walk_meet(s, &f);
	walk_retry(s, &f);
	s->adapted_us = MACHINE_NEVER;
	assert_true(rule_next_is_slower(p));
	assert_near(walk_floor_s(s), 60 / 6.0, 1e-9);
	p->routine->steps[1].floor_per_min = 7;
	assert_near(walk_floor_s(s), 60 / 7.0, 1e-9);
	s->i = 3; /* sig: poor: the hands hide the heart */
	assert_false(rule_next_is_slower(p));
	s->i = 5;
	s->breath.period_s = 60 / 7.0;
	assert_false(rule_next_is_slower(p));
	s->breath.period_s = 60 / 12.0; /* once: it has arrived */
	assert_false(rule_next_is_slower(p));
	play_destroy(p);
}

static void r5_tries_each_walk_once_more(void **state)
{
	struct play *p = rule_at_step(3, 9);
	struct session *s = p->session;
	struct facts f = {0};

	(void)state;
	walk_meet(s, &f);
	walk_retry(s, &f);
	walk_meet(s, &f);
	assert_int_equal(s->breath.meets, 2);
	walk_step_begins(s); /* after a pause of it: the same walk */
	assert_int_equal(s->breath.meets, 2);
	s->i++;
	walk_step_begins(s);
	assert_int_equal(s->breath.meets, 1); /* it meets them still */
	play_destroy(p);
}

/* The pacer's breath after one of @from_s, @seconds into meeting somebody whose
   breath is not seen and was not at rest. */
static double unseen(double from_s, double seconds)
{
	struct play *p = rule_at_step(3, 2);
	struct session *s = p->session;
	struct facts f = {0};
	double next_s;

	walk_meet(s, &f);
	s->breath.own_known = false;
	s->breath.follow_left = 0;
	breath_begin(s, from_s);
	s->estimate = rule_good(p);
	s->estimate.adherence = 0.2;
	s->now_us = s->breath.ends_us;
	s->breath.meet_us = s->now_us - (uint64_t)(seconds * S);
	breath_boundary(s);
	next_s = s->breath.period_s;
	play_destroy(p);
	return next_s;
}

static void r5_leads_by_the_clock_whom_it_cannot_meet(void **state)
{
	(void)state;
	assert_near(unseen(6, 59), 6, 1e-9);   /* 10 a minute */
	assert_near(unseen(6, 60), 6.2, 1e-9); /* to 8 */
	assert_near(unseen(7.5, 90), 7.5, 1e-9);
}

static void r5_comes_by_0_4_s_a_breath_until_they_go_along(void **state)
{
	struct play *p = rule_at_step(3, 2);
	struct session *s = p->session;
	double before;

	(void)state;
	breath_begin(s, 10);
	s->breath.follow_left = 0;
	s->breath.meeting = true;
	s->breath.meets = 2;
	s->estimate = rule_good(p);
	s->estimate.adherence = 0.74;
	s->estimate.breaths_per_min = 15;
	before = s->breath.period_s;
	s->now_us = s->breath.ends_us;
	breath_boundary(s);
	assert_near(before - s->breath.period_s, 0.4, 1e-9);
	breath_begin(s, 4.8); /* a quarter of the way: no rate is overshot */
	s->now_us = s->breath.ends_us;
	breath_boundary(s);
	assert_near(s->breath.period_s, 4.6, 1e-9);
	s->estimate.adherence = 0.75; /* met, wherever that is */
	s->now_us = s->breath.ends_us;
	breath_boundary(s);
	assert_near(s->breath.period_s, 4.6, 1e-9);
	play_destroy(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(r5_meets_below_half_adherence_for_30_s),
		cmocka_unit_test(r5_meets_wherever_the_breath_can_be_seen),
		cmocka_unit_test(r5_retries_the_walk_once_and_after_60_s),
		cmocka_unit_test(r5_walks_once_more_where_a_step_would_hold),
		cmocka_unit_test(r5_tries_each_walk_once_more),
		cmocka_unit_test(r5_leads_by_the_clock_whom_it_cannot_meet),
		cmocka_unit_test(
			r5_comes_by_0_4_s_a_breath_until_they_go_along),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
