/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/run.h"
#include "tests/helpers/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "cli/load.h"
#include "cli/out.h"
#include "drivers/capture.h"

static void write_text(const char *path, const char *text)
{
	test_write(path, text, strlen(text));
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
	         "render tension_relief --person 8 --no-voice --save "
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
	assert_non_null(
		strstr(r.text, "\nNo clear change in your heart at rest.\n"));
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

	return cmocka_run_group_tests_name("program", tests, NULL, NULL);
}
