/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>

#include "drivers/strap.h"
#include "tests/helpers/listener.h"
#include "tests/helpers/test.h"

#define NOTIFY(t_s, ...)                                                       \
	notify((uint64_t)((t_s)*1e6), (const uint8_t[]){__VA_ARGS__},          \
	       sizeof((const uint8_t[]){__VA_ARGS__}))

static struct listener heard;
static struct sensor_listener listener;
static struct strap strap;

static int setup(void **state)
{
	(void)state;
	listener = listener_of(&heard);
	strap_init(&strap, &listener);
	strap_searching(&strap);
	return 0;
}

static int notify(uint64_t t_us, const uint8_t *bytes, size_t len)
{
	heard.now_us = t_us;
	return strap_notify(&strap, t_us, bytes, len);
}

static uint64_t silent_until(double t_s)
{
	uint64_t next_us;

	heard.now_us = (uint64_t)(t_s * 1e6);
	strap_step(&strap, heard.now_us, &next_us);
	return next_us;
}

static void one_second_each(unsigned from, unsigned to)
{
	for (unsigned t = from; t <= to; t++)
		assert_int_equal(NOTIFY(t, 0x16, 60, 0x00, 0x04), 0);
}

static void beats_carry_ticks_ms_contact_and_a_time_before_arrival(void **state)
{
	(void)state;
	NOTIFY(5, 0x16, 60, 0x11, 0x04, 0xf5, 0x03);
	assert_string_equal(listener_line(&heard),
	                    "searching connected 1017 989");
	assert_int_equal(heard.told[2].beat.rr_ticks, 1041);
	assert_near(heard.told[2].beat.rr_ms, 1041 / 1.024, 1e-9);
	assert_int_equal(heard.told[2].beat.contact, BEAT_CONTACT_GOOD);
	assert_true(heard.told[3].beat.t_us < 5000000);
	assert_near((double)(heard.told[3].beat.t_us - heard.told[2].beat.t_us),
	            1013 / 1.024e-3, 1);
}

static void the_packet_is_handed_on_before_it_is_parsed(void **state)
{
	(void)state;
	assert_int_equal(NOTIFY(1, 0x19), -EBADMSG);
	assert_int_equal(heard.packets, 1);
}

static void a_sensor_may_have_no_ear_for_packets(void **state)
{
	(void)state;
	listener.packet = NULL;
	NOTIFY(5, 0x16, 60, 0x00, 0x04);
	assert_int_equal(heard.beats, 1);
}

static void an_interval_of_0_is_dropped_and_odd_ones_are_handed_on(void **state)
{
	(void)state;
	NOTIFY(5, 0x16, 60, 0, 0, 0x1c, 0, 0, 0x04, 0xff, 0xff);
	assert_string_equal(listener_line(&heard),
	                    "searching connected 27 1000 63999");
}

static void silence_is_a_gap_after_2_5_s_and_lost_after_10(void **state)
{
	(void)state;
	one_second_each(1, 2);
	assert_int_equal(silent_until(4.4), 4500000);
	assert_string_equal(listener_line(&heard),
	                    "searching connected 1000 1000");
	assert_int_equal(silent_until(4.5), 12000000);
	assert_int_equal(silent_until(11.9), 12000000);
	assert_string_equal(listener_line(&heard),
	                    "searching connected 1000 1000 gap");
	assert_int_equal(silent_until(12), UINT64_MAX);
	assert_string_equal(listener_line(&heard),
	                    "searching connected 1000 1000 gap lost");
	assert_int_equal(heard.told[heard.n - 1].error, -ETIMEDOUT);
	one_second_each(60, 61);
	assert_string_equal(
		listener_line(&heard),
		"searching connected 1000 1000 gap lost connected 1000 1000");
}

static void silence_is_seen_by_the_next_packet_too(void **state)
{
	(void)state;
	one_second_each(1, 2);
	one_second_each(6, 7);
	assert_string_equal(
		listener_line(&heard),
		"searching connected 1000 1000 gap connected 1000 1000");
}

static void trouble_is_told_once_and_again_when_it_is_another(void **state)
{
	(void)state;
	strap_trouble(&strap, -ENODEV);
	strap_trouble(&strap, -ENODEV);
	strap_trouble(&strap, -EACCES);
	strap_searching(&strap);
	strap_searching(&strap);
	one_second_each(1, 1);
	strap_trouble(&strap, -ENODEV);
	one_second_each(2, 2);
	assert_string_equal(listener_line(&heard),
	                    "searching searching searching searching "
	                    "connected 1000 searching gap connected 1000");
	assert_int_equal(heard.told[1].error, -ENODEV);
	assert_int_equal(heard.told[2].error, -EACCES);
	assert_int_equal(heard.told[3].error, 0);
}

static void nothing_is_lost_before_the_first_notification(void **state)
{
	(void)state;
	assert_int_equal(silent_until(600), UINT64_MAX);
	assert_string_equal(listener_line(&heard), "searching");
}

static void a_lost_link_is_a_gap_before_the_first_beat_behind_it(void **state)
{
	(void)state;
	one_second_each(1, 2);
	heard.now_us = 2100000;
	strap_lost(&strap, -ECONNRESET);
	strap_connected(&strap);
	NOTIFY(3.0, 0x06, 60); /* not yet a beat */
	NOTIFY(3.2, 0x16, 60, 0x00, 0x04);
	assert_string_equal(listener_line(&heard),
	                    "searching connected 1000 1000 lost connected gap "
	                    "connected 1000");
	assert_int_equal(heard.told[4].error, -ECONNRESET);
}

