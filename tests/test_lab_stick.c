/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The virtual stick of the lab against the driver, byte for byte, on a clock
 * that nobody waits for. What the driver tells must be what it could know.
 */
#include <errno.h>

#include "drivers/ant.h"
#include "tests/helpers/ether.h"
#include "tests/helpers/test.h"

#define SEEDS 200

/* --- messages lost ------------------------------------------------------ */

static void every_beat_of_a_quiet_hour_is_told(void **state)
{
	(void)state;
	ether_begin(12345);
	ether_run(3600);
	assert_in_range(ether.heard.beats, 4000, 4500);
	assert_int_equal(ether_true_to_truth(), 0);
}

static void one_lost_message_costs_nothing(void **state)
{
	(void)state;
	ether_settle();
	for (int i = 0; i < 100; i++) {
		ether.stick.drop = 1;
		ether_run(3);
	}
	assert_int_equal(ether_true_to_truth(), 0);
}

static void two_lost_messages_cost_nothing(void **state)
{
	(void)state;
	ether_settle();
	for (int i = 0; i < 100; i++) {
		ether.stick.drop = 2;
		ether_run(3);
	}
	assert_int_equal(ether_true_to_truth(), 0);
}

static void one_beat_unheard_comes_back_by_page_4(void **state)
{
	size_t before;

	(void)state;
	ether_settle();
	before = ether.heard.beats;
	for (int i = 0; i < 100; i++) {
		ether.stick.drop = 4;
		ether_run(4);
	}
	/* a background page may tell of it instead, and is no page 4 */
	assert_in_range(ether_true_to_truth(), 0, 3);
	assert_in_range(ether.heard.beats - before, 440, 580);
}

static void of_an_old_strap_a_beat_unheard_is_a_gap(void **state)
{
	(void)state;
	ether.straps[0].hrm.old = true;
	ether_settle();
	ether.stick.drop = 7;
	ether_run(10);
	assert_int_equal(ether_true_to_truth(), 1);
}

static void
behind_seven_lost_messages_page_4_has_the_last_interval(void **state)
{
	(void)state;
	ether_settle();
	for (int i = 0; i < 20; i++) {
		ether.stick.drop = 7;
		ether_run(10);
	}
	assert_int_equal(ether_told(SENSOR_LOST, -ETIMEDOUT), 0);
	assert_in_range(ether_true_to_truth(), 1, 20);
}

static void twenty_lost_messages_are_one_gap(void **state)
{
	(void)state;
	ether_settle();
	ether.stick.drop = 20;
	ether_run(20);
	assert_int_equal(ether_told(SENSOR_LOST, -ETIMEDOUT), 1);
	assert_int_equal(ether_true_to_truth(), 1);
}

/* --- bytes damaged ------------------------------------------------------ */

static void garbage_between_messages_costs_nothing(void **state)
{
	(void)state;
	ether_settle();
	for (size_t n = 1; n < 200; n++) {
		stick_ant_garbage(&ether.stick, n, &ether.seed);
		ether_run(2);
	}
	assert_int_equal(ether_true_to_truth(), 0);
}

static void two_bad_checksums_cost_nothing(void **state)
{
	(void)state;
	ether_settle();
	for (int i = 0; i < 50; i++) {
		ether.stick.bad_sum = 2;
		ether_run(3);
	}
	assert_int_equal(ether_true_to_truth(), 0);
}

/* --- the stick ---------------------------------------------------------- */

static void a_reset_unanswered_once_only_takes_longer(void **state)
{
	(void)state;
	ether.stick.mute = 1;
	ether_begin(12345);
	ether_run(20);
	assert_in_range(ether.heard.beats, 15, 24);
	assert_int_equal(ether_true_to_truth(), 0);
}

static void a_channel_that_closes_by_itself_is_one_gap(void **state)
{
	(void)state;
	ether_settle();
	stick_ant_close(&ether.stick);
	ether_run(20);
	assert_int_equal(ether_true_to_truth(), 1);
}

static void a_stick_that_falls_silent_is_reset_by_usb(void **state)
{
	(void)state;
	ether_settle();
	ether.stick.silent = true;
	ether_run(40);
	assert_false(ether.stick.silent);
	assert_int_equal(ether_true_to_truth(), 1);
}

static void pulled_out_and_put_back_is_one_gap_and_a_second(void **state)
{
	size_t before;

	(void)state;
	ether_settle();
	for (int i = 0; i < 20; i++) {
		ether_unplug();
		ether_run(5 + i);
		before = ether.heard.beats;
		ether_plug();
		ether_run(1.5);
		assert_true(ether.heard.beats > before);
		ether_run(10);
	}
	assert_int_equal(ether_true_to_truth(), 20);
}

static void time_and_count_begin_anew_without_a_gap(void **state)
{
	(void)state;
	stick_hrm_roll(&ether.straps[0].hrm);
	ether_settle();
	ether_run(300); /* all 256 counts, and the time four times */
	assert_int_equal(ether_true_to_truth(), 0);
}

/* --- the air ------------------------------------------------------------ */

static void a_strap_that_goes_away_and_comes_back_is_one_gap(void **state)
{
	(void)state;
	ether_settle();
	for (int s = 3; s < 120; s += 13) {
		ether.straps[0].away = true;
		ether_run(s);
		ether.straps[0].away = false;
		ether_run(40);
	}
	assert_int_equal(ether_true_to_truth(), 9);
}

