/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_DSP_H
#define LULL_AUDIO_DSP_H

#include <math.h>
#include <stdint.h>

/**
 * Small parts that the mixer's sources share. All are RT safe; the state of
 * each is a plain struct.
 */

#define DSP_TAU 6.28318530717958647692

/** dsp_db() - gain of @db decibels. Source: ISO 80000-3, 20 log10. */
static inline float dsp_db(float db)
{
	return powf(10.0f, db / 20.0f);
}

/** dsp_smooth() - 3t^2 - 2t^3 on [0, 1], held outside: no corner at its
 * ends. */
static inline float dsp_smooth(float t)
{
	if (t <= 0.0f)
		return 0.0f;
	if (t >= 1.0f)
		return 1.0f;
	return t * t * (3.0f - 2.0f * t);
}

/** dsp_noise() - white, uniform in [-1, 1); a new number a call
 *
 * Source: Knuth, TAOCP vol. 2, 3.3.4 (MMIX's linear congruential generator);
 * its high 32 bits, its period is 2^64 samples.
 */
static inline float dsp_noise(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) +
	         UINT64_C(1442695040888963407);
	return (float)(int32_t)(*state >> 32) * 0x1.0p-31f;
}

/** A linear way from one gain to another, in frames. */
struct dsp_ramp {
	float value, target;
	uint32_t left; /**< frames until @target */
};

static inline void dsp_ramp_to(struct dsp_ramp *r, float target,
                               uint32_t frames)
{
	r->target = target;
	r->left = frames;
	if (!frames)
		r->value = target;
}

/** dsp_ramp_skip() - @frames on, at most @r->left unless it is 0
 * Return: the value there. */
static inline float dsp_ramp_skip(struct dsp_ramp *r, uint32_t frames)
{
	if (frames >= r->left) {
		r->left = 0;
		r->value = r->target;
	} else {
		r->value +=
			(r->target - r->value) * (float)frames / (float)r->left;
		r->left -= frames;
	}
	return r->value;
}

/**
 * A sine as a rotating vector, set anew from its phase at each segment, so
 * that rounding never adds up.
 */
struct dsp_turn {
	float s, c;   /**< sine and cosine now */
	float ds, dc; /**< of one sample's angle */
};

/** dsp_turn_at() - begin a segment of @frames samples
 * @phase: in cycles; moved to the segment's end, in [0, 1)
 * @step: cycles a sample */
static inline struct dsp_turn dsp_turn_at(double *phase, double step,
                                          uint32_t frames)
{
	struct dsp_turn t;

	sincosf((float)(DSP_TAU * *phase), &t.s, &t.c);
	sincosf((float)(DSP_TAU * step), &t.ds, &t.dc);
	*phase += step * frames;
	*phase -= floor(*phase);
	return t;
}

static inline void dsp_turn_next(struct dsp_turn *t)
{
	float s = t->s * t->dc + t->c * t->ds;

	t->c = t->c * t->dc - t->s * t->ds;
	t->s = s;
}

#endif
