/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audio/bed.h"

#include <string.h>

#include "audio/dsp.h"

/* Ours, by design: no source measures what a bed should be. */
#define BROWN_HZ    110.0f /* -6 dB an octave from here on ... */
#define SOFT_HZ     500.0f /* ... and -12 from here on, drifting */
#define SOFT_RANGE  0.6f   /* octaves of that drift */
#define RUMBLE_HZ   45.0f  /* nothing below */
#define LEVEL_RANGE 0.3f
#define ACROSS      0.4f   /* of each side heard on the other */
#define NOISE_GAIN  0.208f /* set by measurement: bed alone -40 LUFS */
#define PAD_GAIN    0.0035f
#define DRIFT_MIN_S 7.0
#define DRIFT_MAX_S 19.0

/* G2, D3, G3: in tune with the pacer's tone, some cents apart from it. */
static const double pad_hz[BED_PADS] = {98.03, 146.78, 195.91};

static double dice(struct bed *b)
{
	return 0.5 + 0.5 * (double)dsp_noise(&b->dice);
}

static void drift_on(struct bed *b, struct bed_drift *d)
{
	double s = DRIFT_MIN_S + (DRIFT_MAX_S - DRIFT_MIN_S) * dice(b);

	d->from = d->to;
	d->to = (float)dice(b);
	d->at = 0;
	d->frames = (uint32_t)(s * b->rate_hz);
}

static float drift(struct bed *b, struct bed_drift *d, uint32_t n)
{
	if (d->at >= d->frames)
		drift_on(b, d);
	d->now = d->from + (d->to - d->from) *
	                           dsp_smooth((float)d->at / (float)d->frames);
	d->at += n;
	return d->now;
}

void bed_init(struct bed *b, unsigned rate_hz, uint64_t seed)
{
	memset(b, 0, sizeof(*b));
	b->rate_hz = rate_hz;
	b->noise[0] = seed ^ UINT64_C(0x6265645f6c656674);
	b->noise[1] = seed ^ UINT64_C(0x6265645f72676874);
	b->dice = seed ^ UINT64_C(0x6265645f64696365);
	for (int i = 0; i < 16; i++) /* seeds close together move apart */
		(void)dice(b);
	b->level.to = b->colour.to = 0.5f;
	for (int k = 0; k < BED_PADS; k++) {
		b->pad[k].to = (float)dice(b);
		b->phase[k] = dice(b);
	}
}

static float pole(const struct bed *b, float hz)
{
	return 1.0f - expf((float)(-DSP_TAU * (double)hz / b->rate_hz));
}

static void set_noise(struct bed *b, float gain, float soft_hz, float *left,
                      float *right, uint32_t n)
{
	const float brown = pole(b, BROWN_HZ), soft = pole(b, soft_hz);
	const float rumble = pole(b, RUMBLE_HZ);
	const float step = (gain - b->gain) / (float)n;
	float sl = b->slow[0], fl = b->soft[0], ul = b->rumble[0];
	float sr = b->slow[1], fr = b->soft[1], ur = b->rumble[1];

	for (uint32_t i = 0; i < n; i++) {
		float g = b->gain + step * (float)i, l, r;

		sl += brown * (dsp_noise(&b->noise[0]) - sl);
		sr += brown * (dsp_noise(&b->noise[1]) - sr);
		fl += soft * (sl - fl);
		fr += soft * (sr - fr);
		ul += rumble * (fl - ul);
		ur += rumble * (fr - ur);
		l = fl - ul;
		r = fr - ur;
		left[i] = g * (l + ACROSS * r);
		right[i] = g * (r + ACROSS * l);
	}
	b->slow[0] = sl;
	b->slow[1] = sr;
	b->soft[0] = fl;
	b->soft[1] = fr;
	b->rumble[0] = ul;
	b->rumble[1] = ur;
	b->gain = gain;
}

static void add_pad(struct bed *b, int k, float *left, float *right, uint32_t n)
{
	struct dsp_turn t =
		dsp_turn_at(&b->phase[k], pad_hz[k] / b->rate_hz, n);
	float to = PAD_GAIN * (0.3f + 0.7f * drift(b, &b->pad[k], n));
	float from = b->pad_gain[k], step = (to - from) / (float)n;

	for (uint32_t i = 0; i < n; i++) {
		float x = (from + step * (float)i) * t.s;

		left[i] += x;
		right[i] += x;
		dsp_turn_next(&t);
	}
	b->pad_gain[k] = to;
}

void bed_render(struct bed *b, float *left, float *right, uint32_t n)
{
	float level = drift(b, &b->level, n);
	float colour = drift(b, &b->colour, n);

	set_noise(b, NOISE_GAIN * (1.0f + LEVEL_RANGE * (level - 0.5f)),
	          SOFT_HZ * exp2f(SOFT_RANGE * (colour - 0.5f)), left, right,
	          n);
	for (int k = 0; k < BED_PADS; k++)
		add_pad(b, k, left, right, n);
}
