/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What E.3 and E.4 of the reference ask around a session: firm work once a
 * day, a headache that has grown, an aura, an attack that is ended; and the
 * minute that a short break may offer.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "session/rules.h"
#include "tests/helpers/play.h"
#include "tests/helpers/test.h"

/* --- E.3: firm work, once a day and area -----------------------------------
 */

static struct play *pressed(const char *routine, const char *area, double hours)
{
	struct play *p = play_create_of(routine, 5);

	snprintf(p->start.profile.firm[0].area,
	         sizeof(p->start.profile.firm[0].area), "%s", area);
	p->start.profile.firm[0].hours = hours;
	p->start.profile.n_firm = 1;
	return p;
}

/* How many sides of steps are told to be firm there. */
static int firm_sides(const struct play *p, const char *area)
{
	int n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += p->log[i].kind == EVENT_STEP && p->log[i].step.begin &&
		     strcmp(p->log[i].step.firm, area) == 0;
	return n;
}

static void an_area_is_pressed_firmly_once_a_day(void **state)
{
	static const struct {
		const char *area;
		double hours;
		bool sore_asked;
		int shoulder, skull;
	} cases[] = {
		{"shoulder", 17.9, true, 0, 1},
		{"shoulder", 18, true, 6, 1},
		{"skull_base", 1, true, 6, 0},
		{"elsewhere", 1, true, 6, 1},
		/* on the day after, only where no spot is known to be sore */
		{"shoulder", 18, false, 0, 1},
		{"shoulder", 41.9, false, 0, 1},
		{"shoulder", 42, false, 6, 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct play *p = pressed("tension_relief", cases[i].area,
		                         cases[i].hours);

		p->heart.silent = true;
		play_begin(p);
		p->session->asked_sore = cases[i].sore_asked;
		play_to_end(p);
		assert_int_equal(firm_sides(p, "shoulder"), cases[i].shoulder);
		assert_int_equal(firm_sides(p, "skull_base"), cases[i].skull);
		/* what cannot be light is left out, and why is told */
		assert_int_equal(
			play_decision(p, 15, "leave_out firm_lately", 0) >= 0,
			!cases[i].shoulder);
		assert_int_equal(play_said(p, "cue.firm_lately", 0) >= 0,
		                 !cases[i].shoulder || !cases[i].skull);
		play_destroy(p);
	}
}

static void a_question_about_sore_spots_leaves_it_to_its_answer(void **state)
{
	static const char *const answers[] = {"no", "yes"};

	(void)state;
	for (int k = 0; k < 2; k++) {
		struct play *p = pressed("tension_relief", "shoulder", 24);

		p->start.profile.flags_known = true;
		p->start.settings.ask = true;
		p->heart.silent = true;
		play_begin(p);
		play_until(p, 1);
		while (play_last(p, EVENT_STEP) == NULL) {
			const struct event *q = play_last(p, EVENT_QUESTION);
			bool known = strcmp(q->question.id, "known") == 0;

			play_answer(p, q->question.id,
			            strcmp(q->question.id, "sore") == 0
			                    ? answers[k]
			            : known ? "yes"
			            : strcmp(q->question.id, "headache") == 0 ||
			                            strcmp(q->question.id,
			                                   "tension") == 0
			                    ? "3"
			                    : "no");
		}
		play_to_step(p, 5);
		assert_int_equal(firm_sides(p, "shoulder"), k ? 0 : 2);
		play_destroy(p);
	}
}

/* --- A.0, E.3: clearly worse -----------------------------------------------
 */

static struct play *rated_after(const char *after)
{
	struct play *p = play_create(5);

	play_begin(p);
	play_to_step(p, 14);
	p->session->start.settings.ask = true;
	p->session->rated[0] = 3;
	while (!play_last(p, EVENT_QUESTION))
		play_until(p, (double)p->now_us / 1e6 + 5);
	play_answer(p, "headache", after);
	play_answer(p, "tension", "3");
	return p;
}

static void a_headache_grown_by_two_opens_the_symptom_check(void **state)
{
	struct play *p = rated_after("4");

	(void)state;
	assert_int_equal(play_decision(p, 15, "grew", 0), -1);
	assert_int_equal(play_to_end(p)->end.stop, STOP_NONE);
	play_destroy(p);

	p = rated_after("5");
	assert_true(play_decision(p, 15, "grew", 0) >= 0);
	play_answer(p, "red_now", "no");
	play_answer(p, "red_today", "no");
	assert_int_equal(play_to_end(p)->end.result, RESULT_COMPLETED);
	assert_true(play_said(p, "cue.grew_rest", 0) >= 0);
	play_destroy(p);

	p = rated_after("9");
	play_answer(p, "red_now", "yes");
	assert_int_equal(play_to_end(p)->end.stop, STOP_EMERGENCY);
	play_destroy(p);

	/* silence is the cautious answer */
	p = rated_after("5");
	assert_int_equal(play_to_end(p)->end.stop, STOP_EMERGENCY);
	play_destroy(p);
}

/* --- E.4 -------------------------------------------------------------------
 */

static void an_aura_is_for_breathing_with_closed_eyes(void **state)
{
	struct play *p = play_create_of("migraine_quiet", 3);

	(void)state;
	play_begin(p);
	play_until(p, 60);
	assert_int_equal(play_said(p, "cue.eyes_closed", 0), -1);
	play_destroy(p);
	p = play_create_of("migraine_quiet", 3);
	p->start.profile.flags = flag_bit(FLAG_AURA);
	play_begin(p);
	play_to_end(p);
	assert_true(play_said(p, "cue.eyes_closed", 0) >= 0);
	for (size_t i = 0; i < p->n; i++)
		if (p->log[i].kind == EVENT_STEP)
			assert_true(strcmp(p->log[i].step.technique,
			                   "breathe") == 0 ||
			            strcmp(p->log[i].step.technique,
			                   "rest_listen") == 0 ||
			            strcmp(p->log[i].step.technique,
			                   "unpaced_check") == 0);
	play_destroy(p);
}

static bool asked(const char *routine, enum session_mode mode, const char *id)
{
	struct play *p = play_create_of(routine, 3);
	bool found = false;

	p->start.profile.flags_known = true;
	p->start.settings.ask = true;
	p->start.settings.mode = mode;
	play_begin(p);
	play_until(p, 1);
	for (size_t i = 0; i < p->session->asking.n; i++)
		found |= strcmp(p->session->asking.queue[i]->id, id) == 0;
	play_destroy(p);
	return found;
}

static void an_attack_asks_its_questions_in_any_routine(void **state)
{
	static const char *const ids[] = {"touch", "nausea", "aura"};

	(void)state;
	for (int k = 0; k < 3; k++) {
		assert_true(asked("desk_reset", SESSION_ATTACK, ids[k]));
		assert_true(asked("tension_relief", SESSION_ATTACK, ids[k]));
		assert_true(asked("migraine_quiet", SESSION_MODE_AUTO, ids[k]));
		assert_false(asked("desk_reset", SESSION_MODE_AUTO, ids[k]));
	}
}

static void what_is_stopped_in_an_attack_is_whole(void **state)
{
	for (int attack = 0; attack < 2; attack++) {
		struct play *p = play_create_of(
			attack ? "migraine_quiet" : "resonance_10", 3);
		const struct event *end;
		size_t from;

		(void)state;
		play_begin(p);
		play_to_step(p, 2);
		from = p->n;
		play_word(p, WORD_STOP);
		end = play_last(p, EVENT_END);
		assert_int_equal(end->t_us, p->now_us);
		assert_int_equal(end->end.result,
		                 attack ? RESULT_COMPLETED : RESULT_STOPPED);
		assert_int_equal(end->end.rule, 9);
		/* and in silence */
		for (size_t i = from; i < p->n; i++)
			assert_int_not_equal(p->log[i].kind, EVENT_SAY);
		play_destroy(p);
	}
}

static void before_it_has_begun_nothing_is_whole(void **state)
{
	struct play *p = play_create_of("migraine_quiet", 3);

	(void)state;
	p->start.profile.flags_known = true;
	p->start.settings.ask = true;
	play_begin(p);
	play_until(p, 1);
	play_word(p, WORD_STOP);
	assert_int_equal(play_last(p, EVENT_END)->end.result, RESULT_STOPPED);
	play_destroy(p);
}

/* --- G, desk_reset: a minute more ------------------------------------------
 */

static void r10_offers_a_minute_from_over_8_bpm_more(void **state)
{
	struct play *p = play_create_of("desk_reset", 3);
	struct facts f = {.span = {.median_hr_bpm = 78}};

	(void)state;
	play_begin(p);
	play_to_step(p, 8);
	assert_near(p->session->offer_from_bpm, p->heart.hr_bpm, 3);
	p->session->start.settings.ask = true;
	p->session->offer_from_bpm = 70;
	assert_false(offer_due(p->session, &f));
	f.span.median_hr_bpm = 78.01;
	assert_true(offer_due(p->session, &f));
	p->session->offer_from_bpm = NAN; /* it was not heard */
	assert_false(offer_due(p->session, &f));
	play_destroy(p);
}

static struct play *quicker(void)
{
	struct play *p = play_create_of("desk_reset", 3);

	play_begin(p);
	play_to_step(p, 8);
	p->session->start.settings.ask = true;
	p->session->offer_from_bpm -= 15;
	while (!play_last(p, EVENT_QUESTION))
		play_until(p, (double)p->now_us / 1e6 + 5);
	assert_true(play_decision(p, 10, "offer", 0) >= 0);
	play_answer(p, "tension", "5");
	assert_string_equal(play_last(p, EVENT_QUESTION)->question.id,
	                    "breathe_more");
	return p;
}

/* Seconds of breathing after the last window. */
static double breathed(const struct play *p)
{
	double seconds = 0;
	bool after = false;

	for (size_t i = 0; i < p->n; i++) {
		if (p->log[i].kind != EVENT_STEP || !p->log[i].step.begin)
			continue;
		if (after)
			seconds += p->log[i].step.seconds;
		after |= p->log[i].step.n == 8;
	}
	return seconds;
}

static void who_says_yes_breathes_a_minute_more_and_silence_is_no(void **state)
{
	struct play *p = quicker();

	(void)state;
	play_answer(p, "breathe_more", "yes");
	assert_int_equal(play_to_end(p)->end.result, RESULT_COMPLETED);
	assert_near(breathed(p), 60, 1e-6);
	play_destroy(p);

	p = quicker();
	play_answer(p, "breathe_more", "no");
	play_to_end(p);
	assert_near(breathed(p), 0, 0);
	play_destroy(p);

	p = quicker();
	assert_int_equal(play_to_end(p)->end.result, RESULT_COMPLETED);
	assert_near(breathed(p), 0, 0);
	play_destroy(p);
}

/* --- how it is heard -------------------------------------------------------
 */

static uint64_t begun_us(const struct play *p, int n)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->log[i].kind == EVENT_STEP && p->log[i].step.begin &&
		    p->log[i].step.n == n)
			return p->log[i].t_us;
	return 0;
}

