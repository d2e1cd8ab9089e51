/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The machine and its rules, whole sessions on the real routine. The gate is in
 * test_safety.c, the words in test_words.c, the cases of D.6 in test_cases.c.
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "tests/helpers/play.h"
#include "tests/helpers/test.h"

#define S 1e6

/* --- the whole ------------------------------------------------------------ */

static void a_whole_session_completes_within_its_bounds(void **state)
{
	struct play *p = play_create(3);
	int last_n = 0;

	(void)state;
	p->heart.noise_ms = 8;
	play_begin(p);

	const struct event *end = play_to_end(p);

	assert_int_equal(end->end.result, RESULT_COMPLETED);
	assert_true((double)end->t_us / S >= 900 * 0.8);
	assert_true((double)end->t_us / S <= 900 * 1.25 + 20);
	assert_near(end->end.before.hr_bpm, 70, 1.5);
	assert_near(end->end.after.hr_bpm, 70, 1.5);
	for (size_t i = 0; i < p->n; i++) {
		if (p->log[i].kind != EVENT_STEP || !p->log[i].step.begin)
			continue;
		assert_true(p->log[i].step.n >= last_n);
		last_n = p->log[i].step.n;
	}
	assert_int_equal(last_n, 14);
	play_destroy(p);
}

static void time_never_runs_backwards_and_phrases_never_overlap(void **state)
{
	struct play *p = play_create(0);
	uint64_t last_us = 0, free_us = 0;

	(void)state;
	play_begin(p);
	play_to_end(p);
	for (size_t i = 0; i < p->n; i++) {
		const struct event *e = &p->log[i];

		assert_true(e->t_us >= last_us);
		last_us = e->t_us;
		if (e->kind != EVENT_SAY)
			continue;

		const struct phrase *ph =
			routine_phrase(p->routine, e->say.phrase);
		enum variant v;

		assert_non_null(ph);
		assert_int_equal(variant_from(e->say.variant, &v), 0);
		assert_non_null(phrase_text(ph, v, e->say.wording));
		assert_true(e->t_us >= free_us);
		free_us = e->t_us +
		          strlen(phrase_text(ph, v, e->say.wording)) * 65000;
	}
	play_destroy(p);
}

static void the_same_inputs_give_the_same_outputs(void **state)
{
	struct play *a = play_create(3), *b = play_create(3);

	(void)state;
	a->heart.noise_ms = b->heart.noise_ms = 15;
	play_begin(a);
	play_begin(b);
	play_to_end(a);
	play_to_end(b);
	assert_int_equal(a->n, b->n);
	for (size_t i = 0; i < a->n; i++) {
		assert_int_equal(a->log[i].kind, b->log[i].kind);
		assert_true(a->log[i].t_us == b->log[i].t_us);
		if (a->log[i].kind == EVENT_ESTIMATE) /* its doubles */
			assert_memory_equal(&a->log[i].estimate.hr_bpm,
			                    &b->log[i].estimate.hr_bpm,
			                    12 * sizeof(double));
	}
	play_destroy(a);
	play_destroy(b);
}

static void inputs_out_of_order_are_refused(void **state)
{
	struct play *p = play_create(3);
	struct event e = {.kind = EVENT_COMMAND,
	                  .t_us = 1000000,
	                  .command.word = WORD_LESS};

	(void)state;
	play_begin(p);
	play_until(p, 5);
	assert_int_equal(session_step(p->session, &e), -EINVAL); /* past */
	e.t_us = 500 * 1000000;
	assert_int_equal(session_step(p->session, &e), -EINVAL); /* not due */
	e.t_us = p->now_us;
	e.kind = EVENT_SAY;
	assert_int_equal(session_step(p->session, &e), -EINVAL); /* no input */
	play_word(p, WORD_STOP);
	e.kind = EVENT_COMMAND;
	assert_int_equal(session_step(p->session, &e), -EALREADY);
	play_destroy(p);
}

