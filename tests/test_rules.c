/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Each rule of reference/content.md D.5 at its boundary, on both sides of it.
 * The figures are put into the machine's hands as the signal would, so that
 * the boundary is exact; whole sessions are in test_session.c. HACKING.md
 * says which test proves which rule.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "session/rules.h"
#include "tests/helpers/play.h"
#include "tests/helpers/test.h"

#define S 1e6

/* --- a session with its figures in hand ------------------------------------
 */

static struct play *at_step(int sessions, int n)
{
	struct play *p = play_create(sessions);
	const struct calm_baseline rest = {
		.hr_bpm = 70, .hr_s = 2, .ln_rmssd = 3, .ln_s = 0.2};

	p->heart.rsa_bpm = 1;
	p->heart.noise_ms = 2;
	p->start.settings.from_step = n;
	play_begin(p);
	play_until(p, 1.5);
	assert_int_equal(steps_now(p->session)->n, n);
	if (n > 1) { /* as if step 1 had measured */
		calm_set_baseline(&p->session->calm, &rest);
		p->session->recheck = true;
		p->session->breath.follow_left = 0;
	}
	p->session->ear.heard = true;
	/* the 45 s of R13 are over, and no clock runs yet */
	p->session->adapted_us = MACHINE_NEVER;
	coach_open(p->session);
	/* long since; before the session's begin the clock wraps */
	p->session->still_us = p->session->now_us - 100 * MACHINE_S;
	p->session->word_us = p->session->still_us;
	return p;
}

static struct estimate good(const struct play *p)
{
	struct estimate e;

	estimate_none(&e, p->session->now_us);
	e.quality = QUALITY_OK;
	e.hr_bpm = p->session->calm.baseline.hr_bpm;
	e.calm = 50;
	e.hr_slope = 0;
	e.adherence = e.follow = 1;
	return e;
}

/* @seconds on, one estimate each, which is the same. Return: log index. */
static size_t hold(struct play *p, double seconds, const struct estimate *e)
{
	size_t from = p->n;

	for (int k = 0; k <= (int)seconds; k++) {
		p->session->estimate = *e;
		p->session->ear.last_beat_us = p->session->now_us;
		coach_act(p->session, MOMENT_TICK);
		if (k < (int)seconds)
			p->session->now_us += MACHINE_S;
	}
	p->heart_us = p->session->now_us;
	return from;
}

static struct facts seen(double before, double now)
{
	return (struct facts){.span = {.quality = QUALITY_OK,
	                               .mean_hr_bpm = 70,
	                               .hr_slope = 0},
	                      .calm = now,
	                      .before = before,
	                      .before_that = before,
	                      .first_bpm = 70,
	                      .last_bpm = 70};
}

/* --- R1 ------------------------------------------------------------------- */

