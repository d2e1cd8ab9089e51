/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audio/pacer_voice.h"

#include <math.h>

#include "audio/dsp.h"

/* All of this is ours; the gains are set by measurement, so that each voice
 * alone is -32 LUFS. */
#define FIFTH     1.5 /* pure: it does not beat */

#define TONE_GAIN 0.0405f
#define TONE_RISE 0.122 /* a whole tone up to the turn */
#define TONE_BESIDE                                                            \
	1.0023 /* four cents, and soft: it lives, it does not beat */

#define BREATH_GAIN   0.0153f
#define BREATH_HZ     320.0f /* of the airy band at the low end ... */
#define BREATH_RANGE  2.3f   /* ... and octaves up to the turn */
#define BREATH_Q      1.1f
#define BREATH_OUT_HZ 0.75f /* an exhale is darker and wider */
#define BREATH_OUT_Q  0.55f
#define BODY_HZ       180.0f
#define BODY_Q        0.6f
#define BODY_GAIN     0.2f
#define BREATH_SWELL  0.5f /* noise is told by its level less than a tone */

#define BOW_GAIN      0.0385f
#define BOW_APART     1.0035 /* six cents */
#define BOW_RISE      0.0595 /* a half tone up to the turn */
#define SWAY_HZ       4.7
#define SWAY          0.0018 /* three cents each way */
#define SWELL_PARTS   4
#define BOW_BESIDE    0.16f

/* So that a voice's power is its level's alone, whatever its colour. */
static float unit(const float *gain, int n)
{
	float power = 0.0f;

	for (int k = 0; k < n; k++)
		power += gain[k] * gain[k];
	return 1.0f / sqrtf(power);
}

static void scale(float *gain, float by, int n)
{
	for (int k = 0; k < n; k++)
		gain[k] *= by;
}

static double step_of(const struct pacer *p, const struct pacer_point *from,
                      const struct pacer_point *to, double rise)
{
	double bright = 0.5 * ((double)from->bright + (double)to->bright);

	return PACER_TONE_HZ * (1.0 + rise * bright) / p->rate_hz;
}

static void tone_add(struct pacer *p, const struct pacer_point *from,
                     const struct pacer_point *to, float *stereo, uint32_t n)
{
	double step = step_of(p, from, to, TONE_RISE);
	float b = to->bright, beside = p->gentle ? 0.0f : 0.14f, gain;
	/* the note's, what is beside it, the fifth's */
	float g[] = {1.0f,
	             0.12f + 0.48f * b,
	             0.03f + 0.42f * b * b,
	             0.35f * b * b * b,
	             beside,
	             0.7f * beside * b,
	             0.05f * b + 0.45f * to->next,
	             0.1f * to->next};

	gain = TONE_GAIN * to->level * unit(g, 8);
	scale(g, gain, 8);
	reed_add(&p->reeds[0], step, g, 4, 1.0f, 0.8f, stereo, n);
	reed_add(&p->reeds[1], step * TONE_BESIDE, g + 4, 2, 0.5f, 1.0f, stereo,
	         n);
	reed_add(&p->reeds[2], step * FIFTH, g + 6, 2, 0.9f, 0.9f, stereo, n);
}

static void breath_add(struct pacer *p, const struct pacer_point *to,
                       float *stereo, uint32_t n)
{
	float swell = p->gentle ? 0.0f : BREATH_SWELL * to->bright;
	float gain = BREATH_GAIN * to->level * (1.0f + swell), out = to->out;
	float darker = 1.0f + (BREATH_OUT_HZ - 1.0f) * out;
	float body = BODY_GAIN * gain * (1.0f - 0.6f * to->bright);
	const struct hiss_band bands[HISS_BANDS] = {
		{.hz = BREATH_HZ * darker * exp2f(BREATH_RANGE * to->bright),
	         .q = BREATH_Q + (BREATH_OUT_Q - BREATH_Q) * out,
	         .left = gain * (1.0f - 0.25f * to->next),
	         .right = gain * (1.0f - 0.25f * to->next)},
		{.hz = BODY_HZ, .q = BODY_Q, .left = body, .right = body},
	};

	hiss_add(&p->hiss, bands, stereo, n);
}

static void bow_add(struct pacer *p, const struct pacer_point *from,
                    const struct pacer_point *to, float *stereo, uint32_t n)
{
	double step = step_of(p, from, to, BOW_RISE), sway;
	float roll = 0.35f + 0.62f * to->bright,
	      swell = 0.12f + 0.6f * to->next;
	float beside = p->gentle ? 0.0f : BOW_BESIDE, gain;
	float g[REED_PARTIALS + SWELL_PARTS], *fifth = g + REED_PARTIALS;

	p->sway += SWAY_HZ * n / p->rate_hz;
	p->sway -= floor(p->sway);
	sway = 1.0 + SWAY * (double)to->bright * sin(DSP_TAU * p->sway);
	for (int k = 0; k < REED_PARTIALS; k++)
		g[k] = powf(roll, (float)k) / sqrtf((float)(k + 1));
	for (int k = 0; k < SWELL_PARTS; k++)
		fifth[k] = swell * powf(0.5f, (float)k) * g[k];
	gain = BOW_GAIN * to->level * unit(g, REED_PARTIALS + SWELL_PARTS);
	scale(g, gain, REED_PARTIALS + SWELL_PARTS);
	reed_add(&p->reeds[0], step * sway, g, REED_PARTIALS, 1.0f, 0.85f,
	         stereo, n);
	reed_add(&p->reeds[1], step * BOW_APART, g, REED_PARTIALS,
	         0.5f * beside, beside, stereo, n);
	reed_add(&p->reeds[2], step * FIFTH, fifth, SWELL_PARTS, 0.8f, 0.8f,
	         stereo, n);
}

void pacer_voice_add(struct pacer *p, const struct pacer_point *from,
                     const struct pacer_point *to, float *stereo, uint32_t n)
{
	switch (p->voice) {
	case SOUND_PACER_TONE:
		tone_add(p, from, to, stereo, n);
		break;
	case SOUND_PACER_BREATH:
		breath_add(p, to, stereo, n);
		break;
	case SOUND_PACER_BOW:
		bow_add(p, from, to, stereo, n);
		break;
	case SOUND_PACER_SILENT:
	case SOUND_PACERS:
		break;
	}
}
