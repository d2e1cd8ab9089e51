/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/run.h"
#include "tests/helpers/test.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sqlite3.h>

#include "cli/answers.h"
#include "cli/keys.h"
#include "cli/load.h"
#include "cli/opt.h"
#include "cli/out.h"
#include "cli/plan.h"
#include "cli/render.h"
#include "cli/screen.h"
#include "cli/show.h"
#include "cli/tale.h"
#include "cli/why.h"
#include "drivers/capture.h"

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
	                          "on (followed at 62 %) [R4]");
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
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
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

/* --- the program ---------------------------------------------------------- */

/* Without a bus. */
static void run(struct ran *ret, const char *home, const char *args)
{
	run_on(ret, "", home, args);
}

static void one_line(const struct ran *r)
{
	const char *end = strchr(r->text, '\n');

	if (strncmp(r->text, "lull: ", 6) != 0 || !end || end[1])
		fail_msg("expected one line of `lull: `, not: %s", r->text);
}

static void wrong_usage_ends_with_status_2_and_one_line(void **state)
{
	static const char *const wrong[] = {
		"",
		"nonsense",
		"statistics",
		"pause now",
		"answer one",
		"status --jsn",
		"show abc",
		"sessions --last -1",
		"routine",
		"routine list all",
		"render",
		"render tension_relief",
		"render tension_relief -o x.mp3",
		"render tension_relief -o x.wav --beats a --person 1",
		"render tension_relief -o x.wav --date yesterday",
		"render tension_relief -o x.wav --talk loudly",
		"render tension_relief -o x.wav --voice loud",
		"render tension_relief -o x.wav --pacer whistle",
		"render tension_relief -o x.wav --bed-db 3",
		"sound",
		"sound check",
		"replay",
		"replay 1 -o x.txt",
		"help nonsense",
		"start --from 0",
		"start --talk auto",
		"sensors --scan 0",
		"use",
		"forget",
		"record",
	};
	char *home = test_scratch();
	struct ran r;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		run(&r, home, wrong[i]);
		if (r.status != 2)
			fail_msg("lull %s: status %d: %s", wrong[i], r.status,
			         r.text);
		one_line(&r);
	}
	run(&r, home, "nonsense");
	assert_non_null(strstr(r.text, "lull help"));
	test_scrap(home);
}

static void every_command_has_help(void **state)
{
	static const char *const commands[] = {
		"start",    "pause",  "resume", "skip",     "easier",
		"quieter",  "louder", "less",   "more",     "hurts",
		"dizzy",    "stop",   "answer", "status",   "seen",
		"sessions", "show",   "why",    "routines", "routine",
		"render",   "replay", "doctor", "sensors",  "use",
		"sound",    "forget", "record", "hush"};
	char *home = test_scratch(), args[64];
	struct ran r;

	(void)state;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		snprintf(args, sizeof(args), "%s --help", commands[i]);
		run(&r, home, args);
		assert_int_equal(r.status, 0);
		assert_non_null(strstr(r.text, "usage: lull "));
		assert_non_null(strstr(r.text, commands[i]));
	}
	test_scrap(home);
}

static void
without_a_session_bus_live_commands_name_what_gives_one(void **state)
{
	static const char *const live[] = {
		"start",    "pause",   "status",      "answer known yes",
		"use ble:", "sensors", "forget ble:", "sensors --scan 1",
	};
	char *home = test_scratch();
	struct ran r;

	(void)state;
	for (size_t i = 0; i < sizeof(live) / sizeof(live[0]); i++) {
		run(&r, home, live[i]);
		assert_int_equal(r.status, 3);
		one_line(&r);
		assert_non_null(strstr(r.text, "dbus-run-session"));
	}
	test_scrap(home);
}

