/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <errno.h>

#include "drivers/ble_link.h"
#include "tests/helpers/ble_scene.h"

#define S UINT64_C(1000000)

static void the_sequence_is_discover_connect_resolve_subscribe(void **state)
{
	struct ble_scene s;

	(void)state;
	ble_scene_connect(&s);
	ble_scene_reply(&s, 0);
	s.facts.connected = true;
	ble_scene_expect(&s, BLE_STOP_DISCOVERY);
	ble_scene_expect(&s, BLE_NOTHING);
	s.facts.resolved = true;
	s.facts.measures = true;
	ble_scene_answered(&s, BLE_START_NOTIFY, 0);
	ble_scene_expect(&s, BLE_NOTHING);
	assert_int_equal(s.link.state, BLE_STREAM);
	assert_int_equal(s.link.reason, 0);
}

static void a_value_before_the_reply_is_streaming_already(void **state)
{
	struct ble_scene s;

	(void)state;
	ble_scene_connect(&s);
	ble_scene_reply(&s, 0);
	ble_scene_stand(&s);
	ble_scene_expect(&s, BLE_START_NOTIFY);
	ble_link_value(&s.link, s.now_us);
	assert_int_equal(s.link.state, BLE_STREAM);
	ble_scene_reply(&s, -EINPROGRESS);
	assert_int_equal(s.link.state, BLE_STREAM);
}

static void a_link_that_stands_already_is_taken_over(void **state)
{
	struct ble_scene s;

	(void)state;
	ble_scene_init(&s);
	s.facts.known = true;
	ble_scene_stand(&s);
	ble_scene_expect(&s, BLE_START_NOTIFY);
}

static void a_lost_link_is_connected_again_at_once(void **state)
{
	struct ble_scene s;

	(void)state;
	ble_scene_stream(&s);
	ble_link_value(&s.link, s.now_us);
	ble_scene_expect(&s, BLE_NOTHING);
	ble_scene_fall(&s);
	ble_scene_expect(&s, BLE_CALL_CONNECT);
	assert_int_equal(s.link.failures, 0);
	assert_int_equal(s.link.error, -ECONNRESET);
}

static void it_never_gives_up(void **state)
{
	struct ble_scene s;
	uint64_t from_us, calls = 0;

	(void)state;
	ble_scene_connect(&s);
	from_us = s.now_us;
	while (s.now_us < from_us + 7200 * S) {
		if (s.last.action == BLE_CALL_CONNECT) {
			calls++;
			ble_scene_reply(&s, -ECONNABORTED);
		} else if (s.last.action == BLE_START_DISCOVERY) {
			ble_scene_reply(&s, 0);
		} else if (s.last.action == BLE_NOTHING) {
			assert_true(s.last.until_us > s.now_us);
			assert_true(s.last.until_us < s.now_us + 60 * S);
			s.now_us = s.last.until_us;
		}
		s.last = ble_link_next(&s.link, &s.facts, s.now_us);
	}
	/* not heard, it is tried every 40 s: 30 of pause, 10 of listening */
	assert_in_range(calls, 170, 190);
}

static void a_new_bluetoothd_begins_anew(void **state)
{
	struct ble_order old;
	struct ble_scene s;

	(void)state;
	ble_scene_connect(&s);
	old = s.last;
	s.facts = (struct ble_facts){.chosen = true};
	ble_scene_expect(&s, BLE_NOTHING);
	assert_int_equal(s.link.reason, -EUNATCH);
	s.facts.service = true;
	ble_scene_expect(&s, BLE_NOTHING);
	assert_int_equal(s.link.reason, -ENODEV);
	s.facts.radio = BLE_RADIO_ON;
	s.facts.discovering = true;
	ble_link_reply(&s.link, old.action, old.serial, 0, s.now_us);
	ble_scene_answered(&s, BLE_START_DISCOVERY, 0);
	ble_scene_expect(&s, BLE_NOTHING);
	ble_scene_hear(&s);
	ble_scene_expect(&s, BLE_CALL_CONNECT);
}

static void power_off_waits_and_power_on_goes_on(void **state)
{
	struct ble_scene s;

	(void)state;
	ble_scene_stream(&s);
	s.facts.radio = BLE_RADIO_OFF;
	s.facts.known = false;
	ble_scene_fall(&s);
	ble_scene_expect(&s, BLE_NOTHING);
	assert_true(s.last.until_us == UINT64_MAX);
	assert_int_equal(s.link.reason, -ENETDOWN);
	s.facts.radio = BLE_RADIO_ON;
	ble_scene_expect(&s, BLE_START_DISCOVERY);
	assert_int_equal(s.link.reason, 0);
}

static void the_only_strap_is_taken_when_no_other_came_for_3_s(void **state)
{
	struct ble_scene s;

	(void)state;
	ble_scene_init(&s);
	s.facts.chosen = false;
	ble_scene_answered(&s, BLE_START_DISCOVERY, 0);
	s.facts.straps = 1;
	ble_scene_hear(&s);
	ble_scene_expect(&s, BLE_NOTHING);
	ble_scene_after(&s, 3 * S, BLE_CALL_CONNECT);
}

static void
of_several_straps_none_is_taken_and_a_choice_is_asked_for(void **state)
{
	struct ble_scene s;

	(void)state;
	ble_scene_init(&s);
	s.facts.chosen = false;
	ble_scene_answered(&s, BLE_START_DISCOVERY, 0);
	s.facts.straps = 2;
	ble_scene_expect(&s, BLE_NOTHING);
	ble_scene_after(&s, 3 * S, BLE_NOTHING);
	assert_int_equal(s.link.reason, -ENOTUNIQ);
	s.now_us += 600 * S;
	ble_scene_expect(&s, BLE_NOTHING);
	assert_int_equal(s.link.reason, -ENOTUNIQ);
}

static void a_scan_discovers_and_connects_to_nothing(void **state)
{
	struct ble_scene s;

	(void)state;
	ble_scene_init(&s);
	ble_link_init(&s.link, &ble_link_times, true);
	ble_scene_answered(&s, BLE_START_DISCOVERY, 0);
	ble_scene_hear(&s);
	s.facts.connected = true;
	s.now_us += 60 * S;
	ble_scene_expect(&s, BLE_NOTHING);
	assert_int_equal(s.link.state, BLE_SCAN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_sequence_is_discover_connect_resolve_subscribe),
		cmocka_unit_test(a_value_before_the_reply_is_streaming_already),
		cmocka_unit_test(a_link_that_stands_already_is_taken_over),
		cmocka_unit_test(a_lost_link_is_connected_again_at_once),
		cmocka_unit_test(it_never_gives_up),
		cmocka_unit_test(a_new_bluetoothd_begins_anew),
		cmocka_unit_test(power_off_waits_and_power_on_goes_on),
		cmocka_unit_test(
			the_only_strap_is_taken_when_no_other_came_for_3_s),
		cmocka_unit_test(
			of_several_straps_none_is_taken_and_a_choice_is_asked_for),
		cmocka_unit_test(a_scan_discovers_and_connects_to_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
