/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `lull memory`, and what `lull show` says of a search for the own pace. */
#include "tests/helpers/run.h"
#include "tests/helpers/test.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* Simulated persons by what their search comes to. */
#define CLEAR   15
#define UNCLEAR 11 /* does not follow the slow paces */

static char *home;
static struct ran ran;

static int set_up(void **state)
{
	(void)state;
	home = test_scratch();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	test_scrap(home);
	return 0;
}

static void run(const char *args, int status)
{
	run_on(&ran, "", home, args);
	if (ran.status != status)
		fail_msg("%s: %d: %s", args, ran.status, ran.text);
}

static void assert_says(const char *expected)
{
	if (!strstr(ran.text, expected))
		fail_msg("\"%s\" does not say \"%s\"", ran.text, expected);
}

static void assert_silent_on(const char *words)
{
	if (strstr(ran.text, words))
		fail_msg("\"%s\" says \"%s\"", ran.text, words);
}

/* Stored as a real heart's, of an hour ago. */
static void search(int person)
{
	char args[160], path[600];
	sqlite3 *db;

	snprintf(args, sizeof(args),
	         "render resonance_find --person %d --sessions 4 --no-voice "
	         "--save --json",
	         person);
	run(args, 0);
	snprintf(path, sizeof(path), "%s/state/lull/lull.db", home);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(
		sqlite3_exec(db,
	                     "UPDATE session SET simulated = 0,"
	                     " start_s = start_s - 3600,"
	                     " start = strftime('%Y-%m-%dT%H:%M:%S+00:00',"
	                     " start_s - 3600, 'unixepoch')",
	                     NULL, NULL, NULL),
		SQLITE_OK);
	sqlite3_close(db);
}

static void a_search_shows_rates_result_and_what_is_uncertain(void **state)
{
	(void)state;
	search(CLEAR);
	run("show", 0);
	assert_says("The search for your own pace (resonance):");
	assert_says("A MINUTE");
	assert_says("Your own pace: ");
	assert_says(" fits what was measured");
	assert_says("The routines use it for 30 days");
	run("show --json", 0);
	assert_says("\"kind\": \"search\"");
	assert_says("\"clear\": true");
	run("memory", 0);
	assert_says("Your own pace (resonance): ");
	assert_says("in use until ");
	run("replay 1", 0);
}

static void a_search_that_is_not_clear_says_no_number(void **state)
{
	(void)state;
	search(UNCLEAR);
	run("show", 0);
	assert_says("Your own pace is not clear: ");
	assert_silent_on("Your own pace: ");
	assert_silent_on("for 30 days");
	run("show --json", 0);
	assert_says("\"clear\": false");
	assert_says("\"per_min\": null");
	run("memory", 0);
	assert_says("Your own pace (resonance) is not known");
}

static void other_sessions_have_no_such_result(void **state)
{
	(void)state;
	run("render desk_reset --person 1 --no-voice --save --json", 0);
	run("show", 0);
	assert_silent_on("own pace");
	run("show --json", 0);
	assert_says("\"resonance\": null");
}

static void forgetting_begins_anew_and_keeps_the_sessions(void **state)
{
	(void)state;
	search(CLEAR);
	run("memory", 0);
	assert_says("resonance_find, in the ");
	assert_says("the usual one");
	run("memory forget", 0);
	assert_says("Forgotten: ");
	run("memory", 0);
	assert_says("What is remembered of you begins at ");
	assert_says("Your own pace (resonance) is not known");
	assert_silent_on("resonance_find, in the ");
	run("sessions", 0);
	assert_says("resonance_find");
	run("memory nonsense", 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_search_shows_rates_result_and_what_is_uncertain,
			set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_search_that_is_not_clear_says_no_number, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			other_sessions_have_no_such_result, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			forgetting_begins_anew_and_keeps_the_sessions, set_up,
			tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
