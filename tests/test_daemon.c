/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <sched.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "player/bring.h"
#include "session/session.h"
#include "store/figures.h"
#include "tests/helpers/lulld.h"
#include "tests/helpers/stick.h"

static bool timer_armed(const char *fd)
{
	char path[64], line[128];
	bool armed = false;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%.20s", fd);
	file = fopen(path, "r");
	while (file && fgets(line, sizeof(line), file))
		if (strncmp(line, "it_value:", 9) == 0)
			armed = strcmp(line, "it_value: (0, 0)\n") != 0;
	if (file)
		fclose(file);
	return armed;
}

/* Of this process; an armed one is a wake-up to come. */
static int timers_armed(void)
{
	DIR *folder = opendir("/proc/self/fdinfo");
	const struct dirent *entry;
	int n = 0;

	assert_non_null(folder);
	while ((entry = readdir(folder)))
		n += timer_armed(entry->d_name);
	closedir(folder);
	return n;
}

static void idle_has_no_values_and_no_timer(void **state)
{
	struct lulld *w = *state;

	lulld_assert_text(w, "State", "idle");
	lulld_assert_text(w, "Step", "");
	lulld_assert_text(w, "Message", "");
	assert_true(isnan(lulld_number(w, "HeartRate")));
	assert_true(isnan(lulld_number(w, "SecondsLeft")));
	assert_true(isnan(lulld_number(w, "Calm")));
	lulld_settle(w);
	assert_int_equal(timers_armed(), 0);
	lulld_start_quiet(w, "person:1");
	lulld_drive(w, lulld_playing);
	assert_true(timers_armed() > 0);
	lulld_say(w, "stop");
	lulld_drive(w, lulld_ended);
	lulld_settle(w);
	assert_int_equal(timers_armed(), 0);
}

/* Answers until @id stands, no to all but the acceptance and @yes. */
static void answer_up_to(struct lulld *w, const char *id, const char *yes)
{
	while (strcmp(w->question, id) != 0) {
		bool agree = strcmp(w->question, "accept") == 0 ||
		             strcmp(w->question, "known") == 0 ||
		             strcmp(w->question, yes) == 0;
		unsigned before = w->questions;

		assert_true(w->questions < 60);
		lulld_answer(w, w->question, agree ? "yes" : "no");
		assert_int_equal(w->questions, before + 1);
	}
}

static void the_profile_is_kept_once_all_was_asked(void **state)
{
	struct lulld *w = *state;
	struct store *s;
	char flags[256];
	bool known;
	int sessions;

	lulld_start_asking(w);
	answer_up_to(w, "known", "flag.tmj");
	lulld_say(w, "stop");
	lulld_drive(w, lulld_ended);

	s = lulld_open_store(w);
	assert_int_equal(store_profile(s, time(NULL), flags, sizeof(flags),
	                               &known, &sessions),
	                 0);
	store_close(s);
	assert_true(known);
	assert_string_equal(flags, "tmj");

	w->ended = false;
	w->questions = 0;
	lulld_start_asking(w);
	assert_string_equal(w->question, "known");
	lulld_say(w, "stop");
	lulld_drive(w, lulld_ended);
}

static void half_a_profile_is_asked_again(void **state)
{
	struct lulld *w = *state;

	lulld_start_asking(w);
	answer_up_to(w, "flag.tmj", "flag.preg");
	lulld_say(w, "stop");
	lulld_drive(w, lulld_ended);
	w->ended = false;
	w->questions = 0;
	lulld_start_asking(w);
	assert_string_equal(w->question, "accept");
}

static void a_red_flag_stops_and_blocks_until_seen(void **state)
{
	struct lulld *w = *state;
	struct store *s;
	char stop[16];

	lulld_start_asking(w);
	answer_up_to(w, "red_now", "");
	lulld_answer(w, "red_now", "yes");
	/* before the closing words are over */
	assert_false(w->ended);
	lulld_drive(w, lulld_said);
	lulld_settle(w);
	s = lulld_open_store(w);
	assert_int_equal(store_blocked(s, stop, sizeof(stop)), 1);
	assert_string_equal(stop, "emergency");
	lulld_again(w);

	lulld_assert_refused(
		w, lulld_method(w, "Start", "sa{sv}", "tension_relief", 0),
		"Blocked", "paused|emergency|lull seen");
	lulld_assert_text(w, "State", "idle");
	assert_true(store_seen(s, time(NULL)) > 0);
	store_close(s);
	lulld_start_quiet(w, "person:1");
	lulld_drive(w, lulld_playing);
}

