/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The search for a resonance rate as a session plays it: C.1. The person's
 * heart swings most at one rate that the test sets.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/helpers/play.h"
#include "tests/helpers/rule.h"
#include "tests/helpers/test.h"

/* @s of step 2 is the search, and a walk to its first rate from the person's
   own, the slowest that is believed. */
static struct play *search(double s, double known)
{
	struct play *p = play_create(5);

	p->routine->steps[1].probe = true;
	p->routine->steps[1].breath = BREATH_FOLLOW;
	p->routine->steps[1].rules = UINT32_C(1) << 9;
	p->routine->steps[1].s = (struct dose){s, s, s};
	p->routine->total_s += s - 90;
	p->start.profile.resonance_per_min = known;
	p->heart.own_per_min = 9.2;
	p->heart.rsa_bpm = 3;
	p->heart.noise_ms = 3;
	play_begin(p);
	play_to_step(p, 2);
	return p;
}

/* The swing is @most at @best a minute and falls off on both sides. */
static void breathe_on(struct play *p, double best, double most)
{
	while (p->session->i == 1 && p->session->in_step) {
		double off = p->paced_period_s > 0
		                     ? 60 / p->paced_period_s - best
		                     : 2;

		p->heart.rsa_bpm = most / (1 + 2 * off * off);
		play_until(p, (double)p->heart_us / 1e6 + 1);
	}
}

static int count(const struct play *p, const char *what)
{
	int n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += p->log[i].kind == EVENT_DECISION &&
		     strcmp(p->log[i].decision.what, what) == 0;
	return n;
}

static void the_whole_search_finds_the_rate_of_the_widest_swing(void **state)
{
	struct play *p = search(800, 0);
	double last_s = 0;
	int i;

	(void)state;
	breathe_on(p, 5.5, 8);
	assert_int_equal(count(p, "probe"), 5);
	i = play_decision(p, 4, "resonance", 0);
	assert_true(i >= 0);
	assert_near(play_figure(p, i, "per_min"), 5.5, 0);
	assert_true(play_figure(p, i, "low_per_min") <= 5.5);
	assert_true(play_figure(p, i, "high_per_min") >= 5.5);
	/* C.1: no more than 0.3 s a breath */
	for (size_t k = 0; k < p->n; k++) {
		double s = p->log[k].kind == EVENT_BREATH &&
		                           p->log[k].breath.per_min > 0
		                   ? 60 / p->log[k].breath.per_min
		                   : 0;

		if (s > 0 && last_s > 0)
			assert_true(fabs(s - last_s) <= 0.3 + 1e-9);
		last_s = s > 0 ? s : last_s;
	}
	play_destroy(p);
}

static void
a_retune_keeps_the_rate_unless_another_is_15_pct_better(void **state)
{
	static const double most[] = {0, 8};

	(void)state;
	for (int k = 0; k < 2; k++) {
		/* three minutes, behind the walk */
		struct play *p = search(330, 6);
		int i;

		/* even, or clearly best half a breath slower */
		if (k)
			breathe_on(p, 5.5, most[k]);
		else
			play_to_step(p, 3);
		assert_int_equal(count(p, "probe"), 3);
		i = play_decision(p, 4, "resonance", 0);
		assert_true(i >= 0);
		assert_near(play_figure(p, i, "per_min"), k ? 5.5 : 6, 0);
		play_destroy(p);
	}
}

/* The step of resonance_10 that comes after the walk, followed so far. */
static int after_the_walk(double adherence, enum quality quality, bool meeting,
                          double *ret_last_s)
{
	struct play *p = play_create_of("resonance_10", 5);
	struct session *s;
	int n, told;

	p->start.profile.resonance_per_min = 6;
	play_begin(p);
	play_to_step(p, 2);
	s = p->session;
	s->estimate.adherence = adherence;
	s->estimate.quality = quality;
	s->breath.meeting = meeting;
	steps_next(s);
	n = steps_now(s)->n;
	told = play_decision(p, 15, "leave_out breath and heart go apart", 0);
	assert_int_equal(told >= 0, n == 4);
	*ret_last_s = s->plan[3].seconds;
	play_destroy(p);
	return n;
}

