/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "drivers/ble.h"
#include "drivers/ble_rfkill.h"
#include "tests/helpers/fake_bluez.h"
#include "tests/helpers/listener.h"

#define S     UINT64_C(1000000)
#define STRAP "ble:A0:9E:1A:00:00:01"

/* 60 bpm on skin, one interval of 1016.6 ms (sensors.md A.2) */
static const uint8_t beat[] = {0x16, 0x3c, 0x11, 0x04};

static struct listener ears;
static struct sensor_found found;
static unsigned founds;
static struct sensor *sensor;

static void on_found(void *data, const struct sensor_found *f)
{
	(void)data;
	found = *f;
	founds++;
}

static int open_uri(struct fake_bluez *f, const char *uri)
{
	struct sensor_listener listener = listener_of(&ears);
	const struct sensor_context context = {.event = f->event,
	                                       .bus = f->address};

	founds = 0;
	listener.found = on_found;
	return sensor_create(&sensor, uri, &listener, &context);
}

static void begin(struct fake_bluez *f, const char *uri)
{
	assert_int_equal(open_uri(f, uri), 0);
	fake_settle(f);
}

static void skip_time(struct fake_bluez *f, uint64_t us)
{
	ble_skip(sensor, us);
	fake_settle(f);
}

static void hear_a_beat(struct fake_bluez *f)
{
	size_t before = ears.beats;

	fake_notify(f, 0, beat, sizeof(beat));
	assert_int_equal(ears.beats, before + 1);
}

/* From nothing to the first beat. */
static void stream(struct fake_bluez *f)
{
	fake_run(f);
	begin(f, STRAP);
	fake_advertise(f, 0);
	assert_true(f->straps[0].notifying);
	hear_a_beat(f);
	fake_forget(f);
}

static enum sensor_state state_now(void)
{
	for (size_t i = ears.n; i > 0; i--)
		if (!ears.told[i - 1].is_beat)
			return ears.told[i - 1].state;
	return SENSOR_SEARCHING;
}

static bool was_told(int error)
{
	for (size_t i = 0; i < ears.n; i++)
		if (!ears.told[i].is_beat && ears.told[i].error == error)
			return true;
	return false;
}

static int set_up(void **state)
{
	fake_begin(*state, NULL);
	sensor = NULL;
	return 0;
}

static int tear_down(void **state)
{
	sensor = sensor_destroy(sensor);
	fake_end(*state);
	return 0;
}

/* --- the sequence, B.1 ------------------------------------------------------
 */

static void a_strap_on_the_air_is_connected_subscribed_and_heard(void **state)
{
	struct fake_bluez *f = *state;

	fake_run(f);
	begin(f, STRAP);
	assert_string_equal(f->calls, "GetManagedObjects SetDiscoveryFilter "
	                              "StartDiscovery ");
	assert_string_equal(listener_line(&ears), "searching");
	fake_forget(f);
	fake_advertise(f, 0);
	assert_string_equal(f->calls, "Connect StartNotify StopDiscovery "
	                              "ReadValue ReadValue ");
	hear_a_beat(f);
	assert_string_equal(listener_line(&ears), "searching connected 1017");
	assert_near(ears.told[2].beat.rr_ms, 1041 * 1000.0 / 1024, 1e-9);
	assert_int_equal(ears.told[2].beat.contact, BEAT_CONTACT_GOOD);
}

static void the_value_that_bluez_keeps_is_no_notification(void **state)
{
	struct fake_bluez *f = *state;

	stream(f);
	assert_int_equal(ears.packets, 1);
}

static void services_that_resolve_late_are_waited_for(void **state)
{
	struct fake_bluez *f = *state;

	f->straps[0].late = true;
	fake_run(f);
	begin(f, STRAP);
	fake_advertise(f, 0);
	skip_time(f, 25 * S);
	assert_int_equal(fake_count(f, "StartNotify"), 0);
	fake_objects(f, 0);
	fake_resolve(f, 0);
	fake_settle(f);
	hear_a_beat(f);
	assert_int_equal(fake_count(f, "Disconnect"), 0);
}

