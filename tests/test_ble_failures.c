/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <errno.h>

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

/* --- the failures, B.3 row by row -------------------------------------------
 */

static void
abort_by_local_is_retried_at_once_twice_then_after_a_pause(void **state)
{
	struct fake_bluez *f = *state;

	f->on_connect = FAKE_ABORT;
	fake_run(f);
	ble_host_begin(&host, STRAP);
	fake_advertise(f, 0);
	assert_int_equal(fake_count(f, "Connect"), 3);
	assert_int_equal(fake_count(f, "StopDiscovery"), 0);
	assert_true(ble_host_told(&host, -ECONNABORTED));
	f->on_connect = FAKE_OK;
	ble_host_skip(&host, 1 * S);
	assert_int_equal(fake_count(f, "Connect"), 3);
	fake_advertise(f, 0);
	assert_int_equal(fake_count(f, "Connect"), 4);
	ble_host_hear(&host);
}

static void success_without_a_connection_is_found_out_and_retried(void **state)
{
	struct fake_bluez *f = *state;

	f->on_connect = FAKE_LIE;
	fake_run(f);
	ble_host_begin(&host, STRAP);
	fake_advertise(f, 0);
	assert_int_equal(fake_count(f, "Connect"), 1);
	f->on_connect = FAKE_OK;
	ble_host_skip(&host, 2 * S);
	assert_int_equal(fake_count(f, "Connect"), 2);
	ble_host_hear(&host);
}

static void
an_attempt_of_another_is_waited_for_and_its_link_is_used(void **state)
{
	struct fake_bluez *f = *state;

	f->on_connect = FAKE_ALREADY;
	fake_run(f);
	ble_host_begin(&host, STRAP);
	fake_advertise(f, 0);
	assert_int_equal(fake_count(f, "Connect"), 1);
	f->straps[0].connected = true;
	fake_objects(f, 0);
	fake_resolve(f, 0);
	fake_settle(f);
	ble_host_hear(&host);
	assert_int_equal(fake_count(f, "Connect"), 1);
}

static void an_attempt_of_another_that_leads_nowhere_is_cancelled(void **state)
{
	struct fake_bluez *f = *state;

	f->on_connect = FAKE_ALREADY;
	fake_run(f);
	ble_host_begin(&host, STRAP);
	fake_advertise(f, 0);
	f->on_connect = FAKE_OK;
	ble_host_skip(&host, 44 * S);
	assert_int_equal(fake_count(f, "Disconnect"), 0);
	ble_host_skip(&host, 1 * S);
	assert_int_equal(fake_count(f, "Disconnect"), 1);
	ble_host_hear(&host);
}

static void
connect_has_a_time_out_of_its_own_and_calling_again_works(void **state)
{
	struct fake_bluez *f = *state;

	f->on_connect = FAKE_HOLD;
	fake_run(f);
	ble_host_begin(&host, STRAP);
	fake_advertise(f, 0);
	ble_host_skip(&host, 44 * S);
	assert_int_equal(fake_count(f, "Disconnect"), 0);
	f->on_connect = FAKE_OK;
	ble_host_skip(&host, 1 * S);
	assert_int_equal(fake_count(f, "Disconnect"), 1);
	ble_host_hear(&host);
	/* the answer to the first call comes after all */
	fake_release(f, FAKE_ABORT);
	ble_host_hear(&host);
	assert_int_equal(fake_count(f, "Connect"), 2);
}

static void discovery_in_progress_is_taken_as_running(void **state)
{
	struct fake_bluez *f = *state;

	f->on_discover = FAKE_IN_PROGRESS;
	f->discovering = true;
	fake_run(f);
	ble_host_begin(&host, STRAP);
	ble_host_skip(&host, 15 * S);
	assert_int_equal(fake_count(f, "StartDiscovery"), 1);
	fake_advertise(f, 0);
	ble_host_hear(&host);
}

static void
an_adapter_that_never_discovers_is_stopped_and_started_again(void **state)
{
	struct fake_bluez *f = *state;

	f->deaf = true;
	fake_run(f);
	ble_host_begin(&host, STRAP);
	ble_host_skip(&host, 10 * S);
	assert_int_equal(fake_count(f, "StopDiscovery"), 1);
	assert_true(ble_host_told(&host, -EBUSY));
	f->deaf = false;
	ble_host_skip(&host, 1 * S);
	assert_int_equal(fake_count(f, "StartDiscovery"), 2);
	fake_advertise(f, 0);
	ble_host_hear(&host);
}

static void subscribing_in_progress_is_retried(void **state)
{
	struct fake_bluez *f = *state;

	f->on_subscribe = FAKE_IN_PROGRESS;
	fake_run(f);
	ble_host_begin(&host, STRAP);
	fake_advertise(f, 0);
	assert_int_equal(fake_count(f, "StartNotify"), 1);
	f->on_subscribe = FAKE_OK;
	ble_host_skip(&host, S / 5);
	assert_int_equal(fake_count(f, "StartNotify"), 2);
	ble_host_hear(&host);
	assert_int_equal(fake_count(f, "Disconnect"), 0);
}

static void
the_wrong_radio_is_retried_right_after_an_advertisement(void **state)
{
	struct fake_bluez *f = *state;

	f->on_connect = FAKE_WRONG_RADIO;
	fake_run(f);
	ble_host_begin(&host, STRAP);
	fake_advertise(f, 0);
	assert_int_equal(fake_count(f, "Connect"), 1);
	f->on_connect = FAKE_OK;
	ble_host_skip(&host, 60 * S);
	assert_int_equal(fake_count(f, "Connect"), 1);
	fake_advertise(f, 0);
	assert_int_equal(fake_count(f, "Connect"), 2);
	ble_host_hear(&host);
}