static void a_vanished_client_does_not_end_it(void **state)
{
	struct lulld *w = *state;

	lulld_start_quiet(w, "person:1");
	lulld_drive(w, lulld_playing);
	sd_bus_close(w->client);
	for (int i = 0; i < 5; i++)
		assert_true(sd_event_run(w->event, UINT64_MAX) >= 0);
	assert_string_equal(app_live(w->app)->state, "playing");
}

static void quitting_interrupts_stores_and_leaves(void **state)
{
	struct lulld *w = *state;
	struct store_session row;

	lulld_start_quiet(w, "person:1");
	lulld_drive(w, lulld_said);
	app_quit(w->app);
	assert_int_equal(sd_event_loop(w->event), 0);
	assert_string_equal(app_live(w->app)->result, "interrupted");
	lulld_read_session(w, app_live(w->app)->session, &row);
	assert_string_equal(row.result, "interrupted");
}

static void a_daemon_that_ends_at_once_still_stores(void **state)
{
	struct lulld *w = *state;
	struct store_session row;

	lulld_start_quiet(w, "person:1");
	lulld_drive(w, lulld_said);
	lulld_again(w);
	lulld_read_session(w, 1, &row);
	assert_string_equal(row.result, "interrupted");
}

/* Its folder's place is taken by a file. */
static void a_store_that_cannot_be_written_costs_no_session(void **state)
{
	struct lulld *w = *state;
	char path[512];

	snprintf(path, sizeof(path), "%s/.local", w->folder);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/.local/state", w->folder);
	fclose(fopen(path, "w"));
	lulld_wake_up(w);
	lulld_start_quiet(w, "person:1");
	lulld_drive(w, lulld_said);
	assert_non_null(strstr(app_live(w->app)->message, "not be kept"));
	lulld_say(w, "stop");
	lulld_drive(w, lulld_ended);
	assert_int_equal(w->id, 0);
	lulld_assert_text(w, "Result", "stopped");
}

static void a_store_of_a_newer_version_refuses_and_is_left_alone(void **state)
{
	struct lulld *w = *state;
	char path[512];
	sqlite3 *db;

	store_close(lulld_open_store(w));
	lulld_store_path(w, path, sizeof(path));
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "PRAGMA user_version = 9999", NULL,
	                              NULL, NULL),
	                 SQLITE_OK);
	sqlite3_close(db);
	lulld_wake_up(w);
	lulld_assert_refused(w,
	                     lulld_method(w, "Start", "sa{sv}",
	                                  "tension_relief", 1, "no_audio", "b",
	                                  1),
	                     "Failed", "newer");
	lulld_assert_text(w, "State", "idle");
}

/* A recording of 400 beats whose figures an older engine made. */
static void keep_old_figures(const char *path)
{
	struct rr_interval at[400] = {{0}};
	const struct rr rr = {.intervals = at, .n = 400};
	struct store_bring *b = NULL;
	struct store *s = NULL;
	int64_t id;

	for (size_t i = 0; i < 400; i++) {
		at[i].rr_ms = 800 + (double)(i * 37 % 61);
		at[i].t_us = i * 800000;
	}
	assert_int_equal(store_open(&s, path, STORE_WRITE, NULL), 0);
	assert_int_equal(store_bring_create(&b, s), 0);
	assert_int_equal(bring_recording(b, &rr, "file:x", "RR text", "", &id),
	                 0);
	assert_int_equal(store_bring_commit(b), 0);
	store_bring_destroy(b);
	assert_int_equal(store_figures_put(s, id, "lull-0", "{}"), 0);
	store_close(s);
}