static void
services_said_to_be_resolved_before_they_appear_are_waited_for(void **state)
{
	struct fake_bluez *f = *state;

	f->straps[0].bare = true;
	fake_run(f);
	begin(f, STRAP);
	fake_advertise(f, 0);
	assert_int_equal(fake_count(f, "GetManagedObjects"), 2);
	skip_time(f, 4 * S);
	fake_objects(f, 0);
	fake_settle(f);
	hear_a_beat(f);
	assert_int_equal(fake_count(f, "Disconnect"), 0);
}

static void connected_that_was_never_signalled_does_not_matter(void **state)
{
	struct fake_bluez *f = *state;

	f->straps[0].silent_connect = true;
	stream(f);
	fake_lose(f, 0);
	assert_int_equal(fake_count(f, "Connect"), 1);
	hear_a_beat(f);
}

static void closing_stops_the_notifications_and_disconnects(void **state)
{
	struct fake_bluez *f = *state;

	stream(f);
	sensor = sensor_destroy(sensor);
	fake_settle(f);
	assert_string_equal(f->calls, "StopNotify Disconnect ");
}

static void closing_cancels_an_attempt_that_runs(void **state)
{
	struct fake_bluez *f = *state;

	f->on_connect = FAKE_HOLD;
	fake_run(f);
	begin(f, STRAP);
	fake_advertise(f, 0);
	sensor = sensor_destroy(sensor);
	fake_settle(f);
	assert_int_equal(fake_count(f, "Disconnect"), 1);
}

/* --- the failures, B.3 row by row -------------------------------------------
 */

static void
abort_by_local_is_retried_at_once_twice_then_after_a_pause(void **state)
{
	struct fake_bluez *f = *state;

	f->on_connect = FAKE_ABORT;
	fake_run(f);
	begin(f, STRAP);
	fake_advertise(f, 0);
	assert_int_equal(fake_count(f, "Connect"), 3);
	assert_int_equal(fake_count(f, "StopDiscovery"), 0);
	assert_true(was_told(-ECONNABORTED));
	f->on_connect = FAKE_OK;
	skip_time(f, 1 * S);
	assert_int_equal(fake_count(f, "Connect"), 3);
	fake_advertise(f, 0);
	assert_int_equal(fake_count(f, "Connect"), 4);
	hear_a_beat(f);
}

static void success_without_a_connection_is_found_out_and_retried(void **state)
{
	struct fake_bluez *f = *state;

	f->on_connect = FAKE_LIE;
	fake_run(f);
	begin(f, STRAP);
	fake_advertise(f, 0);
	assert_int_equal(fake_count(f, "Connect"), 1);
	f->on_connect = FAKE_OK;
	skip_time(f, 2 * S);
	assert_int_equal(fake_count(f, "Connect"), 2);
	hear_a_beat(f);
}

static void
an_attempt_of_another_is_waited_for_and_its_link_is_used(void **state)
{
	struct fake_bluez *f = *state;

	f->on_connect = FAKE_ALREADY;
	fake_run(f);
	begin(f, STRAP);
	fake_advertise(f, 0);
	assert_int_equal(fake_count(f, "Connect"), 1);
	f->straps[0].connected = true;
	fake_objects(f, 0);
	fake_resolve(f, 0);
	fake_settle(f);
	hear_a_beat(f);
	assert_int_equal(fake_count(f, "Connect"), 1);
}

static void an_attempt_of_another_that_leads_nowhere_is_cancelled(void **state)
{
	struct fake_bluez *f = *state;

	f->on_connect = FAKE_ALREADY;
	fake_run(f);
	begin(f, STRAP);
	fake_advertise(f, 0);
	f->on_connect = FAKE_OK;
	skip_time(f, 44 * S);
	assert_int_equal(fake_count(f, "Disconnect"), 0);
	skip_time(f, 1 * S);
	assert_int_equal(fake_count(f, "Disconnect"), 1);
	hear_a_beat(f);
}

