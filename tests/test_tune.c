/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The search for a resonance rate as a session plays it: C.1. The person's
 * heart swings most at one rate that the test sets.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "session/machine.h"
#include "tests/helpers/play.h"
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

static void a_rate_that_was_not_heard_does_not_count(void **state)
{
	struct play *p = search(300, 6);
	int i;

	(void)state;
	p->heart.silent = true;
	play_to_step(p, 3);
	assert_int_equal(count(p, "probe_unsure"), 3);
	i = play_decision(p, 4, "resonance_unsure", 0);
	assert_true(i >= 0);
	assert_near(play_figure(p, i, "per_min"), 6, 0);
	play_destroy(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_whole_search_finds_the_rate_of_the_widest_swing),
		cmocka_unit_test(
			a_retune_keeps_the_rate_unless_another_is_15_pct_better),
		cmocka_unit_test(what_today_is_too_slow_is_not_tried),
		cmocka_unit_test(easier_and_dizzy_end_the_search),
		cmocka_unit_test(a_rate_that_was_not_heard_does_not_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
