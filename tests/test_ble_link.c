/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <errno.h>
#include <string.h>

#include "drivers/ble.h"
#include "drivers/ble_bus.h"
#include "drivers/ble_link.h"
#include "drivers/ble_unit.h"

#define S UINT64_C(1000000)

/* A link, what is so, and a clock that only the test moves. */
struct scene {
	struct ble_link link;
	struct ble_facts facts;
	uint64_t now_us;
	struct ble_order last;
};

static struct scene scene_of_a_chosen_strap(void)
{
	struct scene s = {
		.facts = {.service = true,
	                  .radio = BLE_RADIO_ON,
	                  .discovering = true,
	                  .chosen = true},
		.now_us = 1000 * S,
	};

	ble_link_init(&s.link, &ble_link_times, false);
	return s;
}

static void expect(struct scene *s, enum ble_action action)
{
	s->last = ble_link_next(&s->link, &s->facts, s->now_us);
	assert_int_equal(s->last.action, action);
}

static void reply(struct scene *s, int error)
{
	ble_link_reply(&s->link, s->last.action, s->last.serial, error,
	               s->now_us);
}

static void answered(struct scene *s, enum ble_action action, int error)
{
	expect(s, action);
	reply(s, error);
}

/* Nothing happens just before, and @action at that time. */
static void after(struct scene *s, uint64_t us, enum ble_action action)
{
	s->now_us += us - 1;
	expect(s, BLE_NOTHING);
	assert_true(s->last.until_us <= s->now_us + 1);
	s->now_us++;
	expect(s, action);
}

/* Nothing but what discovery needs. */
static void quiet(struct scene *s)
{
	do {
		s->last = ble_link_next(&s->link, &s->facts, s->now_us);
		if (s->last.action == BLE_START_DISCOVERY)
			reply(s, 0);
	} while (s->last.action == BLE_START_DISCOVERY ||
	         s->last.action == BLE_STOP_DISCOVERY);
	assert_int_equal(s->last.action, BLE_NOTHING);
}

static void hear(struct scene *s)
{
	s->facts.known = true;
	s->facts.heard_us = s->now_us;
}

static void go_to_connect(struct scene *s)
{
	*s = scene_of_a_chosen_strap();
	answered(s, BLE_START_DISCOVERY, 0);
	expect(s, BLE_NOTHING);
	s->now_us += S;
	hear(s);
	expect(s, BLE_CALL_CONNECT);
}

static void go_to_stream(struct scene *s)
{
	go_to_connect(s);
	reply(s, 0);
	s->facts.connected = true;
	s->facts.resolved = true;
	s->facts.measures = true;
	answered(s, BLE_START_NOTIFY, 0);
	expect(s, BLE_STOP_DISCOVERY);
	expect(s, BLE_NOTHING);
	assert_int_equal(s->link.state, BLE_STREAM);
}

static void fall(struct scene *s)
{
	s->facts.connected = false;
	s->facts.resolved = false;
	s->facts.measures = false;
}

static void the_sequence_is_discover_connect_resolve_subscribe(void **state)
{
	struct scene s;

	(void)state;
	go_to_connect(&s);
	reply(&s, 0);
	s.facts.connected = true;
	expect(&s, BLE_STOP_DISCOVERY);
	expect(&s, BLE_NOTHING);
	s.facts.resolved = true;
	s.facts.measures = true;
	answered(&s, BLE_START_NOTIFY, 0);
	expect(&s, BLE_NOTHING);
	assert_int_equal(s.link.state, BLE_STREAM);
	assert_int_equal(s.link.reason, 0);
}