/* Return: whether the engine of the one row of figures is @engine. */
static bool figures_are_of(const char *path, const char *engine)
{
	sqlite3_stmt *statement = NULL;
	sqlite3 *db = NULL;
	bool same;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	sqlite3_busy_timeout(db, 5000);
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT engine FROM figures",
	                                    -1, &statement, NULL),
	                 SQLITE_OK);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	same = strcmp((const char *)sqlite3_column_text(statement, 0),
	              engine) == 0;
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return same;
}

static void figures_of_an_older_engine_are_made_anew_meanwhile(void **state)
{
	struct lulld *w = *state;
	char path[512];

	lulld_store_path(w, path, sizeof(path));
	keep_old_figures(path);
	assert_true(figures_are_of(path, "lull-0"));
	lulld_wake_up(w);
	alarm(60); /* it is a thread's work: it comes, or this fails */
	while (!figures_are_of(path, SESSION_ENGINE))
		sched_yield();
	alarm(0);
	lulld_assert_text(w, "State", "idle");
}

static void a_wrong_config_is_named_and_refuses(void **state)
{
	struct lulld *w = *state;

	lulld_write_config(w, "sensor: \"person:1\"\nsound: loud\n");
	lulld_wake_up(w);
	lulld_assert_refused(
		w, lulld_method(w, "Start", "sa{sv}", "tension_relief", 0),
		"Failed", "config.yaml|sound");
}

static void the_sensor_that_is_set_is_used(void **state)
{
	struct lulld *w = *state;

	lulld_write_config(w, "sensor: \"person:3\"\n");
	lulld_wake_up(w);
	lulld_assert_ok(w, lulld_method(w, "Start", "sa{sv}", "tension_relief",
	                                2, "no_audio", "b", 1, "ask", "b", 0));
	lulld_drive(w, lulld_playing);
	lulld_assert_text(w, "Sensor", "person:3");
}

/* What the daemon's own store knows of the person goes into the session, and
   stands in its first line. */
static void what_the_store_remembers_is_fed_to_the_session(void **state)
{
	static const char past[] =
		"INSERT INTO session(id, start, start_s, routine, sensor,"
		" simulated, result, first_line) VALUES(70, 'then',"
		" unixepoch() - 7200, 'tension_relief', 'ble:', 0,"
		" 'completed', '{\"do\":\"breathe_probe\"}');"
		"INSERT INTO technique_use(session, seq, technique)"
		" VALUES(70, 10, 'trap_hold'), (70, 20, 'rest_listen');"
		"INSERT INTO event(session, seq, t_us, kind, line) VALUES"
		" (70, 4, 0, 'step', '{\"firm\":\"shoulder\"}'),"
		" (70, 6, 0, 'decision', '{\"what\":\"resonance\","
		"\"because\":{\"per_min\":5.5}}'),"
		" (70, 19, 0, 'decision', '{\"what\":\"keep\","
		"\"because\":{\"calm\":61,\"calm_before\":50}}')";
	struct lulld *w = *state;
	char path[4096], line[1 << 16] = "";
	sqlite3_stmt *row;
	sqlite3 *db;

	store_close(lulld_open_store(w));
	lulld_store_path(w, path, sizeof(path));
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, past, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s", sqlite3_errmsg(db));
	lulld_start_quiet(w, "person:1");
	lulld_drive(w, lulld_playing);
	lulld_say(w, "stop");
	lulld_drive(w, lulld_ended);
	assert_int_equal(sqlite3_prepare_v2(db,
	                                    "SELECT first_line FROM session"
	                                    " WHERE id > 70",
	                                    -1, &row, NULL),
	                 SQLITE_OK);
	assert_int_equal(sqlite3_step(row), SQLITE_ROW);
	snprintf(line, sizeof(line), "%s",
	         strstr((const char *)sqlite3_column_text(row, 0),
	                "\"profile\""));
	sqlite3_finalize(row);
	sqlite3_close(db);
	assert_non_null(strstr(line, "\"sessions\":1,"));
	assert_non_null(strstr(line, "\"resonance\":5.5,"));
	assert_non_null(strstr(line, "\"tuned_today\":true"));
	assert_non_null(strstr(line, "\"firm\":{\"shoulder\":2}"));
	assert_non_null(strstr(line, "\"trap_hold\":{\"uses\":1,"));
	assert_non_null(strstr(line, "\"settled\":{\"n\":1,\"mean\":11"));
}

