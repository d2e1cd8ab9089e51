/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdio.h>

#include "tests/helpers/air.h"
#include "tests/helpers/test.h"

static struct air air;

static int setup(void **state)
{
	(void)state;
	air_init(&air);
	return 0;
}

/* --- starting (C.1, C.5) --------------------------------------------------
 */

static void a_chosen_strap_is_opened_by_these_commands(void **state)
{
	(void)state;
	air_begin(&air, 12345);
	air_run(&air, 5);
	assert_string_equal(air.stick.log,
	                    AIR_START "51:0039307800 " AIR_CHANNEL);
	air_assert_last(&air, SENSOR_SEARCHING, 0);
}

static void each_command_is_one_transfer_with_zeros_behind_it(void **state)
{
	(void)state;
	air_settle(&air);
	ant_radio_finish(&air.radio);
	assert_int_equal(air.stick.unpadded, 0);
}

static void without_a_number_all_are_listened_to(void **state)
{
	(void)state;
	air_begin(&air, 0);
	air_run(&air, 5);
	assert_string_equal(air.stick.log, AIR_START AIR_SCANNING);
}

static void old_messages_of_the_stick_are_not_answers(void **state)
{
	const uint8_t old[] = {0x92, 0xa4, 3,    0x40, 0,    0x46,
	                       0,    0xa1, 0xa4, 3,    0x40, 0};

	(void)state;
	stick_bytes(&air.stick, old, sizeof(old));
	air_settle(&air);
	assert_int_equal(air.stick.renewed, 0);
}

static void
a_reset_settles_for_half_a_second_though_it_is_answered(void **state)
{
	(void)state;
	air_begin(&air, 12345);
	air_run(&air, 5);
	assert_true(air.stick.second_us - air.stick.reset_us >= 499000);
}

static void a_reset_unanswered_once_is_sent_again(void **state)
{
	(void)state;
	air.stick.deaf[ANT_RESET] = 1;
	air_begin(&air, 12345);
	air_run(&air, 8);
	assert_int_equal(stick_told(&air.stick, "4a:00"), 2);
	assert_true(stick_told(&air.stick, "4b:00"));
	assert_int_equal(air.stick.renewed, 0);
}

static void three_resets_unanswered_renew_the_stick_once(void **state)
{
	(void)state;
	air.stick.deaf[ANT_RESET] = 3;
	air_begin(&air, 12345);
	air_run(&air, 8);
	assert_int_equal(stick_told(&air.stick, "4a:00"), 4);
	assert_int_equal(air.stick.renewed, 1);
	assert_true(stick_told(&air.stick, "4b:00"));
	air_assert_last(&air, SENSOR_SEARCHING, 0);
}

static void
a_stick_that_never_answers_is_told_and_tried_again_not_renewed(void **state)
{
	(void)state;
	air.stick.dead = true;
	air_begin(&air, 12345);
	air_run(&air, 60);
	assert_int_equal(air.stick.renewed, 1);
	air_assert_last(&air, SENSOR_SEARCHING, -EIO);
	assert_int_equal(air_told(&air, SENSOR_SEARCHING, -EIO), 1);
	assert_in_range(stick_told(&air.stick, "4a:00"), 12, 20);
	air.stick.dead = false;
	air_run(&air, 15);
	assert_true(stick_told(&air.stick, "4b:00"));
	air_assert_last(&air, SENSOR_SEARCHING, 0);
}

static void a_stick_that_goes_when_renewed_is_waited_for(void **state)
{
	(void)state;
	air.stick.dead = air.stick.renew_fails = true;
	air_begin(&air, 12345);
	air_run(&air, 10);
	assert_int_equal(air.stick.renewed, 1);
	air_assert_last(&air, SENSOR_SEARCHING, -ENODEV);
	air.stick.dead = false;
	stick_plug(&air.stick);
	air_run(&air, 5);
	assert_true(stick_told(&air.stick, "4b:00"));
	air_assert_last(&air, SENSOR_SEARCHING, 0);
}

static void each_command_unanswered_twice_is_sent_a_third_time(void **state)
{
	static const uint8_t commands[] = {
		ANT_REQUEST,    ANT_NETWORK_KEY,        ANT_ASSIGN,
		ANT_CHANNEL_ID, ANT_LOW_SEARCH_TIMEOUT, ANT_SEARCH_TIMEOUT,
		ANT_PERIOD,     ANT_FREQUENCY,          ANT_LIBRARY,
		ANT_OPEN};

	(void)state;
	for (size_t i = 0; i < sizeof(commands); i++) {
		char word[8];

		air_init(&air);
		air.stick.deaf[commands[i]] = 2;
		air_begin(&air, 12345);
		air_run(&air, 8);
		snprintf(word, sizeof(word), "%02x:", commands[i]);
		assert_int_equal(stick_told(&air.stick, word), 3);
		assert_true(stick_told(&air.stick, "4b:00"));
		assert_int_equal(air.stick.renewed, 0);
	}
}