static void an_aborted_connect_is_tried_again_at_once_twice_and_then_backed_off(
	void **state)
{
	static const uint64_t pauses_s[] = {1, 2, 4, 8, 16, 30, 30};
	struct scene s;

	(void)state;
	go_to_connect(&s);
	reply(&s, -ECONNABORTED);
	answered(&s, BLE_CALL_CONNECT, -ECONNABORTED);
	answered(&s, BLE_CALL_CONNECT, -ECONNABORTED);
	for (size_t i = 0; i < sizeof(pauses_s) / sizeof(pauses_s[0]); i++) {
		expect(&s, BLE_NOTHING);
		assert_int_equal(s.link.reason, -ECONNABORTED);
		/* discovery goes on, or BlueZ would drop the device */
		assert_int_equal(s.link.discovery, BLE_DISCOVERY_ON);
		s.now_us += pauses_s[i] * S - 1;
		hear(&s);
		expect(&s, BLE_NOTHING);
		s.now_us++;
		answered(&s, BLE_CALL_CONNECT, -ECONNABORTED);
	}
}

static void after_an_abort_it_waits_for_connected_to_be_false(void **state)
{
	struct scene s;

	(void)state;
	go_to_connect(&s);
	s.facts.connected = true;
	reply(&s, -ECONNABORTED);
	expect(&s, BLE_NOTHING);
	s.facts.connected = false;
	expect(&s, BLE_CALL_CONNECT);
	s.facts.connected = true;
	reply(&s, -ECONNABORTED);
	expect(&s, BLE_NOTHING);
	after(&s, 5 * S, BLE_CALL_DISCONNECT);
}

static void
a_connect_that_says_success_and_is_not_connected_is_found_out(void **state)
{
	struct scene s;

	(void)state;
	go_to_connect(&s);
	reply(&s, 0);
	expect(&s, BLE_STOP_DISCOVERY);
	expect(&s, BLE_NOTHING);
	after(&s, 2 * S, BLE_READ_OBJECTS);
	reply(&s, 0);
	expect(&s, BLE_CALL_CONNECT);
}

static void connected_that_was_not_signalled_is_read(void **state)
{
	struct scene s;

	(void)state;
	go_to_connect(&s);
	reply(&s, 0);
	expect(&s, BLE_STOP_DISCOVERY);
	expect(&s, BLE_NOTHING);
	after(&s, 2 * S, BLE_READ_OBJECTS);
	s.facts.connected = true;
	reply(&s, 0);
	expect(&s, BLE_NOTHING);
	assert_int_equal(s.link.state, BLE_RESOLVE);
}

static void
an_attempt_already_in_progress_is_waited_for_then_cancelled(void **state)
{
	struct scene s;

	(void)state;
	go_to_connect(&s);
	reply(&s, -EALREADY);
	expect(&s, BLE_NOTHING);
	after(&s, 45 * S, BLE_CALL_DISCONNECT);
	reply(&s, -ECANCELED);
	expect(&s, BLE_CALL_CONNECT);

	go_to_connect(&s);
	reply(&s, -EALREADY);
	expect(&s, BLE_NOTHING);
	s.facts.connected = true;
	s.facts.resolved = true;
	s.facts.measures = true;
	expect(&s, BLE_START_NOTIFY);
}

static void a_connect_that_is_not_answered_is_cancelled_after_45_s(void **state)
{
	struct ble_order old;
	struct scene s;

	(void)state;
	go_to_connect(&s);
	old = s.last;
	expect(&s, BLE_NOTHING);
	after(&s, 45 * S, BLE_CALL_DISCONNECT);
	/* the reply that comes now is of a call that nobody waits for */
	ble_link_reply(&s.link, old.action, old.serial, -ECANCELED, s.now_us);
	expect(&s, BLE_NOTHING);
	assert_int_equal(s.link.state, BLE_DROP);
	assert_int_equal(s.link.failures, 1);
}

static void discovery_in_progress_counts_as_running(void **state)
{
	struct scene s = scene_of_a_chosen_strap();

	(void)state;
	answered(&s, BLE_START_DISCOVERY, -EINPROGRESS);
	s.now_us += 60 * S;
	expect(&s, BLE_NOTHING);
	assert_int_not_equal(s.link.reason, -EBUSY);
	hear(&s);
	expect(&s, BLE_CALL_CONNECT);
}

