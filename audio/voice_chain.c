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
#define HARSH_HZ      3200.0
#define HARSH_DB      (-2.5)
#define HARSH_Q       1.0
#define HISS_HZ       7000.0
#define HISS_DB       (-3.0)
#define BUTTERWORTH_Q 0.70710678118654752440

#define RATIO         2.0
#define KNEE_DB       6.0
#define ATTACK_S      0.010
#define RELEASE_S     0.150
#define LUFS_TO_DB    0.691 /* BS.1770: of a power that is not weighted */

#define TRIM_BELOW    0.008f /* of the peak: -42 dB */
#define BEFORE_S      0.06   /* kept: soft consonants lie below the threshold */
#define AFTER_S       0.12
#define FADE_IN_S     0.03
#define FADE_OUT_S    0.08

#define BLOCK_S       0.4 /* EBU Tech 3341 */

#define LIMIT_S       0.003
#define LIMIT_PASSES  2
#define LIMIT_ROOM    0.9 /* true peaks lie between samples; loudness is lost */

#define FULL_SCALE    32768.0 /* 2^15 */

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

/* --- filters ---------------------------------------------------------------
 */

/* Source: R. Bristow-Johnson, Audio EQ Cookbook. */
struct biquad {
	double b0, b1, b2, a1, a2; /* a0 is 1 */
};

static struct biquad by_a0(struct biquad f, double a0)
{
	return (struct biquad){f.b0 / a0, f.b1 / a0, f.b2 / a0, f.a1 / a0,
	                       f.a2 / a0};
}

static struct biquad high_pass(double hz, double rate_hz)
{
	double w = 2.0 * M_PI * hz / rate_hz;
	double alpha = sin(w) / (2.0 * BUTTERWORTH_Q), edge = 1.0 + cos(w);

	return by_a0((struct biquad){edge / 2.0, -edge, edge / 2.0,
	                             -2.0 * cos(w), 1.0 - alpha},
	             1.0 + alpha);
}

static struct biquad bell(double hz, double db, double q, double rate_hz)
{
	double w = 2.0 * M_PI * hz / rate_hz, a = pow(10.0, db / 40.0);
	double alpha = sin(w) / (2.0 * q), c = -2.0 * cos(w);

	return by_a0((struct biquad){1.0 + alpha * a, c, 1.0 - alpha * a, c,
	                             1.0 - alpha / a},
	             1.0 + alpha / a);
}

static struct biquad high_shelf(double hz, double db, double rate_hz)
{
	double w = 2.0 * M_PI * hz / rate_hz, a = pow(10.0, db / 40.0);
	double c = cos(w), up = a + 1.0, down = a - 1.0;
	double s = 2.0 * sqrt(a) * sin(w) / (2.0 * BUTTERWORTH_Q);

	return by_a0((struct biquad){a * (up + down * c + s),
	                             -2.0 * a * (down + up * c),
	                             a * (up + down * c - s),
	                             2.0 * (down - up * c), up - down * c - s},
	             up - down * c + s);
}

static void filter(float *x, size_t n, struct biquad f)
{
	double s1 = 0.0, s2 = 0.0;

	for (size_t i = 0; i < n; i++) {
		double in = (double)x[i], out = f.b0 * in + s1;

		s1 = f.b1 * in - f.a1 * out + s2;
		s2 = f.b2 * in - f.a2 * out;
		x[i] = (float)out;
	}
}

/* A rate too low for a filter has nothing for it to do. */
static void even_out(float *x, size_t n, double rate_hz)
{
	filter(x, n, high_pass(HIGH_PASS_HZ, rate_hz));
	if (HARSH_HZ < rate_hz / 2.0)
		filter(x, n, bell(HARSH_HZ, HARSH_DB, HARSH_Q, rate_hz));
	if (HISS_HZ < rate_hz / 2.0)
		filter(x, n, high_shelf(HISS_HZ, HISS_DB, rate_hz));
}

/* How much lower a level this far over the threshold is to be; the knee is a
 * parabola. Source: Giannoulis, Massberg, Reiss, JAES 60(6), 2012, eq. 4. */
static double reduction_db(double over_db)
{
	double slope = 1.0 - 1.0 / RATIO;

	if (over_db <= -KNEE_DB / 2.0)
		return 0.0;
	if (over_db >= KNEE_DB / 2.0)
		return slope * over_db;
	over_db += KNEE_DB / 2.0;
	return slope * over_db * over_db / (2.0 * KNEE_DB);
}

/* The threshold is the clip's own mean level, so that loud and soft speakers
 * are treated alike. */
static void compress(float *x, size_t n, double rate_hz, double lufs)
{
	double rise = 1.0 - exp(-1.0 / (ATTACK_S * rate_hz));
	double fall = 1.0 - exp(-1.0 / (RELEASE_S * rate_hz));
	double threshold_db = lufs + LUFS_TO_DB, power = 0.0;

	for (size_t i = 0; i < n; i++) {
		double now = (double)x[i] * (double)x[i], over_db;

		power += (now > power ? rise : fall) * (now - power);
		over_db = 10.0 * log10(power + 1e-20) - threshold_db;
		if (over_db > -KNEE_DB / 2.0)
			x[i] *= (float)pow(10.0, -reduction_db(over_db) / 20.0);
	}
}