static void r1_decides_on_ok_and_weak_windows_only(void **state)
{
	struct facts f = seen(50, 60);

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
	struct play *p = at_step(3, 1);
	struct session *s = p->session;
	struct facts f = seen(NAN, NAN);

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
	struct play *p = at_step(3, 1);
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
	struct play *p = at_step(3, 2);
	struct session *s = p->session;
	struct estimate e = good(p);
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
	struct play *p = at_step(3, 2);
	struct session *s = p->session;
	double gained = 0, last = s->breath.period_s;
	int held = 0;

	(void)state;
	s->breath.follow_left = 0;
	s->breath.slower = 4;
	for (int k = 0; k < 12; k++) {
		s->estimate = good(p);
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
	s->estimate = good(p);
	s->estimate.adherence = adherence;
	s->breath.period_s = period_s;
	return breath_longer(s);
}

static void r4_gives_a_walk_the_step_s_longest_time(void **state)
{
	struct play *p = at_step(3, 2);
	struct session *s = p->session;

	(void)state;
	assert_false(longer(p, 1, 60 / 6.0)); /* it is there */
	s->breath.meeting = true;
	assert_false(longer(p, 1, 6)); /* nobody comes along */
	s->breath.meeting = false;
	s->plan[5].seconds += 226; /* no time is left, R13 */
	assert_false(longer(p, 1, 6));
	s->plan[5].seconds -= 226;
	assert_true(longer(p, 1, 6));
	assert_near(s->plan[s->i].seconds, 150, 0);
	assert_false(longer(p, 1, 6)); /* once a step */
	play_destroy(p);
}

static void r4_takes_back_what_a_walk_that_arrived_does_not_need(void **state)
{
	struct play *p = at_step(3, 2);
	struct session *s = p->session;

	(void)state;
	assert_true(longer(p, 1, 60 / 6.05));
	for (int k = 0; k < 3; k++) {
		s->estimate = good(p);
		s->breath.slower = 4;
		s->now_us = s->breath.ends_us;
		breath_boundary(s);
	}
	assert_true(s->breath.arrived);
	assert_near(s->plan[s->i].seconds, 90, 0);
	play_destroy(p);
}

/* C.5 */
static void
r4_slows_again_only_60_s_after_the_pace_was_made_quicker(void **state)
{
	for (int late = 0; late < 2; late++) {
		struct play *p = at_step(3, 2);
		struct session *s = p->session;
		double before;

		(void)state;
		s->breath.follow_left = 0;
		s->estimate = good(p);
		play_word(p, WORD_EASIER);
		s->adapted_us = MACHINE_NEVER;
		s->estimate = good(p);
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
	struct play *p = at_step(sessions, 9);
	struct estimate e = good(p);
	size_t from;
	bool rested;

	p->session->breath.slow_s = slow_s;
	from = hold(p, 0, &e);
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
		struct play *p = at_step(3, 2);
		struct session *s = p->session;

		(void)state;
		s->estimate = good(p);
		s->estimate.adherence = 0.6; /* it stays where it is */
		breath_begin(s, 60 / rates[slow]);
		s->now_us = s->breath.ends_us;
		breath_boundary(s);
		assert_int_equal(s->breath.slow_s > 0, slow);
		play_destroy(p);
	}
}

/* --- R5 ------------------------------------------------------------------- */

static bool meets(double adherence, double seconds)
{
	struct play *p = at_step(3, 2);
	struct estimate e = good(p);
	size_t from;
	bool met;

	p->session->breath.follow_left = 0;
	e.adherence = adherence;
	from = hold(p, seconds, &e);
	met = play_decision(p, 5, "meet", from) >= 0;
	play_destroy(p);
	return met;
}

static void r5_meets_below_half_adherence_for_30_s(void **state)
{
	(void)state;
	assert_true(meets(0.49, 30));
	assert_false(meets(0.49, 29));
	assert_false(meets(0.50, 60));
}

static bool retries(double after_s, double adherence, int meets_so_far)
{
	struct play *p = at_step(3, 2);
	struct session *s = p->session;
	struct facts f = {0};
	bool again;

	s->estimate = good(p);
	s->breath.meeting = true;
	s->breath.meets = meets_so_far;
	s->breath.meet_us = s->now_us;
	s->now_us += (uint64_t)(after_s * S);
	s->estimate.adherence = adherence;
	again = breath_found(s, &f);
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

static void r5_comes_to_the_person_by_0_4_s_a_breath_at_most(void **state)
{
	struct play *p = at_step(3, 2);
	struct session *s = p->session;
	double before;

	(void)state;
	breath_begin(s, 10);
	s->breath.follow_left = 0;
	s->breath.meeting = true;
	s->breath.meets = 2;
	s->estimate = good(p);
	s->estimate.breaths_per_min = 15;
	before = s->breath.period_s;
	s->now_us = s->breath.ends_us;
	breath_boundary(s);
	assert_near(before - s->breath.period_s, 0.4, 1e-9);
	play_destroy(p);
}

/* --- R6 ------------------------------------------------------------------- */

static void r6_extends_from_a_rise_of_8_that_lasts_to_its_end(void **state)
{
	struct play *p = at_step(3, 5);
	struct facts f = seen(50, 58);

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
	struct play *p = at_step(3, 5);
	struct facts f = seen(50, 60);

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
	struct play *p = at_step(3, 5);
	struct facts f = seen(50, 60);
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
	struct play *p = at_step(3, 9);
	struct session *s = p->session;
	struct estimate e = good(p);
	size_t from;
	bool moved;

	s->breath.arrived = true;
	s->plan[s->i].seconds = 180; /* it was made longer */
	e.calm = calm;
	e.hr_slope = slope;
	from = hold(p, seconds, &e);
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
	struct play *p = at_step(3, 5);
	struct session *s = p->session;
	struct facts f = seen(50, 52.9);

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
	struct play *p = at_step(3, step);
	struct session *s = p->session;
	struct estimate e = good(p);
	size_t from;
	bool did;

	s->calm.baseline.hr_s = 2;
	e.quality = quality;
	e.hr_bpm = s->calm.baseline.hr_bpm + over_bpm;
	from = hold(p, seconds, &e);
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
	struct play *p = at_step(3, 6);
	struct session *s = p->session;
	struct facts f = {0};

	(void)state;
	s->estimate = good(p);
	s->calm.baseline.hr_s = 4; /* three of them are 12 */
	s->estimate.hr_bpm = s->calm.baseline.hr_bpm + 12;
	assert_false(guard_races(s, &f));
	s->estimate.hr_bpm += 0.01;
	assert_true(guard_races(s, &f));
	play_destroy(p);
}

static void r8_sees_no_beat_from_while_the_arms_were_up(void **state)
{
	struct play *p = at_step(3, 6);
	struct session *s = p->session;
	struct facts f = {0};
	double seen_s = fmax(15, 2 * s->breath.period_s) + s->breath.period_s;

	(void)state;
	s->estimate = good(p);
	s->estimate.hr_bpm += 30;
	s->still_us = s->now_us - (uint64_t)(seen_s * S) - 1000;
	assert_true(guard_races(s, &f));
	s->still_us += 2000;
	assert_false(guard_races(s, &f));
	play_destroy(p);
}

static void r8_backs_off_when_calm_falls_by_15_across_two_windows(void **state)
{
	struct play *p = at_step(3, 8);
	struct facts f = seen(50, 45);

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
	struct play *p = at_step(3, 5);
	struct session *s = p->session;
	struct estimate e = good(p);
	double before = 60 / s->breath.period_s;
	size_t from;

	(void)state;
	e.hr_bpm += 20;
	from = hold(p, 20, &e);
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
	s->estimate = good(p);
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
			struct play *p = at_step(sessions, 5);
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
	struct play *p = at_step(3, 6);
	struct session *s = p->session;
	struct estimate e = good(p);
	double breathed = 0;
	const struct event *end;
	size_t from;

	(void)state;
	e.hr_bpm += 20;
	hold(p, 20, &e);
	s->adapted_us = MACHINE_NEVER;
	from = hold(p, 20, &e);
	assert_true(play_decision(p, 8, "back_off_close", from) >= 0);
	s->estimate = good(p);
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
		struct play *p = at_step(3, 6);

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
	struct play *p = at_step(3, 9);
	struct session *s = p->session;
	double said;

	(void)state;
	play_word(p, WORD_EASIER);
	said = s->breath.period_s;
	for (int k = 0; k < 7; k++) { /* a minute */
		s->estimate = good(p);
		s->now_us = s->breath.ends_us;
		if (s->now_us - s->breath.turned_us >= 60 * MACHINE_S)
			break;
		breath_boundary(s);
		assert_near(s->breath.period_s, said, 1e-9);
	}
	p->heart_us = s->now_us;
	play_word(p, WORD_STOP);
	assert_int_equal(play_last(p, EVENT_END)->end.result, RESULT_STOPPED);
	play_destroy(p);
}

/* --- R10 ------------------------------------------------------------------ */

static void r10_compares_a_window_with_the_window_before(void **state)
{
	struct play *p = at_step(3, 5);
	struct session *s = p->session;
	struct facts f = seen(50, 58);
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
	s->estimate = good(p);
	s->estimate.calm = 10;
	listen_facts(s, &f);
	assert_near(f.before, 57.9, 0);
	play_destroy(p);
}

/* --- R11 ------------------------------------------------------------------ */

static struct play *in_attack(bool slower)
{
	struct play *p = play_create(5);

	/* as a routine for attacks lists it */
	p->routine->steps[8].rules |= UINT32_C(1) << 11;
	p->heart.own_per_min = 9;
	p->start.settings.slow = slower;
	play_begin(p);
	play_to_step(p, 9);
	return p;
}

static void
r11_goes_no_slower_than_8_or_6_5_if_asked_and_no_firmer_than_3(void **state)
{
	for (int slower = 0; slower < 2; slower++) {
		struct play *p = in_attack(slower);

		(void)state;
		assert_true(p->session->attack);
		assert_near(plan_floor(p->session, NULL), slower ? 6.5 : 8, 0);
		assert_true(p->session->pressure_cap <= 3);
		breath_ease(p->session);
		assert_int_equal(p->session->breath.sighs, 0);
		play_destroy(p);
	}
}

/* The wish goes before the routine's own 8, an answer before the wish. */
static void r11_a_wish_is_65_and_an_answer_of_8_goes_before_it(void **state)
{
	for (int slow = 0; slow < 2; slow++)
		for (int nausea = 0; nausea < 2; nausea++) {
			struct play *p = play_create_of("migraine_quiet", 5);
			double floor = slow && !nausea ? 6.5 : 8;

			(void)state;
			p->start.settings.slow = slow;
			play_begin(p);
			play_to_step(p, 2);
			if (nausea)
				p->session->floor_per_min = 8;
			assert_near(
				plan_floor(p->session, steps_now(p->session)),
				floor, 0);
			play_to_end(p);
			for (size_t i = 0; i < p->n; i++)
				if (p->log[i].kind == EVENT_BREATH &&
				    p->log[i].breath.per_min > 0)
					assert_true(p->log[i].breath.per_min >=
					            floor - 1e-9);
			play_destroy(p);
		}
}

static void r11_a_wish_holds_in_an_attack_only(void **state)
{
	struct play *p = play_create(0);

	(void)state;
	p->start.settings.slow = true;
	play_begin(p);
	play_to_step(p, 2);
	assert_near(plan_floor(p->session, NULL), 8, 0); /* first session */
	play_destroy(p);
}

/* content.md E.4 and R11: one posture for the whole session. */
static void r11_changes_no_posture(void **state)
{
	for (int attack = 0; attack < 2; attack++) {
		struct play *p = play_create_of("evening_winddown", 5);

		(void)state;
		if (attack)
			p->start.settings.mode = SESSION_ATTACK;
		play_begin(p);
		play_to_end(p);
		assert_int_equal(play_said(p, "cue.lie_down", 0) >= 0, !attack);
		assert_int_equal(play_decision(p, 2, "new_posture", 0) >= 0,
		                 !attack);
		assert_int_equal(play_said(p, "still_point_rest", 0) >= 0,
		                 !attack);
		assert_int_equal(
			play_decision(p, 15, "leave_out one posture", 0) >= 0,
			attack);
		/* and E.4's medicine, once, in any routine */
		assert_int_equal(play_said(p, "cue.medicine", 0) >= 0, attack);
		play_destroy(p);
	}
}

static void
r11_any_rise_of_headache_or_nausea_leads_to_the_quiet_end(void **state)
{
	for (int rise = 0; rise < 2; rise++) {
		struct play *p = in_attack(false);
		size_t from = p->n, spoken = 0;
		const struct event *end;

		(void)state;
		p->session->headache[0] = 4;
		safety_ask(p->session, "headache", true);
		p->start.settings.ask = true;
		play_answer(p, "headache", rise ? "5" : "4");
		end = play_to_end(p);
		assert_int_equal(play_decision(p, 11, "attack_end", from) >= 0,
		                 rise);
		/* E.4: whole, however soon it ends */
		assert_int_equal(end->end.result, RESULT_COMPLETED);
		if (!rise) {
			play_destroy(p);
			continue;
		}
		assert_int_equal(end->end.rule, 11);
		from = (size_t)play_decision(p, 11, "attack_end", from);
		for (size_t i = from; i < p->n; i++)
			spoken += p->log[i].kind == EVENT_SAY;
		assert_int_equal(spoken, 0);
		play_destroy(p);
	}
}

/* --- R12 ------------------------------------------------------------------ */

/* Four breaths of 12 s at 75 bpm, the last one at intervals of @last_ms. */
static bool hands_away(double last_ms)
{
	struct play *p = at_step(3, 9);
	struct session *s = p->session;
	struct facts f = {0};
	double t_ms = 1000;
	bool drops;

	window_destroy(s->window);
	assert_int_equal(window_create(&s->window), 0);
	for (int k = 0; k < 5; k++)
		window_breath(s->window, (uint64_t)(1000 + 12000 * k) * 1000,
		              12);
	while (t_ms < 49500) {
		double rr = t_ms >= 36950 ? last_ms : 800;
		struct beat b = {.rr_ms = rr, .contact = BEAT_CONTACT_GOOD};

		t_ms += rr;
		b.t_us = (uint64_t)(t_ms * 1000);
		window_beat(s->window, &b);
	}
	s->now_us = 50 * MACHINE_S;
	drops = guard_drops(s, &f);
	play_destroy(p);
	return drops;
}

static void
r12_takes_the_hands_away_from_12_bpm_below_three_breaths(void **state)
{
	(void)state;
	assert_true(hands_away(956));  /* 62.8 bpm: 12.2 below */
	assert_false(hands_away(950)); /* 63.2 bpm: 11.8 below */
}

static void r12_hears_3_s_without_a_beat_on_a_good_contact(void **state)
{
	struct play *p = at_step(3, 9);
	struct session *s = p->session;
	struct facts f = {0};

	(void)state;
	s->ear.state = EVENT_SENSOR_CONNECTED;
	s->ear.contact = BEAT_CONTACT_GOOD;
	s->ear.last_beat_us = s->now_us - 3 * MACHINE_S;
	assert_true(guard_silent(s, &f));
	s->ear.last_beat_us++;
	assert_false(guard_silent(s, &f));
	s->ear.last_beat_us--;
	s->ear.contact = BEAT_CONTACT_POOR;
	assert_false(guard_silent(s, &f));
	play_destroy(p);
}

/* --- R13 ------------------------------------------------------------------ */

static void r13_adapts_aloud_at_most_once_in_45_s(void **state)
{
	struct play *p = at_step(3, 9);
	struct session *s = p->session;

	(void)state;
	coach_adapted(s);
	s->now_us += 45 * MACHINE_S - 1;
	assert_false(coach_may_adapt(s));
	s->now_us++;
	assert_true(coach_may_adapt(s));
	play_destroy(p);
}

static void r13_adds_no_more_than_a_quarter(void **state)
{
	struct play *p = at_step(3, 5);
	struct session *s = p->session;
	struct facts f = seen(50, 60);

	(void)state;
	assert_near(coach_budget(s), 225, 0);
	s->plan[0].seconds += 224;
	assert_true(listen_rose(s, &f)); /* one second is left */
	s->plan[0].seconds += 0.5;
	assert_false(listen_rose(s, &f));
	play_destroy(p);
}

static void r13_what_lost_a_fifth_is_not_called_completed(void **state)
{
	struct play *p = at_step(3, 5);
	struct session *s = p->session;
	int rule;

	(void)state;
	s->nominal_s = 900;
	s->short_rule = 9;
	s->played_s = 720;
	assert_int_equal(coach_result(s, &rule), RESULT_COMPLETED);
	s->played_s = 719;
	assert_int_equal(coach_result(s, &rule), RESULT_CLOSED_EARLY);
	assert_int_equal(rule, 9);
	/* of the routine, though the day's plan is shorter already */
	s->nominal_s = 860;
	assert_int_equal(coach_result(s, &rule), RESULT_CLOSED_EARLY);
	s->played_s = 720;
	assert_int_equal(coach_result(s, &rule), RESULT_COMPLETED);
	/* unless that alone is as short */
	s->nominal_s = 719;
	s->played_s = 576;
	assert_int_equal(coach_result(s, &rule), RESULT_COMPLETED);
	s->played_s = 575;
	assert_int_equal(coach_result(s, &rule), RESULT_CLOSED_EARLY);
	play_destroy(p);
}

static bool sleeps(int from_step, double slope, double adherence,
                   double seconds)
{
	struct play *p = at_step(3, 13);
	struct session *s = p->session;
	struct estimate e = good(p);
	size_t from;
	bool slept;

	p->routine->asleep_from = from_step;
	e.hr_slope = slope;
	e.adherence = adherence;
	s->plan[s->i].seconds = 1000;
	from = hold(p, seconds, &e);
	slept = play_decision(p, 13, "asleep", from) >= 0;
	play_destroy(p);
	return slept;
}

static void r13_lets_sleep_after_two_quiet_minutes_where_it_may(void **state)
{
	(void)state;
	assert_true(sleeps(13, 2.99, 0.49, 120));
	assert_false(sleeps(13, 2.99, 0.49, 119));
	assert_false(sleeps(13, 3.0, 0.49, 120));
	assert_false(sleeps(13, 2.99, 0.5, 120));
	assert_false(sleeps(14, 2.99, 0.49, 120)); /* not yet */
	assert_false(sleeps(0, 2.99, 0.49, 120));  /* nowhere */
}

static void r13_fades_out_for_who_sleeps_and_wakes_with_a_word(void **state)
{
	for (int wakes = 0; wakes < 2; wakes++) {
		struct play *p = at_step(3, 12);
		size_t from = p->n;
		const struct event *end;

		(void)state;
		machine_fade(p->session);
		play_until(p, (double)p->heart_us / S + 10);
		assert_true(play_last(p, EVENT_LEVEL)->level.master_db < -15);
		if (wakes) {
			play_word(p, WORD_MORE);
			assert_near(play_last(p, EVENT_LEVEL)->level.master_db,
			            0, 0);
		}
		end = play_to_end(p);
		assert_int_equal(end->end.result, wakes ? RESULT_COMPLETED
		                                        : RESULT_CLOSED_EARLY);
		assert_int_equal(end->end.rule, wakes ? 0 : 13);
		assert_int_equal(play_said(p, "cue.close", from) >= 0, wakes);
		play_destroy(p);
	}
}

/* --- R14 ------------------------------------------------------------------ */

static bool loop_is_open(bool open, enum quality quality, double seconds)
{
	struct play *p = at_step(3, 6);
	struct estimate e = good(p);
	double pace = p->session->breath.period_s;
	bool is;

	p->session->ear.open_loop = open;
	e.quality = quality;
	hold(p, seconds, &e);
	is = p->session->ear.open_loop;
	assert_near(p->session->breath.period_s, pace, 0);
	play_destroy(p);
	return is;
}

static void
r14_opens_after_30_bad_seconds_and_closes_after_20_clean(void **state)
{
	(void)state;
	assert_true(loop_is_open(false, QUALITY_BAD, 30));
	assert_false(loop_is_open(false, QUALITY_BAD, 29));
	assert_false(loop_is_open(false, QUALITY_WEAK, 60));
	assert_false(loop_is_open(true, QUALITY_WEAK, 20));
	assert_true(loop_is_open(true, QUALITY_WEAK, 19));
}

/* --- R15 ------------------------------------------------------------------ */

static void
r15_each_decision_has_its_rule_its_word_and_its_figures(void **state)
{
	struct play *p = play_create(3);
	size_t decisions = 0;

	(void)state;
	p->heart.noise_ms = 8;
	play_begin(p);
	play_to_end(p);
	for (size_t i = 0; i < p->n; i++) {
		const struct event *e = &p->log[i];

		if (e->kind != EVENT_DECISION)
			continue;
		decisions++;
		assert_in_range(e->decision.rule, 1, 15);
		assert_true(e->decision.what[0]);
		assert_true(e->decision.n > 0);
		for (size_t k = 0; k < e->decision.n; k++)
			assert_true(e->decision.because[k].key[0]);
	}
	assert_true(decisions >= 5);
	play_destroy(p);
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
			r4_walks_at_three_quarters_adherence_while_calm_holds),
		cmocka_unit_test(r4_holds_a_breath_after_each_full_second),
		cmocka_unit_test(r4_gives_a_walk_the_step_s_longest_time),
		cmocka_unit_test(
			r4_takes_back_what_a_walk_that_arrived_does_not_need),
		cmocka_unit_test(
			r4_slows_again_only_60_s_after_the_pace_was_made_quicker),
		cmocka_unit_test(
			r4_new_people_breathe_as_they_like_after_5_slow_minutes),
		cmocka_unit_test(
			r4_only_breaths_at_6_5_a_minute_or_slower_are_slow),
		cmocka_unit_test(r5_meets_below_half_adherence_for_30_s),
		cmocka_unit_test(r5_retries_the_walk_once_and_after_60_s),
		cmocka_unit_test(
			r5_comes_to_the_person_by_0_4_s_a_breath_at_most),
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
		cmocka_unit_test(
			r11_goes_no_slower_than_8_or_6_5_if_asked_and_no_firmer_than_3),
		cmocka_unit_test(
			r11_a_wish_is_65_and_an_answer_of_8_goes_before_it),
		cmocka_unit_test(r11_a_wish_holds_in_an_attack_only),
		cmocka_unit_test(r11_changes_no_posture),
		cmocka_unit_test(
			r11_any_rise_of_headache_or_nausea_leads_to_the_quiet_end),
		cmocka_unit_test(
			r12_takes_the_hands_away_from_12_bpm_below_three_breaths),
		cmocka_unit_test(
			r12_hears_3_s_without_a_beat_on_a_good_contact),
		cmocka_unit_test(r13_adapts_aloud_at_most_once_in_45_s),
		cmocka_unit_test(r13_adds_no_more_than_a_quarter),
		cmocka_unit_test(r13_what_lost_a_fifth_is_not_called_completed),
		cmocka_unit_test(
			r13_lets_sleep_after_two_quiet_minutes_where_it_may),
		cmocka_unit_test(
			r13_fades_out_for_who_sleeps_and_wakes_with_a_word),
		cmocka_unit_test(
			r14_opens_after_30_bad_seconds_and_closes_after_20_clean),
		cmocka_unit_test(
			r15_each_decision_has_its_rule_its_word_and_its_figures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