/* C.1: a rate that nobody follows tells nothing. */
static void no_rate_is_tried_beside_a_pacer_that_is_not_followed(void **state)
{
	double last_s;

	(void)state;
	assert_int_equal(after_the_walk(0.50, QUALITY_OK, false, &last_s), 3);
	assert_near(last_s, 180, 0);
	assert_int_equal(after_the_walk(0.49, QUALITY_WEAK, false, &last_s), 4);
	assert_near(last_s, 360, 0);
	assert_int_equal(after_the_walk(1, QUALITY_OK, true, &last_s), 4);
	/* unheard, and R1: not heard well enough */
	assert_int_equal(after_the_walk(NAN, QUALITY_OK, false, &last_s), 3);
	assert_int_equal(after_the_walk(0.1, QUALITY_BAD, false, &last_s), 3);
}

/* R5, whose heart goes its own way for so long while rates are tried. */
static bool met(double length_s, double adherence, double seconds)
{
	struct play *p = search(length_s, 6);
	struct session *s = p->session;
	struct estimate e = rule_good(p);
	size_t from;
	bool yes;

	s->breath.follow_left = 0;
	s->adapted_us = MACHINE_NEVER;
	assert_true(tune_runs(s));
	e.adherence = adherence;
	from = rule_hold(p, seconds, &e);
	yes = play_decision(p, 5, "meet", from) >= 0;
	assert_true(tune_runs(s) == !yes); /* it is broken off */
	assert_true(s->breath.meeting == yes);
	play_destroy(p);
	return yes;
}

static void r5_meets_who_is_lost_in_a_retune(void **state)
{
	(void)state;
	assert_true(met(330, 0.49, 30));
	assert_false(met(330, 0.49, 29));
	assert_false(met(330, 0.50, 60));
	assert_false(met(800, 0.49, 60)); /* the whole search: by itself */
}

static void what_today_is_too_slow_is_not_tried(void **state)
{
	struct play *p = play_create(5);
	double slowest = INFINITY;

	(void)state;
	p->routine->steps[1].probe = true;
	p->routine->steps[1].rules = UINT32_C(1) << 9;
	p->routine->steps[1].s = (struct dose){600, 600, 600};
	p->start.profile.flags = flag_bit(FLAG_LUNG); /* no slower than 8 */
	p->heart.own_per_min = 9;
	play_begin(p);
	play_to_end(p);
	assert_int_equal(count(p, "probe"), 0);
	assert_int_equal(count(p, "resonance"), 0);
	for (size_t i = 0; i < p->n; i++)
		if (p->log[i].kind == EVENT_BREATH &&
		    p->log[i].breath.per_min > 0)
			slowest = fmin(slowest, p->log[i].breath.per_min);
	assert_true(slowest >= 8 - 1e-9);
	play_destroy(p);
}

static void easier_and_dizzy_end_the_search(void **state)
{
	static const enum event_word words[] = {WORD_EASIER, WORD_DIZZY};

	(void)state;
	for (int k = 0; k < 2; k++) {
		struct play *p = search(600, 0);
		double before;

		play_until(p, (double)p->heart_us / 1e6 + 200);
		assert_true(tune_runs(p->session));
		before = p->session->breath.period_s;
		play_word(p, words[k]);
		assert_false(tune_runs(p->session));
		assert_true(p->session->breath.period_s < before);
		if (words[k] == WORD_DIZZY) {
			play_until(p, (double)p->heart_us / 1e6 + 3);
			play_answer(p, "faint", "no");
		}
		play_to_end(p);
		assert_int_equal(count(p, "resonance"), 0);
		play_destroy(p);
	}
}

/* R14: pace and clock go on, and no rate is tried that nobody hears. */
static void a_rate_that_was_not_heard_does_not_count(void **state)
{
	struct play *p = search(300, 6);
	double slowest = INFINITY;
	int i;

	(void)state;
	p->heart.silent = true;
	play_to_step(p, 3);
	assert_int_equal(count(p, "probe"), 0);
	i = play_decision(p, 4, "resonance_unsure", 0);
	assert_true(i >= 0);
	assert_near(play_figure(p, i, "per_min"), 6, 0);
	assert_near(play_figure(p, i, "valid"), 0, 0);
	for (size_t k = 0; k < p->n; k++)
		if (p->log[k].kind == EVENT_BREATH &&
		    p->log[k].breath.per_min > 0)
			slowest = fmin(slowest, p->log[k].breath.per_min);
	assert_true(slowest > 6 + 1e-9);
	play_destroy(p);
}

