/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rules of reference/content.md D.5 at their boundary, on both sides of it:
 * R6 to R10. The figures are put into the machine's hands as the signal would,
 * so that the boundary is exact; whole sessions are in test_session.c.
 * HACKING.md says which test proves which rule.
 */
#include <math.h>

#include "tests/helpers/rule.h"
#include "tests/helpers/test.h"

#define S 1e6

/* --- R6 ------------------------------------------------------------------- */

static void r6_extends_from_a_rise_of_8_that_lasts_to_its_end(void **state)
{
	struct play *p = rule_at_step(3, 5);
	struct facts f = rule_seen(50, 58);

	(void)state;
	assert_true(listen_rose(p->session, &f));
	f.calm = 57.9;
	assert_false(listen_rose(p->session, &f));
	f.calm = 58;
	f.last_bpm = f.first_bpm + 0.01; /* less settled at its end */
	assert_false(listen_rose(p->session, &f));
	f.last_bpm = NAN;
	assert_false(listen_rose(p->session, &f));
	play_destroy(p);
}

static void r6_finds_no_room_in_a_step_that_was_adapted(void **state)
{
	struct play *p = rule_at_step(3, 5);
	struct facts f = rule_seen(50, 60);

	(void)state;
	for (size_t i = 0; i < p->routine->n_steps; i++)
		p->session->plan[i].adapted = true;
	assert_false(listen_rose(p->session, &f));
	play_destroy(p);
}

/* What has settled a person, of two of extend_order's steps: 9
   (suboccipital_fingers), which comes first, and 6 (trap_hold). */
struct settled {
	unsigned n9, n6;
	double low9, high9, low6, high6, rating9;
};

static void remember(struct play *p, const struct settled *w)
{
	struct session_profile *at = &p->session->start.profile;

	at->n_uses = 2;
	at->uses[0] = (struct session_use){.technique = "suboccipital_fingers",
	                                   .rating = w->rating9,
	                                   .settled_n = w->n9,
	                                   .settled_low = w->low9,
	                                   .settled_high = w->high9};
	at->uses[1] = (struct session_use){.technique = "trap_hold",
	                                   .rating = NAN,
	                                   .settled_n = w->n6,
	                                   .settled_low = w->low6,
	                                   .settled_high = w->high6};
}

/* Return: the step that is made longer. */
static int extended(const struct settled *w, double *ret_low)
{
	struct play *p = rule_at_step(3, 5);
	struct facts f = rule_seen(50, 60);
	size_t from = p->n;
	int i, n;

	remember(p, w);
	assert_true(listen_rose(p->session, &f));
	listen_extend(p->session, &f);
	i = play_decision(p, 6, "extend", from);
	assert_true(i >= 0);
	n = (int)play_figure(p, i, "step");
	*ret_low = play_figure(p, i, "settled_low");
	play_destroy(p);
	return n;
}

static void
r6_extends_first_what_settled_this_person_where_that_is_sure(void **state)
{
	static const struct {
		struct settled what;
		int step;
	} cases[] = {
		/* nothing is known */
		{{0, 0, NAN, NAN, NAN, NAN, NAN}, 9},
		/* apart, of five times each */
		{{5, 5, 1, 3.9, 4, 8, NAN}, 6},
		/* too few, of the one or of the other */
		{{5, 4, 1, 3.9, 4, 8, NAN}, 9},
		{{4, 5, 1, 3.9, 4, 8, NAN}, 9},
		{{0, 50, NAN, NAN, 4, 8, NAN}, 9},
		/* the intervals touch */
		{{50, 50, 1, 4, 4, 8, NAN}, 9},
		/* less stirred up is not settled */
		{{9, 9, -9, -5, -3, -1, NAN}, 9},
		{{9, 9, -9, -5, 0.1, 1, NAN}, 6},
		/* the first is the better one anyway */
		{{9, 9, 9, 12, 4, 8, NAN}, 9},
		/* what the person said comes first */
		{{9, 9, 1, 3.9, 4, 8, 3}, 9},
	};
	double low;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(extended(&cases[i].what, &low), cases[i].step);
		/* told only where it decided */
		if (cases[i].step == 6)
			assert_near(low, cases[i].what.low6, 0);
		else
			assert_true(isnan(low));
	}
}

