/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <errno.h>
#include <time.h>

#include "drivers/ble.h"
#include "tests/helpers/ble_host.h"
#include "tests/helpers/fake_bluez.h"
#include "tests/helpers/listener.h"

#define S     BLE_HOST_S
#define STRAP BLE_HOST_STRAP

static struct ble_host host;

static int set_up(void **state)
{
	ble_host_init(&host, *state);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	ble_host_finish(&host);
	return 0;
}

/* --- the sequence, B.1 ------------------------------------------------------
 */

static void a_strap_on_the_air_is_connected_subscribed_and_heard(void **state)
{
	struct fake_bluez *f = *state;

	fake_run(f);
	ble_host_begin(&host, STRAP);
	assert_string_equal(f->calls, "GetManagedObjects SetDiscoveryFilter "
	                              "StartDiscovery ");
	assert_string_equal(listener_line(&host.ears), "searching");
	fake_forget(f);
	fake_advertise(f, 0);
	assert_string_equal(f->calls, "Connect StartNotify StopDiscovery "
	                              "ReadValue ReadValue ");
	ble_host_hear(&host);
	assert_string_equal(listener_line(&host.ears),
	                    "searching connected 1017");
	assert_near(host.ears.told[2].beat.rr_ms, 1041 * 1000.0 / 1024, 1e-9);
	assert_int_equal(host.ears.told[2].beat.contact, BEAT_CONTACT_GOOD);
}

static void the_value_that_bluez_keeps_is_no_notification(void **state)
{
	(void)state;
	ble_host_stream(&host);
	assert_int_equal(host.ears.packets, 1);
}

static void services_that_resolve_late_are_waited_for(void **state)
{
	struct fake_bluez *f = *state;

	f->straps[0].late = true;
	fake_run(f);
	ble_host_begin(&host, STRAP);
	fake_advertise(f, 0);
	ble_host_skip(&host, 25 * S);
	assert_int_equal(fake_count(f, "StartNotify"), 0);
	fake_objects(f, 0);
	fake_resolve(f, 0);
	fake_settle(f);
	ble_host_hear(&host);
	assert_int_equal(fake_count(f, "Disconnect"), 0);
}

static void
services_said_to_be_resolved_before_they_appear_are_waited_for(void **state)
{
	struct fake_bluez *f = *state;

	f->straps[0].bare = true;
	fake_run(f);
	ble_host_begin(&host, STRAP);
	fake_advertise(f, 0);
	assert_int_equal(fake_count(f, "GetManagedObjects"), 2);
	ble_host_skip(&host, 4 * S);
	fake_objects(f, 0);
	fake_settle(f);
	ble_host_hear(&host);
	assert_int_equal(fake_count(f, "Disconnect"), 0);
}

static void connected_that_was_never_signalled_does_not_matter(void **state)
{
	struct fake_bluez *f = *state;

	f->straps[0].silent_connect = true;
	ble_host_stream(&host);
	fake_lose(f, 0);
	assert_int_equal(fake_count(f, "Connect"), 1);
	ble_host_hear(&host);
}

static void closing_stops_the_notifications_and_disconnects(void **state)
{
	struct fake_bluez *f = *state;

	ble_host_stream(&host);
	ble_host_close(&host);
	assert_string_equal(f->calls, "StopNotify Disconnect ");
}

static void closing_cancels_an_attempt_that_runs(void **state)
{
	struct fake_bluez *f = *state;

	f->on_connect = FAKE_HOLD;
	fake_run(f);
	ble_host_begin(&host, STRAP);
	fake_advertise(f, 0);
	ble_host_close(&host);
	assert_int_equal(fake_count(f, "Disconnect"), 1);
}

/* --- which strap ------------------------------------------------------------
 */

static void alone_it_takes_the_only_strap_and_keeps_to_it(void **state)
{
	struct fake_bluez *f = *state;

	fake_run(f);
	ble_host_begin(&host, "ble:");
	fake_advertise(f, 0);
	ble_host_skip(&host, 3 * S);
	ble_host_hear(&host);
	fake_forget(f);
	f->on_connect = FAKE_ABORT;
	fake_lose(f, 0);
	f->on_connect = FAKE_OK;
	fake_advertise(f, 1);
	for (int i = 0; i < 3; i++)
		ble_host_skip(&host, 10 * S);
	assert_false(f->straps[1].connected);
	assert_true(f->straps[0].connected);
}

static void of_several_it_takes_none_and_asks_for_a_choice(void **state)
{
	struct fake_bluez *f = *state;

	fake_run(f);
	ble_host_begin(&host, "ble:");
	fake_advertise(f, 0);
	fake_advertise(f, 1);
	ble_host_skip(&host, 3 * S);
	assert_true(ble_host_told(&host, -ENOTUNIQ));
	assert_int_equal(fake_count(f, "Connect"), 0);
}

static void a_chosen_one_is_taken_among_others(void **state)
{
	struct fake_bluez *f = *state;

	fake_run(f);
	ble_host_begin(&host, STRAP);
	fake_advertise(f, 1);
	ble_host_skip(&host, 30 * S);
	assert_int_equal(fake_count(f, "Connect"), 0);
	assert_true(ble_host_told(&host, -EHOSTUNREACH));
	fake_advertise(f, 0);
	ble_host_hear(&host);
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

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(ble_host_open(&host, bad[i]), -EINVAL);
}