/* --- the routine that is for it --------------------------------------------
 */

#define SEARCH 3 /* its step */

static struct play *find(int sessions)
{
	struct play *p = play_create_of("resonance_find", sessions);

	p->heart.own_per_min = 9.2;
	p->heart.rsa_bpm = 3;
	p->heart.noise_ms = 3;
	return p;
}

static void search_on(struct play *p, double best, double most)
{
	play_to_step(p, SEARCH);
	while (p->session->i == SEARCH - 1 && p->session->in_step) {
		double off = p->paced_period_s > 0
		                     ? 60 / p->paced_period_s - best
		                     : 2;

		p->heart.rsa_bpm = most / (1 + 2 * off * off);
		play_until(p, (double)p->heart_us / 1e6 + 1);
	}
}

/* Seconds of the step with number @n, as it was played. */
static double played(const struct play *p, int n)
{
	uint64_t from_us = 0;

	for (size_t i = 0; i < p->n; i++) {
		if (p->log[i].kind != EVENT_STEP || p->log[i].step.n != n)
			continue;
		if (!p->log[i].step.begin)
			return (double)(p->log[i].t_us - from_us) / 1e6;
		from_us = p->log[i].t_us;
	}
	return 0;
}

static void the_search_ends_when_all_rates_are_through(void **state)
{
	struct play *p = find(3);
	const struct event *end;
	double s;
	int i;

	(void)state;
	play_begin(p);
	search_on(p, 5, 8);
	assert_int_equal(count(p, "probe"), 5);
	i = play_decision(p, 4, "resonance", 0);
	assert_true(i >= 0);
	assert_near(play_figure(p, i, "per_min"), 5, 0);
	assert_near(play_figure(p, i, "valid"), 5, 0);
	assert_true(play_said(p, "cue.search_found", 0) >= 0);
	end = play_to_end(p);
	assert_int_equal(end->end.result, RESULT_COMPLETED);
	s = played(p, SEARCH);
	assert_true(s > 600 && s < 780);
	play_destroy(p);
}

/* On both sides of its usual length: what is not through gets the rest. */
static void the_search_runs_on_to_its_longest_if_it_must(void **state)
{
	struct play *p = find(3);

	(void)state;
	play_begin(p);
	play_to_step(p, SEARCH);
	/* a while in which nothing is heard: the rate begins anew */
	search_on(p, 5.5, 8);
	assert_int_equal(count(p, "search_on"), 0);
	play_destroy(p);

	p = find(3);
	play_begin(p);
	play_to_step(p, SEARCH);
	play_until(p, (double)p->heart_us / 1e6 + 100);
	p->heart.silent = true;
	play_until(p, (double)p->heart_us / 1e6 + 60);
	p->heart.silent = false;
	search_on(p, 5.5, 8);
	assert_int_equal(count(p, "search_on"), 1);
	/* but for what the walk to it took of R13's quarter */
	assert_near(played(p, SEARCH), 780, 25);
	play_destroy(p);
}

static void all_rates_alike_are_not_clear(void **state)
{
	struct play *p = find(3);
	int i;

	(void)state;
	p->heart.rsa_bpm = 4;
	play_begin(p);
	play_to_end(p);
	assert_int_equal(count(p, "resonance"), 0);
	i = play_decision(p, 4, "resonance_unsure", 0);
	assert_true(i >= 0);
	assert_true(isnan(play_figure(p, i, "per_min")));
	assert_near(play_figure(p, i, "valid"), 5, 0);
	assert_true(play_said(p, "cue.search_unclear", 0) >= 0);
	play_destroy(p);
}

