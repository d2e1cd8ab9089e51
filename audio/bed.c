/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audio/bed.h"

#include <math.h>
#include <string.h>

#include "audio/dsp.h"

/* Ours, by design: no source measures what a bed should be. Gains are set by
 * measurement, so that each bed alone is -40 LUFS. */
#define DRIFT_MIN_S   7.0f
#define DRIFT_MAX_S   19.0f
#define CALM_OCTAVES  0.8f /* darker from CALM 0 to 100 */
#define LEVEL_RANGE   0.3f

#define PAD_GAIN      0.0087f
#define PAD_APART     0.0017 /* of a note's two sides, three cents */
#define PAD_NEAR      0.8f   /* what CALM adds of the last note */

#define BROWN_GAIN    0.0071f
#define BROWN_LOW_HZ  95.0f
#define BROWN_LOW_Q   0.35f
#define BROWN_HIGH_HZ 300.0f
#define BROWN_HIGH_Q  0.4f
#define BROWN_HIGH    0.3f
#define COLOUR_RANGE  0.6f /* octaves of its drift */

#define RAIN_GAIN     0.0055f
#define RAIN_HZ       1700.0f
#define RAIN_Q        0.35f
#define DROP_GAIN     0.0083f
#define DROP_HZ       2600.0f
#define DROP_Q        1.6f
#define DROPS_HZ      70.0f /* on either side */
#define DROP_S        0.006f

#define SEA_GAIN      0.0085f
#define SEA_HZ        160.0f
#define SEA_RANGE     1.5f /* octaves, from the trough to the crest */
#define SEA_Q         0.4f
#define FOAM_GAIN     0.0035f
#define FOAM_HZ       1100.0f
#define FOAM_Q        0.5f
#define WAVE_S        0.7f /* it lags behind the breath */
#define WAVE_LONG_S   10.0f

/* G2, D3, G3 and B3: in tune with the pacer's tone, some cents from it. */
static const double note_hz[BED_NOTES] = {98.03, 146.78, 195.91, 246.7};

static void drift_on(struct bed *b, struct bed_drift *d)
{
	float s = DRIFT_MIN_S +
	          (DRIFT_MAX_S - DRIFT_MIN_S) * dsp_uniform(&b->dice);

	d->from = d->to;
	d->to = dsp_uniform(&b->dice);
	d->at = 0;
	d->frames = (uint32_t)((double)s * b->rate_hz);
}

static float drift(struct bed *b, struct bed_drift *d, uint32_t n)
{
	float now;

	if (d->at >= d->frames)
		drift_on(b, d);
	now = d->from +
	      (d->to - d->from) * dsp_smooth((float)d->at / (float)d->frames);
	d->at += n;
	return now;
}

void bed_init(struct bed *b, unsigned rate_hz, uint64_t seed,
              enum sound_bed kind, struct music *music)
{
	memset(b, 0, sizeof(*b));
	b->rate_hz = rate_hz;
	b->music = music;
	b->kind = b->wanted = kind;
	b->shown = 1.0f;
	b->calm = b->calm_to = 0.5f;
	b->dice = seed ^ UINT64_C(0x6265645f64696365);
	for (int i = 0; i < 16; i++) /* seeds close together move apart */
		(void)dsp_random(&b->dice);
	b->level.to = b->colour.to = 0.5f;
	for (int k = 0; k < BED_NOTES; k++) {
		b->note[k].to = dsp_uniform(&b->dice);
		for (int side = 0; side < 2; side++)
			reed_init(&b->reeds[2 * k + side],
			          (double)dsp_uniform(&b->dice));
	}
	hiss_init(&b->hiss, rate_hz, dsp_random(&b->dice));
}

void bed_turn(struct bed *b, enum sound_bed kind, bool at_once)
{
	b->wanted = kind;
	if (at_once)
		b->kind = kind;
}

void bed_calm(struct bed *b, float calm)
{
	if (isnan(calm))
		calm = 0.5f;
	b->calm_to = fminf(fmaxf(calm, 0.0f), 1.0f);
}

/* --- the kinds ------------------------------------------------------------ */

static float share(const struct bed *b, float s, uint32_t n)
{
	return (float)n / (s * (float)b->rate_hz);
}

/* How far from the middle, in octaves, CALM turns a colour. */
static float darker(const struct bed *b)
{
	return exp2f(CALM_OCTAVES * (0.5f - b->calm));
}

static void add_pad(struct bed *b, float gain, float *stereo, uint32_t n)
{
	for (int k = 0; k < BED_NOTES; k++) {
		float near = 0.3f + 0.7f * drift(b, &b->note[k], n), own;
		double step = note_hz[k] / b->rate_hz;

		if (k == BED_NOTES - 1)
			near *= PAD_NEAR * b->calm;
		own = gain * PAD_GAIN * near;
		for (int side = 0; side < 2; side++) {
			const float g[] = {own, own * 0.3f * darker(b)};
			float left = side ? 0.35f : 1.0f;

			reed_add(&b->reeds[2 * k + side],
			         step * (1.0 + (side ? PAD_APART : -PAD_APART)),
			         g, 2, left, 1.35f - left, stereo, n);
		}
	}
}