static void without_a_daemon_only_start_starts_one(void **state)
{
	static const struct {
		const char *args;
		int status;
		const char *says;
	} cases[] = {
		{"status", 3, "no daemon runs: lull start"},
		{"stop", 3, "no daemon runs: lull start"},
		{"answer known yes", 3, "no daemon runs: lull start"},
		{"start nosuch", 1, "lull routines"},
		{"start --answers /nowhere.yaml", 1, "/nowhere.yaml"},
	};
	char *home = test_scratch(), lulld[512];
	struct ran r;

	(void)state;
	if (system("dbus-run-session -- true >/dev/null 2>&1") != 0) {
		print_message("skipped: no dbus-run-session here\n");
		test_scrap(home);
		skip();
	}
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		run_on(&r, "dbus-run-session --", home, cases[i].args);
		assert_int_equal(r.status, cases[i].status);
		assert_non_null(strstr(r.text, cases[i].says));
	}
	snprintf(lulld, sizeof(lulld), "%sd", run_path());
	if (access(lulld, X_OK) == 0) { /* it is the daemon that refuses */
		run_on(&r, "dbus-run-session --", home,
		       "start --sensor bogus:1");
		assert_int_equal(r.status, 1);
		assert_non_null(strstr(r.text, "bogus:1"));
	}
	test_scrap(home);
}

static void a_recording_of_a_sensor_is_a_capture(void **state)
{
	char *home = test_scratch(), args[512], path[256], *text;
	struct capture_count count;
	struct load_error error;
	struct ran r;
	size_t len;

	(void)state;
	snprintf(path, sizeof(path), "%s/new.capture", home);
	snprintf(args, sizeof(args),
	         "record -o %s --seconds 2.5 "
	         "--sensor file:tests/captures/vectors.capture",
	         path);
	run(&r, home, args);
	assert_int_equal(r.status, 0);
	assert_non_null(strstr(r.text, "1 packets"));
	assert_int_equal(load_bytes(path, &text, &len, &error), 0);
	text = realloc(text, len + 1);
	assert_non_null(text);
	text[len] = '\0';
	assert_int_equal(capture_parse(text, len, &count, &error), 0);
	assert_int_equal(count.ble, 1);
	assert_non_null(strstr(text, "state connected"));
	assert_non_null(strstr(text, "# kind: file\n"));
	assert_null(strstr(text, "vectors"));
	free(text);
	/* what is there already is not overwritten */
	run(&r, home, args);
	assert_int_equal(r.status, 1);
	one_line(&r);
	test_scrap(home);
}

static void without_a_sensor_a_recording_ends_with_status_4(void **state)
{
	char *home = test_scratch(), args[512], path[256];
	struct ran r;

	(void)state;
	setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent", 1);
	snprintf(path, sizeof(path), "%s/new.capture", home);
	snprintf(args, sizeof(args), "record -o %s", path);
	run(&r, home, args);
	assert_int_equal(r.status, 4);
	one_line(&r);
	assert_non_null(strstr(r.text, "systemctl start bluetooth"));
	assert_int_equal(access(path, F_OK), -1);
	run(&r, home, "doctor");
	assert_non_null(strstr(r.text, "bluetooth ok    not in use: "));
	unsetenv("DBUS_SYSTEM_BUS_ADDRESS");
	test_scrap(home);
}

static void doctor_hears_the_voice_that_sessions_have(void **state)
{
	char *home = test_scratch();
	struct ran r;

	(void)state;
	setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent", 1);
	run(&r, home, "doctor");
	assert_non_null(strstr(r.text, "voice     ok    "
	                               "the calm voice speaks: a clip of "));
	setenv("LULL_VOICE", "/nonexistent.htsvoice", 1);
	run(&r, home, "doctor");
	assert_int_equal(r.status, 1);
	assert_non_null(strstr(r.text, "voice     wrong "
	                               "/nonexistent.htsvoice: the calm voice "
	                               "cannot speak: "));
	assert_non_null(strstr(r.text, "flite speaks instead: apt install "));
	unsetenv("LULL_VOICE");
	unsetenv("DBUS_SYSTEM_BUS_ADDRESS");
	test_scrap(home);
}

static void without_a_store_the_past_is_empty_not_broken(void **state)
{
	char *home = test_scratch();
	struct ran r;

	(void)state;
	for (const char *const *c =
	             (const char *const[]){"sessions", "show", "show 3", "why",
	                                   "replay 1", NULL};
	     *c; c++) {
		run(&r, home, *c);
		assert_int_equal(r.status, 1);
		one_line(&r);
		assert_non_null(strstr(r.text, "no session is stored yet"));
	}
	test_scrap(home);
}