static void discovering_false_for_10_s_stops_and_backs_off(void **state)
{
	struct scene s = scene_of_a_chosen_strap();

	(void)state;
	s.facts.discovering = false;
	answered(&s, BLE_START_DISCOVERY, -EINPROGRESS);
	expect(&s, BLE_NOTHING);
	after(&s, 10 * S, BLE_STOP_DISCOVERY);
	expect(&s, BLE_NOTHING);
	assert_int_equal(s.link.reason, -EBUSY);
	after(&s, 1 * S, BLE_START_DISCOVERY);
	reply(&s, 0);
	expect(&s, BLE_NOTHING);
	after(&s, 10 * S, BLE_STOP_DISCOVERY);
	expect(&s, BLE_NOTHING);
	after(&s, 2 * S, BLE_START_DISCOVERY);
	reply(&s, 0);
	s.facts.discovering = true;
	expect(&s, BLE_NOTHING);
	assert_int_equal(s.link.reason, -EHOSTUNREACH);
}

static void
subscribing_in_progress_is_tried_again_and_not_for_ever(void **state)
{
	struct scene s;

	(void)state;
	go_to_connect(&s);
	reply(&s, 0);
	s.facts.connected = true;
	s.facts.resolved = true;
	s.facts.measures = true;
	for (int i = 0; i < BLE_LINK_SUBSCRIBES - 1; i++) {
		answered(&s, BLE_START_NOTIFY, -EINPROGRESS);
		if (i == 0)
			expect(&s, BLE_STOP_DISCOVERY);
		expect(&s, BLE_NOTHING);
		s.now_us += S / 5;
	}
	answered(&s, BLE_START_NOTIFY, -EINPROGRESS);
	expect(&s, BLE_CALL_DISCONNECT);
}

static void the_wrong_radio_waits_for_an_advertisement(void **state)
{
	struct scene s;

	(void)state;
	go_to_connect(&s);
	s.now_us += S;
	reply(&s, -EPROTONOSUPPORT);
	s.now_us += 60 * S;
	expect(&s, BLE_NOTHING);
	hear(&s);
	expect(&s, BLE_CALL_CONNECT);
}

static void an_unknown_object_drops_all_paths_and_rediscovers(void **state)
{
	struct scene s;

	(void)state;
	go_to_connect(&s);
	reply(&s, -ENOENT);
	expect(&s, BLE_FORGET_PATHS);
	s.facts.known = false;
	expect(&s, BLE_NOTHING);
	assert_int_equal(s.link.state, BLE_SEARCH);
	s.now_us += S;
	hear(&s);
	expect(&s, BLE_CALL_CONNECT);
}

static void without_notifications_it_subscribes_again_after_10_s(void **state)
{
	struct scene s;

	(void)state;
	go_to_stream(&s);
	ble_link_value(&s.link, s.now_us);
	expect(&s, BLE_NOTHING);
	after(&s, 10 * S, BLE_STOP_NOTIFY);
	reply(&s, 0);
	answered(&s, BLE_START_NOTIFY, 0);
	ble_link_value(&s.link, s.now_us);
	expect(&s, BLE_NOTHING);
	after(&s, 10 * S, BLE_STOP_NOTIFY);
}

static void without_notifications_it_disconnects_after_20_s(void **state)
{
	struct scene s;

	(void)state;
	go_to_stream(&s);
	ble_link_value(&s.link, s.now_us);
	expect(&s, BLE_NOTHING);
	after(&s, 10 * S, BLE_STOP_NOTIFY);
	reply(&s, 0);
	answered(&s, BLE_START_NOTIFY, 0);
	expect(&s, BLE_NOTHING);
	after(&s, 10 * S, BLE_CALL_DISCONNECT);
	reply(&s, 0);
	fall(&s);
	expect(&s, BLE_CALL_CONNECT);
	/* the next link has all its time again */
	reply(&s, 0);
	s.facts.connected = s.facts.resolved = s.facts.measures = true;
	answered(&s, BLE_START_NOTIFY, 0);
	quiet(&s);
	assert_int_equal(s.link.state, BLE_STREAM);

	/* neither is StopNotify waited for longer */
	go_to_stream(&s);
	expect(&s, BLE_NOTHING);
	after(&s, 10 * S, BLE_STOP_NOTIFY);
	expect(&s, BLE_NOTHING);
	after(&s, 10 * S, BLE_CALL_DISCONNECT);
}

