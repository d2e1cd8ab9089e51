/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <math.h>

#include "tests/bench/population_study.h"
#include "tests/helpers/test.h"

/* A few of the study's persons, each with one routine, for what must be zero;
   all of them with all routines: tests/bench/bench_population. */

#define PERSONS 40

static struct study *study;

static int play(void **state)
{
	struct error error = {""};

	(void)state;
	if (study_create(&study, POPULATION_REPORTED, 0, PERSONS, "src/content",
	                 &error) < 0)
		fail_msg("%s", error.text);
	for (unsigned i = 0; i < PERSONS; i++) {
		size_t k = i % study->n_routines;

		assert_int_equal(
			population_run(&study->persons[i], study->routines[k],
		                       ARM_CLOSED, study->clips[k],
		                       study->n_clips[k], NULL,
		                       study_result(study, i, k, ARM_CLOSED)),
			0);
	}
	return 0;
}

static int done(void **state)
{
	(void)state;
	study = study_destroy(study);
	return 0;
}

static const struct population_result *result(unsigned i)
{
	return study_result(study, i, i % study->n_routines, ARM_CLOSED);
}

static void name(unsigned i, const char *what)
{
	const struct routine *r = study->routines[i % study->n_routines];

	print_message("person %" PRIu64 ", %s: %s\n", study->persons[i].seed,
	              r->id, what);
}

static void the_persons_are_those_that_were_frozen(void **state)
{
	(void)state;
	assert_true(population_hash(POPULATION_TUNING) ==
	            UINT64_C(0xa84660db1db1da67));
	assert_true(population_hash(POPULATION_REPORTED) ==
	            UINT64_C(0x7ab318cddc230c09));
}

static void nobody_is_led_slower_than_the_floor(void **state)
{
	(void)state;
	for (unsigned i = 0; i < PERSONS; i++) {
		if (result(i)->too_slow_s > 0)
			name(i, "slower than the floor");
		assert_true(result(i)->too_slow_s == 0);
	}
}

static void nobody_breathes_slowly_for_too_long(void **state)
{
	(void)state;
	for (unsigned i = 0; i < PERSONS; i++) {
		if (result(i)->over_s > 0)
			name(i, "slow for too long");
		assert_true(result(i)->over_s == 0);
	}
}

/* A small wave of breath beside the heart's own at 6 a minute: R3 would begin
   there, with people who breathe at 16. */
static void nobody_s_own_rate_is_taken_for_far_slower_than_it_is(void **state)
{
	unsigned known = 0;

	(void)state;
	for (unsigned i = 0; i < PERSONS; i++) {
		double own = 60 / study->persons[i].traits.breath.own_s;

		if (isnan(result(i)->own_per_min))
			continue;
		known++;
		if (result(i)->own_per_min < 0.6 * own)
			name(i, "begins too slow");
		assert_true(result(i)->own_per_min >= 0.6 * own);
	}
	assert_true(known > PERSONS / 4);
}

static void no_completed_session_is_out_of_its_bounds(void **state)
{
	(void)state;
	for (unsigned i = 0; i < PERSONS; i++) {
		const struct population_result *r = result(i);
		double nominal_s =
			study->routines[i % study->n_routines]->total_s;

		assert_true(r->seconds > 0);
		if (r->result != RESULT_COMPLETED || r->rule)
			continue;
		if (r->seconds < 0.8 * nominal_s ||
		    r->seconds > 1.25 * nominal_s)
			name(i, "out of bounds");
		assert_in_range((unsigned)r->seconds,
		                (unsigned)(0.8 * nominal_s),
		                (unsigned)(1.25 * nominal_s));
	}
}

static void nothing_is_decided_on_a_window_that_the_gate_refuses(void **state)
{
	unsigned decided = 0;

	(void)state;
	for (unsigned i = 0; i < PERSONS; i++)
		for (int rule = 1; rule < POPULATION_RULES; rule++) {
			decided += result(i)->decided[rule];
			if (result(i)->refused[rule] > 0)
				name(i, "decided on a refused window");
			assert_int_equal(result(i)->refused[rule], 0);
		}
	assert_true(decided > 5 * PERSONS);
}

static void a_person_plays_alike_twice(void **state)
{
	struct population_result again;

	(void)state;
	assert_int_equal(population_run(&study->persons[0], study->routines[0],
	                                ARM_CLOSED, study->clips[0],
	                                study->n_clips[0], NULL, &again),
	                 0);
	assert_true(again.seconds == result(0)->seconds);
	assert_true(again.adherent_s == result(0)->adherent_s);
	assert_true(again.calls == result(0)->calls);
	assert_memory_equal(&again.calm, &result(0)->calm, sizeof(again.calm));
}

/* By hand: 5 breaths of 6 s; 5 of 6.316 (9.5 a minute); 6.516, 6.716, 6.916,
   7.116, held 7.116 once a second and more was gained, 7.316, 7.5. */
static void the_arithmetic_of_the_walk_is_that_of_the_rules(void **state)
{
	const double guard_s = 60 / 9.5;

	(void)state;
	assert_near(population_walk_s(10, 8),
	            30 + 5 * guard_s + 4 * guard_s + 2.0 + guard_s + 0.8 +
	                    guard_s + 1.0 + 7.5,
	            1e-9);
	assert_near(population_walk_s(8, 8), 5 * 7.5, 1e-9);
	/* R3 clamps: nobody begins slower than the floor */
	assert_near(population_walk_s(7, 8), 5 * 7.5, 1e-9);
	/* D.5: 14 to 6 a minute takes about 34 breaths, 4 minutes; and the
	   five breaths before it, and five a half a minute slower */
	assert_near(population_walk_s(14, 6) - 5 * 60 / 14.0 - 5 * 60 / 13.5,
	            240, 15);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_persons_are_those_that_were_frozen),
		cmocka_unit_test(nobody_is_led_slower_than_the_floor),
		cmocka_unit_test(nobody_breathes_slowly_for_too_long),
		cmocka_unit_test(
			nobody_s_own_rate_is_taken_for_far_slower_than_it_is),
		cmocka_unit_test(no_completed_session_is_out_of_its_bounds),
		cmocka_unit_test(
			nothing_is_decided_on_a_window_that_the_gate_refuses),
		cmocka_unit_test(a_person_plays_alike_twice),
		cmocka_unit_test(
			the_arithmetic_of_the_walk_is_that_of_the_rules),
	};

	return cmocka_run_group_tests(tests, play, done);
}
