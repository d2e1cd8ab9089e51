/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <complex.h>
#include <math.h>
#include <stdlib.h>

#include "audio/lowpass.h"
#include "tests/helpers/test.h"

#define FRAMES 16384 /* by then the slowest pole has rung out */

static const float edges[LANES] = {3000.0f, 1500.0f, 3000.0f, 1500.0f};
static const unsigned rates[] = {44100, 48000, 96000};

/* What comes of a single sample, of each lane. */
static lanes *pulse(unsigned rate_hz)
{
	lanes *h = calloc(FRAMES, sizeof(*h));
	struct lowpass l;

	assert_non_null(h);
	lowpass_init(&l, rate_hz, edges);
	for (int i = 0; i < FRAMES; i++)
		h[i] = lowpass_next(&l, i ? (lanes){0} : (lanes){1, 1, 0, 0});
	return h;
}

static double gain_db(const lanes *h, int lane, unsigned rate_hz, double f_hz)
{
	double complex turn = cexp(-2.0 * I * M_PI * f_hz / rate_hz);
	double complex at = 1.0, sum = 0.0;

	for (int i = 0; i < FRAMES; i++, at *= turn)
		sum += (double)h[i][lane] * at;
	return 20.0 * log10(cabs(sum) + 1e-12);
}

static void it_is_flat_to_0_95_of_its_edge_and_44_db_down_from_there(void **s)
{
	(void)s;
	for (size_t r = 0; r < sizeof(rates) / sizeof(rates[0]); r++) {
		lanes *h = pulse(rates[r]);

		for (int lane = 0; lane < 2; lane++) {
			double edge = (double)edges[lane], f;

			for (f = 20.0; f < 0.95 * edge; f *= 1.02)
				assert_true(fabs(gain_db(h, lane, rates[r],
				                         f)) < 0.55);
			for (f = edge; f < rates[r] / 2.0; f *= 1.002)
				assert_true(gain_db(h, lane, rates[r], f) <
				            0.1 - LOWPASS_DOWN_DB);
		}
		free(h);
	}
}

static void its_lanes_are_apart(void **s)
{
	lanes *h = pulse(48000);

	(void)s;
	for (int i = 0; i < FRAMES; i++)
		assert_true(h[i][2] == 0.0f && h[i][3] == 0.0f);
	free(h);
}

static void an_edge_beyond_the_rate_is_held_below_half_of_it(void **s)
{
	const float high[LANES] = {9e9f, 9e9f, 9e9f, 9e9f};
	struct lowpass l;
	float most = 0.0f;

	(void)s;
	lowpass_init(&l, 8000, high);
	for (int i = 0; i < FRAMES; i++) {
		lanes y = lowpass_next(&l, (lanes){i ? 0.0f : 1.0f});

		most = fmaxf(most, i > FRAMES / 2 ? fabsf(y[0]) : 0.0f);
	}
	assert_true(most < 1e-6f);
}

#define T(name) cmocka_unit_test(name)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(it_is_flat_to_0_95_of_its_edge_and_44_db_down_from_there),
		T(its_lanes_are_apart),
		T(an_edge_beyond_the_rate_is_held_below_half_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