static void who_does_not_come_along_is_not_led_on(void **state)
{
	struct play *p = find(3);
	double slowest = INFINITY;

	(void)state;
	play_begin(p);
	play_to_step(p, SEARCH);
	p->heart.follows = false;
	p->heart.own_per_min = 12;
	play_to_end(p);
	assert_int_equal(count(p, "resonance"), 0);
	assert_int_equal(count(p, "resonance_unsure"), 1);
	for (size_t k = 0; k < p->n; k++)
		if (p->log[k].kind == EVENT_BREATH &&
		    p->log[k].breath.per_min > 0)
			slowest = fmin(slowest, p->log[k].breath.per_min);
	assert_true(slowest >= 6.5 - 1e-9);
	assert_true(played(p, SEARCH) < 300);
	play_destroy(p);
}

static void easier_leaves_a_minute_of_the_search(void **state)
{
	struct play *p = find(3);
	const struct event *end;

	(void)state;
	play_begin(p);
	play_to_step(p, SEARCH);
	play_until(p, (double)p->heart_us / 1e6 + 200);
	play_word(p, WORD_EASIER);
	end = play_to_end(p);
	assert_near(played(p, SEARCH), 260, 1);
	assert_int_equal(count(p, "resonance"), 0);
	assert_int_equal(end->end.result, RESULT_CLOSED_EARLY);
	assert_int_equal(end->end.rule, 9);
	play_destroy(p);
}

/* A pause begins the rate anew; a search that was ended stays so. */
static void a_pause_begins_no_search_that_was_ended(void **state)
{
	struct play *p = find(3);

	(void)state;
	play_begin(p);
	play_to_step(p, SEARCH);
	play_until(p, (double)p->heart_us / 1e6 + 50);
	play_word(p, WORD_PAUSE);
	play_word(p, WORD_RESUME);
	assert_true(tune_runs(p->session));
	play_word(p, WORD_EASIER);
	play_word(p, WORD_PAUSE);
	play_word(p, WORD_RESUME);
	assert_false(tune_runs(p->session));
	play_destroy(p);
}

static bool searches(int sessions, uint32_t flags, const char *sensor,
                     enum session_mode mode)
{
	struct play *p = find(sessions);
	bool any;

	p->start.profile.flags = flags;
	p->start.settings.mode = mode;
	snprintf(p->start.sensor, sizeof(p->start.sensor), "%s", sensor);
	play_begin(p);
	play_to_end(p);
	any = played(p, SEARCH) > 0;
	/* in an attack nothing is said of it */
	if (mode != SESSION_ATTACK)
		assert_int_equal(play_said(p, "cue.search_not_today", 0) >= 0,
		                 !any);
	play_destroy(p);
	return any;
}

static void the_search_is_for_who_may_and_can(void **state)
{
	(void)state;
	assert_true(searches(3, 0, "test:", SESSION_MODE_AUTO));
	assert_false(searches(2, 0, "test:", SESSION_MODE_AUTO));
	assert_false(searches(3, 0, "", SESSION_MODE_AUTO));
	assert_false(searches(3, 0, "test:", SESSION_ATTACK));
	assert_false(
		searches(3, flag_bit(FLAG_LUNG), "test:", SESSION_MODE_AUTO));
	assert_false(
		searches(3, flag_bit(FLAG_AF), "test:", SESSION_MODE_AUTO));
	assert_true(
		searches(3, flag_bit(FLAG_PREG), "test:", SESSION_MODE_AUTO));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_whole_search_finds_the_rate_of_the_widest_swing),
		cmocka_unit_test(
			a_retune_keeps_the_rate_unless_another_is_15_pct_better),
		cmocka_unit_test(
			no_rate_is_tried_beside_a_pacer_that_is_not_followed),
		cmocka_unit_test(r5_meets_who_is_lost_in_a_retune),
		cmocka_unit_test(what_today_is_too_slow_is_not_tried),
		cmocka_unit_test(easier_and_dizzy_end_the_search),
		cmocka_unit_test(a_rate_that_was_not_heard_does_not_count),
		cmocka_unit_test(the_search_ends_when_all_rates_are_through),
		cmocka_unit_test(the_search_runs_on_to_its_longest_if_it_must),
		cmocka_unit_test(all_rates_alike_are_not_clear),
		cmocka_unit_test(who_does_not_come_along_is_not_led_on),
		cmocka_unit_test(easier_leaves_a_minute_of_the_search),
		cmocka_unit_test(a_pause_begins_no_search_that_was_ended),
		cmocka_unit_test(the_search_is_for_who_may_and_can),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