/* --- R7 ------------------------------------------------------------------- */

static bool moves_on(double calm, double slope, double seconds)
{
	struct play *p = rule_at_step(3, 9);
	struct session *s = p->session;
	struct estimate e = rule_good(p);
	size_t from;
	bool moved;

	s->breath.arrived = true;
	s->plan[s->i].seconds = 180; /* it was made longer */
	e.calm = calm;
	e.hr_slope = slope;
	from = rule_hold(p, seconds, &e);
	moved = play_decision(p, 7, "enough_plateau", from) >= 0;
	if (moved)
		assert_true(s->plan[s->i].seconds >= steps_now(s)->s.target);
	play_destroy(p);
	return moved;
}

static void r7_has_enough_at_calm_60_and_a_flat_heart_for_60_s(void **state)
{
	(void)state;
	assert_true(moves_on(60, 0.99, 60));
	assert_false(moves_on(59.9, 0.99, 60));
	assert_false(moves_on(60, 1.0, 60));
	assert_false(moves_on(60, 0.99, 59));
}

static void
r7_takes_back_after_two_windows_that_rise_by_less_than_3(void **state)
{
	struct play *p = rule_at_step(3, 5);
	struct session *s = p->session;
	struct facts f = rule_seen(50, 52.9);

	(void)state;
	s->windows_flat = 0;
	assert_false(listen_flat(s, &f)); /* the first one */
	s->windows_flat = 1;
	assert_true(listen_flat(s, &f));
	f.calm = 53;
	assert_false(listen_flat(s, &f));
	f.calm = NAN;
	assert_false(listen_flat(s, &f));
	play_destroy(p);
}

/* --- R8 ------------------------------------------------------------------- */

static bool backs_off(int step, double over_bpm, double seconds,
                      enum quality quality)
{
	struct play *p = rule_at_step(3, step);
	struct session *s = p->session;
	struct estimate e = rule_good(p);
	size_t from;
	bool did;

	s->calm.baseline.hr_s = 2;
	e.quality = quality;
	e.hr_bpm = s->calm.baseline.hr_bpm + over_bpm;
	from = rule_hold(p, seconds, &e);
	did = play_decision(p, 8, "back_off", from) >= 0;
	play_destroy(p);
	return did;
}

static void r8_backs_off_over_8_bpm_for_20_s_on_an_ok_signal(void **state)
{
	(void)state;
	assert_true(backs_off(6, 8.01, 20, QUALITY_OK));
	assert_false(backs_off(6, 8.0, 20, QUALITY_OK));
	assert_false(backs_off(6, 8.01, 19, QUALITY_OK));
	assert_false(backs_off(6, 20, 60, QUALITY_WEAK));
	/* arms up: no look at the heart there */
	assert_false(backs_off(4, 20, 60, QUALITY_OK));
}

static void r8_waits_for_3_spreads_of_who_varies_more(void **state)
{
	struct play *p = rule_at_step(3, 6);
	struct session *s = p->session;
	struct facts f = {0};

	(void)state;
	s->estimate = rule_good(p);
	s->calm.baseline.hr_s = 4; /* three of them are 12 */
	s->estimate.hr_bpm = s->calm.baseline.hr_bpm + 12;
	assert_false(guard_races(s, &f));
	s->estimate.hr_bpm += 0.01;
	assert_true(guard_races(s, &f));
	play_destroy(p);
}

