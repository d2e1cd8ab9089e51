/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "audio/limiter.h"
#include "tests/helpers/ear.h"
#include "tests/helpers/test.h"

#define RATE EAR_RATE_HZ

static void it_leaves_what_is_soft_enough_bit_for_bit(void **state)
{
	const size_t n = 500 * 64;
	float *in = malloc(2 * n * sizeof(*in)), out[128];
	struct limiter l;
	uint64_t random = 8;

	(void)state;
	assert_non_null(in);
	limiter_init(&l, RATE, 64);
	for (size_t i = 0; i < 2 * n; i++)
		in[i] = 0.34f * (2.0f * (float)test_uniform(&random) - 1.0f);
	for (size_t f = 0; f < n; f += 64) {
		limiter_step(&l, in + 2 * f, out);
		for (size_t i = 0; i < 64; i++) {
			size_t from = f + i - 64 - LIMITER_LAG;
			bool before = f + i < 64 + LIMITER_LAG;

			assert_true(out[2 * i] ==
			            (before ? 0.0f : in[2 * from]));
			assert_true(out[2 * i + 1] ==
			            (before ? 0.0f : in[2 * from + 1]));
		}
	}
	free(in);
}

/* A quarter of the rate, sampled where the wave is not at its top: the samples
 * stay at -4 dBFS, what a converter makes of them reaches -1. */
static void a_peak_between_samples_is_limited_too(void **state)
{
	struct limiter l;
	float *out = calloc(2 * RATE, sizeof(*out)), in[2 * 128];

	(void)state;
	assert_non_null(out);
	limiter_init(&l, RATE, 128);
	for (size_t f = 0; f + 128 <= RATE; f += 128) {
		for (size_t i = 0; i < 128; i++) {
			double t = (double)(f + i);

			in[2 * i] =
				(float)(0.89 * sin(M_PI / 2 * t + M_PI / 4));
			in[2 * i + 1] = 0.0f;
		}
		limiter_step(&l, in, out + 2 * f);
	}
	assert_near(0.89 * sin(M_PI / 4), 0.63, 0.01); /* no sample is above */
	assert_true(ear_true_peak_db(out, 0.1, 0.99) <= -3.0);
	assert_true(ear_true_peak_db(out, 0.1, 0.99) >= -3.6);
	free(out);
}

#define T(name) cmocka_unit_test(name)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(it_leaves_what_is_soft_enough_bit_for_bit),
		T(a_peak_between_samples_is_limited_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