/* Linked with --wrap: the stick of the sessions here. */
static struct stick stick;

int __wrap_ant_usb_create(struct ant_port **ret);

int __wrap_ant_usb_create(struct ant_port **ret)
{
	*ret = &stick.port;
	return 0;
}

static sd_bus_message *start_ant(struct lulld *w)
{
	return lulld_method(w, "Start", "sa{sv}", "tension_relief", 3,
	                    "no_audio", "b", 1, "ask", "b", 0, "sensor", "s",
	                    "ant:");
}

static void
without_an_ant_key_a_strap_is_refused_and_where_to_get_it(void **state)
{
	struct lulld *w = *state;

	lulld_wake_up(w);
	lulld_assert_refused(w, start_ant(w), "BadInput",
	                     "ant:|thisisant.com|ant_network_key");
}

static bool told_of_the_stick(struct lulld *w)
{
	return strstr(app_live(w->app)->message, "Sensor: ") != NULL;
}

static void what_keeps_a_stick_from_working_is_told_and_waited_for(void **state)
{
	static const struct {
		int error;
		const char *words;
	} cases[] = {{-ENODEV, "no ANT+ stick is plugged in"},
	             {-EACCES, "sudo make install"},
	             {-EBUSY, "another program"}};
	struct lulld *w = *state;

	lulld_write_config(w, "ant_network_key: \"0102030405060708\"\n");
	lulld_wake_up(w);
	for (size_t i = 0; i < 3; i++) {
		stick_init(&stick);
		stick.n_news = 0;
		stick.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		stick_unplug(&stick, cases[i].error);
		lulld_assert_ok(w, start_ant(w));
		lulld_drive(w, told_of_the_stick);
		assert_non_null(
			strstr(app_live(w->app)->message, cases[i].words));
		assert_string_equal(app_live(w->app)->sensor_state,
		                    "searching");
		w->ended = false;
		lulld_say(w, "stop");
		lulld_drive(w, lulld_ended);
		assert_true(stick.closed);
		close(stick.fd);
	}
}

static bool silence_is_told(struct lulld *w)
{
	return strstr(app_live(w->app)->message, "silent");
}

static void without_a_sound_device_it_goes_on_silent_and_says_so(void **state)
{
	struct lulld *w = *state;

	lulld_share_clips();
	lulld_write_config(w, "audio: {device: \"no device has this name\"}\n");
	lulld_wake_up(w);
	lulld_assert_ok(w,
	                lulld_method(w, "Start", "sa{sv}", "tension_relief", 2,
	                             "ask", "b", 0, "sensor", "s", "person:1"));
	lulld_drive(w, silence_is_told);
	lulld_drive(w, lulld_said);
	lulld_say(w, "stop");
	lulld_drive(w, lulld_ended);
	assert_true(w->id > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, lulld_set_up, lulld_tear_down)
#define TEST_HOME(name)                                                        \
	cmocka_unit_test_setup_teardown(name, lulld_set_up_home,               \
	                                lulld_tear_down)
		TEST(idle_has_no_values_and_no_timer),
		TEST(the_profile_is_kept_once_all_was_asked),
		TEST(half_a_profile_is_asked_again),
		TEST(a_red_flag_stops_and_blocks_until_seen),
		TEST(a_vanished_client_does_not_end_it),
		TEST(quitting_interrupts_stores_and_leaves),
		TEST(a_daemon_that_ends_at_once_still_stores),
		TEST_HOME(a_store_that_cannot_be_written_costs_no_session),
		TEST_HOME(a_store_of_a_newer_version_refuses_and_is_left_alone),
		TEST_HOME(figures_of_an_older_engine_are_made_anew_meanwhile),
		TEST_HOME(a_wrong_config_is_named_and_refuses),
		TEST(what_the_store_remembers_is_fed_to_the_session),
		TEST_HOME(the_sensor_that_is_set_is_used),
		TEST_HOME(
			without_an_ant_key_a_strap_is_refused_and_where_to_get_it),
		TEST_HOME(
			what_keeps_a_stick_from_working_is_told_and_waited_for),
		TEST_HOME(without_a_sound_device_it_goes_on_silent_and_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
