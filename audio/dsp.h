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

/** dsp_random() - a new number a call; the high bits are the good ones
 *
 * Source: Knuth, TAOCP vol. 2, 3.3.4 (MMIX's linear congruential generator).
 */
static inline uint64_t dsp_random(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) +
	         UINT64_C(1442695040888963407);
	return *state;
}

/** dsp_uniform() - in [0, 1) */
static inline float dsp_uniform(uint64_t *state)
{
	return (float)(dsp_random(state) >> 40) * 0x1.0p-24f;
}

/** dsp_sincos() - of @x in [-pi/4, pi/4], to a float's precision
 *
 * Source: Taylor's series; the first term left out is under 1e-8.
 */
static inline void dsp_sincos(double x, float *ret_s, float *ret_c)
{
	double y = x * x;

	*ret_s = (float)(x *
	                 (1 -
	                  y / 6 * (1 - y / 20 * (1 - y / 42 * (1 - y / 72)))));
	*ret_c =
		(float)(1 - y / 2 * (1 - y / 12 * (1 - y / 30 * (1 - y / 56))));
}

/** A way from one gain to another, in frames: linear, or growing. */
struct dsp_ramp {
	float value, target;
	uint32_t left; /**< frames until @target */
	float growth;  /**< of the logarithm in a frame; 0: linear */
	float then;    /**< grow on to here; 0: no further */
};

/** dsp_ramp_to() - linear to @target in @frames; 0: at once */
static inline void dsp_ramp_to(struct dsp_ramp *r, float target,
                               uint32_t frames)
{
	*r = (struct dsp_ramp){r->value, target, frames, 0.0f, 0.0f};
	if (!frames)
		r->value = target;
}

/** dsp_ramp_grow() - up to @target, no faster than @growth
 * @onset: frames from silence to a quarter of it, linear */
static inline void dsp_ramp_grow(struct dsp_ramp *r, float target, float growth,
                                 uint32_t onset)
{
	float least = 0.25f * target;

	if (r->value < least) {
		dsp_ramp_to(r, least, onset);
		r->then = target;
		r->growth = -growth; /* waits for its turn */
		return;
	}
	*r = (struct dsp_ramp){r->value, target, 0, growth, 0.0f};
	if (target > r->value)
		r->left = (uint32_t)(logf(target / r->value) / growth) + 1;
}

/** dsp_ramp_skip() - @frames on, at most @r->left unless it is 0
 * Return: the value there. */
static inline float dsp_ramp_skip(struct dsp_ramp *r, uint32_t frames)
{
	if (frames >= r->left) {
		r->left = 0;
		r->value = r->target;
		if (r->then > 0.0f)
			dsp_ramp_grow(r, r->then, -r->growth, 0);
		return r->value;
	}
	if (r->growth > 0.0f)
		r->value *= expf(r->growth * (float)frames);
	else
		r->value +=
			(r->target - r->value) * (float)frames / (float)r->left;
	r->left -= frames;
	return r->value;
}

#endif