static void
an_unknown_object_drops_all_paths_and_is_found_again_by_address(void **state)
{
	struct fake_bluez *f = *state;

	f->on_connect = FAKE_UNKNOWN;
	fake_run(f);
	ble_host_begin(&host, STRAP);
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
	ble_host_hear(&host);
}

static void
connected_without_notifications_subscribes_again_then_reconnects(void **state)
{
	struct fake_bluez *f = *state;

	ble_host_stream(&host);
	ble_host_skip(&host, 10 * S);
	assert_string_equal(f->calls, "StopNotify StartNotify ");
	assert_int_equal(ble_host_state(&host), SENSOR_LOST);
	ble_host_hear(&host);
	assert_int_equal(ble_host_state(&host), SENSOR_CONNECTED);
	fake_forget(f);
	ble_host_skip(&host, 10 * S);
	assert_string_equal(f->calls, "StopNotify StartNotify ");
	ble_host_skip(&host, 10 * S);
	assert_int_equal(fake_count(f, "Disconnect"), 1);
	assert_int_equal(fake_count(f, "Connect"), 1);
	ble_host_hear(&host);
}

/* bluetoothd takes two seconds to let go of a link, in which the strap speaks
   again: what comes over the next one is behind a hole. */
static void a_beat_on_a_link_that_is_let_go_is_before_a_hole(void **state)
{
	struct fake_bluez *f = *state;

	ble_host_stream(&host);
	ble_host_skip(&host, 10 * S);
	f->on_disconnect = FAKE_HOLD;
	ble_host_skip(&host, 10 * S);
	assert_int_equal(fake_count(f, "Disconnect"), 1);
	host.ears.n = 0;
	ble_host_hear(&host);
	assert_string_equal(listener_line(&host.ears), "connected 1017");
	host.ears.n = 0;
	fake_lose(f, 0);
	fake_release(f, FAKE_LIE);
	fake_advertise(f, 0);
	ble_host_hear(&host);
	assert_string_equal(listener_line(&host.ears),
	                    "lost connected gap connected 1017");
}

static void
notifications_that_another_acquired_are_had_by_reconnecting(void **state)
{
	struct fake_bluez *f = *state;

	f->on_subscribe = FAKE_ACQUIRED;
	fake_run(f);
	ble_host_begin(&host, STRAP);
	fake_advertise(f, 0);
	assert_int_equal(fake_count(f, "Disconnect"), 3);
	assert_true(ble_host_told(&host, -EPERM));
	f->on_subscribe = FAKE_OK;
	ble_host_skip(&host, 1 * S);
	fake_advertise(f, 0);
	ble_host_hear(&host);
}

static void values_are_not_doubled_after_reconnects(void **state)
{
	struct fake_bluez *f = *state;

	ble_host_stream(&host);
	for (int i = 0; i < 4; i++) {
		fake_lose(f, 0);
		ble_host_hear(&host);
	}
	assert_int_equal(host.ears.beats, 5);
	assert_int_equal(host.ears.packets, 5);
}

static void a_stale_layout_is_removed_once_and_found_again(void **state)
{
	struct fake_bluez *f = *state;

	f->straps[0].bare = true;
	fake_run(f);
	ble_host_begin(&host, STRAP);
	fake_advertise(f, 0);
	ble_host_skip(&host, 5 * S);
	assert_int_equal(fake_count(f, "Disconnect"), 1);
	ble_host_skip(&host, 5 * S);
	assert_int_equal(fake_count(f, "RemoveDevice"), 1);
	f->straps[0].bare = false;
	ble_host_skip(&host, 1 * S);
	fake_advertise(f, 0);
	ble_host_hear(&host);
	assert_int_equal(fake_count(f, "RemoveDevice"), 1);
}

static void a_link_left_over_from_a_crash_is_taken_over(void **state)
{
	struct fake_bluez *f = *state;
	struct fake_strap *s = &f->straps[0];

	s->there = s->connected = s->resolved = s->objects = true;
	fake_run(f);
	ble_host_begin(&host, "ble:");
	assert_string_equal(f->calls, "GetManagedObjects StartNotify "
	                              "ReadValue ReadValue ");
	ble_host_hear(&host);
}

static void a_bluetoothd_that_wedges_is_left_after_its_time_out(void **state)
{
	struct fake_bluez *f = *state;

	f->on_subscribe = FAKE_HOLD;
	fake_run(f);
	ble_host_begin(&host, STRAP);
	fake_advertise(f, 0);
	ble_host_skip(&host, 29 * S);
	assert_int_equal(fake_count(f, "Disconnect"), 0);
	f->on_subscribe = FAKE_OK;
	ble_host_skip(&host, 1 * S);
	assert_int_equal(fake_count(f, "Disconnect"), 1);
	ble_host_hear(&host);
}

#define row(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
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
		row(a_beat_on_a_link_that_is_let_go_is_before_a_hole),
		row(notifications_that_another_acquired_are_had_by_reconnecting),
		row(values_are_not_doubled_after_reconnects),
		row(a_stale_layout_is_removed_once_and_found_again),
		row(a_link_left_over_from_a_crash_is_taken_over),
		row(a_bluetoothd_that_wedges_is_left_after_its_time_out),
	};

	return cmocka_run_group_tests(tests, fake_start_bus, fake_stop_bus);
}
