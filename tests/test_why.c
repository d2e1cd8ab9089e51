/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/out.h"
#include "cli/show.h"
#include "cli/tale.h"
#include "cli/why.h"

/* --- the result ----------------------------------------------------------- */

static const char *sentence_of(struct store_session row)
{
	static const struct change_band usual = {CHANGE_HR_BPM,
	                                         CHANGE_RMSSD_PCT, 0};
	static char text[256];
	struct change c;

	row.beats = 900;
	change_of(&row, &usual, &c);
	show_sentence(&row, &c, text, sizeof(text));
	return text;
}

static void
the_result_in_one_sentence_claims_no_more_than_there_is(void **state)
{
	struct store_session row = {.hr_before = 70,
	                            .hr_after = 66,
	                            .rmssd_before = 30,
	                            .rmssd_after = 45};

	(void)state;
	assert_string_equal(sentence_of(row),
	                    "At rest your heart beats 4 a minute slower and "
	                    "varies 50 percent more than before.");
	row.rmssd_after = 33;
	assert_string_equal(sentence_of(row),
	                    "At rest your heart beats 4 a minute slower than "
	                    "before.");
	row.hr_after = 69;
	assert_string_equal(sentence_of(row),
	                    "No clear change in your heart at rest.");
	row.hr_after = NAN;
	assert_non_null(strstr(sentence_of(row), "not heard well enough"));
}

static void results_are_told_in_words(void **state)
{
	struct store_session row = {.result = "closed_early", .rule = 13};
	char words[64];

	(void)state;
	tale_result(&row, words, sizeof(words));
	assert_string_equal(words, "closed early by R13");
	row = (struct store_session){.result = "stopped", .stop = "soon"};
	tale_result(&row, words, sizeof(words));
	assert_string_equal(words, "stopped by the safety questions");
	row = (struct store_session){.result = ""};
	tale_result(&row, words, sizeof(words));
	assert_string_equal(words, "not ended");
	assert_null(tale_stop_text(""));
	assert_non_null(strstr(tale_stop_text("emergency"), "112"));
	assert_non_null(strstr(tale_stop_text("urgent"), "today"));
	assert_non_null(strstr(tale_stop_text("soon"), "next days"));
}

/* --- why ------------------------------------------------------------------ */

static struct event decision(int rule, const char *what)
{
	struct event e = {.kind = EVENT_DECISION};

	e.decision.rule = rule;
	snprintf(e.decision.what, sizeof(e.decision.what), "%s", what);
	return e;
}

static void because(struct event *e, const char *key, double value)
{
	e->decision.because[e->decision.n++] =
		(struct event_figure){key, value};
}

static void an_extension_says_what_rose_and_what_gets_longer(void **state)
{
	struct event e = decision(6, "extend");
	char text[512];

	(void)state;
	because(&e, "calm", 58);
	because(&e, "calm_before", 46.2);
	because(&e, "first_bpm", 66.4);
	because(&e, "last_bpm", 63.2);
	because(&e, "step", 9);
	because(&e, "seconds", 55);
	why_tell(&e, NULL, text, sizeof(text));
	assert_string_equal(text,
	                    "listening window: CALM 46 -> 58 since the last "
	                    "one and still settling (heart rate in it 66 -> 63 "
	                    "bpm), so step 9 gets 55 s more [R6]");
}

static void figures_that_are_not_had_leave_their_part_out(void **state)
{
	struct event e = decision(3, "start");
	struct event hold = decision(4, "walk_hold");
	char text[512];

	(void)state;
	because(&e, "own_per_min", NAN);
	because(&e, "per_min", 10);
	why_tell(&e, NULL, text, sizeof(text));
	assert_string_equal(text, "breath: your own was not heard, so the "
	                          "pacer begins at 10.0/min [R3]");
	because(&hold, "per_min", 8.2);
	because(&hold, "adherence", 0.62);
	because(&hold, "calm", NAN);
	why_tell(&hold, NULL, text, sizeof(text));
	assert_string_equal(text, "breath: waits at 8.2/min before it slows "
	                          "on (heart follows at 62 %) [R4]");
}

