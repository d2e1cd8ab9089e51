/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audio/chime.h"

#include <string.h>

#include "audio/dsp.h"

/* Ours: a fifth and an octave over G4, so that nothing beats. */
static const struct {
	double hz;
	float gain, decay_s;
} partials[CHIME_PARTIALS] = {
	{392.0, 0.050f, 0.70f},
	{588.0, 0.022f, 0.50f},
	{784.0, 0.011f, 0.35f},
};

#define LAST_S 0.3f /* a fade to 0, so that the end is one */

void chime_init(struct chime *c, unsigned rate_hz)
{
	memset(c, 0, sizeof(*c));
	c->rate_hz = rate_hz;
}

static float level(const struct chime *c, int k, uint64_t frame)
{
	float t = (float)((double)(frame - c->start) / c->rate_hz);
	float onset = dsp_smooth(t / (float)CHIME_ONSET_S);
	float last = dsp_smooth(((float)CHIME_LENGTH_S - t) / LAST_S);
	float fresh = partials[k].gain * onset *
	              expf(-t / partials[k].decay_s) * last;

	return fresh + c->rest[k] * (1.0f - onset);
}

void chime_strike(struct chime *c, uint64_t frame)
{
	float rest[CHIME_PARTIALS] = {0};

	for (int k = 0; k < CHIME_PARTIALS && c->on; k++)
		rest[k] = level(c, k, frame);
	memcpy(c->rest, rest, sizeof(rest));
	c->start = frame;
	c->on = true;
}

void chime_render(struct chime *c, uint64_t frame, float *mono, uint32_t n)
{
	if (!c->on)
		return;
	for (int k = 0; k < CHIME_PARTIALS; k++) {
		struct dsp_turn t = dsp_turn_at(&c->phase[k],
		                                partials[k].hz / c->rate_hz, n);
		float from = level(c, k, frame);
		float step = (level(c, k, frame + n) - from) / (float)n;

		for (uint32_t i = 0; i < n; i++) {
			mono[i] += (from + step * (float)i) * t.s;
			dsp_turn_next(&t);
		}
	}
	if ((double)(frame + n - c->start) >= CHIME_LENGTH_S * c->rate_hz)
		c->on = false;
}
