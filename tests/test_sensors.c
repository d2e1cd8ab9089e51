/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/sensors.h"
#include "tests/helpers/fake_bluez.h"
#include "tests/helpers/lulld.h"

#define STRAP "ble:A0:9E:1A:00:00:01"

/* The daemon with a bluetoothd of the test's, both in one loop. */
static struct fake_bluez *fake;

static int start_bus(void **state)
{
	void *started;
	int r = fake_start_bus(&started);

	(void)state;
	fake = started;
	setenv("DBUS_SYSTEM_BUS_ADDRESS", fake->address, 1);
	return r;
}

static int stop_bus(void **state)
{
	void *started = fake;

	(void)state;
	return fake_stop_bus(&started);
}

static int set_up(void **state)
{
	struct lulld *w;
	int r = lulld_set_up(state);

	w = *state;
	fake_begin(fake, w->event);
	return r;
}

static int tear_down(void **state)
{
	fake_end(fake);
	return lulld_tear_down(state);
}

static sd_bus_message *ask(struct lulld *w, const char *name, const char *types,
                           ...)
{
	sd_bus_message *m;
	va_list args;

	assert_true(sd_bus_message_new_method_call(w->client, &m, BUS_NAME,
	                                           BUS_PATH, SENSORS_INTERFACE,
	                                           name) >= 0);
	va_start(args, types);
	assert_true(sd_bus_message_appendv(m, types, args) >= 0);
	va_end(args);
	return m;
}

/* The aa{sv} as text: "uri=… set=1 name=…, uri=…". */
static const char *list_of(sd_bus_message *m)
{
	static char text[1024];
	const char *key, *type, *value;
	size_t used = 0;
	int number;

	text[0] = '\0';
	assert_true(sd_bus_message_enter_container(m, 'a', "a{sv}") >= 0);
	while (sd_bus_message_enter_container(m, 'a', "{sv}") > 0) {
		while (sd_bus_message_enter_container(m, 'e', "sv") > 0) {
			sd_bus_message_read(m, "s", &key);
			sd_bus_message_peek_type(m, NULL, &type);
			if (strcmp(type, "s") == 0) {
				sd_bus_message_read(m, "v", "s", &value);
				used += (size_t)snprintf(text + used,
				                         sizeof(text) - used,
				                         "%s=%s ", key, value);
			} else {
				sd_bus_message_read(m, "v", type, &number);
				used += (size_t)snprintf(text + used,
				                         sizeof(text) - used,
				                         "%s=%d ", key, number);
			}
			sd_bus_message_exit_container(m);
		}
		sd_bus_message_exit_container(m);
	}
	sd_bus_message_exit_container(m);
	return text;
}

static void assert_list(struct lulld *w, const char *expected)
{
	sd_bus_message *reply = lulld_reply(w, ask(w, "List", ""));

	assert_null(sd_bus_message_get_error(reply));
	assert_string_equal(list_of(reply), expected);
	sd_bus_message_unref(reply);
}

/* What the scan of @seconds lists; nothing may be in its way. */
static const char *scanned(struct lulld *w, double seconds)
{
	sd_bus_message *reply = lulld_reply(w, ask(w, "Scan", "d", seconds));
	const char *list, *trouble;

	assert_null(sd_bus_message_get_error(reply));
	list = list_of(reply);
	assert_true(sd_bus_message_enter_container(reply, 'a', "s") >= 0);
	assert_int_equal(sd_bus_message_read(reply, "s", &trouble), 0);
	sd_bus_message_unref(reply);
	return list;
}

