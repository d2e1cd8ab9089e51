/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/helpers/fake_bluez.h"
#include "tests/helpers/lulld.h"

static char address[256]; /* of the group's bus */
static bool named;        /* as the bus said last */
static unsigned seeks;
static char told[4096]; /* names of properties that changed */

/* --- what is shown, pure ---------------------------------------------------
 */

static struct live live_in(const char *state)
{
	struct live l;

	live_init(&l);
	l.state = state;
	l.master_db = 0;
	snprintf(l.title, sizeof(l.title), "Quiet rest");
	snprintf(l.step_title, sizeof(l.step_title), "Jaw drop");
	l.step_n = 6;
	l.step_s = 60;
	l.step_left_s = 45.5;
	return l;
}

static void each_state_says_what_can_be_done_in_it(void **state)
{
	static const struct {
		const char *state, *status;
		bool track, hold, skip;
	} cases[] = {
		{"idle", "Stopped", false, false, false},
		{"preparing", "Playing", true, false, false},
		{"asking", "Playing", true, false, true},
		{"playing", "Playing", true, true, true},
		{"paused", "Paused", true, true, true},
		{"ending", "Stopped", true, false, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct live l = live_in(cases[i].state);
		struct mpris_face f;

		mpris_face(&l, &f);
		assert_string_equal(f.status, cases[i].status);
		assert_int_equal(f.track, cases[i].track);
		assert_int_equal(f.can_hold, cases[i].hold);
		assert_int_equal(f.can_skip, cases[i].skip);
		assert_string_equal(f.title,
		                    cases[i].track ? "Quiet rest" : "");
	}
}

static void a_track_is_a_step_with_its_length_and_position(void **state)
{
	struct live l = live_in("playing");
	struct mpris_face f;

	(void)state;
	mpris_face(&l, &f);
	assert_string_equal(f.artist, "Jaw drop");
	assert_int_equal(f.step_n, 6);
	assert_int_equal(f.length_us, 60000000);
	assert_int_equal(mpris_position_us(&l), 14500000);

	/* between two steps, and before the first */
	l.step_s = 0;
	mpris_face(&l, &f);
	assert_int_equal(f.length_us, 0);
	assert_int_equal(mpris_position_us(&l), 0);
	live_figures_none(&l);
	mpris_face(&l, &f);
	assert_int_equal(f.length_us, 0);
	assert_int_equal(mpris_position_us(&l), 0);
}

static void volume_is_of_amplitude(void **state)
{
	struct live l = live_in("playing");
	struct mpris_face f;

	(void)state;
	l.master_db = -6;
	mpris_face(&l, &f);
	assert_near(f.volume, 0.5012, 1e-4);
	l.master_db = NAN; /* not known: as set */
	mpris_face(&l, &f);
	assert_near(f.volume, 1.0, 1e-9);
}

/* --- over a bus, as a desktop and a headset do -----------------------------
 */

static int start_bus(void **state)
{
	struct fake_bluez *f;
	int r = fake_start_bus(state);

	if (r < 0)
		return r;
	f = *state;
	snprintf(address, sizeof(address), "%s", f->address);
	return 0;
}

static int on_name(sd_bus_message *m, void *data, sd_bus_error *e)
{
	const char *name, *before, *now;

	(void)data;
	(void)e;
	assert_true(sd_bus_message_read(m, "sss", &name, &before, &now) >= 0);
	if (strcmp(name, MPRIS_NAME) == 0)
		named = now[0] != '\0';
	return 0;
}

static int on_told(sd_bus_message *m, void *data, sd_bus_error *e)
{
	const char *interface, *name;
	size_t used = strlen(told);

	(void)data;
	(void)e;
	assert_true(sd_bus_message_read(m, "s", &interface) >= 0);
	assert_string_equal(interface, MPRIS_PLAYER);
	assert_true(sd_bus_message_enter_container(m, 'a', "{sv}") >= 0);
	while (sd_bus_message_enter_container(m, 'e', "sv") > 0) {
		assert_true(sd_bus_message_read(m, "s", &name) >= 0);
		assert_true(sd_bus_message_skip(m, "v") >= 0);
		assert_true(sd_bus_message_exit_container(m) >= 0);
		used += (size_t)snprintf(told + used, sizeof(told) - used,
		                         "%s\n", name);
	}
	return 0;
}

static int on_seeked(sd_bus_message *m, void *data, sd_bus_error *e)
{
	int64_t at_us;

	(void)data;
	(void)e;
	assert_true(sd_bus_message_read(m, "x", &at_us) >= 0);
	assert_true(at_us >= 0);
	seeks++;
	return 0;
}

static int set_up(void **state)
{
	struct lulld *w;

	lulld_set_up_home(state);
	w = *state;
	w->address = address;
	lulld_wake_up(w);
	named = false;
	seeks = 0;
	told[0] = '\0';
	assert_true(sd_bus_match_signal(w->client, NULL, "org.freedesktop.DBus",
	                                NULL, "org.freedesktop.DBus",
	                                "NameOwnerChanged", on_name, w) >= 0);
	assert_true(sd_bus_match_signal(w->client, NULL, NULL, MPRIS_PATH,
	                                "org.freedesktop.DBus.Properties",
	                                "PropertiesChanged", on_told, w) >= 0);
	assert_true(sd_bus_match_signal(w->client, NULL, NULL, MPRIS_PATH,
	                                MPRIS_PLAYER, "Seeked", on_seeked,
	                                w) >= 0);
	return 0;
}

static bool is_named(struct lulld *w)
{
	(void)w;
	return named;
}

static bool is_not_named(struct lulld *w)
{
	(void)w;
	return !named;
}

static bool paused(struct lulld *w)
{
	return strcmp(app_live(w->app)->state, "paused") == 0;
}

static sd_bus_message *call(const char *destination, struct lulld *w,
                            const char *interface, const char *name)
{
	sd_bus_message *m;

	assert_true(sd_bus_message_new_method_call(w->client, &m, destination,
	                                           MPRIS_PATH, interface,
	                                           name) >= 0);
	return m;
}

static void press(struct lulld *w, const char *name)
{
	lulld_assert_ok(w, call(MPRIS_NAME, w, MPRIS_PLAYER, name));
}

/* Entered to the value. */
static sd_bus_message *get(struct lulld *w, const char *interface,
                           const char *property, const char *type)
{
	sd_bus_message *m =
		call(BUS_NAME, w, "org.freedesktop.DBus.Properties", "Get");
	sd_bus_message *reply;

	assert_true(sd_bus_message_append(m, "ss", interface, property) >= 0);
	reply = lulld_reply(w, m);
	assert_null(sd_bus_message_get_error(reply));
	assert_true(sd_bus_message_enter_container(reply, 'v', type) > 0);
	return reply;
}

static void assert_status(struct lulld *w, const char *expected)
{
	sd_bus_message *m = get(w, MPRIS_PLAYER, "PlaybackStatus", "s");
	const char *status;

	assert_true(sd_bus_message_read(m, "s", &status) >= 0);
	assert_string_equal(status, expected);
	sd_bus_message_unref(m);
}

static bool flag(struct lulld *w, const char *property)
{
	sd_bus_message *m = get(w, MPRIS_PLAYER, property, "b");
	int value;

	assert_true(sd_bus_message_read(m, "b", &value) >= 0);
	sd_bus_message_unref(m);
	return value;
}

static double number(struct lulld *w, const char *property)
{
	sd_bus_message *m = get(w, MPRIS_PLAYER, property, "d");
	double value;

	assert_true(sd_bus_message_read(m, "d", &value) >= 0);
	sd_bus_message_unref(m);
	return value;
}

static int64_t position(struct lulld *w)
{
	sd_bus_message *m = get(w, MPRIS_PLAYER, "Position", "x");
	int64_t value;

	assert_true(sd_bus_message_read(m, "x", &value) >= 0);
	sd_bus_message_unref(m);
	return value;
}

/* A whole a{sv} as "key=value " of the kinds that we write. */
static void metadata(struct lulld *w, char *ret, size_t len)
{
	sd_bus_message *m = get(w, MPRIS_PLAYER, "Metadata", "a{sv}");
	const char *key, *type, *text;
	size_t used = 0;
	int64_t length;
	int32_t n;

	ret[0] = '\0';
	assert_true(sd_bus_message_enter_container(m, 'a', "{sv}") >= 0);
	while (sd_bus_message_enter_container(m, 'e', "sv") > 0) {
		assert_true(sd_bus_message_read(m, "s", &key) >= 0);
		assert_true(sd_bus_message_peek_type(m, NULL, &type) > 0);
		if (strcmp(type, "x") == 0) {
			assert_true(sd_bus_message_read(m, "v", "x", &length) >=
			            0);
			used += (size_t)snprintf(ret + used, len - used,
			                         "%s=%lld ", key,
			                         (long long)length);
		} else if (strcmp(type, "i") == 0) {
			assert_true(sd_bus_message_read(m, "v", "i", &n) >= 0);
			used += (size_t)snprintf(ret + used, len - used,
			                         "%s=%d ", key, n);
		} else {
			bool many = strcmp(type, "as") == 0;

			assert_true((many ? sd_bus_message_read(m, "v", "as", 1,
			                                        &text)
			                  : sd_bus_message_read(m, "v", type,
			                                        &text)) >= 0);
			used += (size_t)snprintf(ret + used, len - used,
			                         "%s=%s ", key, text);
		}
		assert_true(sd_bus_message_exit_container(m) >= 0);
	}
	sd_bus_message_unref(m);
}

static void play(struct lulld *w)
{
	lulld_start_quiet(w, "person:1");
	lulld_drive(w, lulld_playing);
	lulld_drive(w, is_named);
}

static void it_is_there_only_while_a_session_is(void **state)
{
	struct lulld *w = *state;
	char all[512];

	lulld_settle(w);
	assert_false(named);
	assert_status(w, "Stopped");
	metadata(w, all, sizeof(all));
	assert_string_equal(all, "");
	play(w);
	assert_status(w, "Playing");
	press(w, "Stop");
	lulld_drive(w, lulld_ended);
	lulld_drive(w, is_not_named);
	assert_status(w, "Stopped");
	lulld_assert_text(w, "Result", "stopped");

	/* and again */
	w->ended = false;
	play(w);
	press(w, "Stop");
	lulld_drive(w, lulld_ended);
	lulld_drive(w, is_not_named);
}

static void one_button_pauses_and_resumes(void **state)
{
	struct lulld *w = *state;

	play(w);
	assert_true(flag(w, "CanPause") && flag(w, "CanPlay"));
	told[0] = '\0';
	press(w, "PlayPause");
	lulld_drive(w, paused);
	assert_status(w, "Paused");
	assert_non_null(strstr(told, "PlaybackStatus\n"));
	press(w, "Pause"); /* again: nothing */
	assert_status(w, "Paused");
	press(w, "PlayPause");
	assert_status(w, "Playing");
	press(w, "Play"); /* again: nothing */
	assert_status(w, "Playing");
	press(w, "Pause");
	assert_status(w, "Paused");
	press(w, "Play");
	assert_status(w, "Playing");
}

static void next_is_skip_and_the_track_is_the_step(void **state)
{
	struct lulld *w = *state;
	char all[512];

	play(w);
	metadata(w, all, sizeof(all));
	assert_non_null(strstr(all, "mpris:trackid=/org/lull/Lull1/step/1 "));
	assert_non_null(strstr(
		all, "xesam:title=Ease head, neck and shoulder tension "));
	assert_non_null(strstr(all, "xesam:artist=Unpaced measurement"));
	assert_non_null(strstr(all, "mpris:length=75000000 "));
	assert_non_null(strstr(all, "xesam:trackNumber=1 "));
	assert_true(flag(w, "CanGoNext"));
	told[0] = '\0';
	press(w, "Next");
	assert_int_equal(app_live(w->app)->step_n, 2);
	metadata(w, all, sizeof(all));
	assert_non_null(strstr(all, "mpris:trackid=/org/lull/Lull1/step/2 "));
	assert_non_null(strstr(all, "xesam:artist=Breathing "));
	assert_non_null(strstr(told, "Metadata\n"));
	assert_true(position(w) < 1000000);
}

static bool a_second_in(struct lulld *w)
{
	const struct live *l = app_live(w->app);

	return l->step_s - l->step_left_s >= 1.0;
}

static void position_runs_and_stands_still_in_a_pause(void **state)
{
	struct lulld *w = *state;
	int64_t at_us;

	play(w);
	lulld_drive(w, a_second_in);
	at_us = position(w);
	assert_true(at_us >= 1000000 && at_us < 75000000);
	press(w, "Pause");
	at_us = position(w);
	lulld_say(w, "quieter");
	assert_int_equal(position(w), at_us);
}

static void while_a_question_stands_only_next_and_stop_are_had(void **state)
{
	struct lulld *w = *state;
	sd_bus_message *reply;

	lulld_start_asking(w);
	lulld_drive(w, is_named);
	assert_status(w, "Playing");
	assert_false(flag(w, "CanPause") || flag(w, "CanPlay"));
	press(w, "Pause");
	press(w, "Play");
	lulld_assert_text(w, "State", "asking");
	reply = lulld_reply(w, call(MPRIS_NAME, w, MPRIS_PLAYER, "PlayPause"));
	assert_non_null(sd_bus_message_get_error(reply));
	sd_bus_message_unref(reply);

	/* the acceptance, unanswered, is no session */
	assert_true(flag(w, "CanGoNext"));
	press(w, "Next");
	lulld_drive(w, lulld_ended);
	lulld_drive(w, is_not_named);
	assert_int_equal(seeks, 0);
}

static bool sought(struct lulld *w)
{
	(void)w;
	return seeks > 0;
}

/* A question amid a step: its clock stood still though `Playing`. */
static void after_a_question_the_position_is_told(void **state)
{
	struct lulld *w = *state;

	play(w);
	lulld_say(w, "hurts");
	lulld_assert_text(w, "State", "asking");
	assert_int_equal(seeks, 0);
	lulld_answer(w, "sharp", "no");
	lulld_assert_text(w, "State", "playing");
	lulld_drive(w, sought);
	assert_int_equal(seeks, 1);
}

static void set_number(struct lulld *w, const char *property, double value)
{
	sd_bus_message *m =
		call(MPRIS_NAME, w, "org.freedesktop.DBus.Properties", "Set");

	assert_true(sd_bus_message_append(m, "ssv", MPRIS_PLAYER, property, "d",
	                                  value) >= 0);
	lulld_assert_ok(w, m);
}

static void volume_goes_by_the_words_for_it(void **state)
{
	struct lulld *w = *state;
	double at_first;

	play(w);
	at_first = number(w, "Volume");
	assert_near(at_first, 1.0, 1e-9);
	told[0] = '\0';
	set_number(w, "Volume", 0.5);
	assert_near(number(w, "Volume"), 0.5012, 1e-4);
	assert_non_null(strstr(told, "Volume\n"));
	set_number(w, "Volume", 0.3);
	assert_near(number(w, "Volume"), 0.2512, 1e-4);
	set_number(w, "Volume", -1);
	assert_near(number(w, "Volume"), 0.0158, 1e-4); /* -36 dB */
	set_number(w, "Volume", 0);
	assert_near(number(w, "Volume"), 0.0158, 1e-4);
	set_number(w, "Volume", 7);
	assert_near(number(w, "Volume"), 1.0, 1e-9);
}

static void a_rate_of_0_is_a_pause_and_no_other_is_taken(void **state)
{
	struct lulld *w = *state;

	play(w);
	set_number(w, "Rate", 2.0);
	assert_near(number(w, "Rate"), 1.0, 1e-9);
	assert_status(w, "Playing");
	set_number(w, "Rate", 0.0);
	assert_status(w, "Paused");
	assert_near(number(w, "MinimumRate"), 1.0, 1e-9);
	assert_near(number(w, "MaximumRate"), 1.0, 1e-9);
}

static void what_it_cannot_do_it_says_and_does_not(void **state)
{
	static const char *const no[] = {"CanGoPrevious", "CanSeek"};
	struct lulld *w = *state;
	sd_bus_message *m, *reply;
	const char *name;
	int value;

	play(w);
	for (size_t i = 0; i < 2; i++)
		assert_false(flag(w, no[i]));
	assert_true(flag(w, "CanControl"));
	press(w, "Previous");
	m = call(MPRIS_NAME, w, MPRIS_PLAYER, "Seek");
	assert_true(sd_bus_message_append(m, "x", INT64_C(5000000)) >= 0);
	lulld_assert_ok(w, m);
	m = call(MPRIS_NAME, w, MPRIS_PLAYER, "SetPosition");
	assert_true(sd_bus_message_append(m, "ox", "/org/lull/Lull1/step/3",
	                                  INT64_C(0)) >= 0);
	lulld_assert_ok(w, m);
	assert_int_equal(app_live(w->app)->step_n, 1);
	m = call(MPRIS_NAME, w, MPRIS_PLAYER, "OpenUri");
	assert_true(sd_bus_message_append(m, "s", "file:///a.mp3") >= 0);
	reply = lulld_reply(w, m);
	assert_non_null(sd_bus_message_get_error(reply));
	sd_bus_message_unref(reply);

	lulld_assert_ok(w, call(MPRIS_NAME, w, MPRIS_ROOT, "Quit"));
	lulld_assert_ok(w, call(MPRIS_NAME, w, MPRIS_ROOT, "Raise"));
	m = get(w, MPRIS_ROOT, "CanQuit", "b");
	assert_true(sd_bus_message_read(m, "b", &value) >= 0);
	assert_false(value);
	sd_bus_message_unref(m);
	m = get(w, MPRIS_ROOT, "Identity", "s");
	assert_true(sd_bus_message_read(m, "s", &name) >= 0);
	assert_string_equal(name, "Lull");
	sd_bus_message_unref(m);
	assert_status(w, "Playing");
}

/* The property that the specification demands, and its type. */
static void every_property_of_the_specification_is_there(void **state)
{
	static const struct {
		const char *interface, *name, *type;
	} all[] = {
		{MPRIS_ROOT, "CanQuit", "b"},
		{MPRIS_ROOT, "CanRaise", "b"},
		{MPRIS_ROOT, "HasTrackList", "b"},
		{MPRIS_ROOT, "Identity", "s"},
		{MPRIS_ROOT, "SupportedUriSchemes", "as"},
		{MPRIS_ROOT, "SupportedMimeTypes", "as"},
		{MPRIS_PLAYER, "PlaybackStatus", "s"},
		{MPRIS_PLAYER, "Rate", "d"},
		{MPRIS_PLAYER, "Metadata", "a{sv}"},
		{MPRIS_PLAYER, "Volume", "d"},
		{MPRIS_PLAYER, "Position", "x"},
		{MPRIS_PLAYER, "MinimumRate", "d"},
		{MPRIS_PLAYER, "MaximumRate", "d"},
		{MPRIS_PLAYER, "CanGoNext", "b"},
		{MPRIS_PLAYER, "CanGoPrevious", "b"},
		{MPRIS_PLAYER, "CanPlay", "b"},
		{MPRIS_PLAYER, "CanPause", "b"},
		{MPRIS_PLAYER, "CanSeek", "b"},
		{MPRIS_PLAYER, "CanControl", "b"},
	};
	struct lulld *w = *state;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		sd_bus_message_unref(
			get(w, all[i].interface, all[i].name, all[i].type));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, set_up, lulld_tear_down)
		cmocka_unit_test(each_state_says_what_can_be_done_in_it),
		cmocka_unit_test(
			a_track_is_a_step_with_its_length_and_position),
		cmocka_unit_test(volume_is_of_amplitude),
		TEST(it_is_there_only_while_a_session_is),
		TEST(one_button_pauses_and_resumes),
		TEST(next_is_skip_and_the_track_is_the_step),
		TEST(position_runs_and_stands_still_in_a_pause),
		TEST(while_a_question_stands_only_next_and_stop_are_had),
		TEST(after_a_question_the_position_is_told),
		TEST(volume_goes_by_the_words_for_it),
		TEST(a_rate_of_0_is_a_pause_and_no_other_is_taken),
		TEST(what_it_cannot_do_it_says_and_does_not),
		TEST(every_property_of_the_specification_is_there),
	};

	return cmocka_run_group_tests(tests, start_bus, fake_stop_bus);
}
