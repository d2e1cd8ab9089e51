/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The gate: what the safety questions let through, and what they stop. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/helpers/play.h"
#include "tests/helpers/test.h"

#define S 1e6

static struct play *asked(int sessions)
{
	struct play *p = play_create(sessions);

	p->start.settings.ask = true;
	play_begin(p);
	play_until(p, 0.5);
	return p;
}

static void answer_until_step(struct play *p, const char *except,
                              const char *value)
{
	struct session_status st;

	for (int k = 0; k < 60; k++) {
		play_until(p, (double)p->heart_us / S + 1);
		session_status(p->session, &st);
		if (!st.question || strcmp(st.state, "ended") == 0)
			return;

		const char *id = st.question;
		bool rating = strcmp(id, "headache") == 0 ||
		              strcmp(id, "tension") == 0;
		const char *yes =
			strcmp(id, "known") == 0 || strcmp(id, "accept") == 0
				? "yes"
				: "no";

		play_answer(p, id,
		            except && strcmp(id, except) == 0 ? value
		            : rating                          ? "4"
		                                              : yes);
	}
}

static void safe_answers_lead_to_the_first_step(void **state)
{
	struct play *p = asked(3);

	(void)state;
	answer_until_step(p, NULL, NULL);
	play_to_step(p, 1);
	play_destroy(p);
}

static void no_answer_within_20_s_counts_as_the_cautious_one(void **state)
{
	struct play *p = asked(3);
	const struct event *end = play_to_end(p);

	(void)state;
	assert_int_equal(end->end.result, RESULT_STOPPED);
	assert_int_equal(end->end.stop, STOP_SOON);
	/* 20 s, and the words of the stop screen */
	assert_true((double)end->t_us / S >= 20);
	assert_true(play_said(p, "cue.stop_soon", 0) >= 0);
	assert_true(play_decision(p, 15, "unanswered known", 0) >= 0);
	play_destroy(p);
}

static void each_red_flag_stops_with_its_own_words(void **state)
{
	static const struct {
		const char *id, *value, *cue;
		enum event_stop stop;
	} flags[] = {
		{"known", "not_sure", "cue.stop_soon", STOP_SOON},
		{"red_now", "yes", "cue.stop_emergency", STOP_EMERGENCY},
		{"red_today", "yes", "cue.stop_urgent", STOP_URGENT},
		{"red_soon", "yes", "cue.stop_soon", STOP_SOON},
	};

	(void)state;
	for (size_t k = 0; k < sizeof(flags) / sizeof(flags[0]); k++) {
		struct play *p = asked(3);

		answer_until_step(p, flags[k].id, flags[k].value);

		const struct event *end = play_to_end(p);

		assert_int_equal(end->end.result, RESULT_STOPPED);
		assert_int_equal(end->end.stop, flags[k].stop);
		assert_true(play_said(p, flags[k].cue, 0) >= 0);
		assert_null(play_last(p, EVENT_STEP));
		play_destroy(p);
	}
}

static void a_wrong_answer_is_refused_and_the_question_stands(void **state)
{
	struct play *p = asked(3);
	struct event e = {.kind = EVENT_ANSWER};

	(void)state;
	snprintf(e.answer.id, sizeof(e.answer.id), "known");
	snprintf(e.answer.value, sizeof(e.answer.value), "perhaps");
	e.t_us = p->now_us;
	assert_int_equal(session_step(p->session, &e), -EINVAL);

	struct session_status st;

	session_status(p->session, &st);
	assert_string_equal(st.question, "known");
	play_destroy(p);
}

static void touch_that_hurts_leaves_no_hands_on_the_head(void **state)
{
	struct play *p = asked(3);

	(void)state;
	answer_until_step(p, "touch", "yes");
	play_to_end(p);
	for (size_t i = 0; i < p->n; i++) {
		if (p->log[i].kind != EVENT_STEP)
			continue;

		const struct technique *t = routine_technique(
			p->routine, &p->routine->steps[routine_step(
					    p->routine, p->log[i].step.n)]);

		assert_true(!t || t->when_touch_hurts);
	}
	play_destroy(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(safe_answers_lead_to_the_first_step),
		cmocka_unit_test(
			no_answer_within_20_s_counts_as_the_cautious_one),
		cmocka_unit_test(each_red_flag_stops_with_its_own_words),
		cmocka_unit_test(
			a_wrong_answer_is_refused_and_the_question_stands),
		cmocka_unit_test(touch_that_hurts_leaves_no_hands_on_the_head),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
