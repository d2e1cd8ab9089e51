/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audio/hiss.h"

#include <math.h>
#include <string.h>

#include "audio/dsp.h"

#define ACROSS 0.4f /* of each side heard on the other: not so wide */

void hiss_init(struct hiss *h, unsigned rate_hz, uint64_t seed)
{
	uint32_t words[4 * LANES];

	memset(h, 0, sizeof(*h));
	h->rate_hz = (float)rate_hz;
	for (int i = 0; i < 4 * LANES; i++)
		words[i] = (uint32_t)(dsp_random(&seed) >> 32) | 1; /* not 0 */
	memcpy(&h->x, words, sizeof(h->x));
	memcpy(&h->y, words + LANES, sizeof(h->y));
	memcpy(&h->z, words + 2 * LANES, sizeof(h->z));
	memcpy(&h->w, words + 3 * LANES, sizeof(h->w));
}

/* The trapezoidal filter, solved for its next state: what depends on the last
 * frame is then two products and two sums, and no more. */
struct filter {
	lanes ll, lh, lx; /* of low: from low, high and input */
	lanes hl, hh, hx;
};

static struct filter filter_at(const struct hiss *h,
                               const struct hiss_band bands[HISS_BANDS])
{
	float a1[HISS_BANDS], a2[HISS_BANDS], a3[HISS_BANDS];
	lanes first, second, third;

	for (int i = 0; i < HISS_BANDS; i++) {
		float g =
			tanf((float)(DSP_TAU / 2.0) * bands[i].hz / h->rate_hz);

		a1[i] = 1.0f / (1.0f + g * (g + 1.0f / bands[i].q));
		a2[i] = g * a1[i];
		a3[i] = g * a2[i];
	}
	first = (lanes){a1[0], a1[0], a1[1], a1[1]};
	second = 2.0f * (lanes){a2[0], a2[0], a2[1], a2[1]};
	third = 2.0f * (lanes){a3[0], a3[0], a3[1], a3[1]};
	return (struct filter){
		.ll = 2.0f * first - 1.0f,
		.lh = -second,
		.lx = second,
		.hl = second,
		.hh = 1.0f - third,
		.hx = third,
	};
}

static inline lanes noise(struct hiss *h)
{
	lanes_bits t = h->x ^ (h->x << 11);

	h->x = h->y;
	h->y = h->z;
	h->z = h->w;
	h->w = h->w ^ (h->w >> 19) ^ t ^ (t >> 8);
	return __builtin_convertvector((lanes_int)h->w, lanes);
}

/* What makes the band of a noise of units of 2^-31 one of RMS 1: white and
 * uniform in +-1 has a power of 1/3 up to half the rate; a band-pass of peak 1
 * is pi/2 hz/q wide; the band is the mean of two states, over q. */
static float unit(const struct hiss *h, const struct hiss_band *b)
{
	float power = (1.0f + ACROSS * ACROSS) / 3.0f * (float)(DSP_TAU / 2.0) *
	              b->hz * b->q / h->rate_hz;

	return 0x1.0p-32f / sqrtf(power);
}

static lanes levels(const struct hiss *h, const struct hiss_band b[HISS_BANDS])
{
	float k0 = unit(h, &b[0]), k1 = unit(h, &b[1]);

	return (lanes){b[0].left * k0, b[0].right * k0, b[1].left * k1,
	               b[1].right * k1};
}

static inline lanes next(struct hiss *h, const struct filter *f, lanes step)
{
	lanes in = noise(h), low, band;

	in += ACROSS * __builtin_shufflevector(in, in, 1, 0, 3, 2);
	low = f->ll * h->low + (f->lh * h->high + f->lx * in);
	h->high = f->hl * h->low + (f->hh * h->high + f->hx * in);
	band = h->gain * (h->low + low);
	h->low = low;
	h->gain += step;
	return band;
}

/* Both bands of two frames into two frames of stereo. */
static inline void add_two(float *stereo, lanes a, lanes b)
{
	lanes first = __builtin_shufflevector(a, b, 0, 1, 4, 5);
	lanes second = __builtin_shufflevector(a, b, 2, 3, 6, 7);

	lanes_store(stereo, lanes_load(stereo) + (first + second));
}

void hiss_add(struct hiss *hiss, const struct hiss_band to[HISS_BANDS],
              float *stereo, uint32_t n)
{
	struct filter f = filter_at(hiss, to);
	struct hiss h = *hiss;
	lanes end = levels(hiss, to), step = (end - h.gain) / (float)n;
	uint32_t i = 0;

	/* by fours, so that the words of the noise change their places by
	 * name and not by moves */
	for (; i + 4 <= n; i += 4, stereo += 8) {
		lanes a = next(&h, &f, step), b = next(&h, &f, step);
		lanes c = next(&h, &f, step), d = next(&h, &f, step);

		add_two(stereo, a, b);
		add_two(stereo + 4, c, d);
	}
	for (; i < n; i++, stereo += 2) {
		lanes a = next(&h, &f, step);

		stereo[0] += a[0] + a[2];
		stereo[1] += a[1] + a[3];
	}
	h.gain = end;
	*hiss = h;
}