static void a_channel_left_assigned_is_closed_and_unassigned_first(void **state)
{
	(void)state;
	air_begin(&air, 12345);
	air_run(&air, 0.1);
	/* that reset did not clear it */
	air.stick.assigned = air.stick.open = true;
	air.stick.tracks = -1;
	air_run(&air, 5);
	assert_string_equal(air.stick.log, AIR_START
	                    "4c:00 41:00 42:000000 51:0039307800 " AIR_CHANNEL);
}

static void a_command_refused_twice_is_told(void **state)
{
	(void)state;
	air.stick.refuses[ANT_FREQUENCY] = 51;
	air_begin(&air, 12345);
	air_run(&air, 5);
	air_assert_last(&air, SENSOR_SEARCHING, -EPROTO);
	air.stick.refuses[ANT_FREQUENCY] = 0;
	air_run(&air, 12);
	assert_true(stick_told(&air.stick, "4b:00"));
	air_assert_last(&air, SENSOR_SEARCHING, 0);
}

static void without_low_priority_search_the_other_gets_the_time(void **state)
{
	(void)state;
	air.stick.refuses[ANT_LOW_SEARCH_TIMEOUT] = 40;
	air_begin(&air, 12345);
	air_run(&air, 5);
	assert_true(stick_told(&air.stick, "63:000c 44:000c"));
}

static void without_the_library_the_older_command_asks_who_sends(void **state)
{
	(void)state;
	air.stick.refuses[ANT_LIBRARY] = 40;
	air_settle(&air);
	air_init(&air);
	air.stick.refuses[ANT_LIBRARY] = 40;
	air_begin(&air, 12345);
	air_run(&air, 5);
	assert_true(stick_told(&air.stick, "6e:00e0 66:0001 4b:00"));
}

static void capabilities_of_any_length_from_four_are_taken(void **state)
{
	(void)state;
	for (size_t n = 4; n <= 8; n++) {
		air_init(&air);
		air.stick.n_capabilities = n;
		air_begin(&air, 0);
		air_run(&air, 5);
		assert_int_equal(stick_told(&air.stick, "5b:0001") > 0, n > 4);
		assert_int_equal(stick_told(&air.stick, "4d:0054"), 1);
	}
}

/* --- which strap (C.5) ----------------------------------------------------
 */

static void the_only_strap_on_the_air_is_taken_by_its_whole_id(void **state)
{
	(void)state;
	stick_add(&air.stick, 777)->transmission = 0x51;
	air_begin(&air, 0);
	air_run(&air, 12);
	assert_string_equal(air.found, "ant:328457 60");
	assert_string_equal(
		air.stick.log, AIR_START AIR_SCANNING
		" 4c:00 41:00 42:000000 51:0009037851 " AIR_CHANNEL);
	assert_in_range(air.heard.beats, 5, 8);
	air_assert_last(&air, SENSOR_CONNECTED, 0);
}

static void of_two_straps_a_choice_is_needed(void **state)
{
	(void)state;
	stick_add(&air.stick, 777);
	stick_add(&air.stick, 12345)->bpm = 71;
	air_begin(&air, 0);
	air_run(&air, 60);
	assert_string_equal(air.found, "ant:777 60, ant:12345 71");
	air_assert_last(&air, SENSOR_SEARCHING, -ENOTUNIQ);
	assert_int_equal(air_told(&air, SENSOR_SEARCHING, -ENOTUNIQ), 1);
	assert_int_equal(air.heard.beats, 0);
	assert_int_equal(air.heard.packets, 0);
}

static void a_choice_that_is_needed_is_told_again_by_a_new_stick(void **state)
{
	(void)state;
	stick_add(&air.stick, 777);
	stick_add(&air.stick, 12345);
	air_begin(&air, 0);
	air_run(&air, 10);
	air_assert_last(&air, SENSOR_SEARCHING, -ENOTUNIQ);
	stick_unplug(&air.stick, -ENODEV);
	air_run(&air, 1);
	stick_plug(&air.stick);
	air_run(&air, 10);
	air_assert_last(&air, SENSOR_SEARCHING, -ENOTUNIQ);
	assert_string_equal(air.found, "ant:777 60, ant:12345 60");
}

static void a_chosen_strap_is_taken_among_others(void **state)
{
	(void)state;
	stick_add(&air.stick, 777);
	stick_add(&air.stick, 12345);
	air_begin(&air, 12345);
	air_run(&air, 10);
	assert_in_range(air.heard.beats, 7, 9);
	assert_string_equal(air.found, "");
}

static void a_number_of_20_bits_is_looked_for_among_all(void **state)
{
	(void)state;
	stick_add(&air.stick, 777)->transmission = 0x41;
	stick_add(&air.stick, 777)->transmission = 0x55;
	air_begin(&air, 777 | 5 << 16);
	air_run(&air, 10);
	assert_true(stick_told(&air.stick, "51:0009037855"));
	assert_in_range(air.heard.beats, 7, 9);
}

