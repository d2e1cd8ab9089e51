/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <string.h>

#include "tests/helpers/air.h"
#include "tests/helpers/test.h"

static struct air air;

static int setup(void **state)
{
	(void)state;
	air_init(&air);
	return 0;
}

/* --- what happens to it (C.5, events) -------------------------------------
 */

static void a_search_that_ends_is_begun_again(void **state)
{
	(void)state;
	air_begin(&air, 12345);
	air_run(&air, 5);
	stick_forget(&air.stick);
	air_run(&air, 30);
	assert_string_equal(
		air.stick.log,
		"4d:0052 41:00 42:000000 51:0039307800 " AIR_CHANNEL);
	assert_int_equal(air_told(&air, SENSOR_LOST, -ETIMEDOUT), 0);
	stick_add(&air.stick, 12345);
	air_run(&air, 5);
	air_assert_last(&air, SENSOR_CONNECTED, 0);
}

static void a_channel_closed_unexpectedly_is_opened_again(void **state)
{
	(void)state;
	air_settle(&air);
	air.stick.open = false;
	stick_event(&air.stick, ANT_EVENT_CLOSED);
	air_run(&air, 4);
	assert_string_equal(air.stick.log,
	                    "41:00 42:000000 51:0039307800 " AIR_CHANNEL);
	air_assert_last(&air, SENSOR_CONNECTED, 0);
	assert_non_null(
		strstr(listener_line(&air.heard), "lost gap connected"));
}

static void a_lost_strap_is_told_and_found_again(void **state)
{
	(void)state;
	air_settle(&air);
	air.heard.n = 0;
	air.stick.straps[0].off = true;
	air_run(&air, 20);
	assert_string_equal(listener_line(&air.heard), "lost");
	air_assert_last(&air, SENSOR_LOST, -ETIMEDOUT);
	air.stick.straps[0].off = false;
	air_run(&air, 3);
	assert_string_equal(listener_line(&air.heard),
	                    "lost gap connected 1000 1000 1000");
	assert_string_equal(air.stick.log,
	                    "4d:0052"); /* the channel was open all the time */
}

static void
a_stick_that_starts_anew_gets_key_and_channel_not_a_reset(void **state)
{
	(void)state;
	air_settle(&air);
	air.stick.open = air.stick.assigned = air.stick.key_set = false;
	stick_says(&air.stick, ANT_STARTUP, (uint8_t[]){0}, 1);
	air_run(&air, 4);
	assert_string_equal(
		air.stick.log,
		"46:000102030405060708 42:000000 51:0039307800 " AIR_CHANNEL);
	assert_int_equal(air_told(&air, SENSOR_LOST, -ECONNRESET), 1);
	air_assert_last(&air, SENSOR_CONNECTED, 0);
}

static void a_stick_that_falls_silent_is_asked_then_renewed(void **state)
{
	(void)state;
	air_settle(&air);
	air.stick.dead = true;
	air_run(&air, 18.5);
	assert_string_equal(air.stick.log, "4d:0052 4d:0052 4d:0052 4a:00");
	assert_int_equal(air.stick.renewed, 1);
	assert_int_equal(air_told(&air, SENSOR_LOST, -EIO), 1);
	air.stick.dead = false;
	air_run(&air, 10);
	air_assert_last(&air, SENSOR_CONNECTED, 0);
}

static void a_loop_that_slept_gives_the_stick_its_time_to_answer(void **state)
{
	uint64_t now_us;

	(void)state;
	air_settle(&air);
	now_us = air.stick.now_us + 60000000;
	assert_int_equal(ant_radio_step(&air.radio, now_us), now_us + 1000000);
	assert_string_equal(air.stick.log, "4d:0052");
}

static void a_quiet_stick_that_answers_is_left_alone(void **state)
{
	(void)state;
	air_begin(&air, 12345);
	air_run(&air, 5);
	stick_forget(&air.stick);
	air_run(&air, 20);
	assert_string_equal(air.stick.log, "4d:0052");
	assert_int_equal(air.stick.renewed, 0);
}

static void a_channel_that_is_gone_behind_our_back_is_made_again(void **state)
{
	(void)state;
	air_settle(&air);
	air.stick.open = air.stick.assigned = false;
	air_run(&air, 20);
	assert_true(stick_told(&air.stick,
	                       "4d:0052 41:00 42:000000 51:0039307800"));
	air_run(&air, 3);
	air_assert_last(&air, SENSOR_CONNECTED, 0);
}

static void a_wrong_key_is_silence_and_is_told_after_half_a_minute(void **state)
{
	const uint8_t wrong[8] = {8, 7, 6, 5, 4, 3, 2, 1};

	(void)state;
	stick_add(&air.stick, 12345);
	for (uint32_t wanted = 0; wanted <= 12345; wanted += 12345) {
		air.heard.n = 0;
		air.stick.n_news = 0;
		stick_plug(&air.stick);
		ant_radio_init(&air.radio, &air.stick.port, &air.listener,
		               wrong, wanted);
		air_run(&air, 30);
		air_assert_last(&air, SENSOR_SEARCHING, 0);
		air_run(&air, 5);
		air_assert_last(&air, SENSOR_SEARCHING, -ENOMSG);
		air_run(&air, 300);
		air_assert_last(&air, SENSOR_SEARCHING, -ENOMSG);
		assert_int_equal(air_told(&air, SENSOR_SEARCHING, -ENOMSG), 1);
	}
	assert_int_equal(air.heard.beats, 0);
}

