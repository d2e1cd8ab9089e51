/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>

#include "drivers/pair_merge.h"
#include "tests/helpers/listener.h"
#include "tests/helpers/rr.h"
#include "tests/helpers/test.h"

/*
 * A heart, and what two radios bring of it: verbs that say which of its beats
 * come. The second one is faster by a second.
 */
#define BEATS   2000
#define SLOW_US UINT64_C(1500000)
#define FAST_US UINT64_C(500000)

enum { FIRST, SECOND };

static struct listener heard;
static struct sensor_listener listener;
static struct pair_merge pair;
static struct {
	uint64_t t_us;
	uint32_t ticks;
} heart[BEATS];
static uint64_t now_us;

static void grow_heart(double noise_ms)
{
	const struct rr_spec spec = {.hr_bpm = 66,
	                             .rsa_ms = 60,
	                             .breaths_per_min = 6,
	                             .noise_ms = noise_ms,
	                             .seed = 7};
	double t_s, rr_ms, at = 10 * BEAT_TICKS_PER_S;
	struct rr_source source;

	rr_start(&source, &spec);
	for (size_t i = 0; i < BEATS; i++) {
		rr_next(&source, &t_s, &rr_ms);
		heart[i].ticks = (uint32_t)(rr_ms * 1.024 + 0.5);
		at += heart[i].ticks;
		heart[i].t_us = (uint64_t)(at / BEAT_TICKS_PER_S * 1e6);
	}
}

static int setup(void **state)
{
	(void)state;
	grow_heart(8);
	listener = listener_of(&heard);
	pair_merge_init(&pair, &listener);
	pair.sides[SECOND].counts = true;
	now_us = 0;
	return 0;
}

static void say(unsigned side, enum sensor_state state, int error)
{
	pair_merge_state(&pair, side, now_us, state, error);
}

static void bring_as(unsigned side, unsigned i, uint32_t ticks)
{
	uint64_t late_us = side == FIRST ? SLOW_US : FAST_US;
	const struct beat beat = {.t_us = heart[i].t_us + late_us,
	                          .rr_ticks = ticks,
	                          .rr_ms = beat_ticks_to_ms(ticks)};

	if (beat.t_us > now_us)
		now_us = beat.t_us;
	pair_merge_beat(&pair, side, now_us, &beat);
}

static void bring(unsigned side, unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++)
		bring_as(side, i, heart[i].ticks);
}

static void both(unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++) {
		bring(SECOND, i, i + 1);
		bring(FIRST, i, i + 1);
	}
}

/* Two that are known as one heart: beats 0 to 99 are out. */
static void known_pair(void)
{
	say(FIRST, SENSOR_CONNECTED, 0);
	say(SECOND, SENSOR_CONNECTED, 0);
	both(0, 100);
	assert_true(pair_merge_known(&pair));
}

/* Return: how often a gap was told. All that was handed out is the heart's
   beats in order; a gap stands where some are left out, nowhere else. */
static unsigned assert_out(unsigned from, unsigned to)
{
	unsigned at = from, gaps = 0;
	uint64_t last_us = 0;
	bool gap = false;

	for (size_t i = 0; i < heard.n; i++) {
		const struct told *t = &heard.told[i];

		if (!t->is_beat) {
			gap = gap || t->state == SENSOR_GAP;
			gaps += t->state == SENSOR_GAP;
			continue;
		}
		while (gap && at < to && heart[at].ticks != t->beat.rr_ticks)
			at++;
		gap = false;
		assert_true(at < to);
		assert_int_equal(t->beat.rr_ticks, heart[at].ticks);
		assert_true(t->beat.t_us > last_us);
		last_us = t->beat.t_us;
		at++;
	}
	assert_int_equal(at, to);
	return gaps;
}

static void until_they_are_known_only_the_first_is_handed_out(void **state)
{
	(void)state;
	say(FIRST, SENSOR_CONNECTED, 0);
	say(SECOND, SENSOR_CONNECTED, 0);
	both(0, 5);
	bring(SECOND, 5, 10);
	assert_false(pair_merge_known(&pair));
	assert_int_equal(assert_out(0, 5), 0);
}

static void the_second_alone_is_nobody(void **state)
{
	(void)state;
	say(SECOND, SENSOR_CONNECTED, 0);
	bring(SECOND, 0, 200);
	assert_int_equal(heard.beats, 0);
	assert_int_equal(heard.n, 0);
}