static void a_suspend_pauses_and_ten_minutes_of_it_interrupt(void **state)
{
	struct play *p = play_create(3);
	struct session_status st;
	struct event e = {.kind = EVENT_SUSPENDED, .suspended.seconds = 30};

	(void)state;
	play_begin(p);
	play_to_step(p, 3);
	e.t_us = p->now_us;
	assert_int_equal(session_step(p->session, &e), 0);
	session_status(p->session, &st);
	assert_string_equal(st.state, "paused");
	play_until(p, (double)p->heart_us / S + 590);
	session_status(p->session, &st);
	assert_string_equal(st.state, "paused");
	assert_int_equal(play_to_end(p)->end.result, RESULT_INTERRUPTED);
	play_destroy(p);
}

/* --- the rules ------------------------------------------------------------ */

static double sitting_down(double t_s)
{
	return t_s < 100 ? 8 - 0.08 * t_s : 0; /* -4.8 bpm a minute */
}

static double nearly_still(double t_s)
{
	return t_s < 100 ? 3 - 0.03 * t_s : 0; /* -1.8 bpm a minute */
}

static void r2_waits_until_the_heart_has_sat_down(void **state)
{
	for (int steep = 0; steep < 2; steep++) {
		struct play *p = play_create(3);

		(void)state;
		p->heart.rsa_bpm = 2;
		p->heart.drift = steep ? sitting_down : nearly_still;
		play_begin(p);
		play_to_step(p, 2);
		assert_int_equal(play_decision(p, 2, "baseline_extend", 0) >= 0,
		                 steep);
		assert_true(play_decision(p, 2, "baseline", 0) >= 0);
		assert_true((double)p->heart_us / S <= 121);
		play_destroy(p);
	}
}

static void r3_starts_at_the_persons_own_rate(void **state)
{
	struct play *p = play_create(3);

	(void)state;
	p->heart.own_per_min = 13;
	p->heart.noise_ms = 5;
	play_begin(p);
	play_to_step(p, 2);

	int i = play_decision(p, 3, "start", 0);

	assert_true(i >= 0);
	assert_near(play_figure(p, i, "per_min"), 13, 0.4);
	play_destroy(p);
}

static void r3_begins_at_10_where_nothing_is_known(void **state)
{
	struct play *p = play_create(3);

	(void)state;
	p->heart.silent = true;
	play_begin(p);
	play_to_step(p, 3);

	int i = play_decision(p, 3, "start", 0);

	assert_near(play_figure(p, i, "per_min"), 10, 0);
	assert_true(isnan(play_figure(p, i, "own_per_min")));
	play_destroy(p);
}

static void r4_goes_no_slower_than_the_sessions_floor(void **state)
{
	static const struct {
		int sessions;
		double floor;
	} floors[] = {{0, 8}, {1, 6}, {2, 6}, {7, 6}};

	(void)state;
	for (size_t k = 0; k < 4; k++) {
		struct play *p = play_create(floors[k].sessions);
		double slowest = INFINITY;

		p->heart.rsa_slow_bpm = 6;
		/* from 14 the walk would take longer than the steps have */
		p->heart.own_per_min = 9;
		play_begin(p);
		play_to_end(p);
		for (size_t i = 0; i < p->n; i++)
			if (p->log[i].kind == EVENT_BREATH &&
			    p->log[i].breath.per_min > 0)
				slowest =
					fmin(slowest, p->log[i].breath.per_min);
		assert_near(slowest, floors[k].floor, 1e-9);
		play_destroy(p);
	}
}

static double settling(double t_s)
{
	return t_s < 100 ? 0 : fmax(-0.03 * (t_s - 100), -8);
}

static void r6_lengthens_what_settles_and_r10_keeps_what_does_not(void **state)
{
	for (int settles = 0; settles < 2; settles++) {
		struct play *p = play_create(3);

		(void)state;
		p->heart.rsa_bpm = 2;
		p->heart.drift = settles ? settling : NULL;
		play_begin(p);
		play_to_end(p);

		int i = play_decision(p, 6, "extend", 0);

		assert_int_equal(i >= 0, settles);
		if (settles) {
			assert_true(play_figure(p, i, "calm") -
			                    play_figure(p, i, "calm_before") >=
			            8);
			assert_near(play_figure(p, i, "step"), 9, 0);
			assert_near(play_figure(p, i, "seconds"), 55, 0);
		} else {
			assert_true(play_decision(p, 10, "keep", 0) >= 0);
		}
		play_destroy(p);
	}
}