static void r8_sees_no_beat_from_while_the_arms_were_up(void **state)
{
	struct play *p = rule_at_step(3, 6);
	struct session *s = p->session;
	struct facts f = {0};
	double seen_s = fmax(15, 2 * s->breath.period_s) + s->breath.period_s;

	(void)state;
	s->estimate = rule_good(p);
	s->estimate.hr_bpm += 30;
	s->still_us = s->now_us - (uint64_t)(seen_s * S) - 1000;
	assert_true(guard_races(s, &f));
	s->still_us += 2000;
	assert_false(guard_races(s, &f));
	play_destroy(p);
}

static void r8_backs_off_when_calm_falls_by_15_across_two_windows(void **state)
{
	struct play *p = rule_at_step(3, 8);
	struct facts f = rule_seen(50, 45);

	(void)state;
	f.before_that = 60;
	assert_true(guard_calm_falls(p->session, &f));
	f.calm = 45.1;
	assert_false(guard_calm_falls(p->session, &f));
	f.calm = 45;
	f.before = 44.9; /* it rose in the last one */
	assert_false(guard_calm_falls(p->session, &f));
	f.before = 60.1; /* and here before it */
	assert_false(guard_calm_falls(p->session, &f));
	play_destroy(p);
}

static void r8_softens_leaves_out_what_is_firm_and_sighs(void **state)
{
	struct play *p = rule_at_step(3, 5);
	struct session *s = p->session;
	struct estimate e = rule_good(p);
	double before = 60 / s->breath.period_s;
	size_t from;

	(void)state;
	e.hr_bpm += 20;
	from = rule_hold(p, 20, &e);
	assert_int_equal(s->backed_off, 1);
	assert_true(s->eased);
	/* 6 is firm and next; 7 has skip_if: [R8] */
	assert_true(play_decision(p, 8, "leave_out", from) >= 0);
	assert_true(steps_dropped(s, routine_step(p->routine, 6)));
	assert_true(steps_dropped(s, routine_step(p->routine, 7)));
	assert_false(steps_dropped(s, routine_step(p->routine, 8)));
	for (int k = 0; k < 3; k++) {
		s->now_us = s->breath.ends_us;
		breath_boundary(s);
		assert_near((double)(s->breath.ends_us - s->breath.began_us) /
		                    S,
		            9, 1e-6);
	}
	s->now_us = s->breath.ends_us;
	s->estimate = rule_good(p);
	breath_boundary(s);
	assert_near(60 / s->breath.period_s, before + 0.5, 1e-9);
	play_destroy(p);
}

static void r8_sighs_with_nobody_who_should_not(void **state)
{
	static const enum flag flags[] = {FLAG_PANIC, FLAG_PREG, FLAG_LUNG};

	(void)state;
	for (int k = -1; k < 3; k++)
		for (int sessions = 0; sessions < 4; sessions += 3) {
			struct play *p = rule_at_step(sessions, 5);
			bool may = k < 0 && sessions == 3; /* floor 6 */

			if (k >= 0)
				p->session->flags |= flag_bit(flags[k]);
			breath_ease(p->session);
			assert_int_equal(p->session->breath.sighs, may ? 3 : 0);
			play_destroy(p);
		}
}

static void r8_twice_leads_by_breathing_alone_to_the_end(void **state)
{
	struct play *p = rule_at_step(3, 6);
	struct session *s = p->session;
	struct estimate e = rule_good(p);
	double breathed = 0;
	const struct event *end;
	size_t from;

	(void)state;
	e.hr_bpm += 20;
	rule_hold(p, 20, &e);
	s->adapted_us = MACHINE_NEVER;
	from = rule_hold(p, 20, &e);
	assert_true(play_decision(p, 8, "back_off_close", from) >= 0);
	s->estimate = rule_good(p);
	end = play_to_end(p);
	assert_int_equal(end->end.result, RESULT_CLOSED_EARLY);
	assert_int_equal(end->end.rule, 8);
	for (size_t i = from; i < p->n; i++) {
		const struct event *e2 = &p->log[i];

		if (e2->kind != EVENT_STEP || !e2->step.begin)
			continue;
		/* a window, a minute of breathing, the measurement */
		assert_true(e2->step.n == 8 || e2->step.n == 2 ||
		            e2->step.n == 14);
		if (e2->step.n == 2)
			breathed = e2->step.seconds;
	}
	assert_near(breathed, 60, 0);
	play_destroy(p);
}

