/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/ear.h"

#include <ebur128.h>
#include <gsl/gsl_fft_real.h>
#include <math.h>
#include <stdlib.h>

#include "tests/helpers/test.h"

#define RATE  EAR_RATE_HZ
#define BLOCK 960
#define NEAR  (RATE / 100) /* frames of either side that a click is held to */
#define SELF  3            /* and those that are its own */

float *ear_render(struct mixer *m, double s)
{
	size_t frames = (size_t)(s * RATE);
	float *out = malloc(frames * 2 * sizeof(*out));

	assert_non_null(out);
	mixer_thread_init();
	for (size_t f = 0; f < frames; f += BLOCK) {
		mixer_prepare(m);
		mixer_render(m, out + 2 * f,
		             frames - f < BLOCK ? frames - f : BLOCK);
	}
	return out;
}

float *ear_render_by(struct mixer *m, size_t frames, size_t block)
{
	float *out = malloc(frames * 2 * sizeof(*out));

	assert_non_null(out);
	mixer_thread_init();
	for (size_t at = 0; at < frames; at += block) {
		size_t n = frames - at < block ? frames - at : block;

		mixer_render(m, out + 2 * at, n);
	}
	return out;
}

static size_t at(double s)
{
	return (size_t)(s * RATE);
}

double ear_rms_db(const float *x, double from_s, double to_s)
{
	double sum = 0.0;

	for (size_t i = 2 * at(from_s); i < 2 * at(to_s); i++)
		sum += (double)x[i] * (double)x[i];
	return 10.0 *
	       log10(sum / (double)(2 * (at(to_s) - at(from_s))) + 1e-30);
}

float ear_peak(const float *x, double from_s, double to_s)
{
	float most = 0.0f;

	for (size_t i = 2 * at(from_s); i < 2 * at(to_s); i++)
		most = fmaxf(most, fabsf(x[i]));
	return most;
}

double ear_lufs(const float *x, double from_s, double to_s)
{
	ebur128_state *e = ebur128_init(2, RATE, EBUR128_MODE_I);
	double loudness;

	assert_non_null(e);
	assert_int_equal(ebur128_add_frames_float(e, x + 2 * at(from_s),
	                                          at(to_s) - at(from_s)),
	                 0);
	assert_int_equal(ebur128_loudness_global(e, &loudness), 0);
	ebur128_destroy(&e);
	return loudness;
}

double ear_true_peak_db(const float *x, double from_s, double to_s)
{
	ebur128_state *e = ebur128_init(2, RATE, EBUR128_MODE_TRUE_PEAK);
	double left, right;

	assert_non_null(e);
	assert_int_equal(ebur128_add_frames_float(e, x + 2 * at(from_s),
	                                          at(to_s) - at(from_s)),
	                 0);
	assert_int_equal(ebur128_true_peak(e, 0, &left), 0);
	assert_int_equal(ebur128_true_peak(e, 1, &right), 0);
	ebur128_destroy(&e);
	return 20.0 * log10(fmax(left, right));
}

double ear_brightness(const float *x, double from_s, double to_s)
{
	double power = 0.0, moved = 0.0;

	for (size_t i = at(from_s) + 1; i < at(to_s); i++) {
		double now = (double)x[2 * i];
		double step = now - (double)x[2 * i - 2];

		power += now * now;
		moved += step * step;
	}
	return 0.5 * log2(moved / power);
}

double ear_correlation(const float *a, const float *b, size_t n)
{
	double ab = 0.0, aa = 0.0, bb = 0.0;

	for (size_t i = 0; i < n; i++) {
		ab += (double)a[2 * i] * (double)b[2 * i];
		aa += (double)a[2 * i] * (double)a[2 * i];
		bb += (double)b[2 * i] * (double)b[2 * i];
	}
	return ab / sqrt(aa * bb);
}

float ear_step(const float *x, double from_s, double to_s)
{
	float most = 0.0f;

	for (size_t i = 2 * at(from_s) + 2; i < 2 * at(to_s); i++)
		most = fmaxf(most, fabsf(x[i] - x[i - 2]));
	return most;
}

/* How the wave bends at frame @i, 1 or more. */
static float bend(const float *x, size_t i)
{
	return fabsf(x[2 * i + 2] - 2.0f * x[2 * i] + x[2 * i - 2]);
}

double ear_click(const float *x, double from_s, double to_s, float least)
{
	const float *left = x + 2 * at(from_s);
	size_t n = at(to_s) - at(from_s);
	double *until = calloc(n + 1, sizeof(*until)), worst = 0.0;

	assert_non_null(until);
	for (size_t i = 1; i + 1 < n; i++) {
		double now = (double)bend(left, i);

		until[i + 1] = until[i] + now * now;
	}
	for (size_t i = NEAR; i + NEAR + 1 < n; i++) {
		float now = bend(left, i);
		double around = until[i + NEAR] - until[i - NEAR] -
		                until[i + SELF + 1] + until[i - SELF];

		if (now > least)
			worst = fmax(worst,
			             (double)now /
			                     sqrt(around / (2 * NEAR) + 1e-12));
	}
	free(until);
	return worst;
}

void ear_spectrum(const float *x, size_t n, double *ret_power)
{
	double work[EAR_FRAMES_MAX];

	for (size_t i = 0; i < n; i++)
		work[i] = (double)x[2 * i] *
		          (1.0 - cos(2.0 * M_PI * (double)i / (double)n));
	gsl_fft_real_radix2_transform(work, 1, n);
	ret_power[0] = work[0] * work[0];
	for (size_t i = 1; i < n / 2; i++)
		ret_power[i] = work[i] * work[i] + work[n - i] * work[n - i];
}