static void every_listening_window_takes_exactly_one_decision(void **state)
{
	struct play *p = play_create(3);
	int decided = 0, windows = 0;

	(void)state;
	p->heart.noise_ms = 8;
	play_begin(p);
	play_to_end(p);
	for (size_t i = 0; i < p->n; i++) {
		const struct event *e = &p->log[i];

		if (e->kind == EVENT_DECISION &&
		    (e->decision.rule == 10 || e->decision.rule == 6 ||
		     strcmp(e->decision.what, "enough_flat") == 0 ||
		     strcmp(e->decision.what, "by_clock") == 0))
			decided++;
		if (e->kind == EVENT_STEP && !e->step.begin &&
		    strcmp(e->step.technique, "rest_listen") == 0)
			windows++;
	}
	assert_int_equal(windows, 3);
	assert_int_equal(decided, 3);
	play_destroy(p);
}

static double fainting(double t_s)
{
	return t_s > 660 ? -20 : 0;
}

static double dropping_a_little(double t_s)
{
	return t_s > 660 ? -8 : 0;
}

static void r12_takes_the_hands_away_from_the_neck(void **state)
{
	for (int drop = 0; drop < 2; drop++) {
		struct play *p = play_create(3);

		(void)state;
		p->heart.drift = drop ? fainting : dropping_a_little;
		p->heart.noise_ms = 5;
		play_begin(p);
		play_to_step(p, 9);
		assert_true((double)p->heart_us / S < 640);
		play_until(p, 682);
		assert_int_equal(play_decision(p, 12, "hands_away", 0) >= 0,
		                 drop);
		assert_int_equal(play_said(p, "cue.hands_away", 0) >= 0, drop);
		if (drop) {
			assert_string_equal(
				play_last(p, EVENT_QUESTION)->question.id,
				"faint");
			play_answer(p, "faint", "no");
			play_until(p, 685);

			struct session_status st;

			session_status(p->session, &st);
			assert_int_equal(st.step_n, 10);
		}
		play_destroy(p);
	}
}

static void r12_hears_three_seconds_without_a_beat(void **state)
{
	for (int contact = 0; contact < 3; contact++) {
		struct play *p = play_create(3);

		(void)state;
		p->heart.contact = contact;
		play_begin(p);
		play_to_step(p, 9);
		play_sensor(p, EVENT_SENSOR_CONNECTED);
		play_until(p, (double)p->heart_us / S + 5);
		p->heart.silent = true;
		play_until(p, (double)p->heart_us / S + 5);
		assert_int_equal(play_decision(p, 12, "hands_away_silent", 0) >=
		                         0,
		                 contact == 2);
		play_destroy(p);
	}
}

static void r14_tells_once_and_keeps_the_clock(void **state)
{
	struct play *p = play_create(3);
	int told = 0;

	(void)state;
	play_begin(p);
	play_until(p, 120);
	play_sensor(p, EVENT_SENSOR_LOST);
	p->heart.silent = true;
	play_until(p, 220);
	p->heart.silent = false;
	play_until(p, 320);
	play_sensor(p, EVENT_SENSOR_LOST);
	p->heart.silent = true;
	assert_int_equal(play_to_end(p)->end.result, RESULT_COMPLETED);
	for (size_t i = 0; i < p->n; i++)
		told += p->log[i].kind == EVENT_SAY &&
		        strcmp(p->log[i].say.phrase, "cue.no_signal") == 0;
	assert_int_equal(told, 1);
	play_destroy(p);
}