/* --- length ----------------------------------------------------------------
 */

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

static int pad(float **x, size_t *n, double rate_hz)
{
	size_t least = (size_t)ceil(VOICE_CHAIN_SHORTEST_S * rate_hz);
	float *more;

	if (*n >= least)
		return 0;
	more = realloc(*x, least * sizeof(*more));
	if (!more)
		return -ENOMEM;
	memset(more + *n, 0, (least - *n) * sizeof(*more));
	*x = more;
	*n = least;
	return 0;
}

/* --- loudness --------------------------------------------------------------
 */

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

static int repeated(const float *x, size_t n, unsigned rate_hz,
                    double *ret_lufs)
{
	size_t block = (size_t)ceil(BLOCK_S * rate_hz);
	float *whole = malloc(block * sizeof(*whole));
	int error;

	if (!whole)
		return -ENOMEM;
	for (size_t i = 0; i < block; i++)
		whole[i] = x[i % n];
	error = integrated(whole, block, rate_hz, ret_lufs);
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
	if ((double)n >= BLOCK_S * rate_hz)
		error = integrated(x, n, rate_hz, &lufs);
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

int voice_chain_peak(const float *x, size_t n, unsigned rate_hz,
                     double *ret_dbtp)
{
	double peak = 0.0;
	int error = true_peak(x, n, rate_hz, &peak);

	if (!error && !(peak > 0.0))
		error = -EIO;
	if (!error)
		*ret_dbtp = 20.0 * log10(peak);
	return error;
}

static double of_db(double db)
{
	return pow(10.0, db / 20.0);
}

/* What a sample may be at most, as a share of what it is, over all within
 * reach of it. */
static float share_near(const float *x, size_t n, size_t i, size_t reach,
                        float most)
{
	size_t end = n - i > reach ? i + reach + 1 : n;
	float loudest = most;

	for (size_t k = i > reach ? i - reach : 0; k < end; k++)
		loudest = fmaxf(loudest, fabsf(x[k]));
	return most / loudest;
}

/* The least share within reach, averaged over the same reach: full at the peak
 * itself, and no corner on either side of it. */
static int limit(float *x, size_t n, double rate_hz, float most)
{
	size_t reach = (size_t)(LIMIT_S * rate_hz);
	float *share = malloc(n * sizeof(*share));

	if (!share)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		share[i] = share_near(x, n, i, reach, most);
	for (size_t i = 0; i < n; i++) {
		size_t first = i > reach ? i - reach : 0;
		size_t end = n - i > reach ? i + reach + 1 : n;
		double sum = 0.0;

		for (size_t k = first; k < end; k++)
			sum += (double)share[k];
		x[i] *= (float)(sum / (double)(end - first));
	}
	free(share);
	return 0;
}

/* Rarely does a peak stand out; a second pass makes up for what the first one
 * took of the loudness, and what is left after it gives way. */
static int set_loudness(float *x, size_t n, unsigned rate_hz)
{
	double lufs, peak, gain, most = of_db(VOICE_CHAIN_PEAK_DBTP);
	int error;

	for (int pass = 0;; pass++) {
		error = voice_chain_loudness(x, n, rate_hz, &lufs);
		if (!error)
			error = true_peak(x, n, rate_hz, &peak);
		if (error)
			return error;
		gain = of_db(VOICE_LOUDNESS_LUFS - lufs);
		if (gain * peak <= most || pass == LIMIT_PASSES)
			break;
		error = limit(x, n, rate_hz, (float)(most * LIMIT_ROOM / gain));
		if (error)
			return error;
	}
	if (gain * peak > most)
		gain = most / peak;
	for (size_t i = 0; i < n; i++) { /* what 16 bits hold: no -0 either */
		double steps = rint(gain * (double)x[i] * FULL_SCALE) + 0.0;

		x[i] = (float)(steps / FULL_SCALE);
	}
	return 0;
}

static int shape(float **x, size_t *n, unsigned rate_hz)
{
	double lufs;
	int error;

	even_out(*x, *n, rate_hz);
	*n = trim(*x, *n, rate_hz);
	error = voice_chain_loudness(*x, *n, rate_hz, &lufs);
	if (error)
		return error;
	compress(*x, *n, rate_hz, lufs);
	fade(*x, *n, rate_hz);
	error = pad(x, n, rate_hz);
	return error ? error : set_loudness(*x, *n, rate_hz);
}

int voice_chain_run(const float *raw, size_t n, unsigned from_hz,
                    unsigned to_hz, float **ret, size_t *ret_n)
{
	float *x = NULL;
	size_t n_x = 0;
	int error = -EIO;

	if (peak_of(raw, n) >= VOICE_CHAIN_SILENT_PEAK)
		error = voice_chain_resample(raw, n, from_hz, to_hz, &x, &n_x);
	if (!error)
		error = shape(&x, &n_x, to_hz);
	if (error) {
		free(x);
		return error;
	}
	*ret = x;
	*ret_n = n_x;
	return 0;
}
