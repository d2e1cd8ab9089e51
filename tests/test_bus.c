/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/helpers/lulld.h"

static void a_session_runs_is_told_and_is_stored(void **state)
{
	struct lulld *w = *state;
	struct store_session row;

	lulld_start_quiet(w, "person:1");
	lulld_drive(w, lulld_said);
	lulld_assert_text(w, "State", "playing");
	lulld_assert_text(w, "Routine", "tension_relief");
	lulld_assert_text(w, "Step", "unpaced_check");
	lulld_assert_text(w, "Sensor", "person:1");
	lulld_assert_text(w, "Result", "");
	assert_true(lulld_number(w, "SecondsLeft") > 600);
	lulld_say(w, "stop");
	lulld_drive(w, lulld_ended);

	assert_true(w->id > 0);
	lulld_assert_text(w, "State", "idle");
	lulld_assert_text(w, "Result", "stopped");
	lulld_assert_text(w, "Stop", "");
	assert_true(isnan(lulld_number(w, "SecondsLeft")));
	assert_non_null(strstr(w->changed, "State\n"));
	assert_non_null(strstr(w->changed, "SessionId\n"));
	lulld_read_session(w, w->id, &row);
	assert_string_equal(row.result, "stopped");
	assert_string_equal(row.routine, "tension_relief");
	assert_true(row.simulated);
	assert_true(row.events > 0);
}

static void its_length_ends_it_and_time_left_is_told_on_the_way(void **state)
{
	struct lulld *w = *state;

	lulld_assert_ok(w, lulld_method(w, "Start", "sa{sv}", "tension_relief",
	                                5, "no_audio", "b", 1, "ask", "b", 0,
	                                "sensor", "s", "person:1", "seconds",
	                                "d", 2.0, "talk", "s", "minimal"));
	lulld_drive(w, lulld_told_of_time);
	lulld_drive(w, lulld_hears_the_sensor);
	lulld_drive(w, lulld_ended);
	lulld_assert_text(w, "Result", "closed_early");
}

static void from_step_begins_there(void **state)
{
	struct lulld *w = *state;

	lulld_assert_ok(w,
	                lulld_method(w, "Start", "sa{sv}", "tension_relief", 4,
	                             "no_audio", "b", 1, "ask", "b", 0,
	                             "sensor", "s", "", "from_step", "i", 2));
	lulld_drive(w, lulld_playing);
	assert_int_equal(app_live(w->app)->step_n, 2);
	lulld_say(w, "stop");
	lulld_drive(w, lulld_ended);
}

static void pause_and_resume_are_in_force_at_once(void **state)
{
	struct lulld *w = *state;

	lulld_start_quiet(w, "person:1");
	lulld_drive(w, lulld_playing);
	lulld_say(w, "pause");
	lulld_assert_text(w, "State", "paused");
	lulld_say(w, "resume");
	lulld_assert_text(w, "State", "playing");
	lulld_say(w, "stop");
	lulld_drive(w, lulld_ended);
}

static void without_a_sensor_the_clock_leads_and_it_is_said(void **state)
{
	struct lulld *w = *state;

	lulld_start_quiet(w, "");
	lulld_drive(w, lulld_playing);
	assert_non_null(strstr(app_live(w->app)->message, "by the clock"));
	lulld_assert_text(w, "SensorState", "");
	lulld_say(w, "stop");
	lulld_drive(w, lulld_ended);
	assert_true(w->id > 0);
}

static void a_second_start_is_busy_and_harms_nothing(void **state)
{
	struct lulld *w = *state;

	lulld_start_quiet(w, "person:1");
	lulld_assert_refused(
		w, lulld_method(w, "Start", "sa{sv}", "tension_relief", 0),
		"Busy", "a session runs|lull stop");
	lulld_drive(w, lulld_playing);
	lulld_assert_refused(w,
	                     lulld_method(w, "Start", "sa{sv}", "no_such", 0),
	                     "Busy", "a session runs");
	lulld_assert_text(w, "State", "playing");
	lulld_say(w, "stop");
	lulld_drive(w, lulld_ended);
}

static void stop_while_preparing_cancels(void **state)
{
	struct lulld *w = *state;
	struct setup_options options;
	struct error error;

	setup_options_init(&options);
	options.no_audio = true;
	assert_int_equal(app_start(w->app, "tension_relief", &options, &error),
	                 0);
	assert_string_equal(app_live(w->app)->state, "preparing");
	assert_int_equal(app_command(w->app, "pause", &error), -EINVAL);
	assert_int_equal(app_answer(w->app, "known", "yes", &error), -EINVAL);
	assert_int_equal(app_command(w->app, "stop", &error), 0);
	lulld_drive(w, lulld_ended);
	assert_int_equal(w->id, 0);
	lulld_assert_text(w, "State", "idle");
	lulld_assert_text(w, "Result", "stopped");
	lulld_start_quiet(w, "person:1");
}

static void it_may_be_prepared_and_a_session_is_not_disturbed(void **state)
{
	struct lulld *w = *state;

	lulld_assert_ok(w, lulld_method(w, "Prepare", ""));
	lulld_assert_text(w, "State", "idle");
	lulld_start_quiet(w, "person:1");
	lulld_drive(w, lulld_playing);
	lulld_assert_ok(w, lulld_method(w, "Prepare", ""));
	lulld_assert_text(w, "State", "playing");
	lulld_say(w, "stop");
	lulld_drive(w, lulld_ended);
	assert_true(w->id > 0);
}

