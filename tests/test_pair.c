/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-event.h>

#include "drivers/pair.h"
#include "drivers/sensor.h"
#include "tests/helpers/listener.h"
#include "tests/helpers/test.h"

#define SECONDS(n) ((n)*UINT64_C(1000000))

static struct listener heard;

static int open_at(const char *uri, struct sd_event *event,
                   struct sensor **ret_sensor)
{
	const struct sensor_listener listener = listener_of(&heard);
	const struct sensor_context context = {.event = event};

	return sensor_create(ret_sensor, uri, &listener, &context);
}

static struct sensor *open_pair(const char *uri)
{
	struct sensor *s = NULL;

	assert_int_equal(open_at(uri, NULL, &s), 0);
	return s;
}

static void assert_part(const char *uri, unsigned n, const char *expected)
{
	char part[PAIR_PART_MAX] = "";

	assert_true(pair_part(uri, n, part));
	assert_string_equal(part, expected);
}

static void a_uri_holds_two_with_a_plus_between(void **state)
{
	char part[PAIR_PART_MAX] = "as it was";

	(void)state;
	assert_part("pair:ble:A0:9E:1A:00:00:00?rr=ms+ant:12345", 0,
	            "ble:A0:9E:1A:00:00:00?rr=ms");
	assert_part("pair:ble:A0:9E:1A:00:00:00?rr=ms+ant:12345", 1,
	            "ant:12345");
	assert_part("pair:file:a+b.rr+ant:", 0, "file:a+b.rr");
	assert_part("pair:file:a+b.rr+ant:", 1, "ant:");
	assert_false(pair_part("ble:A0:9E:1A:00:00:00", 0, part));
	assert_false(pair_part("pair:ble:", 0, part));
	assert_string_equal(part, "as it was");
}

static void what_is_no_pair_is_refused(void **state)
{
	const char *const wrong[] = {
		"pair:",
		"pair:person:1",
		"pair:person:1+",
		"pair:person:1+person:x",
		"pair:+person:1",
		"pair:ble:+ble:A0:9E:1A:00:00:00",
		"pair:ant:1+ant:2",
		"pair:pair:person:1+person:1+person:1",
		"pair:person:1+pair:person:1+person:1",
	};
	struct sensor *s = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_true(open_at(wrong[i], NULL, &s) < 0);
	assert_null(s);
}

static void what_opens_one_of_them_says_opens_the_pair(void **state)
{
	struct sensor *s = NULL;

	(void)state;
	assert_int_equal(open_at("pair:file:/none.rr+person:1", NULL, &s),
	                 -ENOENT);
	assert_int_equal(open_at("pair:person:1+file:/none.rr", NULL, &s),
	                 -ENOENT);
	/* without a loop there is no radio */
	assert_int_equal(open_at("pair:person:1+ant:12", NULL, &s),
	                 -EOPNOTSUPP);
	assert_int_equal(open_at("pair:person:1+ant:", NULL, &s), 0);
	sensor_destroy(s);
}

static void a_pair_is_simulated_if_both_are(void **state)
{
	(void)state;
	assert_true(sensor_simulated("pair:person:1+file:a.rr"));
	assert_false(sensor_simulated("pair:person:1+ant:"));
	assert_false(sensor_simulated("pair:ble:+person:1"));
	assert_false(sensor_simulated("pair:"));
}

static void it_does_not_scan(void **state)
{
	struct sensor *s = open_pair("pair:person:1+person:2");

	(void)state;
	assert_int_equal(sensor_scan(s), -EOPNOTSUPP);
	sensor_destroy(s);
}

static void a_person_twice_is_heard_once(void **state)
{
	static struct listener alone;
	struct sensor *s = open_pair("pair:person:3+person:3");

	(void)state;
	listener_run(&heard, s, SECONDS(5), SECONDS(305));
	assert_true(pair_joined(s));
	sensor_destroy(s);
	alone = heard;
	s = open_pair("person:3");
	listener_run(&heard, s, SECONDS(5), SECONDS(305));
	sensor_destroy(s);
	assert_int_equal(alone.beats, heard.beats);
	assert_int_equal(alone.packets, heard.packets);
	assert_true(alone.hash == heard.hash);
}