/* --- R9 ------------------------------------------------------------------- */

static void r9_easier_is_one_a_minute_and_no_faster_than_20(void **state)
{
	static const double rates[][2] = {{7, 8}, {19, 20}, {19.5, 20}};

	(void)state;
	for (int k = 0; k < 3; k++) {
		struct play *p = rule_at_step(3, 6);

		breath_begin(p->session, 60 / rates[k][0]);
		play_word(p, WORD_EASIER);
		assert_near(60 / p->session->breath.period_s, rates[k][1],
		            1e-9);
		assert_true(p->session->eased);
		play_to_step(p, 8);
		assert_false(p->session->eased); /* for that step alone */
		play_destroy(p);
	}
}

static void r9_no_rule_takes_back_what_the_person_said(void **state)
{
	struct play *p = rule_at_step(3, 9);
	struct session *s = p->session;
	double said;

	(void)state;
	play_word(p, WORD_EASIER);
	said = s->breath.period_s;
	for (int k = 0; k < 15; k++) { /* to the end of the step */
		s->estimate = rule_good(p);
		s->breath.slower = 4;
		s->now_us = s->breath.ends_us;
		breath_boundary(s);
		assert_near(s->breath.period_s, said, 1e-9);
	}
	assert_true(s->now_us - s->breath.turned_us > 60 * MACHINE_S);
	p->heart_us = s->now_us;
	play_word(p, WORD_STOP);
	assert_int_equal(play_last(p, EVENT_END)->end.result, RESULT_STOPPED);
	play_destroy(p);
}

/* --- R10 ------------------------------------------------------------------ */

static void r10_compares_a_window_with_the_window_before(void **state)
{
	struct play *p = rule_at_step(3, 5);
	struct session *s = p->session;
	struct facts f = rule_seen(50, 58);
	size_t from = p->n;

	(void)state;
	listen_compare(s, &f);
	assert_true(play_decision(p, 10, "rose", from) >= 0);
	f.calm = 57.9;
	listen_compare(s, &f);
	assert_true(play_decision(p, 10, "keep", from) >= 0);
	/* hands-on time in between changes nothing of it */
	listen_remember(s, &f);
	assert_near(s->window_calm[0], 57.9, 0);
	s->estimate = rule_good(p);
	s->estimate.calm = 10;
	listen_facts(s, &f);
	assert_near(f.before, 57.9, 0);
	play_destroy(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			r6_extends_from_a_rise_of_8_that_lasts_to_its_end),
		cmocka_unit_test(r6_finds_no_room_in_a_step_that_was_adapted),
		cmocka_unit_test(
			r6_extends_first_what_settled_this_person_where_that_is_sure),
		cmocka_unit_test(
			r7_has_enough_at_calm_60_and_a_flat_heart_for_60_s),
		cmocka_unit_test(
			r7_takes_back_after_two_windows_that_rise_by_less_than_3),
		cmocka_unit_test(
			r8_backs_off_over_8_bpm_for_20_s_on_an_ok_signal),
		cmocka_unit_test(r8_waits_for_3_spreads_of_who_varies_more),
		cmocka_unit_test(r8_sees_no_beat_from_while_the_arms_were_up),
		cmocka_unit_test(
			r8_backs_off_when_calm_falls_by_15_across_two_windows),
		cmocka_unit_test(r8_softens_leaves_out_what_is_firm_and_sighs),
		cmocka_unit_test(r8_sighs_with_nobody_who_should_not),
		cmocka_unit_test(r8_twice_leads_by_breathing_alone_to_the_end),
		cmocka_unit_test(
			r9_easier_is_one_a_minute_and_no_faster_than_20),
		cmocka_unit_test(r9_no_rule_takes_back_what_the_person_said),
		cmocka_unit_test(r10_compares_a_window_with_the_window_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
