/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/answers.h"
#include "cli/keys.h"
#include "cli/load.h"
#include "cli/opt.h"
#include "cli/out.h"
#include "cli/plan.h"
#include "cli/render.h"
#include "cli/screen.h"

/* --- options -------------------------------------------------------------- */

struct read {
	bool flag;
	const char *text;
	uint64_t count;
	double number;
	struct opt_args args;
	struct error error;
};

/* Reads the words behind @max_args, up to a NULL. */
static int read_words(struct read *ret, int max_args, ...)
{
	const struct command c = {
		.name = "try", .args = "[A]", .max_args = max_args};
	const struct opt opts[] = {
		{"flag", OPT_FLAG, &ret->flag, NULL, "", 0, 0},
		{"text", OPT_TEXT, &ret->text, "T", "", 0, 0},
		{"count", OPT_COUNT, &ret->count, "N", "", 1, 30},
		{"number", OPT_NUMBER, &ret->number, "N", "", -1, 2.5},
		{"o", OPT_TEXT, &ret->text, "FILE", "", 0, 0},
		{0},
	};
	char words[8][32], *argv[8];
	int n = 0;
	va_list ap;

	va_start(ap, max_args);
	for (const char *w; (w = va_arg(ap, const char *)) != NULL; n++) {
		snprintf(words[n], sizeof(words[n]), "%s", w);
		argv[n] = words[n];
	}
	va_end(ap);

	int r = opt_read(&c, opts, n, argv, &ret->args, &ret->error);

	/* the words are gone with this function; only compare what they said */
	if (ret->text)
		ret->text = strcmp(ret->text, "x.wav") == 0 ? "x.wav" : "other";
	return r;
}

static void options_are_read_in_every_form(void **state)
{
	struct read a = {0}, b = {0}, c = {0};

	(void)state;
	assert_int_equal(read_words(&a, 2, "--flag", "one", "--count", "7",
	                            "--number=-0.5", "--", "--two", NULL),
	                 0);
	assert_true(a.flag);
	assert_int_equal(a.count, 7);
	assert_near(a.number, -0.5, 0);
	assert_int_equal(a.args.n, 2);
	assert_int_equal(read_words(&b, 0, "-o", "x.wav", NULL), 0);
	assert_string_equal(b.text, "x.wav");
	assert_int_equal(read_words(&c, 0, "-ox.wav", NULL), 0);
	assert_string_equal(c.text, "x.wav");
}

static void help_wins_over_what_is_wrong_behind_it(void **state)
{
	struct read a = {0};

	(void)state;
	assert_int_equal(read_words(&a, 0, "--help", "--nonsense", NULL), 1);
}