static void bad_starts_are_refused_in_a_plain_line(void **state)
{
	struct lulld *w = *state;
	static const struct {
		const char *key, *type;
		union {
			const char *s;
			double d;
			int i;
		} value;
		const char *holds;
	} cases[] = {
		{"sensor", "s", {.s = "smell:1"}, "smell:1|no driver"},
		{"sensor", "s", {.s = "nonsense"}, "nonsense"},
		{"sensor", "s", {.s = "file:/no/such"}, "/no/such"},
		{"colour", "s", {.s = "red"}, "colour|no such option|seed"},
		{"seconds", "d", {.d = -1.0}, "seconds|0"},
		{"seconds", "s", {.s = "ten"}, "seconds|seconds d"},
		{"from_step", "i", {.i = 99}, "from_step 99"},
		{"from_step", "i", {.i = -1}, "from_step"},
		{"talk", "s", {.s = "loud"}, "talk loud|minimal"},
	};

	lulld_assert_refused(w,
	                     lulld_method(w, "Start", "sa{sv}", "no_such", 0),
	                     "BadInput", "no_such|lull routines");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *key = cases[i].key, *type = cases[i].type;
		sd_bus_message *m = NULL;

		if (type[0] == 's')
			m = lulld_method(w, "Start", "sa{sv}", "tension_relief",
			                 1, key, type, cases[i].value.s);
		else if (type[0] == 'd')
			m = lulld_method(w, "Start", "sa{sv}", "tension_relief",
			                 1, key, type, cases[i].value.d);
		else
			m = lulld_method(w, "Start", "sa{sv}", "tension_relief",
			                 1, key, type, cases[i].value.i);
		lulld_assert_refused(w, m, "BadInput", cases[i].holds);
		lulld_assert_text(w, "State", "idle");
	}
	lulld_assert_refused(w,
	                     lulld_method(w, "Start", "sa{sv}",
	                                  "tension_relief", 1, "sensor", "as",
	                                  1, "ble:"),
	                     "BadInput", "sensor");
}

static void a_damaged_recording_is_named_by_its_line(void **state)
{
	struct lulld *w = *state;
	char path[512], uri[600], holds[600];
	FILE *file;

	snprintf(path, sizeof(path), "%s/bad.rr", w->folder);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs("812\n799\nheadache\n", file);
	fclose(file);
	snprintf(uri, sizeof(uri), "file:%s", path);
	snprintf(holds, sizeof(holds), "%s:3", path);
	lulld_assert_refused(w,
	                     lulld_method(w, "Start", "sa{sv}",
	                                  "tension_relief", 1, "sensor", "s",
	                                  uri),
	                     "BadInput", holds);
}

static void bad_words_and_answers_are_refused(void **state)
{
	struct lulld *w = *state;

	lulld_assert_refused(w, lulld_method(w, "Command", "s", "stop"),
	                     "BadInput", "no session runs");
	lulld_assert_refused(
		w, lulld_method(w, "Answer", "sv", "known", "s", "yes"),
		"BadInput", "no session runs");
	lulld_start_quiet(w, "person:1");
	lulld_drive(w, lulld_playing);
	lulld_assert_refused(w, lulld_method(w, "Command", "s", "faster"),
	                     "BadInput", "faster|no such word|pause|dizzy");
	lulld_assert_refused(
		w, lulld_method(w, "Answer", "sv", "known", "s", "yes"),
		"BadInput", "no question stands");
	lulld_say(w, "stop");
	lulld_drive(w, lulld_ended);
}

static void a_question_takes_its_choices_only(void **state)
{
	struct lulld *w = *state;

	lulld_start_asking(w);
	lulld_assert_text(w, "State", "asking");
	assert_string_equal(w->question, "accept");
	assert_string_equal(w->choices, "yes no ");
	lulld_assert_refused(
		w, lulld_method(w, "Answer", "sv", "known", "s", "yes"),
		"BadInput", "known|accept");
	lulld_assert_refused(
		w, lulld_method(w, "Answer", "sv", "accept", "s", "maybe"),
		"BadInput", "maybe|yes, no");
	lulld_assert_refused(w,
	                     lulld_method(w, "Answer", "sv", "accept", "as", 0),
	                     "BadInput", "no plain value");
	assert_int_equal(w->questions, 1);
	lulld_assert_ok(w, lulld_method(w, "Answer", "sv", "accept", "b", 1));
	assert_int_equal(w->questions, 2);
	lulld_say(w, "stop");
	lulld_drive(w, lulld_ended);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, lulld_set_up, lulld_tear_down)
		TEST(a_session_runs_is_told_and_is_stored),
		TEST(its_length_ends_it_and_time_left_is_told_on_the_way),
		TEST(from_step_begins_there),
		TEST(pause_and_resume_are_in_force_at_once),
		TEST(without_a_sensor_the_clock_leads_and_it_is_said),
		TEST(a_second_start_is_busy_and_harms_nothing),
		TEST(stop_while_preparing_cancels),
		TEST(it_may_be_prepared_and_a_session_is_not_disturbed),
		TEST(bad_starts_are_refused_in_a_plain_line),
		TEST(a_damaged_recording_is_named_by_its_line),
		TEST(bad_words_and_answers_are_refused),
		TEST(a_question_takes_its_choices_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
