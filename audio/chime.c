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
	for (int k = 0; k < CHIME_PARTIALS; k++)
		reed_init(&c->reeds[k], 0.0);
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

void chime_add(struct chime *c, uint64_t frame, float *stereo, uint32_t n)
{
	for (int k = 0; k < CHIME_PARTIALS; k++) {
		const float to[] = {level(c, k, frame + n), 0.0f};

		reed_add(&c->reeds[k], partials[k].hz / c->rate_hz, to, 2, 1.0f,
		         1.0f, stereo, n);
	}
	if ((double)(frame + n - c->start) >= CHIME_LENGTH_S * c->rate_hz)
		c->on = false;
}
