/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>

#include "drivers/person.h"
#include "tests/helpers/listener.h"
#include "tests/helpers/test.h"

#define MINUTE UINT64_C(60000000)

/* People whom no seed gives: traits put in the place of a seed's. */

static struct listener heard;

static struct sensor *person(unsigned seed)
{
	const struct sensor_listener listener = listener_of(&heard);
	const struct sensor_context context = {0};
	struct sensor *s;
	char uri[32];

	snprintf(uri, sizeof(uri), "person:%u", seed);
	assert_int_equal(sensor_create(&s, uri, &listener, &context), 0);
	return s;
}

/* A pacer near the person's own rate, which anybody who follows can follow. */
static void pace(struct sensor *s, double per_min, uint64_t from_us,
                 uint64_t until_us)
{
	struct heard h = {.kind = HEARD_BREATH,
	                  .period_s = 60 / per_min,
	                  .inhale_frac = 0.4};
	uint64_t next_us;

	for (h.t_us = from_us; h.t_us < until_us;
	     h.t_us += (uint64_t)(h.period_s * 1e6)) {
		sensor_hear(s, &h);
		assert_int_equal(sensor_step(s, h.t_us, &next_us), 0);
	}
}

/* Share of time in which the pace is followed. */
static double followed(struct sensor *s, double per_min, uint64_t from_us,
                       uint64_t until_us)
{
	unsigned yes = 0, n = 0;

	for (uint64_t t = from_us; t < until_us; t += MINUTE / 4) {
		struct person_truth truth;

		pace(s, per_min, t, t + MINUTE / 4);
		person_truth(s, &truth);
		yes += truth.following;
		n++;
	}
	return (double)yes / n;
}

static void a_seed_with_its_own_traits_sends_the_same_bytes(void **state)
{
	struct person_traits traits;
	struct sensor *s = person(7);
	uint64_t hash;

	(void)state;
	listener_run(&heard, s, 0, 5 * MINUTE);
	hash = heard.hash;
	person_traits(s, &traits);
	sensor_destroy(s);

	s = person(7);
	person_become(s, &traits);
	listener_run(&heard, s, 0, 5 * MINUTE);
	assert_true(heard.hash == hash);
	sensor_destroy(s);
}

static void
who_never_follows_does_not_and_who_wanders_off_comes_back(void **state)
{
	struct person_traits traits;
	struct sensor *s = person(3);
	double per_min, wandering;

	(void)state;
	person_traits(s, &traits);
	per_min = 60 / traits.breath.own_s;
	assert_true(followed(s, per_min, MINUTE, 11 * MINUTE) == 1);
	sensor_destroy(s);

	s = person(3);
	traits.breath.wander = 0.05;
	person_become(s, &traits);
	wandering = followed(s, per_min, MINUTE, 31 * MINUTE);
	assert_true(wandering > 0.5 && wandering < 1);
	sensor_destroy(s);

	s = person(3);
	traits.breath.never_follows = true;
	person_become(s, &traits);
	assert_true(followed(s, per_min, MINUTE, 11 * MINUTE) == 0);
	sensor_destroy(s);
}

static void who_falls_asleep_breathes_alone_and_the_heart_slows(void **state)
{
	struct person_traits traits;
	struct sensor *s = person(4);
	struct person_truth awake, asleep;
	double per_min;

	(void)state;
	person_traits(s, &traits);
	per_min = 60 / traits.breath.own_s;
	traits.heart.arousal_every_s = INFINITY;
	traits.heart.settle_bpm = 0;
	traits.heart.asleep_bpm = 6;
	traits.breath.asleep_s = 300;
	person_become(s, &traits);
	pace(s, per_min, 0, 5 * MINUTE);
	person_truth(s, &awake);
	assert_true(awake.following);
	pace(s, per_min, 5 * MINUTE, 20 * MINUTE);
	person_truth(s, &asleep);
	assert_false(asleep.following);
	assert_near(awake.hr_bpm - asleep.hr_bpm, 6, 0.1);
	sensor_destroy(s);
}

static void a_bad_strap_is_worse_with_the_arms_up(void **state)
{
	const struct heard up = {.t_us = 10 * MINUTE, .kind = HEARD_HANDS_UP};
	struct person_traits traits;
	struct sensor *s = person(5);
	struct person_truth lap, all;
	size_t beats;

	(void)state;
	person_traits(s, &traits);
	traits.strap.miss = traits.strap.extra = 0.01;
	traits.strap.arms_up_times = 5;
	person_become(s, &traits);
	listener_run(&heard, s, 0, 10 * MINUTE);
	beats = heard.beats;
	person_truth(s, &lap);
	assert_near((double)lap.wrong / (double)beats, 0.02, 0.01);
	sensor_hear(s, &up);
	listener_run(&heard, s, 10 * MINUTE + 1, 20 * MINUTE);
	person_truth(s, &all);
	assert_near((double)(all.wrong - lap.wrong) /
	                    (double)(heard.beats - beats),
	            0.1, 0.03);
	sensor_destroy(s);
}

static void a_radio_that_goes_away_is_lost_and_found(void **state)
{
	struct person_traits traits;
	struct sensor *s = person(6);
	unsigned lost = 0, connected = 0;

	(void)state;
	person_traits(s, &traits);
	traits.strap.away_every_s = 240;
	traits.strap.away_s = 20;
	person_become(s, &traits);
	listener_run(&heard, s, 0, 20 * MINUTE);
	for (size_t i = 0; i < heard.n; i++) {
		lost += !heard.told[i].is_beat &&
		        heard.told[i].state == SENSOR_LOST;
		connected += !heard.told[i].is_beat &&
		             heard.told[i].state == SENSOR_CONNECTED;
	}
	assert_in_range(lost, 2, 10);
	assert_true(connected > lost);
	sensor_destroy(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_seed_with_its_own_traits_sends_the_same_bytes),
		cmocka_unit_test(
			who_never_follows_does_not_and_who_wanders_off_comes_back),
		cmocka_unit_test(
			who_falls_asleep_breathes_alone_and_the_heart_slows),
		cmocka_unit_test(a_bad_strap_is_worse_with_the_arms_up),
		cmocka_unit_test(a_radio_that_goes_away_is_lost_and_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
