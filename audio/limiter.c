/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audio/limiter.h"

#include <math.h>
#include <string.h>

#define RELEASE_S                                                              \
	0.15f /* ours: slower than a syllable, faster than a phrase            \
	       */
#define NEARLY_ONE 0.9995f

void limiter_init(struct limiter *l, unsigned rate_hz, uint32_t chunk)
{
	memset(l, 0, sizeof(*l));
	l->chunk = chunk;
	l->release = 1.0f - expf(-(float)chunk / (RELEASE_S * (float)rate_hz));
	l->gain = 1.0f;
	l->allowed = 1.0f;
}

static float peak_of(const float *left, const float *right, uint32_t n)
{
	float peak = 0.0f;

	for (uint32_t i = 0; i < n; i++) {
		float a = fabsf(left[i]), b = fabsf(right[i]);

		a = a > b ? a : b;
		peak = a > peak ? a : peak;
	}
	return peak;
}

/* The gain at the border between the held chunk and the newest. */
static float border(const struct limiter *l, float allowed)
{
	float gain = l->gain + (1.0f - l->gain) * l->release;

	if (gain > NEARLY_ONE)
		gain = 1.0f;
	if (gain > l->allowed)
		gain = l->allowed;
	return gain > allowed ? allowed : gain;
}

void limiter_step(struct limiter *l, const float *left, const float *right,
                  float *out)
{
	float peak = peak_of(left, right, l->chunk);
	float allowed = peak > LIMITER_CEILING ? LIMITER_CEILING / peak : 1.0f;
	float end = border(l, allowed);
	float step = (end - l->gain) / (float)l->chunk;

	if (l->gain == 1.0f && end == 1.0f) {
		memcpy(out, l->held, 2 * l->chunk * sizeof(*out));
	} else {
		for (uint32_t i = 0; i < l->chunk; i++) {
			float gain = l->gain + step * (float)i;

			out[2 * i] = l->held[2 * i] * gain;
			out[2 * i + 1] = l->held[2 * i + 1] * gain;
		}
	}
	for (uint32_t i = 0; i < l->chunk; i++) {
		l->held[2 * i] = left[i];
		l->held[2 * i + 1] = right[i];
	}
	l->gain = end;
	l->allowed = allowed;
}