static void a_lost_packet_is_a_gap_before_the_beat_behind_it(void **state)
{
	(void)state;
	one_second_each(1, 30);
	NOTIFY(31, 0x06, 60); /* it sends empty ones: then none is skipped */
	NOTIFY(32, 0x16, 60, 0x00, 0x04, 0x00, 0x04);
	one_second_each(33, 40);
	heard.n = 0;
	one_second_each(42, 43);
	assert_string_equal(listener_line(&heard), "gap connected 1000 1000");
}

static void bunched_intervals_are_no_gap(void **state)
{
	(void)state;
	for (unsigned t = 1; t < 60; t += 3) {
		NOTIFY(t, 0x06, 60);
		NOTIFY(t + 1, 0x06, 60);
		NOTIFY(t + 2, 0x16, 60, 0, 4, 0, 4, 0, 4);
	}
	for (size_t i = 0; i < heard.n; i++)
		assert_true(heard.told[i].is_beat ||
		            heard.told[i].state != SENSOR_GAP);
	assert_int_equal(heard.beats, 60);
}

static void poor_contact_is_told_and_a_gap_when_it_is_good_again(void **state)
{
	(void)state;
	one_second_each(1, 2);
	NOTIFY(3, 0x14, 60, 0x00, 0x04); /* handed over, marked */
	NOTIFY(4, 0x04, 0);
	NOTIFY(5, 0x16, 60, 0x00, 0x04);
	assert_string_equal(listener_line(&heard),
	                    "searching connected 1000 1000 no_contact 1000 gap "
	                    "connected 1000");
	assert_int_equal(heard.told[5].beat.contact, BEAT_CONTACT_POOR);
}

static void a_strap_that_cannot_tell_contact_never_loses_it(void **state)
{
	(void)state;
	NOTIFY(1, 0x10, 60, 0x00, 0x04);
	NOTIFY(2, 0x12, 60, 0x00, 0x04);
	assert_string_equal(listener_line(&heard),
	                    "searching connected 1000 1000");
	assert_int_equal(heard.told[2].beat.contact, BEAT_CONTACT_UNKNOWN);
}

static void a_damaged_packet_is_a_gap_with_its_error(void **state)
{
	(void)state;
	one_second_each(1, 2);
	assert_int_equal(NOTIFY(3, 0x19), -EBADMSG);
	assert_int_equal(heard.told[heard.n - 1].error, -EBADMSG);
	one_second_each(4, 4);
	assert_string_equal(listener_line(&heard),
	                    "searching connected 1000 1000 gap connected 1000");
}

static void no_gap_comes_before_the_first_beat_of_all(void **state)
{
	(void)state;
	NOTIFY(1, 0x06, 60);
	NOTIFY(9, 0x06, 60);
	NOTIFY(10, 0x16, 60, 0x00, 0x04);
	assert_string_equal(listener_line(&heard), "searching connected 1000");
}

static void an_energy_field_may_appear_amid_the_session(void **state)
{
	(void)state;
	one_second_each(1, 2);
	NOTIFY(3, 0x1e, 60, 0x10, 0x00, 0x00, 0x04);
	NOTIFY(4, 0x17, 0x2c, 0x01, 0x00, 0x04);
	assert_string_equal(listener_line(&heard),
	                    "searching connected 1000 1000 1000 1000");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
			beats_carry_ticks_ms_contact_and_a_time_before_arrival,
			setup),
		cmocka_unit_test_setup(
			the_packet_is_handed_on_before_it_is_parsed, setup),
		cmocka_unit_test_setup(a_sensor_may_have_no_ear_for_packets,
	                               setup),
		cmocka_unit_test_setup(
			an_interval_of_0_is_dropped_and_odd_ones_are_handed_on,
			setup),
		cmocka_unit_test_setup(
			silence_is_a_gap_after_2_5_s_and_lost_after_10, setup),
		cmocka_unit_test_setup(silence_is_seen_by_the_next_packet_too,
	                               setup),
		cmocka_unit_test_setup(
			trouble_is_told_once_and_again_when_it_is_another,
			setup),
		cmocka_unit_test_setup(
			nothing_is_lost_before_the_first_notification, setup),
		cmocka_unit_test_setup(
			a_lost_link_is_a_gap_before_the_first_beat_behind_it,
			setup),
		cmocka_unit_test_setup(
			a_lost_packet_is_a_gap_before_the_beat_behind_it,
			setup),
		cmocka_unit_test_setup(bunched_intervals_are_no_gap, setup),
		cmocka_unit_test_setup(
			poor_contact_is_told_and_a_gap_when_it_is_good_again,
			setup),
		cmocka_unit_test_setup(
			a_strap_that_cannot_tell_contact_never_loses_it, setup),
		cmocka_unit_test_setup(a_damaged_packet_is_a_gap_with_its_error,
	                               setup),
		cmocka_unit_test_setup(
			no_gap_comes_before_the_first_beat_of_all, setup),
		cmocka_unit_test_setup(
			an_energy_field_may_appear_amid_the_session, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