static void broken_files_are_named_with_line_and_what_was_expected(void **state)
{
	char *home = test_scratch(), path[600], args[800];
	struct ran r;

	(void)state;
	snprintf(path, sizeof(path), "%s/bad.rr", home);
	write_text(path, "800\n810\nhello\n");
	snprintf(args, sizeof(args),
	         "render tension_relief --no-voice --beats %s -o %s/x.wav",
	         path, home);
	run(&r, home, args);
	assert_int_equal(r.status, 1);
	one_line(&r);
	assert_non_null(strstr(r.text, "bad.rr"));
	assert_non_null(strstr(r.text, "line 3"));

	snprintf(path, sizeof(path), "%s/bad.yaml", home);
	write_text(path, "id: mine\nsteps: 7\n");
	snprintf(args, sizeof(args), "routine check %s", path);
	run(&r, home, args);
	assert_int_equal(r.status, 1);
	one_line(&r);
	assert_non_null(strstr(r.text, "bad.yaml"));

	snprintf(path, sizeof(path), "%s/bad.jsonl", home);
	write_text(path, "this is no session\n");
	snprintf(args, sizeof(args), "replay %s", path);
	run(&r, home, args);
	assert_int_equal(r.status, 1);
	one_line(&r);
	assert_non_null(strstr(r.text, "bad.jsonl"));

	run(&r, home, "replay /nowhere/at-all.jsonl");
	assert_int_equal(r.status, 1);
	one_line(&r);
	run(&r, home, "render tension_relief -o x.wav --bed /nowhere.flac");
	assert_int_equal(r.status, 1);
	one_line(&r);
	assert_non_null(strstr(r.text, "/nowhere.flac"));
	run(&r, home, "render nosuch -o x.wav");
	assert_int_equal(r.status, 1);
	one_line(&r);
	assert_non_null(strstr(r.text, "lull routines"));
	test_scrap(home);
}

static void a_render_is_kept_shown_explained_and_replayed(void **state)
{
	char *home = test_scratch(), args[600];
	struct ran r;

	(void)state;
	snprintf(args, sizeof(args),
	         "render tension_relief --person 1 --no-voice --save "
	         "--events %s/a.jsonl",
	         home);
	run(&r, home, args);
	assert_int_equal(r.status, 0);
	assert_non_null(strstr(r.text, "completed"));
	run(&r, home, "sessions");
	assert_int_equal(r.status, 0);
	assert_non_null(strstr(r.text, "tension_relief"));
	run(&r, home, "show 1");
	assert_int_equal(r.status, 0);
	assert_non_null(strstr(r.text, "heart rate at rest"));
	assert_non_null(strstr(r.text, "what was done"));
	assert_non_null(strstr(r.text, "is left out today"));
	assert_non_null(strstr(r.text, "\nAt rest your heart beats 3 a minute "
	                               "faster than before.\n"));
	run(&r, home, "why");
	assert_int_equal(r.status, 0);
	assert_non_null(strstr(r.text, "listening window"));
	assert_non_null(strstr(r.text, "[R3]"));
	run(&r, home, "replay 1");
	assert_int_equal(r.status, 0);
	assert_non_null(strstr(r.text, "identical: "));
	snprintf(args, sizeof(args), "replay %s/a.jsonl", home);
	run(&r, home, args);
	assert_int_equal(r.status, 0);
	assert_non_null(strstr(r.text, "identical: "));
	run(&r, home, "show 2");
	assert_int_equal(r.status, 1);
	assert_non_null(strstr(r.text, "there is none"));
	run(&r, home, "seen");
	assert_int_equal(r.status, 0);
	test_scrap(home);
}

