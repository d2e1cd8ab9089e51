/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audio/voice_chain.h"

#include <ebur128.h>
#include <errno.h>
#include <math.h>
#include <soxr.h>
#include <stdlib.h>
#include <string.h>

#include "audio/voice.h"

#define HIGH_PASS_HZ  80.0
#define BUTTERWORTH_Q 0.70710678118654752440

#define SILENT_PEAK   0.015f /* a pause of the engine peaks at 0.003 */
#define TRIM_BELOW    0.008f /* of the peak: -42 dB */
#define BEFORE_S      0.06   /* kept: soft consonants lie below the threshold */
#define AFTER_S       0.12
#define FADE_IN_S     0.03
#define FADE_OUT_S    0.08

#define BLOCK_S       0.4 /* momentary, EBU Tech 3341 */
#define STEP_S        0.01
#define INTEGRATED_S  3.0

#define FULL_SCALE    8388608.0 /* 2^23 */

int voice_chain_resample(const float *in, size_t n, unsigned from_hz,
                         unsigned to_hz, float **ret, size_t *ret_n)
{
	size_t room = (size_t)((double)n * to_hz / from_hz) + 2, done = 0;
	soxr_quality_spec_t quality = soxr_quality_spec(SOXR_HQ, 0);
	float *out = malloc(room * sizeof(*out));

	if (!out)
		return -ENOMEM;
	if (soxr_oneshot(from_hz, to_hz, 1, in, n, NULL, out, room, &done, NULL,
	                 &quality, NULL)) {
		free(out);
		return -ENOMEM;
	}
	if (!done) {
		free(out);
		return -EIO;
	}
	*ret = out;
	*ret_n = done;
	return 0;
}

/* Source: R. Bristow-Johnson, Audio EQ Cookbook, HPF. */
static void high_pass(float *x, size_t n, double rate_hz)
{
	double w = 2.0 * M_PI * HIGH_PASS_HZ / rate_hz;
	double alpha = sin(w) / (2.0 * BUTTERWORTH_Q), a0 = 1.0 + alpha;
	double b0 = (1.0 + cos(w)) / 2.0 / a0, b1 = -2.0 * b0;
	double a1 = -2.0 * cos(w) / a0, a2 = (1.0 - alpha) / a0;
	double s1 = 0.0, s2 = 0.0;

	for (size_t i = 0; i < n; i++) {
		double in = (double)x[i], out = b0 * in + s1;

		s1 = b1 * in - a1 * out + s2;
		s2 = b0 * in - a2 * out;
		x[i] = (float)out;
	}
}

static float peak_of(const float *x, size_t n)
{
	float peak = 0.0f;

	for (size_t i = 0; i < n; i++)
		peak = fmaxf(peak, fabsf(x[i]));
	return peak;
}

/* Move what is spoken to the front; return its length. */
static size_t trim(float *x, size_t n, double rate_hz)
{
	size_t before = (size_t)(BEFORE_S * rate_hz);
	size_t after = (size_t)(AFTER_S * rate_hz);
	float least = TRIM_BELOW * peak_of(x, n);
	size_t first = 0, last = n;

	while (first < last && fabsf(x[first]) < least)
		first++;
	while (last > first && fabsf(x[last - 1]) < least)
		last--;
	first = first > before ? first - before : 0;
	last = n - last > after ? last + after : n;
	memmove(x, x + first, (last - first) * sizeof(*x));
	return last - first;
}

static float rise(size_t i, size_t n)
{
	return (float)(0.5 - 0.5 * cos(M_PI * (double)i / (double)n));
}

static void fade(float *x, size_t n, double rate_hz)
{
	size_t in = (size_t)(FADE_IN_S * rate_hz);
	size_t out = (size_t)(FADE_OUT_S * rate_hz);

	for (size_t i = 0; i < in && i < n; i++)
		x[i] *= rise(i, in);
	for (size_t i = 0; i < out && i < n; i++)
		x[n - 1 - i] *= rise(i, out);
}

static int integrated(const float *x, size_t n, unsigned rate_hz,
                      double *ret_lufs)
{
	ebur128_state *e = ebur128_init(1, rate_hz, EBUR128_MODE_I);
	int error;

	if (!e)
		return -ENOMEM;
	error = ebur128_add_frames_float(e, x, n);
	if (!error)
		error = ebur128_loudness_global(e, ret_lufs);
	ebur128_destroy(&e);
	return error ? -ENOMEM : 0;
}