static void add_brown(struct bed *b, float gain, float *stereo, uint32_t n)
{
	float colour = drift(b, &b->colour, n) - 0.5f;
	float high = gain * BROWN_GAIN * BROWN_HIGH * darker(b);
	const struct hiss_band bands[HISS_BANDS] = {
		{.hz = BROWN_LOW_HZ,
	         .q = BROWN_LOW_Q,
	         .left = gain * BROWN_GAIN,
	         .right = gain * BROWN_GAIN},
		{.hz = BROWN_HIGH_HZ * darker(b) * exp2f(COLOUR_RANGE * colour),
	         .q = BROWN_HIGH_Q,
	         .left = high,
	         .right = high},
	};

	hiss_add(&b->hiss, bands, stereo, n);
}

/* A drop is a burst that dies away; most are small. */
static void fall(struct bed *b, uint32_t n)
{
	for (int side = 0; side < 2; side++) {
		float chance = share(b, 1.0f / DROPS_HZ, n);

		b->drop[side] *= expf(-share(b, DROP_S, n));
		if (dsp_uniform(&b->dice) < chance) {
			float u = dsp_uniform(&b->dice);

			b->drop[side] += u * u * u;
		}
	}
}

static void add_rain(struct bed *b, float gain, float *stereo, uint32_t n)
{
	float colour = drift(b, &b->colour, n) - 0.5f;
	float hz = RAIN_HZ * darker(b) * exp2f(COLOUR_RANGE * colour);

	fall(b, n);
	hiss_add(&b->hiss,
	         (const struct hiss_band[HISS_BANDS]){
			 {.hz = hz,
	                  .q = RAIN_Q,
	                  .left = gain * RAIN_GAIN,
	                  .right = gain * RAIN_GAIN},
			 {.hz = DROP_HZ * darker(b),
	                  .q = DROP_Q,
	                  .left = gain * DROP_GAIN * b->drop[0],
	                  .right = gain * DROP_GAIN * b->drop[1]},
		 },
	         stereo, n);
}

static float wave(struct bed *b, float breath, uint32_t n)
{
	float to = breath;

	if (breath < 0.0f) {
		b->wave_at += share(b, WAVE_LONG_S, n);
		b->wave_at -= floorf(b->wave_at);
		to = 0.5f - 0.5f * cosf((float)DSP_TAU * b->wave_at);
	}
	b->wave += (to - b->wave) * fminf(share(b, WAVE_S, n), 1.0f);
	return b->wave;
}

static void add_sea(struct bed *b, float gain, float breath, float *stereo,
                    uint32_t n)
{
	float high = wave(b, breath, n), foam = high * high;
	float lean = 0.3f * (drift(b, &b->colour, n) - 0.5f);
	float sea = gain * SEA_GAIN * (0.45f + 0.55f * high);

	foam *= gain * FOAM_GAIN;
	hiss_add(&b->hiss,
	         (const struct hiss_band[HISS_BANDS]){
			 {.hz = SEA_HZ * darker(b) * exp2f(SEA_RANGE * high),
	                  .q = SEA_Q,
	                  .left = sea * (1.0f + lean),
	                  .right = sea * (1.0f - lean)},
			 {.hz = FOAM_HZ * darker(b) * exp2f(0.7f * high),
	                  .q = FOAM_Q,
	                  .left = foam * (1.0f - lean),
	                  .right = foam * (1.0f + lean)},
		 },
	         stereo, n);
}

static void set_music(struct bed *b, float from, float to, float *stereo,
                      uint32_t n)
{
	float step = (to - from) / (float)n;

	if (b->music)
		music_read(b->music, stereo, n);
	for (uint32_t i = 0; i < n; i++) {
		stereo[2 * i] *= from + step * (float)i;
		stereo[2 * i + 1] *= from + step * (float)i;
	}
}

/* --- all of it ------------------------------------------------------------ */

static void fade(struct bed *b, uint32_t n)
{
	float by = share(b, (float)BED_FADE_S, n);

	if (b->kind == b->wanted) {
		b->shown = fminf(b->shown + by, 1.0f);
		return;
	}
	if (b->kind == SOUND_BED_NONE || b->shown == 0.0f) {
		b->kind = b->wanted;
		b->shown = 0.0f;
		return;
	}
	b->shown = fmaxf(b->shown - by, 0.0f);
}

bool bed_render(struct bed *b, float breath, float *stereo, uint32_t n)
{
	float before = b->shown, gain;

	b->calm += (b->calm_to - b->calm) * share(b, BED_CALM_S, n);
	fade(b, n);
	if (b->kind == SOUND_BED_NONE)
		return false;
	gain = b->shown *
	       (1.0f + LEVEL_RANGE * (drift(b, &b->level, n) - 0.5f));
	memset(stereo, 0, 2 * n * sizeof(*stereo));
	switch (b->kind) {
	case SOUND_BED_PAD:
		add_pad(b, gain, stereo, n);
		break;
	case SOUND_BED_BROWN:
		add_brown(b, gain, stereo, n);
		break;
	case SOUND_BED_RAIN:
		add_rain(b, gain, stereo, n);
		break;
	case SOUND_BED_SEA:
		add_sea(b, gain, breath, stereo, n);
		break;
	case SOUND_BED_MUSIC:
		set_music(b, before, b->shown, stereo, n);
		break;
	case SOUND_BED_NONE:
	case SOUND_BEDS:
		break;
	}
	return true;
}