static void wrong_options_are_named(void **state)
{
	static const char *const wrong[][3] = {
		{"--nonsense", "", "--nonsense"},
		{"--count", "0", "'0'"},
		{"--count", "31", "1 to 30"},
		{"--count", "7x", "'7x'"},
		{"--count", "99999999999999999999", "whole number"},
		{"--number", "2.6", "-1 to 2.5"},
		{"--number", "nan", "'nan'"},
		{"--number", "0x1", "'0x1'"},
		{"--text", "", "--text"},
		{"--flag=yes", "", "--flag"},
		{"-f", "", "-f"},
		{"--o", "x", "--o"},
		{"too", "many", "many"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct read a = {0};
		bool lone = !*wrong[i][1] && strcmp(wrong[i][0], "--text") != 0;

		assert_int_equal(read_words(&a, 1, wrong[i][0],
		                            lone ? NULL : wrong[i][1], NULL),
		                 -EINVAL);
		assert_non_null(strstr(a.error.text, wrong[i][2]));
		assert_int_equal(a.count, 0);
	}
}

static void an_option_at_the_end_misses_its_value(void **state)
{
	struct read a = {0};

	(void)state;
	assert_int_equal(read_words(&a, 0, "--count", NULL), -EINVAL);
	assert_non_null(strstr(a.error.text, "nothing given"));
}

/* --- printing ------------------------------------------------------------- */

static void a_table_aligns_its_columns_by_characters(void **state)
{
	struct out_table t;
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	(void)state;
	assert_non_null(f);
	out_table_init(&t, "rll");
	for (const char *const *c =
	             (const char *const[]){"ID", "NAME", "X", "7", "né", "a",
	                                   "123", "abc", "b", NULL};
	     *c; c++)
		out_table_cell(&t, "%s", *c);
	assert_int_equal(out_table_print(&t, f, true), 0);
	out_table_finish(&t);
	fclose(f);
	assert_string_equal(text, " ID  NAME  X\n"
	                          "  7  né    a\n"
	                          "123  abc   b\n");
	free(text);
}

static void what_could_steer_a_terminal_is_made_plain(void **state)
{
	char plain[32], cut[4];

	(void)state;
	out_plain(plain, sizeof(plain), "a\033[2Jb\nc\xc2\x9bxé");
	assert_string_equal(plain, "a?[2Jb?c?xé");
	out_plain(cut, sizeof(cut), "abé"); /* é has two bytes */
	assert_string_equal(cut, "ab");
}

static void figures_without_a_value_are_a_dash(void **state)
{
	char a[16], date[32];

	(void)state;
	assert_string_equal(out_number(a, sizeof(a), NAN, 1), "-");
	assert_string_equal(out_number(a, sizeof(a), -0.04, 1), "0.0");
	assert_string_equal(out_number(a, sizeof(a), 2.5, 0), "3");
	assert_string_equal(out_clock(a, sizeof(a), NAN), "-");
	assert_string_equal(out_clock(a, sizeof(a), 903), "15:03");
	assert_string_equal(out_clock(a, sizeof(a), 3725), "1:02:05");
	assert_string_equal(out_date(date, sizeof(date), "2026-11-22T21:05:00"),
	                    "2026-11-22 21:05");
}

static void json_has_null_where_there_is_no_number(void **state)
{
	json_t *none = out_real(NAN), *third = out_real(1.0 / 3);

	(void)state;
	assert_true(json_is_null(none));
	assert_near(json_real_value(third), 0.333333, 1e-12);
	json_decref(none);
	json_decref(third);
}

static void long_lines_break_at_spaces(void **state)
{
	char text[] = "one two three fourteen x";

	(void)state;
	screen_wrap(text, 9);
	assert_string_equal(text, "one two\nthree\nfourteen\nx");
}

/* --- keys ----------------------------------------------------------------- */

static void choices_have_the_key_of_their_first_letter(void **state)
{
	const char *const choices[] = {"yes", "not_sure", "no_headache", NULL};
	struct keys k;

	(void)state;
	keys_init(&k, choices);
	assert_string_equal(keys_press(&k, 'Y'), "yes");
	assert_string_equal(keys_press(&k, 'n'), "not_sure");
	assert_string_equal(keys_press(&k, '3'), "no_headache");
	assert_null(keys_press(&k, 'z'));
	assert_null(keys_press(&k, '\n'));
	assert_string_equal(keys_line(&k, "no_headache"), "no_headache");
	assert_string_equal(keys_line(&k, "n"), "not_sure");
	assert_null(keys_line(&k, ""));
}

static void numbers_are_typed_and_wait_where_they_may_go_on(void **state)
{
	const char *const choices[] = {"0", "1", "2", "10", NULL};
	struct keys k;

	(void)state;
	keys_init(&k, choices);
	assert_string_equal(keys_press(&k, '2'), "2");
	assert_null(keys_press(&k, '1')); /* 1 or 10 */
	assert_string_equal(keys_press(&k, '\n'), "1");
	assert_null(keys_press(&k, '1'));
	assert_string_equal(keys_press(&k, '0'), "10");
	assert_null(keys_press(&k, '1'));
	assert_null(keys_press(&k, 127)); /* taken back */
	assert_string_equal(keys_press(&k, '0'), "0");
}

static void every_word_but_pause_and_resume_has_a_key(void **state)
{
	const char keys[] = "seql-+hdx";
	enum event_word word;

	(void)state;
	for (const char *c = keys; *c; c++) {
		assert_non_null(keys_word(*c));
		assert_int_equal(event_word_from(keys_word(*c), &word), 0);
	}
	assert_null(keys_word('p')); /* either, by what goes on */
	assert_null(keys_word(' '));
}

/* --- the rest of what is pure --------------------------------------------- */

static void the_line_in_place_shows_step_time_and_heart(void **state)
{
	struct bus_state s;
	char line[256];

	(void)state;
	bus_state_init(&s);
	snprintf(s.state, sizeof(s.state), "playing");
	s.step_n = 3;
	s.step_left_s = 45;
	s.left_s = 750;
	s.hr_bpm = 64.2;
	s.breaths_per_min = 6.5;
	screen_line(&s, NULL, line, sizeof(line));
	assert_string_equal(line, "step 3  0:45   12:30 to go   HR 64   CALM "
	                          "-   6.5/min");
	snprintf(s.state, sizeof(s.state), "paused");
	s.breaths_per_min = 0;
	screen_line(&s, NULL, line, sizeof(line));
	assert_string_equal(line, "step 3  0:45   12:30 to go   HR 64   CALM "
	                          "-   paused");
	/* an attack, E.4: no figure that moves */
	snprintf(s.state, sizeof(s.state), "playing");
	snprintf(s.mode, sizeof(s.mode), "attack");
	s.step_n = 3;
	s.left_s = 77;
	screen_line(&s, NULL, line, sizeof(line));
	assert_string_equal(line, "step 3");
}

static void names_of_sound_files_are_checked(void **state)
{
	(void)state;
	assert_true(render_sound_ok("a.wav"));
	assert_true(render_sound_ok("b/c.FLAC"));
	assert_true(render_sound_ok("a.ogg"));
	assert_false(render_sound_ok("a.mp3"));
	assert_false(render_sound_ok("wav"));
}

static void an_evidence_grade_is_what_its_note_begins_with(void **state)
{
	char grade[16];

	(void)state;
	plan_grade("C (one small trial)", grade, sizeof(grade));
	assert_string_equal(grade, "C");
	plan_grade("B- for pain; D alone", grade, sizeof(grade));
	assert_string_equal(grade, "B-");
	plan_grade("", grade, sizeof(grade));
	assert_string_equal(grade, "");
}

static void write_text(const char *path, const char *text)
{
	test_write(path, text, strlen(text));
}

static void answers_are_checked_against_the_questions(void **state)
{
	static const struct {
		const char *text, *says;
	} wrong[] = {
		{"known: maybe\n", "expected one of"},
		{"known: yes\nno_such_question: yes\n", "line 2"},
		{"- known\n", "answers"},
	};
	struct answers a = {0};
	struct routine *r = NULL;
	struct error error = {0};
	char *folder = test_scratch(), path[512];

	(void)state;
	snprintf(path, sizeof(path), "%s/answers.yaml", folder);
	if (load_routine(LOAD_DEFAULT, &r, &error) < 0)
		fail_msg("%s", error.text);
	write_text(path, "known: yes\nred_now: no\n");
	assert_int_equal(answers_load(&a, path, r, &error), 0);
	assert_string_equal(answers_find(&a, "known"), "yes");
	assert_string_equal(answers_find(&a, "red_now"), "no");
	assert_null(answers_find(&a, "touch"));
	assert_null(a.at[a.n].id);
	answers_finish(&a);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		write_text(path, wrong[i].text);
		assert_int_equal(answers_load(&a, path, r, &error), -EBADMSG);
		assert_non_null(strstr(error.text, wrong[i].says));
		assert_non_null(strstr(error.text, "answers.yaml"));
	}
	routine_destroy(r);
	test_scrap(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_are_read_in_every_form),
		cmocka_unit_test(help_wins_over_what_is_wrong_behind_it),
		cmocka_unit_test(wrong_options_are_named),
		cmocka_unit_test(an_option_at_the_end_misses_its_value),
		cmocka_unit_test(a_table_aligns_its_columns_by_characters),
		cmocka_unit_test(what_could_steer_a_terminal_is_made_plain),
		cmocka_unit_test(figures_without_a_value_are_a_dash),
		cmocka_unit_test(json_has_null_where_there_is_no_number),
		cmocka_unit_test(long_lines_break_at_spaces),
		cmocka_unit_test(choices_have_the_key_of_their_first_letter),
		cmocka_unit_test(
			numbers_are_typed_and_wait_where_they_may_go_on),
		cmocka_unit_test(every_word_but_pause_and_resume_has_a_key),
		cmocka_unit_test(the_line_in_place_shows_step_time_and_heart),
		cmocka_unit_test(names_of_sound_files_are_checked),
		cmocka_unit_test(
			an_evidence_grade_is_what_its_note_begins_with),
		cmocka_unit_test(answers_are_checked_against_the_questions),
	};

	return cmocka_run_group_tests_name("cli", tests, NULL, NULL);
}
