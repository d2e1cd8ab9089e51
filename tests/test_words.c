/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words that a person says while a session runs. */
#include "tests/helpers/play.h"
#include "tests/helpers/test.h"

#define S 1e6

static void stop_ends_at_once(void **state)
{
	struct play *p = play_create(3);

	(void)state;
	play_begin(p);
	play_to_step(p, 3);
	play_word(p, WORD_STOP);

	const struct event *end = play_last(p, EVENT_END);

	assert_non_null(end);
	assert_true(end->t_us == p->now_us);
	assert_int_equal(end->end.result, RESULT_STOPPED);
	play_destroy(p);
}

static void pause_stops_the_steps_clock_and_resume_goes_on(void **state)
{
	struct play *p = play_create(3);
	struct session_status before, after;

	(void)state;
	play_begin(p);
	play_to_step(p, 3);
	play_until(p, (double)p->heart_us / S + 10);
	session_status(p->session, &before);
	play_word(p, WORD_PAUSE);
	play_until(p, (double)p->heart_us / S + 300);
	session_status(p->session, &after);
	assert_string_equal(after.state, "paused");
	assert_near(after.step_left_s, before.step_left_s, 0.15);
	assert_near(after.per_min, 0, 0);
	assert_true(play_last(p, EVENT_LEVEL)->level.paused);
	play_word(p, WORD_RESUME);
	play_until(p, (double)p->heart_us / S + 1);
	session_status(p->session, &after);
	assert_string_equal(after.state, "playing");
	assert_near(after.step_left_s, before.step_left_s - 1, 0.15);
	assert_true(after.per_min > 0);
	assert_false(play_last(p, EVENT_LEVEL)->level.paused);
	play_destroy(p);
}

static void skip_goes_to_the_next_step(void **state)
{
	struct play *p = play_create(3);
	struct session_status st;

	(void)state;
	play_begin(p);
	play_to_step(p, 3);
	play_word(p, WORD_SKIP);
	session_status(p->session, &st);
	assert_int_equal(st.step_n, 4);
	play_destroy(p);
}

static void easier_is_a_breath_faster_a_minute_and_lighter(void **state)
{
	struct play *p = play_create(3);
	struct session_status a, b;

	(void)state;
	play_begin(p);
	play_to_step(p, 6);
	play_until(p, (double)p->heart_us / S + 5);
	session_status(p->session, &a);
	play_word(p, WORD_EASIER);
	session_status(p->session, &b);
	assert_near(b.per_min, a.per_min + 1, 1e-5);
	assert_true(play_decision(p, 9, "easier", 0) >= 0);
	play_until(p, (double)p->heart_us / S + 15);
	assert_true(play_said(p, "cue.easier", 0) >= 0);
	play_destroy(p);
}

static void quieter_less_and_louder_act_at_once(void **state)
{
	struct play *p = play_create(3);

	(void)state;
	play_begin(p);
	play_to_step(p, 3);
	play_word(p, WORD_QUIETER);
	assert_near(play_last(p, EVENT_LEVEL)->level.master_db, -6, 0);
	play_word(p, WORD_LOUDER);
	play_word(p, WORD_LOUDER);
	assert_near(play_last(p, EVENT_LEVEL)->level.master_db, 0, 0);
	for (int k = 0; k < 3; k++)
		play_word(p, WORD_LESS);

	size_t from = p->n;

	play_to_step(p, 9);
	for (size_t i = from; i < p->n; i++)
		assert_int_not_equal(p->log[i].kind, EVENT_SAY);
	play_destroy(p);
}

static void
hush_leaves_the_breath_then_nothing_then_all_and_help_is_heard(void **state)
{
	struct play *p = play_create(3);

	(void)state;
	play_begin(p);
	play_to_step(p, 3);
	for (int k = 1; k <= HUSHES; k++) {
		play_word(p, WORD_HUSH);
		assert_int_equal(play_last(p, EVENT_LEVEL)->level.hush,
		                 k % HUSHES);
		assert_false(play_last(p, EVENT_LEVEL)->level.paused);
	}
	play_word(p, WORD_HUSH);
	play_word(p, WORD_QUIETER); /* and stays hushed */
	assert_int_equal(play_last(p, EVENT_LEVEL)->level.hush, HUSH_WORDS);
	play_word(p, WORD_DIZZY);
	assert_int_equal(play_last(p, EVENT_LEVEL)->level.hush, HUSH_NONE);
	play_destroy(p);
}

static void dizzy_frees_the_hands_and_keeps_to_easy_breathing(void **state)
{
	struct play *p = play_create(5);

	(void)state;
	play_begin(p);
	play_to_step(p, 9);
	play_until(p, (double)p->heart_us / S + 60);

	size_t from = p->n;

	play_word(p, WORD_DIZZY);
	assert_true(play_said(p, "cue.dizzy", from) >= 0);
	play_until(p, (double)p->heart_us / S + 3);
	play_answer(p, "faint", "no");
	play_to_end(p);
	for (size_t i = from; i < p->n; i++) {
		const struct event *e = &p->log[i];

		if (e->kind == EVENT_BREATH && e->breath.per_min > 0)
			assert_true(e->breath.per_min >= 8 - 1e-9);
		if (e->kind == EVENT_STEP && e->step.begin)
			assert_int_not_equal(e->step.n, 9);
	}
	play_destroy(p);
}

static void dizzy_and_faint_ends_with_the_stop_words(void **state)
{
	struct play *p = play_create(5);

	(void)state;
	play_begin(p);
	play_to_step(p, 9);
	play_word(p, WORD_DIZZY);
	play_until(p, (double)p->heart_us / S + 3);
	play_answer(p, "faint", "yes");

	const struct event *end = play_to_end(p);

	assert_int_equal(end->end.result, RESULT_STOPPED);
	assert_int_equal(end->end.stop, STOP_URGENT);
	play_destroy(p);
}

static void hurts_stops_the_hands_and_asks(void **state)
{
	struct play *p = play_create(5);

	(void)state;
	play_begin(p);
	play_to_step(p, 6);
	play_word(p, WORD_HURTS);
	assert_true(play_said(p, "cue.hurts", 0) >= 0);
	play_until(p, (double)p->heart_us / S + 2);
	assert_string_equal(play_last(p, EVENT_QUESTION)->question.id, "sharp");
	play_answer(p, "sharp", "no");
	assert_int_equal(play_to_end(p)->end.result, RESULT_COMPLETED);
	play_destroy(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stop_ends_at_once),
		cmocka_unit_test(
			pause_stops_the_steps_clock_and_resume_goes_on),
		cmocka_unit_test(skip_goes_to_the_next_step),
		cmocka_unit_test(
			easier_is_a_breath_faster_a_minute_and_lighter),
		cmocka_unit_test(quieter_less_and_louder_act_at_once),
		cmocka_unit_test(
			hush_leaves_the_breath_then_nothing_then_all_and_help_is_heard),
		cmocka_unit_test(
			dizzy_frees_the_hands_and_keeps_to_easy_breathing),
		cmocka_unit_test(dizzy_and_faint_ends_with_the_stop_words),
		cmocka_unit_test(hurts_stops_the_hands_and_asks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