static void
connect_has_a_time_out_of_its_own_and_calling_again_works(void **state)
{
	struct fake_bluez *f = *state;

	f->on_connect = FAKE_HOLD;
	fake_run(f);
	begin(f, STRAP);
	fake_advertise(f, 0);
	skip_time(f, 44 * S);
	assert_int_equal(fake_count(f, "Disconnect"), 0);
	f->on_connect = FAKE_OK;
	skip_time(f, 1 * S);
	assert_int_equal(fake_count(f, "Disconnect"), 1);
	hear_a_beat(f);
	/* the answer to the first call comes after all */
	fake_release(f, FAKE_ABORT);
	hear_a_beat(f);
	assert_int_equal(fake_count(f, "Connect"), 2);
}

static void discovery_in_progress_is_taken_as_running(void **state)
{
	struct fake_bluez *f = *state;

	f->on_discover = FAKE_IN_PROGRESS;
	f->discovering = true;
	fake_run(f);
	begin(f, STRAP);
	skip_time(f, 15 * S);
	assert_int_equal(fake_count(f, "StartDiscovery"), 1);
	fake_advertise(f, 0);
	hear_a_beat(f);
}

static void
an_adapter_that_never_discovers_is_stopped_and_started_again(void **state)
{
	struct fake_bluez *f = *state;

	f->deaf = true;
	fake_run(f);
	begin(f, STRAP);
	skip_time(f, 10 * S);
	assert_int_equal(fake_count(f, "StopDiscovery"), 1);
	assert_true(was_told(-EBUSY));
	f->deaf = false;
	skip_time(f, 1 * S);
	assert_int_equal(fake_count(f, "StartDiscovery"), 2);
	fake_advertise(f, 0);
	hear_a_beat(f);
}

static void subscribing_in_progress_is_retried(void **state)
{
	struct fake_bluez *f = *state;

	f->on_subscribe = FAKE_IN_PROGRESS;
	fake_run(f);
	begin(f, STRAP);
	fake_advertise(f, 0);
	assert_int_equal(fake_count(f, "StartNotify"), 1);
	f->on_subscribe = FAKE_OK;
	skip_time(f, S / 5);
	assert_int_equal(fake_count(f, "StartNotify"), 2);
	hear_a_beat(f);
	assert_int_equal(fake_count(f, "Disconnect"), 0);
}

static void
the_wrong_radio_is_retried_right_after_an_advertisement(void **state)
{
	struct fake_bluez *f = *state;

	f->on_connect = FAKE_WRONG_RADIO;
	fake_run(f);
	begin(f, STRAP);
	fake_advertise(f, 0);
	assert_int_equal(fake_count(f, "Connect"), 1);
	f->on_connect = FAKE_OK;
	skip_time(f, 60 * S);
	assert_int_equal(fake_count(f, "Connect"), 1);
	fake_advertise(f, 0);
	assert_int_equal(fake_count(f, "Connect"), 2);
	hear_a_beat(f);
}

static void
an_unknown_object_drops_all_paths_and_is_found_again_by_address(void **state)
{
	struct fake_bluez *f = *state;

	f->on_connect = FAKE_UNKNOWN;
	fake_run(f);
	begin(f, STRAP);
	fake_advertise(f, 0);
	/* the adapter is another now, and so is every path */
	f->straps[0].there = false;
	fake_settle(f);
	f->on_connect = FAKE_OK;
	fake_adapter(f, 0, false);
	fake_adapter(f, 1, true);
	f->straps[0].adapter = 1;
	fake_advertise(f, 0);
	assert_true(fake_count(f, "GetManagedObjects") >= 2);
	hear_a_beat(f);
}