static void a_subscription_that_hangs_is_ended_by_disconnecting(void **state)
{
	struct scene s;

	(void)state;
	go_to_connect(&s);
	reply(&s, 0);
	s.facts.connected = true;
	s.facts.resolved = true;
	s.facts.measures = true;
	expect(&s, BLE_START_NOTIFY);
	expect(&s, BLE_STOP_DISCOVERY);
	expect(&s, BLE_NOTHING);
	after(&s, 30 * S, BLE_CALL_DISCONNECT);
}

static void a_value_before_the_reply_is_streaming_already(void **state)
{
	struct scene s;

	(void)state;
	go_to_connect(&s);
	reply(&s, 0);
	s.facts.connected = true;
	s.facts.resolved = true;
	s.facts.measures = true;
	expect(&s, BLE_START_NOTIFY);
	ble_link_value(&s.link, s.now_us);
	assert_int_equal(s.link.state, BLE_STREAM);
	reply(&s, -EINPROGRESS);
	assert_int_equal(s.link.state, BLE_STREAM);
}

static void
resolved_without_objects_reads_again_waits_5_s_and_retries(void **state)
{
	struct scene s;

	(void)state;
	go_to_connect(&s);
	reply(&s, 0);
	s.facts.connected = true;
	s.facts.resolved = true;
	answered(&s, BLE_READ_OBJECTS, 0);
	expect(&s, BLE_STOP_DISCOVERY);
	expect(&s, BLE_NOTHING);
	after(&s, 5 * S, BLE_CALL_DISCONNECT);
}

static void a_stale_layout_is_removed_once_and_rediscovered(void **state)
{
	struct scene s;

	(void)state;
	go_to_connect(&s);
	for (int i = 0; i < 3; i++) {
		reply(&s, 0);
		s.facts.connected = true;
		s.facts.resolved = true;
		answered(&s, BLE_READ_OBJECTS, 0);
		quiet(&s);
		if (i == 1) {
			after(&s, 5 * S, BLE_REMOVE_DEVICE);
			s.facts.known = false;
			fall(&s);
			quiet(&s);
			s.now_us += S;
			hear(&s);
		} else {
			after(&s, 5 * S, BLE_CALL_DISCONNECT);
			reply(&s, 0);
			fall(&s);
		}
		if (i < 2)
			expect(&s, BLE_CALL_CONNECT);
	}
}

static void services_that_never_resolve_are_given_up_after_30_s(void **state)
{
	struct scene s;

	(void)state;
	go_to_connect(&s);
	reply(&s, 0);
	s.facts.connected = true;
	expect(&s, BLE_STOP_DISCOVERY);
	expect(&s, BLE_NOTHING);
	after(&s, 30 * S, BLE_CALL_DISCONNECT);
}

static void a_link_that_stands_already_is_taken_over(void **state)
{
	struct scene s = scene_of_a_chosen_strap();

	(void)state;
	s.facts.known = true;
	s.facts.connected = true;
	s.facts.resolved = true;
	s.facts.measures = true;
	expect(&s, BLE_START_NOTIFY);
}

static void a_lost_link_is_connected_again_at_once(void **state)
{
	struct scene s;

	(void)state;
	go_to_stream(&s);
	ble_link_value(&s.link, s.now_us);
	expect(&s, BLE_NOTHING);
	fall(&s);
	expect(&s, BLE_CALL_CONNECT);
	assert_int_equal(s.link.failures, 0);
	assert_int_equal(s.link.error, -ECONNRESET);
}