static void one_that_was_named_may_be_the_first_to_be_heard(void **state)
{
	(void)state;
	pair.sides[SECOND].may_begin = true;
	say(SECOND, SENSOR_CONNECTED, 0);
	bring(SECOND, 0, 50);
	assert_int_equal(assert_out(0, 50), 0);
	say(FIRST, SENSOR_CONNECTED, 0);
	bring(FIRST, 40, 50);
	both(50, 70);
	assert_true(pair_merge_known(&pair));
	assert_int_equal(assert_out(0, 70), 0);
}

static void the_same_beats_are_known_within_20_of_them(void **state)
{
	(void)state;
	say(FIRST, SENSOR_CONNECTED, 0);
	say(SECOND, SENSOR_CONNECTED, 0);
	both(0, 20);
	assert_true(pair_merge_known(&pair));
}

static void a_tick_more_or_less_is_the_same_beat(void **state)
{
	(void)state;
	say(FIRST, SENSOR_CONNECTED, 0);
	say(SECOND, SENSOR_CONNECTED, 0);
	for (unsigned i = 0; i < 30; i++) {
		bring_as(SECOND, i, heart[i].ticks + i % 3 - 1);
		bring(FIRST, i, i + 1);
	}
	assert_true(pair_merge_known(&pair));
	say(FIRST, SENSOR_LOST, -ETIMEDOUT);
	bring(SECOND, 30, 40);
	assert_int_equal(assert_out(0, 40), 0);
}

static void a_heart_that_is_even_to_the_tick_is_never_known(void **state)
{
	(void)state;
	for (size_t i = 0; i < BEATS; i++)
		heart[i].ticks = 1024;
	say(FIRST, SENSOR_CONNECTED, 0);
	say(SECOND, SENSOR_CONNECTED, 0);
	both(0, 500);
	assert_false(pair_merge_known(&pair));
	assert_true(pair_merge_strange(&pair));
	assert_int_equal(heard.beats, 500);
}

static void a_lost_link_costs_nothing_and_is_not_told(void **state)
{
	(void)state;
	known_pair();
	pair.sides[SECOND].counts = false;
	say(FIRST, SENSOR_LOST, -ECONNRESET);
	bring(SECOND, 100, 200);
	assert_int_equal(assert_out(0, 200), 0);
	assert_int_equal(pair.state, SENSOR_CONNECTED);
}

static void what_was_ahead_comes_at_once_when_the_lead_is_lost(void **state)
{
	(void)state;
	known_pair();
	pair.lead = FIRST;
	pair.since = 100;
	bring(SECOND, 100, 102);
	assert_int_equal(heard.beats, 100);
	say(FIRST, SENSOR_GAP, 0);
	assert_int_equal(assert_out(0, 102), 0);
}

static void
three_beats_of_the_other_end_the_wait_for_a_silent_lead(void **state)
{
	(void)state;
	known_pair();
	pair.lead = FIRST;
	pair.since = 100;
	bring(SECOND, 100, 102);
	assert_int_equal(heard.beats, 100);
	bring(SECOND, 102, 103);
	assert_int_equal(assert_out(0, 103), 0);
}

static void off_the_skin_on_one_radio_the_other_leads(void **state)
{
	(void)state;
	known_pair();
	pair.lead = FIRST;
	pair.since = 100;
	say(FIRST, SENSOR_NO_CONTACT, 0);
	bring_as(FIRST, 100, 300);
	bring(SECOND, 100, 120);
	assert_int_equal(assert_out(0, 120), 0);
	assert_int_equal(pair.state, SENSOR_CONNECTED);
}

static void off_the_skin_on_both_is_told_and_handed_on(void **state)
{
	(void)state;
	known_pair();
	say(FIRST, SENSOR_NO_CONTACT, 0);
	say(SECOND, SENSOR_NO_CONTACT, 0);
	assert_int_equal(pair.state, SENSOR_NO_CONTACT);
	bring(pair.lead, 100, 103);
	assert_int_equal(heard.beats, 103);
}