static void
connected_without_notifications_subscribes_again_then_reconnects(void **state)
{
	struct fake_bluez *f = *state;

	stream(f);
	skip_time(f, 10 * S);
	assert_string_equal(f->calls, "StopNotify StartNotify ");
	assert_int_equal(state_now(), SENSOR_LOST);
	hear_a_beat(f);
	assert_int_equal(state_now(), SENSOR_CONNECTED);
	fake_forget(f);
	skip_time(f, 10 * S);
	assert_string_equal(f->calls, "StopNotify StartNotify ");
	skip_time(f, 10 * S);
	assert_int_equal(fake_count(f, "Disconnect"), 1);
	assert_int_equal(fake_count(f, "Connect"), 1);
	hear_a_beat(f);
}

static void
notifications_that_another_acquired_are_had_by_reconnecting(void **state)
{
	struct fake_bluez *f = *state;

	f->on_subscribe = FAKE_ACQUIRED;
	fake_run(f);
	begin(f, STRAP);
	fake_advertise(f, 0);
	assert_int_equal(fake_count(f, "Disconnect"), 3);
	assert_true(was_told(-EPERM));
	f->on_subscribe = FAKE_OK;
	skip_time(f, 1 * S);
	fake_advertise(f, 0);
	hear_a_beat(f);
}

static void values_are_not_doubled_after_reconnects(void **state)
{
	struct fake_bluez *f = *state;

	stream(f);
	for (int i = 0; i < 4; i++) {
		fake_lose(f, 0);
		hear_a_beat(f);
	}
	assert_int_equal(ears.beats, 5);
	assert_int_equal(ears.packets, 5);
}

static void a_stale_layout_is_removed_once_and_found_again(void **state)
{
	struct fake_bluez *f = *state;

	f->straps[0].bare = true;
	fake_run(f);
	begin(f, STRAP);
	fake_advertise(f, 0);
	skip_time(f, 5 * S);
	assert_int_equal(fake_count(f, "Disconnect"), 1);
	skip_time(f, 5 * S);
	assert_int_equal(fake_count(f, "RemoveDevice"), 1);
	f->straps[0].bare = false;
	skip_time(f, 1 * S);
	fake_advertise(f, 0);
	hear_a_beat(f);
	assert_int_equal(fake_count(f, "RemoveDevice"), 1);
}

static void a_link_left_over_from_a_crash_is_taken_over(void **state)
{
	struct fake_bluez *f = *state;
	struct fake_strap *s = &f->straps[0];

	s->there = s->connected = s->resolved = s->objects = true;
	fake_run(f);
	begin(f, "ble:");
	assert_string_equal(f->calls, "GetManagedObjects StartNotify "
	                              "ReadValue ReadValue ");
	hear_a_beat(f);
}

static void a_bluetoothd_that_wedges_is_left_after_its_time_out(void **state)
{
	struct fake_bluez *f = *state;

	f->on_subscribe = FAKE_HOLD;
	fake_run(f);
	begin(f, STRAP);
	fake_advertise(f, 0);
	skip_time(f, 29 * S);
	assert_int_equal(fake_count(f, "Disconnect"), 0);
	f->on_subscribe = FAKE_OK;
	skip_time(f, 1 * S);
	assert_int_equal(fake_count(f, "Disconnect"), 1);
	hear_a_beat(f);
}

/* --- reconnection, restart, radio: B.4, B.5, B.7 ----------------------------
 */

static void a_lost_link_is_lost_at_once_and_a_hole_when_it_is_back(void **state)
{
	struct fake_bluez *f = *state;

	stream(f);
	f->on_connect = FAKE_HOLD;
	fake_lose(f, 0);
	assert_int_equal(state_now(), SENSOR_LOST);
	assert_true(was_told(-ECONNRESET));
	f->on_connect = FAKE_OK;
	f->straps[0].connected = true;
	fake_objects(f, 0);
	fake_resolve(f, 0);
	fake_release(f, FAKE_LIE);
	hear_a_beat(f);
	assert_string_equal(
		listener_line(&ears),
		"searching connected 1017 lost connected gap connected 1017");
}

