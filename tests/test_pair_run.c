/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "drivers/pair_merge.h"
#include "drivers/sensor.h"
#include "tests/helpers/rr.h"
#include "tests/helpers/test.h"

static struct beat beat_of(double t_s, double rr_ms, bool ticks)
{
	struct beat beat = {.t_us = (uint64_t)(t_s * 1e6),
	                    .rr_ticks = (uint32_t)(rr_ms * 1.024 + 0.5),
	                    .rr_ms = rr_ms};

	if (ticks) {
		beat.rr_ms = beat_ticks_to_ms(beat.rr_ticks);
	} else {
		beat.rr_ticks = 0;
		beat.rr_ms = floor(rr_ms);
	}
	return beat;
}

/* Two hearts of one rate that breathe as one, apart but for the noise. */
static struct rr_spec twin(double noise_ms, uint64_t seed)
{
	return (struct rr_spec){.hr_bpm = 64,
	                        .rsa_ms = 80,
	                        .breaths_per_min = 6,
	                        .noise_ms = noise_ms,
	                        .seed = seed};
}

static void fill(struct pair_run *run, const struct rr_spec *spec, unsigned n,
                 bool ticks)
{
	struct rr_source source;
	double t_s, rr_ms;

	memset(run, 0, sizeof(*run));
	rr_start(&source, spec);
	for (unsigned i = 0; i < n; i++) {
		struct beat beat;

		rr_next(&source, &t_s, &rr_ms);
		beat = beat_of(t_s, rr_ms, ticks);
		pair_run_add(run, &beat);
	}
}

static void the_spread_of_what_breath_does_not_foretell_is_found(void **state)
{
	const double noises_ms[] = {2, 5, 10, 20};
	struct pair_run run;

	(void)state;
	for (size_t i = 0; i < sizeof(noises_ms) / sizeof(noises_ms[0]); i++) {
		double sum = 0, right = -log2(3 / 1.024 /
		                              (2 * sqrt(M_PI) * noises_ms[i]));

		for (uint64_t seed = 0; seed < 100; seed++) {
			struct rr_spec spec = twin(noises_ms[i], seed);

			fill(&run, &spec, 60, true);
			sum += pair_run_bits(&run, &run) / 100;
		}
		assert_near(sum, right, 0.35);
	}
}

static void an_equal_interval_proves_no_more_than_is_said(void **state)
{
	unsigned equal = 0, all = 0;
	struct pair_run a, b;
	double bits = 0;

	(void)state;
	for (uint64_t seed = 0; seed < 400; seed++) {
		struct rr_spec one = twin(6, 2 * seed);
		struct rr_spec two = twin(6, 2 * seed + 1);

		fill(&a, &one, 100, true);
		fill(&b, &two, 100, true);
		bits += pair_run_bits(&a, &b) / 400;
		for (int64_t i = 20; i < 100; i++, all++)
			equal += pair_run_equal(pair_run_at(&a, i),
			                        pair_run_at(&b, i));
	}
	print_message("equal by chance: %.2f bits, said: %.2f\n",
	              -log2((double)equal / all), bits);
	assert_true(-log2((double)equal / all) > bits - 0.2);
}

static void milliseconds_prove_less_and_are_found_all_the_same(void **state)
{
	struct rr_spec spec = twin(10, 5);
	struct pair_run ticks, ms;
	int64_t shift = 99;

	(void)state;
	fill(&ticks, &spec, 60, true);
	fill(&ms, &spec, 60, false);
	assert_true(pair_run_bits(&ticks, &ms) < pair_run_bits(&ticks, &ticks));
	assert_true(pair_run_find(&ms, &ticks, PAIR_MERGE_SAME_BITS, &shift));
	assert_int_equal(shift, 0);
}

static void a_broken_run_is_not_looked_at_across_its_break(void **state)
{
	struct rr_spec spec = twin(10, 6);
	struct pair_run whole, broken;
	int64_t shift;

	(void)state;
	fill(&whole, &spec, 60, true);
	broken = whole;
	assert_true(pair_run_find(&broken, &whole, 40, &shift));
	broken.from = 55;
	assert_false(pair_run_find(&broken, &whole, 40, &shift));
	assert_true(pair_run_find(&broken, &whole, 12, &shift));
	assert_null(pair_run_at(&broken, 54));
	assert_non_null(pair_run_at(&broken, 55));
}

static void the_same_intervals_at_another_time_are_another_hearts(void **state)
{
	struct rr_spec spec = twin(10, 6);
	struct pair_run now, then;
	int64_t shift;

	(void)state;
	fill(&now, &spec, 60, true);
	then = now;
	for (unsigned i = 0; i < PAIR_RUN_MAX; i++)
		then.beats[i].t_us += PAIR_RUN_APART_US + 1000000;
	assert_false(pair_run_find(&then, &now, 40, &shift));
}

static void a_run_that_fits_twice_fits_nowhere(void **state)
{
	const double rr_ms[] = {800, 830, 790, 850};
	struct pair_run run = {.n = 0};
	int64_t shift;

	(void)state;
	for (unsigned i = 0; i < 40; i++) {
		struct beat beat = beat_of(i * 0.8, rr_ms[i % 4], true);

		pair_run_add(&run, &beat);
	}
	assert_true(pair_run_bits(&run, &run) > 3);
	assert_false(pair_run_find(&run, &run, 46, &shift));
}

