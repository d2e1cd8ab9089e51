/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <errno.h>

#include "drivers/ble_link.h"
#include "tests/helpers/ble_scene.h"

#define S UINT64_C(1000000)

static void an_aborted_connect_is_tried_again_at_once_twice_and_then_backed_off(
	void **state)
{
	static const uint64_t pauses_s[] = {1, 2, 4, 8, 16, 30, 30};
	struct ble_scene s;

	(void)state;
	ble_scene_connect(&s);
	ble_scene_reply(&s, -ECONNABORTED);
	ble_scene_answered(&s, BLE_CALL_CONNECT, -ECONNABORTED);
	ble_scene_answered(&s, BLE_CALL_CONNECT, -ECONNABORTED);
	for (size_t i = 0; i < sizeof(pauses_s) / sizeof(pauses_s[0]); i++) {
		ble_scene_expect(&s, BLE_NOTHING);
		assert_int_equal(s.link.reason, -ECONNABORTED);
		/* discovery goes on, or BlueZ would drop the device */
		assert_int_equal(s.link.discovery, BLE_DISCOVERY_ON);
		s.now_us += pauses_s[i] * S - 1;
		ble_scene_hear(&s);
		ble_scene_expect(&s, BLE_NOTHING);
		s.now_us++;
		ble_scene_answered(&s, BLE_CALL_CONNECT, -ECONNABORTED);
	}
}

static void after_an_abort_it_waits_for_connected_to_be_false(void **state)
{
	struct ble_scene s;

	(void)state;
	ble_scene_connect(&s);
	s.facts.connected = true;
	ble_scene_reply(&s, -ECONNABORTED);
	ble_scene_expect(&s, BLE_NOTHING);
	s.facts.connected = false;
	ble_scene_expect(&s, BLE_CALL_CONNECT);
	s.facts.connected = true;
	ble_scene_reply(&s, -ECONNABORTED);
	ble_scene_expect(&s, BLE_NOTHING);
	ble_scene_after(&s, 5 * S, BLE_CALL_DISCONNECT);
}

static void
a_connect_that_says_success_and_is_not_connected_is_found_out(void **state)
{
	struct ble_scene s;

	(void)state;
	ble_scene_connect(&s);
	ble_scene_reply(&s, 0);
	ble_scene_expect(&s, BLE_STOP_DISCOVERY);
	ble_scene_expect(&s, BLE_NOTHING);
	ble_scene_after(&s, 2 * S, BLE_READ_OBJECTS);
	ble_scene_reply(&s, 0);
	ble_scene_expect(&s, BLE_CALL_CONNECT);
}

static void connected_that_was_not_signalled_is_read(void **state)
{
	struct ble_scene s;

	(void)state;
	ble_scene_connect(&s);
	ble_scene_reply(&s, 0);
	ble_scene_expect(&s, BLE_STOP_DISCOVERY);
	ble_scene_expect(&s, BLE_NOTHING);
	ble_scene_after(&s, 2 * S, BLE_READ_OBJECTS);
	s.facts.connected = true;
	ble_scene_reply(&s, 0);
	ble_scene_expect(&s, BLE_NOTHING);
	assert_int_equal(s.link.state, BLE_RESOLVE);
}

static void
an_attempt_already_in_progress_is_waited_for_then_cancelled(void **state)
{
	struct ble_scene s;

	(void)state;
	ble_scene_connect(&s);
	ble_scene_reply(&s, -EALREADY);
	ble_scene_expect(&s, BLE_NOTHING);
	ble_scene_after(&s, 45 * S, BLE_CALL_DISCONNECT);
	ble_scene_reply(&s, -ECANCELED);
	ble_scene_expect(&s, BLE_CALL_CONNECT);

	ble_scene_connect(&s);
	ble_scene_reply(&s, -EALREADY);
	ble_scene_expect(&s, BLE_NOTHING);
	ble_scene_stand(&s);
	ble_scene_expect(&s, BLE_START_NOTIFY);
}