static void it_never_gives_up(void **state)
{
	struct scene s;
	uint64_t from_us, calls = 0;

	(void)state;
	go_to_connect(&s);
	from_us = s.now_us;
	while (s.now_us < from_us + 7200 * S) {
		if (s.last.action == BLE_CALL_CONNECT) {
			calls++;
			reply(&s, -ECONNABORTED);
		} else if (s.last.action == BLE_START_DISCOVERY) {
			reply(&s, 0);
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
	struct scene s;

	(void)state;
	go_to_connect(&s);
	old = s.last;
	s.facts = (struct ble_facts){.chosen = true};
	expect(&s, BLE_NOTHING);
	assert_int_equal(s.link.reason, -EUNATCH);
	s.facts.service = true;
	expect(&s, BLE_NOTHING);
	assert_int_equal(s.link.reason, -ENODEV);
	s.facts.radio = BLE_RADIO_ON;
	s.facts.discovering = true;
	ble_link_reply(&s.link, old.action, old.serial, 0, s.now_us);
	answered(&s, BLE_START_DISCOVERY, 0);
	expect(&s, BLE_NOTHING);
	hear(&s);
	expect(&s, BLE_CALL_CONNECT);
}

static void power_off_waits_and_power_on_goes_on(void **state)
{
	struct scene s;

	(void)state;
	go_to_stream(&s);
	s.facts.radio = BLE_RADIO_OFF;
	s.facts.known = false;
	fall(&s);
	expect(&s, BLE_NOTHING);
	assert_true(s.last.until_us == UINT64_MAX);
	assert_int_equal(s.link.reason, -ENETDOWN);
	s.facts.radio = BLE_RADIO_ON;
	expect(&s, BLE_START_DISCOVERY);
	assert_int_equal(s.link.reason, 0);
}

static void the_only_strap_is_taken_when_no_other_came_for_3_s(void **state)
{
	struct scene s = scene_of_a_chosen_strap();

	(void)state;
	s.facts.chosen = false;
	answered(&s, BLE_START_DISCOVERY, 0);
	s.facts.straps = 1;
	hear(&s);
	expect(&s, BLE_NOTHING);
	after(&s, 3 * S, BLE_CALL_CONNECT);
}

static void
of_several_straps_none_is_taken_and_a_choice_is_asked_for(void **state)
{
	struct scene s = scene_of_a_chosen_strap();

	(void)state;
	s.facts.chosen = false;
	answered(&s, BLE_START_DISCOVERY, 0);
	s.facts.straps = 2;
	expect(&s, BLE_NOTHING);
	after(&s, 3 * S, BLE_NOTHING);
	assert_int_equal(s.link.reason, -ENOTUNIQ);
	s.now_us += 600 * S;
	expect(&s, BLE_NOTHING);
	assert_int_equal(s.link.reason, -ENOTUNIQ);
}

static void a_scan_discovers_and_connects_to_nothing(void **state)
{
	struct scene s = scene_of_a_chosen_strap();

	(void)state;
	ble_link_init(&s.link, &ble_link_times, true);
	answered(&s, BLE_START_DISCOVERY, 0);
	hear(&s);
	s.facts.connected = true;
	s.now_us += 60 * S;
	expect(&s, BLE_NOTHING);
	assert_int_equal(s.link.state, BLE_SCAN);
}

/* --- what surrounds it ------------------------------------------------------
 */

static void errors_of_bluez_become_errno_by_name_and_words(void **state)
{
	static const struct {
		const char *name, *message;
		int error;
	} cases[] = {
		{"org.bluez.Error.Failed", "le-connection-abort-by-local",
	         -ECONNABORTED},
		{"org.bluez.Error.Failed", "Operation already in progress",
	         -EALREADY},
		{"org.bluez.Error.Failed", "br-connection-canceled",
	         -ECANCELED},
		{"org.bluez.Error.Failed", NULL, -EIO},
		{"org.bluez.Error.InProgress", "In Progress", -EINPROGRESS},
		{"org.bluez.Error.NotAvailable",
	         "br-connection-profile-unavailable", -EPROTONOSUPPORT},
		{"org.bluez.Error.NotReady", "", -ENETDOWN},
		{"org.freedesktop.DBus.Error.UnknownObject", "", -ENOENT},
		{"org.freedesktop.DBus.Error.UnknownMethod",
	         "Method \"Connect\" doesn't exist", -ENOENT},
		{"org.freedesktop.DBus.Error.ServiceUnknown", "", -EUNATCH},
		{"org.freedesktop.DBus.Error.Spawn.ChildExited", "", -EUNATCH},
		{"org.freedesktop.DBus.Error.AccessDenied", "", -EACCES},
		{"org.freedesktop.DBus.Error.NoReply", "", -ETIMEDOUT},
		{"com.example.Whatever", "", -EIO},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(ble_bus_errno(cases[i].name, cases[i].message),
		                 cases[i].error);
}

static void every_reason_of_the_link_has_words_that_say_what_to_do(void **state)
{
	static const int reasons[] = {
		-EPERM,           -EIO,          -ENOENT,     -ECANCELED,
		-ENOTCONN,        -EOPNOTSUPP,   -EUNATCH,    -EACCES,
		-ENODEV,          -ENETDOWN,     -ERFKILL,    -EBUSY,
		-ENOTUNIQ,        -EHOSTUNREACH, -ENODATA,    -ERANGE,
		-ETIMEDOUT,       -ECONNABORTED, -ECONNRESET, -EPROTO,
		-EPROTONOSUPPORT,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		const char *words = ble_reason(reasons[i]);

		assert_non_null(words);
		assert_non_null(strchr(words, ':'));
		assert_null(strchr(words, '\n'));
	}
	assert_null(ble_reason(0));
}

/* @per_s units a second, notified each second with jitter; a gap at @gap_s. */
static enum ble_unit_guess listen_for(double per_s, unsigned seconds,
                                      unsigned gap_s)
{
	enum ble_unit_guess guess = BLE_UNIT_UNKNOWN;
	struct ble_unit u = {0};
	uint64_t seed = 1;
	double sent = 0;

	for (unsigned i = 1; i <= seconds; i++) {
		double t_s = i + 0.4 * test_uniform(&seed);
		uint32_t units = (uint32_t)(i * per_s - sent);

		sent += units;
		if (gap_s && i >= gap_s && i < gap_s + 4)
			continue;
		guess = ble_unit_take(&u, (uint64_t)(t_s * 1e6), units);
	}
	return guess;
}

static void milliseconds_are_found_out_in_minutes_and_not_before(void **state)
{
	(void)state;
	assert_int_equal(listen_for(1000, 290, 0), BLE_UNIT_UNKNOWN);
	assert_int_equal(listen_for(1000, 320, 0), BLE_UNIT_MS);
	assert_int_equal(listen_for(1024, 320, 0), BLE_UNIT_TICKS);
	assert_int_equal(listen_for(1000, 320, 100), BLE_UNIT_UNKNOWN);
	assert_int_equal(listen_for(1000, 420, 100), BLE_UNIT_MS);
	/* lost beats fit neither */
	assert_int_equal(listen_for(1012, 600, 0), BLE_UNIT_UNKNOWN);
	assert_int_equal(listen_for(960, 600, 0), BLE_UNIT_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_sequence_is_discover_connect_resolve_subscribe),
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
		cmocka_unit_test(a_value_before_the_reply_is_streaming_already),
		cmocka_unit_test(
			resolved_without_objects_reads_again_waits_5_s_and_retries),
		cmocka_unit_test(
			a_stale_layout_is_removed_once_and_rediscovered),
		cmocka_unit_test(
			services_that_never_resolve_are_given_up_after_30_s),
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
		cmocka_unit_test(
			errors_of_bluez_become_errno_by_name_and_words),
		cmocka_unit_test(
			every_reason_of_the_link_has_words_that_say_what_to_do),
		cmocka_unit_test(
			milliseconds_are_found_out_in_minutes_and_not_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
