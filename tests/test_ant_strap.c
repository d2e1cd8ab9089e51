/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <string.h>

#include "drivers/ant_strap.h"
#include "tests/helpers/ant_heart.h"
#include "tests/helpers/listener.h"
#include "tests/helpers/test.h"

/* Messages to states and beats. */

static struct ant_heart heart;
static struct listener heard;
static struct sensor_listener listener;
static struct strap strap;
static struct ant_strap ant;

static int setup(void **state)
{
	(void)state;
	ant_heart_init(&heart);
	listener = listener_of(&heard);
	strap_init(&strap, &listener);
	ant_strap_init(&ant, &strap);
	strap_searching(&strap);
	return 0;
}

static int say(uint8_t id, const uint8_t *data, size_t len)
{
	uint8_t frame[ANT_LINK_FRAME_MAX];
	size_t n = ant_link_compose(frame, id, data, len);

	heard.now_us = ant_heart_us(&heart);
	return ant_strap_notify(&ant, heard.now_us, frame, n);
}

static void say_for(double s)
{
	uint8_t data[14] = {0};

	for (double until_s = heart.now_s + s; heart.now_s < until_s;) {
		ant_heart_next(&heart, data + 1);
		memcpy(data + 9, (uint8_t[]){0x80, 0x39, 0x30, 120, 1}, 5);
		assert_int_equal(say(ANT_BROADCAST, data, 14), 0);
	}
}

static void beats_stand_at_the_strap_times_less_than_a_second_ago(void **state)
{
	uint64_t last_us = 0;

	(void)state;
	say_for(120);
	assert_in_range(heard.beats, 117, 120);
	for (size_t i = 0; i < heard.n; i++) {
		const struct beat *b = &heard.told[i].beat;

		if (!heard.told[i].is_beat)
			continue;
		assert_int_equal(b->rr_ticks, 1024);
		assert_int_equal(b->contact, BEAT_CONTACT_UNKNOWN);
		assert_true(heard.told[i].now_us - b->t_us < 1000000);
		if (last_us)
			assert_near((double)(b->t_us - last_us), 1e6, 26e3);
		last_us = b->t_us;
	}
	assert_int_equal(heard.told[1].state, SENSOR_CONNECTED);
	assert_int_equal(heard.n, heard.beats + 2); /* and never a gap */
}

static void packets_are_whole_messages_events_too(void **state)
{
	(void)state;
	say(ANT_RESPONSE, (uint8_t[]){0, 1, ANT_EVENT_MISSED}, 3);
	say_for(1);
	assert_int_equal(heard.packets, 6);
}

static void a_hole_is_told_once_before_the_next_beat(void **state)
{
	(void)state;
	heart.pages = false;
	say_for(3.5);
	ant_heart_drop(&heart, 8);
	say_for(2.2);
	assert_string_equal(
		listener_line(&heard),
		"searching connected 1000 1000 1000 gap connected 1000 1000");
}

static void silence_is_a_gap_then_lost_as_of_every_strap(void **state)
{
	uint64_t next_us;

	(void)state;
	say_for(2.2);
	strap_step(&strap, heard.now_us + STRAP_GAP_US, &next_us);
	strap_step(&strap, heard.now_us + STRAP_LOST_US, &next_us);
	assert_string_equal(listener_line(&heard),
	                    "searching connected 1000 1000 gap lost");
	assert_int_equal(heard.told[heard.n - 1].error, -ETIMEDOUT);
	ant_heart_drop(&heart, 60);
	say_for(2.2);
	assert_string_equal(
		listener_line(&heard),
		"searching connected 1000 1000 gap lost connected 1000 1000 "
		"1000");
}

static void missed_slots_and_overflows_leave_it_to_the_counter(void **state)
{
	(void)state;
	say_for(2.2);
	say(ANT_RESPONSE, (uint8_t[]){0, 1, ANT_EVENT_MISSED}, 3);
	say(ANT_RESPONSE, (uint8_t[]){0, 1, ANT_EVENT_OVERFLOW}, 3);
	say_for(1);
	assert_string_equal(listener_line(&heard),
	                    "searching connected 1000 1000 1000");
}

static void a_channel_that_searches_again_has_lost_the_strap(void **state)
{
	(void)state;
	say_for(2.2);
	say(ANT_RESPONSE, (uint8_t[]){0, 1, ANT_EVENT_TO_SEARCH}, 3);
	say_for(2.2);
	assert_string_equal(
		listener_line(&heard),
		"searching connected 1000 1000 lost gap connected 1000 1000");
	assert_int_equal(heard.told[4].error, -ETIMEDOUT);
}

static void a_strap_off_the_skin_has_no_contact_until_it_beats(void **state)
{
	(void)state;
	say_for(2.2);
	heart.rr_s = 8.5;
	say_for(8.5);
	heart.rr_s = 1;
	say_for(2.2);
	assert_string_equal(
		listener_line(&heard),
		"searching connected 1000 1000 no_contact gap connected 1000 "
		"1000");
}

static void a_strap_that_calculates_its_beats_is_of_no_use(void **state)
{
	uint8_t data[9] = {0, 9, 1, 0, 0, 0, 0, 0, 60};

	(void)state;
	say_for(2.2);
	say(ANT_BROADCAST, data, 9);
	say_for(5);
	assert_string_equal(listener_line(&heard),
	                    "searching connected 1000 1000 lost");
	assert_int_equal(heard.told[4].error, -EOPNOTSUPP);
}

static void another_kind_of_sensor_is_no_strap(void **state)
{
	/* a bicycle's speed, with an ID */
	const uint8_t data[14] = {0, [9] = 0x80, 0x39, 0x30, 123, 1};

	(void)state;
	assert_int_equal(say(ANT_BROADCAST, data, 14), 0);
	assert_string_equal(listener_line(&heard), "searching");
}

static void damaged_packets_are_a_gap_with_their_error(void **state)
{
	const uint8_t data[9] = {0};

	(void)state;
	say_for(2.2);
	assert_int_equal(ant_strap_notify(&ant, heard.now_us, data, 9),
	                 -EBADMSG);
	assert_int_equal(heard.told[heard.n - 1].state, SENSOR_GAP);
	assert_int_equal(heard.told[heard.n - 1].error, -EBADMSG);
	assert_int_equal(say(ANT_BROADCAST, data, 8), -EBADMSG);
	say_for(1);
	assert_string_equal(listener_line(&heard),
	                    "searching connected 1000 1000 gap connected 1000");
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(beats_stand_at_the_strap_times_less_than_a_second_ago),
		TEST(packets_are_whole_messages_events_too),
		TEST(a_hole_is_told_once_before_the_next_beat),
		TEST(silence_is_a_gap_then_lost_as_of_every_strap),
		TEST(missed_slots_and_overflows_leave_it_to_the_counter),
		TEST(a_channel_that_searches_again_has_lost_the_strap),
		TEST(a_strap_off_the_skin_has_no_contact_until_it_beats),
		TEST(a_strap_that_calculates_its_beats_is_of_no_use),
		TEST(another_kind_of_sensor_is_no_strap),
		TEST(damaged_packets_are_a_gap_with_their_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