/* --- neighbours -------------------------------------------------------------
 */

struct neighbour {
	struct sensor *sensor;
	struct pair_merge *pair;
	unsigned side;
	uint64_t now_us, next_us;
};

static void ignore_beat(void *data, const struct beat *beat)
{
	(void)data;
	(void)beat;
}

static void ignore_state(void *data, enum sensor_state state, int error)
{
	(void)data;
	(void)state;
	(void)error;
}

static void on_beat(void *data, const struct beat *beat)
{
	struct neighbour *n = data;

	pair_merge_beat(n->pair, n->side, n->now_us, beat);
}

static void on_state(void *data, enum sensor_state state, int error)
{
	struct neighbour *n = data;

	pair_merge_state(n->pair, n->side, n->now_us, state, error);
}

static void meet(struct neighbour *n, uint64_t seed)
{
	const struct sensor_context context = {.event = NULL};
	const struct sensor_listener listener = {
		.beat = on_beat, .state = on_state, .data = n};
	char uri[32];

	snprintf(uri, sizeof(uri), "person:%llu", (unsigned long long)seed);
	assert_int_equal(sensor_create(&n->sensor, uri, &listener, &context),
	                 0);
}

/* Both breathe to one pacer, at 6 a minute, for @seconds. */
static void breathe_together(struct neighbour *two, unsigned seconds)
{
	for (unsigned s = 0; s < seconds; s++)
		for (unsigned i = 0; i < 2; i++) {
			const struct heard breath = {.t_us = s * 1000000ull,
			                             .kind = HEARD_BREATH,
			                             .period_s = 10,
			                             .inhale_frac = 0.4};

			two[i].now_us = s * 1000000ull;
			if (s % 10 == 0)
				sensor_hear(two[i].sensor, &breath);
			assert_int_equal(sensor_step(two[i].sensor,
			                             two[i].now_us,
			                             &two[i].next_us),
			                 0);
		}
}

/* Return: are they taken for one heart? */
static bool mistaken(uint64_t one, uint64_t other, unsigned seconds)
{
	const struct sensor_listener listener = {.beat = ignore_beat,
	                                         .state = ignore_state};
	struct pair_merge pair;
	struct neighbour two[2] = {{.pair = &pair}, {.pair = &pair, .side = 1}};

	pair_merge_init(&pair, &listener);
	meet(&two[0], one);
	meet(&two[1], other);
	breathe_together(two, seconds);
	for (unsigned i = 0; i < 2; i++)
		sensor_destroy(two[i].sensor);
	assert_true(pair_merge_known(&pair) || pair.sides[0].run.n > 20);
	return pair_merge_known(&pair);
}

static void thousand_pairs_who_breathe_together_are_never_one(void **state)
{
	const uint64_t seed = 4000;

	(void)state;
	print_message("seed %llu\n", (unsigned long long)seed);
	for (uint64_t i = 0; i < 1000; i++)
		assert_false(mistaken(seed + 2 * i, seed + 2 * i + 1, 90));
}

static void the_same_person_twice_is_one(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < 50; i++)
		assert_true(mistaken(i, i, 90));
}

static void twins_of_one_rate_and_breath_are_never_one(void **state)
{
	const struct sensor_listener listener = {.beat = ignore_beat,
	                                         .state = ignore_state};
	struct rr_source hearts[2];
	double t_s, rr_ms;

	(void)state;
	for (uint64_t seed = 0; seed < 250; seed++) {
		struct pair_merge pair;

		pair_merge_init(&pair, &listener);
		for (unsigned i = 0; i < 2; i++) {
			struct rr_spec spec = twin(4, 2 * seed + i);

			rr_start(&hearts[i], &spec);
			pair_merge_state(&pair, i, 0, SENSOR_CONNECTED, 0);
		}
		for (unsigned k = 0; k < 400; k++) {
			struct beat beat;

			rr_next(&hearts[k % 2], &t_s, &rr_ms);
			beat = beat_of(t_s, rr_ms, true);
			pair_merge_beat(&pair, k % 2, beat.t_us, &beat);
		}
		assert_false(pair_merge_known(&pair));
		assert_true(pair_merge_strange(&pair));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_spread_of_what_breath_does_not_foretell_is_found),
		cmocka_unit_test(an_equal_interval_proves_no_more_than_is_said),
		cmocka_unit_test(
			milliseconds_prove_less_and_are_found_all_the_same),
		cmocka_unit_test(
			a_broken_run_is_not_looked_at_across_its_break),
		cmocka_unit_test(
			the_same_intervals_at_another_time_are_another_hearts),
		cmocka_unit_test(a_run_that_fits_twice_fits_nowhere),
		cmocka_unit_test(
			thousand_pairs_who_breathe_together_are_never_one),
		cmocka_unit_test(the_same_person_twice_is_one),
		cmocka_unit_test(twins_of_one_rate_and_breath_are_never_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
