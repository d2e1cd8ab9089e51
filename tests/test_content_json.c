/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A routine through JSON and back. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "content/content.h"
#include "helpers/book.h"
#include "helpers/test.h"

static void assert_same_phrase(const struct phrase *a, const struct phrase *b)
{
	assert_string_equal(a->id, b->id);
	for (int v = 0; v < VARIANTS; v++) {
		assert_int_equal(!a->text[v], !b->text[v]);
		if (a->text[v])
			assert_string_equal(a->text[v], b->text[v]);
		assert_int_equal(phrase_wordings(a, (enum variant)v),
		                 phrase_wordings(b, (enum variant)v));
		for (int k = 1; k < phrase_wordings(a, (enum variant)v); k++)
			assert_string_equal(a->more[v][k - 1],
			                    b->more[v][k - 1]);
	}
}

static void assert_same_dose(const struct dose *a, const struct dose *b)
{
	assert_near(a->min, b->min, 0);
	assert_near(a->target, b->target, 0);
	assert_near(a->max, b->max, 0);
}

static void assert_same_technique(const struct technique *a,
                                  const struct technique *b)
{
	assert_string_equal(a->id, b->id);
	assert_string_equal(a->name, b->name);
	assert_string_equal(a->region, b->region);
	assert_string_equal(a->position, b->position);
	assert_string_equal(a->hands, b->hands);
	assert_string_equal(a->feel, b->feel);
	assert_string_equal(a->stop, b->stop);
	assert_string_equal(a->evidence, b->evidence);
	assert_string_equal(a->pace, b->pace);
	assert_string_equal(a->reps, b->reps);
	assert_string_equal(a->breath, b->breath);
	assert_string_equal(a->src, b->src);
	assert_int_equal(a->pressure_min, b->pressure_min);
	assert_int_equal(a->pressure_max, b->pressure_max);
	assert_int_equal(a->mode, b->mode);
	assert_same_dose(&a->dose, &b->dose);
	assert_int_equal(a->each_side, b->each_side);
	assert_int_equal(a->side, b->side);
	assert_int_equal(a->contra, b->contra);
	assert_int_equal(a->sig, b->sig);
	assert_int_equal(a->neck, b->neck);
	assert_int_equal(a->when_touch_hurts, b->when_touch_hurts);
	assert_int_equal(a->by_choice, b->by_choice);
	assert_int_equal(a->not_first, b->not_first);
	assert_int_equal(a->once_a_day, b->once_a_day);
	assert_same_phrase(&a->phrase, &b->phrase);
}

static void assert_same_step(const struct step *a, const struct step *b)
{
	assert_int_equal(a->n, b->n);
	assert_int_equal(a->technique, b->technique);
	assert_same_dose(&a->s, &b->s);
	assert_int_equal(a->breath, b->breath);
	assert_near(a->floor_per_min, b->floor_per_min, 0);
	assert_int_equal(a->rules, b->rules);
	assert_int_equal(a->skip_flags, b->skip_flags);
	assert_int_equal(a->skip_after, b->skip_after);
	assert_int_equal(a->after_r8_skip, b->after_r8_skip);
	assert_int_equal(a->probe, b->probe);
	assert_int_equal(a->skip_early, b->skip_early);
	assert_int_equal(a->skip_tuned, b->skip_tuned);
	assert_int_equal(a->talk, b->talk);
	assert_near(a->quieter_db, b->quieter_db, 0);
	assert_near(a->fade_s, b->fade_s, 0);
	assert_int_equal(a->new_posture, b->new_posture);
	for (int k = 0; k < 4; k++) {
		assert_string_equal(a->ask[k], b->ask[k]);
		assert_string_equal(a->ask_after[k], b->ask_after[k]);
		assert_string_equal(a->say[k], b->say[k]);
		assert_string_equal(a->say_after[k], b->say_after[k]);
		assert_int_equal(a->time_to[k], b->time_to[k]);
	}
}

static void assert_same_question(const struct question *a,
                                 const struct question *b)
{
	assert_string_equal(a->id, b->id);
	assert_string_equal(a->text, b->text);
	assert_int_equal(a->when, b->when);
	assert_int_equal(a->n_choices, b->n_choices);
	assert_int_equal(a->unanswered, b->unanswered);
	assert_near(a->timeout_s, b->timeout_s, 0);
	for (size_t k = 0; k < a->n_choices; k++) {
		const struct choice *x = &a->choices[k], *y = &b->choices[k];

		assert_string_equal(x->value, y->value);
		assert_ptr_equal(b->values[k], y->value);
		assert_int_equal(x->stop, y->stop);
		assert_int_equal(x->set_flags, y->set_flags);
		assert_int_equal(x->pressure_cap, y->pressure_cap);
		assert_near(x->floor_per_min, y->floor_per_min, 0);
		assert_int_equal(x->refuse, y->refuse);
		assert_string_equal(x->say, y->say);
	}
}