static void a_connect_that_is_not_answered_is_cancelled_after_45_s(void **state)
{
	struct ble_order old;
	struct ble_scene s;

	(void)state;
	ble_scene_connect(&s);
	old = s.last;
	ble_scene_expect(&s, BLE_NOTHING);
	ble_scene_after(&s, 45 * S, BLE_CALL_DISCONNECT);
	/* the reply that comes now is of a call that nobody waits for */
	ble_link_reply(&s.link, old.action, old.serial, -ECANCELED, s.now_us);
	ble_scene_expect(&s, BLE_NOTHING);
	assert_int_equal(s.link.state, BLE_DROP);
	assert_int_equal(s.link.failures, 1);
}

static void discovery_in_progress_counts_as_running(void **state)
{
	struct ble_scene s;

	(void)state;
	ble_scene_init(&s);
	ble_scene_answered(&s, BLE_START_DISCOVERY, -EINPROGRESS);
	s.now_us += 29 * S;
	ble_scene_expect(&s, BLE_NOTHING);
	assert_int_not_equal(s.link.reason, -EBUSY);
	ble_scene_hear(&s);
	ble_scene_expect(&s, BLE_CALL_CONNECT);
}

static void discovering_false_for_10_s_stops_and_backs_off(void **state)
{
	struct ble_scene s;

	(void)state;
	ble_scene_init(&s);
	s.facts.discovering = false;
	ble_scene_answered(&s, BLE_START_DISCOVERY, -EINPROGRESS);
	ble_scene_expect(&s, BLE_NOTHING);
	ble_scene_after(&s, 10 * S, BLE_STOP_DISCOVERY);
	ble_scene_expect(&s, BLE_NOTHING);
	assert_int_equal(s.link.reason, -EBUSY);
	ble_scene_after(&s, 1 * S, BLE_START_DISCOVERY);
	ble_scene_reply(&s, 0);
	ble_scene_expect(&s, BLE_NOTHING);
	ble_scene_after(&s, 10 * S, BLE_STOP_DISCOVERY);
	ble_scene_expect(&s, BLE_NOTHING);
	ble_scene_after(&s, 2 * S, BLE_START_DISCOVERY);
	ble_scene_reply(&s, 0);
	s.facts.discovering = true;
	ble_scene_expect(&s, BLE_NOTHING);
	assert_int_equal(s.link.reason, -EHOSTUNREACH);
}

static void discovery_that_hears_no_strap_for_30_s_begins_anew(void **state)
{
	struct ble_scene s;

	(void)state;
	ble_scene_init(&s);
	ble_scene_answered(&s, BLE_START_DISCOVERY, 0);
	ble_scene_expect(&s, BLE_NOTHING);
	s.now_us += 20 * S; /* when the reason is told */
	ble_scene_expect(&s, BLE_NOTHING);
	ble_scene_after(&s, 10 * S, BLE_STOP_DISCOVERY);
	ble_scene_after(&s, 1 * S, BLE_START_DISCOVERY);
	ble_scene_reply(&s, 0);
	ble_scene_expect(&s, BLE_NOTHING);
	assert_int_equal(s.link.reason, -EHOSTUNREACH);
	ble_scene_after(&s, 30 * S, BLE_STOP_DISCOVERY);
	ble_scene_after(&s, 1 * S, BLE_START_DISCOVERY);
	ble_scene_reply(&s, 0);
	ble_scene_hear(&s);
	ble_scene_expect(&s, BLE_CALL_CONNECT);
	/* while it connects nothing is disturbed */
	s.now_us += 44 * S;
	ble_scene_expect(&s, BLE_NOTHING);
}