static void the_pressure_scale_is_over_before_the_hands_begin(void **state)
{
	struct play *p = play_create(0);
	int said;

	(void)state;
	play_begin(p);
	play_to_step(p, 3);
	said = play_said(p, "cue.pressure", 0);
	assert_true(said >= 0);
	assert_true(p->log[said].t_us > begun_us(p, 2) + 60000000);
	play_to_end(p);
	assert_int_equal(play_said(p, "cue.pressure", (size_t)said + 1), -1);
	play_destroy(p);
}

static void that_it_lasts_longer_is_said_when_it_does(void **state)
{
	struct play *p = play_create(5);
	int i, said;

	(void)state;
	p->heart.silent = true;
	play_begin(p);
	play_to_step(p, 8);
	i = routine_step(p->routine, 9);
	p->session->plan[i].seconds += 30; /* as R6 does */
	p->session->plan[i].stays = true;
	play_to_step(p, 10);
	said = play_said(p, "cue.extend", 0);
	assert_true(said >= 0);
	assert_true(p->log[said].t_us >= begun_us(p, 9) + 125000000);
	play_destroy(p);
}

static void nobody_breathes_alone_for_much_over_three_minutes(void **state)
{
	struct play *p = play_create_of("resonance_10", 3);
	uint64_t last_us = 0;

	(void)state;
	play_begin(p);
	play_to_end(p);
	for (size_t i = 0; i < p->n; i++) {
		if (p->log[i].kind != EVENT_SAY)
			continue;
		assert_true(p->log[i].t_us < last_us + 210000000);
		last_us = p->log[i].t_us;
	}
	play_destroy(p);
}