static void off_skin_is_told_and_behind_it_is_a_gap(void **state)
{
	(void)state;
	ether_settle();
	ether.straps[0].hrm.off = true;
	ether_run(12);
	ether.straps[0].hrm.off = false;
	stick_truth_begin(&ether.truth);
	ether_run(20);
	assert_int_equal(ether_told(SENSOR_NO_CONTACT, 0), 1);
	assert_int_equal(ether_true_to_truth(), 1);
}

static void a_wrong_key_is_silence_and_is_told(void **state)
{
	(void)state;
	ether.stick.air_key[0] ^= 1;
	ether_begin(12345);
	ether_run(60);
	assert_int_equal(ether.heard.beats, 0);
	assert_int_equal(ether_told(SENSOR_SEARCHING, -ENOMSG), 1);
	assert_string_equal(ant_words(-ENOMSG),
	                    "no strap is heard: put it on, wet it, see that "
	                    "its number is right; else ant_network_key in "
	                    "config.yaml is wrong, which a stick does not say");
}

static void a_neighbour_is_never_heard_for_a_chosen_strap(void **state)
{
	(void)state;
	ether_add_strap(54321);
	ether_settle();
	ether.straps[0].away = true;
	ether_run(90);
	ether.straps[0].away = false;
	ether_run(40);
	assert_int_equal(ether_true_to_truth(), 1);
}

static void of_two_and_none_chosen_a_choice_is_asked_for(void **state)
{
	(void)state;
	ether_add_strap(54321);
	ether_begin(0);
	ether_run(20);
	assert_int_equal(ether.heard.beats, 0);
	assert_int_equal(ether_told(SENSOR_SEARCHING, -ENOTUNIQ), 1);
}

/* --- all of it ---------------------------------------------------------- */

static void go_wrong_somehow(void)
{
	unsigned how = (unsigned)(test_random(&ether.seed) % 10);
	unsigned n = (unsigned)(test_random(&ether.seed) % 24);

	switch (how) {
	case 0:
		ether_unplug();
		ether_run(n + 1);
		ether_plug();
		break;
	case 1:
		ether.straps[0].away = true;
		ether_run(n + 0.5);
		ether.straps[0].away = false;
		break;
	case 2:
		stick_ant_close(&ether.stick);
		break;
	case 3:
		ether.stick.silent = true;
		ether_run(n);
		ether.stick.silent = false;
		break;
	case 4:
		stick_ant_garbage(&ether.stick, 10 * n, &ether.seed);
		break;
	case 5:
		ether.stick.bad_sum = n / 2;
		break;
	case 6:
		ether.stick.mute = 1;
		break;
	default:
		ether.stick.drop = n;
		break;
	}
}

static uint64_t seed;

static int say_seed(void **state)
{
	(void)state;
	print_message("the last seed was %u\n", (unsigned)seed);
	return 0;
}

static void whatever_happens_what_could_be_known_is_told(void **state)
{
	for (seed = 1; seed <= SEEDS; seed++) {
		ether_set_up(state);
		ether.seed = seed;
		ether_begin(12345);
		ether_run(20);
		for (int i = 0; i < 60; i++) {
			go_wrong_somehow();
			ether_run(1 + (double)(test_random(&ether.seed) % 20));
		}
		ether_run(60);
		ether_true_to_truth_but(60);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(every_beat_of_a_quiet_hour_is_told,
	                               ether_set_up),
		cmocka_unit_test_setup(one_lost_message_costs_nothing,
	                               ether_set_up),
		cmocka_unit_test_setup(two_lost_messages_cost_nothing,
	                               ether_set_up),
		cmocka_unit_test_setup(one_beat_unheard_comes_back_by_page_4,
	                               ether_set_up),
		cmocka_unit_test_setup(of_an_old_strap_a_beat_unheard_is_a_gap,
	                               ether_set_up),
		cmocka_unit_test_setup(
			behind_seven_lost_messages_page_4_has_the_last_interval,
			ether_set_up),
		cmocka_unit_test_setup(twenty_lost_messages_are_one_gap,
	                               ether_set_up),
		cmocka_unit_test_setup(garbage_between_messages_costs_nothing,
	                               ether_set_up),
		cmocka_unit_test_setup(two_bad_checksums_cost_nothing,
	                               ether_set_up),
		cmocka_unit_test_setup(
			a_reset_unanswered_once_only_takes_longer,
			ether_set_up),
		cmocka_unit_test_setup(
			a_channel_that_closes_by_itself_is_one_gap,
			ether_set_up),
		cmocka_unit_test_setup(
			a_stick_that_falls_silent_is_reset_by_usb,
			ether_set_up),
		cmocka_unit_test_setup(
			pulled_out_and_put_back_is_one_gap_and_a_second,
			ether_set_up),
		cmocka_unit_test_setup(time_and_count_begin_anew_without_a_gap,
	                               ether_set_up),
		cmocka_unit_test_setup(
			a_strap_that_goes_away_and_comes_back_is_one_gap,
			ether_set_up),
		cmocka_unit_test_setup(off_skin_is_told_and_behind_it_is_a_gap,
	                               ether_set_up),
		cmocka_unit_test_setup(a_wrong_key_is_silence_and_is_told,
	                               ether_set_up),
		cmocka_unit_test_setup(
			a_neighbour_is_never_heard_for_a_chosen_strap,
			ether_set_up),
		cmocka_unit_test_setup(
			of_two_and_none_chosen_a_choice_is_asked_for,
			ether_set_up),
		cmocka_unit_test_setup_teardown(
			whatever_happens_what_could_be_known_is_told,
			ether_set_up, say_seed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
