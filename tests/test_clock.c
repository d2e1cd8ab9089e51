/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "player/clock.h"

#include <stdlib.h>

#include "tests/helpers/test.h"

#define S UINT64_C(1000000)

/* Far enough that a mixed-up clock shows. */
#define BOOT (UINT64_C(777777) * S)

static void
session_time_begins_at_0_and_follows_the_monotonic_clock(void **state)
{
	struct clock c;

	(void)state;
	clock_init(&c, BOOT);
	assert_int_equal(clock_now(&c, BOOT, NULL), 0);
	assert_int_equal(clock_now(&c, BOOT + 3 * S, NULL), 3 * S);
	assert_int_equal(clock_mono(&c, 5 * S), BOOT + 5 * S);
}

static void a_stream_that_starts_and_stops_makes_no_jump(void **state)
{
	struct clock_stream on = {.running = true,
	                          .frames = 9600,
	                          .mono_us = BOOT + 10 * S,
	                          .rate_hz = 48000};
	struct clock_stream off = on;
	struct clock c;
	uint64_t t;

	(void)state;
	clock_init(&c, BOOT);
	t = clock_now(&c, BOOT + 10 * S, NULL);
	assert_int_equal(clock_now(&c, BOOT + 10 * S, &on), t);
	assert_int_equal(clock_now(&c, BOOT + 10 * S + 4000, &on), t + 4000);
	off.running = false;
	assert_int_equal(clock_now(&c, BOOT + 10 * S + 9000, &off), t + 9000);
	assert_int_equal(clock_now(&c, BOOT + 11 * S, NULL), t + S);
}

static void while_a_stream_runs_its_frames_are_the_time(void **state)
{
	/* a sound card that is 200 ppm fast */
	struct clock_stream s = {.running = true, .rate_hz = 48000};
	struct clock c;

	(void)state;
	clock_init(&c, BOOT);
	s.mono_us = BOOT;
	assert_int_equal(clock_now(&c, BOOT, &s), 0);
	s.mono_us = BOOT + 1000 * S;
	s.frames = UINT64_C(48000) * 1000 + 9600;
	assert_int_equal(clock_now(&c, s.mono_us, &s), 1000 * S + 200000);
	assert_int_equal(clock_mono(&c, 1001 * S + 200000), BOOT + 1001 * S);
	/* and where it stops, what it gained is kept */
	assert_int_equal(clock_now(&c, BOOT + 1002 * S, NULL),
	                 1002 * S + 200000);
}

static void a_callback_newer_than_the_callers_look_is_no_harm(void **state)
{
	struct clock_stream s = {.running = true,
	                         .frames = 480,
	                         .mono_us = BOOT + S + 300,
	                         .rate_hz = 48000};
	struct clock c;

	(void)state;
	clock_init(&c, BOOT);
	assert_int_equal(clock_now(&c, BOOT + S, &s), S);
	assert_int_equal(clock_now(&c, BOOT + S + 300, &s), S + 300);
}

static void a_stream_that_counts_from_0_again_is_tied_anew(void **state)
{
	struct clock_stream s = {.running = true,
	                         .frames = 480000,
	                         .mono_us = BOOT + 10 * S,
	                         .rate_hz = 48000};
	struct clock c;

	(void)state;
	clock_init(&c, BOOT);
	assert_int_equal(clock_now(&c, BOOT + 10 * S, &s), 10 * S);
	s.frames = 441;
	s.rate_hz = 44100;
	s.mono_us = BOOT + 12 * S;
	assert_int_equal(clock_now(&c, BOOT + 12 * S, &s), 12 * S);
	s.frames += 44100;
	s.mono_us += S;
	assert_int_equal(clock_now(&c, s.mono_us, &s), 13 * S);
}

/* Streams that come, go, drift and stutter: never backwards, and never
   further from the monotonic clock than the drift and the stutter allow. */
static void time_never_runs_backwards(void **state)
{
	uint64_t seed = 3, mono = BOOT, last = 0;
	struct clock_stream s = {.rate_hz = 48000};
	struct clock c;

	(void)state;
	clock_init(&c, BOOT);
	for (int i = 0; i < 20000; i++) {
		uint64_t t;

		mono += test_random(&seed) % 20000;
		if (test_random(&seed) % 50 == 0) {
			s.running = !s.running;
			s.frames = 0;
		}
		if (s.running) {
			s.frames += test_random(&seed) % 960;
			/* the callback's own look at the clock is uncertain */
			s.mono_us = mono + 1000 - test_random(&seed) % 6000;
		}
		t = clock_now(&c, mono, test_random(&seed) % 3 ? &s : NULL);
		assert_true(t >= last);
		last = t;
	}
	assert_true(last > 0);
}

static void a_smooth_stream_is_smooth_in_session_time(void **state)
{
	struct clock_stream s = {.running = true, .rate_hz = 44100};
	uint64_t last;
	struct clock c;

	(void)state;
	clock_init(&c, BOOT);
	s.mono_us = BOOT;
	last = clock_now(&c, BOOT, &s);
	for (uint64_t i = 1; i < 100000; i++) {
		uint64_t t;

		s.frames += 441;
		s.mono_us += 10000;
		t = clock_now(&c, s.mono_us, &s);
		assert_int_equal(t - last, 10000);
		last = t;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			session_time_begins_at_0_and_follows_the_monotonic_clock),
		cmocka_unit_test(a_stream_that_starts_and_stops_makes_no_jump),
		cmocka_unit_test(while_a_stream_runs_its_frames_are_the_time),
		cmocka_unit_test(
			a_callback_newer_than_the_callers_look_is_no_harm),
		cmocka_unit_test(
			a_stream_that_counts_from_0_again_is_tied_anew),
		cmocka_unit_test(time_never_runs_backwards),
		cmocka_unit_test(a_smooth_stream_is_smooth_in_session_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