static void
a_scan_lists_the_straps_and_whether_they_send_intervals(void **state)
{
	static const uint8_t with[] = {0x10, 60, 0x00, 0x04},
			     without[] = {0, 60};
	struct lulld *w = *state;

	for (unsigned i = 0; i < FAKE_STRAPS; i++)
		fake->straps[i].on_air = true;
	fake->straps[0].sends = with;
	fake->straps[0].n_bytes = sizeof(with);
	fake->straps[0].n_sends = 1;
	fake->straps[1].sends = without;
	fake->straps[1].n_bytes = sizeof(without);
	fake->straps[1].n_sends = 5;
	fake_run(fake);
	assert_string_equal(
		scanned(w, 0.3),
		"uri=" STRAP
		" set=0 name=Strap maker=Maker rssi_dbm=-60 battery_pct=90 "
		"worn=chest rr=1 "
		"uri=ble:A0:9E:1A:00:00:02 set=0 name=Strap maker=Maker rssi_dbm=-60 "
		"battery_pct=90 worn=chest rr=0 "
		"uri=ble:A0:9E:1A:00:00:03 set=0 name=Strap maker=Maker rssi_dbm=-60 "
		"battery_pct=90 worn=chest ");
}

static void a_scan_lets_go_of_each_strap_that_it_looked_at(void **state)
{
	struct lulld *w = *state;

	fake->straps[0].on_air = fake->straps[2].on_air = true;
	fake_run(fake);
	(void)scanned(w, 0.3);
	fake_settle(fake);
	assert_int_equal(fake_count(fake, "Connect"), 2);
	assert_false(fake->straps[0].connected);
	assert_false(fake->straps[2].connected);
}

static void a_scan_without_bluetooth_says_what_is_in_the_way(void **state)
{
	struct lulld *w = *state;
	sd_bus_message *reply;
	const char *trouble;

	fake->adapters[0] = false;
	fake_run(fake);
	reply = lulld_reply(w, ask(w, "Scan", "d", 0.3));
	assert_null(sd_bus_message_get_error(reply));
	assert_string_equal(list_of(reply), "");
	assert_true(sd_bus_message_enter_container(reply, 'a', "s") >= 0);
	assert_int_equal(sd_bus_message_read(reply, "s", &trouble), 1);
	assert_non_null(strstr(trouble, "no Bluetooth adapter: plug one in"));
	sd_bus_message_unref(reply);
}

static void a_sensor_that_is_used_is_set_until_it_is_forgotten(void **state)
{
	struct lulld *w = *state;

	assert_list(w, "");
	lulld_assert_ok(w, ask(w, "Use", "s", STRAP "?rr=ms"));
	assert_list(w, "uri=" STRAP "?rr=ms set=1 ");
	lulld_again(w);
	assert_list(w, "uri=" STRAP "?rr=ms set=1 ");
	lulld_assert_refused(w, ask(w, "Forget", "s", "ble:"), "BadInput",
	                     "not the one that is set");
	lulld_assert_ok(w, ask(w, "Forget", "s", STRAP "?rr=ms"));
	assert_list(w, "");
}

static void one_of_two_radios_is_forgotten_alone(void **state)
{
	struct lulld *w = *state;

	lulld_assert_refused(
		w, ask(w, "Use", "s", "pair:" STRAP "+ble:A0:9E:1A:00:00:03"),
		"BadInput", "makes no sense");
	lulld_assert_ok(w, ask(w, "Use", "s", "pair:" STRAP "+person:3"));
	assert_list(w, "uri=pair:" STRAP "+person:3 set=1 ");
	lulld_assert_refused(w, ask(w, "Forget", "s", "person:4"), "BadInput",
	                     "not the one that is set");
	lulld_assert_ok(w, ask(w, "Forget", "s", STRAP));
	assert_list(w, "uri=person:3 set=1 ");
}

static void a_scan_knows_mine_as_one_of_two_radios(void **state)
{
	struct lulld *w = *state;
	sd_bus_message *reply;

	lulld_assert_ok(w, ask(w, "Use", "s", "pair:" STRAP "+person:3"));
	fake->straps[0].on_air = true;
	fake_run(fake);
	reply = lulld_reply(w, ask(w, "Scan", "d", 0.5));
	assert_null(sd_bus_message_get_error(reply));
	assert_string_equal(list_of(reply),
	                    "uri=" STRAP
	                    " set=1 name=Strap maker=Maker rssi_dbm=-60 "
	                    "battery_pct=90 worn=chest ");
	sd_bus_message_unref(reply);
}

