/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audio/loudness.h"

#include <math.h>
#include <stdlib.h>

#include "tests/helpers/ear.h"
#include "tests/helpers/test.h"

#define RATE EAR_RATE_HZ

static double measure(const float *x, size_t frames, size_t block)
{
	struct loudness l;

	loudness_init(&l);
	for (size_t f = 0; f < frames; f += block)
		loudness_add(&l, x + 2 * f,
		             frames - f < block ? frames - f : block);
	return loudness_lufs(&l);
}

/* Noise and a note, by turns loud, soft and not there at all. */
static float *changing(size_t frames, uint64_t *random)
{
	float *x = calloc(2 * frames, sizeof(*x)), gain = 0.0f, hz = 100.0f;

	assert_non_null(x);
	for (size_t f = 0; f < frames; f++) {
		if (f % (3 * RATE / 2) == 0) {
			gain = test_random(random) % 4
			               ? (float)pow(10,
			                            -3 * test_uniform(random))
			               : 0.0f;
			hz = 50.0f + 4000.0f * (float)test_uniform(random);
		}
		x[2 * f] = gain * sinf(6.2831853f * hz * (float)(f % RATE) /
		                       (float)RATE);
		x[2 * f + 1] = gain * (float)(test_uniform(random) - 0.5);
	}
	return x;
}

static void it_is_what_libebur128_says_within_a_twentieth(void **state)
{
	uint64_t random = 2;

	(void)state;
	for (int i = 0; i < 6; i++) {
		float *x = changing(30 * RATE, &random);

		assert_near(measure(x, 30 * RATE, 1000), ear_lufs(x, 0, 30),
		            0.05);
		free(x);
	}
}

static void how_it_is_cut_into_blocks_is_no_matter(void **state)
{
	uint64_t random = 3;
	float *x = changing(10 * RATE, &random);
	double whole = measure(x, 10 * RATE, 10 * RATE);

	(void)state;
	assert_near(measure(x, 10 * RATE, 1), whole, 1e-4);
	assert_near(measure(x, 10 * RATE, 4801), whole, 1e-4);
	free(x);
}

static void silence_and_less_than_a_block_have_none(void **state)
{
	float *x = calloc(2 * 5 * RATE, sizeof(*x));

	(void)state;
	assert_non_null(x);
	assert_true(isnan(measure(x, 5 * RATE, 4096)));
	for (size_t i = 0; i < 2 * 5 * RATE; i++)
		x[i] = i % 2 ? 0.5f : -0.5f;
	assert_true(isnan(measure(x, RATE * 2 / 5 - 1, 4096)));
	assert_false(isnan(measure(x, RATE * 2 / 5, 4096)));
	free(x);
}

/* As loud as a float is large: the last bin holds it, and no other memory. */
static void what_is_far_too_loud_is_survived(void **state)
{
	float *x = calloc(2 * RATE, sizeof(*x));

	(void)state;
	assert_non_null(x);
	for (size_t i = 0; i < 2 * RATE; i++)
		x[i] = i % 100 < 50 ? 1e15f : -1e15f;
	assert_true(measure(x, RATE, 4096) > 250.0); /* and no NAN */
	free(x);
}

#define T(name) cmocka_unit_test(name)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(it_is_what_libebur128_says_within_a_twentieth),
		T(how_it_is_cut_into_blocks_is_no_matter),
		T(silence_and_less_than_a_block_have_none),
		T(what_is_far_too_loud_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