static void two_persons_are_the_first_and_that_is_told_once(void **state)
{
	static struct listener both;
	struct sensor *s = open_pair("pair:person:4+person:5");
	size_t told = 0, k = 0;

	(void)state;
	listener_run(&heard, s, SECONDS(5), SECONDS(605));
	assert_false(pair_joined(s));
	sensor_destroy(s);
	both = heard;
	s = open_pair("person:4");
	listener_run(&heard, s, SECONDS(5), SECONDS(605));
	sensor_destroy(s);
	assert_int_equal(both.beats, heard.beats);
	for (size_t i = 0; i < both.n; i++) {
		if (both.told[i].error == -EXDEV) {
			told++;
			continue;
		}
		assert_int_equal(both.told[i].is_beat, heard.told[k].is_beat);
		assert_int_equal(both.told[i].beat.rr_ticks,
		                 heard.told[k].beat.rr_ticks);
		k++;
	}
	assert_int_equal(told, 1);
}

static void it_is_the_same_however_it_is_stepped(void **state)
{
	static struct listener rarely;
	struct sensor *s = open_pair("pair:person:6+person:6");
	uint64_t next_us;

	(void)state;
	assert_int_equal(sensor_step(s, SECONDS(5), &next_us), 0);
	assert_int_equal(sensor_step(s, SECONDS(205), &next_us), 0);
	sensor_destroy(s);
	rarely = heard;
	s = open_pair("pair:person:6+person:6");
	listener_run(&heard, s, SECONDS(5), SECONDS(205));
	sensor_destroy(s);
	assert_int_equal(rarely.n, heard.n);
	for (size_t i = 0; i < heard.n; i++) {
		assert_int_equal(rarely.told[i].state, heard.told[i].state);
		assert_int_equal(rarely.told[i].beat.t_us,
		                 heard.told[i].beat.t_us);
		assert_int_equal(rarely.told[i].beat.rr_ticks,
		                 heard.told[i].beat.rr_ticks);
	}
}

static void a_breath_is_heard_by_both(void **state)
{
	const struct heard breath = {.t_us = SECONDS(5),
	                             .kind = HEARD_BREATH,
	                             .period_s = 10,
	                             .inhale_frac = 0.4};
	struct sensor *s = open_pair("pair:person:7+person:7");

	(void)state;
	for (unsigned i = 0; i < 30; i++) {
		struct heard next = breath;

		next.t_us += SECONDS(10 * i);
		listener_run(&heard, s, SECONDS(5 + 10 * i),
		             SECONDS(14 + 10 * i));
		sensor_hear(s, &next);
	}
	/* one that had not heard it would beat another way */
	assert_true(pair_joined(s));
	sensor_destroy(s);
}

static void the_one_that_leads_has_a_name(void **state)
{
	struct sensor *s = open_pair("pair:person:8+person:9");

	(void)state;
	assert_string_equal(pair_lead(s), "person:8");
	sensor_destroy(s);
}

static void a_second_without_an_address_waits_for_the_firsts_beat(void **state)
{
	struct sd_event *event;
	struct sensor *s = NULL;
	uint64_t next_us;

	(void)state;
	/* with a loop, and without a key: it is tried, and done without */
	assert_true(sd_event_new(&event) >= 0);
	assert_int_equal(open_at("pair:person:1+ant:", event, &s), 0);
	assert_int_equal(sensor_step(s, 0, &next_us), 0);
	assert_int_equal(sd_event_run(event, 0), 0);
	assert_int_equal(sensor_step(s, SECONDS(20), &next_us), 0);
	assert_true(heard.beats > 5);
	assert_true(sd_event_run(event, 0) > 0);
	assert_int_equal(sd_event_run(event, 0), 0);
	sensor_destroy(s);
	sd_event_unref(event);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_uri_holds_two_with_a_plus_between),
		cmocka_unit_test(what_is_no_pair_is_refused),
		cmocka_unit_test(what_opens_one_of_them_says_opens_the_pair),
		cmocka_unit_test(a_pair_is_simulated_if_both_are),
		cmocka_unit_test(it_does_not_scan),
		cmocka_unit_test(a_person_twice_is_heard_once),
		cmocka_unit_test(
			two_persons_are_the_first_and_that_is_told_once),
		cmocka_unit_test(it_is_the_same_however_it_is_stepped),
		cmocka_unit_test(a_breath_is_heard_by_both),
		cmocka_unit_test(the_one_that_leads_has_a_name),
		cmocka_unit_test(
			a_second_without_an_address_waits_for_the_firsts_beat),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