static void an_hour_away_it_is_still_looked_for(void **state)
{
	struct fake_bluez *f = *state;

	stream(f);
	f->on_connect = FAKE_ABORT;
	fake_lose(f, 0);
	for (int i = 0; i < 360; i++)
		skip_time(f, 10 * S);
	assert_true(fake_count(f, "Connect") > 60);
	f->on_connect = FAKE_OK;
	skip_time(f, 30 * S);
	fake_advertise(f, 0);
	hear_a_beat(f);
}

static void bluetoothd_restarts_and_all_is_found_again(void **state)
{
	struct fake_bluez *f = *state;

	stream(f);
	fake_die(f);
	assert_int_equal(state_now(), SENSOR_LOST);
	assert_true(was_told(-EUNATCH));
	/* its adapters appear late */
	f->adapters[0] = false;
	fake_run(f);
	fake_adapter(f, 0, true);
	assert_int_equal(fake_count(f, "StartDiscovery"), 1);
	fake_advertise(f, 0);
	hear_a_beat(f);
}

static void the_answer_of_a_dead_bluetoothd_is_nobodys(void **state)
{
	struct fake_bluez *f = *state;

	f->on_connect = FAKE_HOLD;
	fake_run(f);
	begin(f, STRAP);
	fake_advertise(f, 0);
	f->held = sd_bus_message_unref(f->held);
	fake_die(f);
	f->on_connect = FAKE_OK;
	fake_forget(f);
	fake_run(f);
	fake_advertise(f, 0);
	hear_a_beat(f);
	assert_int_equal(fake_count(f, "Connect"), 1);
}

static void without_bluetoothd_it_says_so_and_waits_for_one(void **state)
{
	struct fake_bluez *f = *state;

	begin(f, STRAP);
	assert_true(was_told(-EUNATCH));
	fake_run(f);
	fake_advertise(f, 0);
	hear_a_beat(f);
}

static void without_a_system_bus_it_says_so_and_tries_again(void **state)
{
	struct fake_bluez *f = *state;
	char address[sizeof(f->address)];

	memcpy(address, f->address, sizeof(address));
	snprintf(f->address, sizeof(f->address), "unix:path=/nonexistent/bus");
	assert_int_equal(open_uri(f, STRAP), 0);
	memcpy(f->address, address, sizeof(address));
	sensor->context.bus = "unix:path=/nonexistent/bus";
	fake_settle(f);
	assert_true(was_told(-EUNATCH));
	sensor->context.bus = f->address;
	fake_run(f);
	skip_time(f, 10 * S);
	fake_advertise(f, 0);
	hear_a_beat(f);
}

static void no_permission_is_said_and_tried_again(void **state)
{
	struct fake_bluez *f = *state;

	f->on_objects = FAKE_DENIED;
	fake_run(f);
	begin(f, STRAP);
	assert_true(was_told(-EACCES));
	f->on_objects = FAKE_OK;
	skip_time(f, 10 * S);
	fake_advertise(f, 0);
	hear_a_beat(f);
}

static void power_off_is_said_and_power_on_goes_on(void **state)
{
	struct fake_bluez *f = *state;

	f->powered = false;
	fake_run(f);
	begin(f, STRAP);
	assert_true(was_told(-ENETDOWN) || was_told(-ERFKILL));
	assert_int_equal(fake_count(f, "StartDiscovery"), 0);
	fake_power(f, true);
	fake_advertise(f, 0);
	hear_a_beat(f);
}

static void
an_adapter_that_is_pulled_comes_back_under_another_name(void **state)
{
	struct fake_bluez *f = *state;

	stream(f);
	fake_adapter(f, 0, false);
	assert_int_equal(state_now(), SENSOR_LOST);
	assert_true(was_told(-ENODEV));
	f->straps[0].adapter = 1;
	fake_adapter(f, 1, true);
	fake_advertise(f, 0);
	hear_a_beat(f);
}