static void
subscribing_in_progress_is_tried_again_and_not_for_ever(void **state)
{
	struct ble_scene s;

	(void)state;
	ble_scene_connect(&s);
	ble_scene_reply(&s, 0);
	ble_scene_stand(&s);
	for (int i = 0; i < BLE_LINK_SUBSCRIBES - 1; i++) {
		ble_scene_answered(&s, BLE_START_NOTIFY, -EINPROGRESS);
		if (i == 0)
			ble_scene_expect(&s, BLE_STOP_DISCOVERY);
		ble_scene_expect(&s, BLE_NOTHING);
		s.now_us += S / 5;
	}
	ble_scene_answered(&s, BLE_START_NOTIFY, -EINPROGRESS);
	ble_scene_expect(&s, BLE_CALL_DISCONNECT);
}

static void the_wrong_radio_waits_for_an_advertisement(void **state)
{
	struct ble_scene s;

	(void)state;
	ble_scene_connect(&s);
	s.now_us += S;
	ble_scene_reply(&s, -EPROTONOSUPPORT);
	s.now_us += 20 * S;
	ble_scene_expect(&s, BLE_NOTHING);
	ble_scene_hear(&s);
	ble_scene_expect(&s, BLE_CALL_CONNECT);
}

static void an_unknown_object_drops_all_paths_and_rediscovers(void **state)
{
	struct ble_scene s;

	(void)state;
	ble_scene_connect(&s);
	ble_scene_reply(&s, -ENOENT);
	ble_scene_expect(&s, BLE_FORGET_PATHS);
	s.facts.known = false;
	ble_scene_expect(&s, BLE_NOTHING);
	assert_int_equal(s.link.state, BLE_SEARCH);
	s.now_us += S;
	ble_scene_hear(&s);
	ble_scene_expect(&s, BLE_CALL_CONNECT);
}

static void without_notifications_it_subscribes_again_after_10_s(void **state)
{
	struct ble_scene s;

	(void)state;
	ble_scene_stream(&s);
	ble_link_value(&s.link, s.now_us);
	ble_scene_expect(&s, BLE_NOTHING);
	ble_scene_after(&s, 10 * S, BLE_STOP_NOTIFY);
	ble_scene_reply(&s, 0);
	ble_scene_answered(&s, BLE_START_NOTIFY, 0);
	ble_link_value(&s.link, s.now_us);
	ble_scene_expect(&s, BLE_NOTHING);
	ble_scene_after(&s, 10 * S, BLE_STOP_NOTIFY);
}

static void without_notifications_it_disconnects_after_20_s(void **state)
{
	struct ble_scene s;

	(void)state;
	ble_scene_stream(&s);
	ble_link_value(&s.link, s.now_us);
	ble_scene_expect(&s, BLE_NOTHING);
	ble_scene_after(&s, 10 * S, BLE_STOP_NOTIFY);
	ble_scene_reply(&s, 0);
	ble_scene_answered(&s, BLE_START_NOTIFY, 0);
	ble_scene_expect(&s, BLE_NOTHING);
	ble_scene_after(&s, 10 * S, BLE_CALL_DISCONNECT);
	ble_scene_reply(&s, 0);
	ble_scene_fall(&s);
	ble_scene_expect(&s, BLE_CALL_CONNECT);
	/* the next link has all its time again */
	ble_scene_reply(&s, 0);
	ble_scene_stand(&s);
	ble_scene_answered(&s, BLE_START_NOTIFY, 0);
	ble_scene_quiet(&s);
	assert_int_equal(s.link.state, BLE_STREAM);

	/* neither is StopNotify waited for longer */
	ble_scene_stream(&s);
	ble_scene_expect(&s, BLE_NOTHING);
	ble_scene_after(&s, 10 * S, BLE_STOP_NOTIFY);
	ble_scene_expect(&s, BLE_NOTHING);
	ble_scene_after(&s, 10 * S, BLE_CALL_DISCONNECT);
}

static void a_subscription_that_hangs_is_ended_by_disconnecting(void **state)
{
	struct ble_scene s;

	(void)state;
	ble_scene_connect(&s);
	ble_scene_reply(&s, 0);
	ble_scene_stand(&s);
	ble_scene_expect(&s, BLE_START_NOTIFY);
	ble_scene_expect(&s, BLE_STOP_DISCOVERY);
	ble_scene_expect(&s, BLE_NOTHING);
	ble_scene_after(&s, 30 * S, BLE_CALL_DISCONNECT);
}