static void json_of_the_past_is_json(void **state)
{
	static const char *const commands[] = {
		"sessions --json", "show --json",
		"why --json",      "routines --json",
		"replay 1 --json", "routine show tension_relief --json"};
	char *home = test_scratch();
	struct ran r;

	(void)state;
	run(&r, home,
	    "render tension_relief --person 2 --seconds 90 --no-voice --save");
	assert_int_equal(r.status, 0);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		json_t *value;

		run(&r, home, commands[i]);
		assert_int_equal(r.status, 0);
		value = json_loads(r.text, 0, NULL);
		assert_non_null(value);
		json_decref(value);
	}
	test_scrap(home);
}

static double figure_of(const json_t *row, const char *key)
{
	const json_t *value = json_object_get(row, key);

	assert_true(json_is_number(value));
	return json_number_value(value);
}

static void json_of_the_past_has_its_figures(void **state)
{
	char *home = test_scratch();
	json_t *sessions, *show;
	const json_t *row;
	struct ran r;

	(void)state;
	run(&r, home, "render tension_relief --person 1 --no-voice --save");
	assert_int_equal(r.status, 0);
	run(&r, home, "sessions --json");
	sessions = json_loads(r.text, 0, NULL);
	row = json_array_get(sessions, 0);
	run(&r, home, "show --json");
	show = json_loads(r.text, 0, NULL);
	assert_near(figure_of(row, "hr_slower_bpm"),
	            figure_of(row, "hr_before_bpm") -
	                    figure_of(row, "hr_after_bpm"),
	            2e-6);
	assert_true(figure_of(row, "hr_before_bpm") > 30);
	assert_true(figure_of(row, "beats") > 500);
	assert_true(figure_of(row, "beats") == figure_of(show, "beats"));
	assert_true(figure_of(show, "corrected") < figure_of(show, "beats"));
	assert_true(figure_of(show, "signal_ok_pct") > 50);
	assert_true(figure_of(show, "signal_ok_pct") <= 100);
	json_decref(sessions);
	json_decref(show);
	test_scrap(home);
}

/* The end of the first beat after five minutes, one digit more. */
static void lengthen_a_beat(const char *from, const char *to)
{
	char line[4096];
	FILE *in = fopen(from, "r"), *out = fopen(to, "w");
	bool done = false;

	assert_non_null(in);
	assert_non_null(out);
	for (int n = 0; !done || !feof(in); n++) {
		char *ticks;

		if (!fgets(line, sizeof(line), in))
			break;
		ticks = strstr(line, "\"rr_ticks\":");
		if (!done && n > 1000 && ticks) {
			ticks += strlen("\"rr_ticks\":");
			ticks[strspn(ticks, " ")] = '2'; /* 0.8 s to 2.x s */
			done = true;
		}
		assert_true(fputs(line, out) >= 0);
	}
	assert_true(done);
	fclose(in);
	assert_int_equal(fclose(out), 0);
}

static void a_changed_beat_is_found_by_the_replay(void **state)
{
	char *home = test_scratch(), args[800], from[600], to[600];
	struct ran r;

	(void)state;
	snprintf(from, sizeof(from), "%s/a.jsonl", home);
	snprintf(to, sizeof(to), "%s/b.jsonl", home);
	snprintf(args, sizeof(args),
	         "render tension_relief --person 4 --no-voice --events %s",
	         from);
	run(&r, home, args);
	assert_int_equal(r.status, 0);
	lengthen_a_beat(from, to);
	snprintf(args, sizeof(args), "replay %s", to);
	run(&r, home, args);
	assert_int_equal(r.status, 1);
	assert_non_null(strstr(r.text, "differs: output "));
	assert_non_null(strstr(r.text, "stored {"));
	assert_non_null(strstr(r.text, "now    {"));
	test_scrap(home);
}

static void a_store_of_a_newer_version_is_left_alone(void **state)
{
	char *home = test_scratch(), path[600];
	struct ran r;
	sqlite3 *db;

	(void)state;
	run(&r, home, "render tension_relief --seconds 5 --no-voice --save");
	assert_int_equal(r.status, 0);
	snprintf(path, sizeof(path), "%s/state/lull/lull.db", home);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(
		sqlite3_exec(db, "PRAGMA user_version = 99", NULL, NULL, NULL),
		SQLITE_OK);
	sqlite3_close(db);
	for (const char *const *c =
	             (const char *const[]){
			     "sessions", "show", "seen", "why 1",
			     "render tension_relief --no-voice --save", NULL};
	     *c; c++) {
		run(&r, home, *c);
		assert_int_equal(r.status, 1);
		one_line(&r);
		assert_non_null(strstr(r.text, "newer"));
	}
	test_scrap(home);
}