static void one_back_on_the_skin_ends_the_others_bad_contact(void **state)
{
	(void)state;
	known_pair();
	say(FIRST, SENSOR_NO_CONTACT, 0);
	say(SECOND, SENSOR_NO_CONTACT, 0);
	for (unsigned i = 100; i < 110; i++)
		bring_as(SECOND, i, 300);
	say(FIRST, SENSOR_GAP, 0);
	say(FIRST, SENSOR_CONNECTED, 0);
	for (unsigned i = 110; i < 120; i++) {
		bring_as(SECOND, i, 300);
		bring(FIRST, i, i + 1);
	}
	assert_int_equal(pair.state, SENSOR_CONNECTED);
	assert_int_equal(heard.told[heard.n - 1].beat.rr_ticks,
	                 heart[119].ticks);
}

static void one_that_returns_is_placed_and_takes_over_again(void **state)
{
	(void)state;
	known_pair();
	say(SECOND, SENSOR_LOST, -ENODEV);
	bring(FIRST, 100, 150);
	say(SECOND, SENSOR_CONNECTED, 0);
	both(150, 165);
	say(FIRST, SENSOR_LOST, -ETIMEDOUT);
	bring(SECOND, 165, 200);
	assert_int_equal(assert_out(0, 200), 0);
}

static void both_lost_is_a_gap_and_the_first_to_return_goes_on(void **state)
{
	(void)state;
	known_pair();
	say(SECOND, SENSOR_LOST, -ENODEV);
	bring(FIRST, 100, 105);
	say(FIRST, SENSOR_LOST, -ETIMEDOUT);
	assert_int_equal(pair.state, SENSOR_LOST);
	say(FIRST, SENSOR_CONNECTED, 0);
	say(FIRST, SENSOR_GAP, 0);
	say(FIRST, SENSOR_CONNECTED, 0);
	bring(FIRST, 120, 160);
	assert_int_equal(assert_out(0, 160), 1);
}

static void
the_bearer_of_the_last_beat_goes_on_without_a_beat_twice(void **state)
{
	(void)state;
	known_pair();
	/* the fast one has a hole; the slow one leads and fails before it
	   brought anything; the fast one goes on from its hole */
	say(SECOND, SENSOR_GAP, 0);
	say(SECOND, SENSOR_CONNECTED, 0);
	bring(SECOND, 103, 105);
	say(FIRST, SENSOR_LOST, -ETIMEDOUT);
	bring(SECOND, 105, 130);
	assert_int_equal(assert_out(0, 130), 1);
}

static void the_other_goes_on_only_with_beats_that_are_surely_new(void **state)
{
	(void)state;
	known_pair();
	say(FIRST, SENSOR_LOST, -ETIMEDOUT);
	bring(SECOND, 100, 120);
	say(FIRST, SENSOR_CONNECTED, 0);
	bring(FIRST, 117, 120); /* too few to know their place */
	say(SECOND, SENSOR_LOST, -ENODEV);
	bring(FIRST, 120, 150);
	assert_int_equal(assert_out(0, 150), 1);
}

static void a_beat_lost_in_silence_costs_its_side_the_place(void **state)
{
	(void)state;
	known_pair();
	bring(SECOND, 100, 101);
	bring(FIRST, 100, 101);
	bring(SECOND, 101, 103);
	bring(FIRST, 102, 103); /* without a word of 101 */
	assert_false(pair.sides[FIRST].placed);
	both(103, 120);
	assert_true(pair.sides[FIRST].placed);
	say(SECOND, SENSOR_LOST, -ENODEV);
	bring(FIRST, 120, 140);
	assert_int_equal(assert_out(0, 140), 0);
}

static void a_lead_that_loses_in_silence_is_found_out_in_time(void **state)
{
	(void)state;
	known_pair();
	pair.lead = FIRST;
	pair.since = 100;
	bring(SECOND, 100, 102);
	bring(FIRST, 101, 102); /* without a word of 100 */
	assert_int_equal(assert_out(0, 102), 0);
	assert_int_equal(pair.lead, SECOND);
}

static void a_strap_that_counts_its_beats_leads_in_the_end(void **state)
{
	(void)state;
	known_pair();
	assert_int_equal(pair.lead, SECOND);
}

static void the_lead_does_not_flap(void **state)
{
	unsigned changes = 0, lead;

	(void)state;
	known_pair();
	pair.sides[SECOND].counts = false;
	lead = pair.lead;
	for (unsigned i = 100; i < 1100; i++) {
		if (i % 25 == 0) { /* each loses now and then, in turn */
			unsigned side = i / 25 % 2;

			say(side, SENSOR_GAP, 0);
			say(side, SENSOR_CONNECTED, 0);
			bring(!side, i, i + 1);
		} else {
			both(i, i + 1);
		}
		changes += pair.lead != lead;
		lead = pair.lead;
	}
	assert_int_equal(assert_out(0, 1100), 0);
	assert_true(changes <= 41); /* never without a loss */
}