static void
resolved_without_objects_reads_again_waits_5_s_and_retries(void **state)
{
	struct ble_scene s;

	(void)state;
	ble_scene_connect(&s);
	ble_scene_reply(&s, 0);
	s.facts.connected = true;
	s.facts.resolved = true;
	ble_scene_answered(&s, BLE_READ_OBJECTS, 0);
	ble_scene_expect(&s, BLE_STOP_DISCOVERY);
	ble_scene_expect(&s, BLE_NOTHING);
	ble_scene_after(&s, 5 * S, BLE_CALL_DISCONNECT);
}

static void a_stale_layout_is_removed_once_and_rediscovered(void **state)
{
	struct ble_scene s;

	(void)state;
	ble_scene_connect(&s);
	for (int i = 0; i < 3; i++) {
		ble_scene_reply(&s, 0);
		s.facts.connected = true;
		s.facts.resolved = true;
		ble_scene_answered(&s, BLE_READ_OBJECTS, 0);
		ble_scene_quiet(&s);
		if (i == 1) {
			ble_scene_after(&s, 5 * S, BLE_REMOVE_DEVICE);
			s.facts.known = false;
			ble_scene_fall(&s);
			ble_scene_quiet(&s);
			s.now_us += S;
			ble_scene_hear(&s);
		} else {
			ble_scene_after(&s, 5 * S, BLE_CALL_DISCONNECT);
			ble_scene_reply(&s, 0);
			ble_scene_fall(&s);
		}
		if (i < 2)
			ble_scene_expect(&s, BLE_CALL_CONNECT);
	}
}

static void services_that_never_resolve_are_given_up_after_30_s(void **state)
{
	struct ble_scene s;

	(void)state;
	ble_scene_connect(&s);
	ble_scene_reply(&s, 0);
	s.facts.connected = true;
	ble_scene_expect(&s, BLE_STOP_DISCOVERY);
	ble_scene_expect(&s, BLE_NOTHING);
	ble_scene_after(&s, 30 * S, BLE_CALL_DISCONNECT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			an_aborted_connect_is_tried_again_at_once_twice_and_then_backed_off),
		cmocka_unit_test(
			after_an_abort_it_waits_for_connected_to_be_false),
		cmocka_unit_test(
			a_connect_that_says_success_and_is_not_connected_is_found_out),
		cmocka_unit_test(connected_that_was_not_signalled_is_read),
		cmocka_unit_test(
			an_attempt_already_in_progress_is_waited_for_then_cancelled),
		cmocka_unit_test(
			a_connect_that_is_not_answered_is_cancelled_after_45_s),
		cmocka_unit_test(discovery_in_progress_counts_as_running),
		cmocka_unit_test(
			discovering_false_for_10_s_stops_and_backs_off),
		cmocka_unit_test(
			discovery_that_hears_no_strap_for_30_s_begins_anew),
		cmocka_unit_test(
			subscribing_in_progress_is_tried_again_and_not_for_ever),
		cmocka_unit_test(the_wrong_radio_waits_for_an_advertisement),
		cmocka_unit_test(
			an_unknown_object_drops_all_paths_and_rediscovers),
		cmocka_unit_test(
			without_notifications_it_subscribes_again_after_10_s),
		cmocka_unit_test(
			without_notifications_it_disconnects_after_20_s),
		cmocka_unit_test(
			a_subscription_that_hangs_is_ended_by_disconnecting),
		cmocka_unit_test(
			resolved_without_objects_reads_again_waits_5_s_and_retries),
		cmocka_unit_test(
			a_stale_layout_is_removed_once_and_rediscovered),
		cmocka_unit_test(
			services_that_never_resolve_are_given_up_after_30_s),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