static void write_file(const char *folder, const char *leaf, const char *text)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, leaf);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void a_blocked_radio_is_read_from_rfkill(void **state)
{
	char *folder = test_scratch(), path[512];

	(void)state;
	assert_false(ble_rfkill_blocked("/nonexistent"));
	snprintf(path, sizeof(path), "%s/rfkill0", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	write_file(path, "type", "wlan\n");
	write_file(path, "soft", "1\n");
	write_file(path, "hard", "0\n");
	assert_false(ble_rfkill_blocked(folder));
	write_file(path, "type", "bluetooth\n");
	assert_true(ble_rfkill_blocked(folder));
	write_file(path, "soft", "0\n");
	assert_false(ble_rfkill_blocked(folder));
	write_file(path, "hard", "1\n");
	assert_true(ble_rfkill_blocked(folder));
	test_scrap(folder);
}

/* --- which strap ------------------------------------------------------------
 */

static void alone_it_takes_the_only_strap_and_keeps_to_it(void **state)
{
	struct fake_bluez *f = *state;

	fake_run(f);
	begin(f, "ble:");
	fake_advertise(f, 0);
	skip_time(f, 3 * S);
	hear_a_beat(f);
	fake_forget(f);
	f->on_connect = FAKE_ABORT;
	fake_lose(f, 0);
	f->on_connect = FAKE_OK;
	fake_advertise(f, 1);
	for (int i = 0; i < 3; i++)
		skip_time(f, 10 * S);
	assert_false(f->straps[1].connected);
	assert_true(f->straps[0].connected);
}

static void of_several_it_takes_none_and_asks_for_a_choice(void **state)
{
	struct fake_bluez *f = *state;

	fake_run(f);
	begin(f, "ble:");
	fake_advertise(f, 0);
	fake_advertise(f, 1);
	skip_time(f, 3 * S);
	assert_true(was_told(-ENOTUNIQ));
	assert_int_equal(fake_count(f, "Connect"), 0);
}

static void a_chosen_one_is_taken_among_others(void **state)
{
	struct fake_bluez *f = *state;

	fake_run(f);
	begin(f, STRAP);
	fake_advertise(f, 1);
	skip_time(f, 30 * S);
	assert_int_equal(fake_count(f, "Connect"), 0);
	assert_true(was_told(-EHOSTUNREACH));
	fake_advertise(f, 0);
	hear_a_beat(f);
}

static void addresses_that_are_none_are_refused(void **state)
{
	static const char *const bad[] = {
		"ble:A0:9E:1A:00:00",
		"ble:A0:9E:1A:00:00:0G",
		"ble:A0-9E-1A-00-00-01",
		"ble:A0:9E:1A:00:00:01?",
		"ble:A0:9E:1A:00:00:01?rr",
		"ble:A0:9E:1A:00:00:011",
		"ble:?rr=s",
	};
	struct fake_bluez *f = *state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(open_uri(f, bad[i]), -EINVAL);
}

/* --- what a strap is --------------------------------------------------------
 */

static void its_battery_maker_and_place_are_told(void **state)
{
	struct fake_bluez *f = *state;

	stream(f);
	assert_string_equal(found.uri, STRAP);
	assert_string_equal(found.name, "Strap");
	assert_string_equal(found.maker, "Maker");
	assert_string_equal(found.worn, "chest");
	assert_int_equal(found.battery_pct, 90);
	assert_int_equal(found.rr, TRI_YES);
}

static void a_battery_that_only_the_strap_tells_is_read_from_it(void **state)
{
	struct fake_bluez *f = *state;

	f->straps[0].battery_pct = -1;
	stream(f);
	assert_int_equal(found.battery_pct, 77);
}

static void a_sensor_without_intervals_is_refused_and_left(void **state)
{
	static const uint8_t optical[] = {0x00, 0x48};
	static const uint8_t unworn[] = {0x00, 0x00};
	struct fake_bluez *f = *state;

	fake_run(f);
	begin(f, STRAP);
	fake_advertise(f, 0);
	for (int i = 0; i < BLE_WITHOUT_RR_MAX; i++)
		fake_notify(f, 0, unworn, sizeof(unworn));
	assert_false(was_told(-ENODATA));
	for (int i = 0; i < BLE_WITHOUT_RR_MAX; i++)
		fake_notify(f, 0, optical, sizeof(optical));
	assert_true(was_told(-ENODATA));
	assert_int_equal(state_now(), SENSOR_LOST);
	assert_false(f->straps[0].connected);
	fake_forget(f);
	skip_time(f, 600 * S);
	fake_advertise(f, 0);
	assert_int_equal(fake_count(f, "Connect"), 0);
}

static uint64_t real_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * S + (uint64_t)t.tv_nsec / 1000;
}