/* --- what a strap is --------------------------------------------------------
 */

static void its_battery_maker_and_place_are_told(void **state)
{
	(void)state;
	ble_host_stream(&host);
	assert_string_equal(host.found.uri, STRAP);
	assert_string_equal(host.found.name, "Strap");
	assert_string_equal(host.found.maker, "Maker");
	assert_string_equal(host.found.worn, "chest");
	assert_int_equal(host.found.battery_pct, 90);
	assert_int_equal(host.found.rr, TRI_YES);
}

static void a_battery_that_only_the_strap_tells_is_read_from_it(void **state)
{
	struct fake_bluez *f = *state;

	f->straps[0].battery_pct = -1;
	ble_host_stream(&host);
	assert_int_equal(host.found.battery_pct, 77);
}

static void a_sensor_without_intervals_is_refused_and_left(void **state)
{
	static const uint8_t optical[] = {0x00, 0x48};
	static const uint8_t unworn[] = {0x00, 0x00};
	struct fake_bluez *f = *state;

	fake_run(f);
	ble_host_begin(&host, STRAP);
	fake_advertise(f, 0);
	for (int i = 0; i < BLE_WITHOUT_RR_MAX; i++)
		fake_notify(f, 0, unworn, sizeof(unworn));
	assert_false(ble_host_told(&host, -ENODATA));
	for (int i = 0; i < BLE_WITHOUT_RR_MAX; i++)
		fake_notify(f, 0, optical, sizeof(optical));
	assert_true(ble_host_told(&host, -ENODATA));
	assert_int_equal(ble_host_state(&host), SENSOR_LOST);
	assert_false(f->straps[0].connected);
	fake_forget(f);
	ble_host_skip(&host, 600 * S);
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
		ble_skip(host.sensor, took_us < S ? S - took_us : 0);
	}
}

static void a_strap_that_sends_milliseconds_is_found_out_and_told(void **state)
{
	struct fake_bluez *f = *state;

	ble_host_stream(&host);
	hear_seconds(f, 280, 1000);
	assert_false(ble_host_told(&host, -ERANGE));
	hear_seconds(f, 40, 1000);
	assert_true(ble_host_told(&host, -ERANGE));
	assert_int_equal(ble_host_state(&host), SENSOR_CONNECTED);
}

static void with_its_option_milliseconds_are_taken_as_such(void **state)
{
	struct fake_bluez *f = *state;
	const struct told *last;

	fake_run(f);
	ble_host_begin(&host, STRAP "?rr=ms");
	fake_advertise(f, 0);
	ble_host_hear(&host);
	last = &host.ears.told[host.ears.n - 1];
	assert_near(last->beat.rr_ms, 1041.0, 0.0);
	assert_int_equal(last->beat.rr_ticks, 0);
}

static void
a_scan_tells_what_is_on_the_air_and_connects_to_nothing(void **state)
{
	struct fake_bluez *f = *state;

	fake_run(f);
	ble_host_scan(&host);
	assert_string_equal(listener_line(&host.ears), "searching");
	assert_int_equal(host.ears.told[0].error, 0);
	fake_advertise(f, 0);
	fake_advertise(f, 1);
	assert_string_equal(host.found.uri, "ble:A0:9E:1A:00:00:02");
	assert_int_equal(host.found.rssi_dbm, -60);
	assert_int_equal(host.found.rr, TRI_UNKNOWN);
	ble_host_skip(&host, 60 * S);
	assert_int_equal(fake_count(f, "Connect"), 0);
	ble_host_close(&host);
	assert_int_equal(fake_count(f, "Disconnect"), 0);
}

static void a_signal_that_the_adapter_cannot_measure_is_not_known(void **state)
{
	struct fake_bluez *f = *state;

	f->no_rssi = true;
	fake_run(f);
	ble_host_begin(&host, STRAP);
	fake_advertise(f, 0);
	ble_host_hear(&host);
	assert_string_equal(host.found.uri, STRAP);
	assert_int_equal(host.found.rssi_dbm, 0);
}

static void
a_scan_tells_of_a_strap_that_is_connected_and_so_silent(void **state)
{
	struct fake_bluez *f = *state;

	f->straps[0].there = f->straps[0].connected = true;
	fake_run(f);
	ble_host_scan(&host);
	assert_string_equal(host.found.uri, STRAP);
	assert_int_equal(host.founds, 1);
}

static void a_scan_goes_on_with_a_new_bluetoothd(void **state)
{
	struct fake_bluez *f = *state;

	fake_run(f);
	ble_host_scan(&host);
	fake_die(f);
	fake_forget(f);
	fake_run(f);
	assert_int_equal(fake_count(f, "StartDiscovery"), 1);
	fake_advertise(f, 0);
	assert_string_equal(host.found.uri, STRAP);
}

static void a_scan_says_what_is_in_its_way(void **state)
{
	struct fake_bluez *f = *state;

	f->adapters[0] = false;
	fake_run(f);
	ble_host_scan(&host);
	assert_int_equal(host.ears.n, 1);
	assert_int_equal(host.ears.told[0].error, -ENODEV);
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
