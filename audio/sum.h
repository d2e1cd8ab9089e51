/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_SUM_H
#define LULL_AUDIO_SUM_H

#include <stdint.h>

#include "audio/lanes.h"

/**
 * Adding up: out += gain x in over @n frames, the gain linear from @from at
 * the first to @to just after the last. RT safe.
 */

/** sum_stereo() - stereo into stereo */
static inline void sum_stereo(float *out, const float *in, float from, float to,
                              uint32_t n)
{
	float step = (to - from) / (float)n;
	lanes gain = {from, from, from + step, from + step};
	uint32_t i = 0;

	for (; i + LANES <= 2 * n; i += LANES, gain += 2.0f * step)
		lanes_store(out + i,
		            lanes_load(out + i) + gain * lanes_load(in + i));
	for (; i < 2 * n; i++)
		out[i] += gain[0] * in[i];
}

/** sum_both() - mono into both sides of stereo */
static inline void sum_both(float *out, const float *in, float from, float to,
                            uint32_t n)
{
	float step = (to - from) / (float)n;
	lanes gain = lanes_ramp(from, step);
	uint32_t i = 0;

	for (; i + LANES <= n; i += LANES, gain += 4.0f * step) {
		lanes x = gain * lanes_load(in + i);
		float *at = out + 2 * i;

		lanes_store(at, lanes_load(at) + lanes_pair(x, x));
		lanes_store(at + LANES,
		            lanes_load(at + LANES) + lanes_pair_high(x, x));
	}
	for (int k = 0; i < n; i++, k++) {
		out[2 * i] += gain[k] * in[i];
		out[2 * i + 1] += gain[k] * in[i];
	}
}

/** sum_mono() - mono into mono */
static inline void sum_mono(float *out, const float *in, float from, float to,
                            uint32_t n)
{
	float step = (to - from) / (float)n;
	lanes gain = lanes_ramp(from, step);
	uint32_t i = 0;

	for (; i + LANES <= n; i += LANES, gain += 4.0f * step)
		lanes_store(out + i,
		            lanes_load(out + i) + gain * lanes_load(in + i));
	for (int k = 0; i < n; i++, k++)
		out[i] += gain[k] * in[i];
}

#endif
