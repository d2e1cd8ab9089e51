/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is asked, and what silence means. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "content/content.h"
#include "helpers/book.h"
#include "helpers/test.h"

static void a_stop_screen_says_the_same_in_every_length(void **state)
{
	static const char *const ids[] = {"cue.stop_emergency",
	                                  "cue.stop_urgent", "cue.stop_soon"};
	struct content *c = book_load();
	struct routine *r = book_routine(c, "tension_relief");

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		const struct phrase *p = routine_phrase(r, ids[i]);

		assert_string_equal(p->text[VARIANT_FULL],
		                    p->text[VARIANT_BRIEF]);
		assert_string_equal(p->text[VARIANT_FULL],
		                    p->text[VARIANT_MINIMAL]);
		assert_null(p->text[VARIANT_LIGHT]);
	}
	assert_true(book_has(routine_phrase(r, ids[0])->text[VARIANT_FULL],
	                     "112, 999 or 911"));
	assert_true(book_has(routine_phrase(r, ids[1])->text[VARIANT_FULL],
	                     "see you today"));
	assert_true(book_has(routine_phrase(r, ids[2])->text[VARIANT_FULL],
	                     "in the next days"));
	routine_destroy(r);
	content_destroy(c);
}

static void every_flag_is_asked_for_and_silence_sets_it(void **state)
{
	struct content *c = book_load();
	struct routine *r = book_routine(c, "tension_relief");

	(void)state;
	for (int f = 0; f < FLAG_NO_TOUCH; f++) {
		char id[EVENT_ID_MAX];
		const struct question *q;

		snprintf(id, sizeof id, "flag.%s", flag_name((enum flag)f));
		q = routine_question(r, f == FLAG_ALLODYNIA ? "touch" : id);
		assert_non_null(q);
		assert_int_equal(q->when, f == FLAG_ALLODYNIA ? ASK_SESSION
		                                              : ASK_PROFILE);
		assert_string_equal(q->values[q->unanswered], "yes");
		assert_true(q->choices[q->unanswered].set_flags &
		            flag_bit((enum flag)f));
		assert_near(q->timeout_s, 20, 0);
		assert_int_equal(q->choices[q->n_choices - 1].set_flags, 0);
	}
	routine_destroy(r);
	content_destroy(c);
}

/* Those that hold for one session are asked for before it, or in it. */
static void every_flag_of_a_day_is_set_by_silence_too(void **state)
{
	static const struct {
		enum flag flag;
		const char *question, *value;
		bool silence;
	} asked[] = {
		{FLAG_ALLODYNIA, "touch", "yes", true},
		{FLAG_NO_TOUCH, "touch", "anywhere", false},
		{FLAG_NAUSEA, "nausea", "3", true},
		{FLAG_AURA, "aura", "yes", true},
		{FLAG_NO_BALLS, "balls", "no", true},
	};
	struct content *c = book_load();
	struct routine *r = book_routine(c, "tension_relief");

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		const struct question *q =
			routine_question(r, asked[i].question);
		size_t k = 0;

		assert_non_null(q);
		assert_int_not_equal(q->when, ASK_PROFILE);
		while (strcmp(q->choices[k].value, asked[i].value) != 0)
			k++;
		assert_true(q->choices[k].set_flags & flag_bit(asked[i].flag));
		assert_int_equal(q->unanswered == (int)k, asked[i].silence);
	}
	routine_destroy(r);
	content_destroy(c);
}

static size_t count_words(const char *text)
{
	size_t n = 1;

	for (; *text; text++)
		n += *text == ' ';
	return n;
}

static void silence_before_a_session_is_the_cautious_answer(void **state)
{
	static const struct {
		const char *id, *silence;
		enum event_stop stop;
	} asked[] = {
		{"known", "not_sure", STOP_SOON},
		{"red_now", "yes", STOP_EMERGENCY},
		{"red_today", "yes", STOP_URGENT},
		{"red_risk", "yes", STOP_URGENT},
		{"red_soon", "yes", STOP_SOON},
		{"touch", "yes", STOP_NONE},
	};
	struct content *c = book_load();
	struct routine *r = book_routine(c, "tension_relief");
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < r->n_questions; i++) {
		const struct question *q = &r->questions[i];

		if (q->when != ASK_SESSION)
			continue;
		assert_string_equal(q->id, asked[n].id);
		assert_string_equal(q->values[q->unanswered], asked[n].silence);
		assert_int_equal(q->choices[q->unanswered].stop, asked[n].stop);
		assert_near(q->timeout_s, 20, 0);
		/* read in 20 s at 200 words a minute */
		assert_true(count_words(q->text) <= 66);
		assert_null(q->values[q->n_choices]);
		n++;
	}
	assert_int_equal(n, 6);
	assert_int_equal(r->questions[0].when, ASK_PROFILE);
	assert_string_equal(r->questions[0].id, "accept");
	assert_true(r->questions[0].choices[r->questions[0].unanswered].refuse);
	routine_destroy(r);
	content_destroy(c);
}

static void questions_in_a_session_bear_their_consequences(void **state)
{
	struct content *c = book_load();
	struct routine *r = book_routine(c, "tension_relief");
	const struct question *q = routine_question(r, "activity");

	(void)state;
	assert_int_equal(q->choices[q->unanswered].pressure_cap, 3);
	assert_near(q->choices[q->unanswered].floor_per_min, 8, 0);
	assert_int_equal(q->choices[1].pressure_cap, -1);
	q = routine_question(r, "headache");
	assert_int_equal(q->n_choices, 11);
	assert_string_equal(q->values[10], "10");
	assert_int_equal(q->unanswered, -1);
	q = routine_question(r, "faint");
	assert_int_equal(q->choices[q->unanswered].stop, STOP_URGENT);
	q = routine_question(r, "sharp");
	assert_int_equal(q->choices[q->unanswered].stop, STOP_URGENT);
	routine_destroy(r);
	content_destroy(c);
}

static void no_session_question_or_stop_screen_names_a_disease(void **state)
{
	static const char *const diseases[] = {
		"migraine",  "stroke",     "cancer",       "meningitis",
		"arteritis", "aneurysm",   "glaucoma",     "HIV",
		"bleeding",  "dissection", "hypertension",
	};
	struct content *c = book_load();
	struct routine *r = book_routine(c, "tension_relief");

	(void)state;
	for (size_t d = 0; d < sizeof diseases / sizeof *diseases; d++) {
		for (size_t i = 0; i < r->n_questions; i++)
			if (r->questions[i].when == ASK_SESSION)
				assert_false(book_has(r->questions[i].text,
				                      diseases[d]));
		for (size_t i = 0; i < r->n_cues; i++)
			if (strncmp(r->cues[i].id, "cue.stop_", 9) == 0)
				assert_false(
					book_has(r->cues[i].text[VARIANT_FULL],
				                 diseases[d]));
	}
	routine_destroy(r);
	content_destroy(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stop_screen_says_the_same_in_every_length),
		cmocka_unit_test(every_flag_is_asked_for_and_silence_sets_it),
		cmocka_unit_test(every_flag_of_a_day_is_set_by_silence_too),
		cmocka_unit_test(
			silence_before_a_session_is_the_cautious_answer),
		cmocka_unit_test(
			questions_in_a_session_bear_their_consequences),
		cmocka_unit_test(
			no_session_question_or_stop_screen_names_a_disease),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