static void times_go_on_over_a_hand_over_and_come_back_slowly(void **state)
{
	uint64_t last_us = 0;

	(void)state;
	known_pair();
	say(SECOND, SENSOR_LOST, -ENODEV);
	bring(FIRST, 100, 300);
	for (size_t i = heard.n - 200; i < heard.n; i++) {
		const struct told *t = &heard.told[i];

		if (!t->is_beat)
			continue;
		if (last_us)
			assert_near((double)(t->beat.t_us - last_us) * 1e-3,
			            t->beat.rr_ms, 0.03 * t->beat.rr_ms);
		last_us = t->beat.t_us;
	}
	assert_near((double)last_us, (double)heart[299].t_us + SLOW_US, 50e3);
	assert_int_equal(assert_out(0, 300), 0);
}

static void a_state_and_its_reason_are_the_leads(void **state)
{
	(void)state;
	say(FIRST, SENSOR_SEARCHING, 0);
	say(SECOND, SENSOR_SEARCHING, -ENODEV);
	say(FIRST, SENSOR_SEARCHING, -ENETDOWN);
	assert_string_equal(listener_line(&heard), "searching searching");
	assert_int_equal(heard.told[1].error, -ENETDOWN);
}

static void a_gap_is_told_once_before_the_beats_behind_it(void **state)
{
	(void)state;
	say(FIRST, SENSOR_CONNECTED, 0);
	bring(FIRST, 0, 1);
	say(FIRST, SENSOR_GAP, 0);
	say(FIRST, SENSOR_GAP, 0);
	say(FIRST, SENSOR_CONNECTED, 0);
	bring(FIRST, 3, 4);
	assert_int_equal(assert_out(0, 4), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
			until_they_are_known_only_the_first_is_handed_out,
			setup),
		cmocka_unit_test_setup(the_second_alone_is_nobody, setup),
		cmocka_unit_test_setup(
			one_that_was_named_may_be_the_first_to_be_heard, setup),
		cmocka_unit_test_setup(
			the_same_beats_are_known_within_20_of_them, setup),
		cmocka_unit_test_setup(a_tick_more_or_less_is_the_same_beat,
	                               setup),
		cmocka_unit_test_setup(
			a_heart_that_is_even_to_the_tick_is_never_known, setup),
		cmocka_unit_test_setup(
			a_lost_link_costs_nothing_and_is_not_told, setup),
		cmocka_unit_test_setup(
			what_was_ahead_comes_at_once_when_the_lead_is_lost,
			setup),
		cmocka_unit_test_setup(
			three_beats_of_the_other_end_the_wait_for_a_silent_lead,
			setup),
		cmocka_unit_test_setup(
			off_the_skin_on_one_radio_the_other_leads, setup),
		cmocka_unit_test_setup(
			off_the_skin_on_both_is_told_and_handed_on, setup),
		cmocka_unit_test_setup(
			one_back_on_the_skin_ends_the_others_bad_contact,
			setup),
		cmocka_unit_test_setup(
			one_that_returns_is_placed_and_takes_over_again, setup),
		cmocka_unit_test_setup(
			both_lost_is_a_gap_and_the_first_to_return_goes_on,
			setup),
		cmocka_unit_test_setup(
			the_bearer_of_the_last_beat_goes_on_without_a_beat_twice,
			setup),
		cmocka_unit_test_setup(
			the_other_goes_on_only_with_beats_that_are_surely_new,
			setup),
		cmocka_unit_test_setup(
			a_beat_lost_in_silence_costs_its_side_the_place, setup),
		cmocka_unit_test_setup(
			a_lead_that_loses_in_silence_is_found_out_in_time,
			setup),
		cmocka_unit_test_setup(
			a_strap_that_counts_its_beats_leads_in_the_end, setup),
		cmocka_unit_test_setup(the_lead_does_not_flap, setup),
		cmocka_unit_test_setup(
			times_go_on_over_a_hand_over_and_come_back_slowly,
			setup),
		cmocka_unit_test_setup(a_state_and_its_reason_are_the_leads,
	                               setup),
		cmocka_unit_test_setup(
			a_gap_is_told_once_before_the_beats_behind_it, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