static void assert_same(const struct routine *a, const struct routine *b)
{
	assert_string_equal(a->id, b->id);
	assert_string_equal(a->name, b->name);
	assert_string_equal(a->goal, b->goal);
	assert_string_equal(a->posture, b->posture);
	assert_near(a->total_s, b->total_s, 0);
	assert_int_equal(a->mode, b->mode);
	assert_int_equal(a->short_gate, b->short_gate);
	assert_int_equal(a->verbosity, b->verbosity);
	assert_int_equal(a->pressure_cap, b->pressure_cap);
	for (int k = 0; k < 4; k++)
		assert_string_equal(a->ask[k], b->ask[k]);
	for (int k = 0; k < 8; k++)
		assert_int_equal(a->extend_order[k], b->extend_order[k]);
	assert_int_equal(a->n_steps, b->n_steps);
	for (size_t i = 0; i < a->n_steps; i++)
		assert_same_step(&a->steps[i], &b->steps[i]);
	assert_int_equal(a->n_techniques, b->n_techniques);
	for (size_t i = 0; i < a->n_techniques; i++)
		assert_same_technique(&a->techniques[i], &b->techniques[i]);
	assert_int_equal(a->n_cues, b->n_cues);
	for (size_t i = 0; i < a->n_cues; i++)
		assert_same_phrase(&a->cues[i], &b->cues[i]);
	assert_int_equal(a->n_questions, b->n_questions);
	for (size_t i = 0; i < a->n_questions; i++)
		assert_same_question(&a->questions[i], &b->questions[i]);
	assert_string_equal(a->content_sha, b->content_sha);
}

static void goes_through_unchanged(const struct routine *r)
{
	struct routine *back = NULL;
	struct error error = {""};
	char *text, *again;

	assert_int_equal(content_to_json(r, &text), 0);
	if (content_from_json(text, strlen(text), &back, &error) < 0)
		fail_msg("%s", error.text);
	assert_same(r, back);
	assert_int_equal(content_to_json(back, &again), 0);
	assert_string_equal(text, again);
	assert_null(strchr(text, '\n'));
	routine_destroy(back);
	free(again);
	free(text);
}

static void every_routine_goes_through_json_unchanged(void **state)
{
	struct content *c = book_load();
	const struct content_entry *entries;
	size_t n = content_routines(c, &entries);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		struct routine *r = book_routine(c, entries[i].id);

		/* what no shipped text or number has */
		free(r->goal);
		r->goal = strdup("\"\\ Schlaf\xc3\xbc"
		                 "ber \xf0\x9f\x98\x8c /");
		r->steps[1].floor_per_min = 6.1;
		r->steps[1].breath = BREATH_WALK;
		r->steps[3].skip_after = UINT32_C(1) << 15;
		goes_through_unchanged(r);
		routine_destroy(r);
	}
	assert_int_equal(n, 6);
	content_destroy(c);
}

static void json_is_read_as_strictly_as_a_file(void **state)
{
	static const char *const bad[][2] = {
		{"\"n\":6,", "\"n\":5,"},
		{"\"do\":\"trap_hold\"", "\"do\":\"trap_halt\""},
		{"\"content_sha\":\"", "\"content_sha\":\"x"},
		{"\"pressure\":[4,5]", "\"pressure\":[4]"},
		{"{\"id\":\"tension\"", "{\"id\":\"tensio\""},
		{"\"techniques\":", "\"technique\":"},
	};
	struct content *c = book_load();
	struct routine *r = book_routine(c, "tension_relief"), *back = NULL;
	struct error error = {""};
	char *text;

	(void)state;
	assert_int_equal(content_to_json(r, &text), 0);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		char *spoiled = book_replaced(text, bad[i][0], bad[i][1]);

		assert_int_equal(content_from_json(spoiled, strlen(spoiled),
		                                   &back, &error),
		                 -EBADMSG);
		book_says(&error, "routine: line 1: ");
		assert_null(back);
		free(spoiled);
	}
	/* a session's first line that was cut off while it was written */
	for (size_t len = 0; len < strlen(text); len += 997)
		assert_int_equal(content_from_json(text, len, &back, NULL),
		                 -EBADMSG);
	free(text);
	routine_destroy(r);
	content_destroy(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_routine_goes_through_json_unchanged),
		cmocka_unit_test(json_is_read_as_strictly_as_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