static void without_a_sensor_the_routine_goes_by_the_clock(void **state)
{
	struct play *p = play_create(3);

	(void)state;
	p->start.sensor[0] = '\0';
	p->heart.silent = true;
	play_begin(p);

	const struct event *end = play_to_end(p);

	assert_int_equal(end->end.result, RESULT_COMPLETED);
	assert_near((double)end->t_us / S, 900, 30);
	assert_true(isnan(end->end.before.hr_bpm));
	assert_true(play_decision(p, 14, "open_loop", 0) >= 0);
	assert_int_equal(play_count(p, EVENT_ESTIMATE), 0);
	for (size_t i = 0; i < p->n; i++)
		if (p->log[i].kind == EVENT_BREATH &&
		    p->log[i].breath.per_min > 0)
			assert_true(p->log[i].breath.per_min >= 8 - 1e-9);
	play_destroy(p);
}

/* --- anything at all ------------------------------------------------------ */

static void random_one(uint64_t seed)
{
	uint64_t r = seed;
	struct play *p = play_create((int)(test_random(&r) % 5));

	p->start.settings.ask = test_random(&r) % 2;
	p->start.profile.flags = (uint32_t)test_random(&r) &
	                         (uint32_t)test_random(&r) &
	                         (uint32_t)test_random(&r) & 0xffffff;
	p->heart.hr_bpm = 45 + test_uniform(&r) * 60;
	p->heart.own_per_min = 6 + test_uniform(&r) * 18;
	p->heart.follows = test_random(&r) % 2;
	p->heart.noise_ms = test_uniform(&r) * 60;
	p->heart.ectopic_s = test_random(&r) % 3 ? 0 : 1 + test_uniform(&r) * 9;
	play_begin(p);
	for (int k = 0; k < 60; k++) {
		play_until(p, (double)p->heart_us / S + test_uniform(&r) * 60);
		if (session_next(p->session) == UINT64_MAX)
			break;
		if (test_random(&r) % 3 == 0) /* stop comes last in the enum */
			play_word(p, (enum event_word)(test_random(&r) %
			                               WORD_STOP));
		if (test_random(&r) % 6 == 0)
			play_sensor(p, (enum event_sensor)(test_random(&r) %
			                                   EVENT_SENSORS));
		p->heart.silent = test_random(&r) % 5 == 0;
	}
	if (session_next(p->session) != UINT64_MAX)
		play_word(p, WORD_STOP);
	assert_true(session_next(p->session) == UINT64_MAX);
	assert_non_null(play_last(p, EVENT_END));
	for (size_t i = 0; i < p->n; i++)
		if (p->log[i].kind == EVENT_BREATH &&
		    p->log[i].breath.per_min > 0)
			assert_true(p->log[i].breath.per_min >= 6 - 1e-9);
	play_destroy(p);
}

static void whatever_comes_it_never_hangs_and_stop_always_ends(void **state)
{
	(void)state;
	print_message("seeds 1 to 40\n");
	for (uint64_t seed = 1; seed <= 40; seed++)
		random_one(seed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_session_completes_within_its_bounds),
		cmocka_unit_test(
			time_never_runs_backwards_and_phrases_never_overlap),
		cmocka_unit_test(the_same_inputs_give_the_same_outputs),
		cmocka_unit_test(inputs_out_of_order_are_refused),
		cmocka_unit_test(
			a_suspend_pauses_and_ten_minutes_of_it_interrupt),
		cmocka_unit_test(r2_waits_until_the_heart_has_sat_down),
		cmocka_unit_test(r3_starts_at_the_persons_own_rate),
		cmocka_unit_test(r3_begins_at_10_where_nothing_is_known),
		cmocka_unit_test(r4_goes_no_slower_than_the_sessions_floor),
		cmocka_unit_test(
			r6_lengthens_what_settles_and_r10_keeps_what_does_not),
		cmocka_unit_test(
			every_listening_window_takes_exactly_one_decision),
		cmocka_unit_test(r12_takes_the_hands_away_from_the_neck),
		cmocka_unit_test(r12_hears_three_seconds_without_a_beat),
		cmocka_unit_test(r14_tells_once_and_keeps_the_clock),
		cmocka_unit_test(
			without_a_sensor_the_routine_goes_by_the_clock),
		cmocka_unit_test(
			whatever_comes_it_never_hangs_and_stop_always_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
