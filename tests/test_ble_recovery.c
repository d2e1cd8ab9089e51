/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "drivers/ble.h"
#include "drivers/ble_rfkill.h"
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

/* --- reconnection, restart, radio: B.4, B.5, B.7 ----------------------------
 */

static void a_lost_link_is_lost_at_once_and_a_hole_when_it_is_back(void **state)
{
	struct fake_bluez *f = *state;

	ble_host_stream(&host);
	f->on_connect = FAKE_HOLD;
	fake_lose(f, 0);
	assert_int_equal(ble_host_state(&host), SENSOR_LOST);
	assert_true(ble_host_told(&host, -ECONNRESET));
	f->on_connect = FAKE_OK;
	f->straps[0].connected = true;
	fake_objects(f, 0);
	fake_resolve(f, 0);
	fake_release(f, FAKE_LIE);
	ble_host_hear(&host);
	assert_string_equal(
		listener_line(&host.ears),
		"searching connected 1017 lost connected gap connected 1017");
}

static void an_hour_away_it_is_still_looked_for(void **state)
{
	struct fake_bluez *f = *state;

	ble_host_stream(&host);
	f->on_connect = FAKE_ABORT;
	fake_lose(f, 0);
	for (int i = 0; i < 360; i++)
		ble_host_skip(&host, 10 * S);
	assert_true(fake_count(f, "Connect") > 60);
	f->on_connect = FAKE_OK;
	ble_host_skip(&host, 30 * S);
	fake_advertise(f, 0);
	ble_host_hear(&host);
}

static void bluetoothd_restarts_and_all_is_found_again(void **state)
{
	struct fake_bluez *f = *state;

	ble_host_stream(&host);
	fake_die(f);
	assert_int_equal(ble_host_state(&host), SENSOR_LOST);
	assert_true(ble_host_told(&host, -EUNATCH));
	/* its adapters appear late */
	f->adapters[0] = false;
	fake_run(f);
	fake_adapter(f, 0, true);
	assert_int_equal(fake_count(f, "StartDiscovery"), 1);
	fake_advertise(f, 0);
	ble_host_hear(&host);
}

static void the_answer_of_a_dead_bluetoothd_is_nobodys(void **state)
{
	struct fake_bluez *f = *state;

	f->on_connect = FAKE_HOLD;
	fake_run(f);
	ble_host_begin(&host, STRAP);
	fake_advertise(f, 0);
	f->held = sd_bus_message_unref(f->held);
	fake_die(f);
	f->on_connect = FAKE_OK;
	fake_forget(f);
	fake_run(f);
	fake_advertise(f, 0);
	ble_host_hear(&host);
	assert_int_equal(fake_count(f, "Connect"), 1);
}

static void without_bluetoothd_it_says_so_and_waits_for_one(void **state)
{
	struct fake_bluez *f = *state;

	ble_host_begin(&host, STRAP);
	assert_true(ble_host_told(&host, -EUNATCH));
	fake_run(f);
	fake_advertise(f, 0);
	ble_host_hear(&host);
}

static void without_a_system_bus_it_says_so_and_tries_again(void **state)
{
	struct fake_bluez *f = *state;
	char address[sizeof(f->address)];

	memcpy(address, f->address, sizeof(address));
	snprintf(f->address, sizeof(f->address), "unix:path=/nonexistent/bus");
	assert_int_equal(ble_host_open(&host, STRAP), 0);
	memcpy(f->address, address, sizeof(address));
	host.sensor->context.bus = "unix:path=/nonexistent/bus";
	fake_settle(f);
	assert_true(ble_host_told(&host, -EUNATCH));
	host.sensor->context.bus = f->address;
	fake_run(f);
	ble_host_skip(&host, 10 * S);
	fake_advertise(f, 0);
	ble_host_hear(&host);
}

static void no_permission_is_said_and_tried_again(void **state)
{
	struct fake_bluez *f = *state;

	f->on_objects = FAKE_DENIED;
	fake_run(f);
	ble_host_begin(&host, STRAP);
	assert_true(ble_host_told(&host, -EACCES));
	f->on_objects = FAKE_OK;
	ble_host_skip(&host, 10 * S);
	fake_advertise(f, 0);
	ble_host_hear(&host);
}

static void power_off_is_said_and_power_on_goes_on(void **state)
{
	struct fake_bluez *f = *state;

	f->powered = false;
	fake_run(f);
	ble_host_begin(&host, STRAP);
	assert_true(ble_host_told(&host, -ENETDOWN) ||
	            ble_host_told(&host, -ERFKILL));
	assert_int_equal(fake_count(f, "StartDiscovery"), 0);
	fake_power(f, true);
	fake_advertise(f, 0);
	ble_host_hear(&host);
}

static void
an_adapter_that_is_pulled_comes_back_under_another_name(void **state)
{
	struct fake_bluez *f = *state;

	ble_host_stream(&host);
	fake_adapter(f, 0, false);
	assert_int_equal(ble_host_state(&host), SENSOR_LOST);
	assert_true(ble_host_told(&host, -ENODEV));
	f->straps[0].adapter = 1;
	fake_adapter(f, 1, true);
	fake_advertise(f, 0);
	ble_host_hear(&host);
}

static void write_file(const char *folder, const char *leaf, const char *text)
{
	char path[1024];

	snprintf(path, sizeof(path), "%s/%s", folder, leaf);
	test_write(path, text, strlen(text));
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

#define row(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
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
	};

	return cmocka_run_group_tests(tests, fake_start_bus, fake_stop_bus);
}