static void a_decision_that_is_not_known_is_told_by_its_figures(void **state)
{
	struct event e = decision(8, "back_away");
	struct event rude = decision(99, "x\033[2J");
	char text[512];

	(void)state;
	because(&e, "hr_bpm", 81.25);
	because(&e, "calm", NAN);
	why_tell(&e, NULL, text, sizeof(text));
	assert_string_equal(text, "back away: hr_bpm 81.25, calm - [R8]");
	why_tell(&rude, NULL, text, sizeof(text));
	assert_string_equal(text, "x?[2J [R99]");
}

/* Earlier versions did not say why. */
static void a_reason_that_is_not_known_leaves_no_brackets(void **state)
{
	struct event e = decision(15, "leave_out pressure");
	char text[512];

	(void)state;
	because(&e, "step", 6);
	because(&e, "seconds", 100);
	why_tell(&e, NULL, text, sizeof(text));
	assert_string_equal(text, "step 6 is left out today (pressure); its "
	                          "100 s go to other steps where they may "
	                          "[R15]");
	e = decision(15, "leave_out");
	because(&e, "step", 6);
	because(&e, "seconds", 100);
	why_tell(&e, NULL, text, sizeof(text));
	assert_string_equal(text, "step 6 is left out today; its 100 s go to "
	                          "other steps where they may [R15]");
}

static void an_unanswered_question_is_named(void **state)
{
	struct event e = decision(15, "unanswered red_now");
	char text[512];

	(void)state;
	why_tell(&e, NULL, text, sizeof(text));
	assert_string_equal(text,
	                    "the question 'red now' went unanswered [R15]");
}

static void every_sentence_is_whole_with_and_without_figures(void **state)
{
	static const char *const keys[] = {
		"calm",    "calm_before", "step",         "seconds",
		"per_min", "own_per_min", "adherence",    "goal_per_min",
		"hr_bpm",  "rmssd_ms",    "artifact_pct", "windows"};
	char text[512];

	(void)state;
	for (size_t i = 0; i < why_n_sentences; i++) {
		struct event e =
			decision(why_sentences[i].rule, why_sentences[i].what);

		for (int figures = 0; figures < 2; figures++) {
			why_tell(&e, NULL, text, sizeof(text));
			assert_null(strpbrk(text, "{}|"));
			assert_ptr_equal(strchr(text, '['), strrchr(text, '['));
			assert_true(strlen(text) < 300);
			assert_non_null(why_rule(why_sentences[i].rule));
			for (size_t k = e.decision.n; k < EVENT_FIGURES_MAX;
			     k++)
				because(&e, keys[k], 1);
		}
	}
}

static void a_sentence_stays_within_its_room(void **state)
{
	struct event e = decision(6, "extend");
	char text[24];

	(void)state;
	because(&e, "calm", 58);
	because(&e, "calm_before", 46);
	for (size_t len = 1; len <= sizeof(text); len++) {
		memset(text, 'x', sizeof(text));
		why_tell(&e, NULL, text, len);
		assert_true(strlen(text) < len);
	}
}

/* Wellness wording, content.md E.5 and C.6: none of these anywhere. */
static void no_sentence_promises_or_alarms(void **state)
{
	static const char *const never[] = {
		"treat", "cure",   "heal", "reliev",  "prevent", "stress",
		"must",  "danger", "risk", "sympath", "disease", "diagnos"};

	(void)state;
	for (size_t i = 0; i < why_n_sentences; i++)
		for (size_t k = 0; k < sizeof(never) / sizeof(never[0]); k++)
			assert_null(
				strcasestr(why_sentences[i].text, never[k]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_result_in_one_sentence_claims_no_more_than_there_is),
		cmocka_unit_test(results_are_told_in_words),
		cmocka_unit_test(
			an_extension_says_what_rose_and_what_gets_longer),
		cmocka_unit_test(figures_that_are_not_had_leave_their_part_out),
		cmocka_unit_test(
			a_decision_that_is_not_known_is_told_by_its_figures),
		cmocka_unit_test(a_reason_that_is_not_known_leaves_no_brackets),
		cmocka_unit_test(an_unanswered_question_is_named),
		cmocka_unit_test(
			every_sentence_is_whole_with_and_without_figures),
		cmocka_unit_test(a_sentence_stays_within_its_room),
		cmocka_unit_test(no_sentence_promises_or_alarms),
	};

	return cmocka_run_group_tests_name("why", tests, NULL, NULL);
}