static int momentary(const float *x, size_t n, unsigned rate_hz,
                     double *ret_lufs)
{
	size_t step = (size_t)(STEP_S * rate_hz);
	size_t block = (size_t)(BLOCK_S * rate_hz);
	ebur128_state *e = ebur128_init(1, rate_hz, EBUR128_MODE_M);
	double best = -HUGE_VAL, now;
	int error = 0;

	if (!e)
		return -ENOMEM;
	for (size_t at = 0; at < n && !error; at += step) {
		size_t part = n - at < step ? n - at : step;

		error = ebur128_add_frames_float(e, x + at, part);
		if (error || at + part < block)
			continue;
		error = ebur128_loudness_momentary(e, &now);
		if (!error && now > best)
			best = now;
	}
	ebur128_destroy(&e);
	if (error)
		return -ENOMEM;
	*ret_lufs = best;
	return 0;
}

static int repeated(const float *x, size_t n, unsigned rate_hz,
                    double *ret_lufs)
{
	size_t block = (size_t)(BLOCK_S * rate_hz);
	float *whole = malloc(block * sizeof(*whole));
	int error;

	if (!whole)
		return -ENOMEM;
	for (size_t i = 0; i < block; i++)
		whole[i] = x[i % n];
	error = momentary(whole, block, rate_hz, ret_lufs);
	free(whole);
	return error;
}

int voice_chain_loudness(const float *x, size_t n, unsigned rate_hz,
                         double *ret_lufs)
{
	double lufs = -HUGE_VAL;
	int error;

	if (!n)
		return -EIO;
	if ((double)n >= INTEGRATED_S * rate_hz)
		error = integrated(x, n, rate_hz, &lufs);
	else if ((double)n >= BLOCK_S * rate_hz)
		error = momentary(x, n, rate_hz, &lufs);
	else
		error = repeated(x, n, rate_hz, &lufs);
	if (error)
		return error;
	if (!isfinite(lufs))
		return -EIO;
	*ret_lufs = lufs;
	return 0;
}

static int true_peak(const float *x, size_t n, unsigned rate_hz, double *ret)
{
	ebur128_state *e = ebur128_init(1, rate_hz, EBUR128_MODE_TRUE_PEAK);
	int error;

	if (!e)
		return -ENOMEM;
	error = ebur128_add_frames_float(e, x, n);
	if (!error)
		error = ebur128_true_peak(e, 0, ret);
	ebur128_destroy(&e);
	return error ? -ENOMEM : 0;
}

static double of_db(double db)
{
	return pow(10.0, db / 20.0);
}

static int set_loudness(float *x, size_t n, unsigned rate_hz)
{
	double lufs, peak, gain;
	int error = voice_chain_loudness(x, n, rate_hz, &lufs);

	if (!error)
		error = true_peak(x, n, rate_hz, &peak);
	if (error)
		return error;
	gain = of_db(VOICE_LOUDNESS_LUFS - lufs);
	if (gain * peak > of_db(VOICE_CHAIN_PEAK_DBTP))
		gain = of_db(VOICE_CHAIN_PEAK_DBTP) / peak;
	for (size_t i = 0; i < n; i++) { /* what 24 bits hold: no -0 either */
		double steps = rint(gain * (double)x[i] * FULL_SCALE) + 0.0;

		x[i] = (float)(steps / FULL_SCALE);
	}
	return 0;
}

static int to_float(const int16_t *pcm, size_t n, float **ret)
{
	float *x = malloc((n ? n : 1) * sizeof(*x));

	if (!x)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		x[i] = (float)pcm[i] * 0x1.0p-15f;
	*ret = x;
	return 0;
}

int voice_chain_run(const int16_t *pcm, size_t n, unsigned from_hz,
                    unsigned to_hz, float **ret, size_t *ret_n)
{
	float *raw, *x = NULL;
	size_t n_x = 0;
	int error = to_float(pcm, n, &raw);

	if (error)
		return error;
	if (peak_of(raw, n) < SILENT_PEAK)
		error = -EIO;
	else
		error = voice_chain_resample(raw, n, from_hz, to_hz, &x, &n_x);
	free(raw);
	if (error)
		return error;
	high_pass(x, n_x, to_hz);
	n_x = trim(x, n_x, to_hz);
	fade(x, n_x, to_hz);
	error = set_loudness(x, n_x, to_hz);
	if (error) {
		free(x);
		return error;
	}
	*ret = x;
	*ret_n = n_x;
	return 0;
}