static void an_ant_strap_is_used_once_there_is_a_key(void **state)
{
	struct lulld *w = *state;

	lulld_assert_refused(w, ask(w, "Use", "s", "ant:12345"), "Failed",
	                     "ANT+ network key");
	lulld_write_config(w, "ant_network_key: \"0102030405060708\"\n");
	lulld_assert_ok(w, ask(w, "Use", "s", "pair:" STRAP "+ant:12345"));
	assert_list(w, "uri=pair:" STRAP "+ant:12345 set=1 ");
}

static void what_cannot_be_used_is_refused_in_a_plain_line(void **state)
{
	struct lulld *w = *state;

	lulld_assert_refused(w, ask(w, "Use", "s", "ble:12"), "BadInput",
	                     "ble:12|makes no sense");
	lulld_assert_refused(w, ask(w, "Use", "s", "telepathy:"), "BadInput",
	                     "no driver");
	lulld_assert_refused(w, ask(w, "Use", "s", "file:/nowhere.rr"),
	                     "NoSensor", "/nowhere.rr");
	lulld_assert_refused(w, ask(w, "Scan", "d", -1.0), "BadInput",
	                     "seconds -1");
	assert_list(w, "");
}

static void while_a_session_runs_there_is_no_scan(void **state)
{
	struct lulld *w = *state;

	lulld_start_quiet(w, "person:1");
	lulld_assert_refused(w, ask(w, "Scan", "d", 0.1), "Busy",
	                     "a session runs");
	lulld_say(w, "stop");
	lulld_drive(w, lulld_ended);
}

static bool told_of_the_bus(struct lulld *w)
{
	return strstr(app_live(w->app)->message, "bluetoothd does not run");
}

static bool connected(struct lulld *w)
{
	return strcmp(app_live(w->app)->sensor_state, "connected") == 0;
}

static void
a_session_says_once_what_is_in_the_way_and_goes_on_with_the_strap(void **state)
{
	struct lulld *w = *state;
	static const uint8_t beat[] = {0x16, 0x3c, 0x11, 0x04};

	lulld_start_quiet(w, STRAP);
	lulld_drive(w, told_of_the_bus);
	lulld_drive(w, lulld_playing);
	lulld_assert_text(w, "SensorState", "searching");
	fake->straps[0].on_air = true;
	fake->straps[0].battery_pct = 9;
	fake_run(fake);
	lulld_drive(w, connected);
	fake_notify(fake, 0, beat, sizeof(beat));
	assert_non_null(strstr(app_live(w->app)->message, "battery is at 9 %"));
	lulld_say(w, "stop");
	lulld_drive(w, lulld_ended);
	fake_settle(fake);
	assert_false(fake->straps[0].connected);
}

#define case_of(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		case_of(a_scan_lists_the_straps_and_whether_they_send_intervals),
		case_of(a_scan_lets_go_of_each_strap_that_it_looked_at),
		case_of(a_scan_without_bluetooth_says_what_is_in_the_way),
		case_of(a_sensor_that_is_used_is_set_until_it_is_forgotten),
		case_of(one_of_two_radios_is_forgotten_alone),
		case_of(a_scan_knows_mine_as_one_of_two_radios),
		case_of(an_ant_strap_is_used_once_there_is_a_key),
		case_of(what_cannot_be_used_is_refused_in_a_plain_line),
		case_of(while_a_session_runs_there_is_no_scan),
		case_of(a_session_says_once_what_is_in_the_way_and_goes_on_with_the_strap),
	};

	return cmocka_run_group_tests(tests, start_bus, stop_bus);
}