static void a_strap_put_on_late_ends_the_silence(void **state)
{
	(void)state;
	air_begin(&air, 0);
	air_run(&air, 100);
	air_assert_last(&air, SENSOR_SEARCHING, -ENOMSG);
	stick_add(&air.stick, 12345);
	air_run(&air, 10);
	air_assert_last(&air, SENSOR_CONNECTED, 0);
}

static void no_stick_is_told_and_waited_for(void **state)
{
	static const int errors[] = {-ENODEV, -EACCES, -EBUSY};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		air_init(&air);
		air.stick.n_news = 0;
		stick_unplug(&air.stick, errors[i]);
		air_begin(&air, 12345);
		air_run(&air, 60);
		air_assert_last(&air, SENSOR_SEARCHING, errors[i]);
		assert_string_equal(air.stick.log, "");
		stick_add(&air.stick, 12345);
		stick_plug(&air.stick);
		air_run(&air, 5);
		air_assert_last(&air, SENSOR_CONNECTED, 0);
	}
}

static void a_stick_pulled_out_and_put_back_goes_on_behind_a_gap(void **state)
{
	(void)state;
	air_settle(&air);
	air.heard.n = 0;
	stick_unplug(&air.stick, -ENODEV);
	air_run(&air, 3);
	assert_string_equal(listener_line(&air.heard), "lost");
	air_assert_last(&air, SENSOR_LOST, -ENODEV);
	stick_plug(&air.stick);
	air_run(&air, 4);
	assert_non_null(strstr(listener_line(&air.heard),
	                       "lost searching gap connected 1000 1000"));
	/* the same strap, and no other is looked for */
	assert_string_equal(air.stick.log,
	                    AIR_START "51:0039307800 " AIR_CHANNEL);
}

static void a_strap_taken_alone_is_kept_over_a_new_stick(void **state)
{
	(void)state;
	stick_add(&air.stick, 777);
	air_begin(&air, 0);
	air_run(&air, 10);
	stick_unplug(&air.stick, -ENODEV);
	air_run(&air, 1);
	stick_add(&air.stick, 12345);
	stick_forget(&air.stick);
	stick_plug(&air.stick);
	air_run(&air, 5);
	assert_string_equal(air.stick.log,
	                    AIR_START "51:0009037801 " AIR_CHANNEL);
	air_assert_last(&air, SENSOR_CONNECTED, 0);
}

static void packets_are_those_of_the_chosen_strap_and_its_events(void **state)
{
	size_t before;

	(void)state;
	air_settle(&air);
	before = air.heard.packets;
	stick_event(&air.stick, ANT_EVENT_MISSED);
	air_run(&air, 0.01);
	assert_int_equal(air.heard.packets - before, 1);
	stick_add(&air.stick, 777);
	before = air.heard.packets;
	air_run(&air, 10);
	assert_in_range(air.heard.packets - before, 39, 42);
}

static void at_the_end_the_channel_is_closed(void **state)
{
	(void)state;
	air_settle(&air);
	ant_radio_finish(&air.radio);
	assert_string_equal(air.stick.log, "4c:00");
}

static void an_end_before_the_channel_is_open_closes_nothing(void **state)
{
	(void)state;
	air_begin(&air, 12345);
	air_run(&air, 0.1);
	stick_forget(&air.stick);
	ant_radio_finish(&air.radio);
	assert_string_equal(air.stick.log, "");
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_search_that_ends_is_begun_again),
		TEST(a_channel_closed_unexpectedly_is_opened_again),
		TEST(a_lost_strap_is_told_and_found_again),
		TEST(a_stick_that_starts_anew_gets_key_and_channel_not_a_reset),
		TEST(a_stick_that_falls_silent_is_asked_then_renewed),
		TEST(a_loop_that_slept_gives_the_stick_its_time_to_answer),
		TEST(a_quiet_stick_that_answers_is_left_alone),
		TEST(a_channel_that_is_gone_behind_our_back_is_made_again),
		TEST(a_wrong_key_is_silence_and_is_told_after_half_a_minute),
		TEST(a_strap_put_on_late_ends_the_silence),
		TEST(no_stick_is_told_and_waited_for),
		TEST(a_stick_pulled_out_and_put_back_goes_on_behind_a_gap),
		TEST(a_strap_taken_alone_is_kept_over_a_new_stick),
		TEST(packets_are_those_of_the_chosen_strap_and_its_events),
		TEST(at_the_end_the_channel_is_closed),
		TEST(an_end_before_the_channel_is_open_closes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