/* A minute of it takes a moment, and that moment counts: the rest of each
   second is skipped. */
static void hear_seconds(struct fake_bluez *f, int n, unsigned rr)
{
	uint8_t bytes[] = {0x10, 60, (uint8_t)(rr & 0xff), (uint8_t)(rr >> 8)};

	while (n-- > 0) {
		uint64_t begun_us = real_us(), took_us;

		fake_notify(f, 0, bytes, sizeof(bytes));
		took_us = real_us() - begun_us;
		ble_skip(sensor, took_us < S ? S - took_us : 0);
	}
}

static void a_strap_that_sends_milliseconds_is_found_out_and_told(void **state)
{
	struct fake_bluez *f = *state;

	stream(f);
	hear_seconds(f, 280, 1000);
	assert_false(was_told(-ERANGE));
	hear_seconds(f, 40, 1000);
	assert_true(was_told(-ERANGE));
	assert_int_equal(state_now(), SENSOR_CONNECTED);
}

static void with_its_option_milliseconds_are_taken_as_such(void **state)
{
	struct fake_bluez *f = *state;
	const struct told *last;

	fake_run(f);
	begin(f, STRAP "?rr=ms");
	fake_advertise(f, 0);
	hear_a_beat(f);
	last = &ears.told[ears.n - 1];
	assert_near(last->beat.rr_ms, 1041.0, 0.0);
	assert_int_equal(last->beat.rr_ticks, 0);
}

static void
a_scan_tells_what_is_on_the_air_and_connects_to_nothing(void **state)
{
	struct fake_bluez *f = *state;

	fake_run(f);
	assert_int_equal(open_uri(f, "ble:"), 0);
	assert_int_equal(sensor_scan(sensor), 0);
	fake_settle(f);
	assert_string_equal(listener_line(&ears), "searching");
	assert_int_equal(ears.told[0].error, 0);
	fake_advertise(f, 0);
	fake_advertise(f, 1);
	assert_string_equal(found.uri, "ble:A0:9E:1A:00:00:02");
	assert_int_equal(found.rssi_dbm, -60);
	assert_int_equal(found.rr, TRI_UNKNOWN);
	skip_time(f, 60 * S);
	assert_int_equal(fake_count(f, "Connect"), 0);
	sensor = sensor_destroy(sensor);
	fake_settle(f);
	assert_int_equal(fake_count(f, "Disconnect"), 0);
}

static void a_signal_that_the_adapter_cannot_measure_is_not_known(void **state)
{
	struct fake_bluez *f = *state;

	f->no_rssi = true;
	fake_run(f);
	begin(f, STRAP);
	fake_advertise(f, 0);
	hear_a_beat(f);
	assert_string_equal(found.uri, STRAP);
	assert_int_equal(found.rssi_dbm, 0);
}

static void
a_scan_tells_of_a_strap_that_is_connected_and_so_silent(void **state)
{
	struct fake_bluez *f = *state;

	f->straps[0].there = f->straps[0].connected = true;
	fake_run(f);
	assert_int_equal(open_uri(f, "ble:"), 0);
	assert_int_equal(sensor_scan(sensor), 0);
	fake_settle(f);
	assert_string_equal(found.uri, STRAP);
	assert_int_equal(founds, 1);
}