static void the_sensor_is_told_to_be_back_once(void **state)
{
	struct play *p = play_create(5);
	int said;

	(void)state;
	play_begin(p);
	play_to_step(p, 2);
	for (int k = 0; k < 2; k++) {
		p->heart.silent = true;
		play_until(p, (double)p->now_us / 1e6 + 60);
		p->heart.silent = false;
		play_until(p, (double)p->now_us / 1e6 + 60);
	}
	assert_true(play_decision(p, 14, "closed_loop", 0) >= 0);
	said = play_said(p, "cue.signal_back", 0);
	assert_true(said >= 0);
	assert_int_equal(play_said(p, "cue.signal_back", (size_t)said + 1), -1);
	play_destroy(p);
}

#define T(name) cmocka_unit_test(name)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(an_area_is_pressed_firmly_once_a_day),
		T(a_question_about_sore_spots_leaves_it_to_its_answer),
		T(a_headache_grown_by_two_opens_the_symptom_check),
		T(an_aura_is_for_breathing_with_closed_eyes),
		T(an_attack_asks_its_questions_in_any_routine),
		T(what_is_stopped_in_an_attack_is_whole),
		T(before_it_has_begun_nothing_is_whole),
		T(r10_offers_a_minute_from_over_8_bpm_more),
		T(who_says_yes_breathes_a_minute_more_and_silence_is_no),
		T(the_pressure_scale_is_over_before_the_hands_begin),
		T(that_it_lasts_longer_is_said_when_it_does),
		T(nobody_breathes_alone_for_much_over_three_minutes),
		T(the_sensor_is_told_to_be_back_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