static void the_same_render_twice_gives_the_same_bytes(void **state)
{
	char *home = test_scratch(), args[600], command[600];
	struct ran r;

	(void)state;
	for (const char *c = "ab"; *c; c++) {
		snprintf(args, sizeof(args),
		         "render tension_relief --person 5 --seconds 60 "
		         "--no-voice -o %s/%c.flac --events %s/%c.jsonl",
		         home, *c, home, *c);
		run(&r, home, args);
		assert_int_equal(r.status, 0);
	}
	for (const char *const *end =
	             (const char *const[]){"flac", "jsonl", NULL};
	     *end; end++) {
		snprintf(command, sizeof(command), "cmp -s %s/a.%s %s/b.%s",
		         home, *end, home, *end);
		assert_int_equal(system(command), 0);
	}
	test_scrap(home);
}

static void a_replay_sounds_as_the_render_was_asked_to(void **state)
{
	char *home = test_scratch(), args[600], command[600];
	struct ran r;

	(void)state;
	snprintf(args, sizeof(args),
	         "render tension_relief --seconds 30 --voice none --pacer bow "
	         "--bed sea --breath-db -3 --save -o %s/a.flac",
	         home);
	run(&r, home, args);
	assert_int_equal(r.status, 0);
	snprintf(args, sizeof(args), "replay 1 -o %s/b.flac", home);
	run(&r, home, args);
	assert_int_equal(r.status, 0);
	snprintf(command, sizeof(command), "cmp -s %s/a.flac %s/b.flac", home,
	         home);
	assert_int_equal(system(command), 0);
	/* and not as another */
	snprintf(args, sizeof(args),
	         "render tension_relief --seconds 30 --voice none --bed none "
	         "-o %s/b.flac",
	         home);
	run(&r, home, args);
	assert_int_equal(r.status, 0);
	assert_int_not_equal(system(command), 0);
	/* the person's own as a bed: what was just rendered */
	snprintf(args, sizeof(args),
	         "render tension_relief --seconds 30 --voice none "
	         "--bed %s/a.flac -o %s/c.wav",
	         home, home);
	run(&r, home, args);
	assert_int_equal(r.status, 0);
	test_scrap(home);
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
		cmocka_unit_test(the_line_in_place_shows_step_time_and_heart),
		cmocka_unit_test(names_of_sound_files_are_checked),
		cmocka_unit_test(
			an_evidence_grade_is_what_its_note_begins_with),
		cmocka_unit_test(answers_are_checked_against_the_questions),
		cmocka_unit_test(wrong_usage_ends_with_status_2_and_one_line),
		cmocka_unit_test(every_command_has_help),
		cmocka_unit_test(
			without_a_session_bus_live_commands_name_what_gives_one),
		cmocka_unit_test(without_a_daemon_only_start_starts_one),
		cmocka_unit_test(a_recording_of_a_sensor_is_a_capture),
		cmocka_unit_test(
			without_a_sensor_a_recording_ends_with_status_4),
		cmocka_unit_test(doctor_hears_the_voice_that_sessions_have),
		cmocka_unit_test(without_a_store_the_past_is_empty_not_broken),
		cmocka_unit_test(
			broken_files_are_named_with_line_and_what_was_expected),
		cmocka_unit_test(a_render_is_kept_shown_explained_and_replayed),
		cmocka_unit_test(json_of_the_past_is_json),
		cmocka_unit_test(json_of_the_past_has_its_figures),
		cmocka_unit_test(a_changed_beat_is_found_by_the_replay),
		cmocka_unit_test(a_store_of_a_newer_version_is_left_alone),
		cmocka_unit_test(the_same_render_twice_gives_the_same_bytes),
		cmocka_unit_test(a_replay_sounds_as_the_render_was_asked_to),
	};

	return cmocka_run_group_tests_name("cli", tests, NULL, NULL);
}