static void a_scan_goes_on_with_a_new_bluetoothd(void **state)
{
	struct fake_bluez *f = *state;

	fake_run(f);
	assert_int_equal(open_uri(f, "ble:"), 0);
	assert_int_equal(sensor_scan(sensor), 0);
	fake_settle(f);
	fake_die(f);
	fake_forget(f);
	fake_run(f);
	assert_int_equal(fake_count(f, "StartDiscovery"), 1);
	fake_advertise(f, 0);
	assert_string_equal(found.uri, STRAP);
}

static void a_scan_says_what_is_in_its_way(void **state)
{
	struct fake_bluez *f = *state;

	f->adapters[0] = false;
	fake_run(f);
	assert_int_equal(open_uri(f, "ble:"), 0);
	assert_int_equal(sensor_scan(sensor), 0);
	fake_settle(f);
	assert_int_equal(ears.n, 1);
	assert_int_equal(ears.told[0].error, -ENODEV);
}

#define row(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		row(a_strap_on_the_air_is_connected_subscribed_and_heard),
		row(the_value_that_bluez_keeps_is_no_notification),
		row(services_that_resolve_late_are_waited_for),
		row(services_said_to_be_resolved_before_they_appear_are_waited_for),
		row(connected_that_was_never_signalled_does_not_matter),
		row(closing_stops_the_notifications_and_disconnects),
		row(closing_cancels_an_attempt_that_runs),
		row(abort_by_local_is_retried_at_once_twice_then_after_a_pause),
		row(success_without_a_connection_is_found_out_and_retried),
		row(an_attempt_of_another_is_waited_for_and_its_link_is_used),
		row(an_attempt_of_another_that_leads_nowhere_is_cancelled),
		row(connect_has_a_time_out_of_its_own_and_calling_again_works),
		row(discovery_in_progress_is_taken_as_running),
		row(an_adapter_that_never_discovers_is_stopped_and_started_again),
		row(subscribing_in_progress_is_retried),
		row(the_wrong_radio_is_retried_right_after_an_advertisement),
		row(an_unknown_object_drops_all_paths_and_is_found_again_by_address),
		row(connected_without_notifications_subscribes_again_then_reconnects),
		row(notifications_that_another_acquired_are_had_by_reconnecting),
		row(values_are_not_doubled_after_reconnects),
		row(a_stale_layout_is_removed_once_and_found_again),
		row(a_link_left_over_from_a_crash_is_taken_over),
		row(a_bluetoothd_that_wedges_is_left_after_its_time_out),
		row(a_lost_link_is_lost_at_once_and_a_hole_when_it_is_back),
		row(an_hour_away_it_is_still_looked_for),
		row(bluetoothd_restarts_and_all_is_found_again),
		row(the_answer_of_a_dead_bluetoothd_is_nobodys),
		row(without_bluetoothd_it_says_so_and_waits_for_one),
		row(without_a_system_bus_it_says_so_and_tries_again),
		row(no_permission_is_said_and_tried_again),
		row(power_off_is_said_and_power_on_goes_on),
		row(an_adapter_that_is_pulled_comes_back_under_another_name),
		row(a_blocked_radio_is_read_from_rfkill),
		row(alone_it_takes_the_only_strap_and_keeps_to_it),
		row(of_several_it_takes_none_and_asks_for_a_choice),
		row(a_chosen_one_is_taken_among_others),
		row(addresses_that_are_none_are_refused),
		row(its_battery_maker_and_place_are_told),
		row(a_battery_that_only_the_strap_tells_is_read_from_it),
		row(a_sensor_without_intervals_is_refused_and_left),
		row(a_strap_that_sends_milliseconds_is_found_out_and_told),
		row(with_its_option_milliseconds_are_taken_as_such),
		row(a_scan_tells_what_is_on_the_air_and_connects_to_nothing),
		row(a_signal_that_the_adapter_cannot_measure_is_not_known),
		row(a_scan_tells_of_a_strap_that_is_connected_and_so_silent),
		row(a_scan_goes_on_with_a_new_bluetoothd),
		row(a_scan_says_what_is_in_its_way),
	};

	return cmocka_run_group_tests(tests, fake_start_bus, fake_stop_bus);
}