static void other_sensors_are_no_straps(void **state)
{
	(void)state;
	stick_add(&air.stick, 777)->type = 11; /* a power meter */
	stick_add(&air.stick, 12345);
	air_begin(&air, 0);
	air_run(&air, 12);
	assert_string_equal(air.found, "ant:12345 60");
	assert_in_range(air.heard.beats, 5, 8);
}

static void a_stick_that_cannot_listen_to_all_keeps_the_first(void **state)
{
	(void)state;
	air.stick.capabilities[4] = 0x02;
	stick_add(&air.stick, 777);
	stick_add(&air.stick, 12345);
	air_begin(&air, 0);
	air_run(&air, 10);
	assert_string_equal(
		air.stick.log,
		AIR_START "51:0000007800 " AIR_CHANNEL
			  " 4c:00 41:00 42:000000 51:0009037801 " AIR_CHANNEL);
	assert_in_range(air.heard.beats, 7, 9);
}

static void a_stick_that_does_not_say_who_sends_is_asked(void **state)
{
	(void)state;
	air.stick.n_capabilities = 4;
	air.stick.refuses[ANT_LIBRARY] = air.stick.refuses[ANT_EXTENDED] = 40;
	stick_add(&air.stick, 777);
	air_begin(&air, 0);
	air_run(&air, 10);
	assert_true(stick_told(&air.stick,
	                       "4d:0051 4c:00 41:00 42:000000 51:0009037801"));
	assert_in_range(air.heard.beats, 7, 9);
}

static void a_neighbour_never_takes_over(void **state)
{
	const uint8_t foreign[14] = {0, 4, 0,    0,    0,    0,   9,
	                             9, 9, 0x80, 0x09, 0x03, 120, 1};

	(void)state;
	air_settle(&air);
	air.heard.n = 0;
	stick_says(&air.stick, ANT_BROADCAST, foreign, 14);
	air_run(&air, 3);
	for (size_t i = 0; i < air.heard.n; i++)
		assert_true(air.heard.told[i].is_beat);
	/* nor when the chosen one is gone for long */
	air.stick.straps[0].off = true;
	stick_add(&air.stick, 777);
	air.heard.beats = 0;
	air_run(&air, 300);
	assert_int_equal(air.heard.beats, 0);
	air.stick.straps[0].off = false;
	air_run(&air, 5);
	assert_in_range(air.heard.beats, 2, 5);
}

static void a_scan_tells_each_and_takes_none(void **state)
{
	(void)state;
	stick_add(&air.stick, 777);
	air_begin(&air, 12345);
	ant_radio_scan(&air.radio, air.stick.now_us);
	air_run(&air, 20);
	stick_add(&air.stick, 12345)->bpm = 0;
	air_run(&air, 20);
	assert_string_equal(air.found, "ant:777 60, ant:12345 0");
	assert_int_equal(air.heard.beats, 0);
	assert_int_equal(air_told(&air, SENSOR_SEARCHING, -ENOTUNIQ), 0);
}

static void a_scan_leaves_the_strap_that_it_had(void **state)
{
	(void)state;
	air_settle(&air);
	ant_radio_scan(&air.radio, air.stick.now_us);
	air.heard.beats = 0;
	air_run(&air, 10);
	assert_string_equal(air.stick.log,
	                    "4c:00 41:00 42:000000 " AIR_SCANNING);
	assert_string_equal(air.found, "ant:12345 60");
	assert_int_equal(air.heard.beats, 0);
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_chosen_strap_is_opened_by_these_commands),
		TEST(each_command_is_one_transfer_with_zeros_behind_it),
		TEST(without_a_number_all_are_listened_to),
		TEST(old_messages_of_the_stick_are_not_answers),
		TEST(a_reset_settles_for_half_a_second_though_it_is_answered),
		TEST(a_reset_unanswered_once_is_sent_again),
		TEST(three_resets_unanswered_renew_the_stick_once),
		TEST(a_stick_that_never_answers_is_told_and_tried_again_not_renewed),
		TEST(a_stick_that_goes_when_renewed_is_waited_for),
		TEST(each_command_unanswered_twice_is_sent_a_third_time),
		TEST(a_channel_left_assigned_is_closed_and_unassigned_first),
		TEST(a_command_refused_twice_is_told),
		TEST(without_low_priority_search_the_other_gets_the_time),
		TEST(without_the_library_the_older_command_asks_who_sends),
		TEST(capabilities_of_any_length_from_four_are_taken),
		TEST(the_only_strap_on_the_air_is_taken_by_its_whole_id),
		TEST(of_two_straps_a_choice_is_needed),
		TEST(a_choice_that_is_needed_is_told_again_by_a_new_stick),
		TEST(a_chosen_strap_is_taken_among_others),
		TEST(a_number_of_20_bits_is_looked_for_among_all),
		TEST(other_sensors_are_no_straps),
		TEST(a_stick_that_cannot_listen_to_all_keeps_the_first),
		TEST(a_stick_that_does_not_say_who_sends_is_asked),
		TEST(a_neighbour_never_takes_over),
		TEST(a_scan_tells_each_and_takes_none),
		TEST(a_scan_leaves_the_strap_that_it_had),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
