/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_LOWPASS_H
#define LULL_AUDIO_LOWPASS_H

#include <stdint.h>

#include "audio/lanes.h"

/**
 * The steepest low-pass of its order, four sounds at once: elliptic, the
 * eighth. Flat within half a decibel up to 0.95 of its edge; LOWPASS_DOWN_DB
 * down at the edge and at each frequency above it.
 */
#define LOWPASS_PAIRS   4
#define LOWPASS_DOWN_DB 44.0

struct lowpass {
	/* of each pair of poles and zeros: the input and, beside it, the one
	 * before; the last output and the one before */
	lanes b0[LOWPASS_PAIRS], b1[LOWPASS_PAIRS];
	lanes a1[LOWPASS_PAIRS], a2[LOWPASS_PAIRS];
	lanes s1[LOWPASS_PAIRS], s2[LOWPASS_PAIRS];
};

/**
 * lowpass_init()
 * @edge_hz: of each lane; above 0.45 of the rate it is held there
 *
 * Source: Orfanidis, "Lecture Notes on Elliptic Filter Design" (2006): degree
 * equation (47), zeros (62), poles (64), elliptic functions by Landen's
 * transformation (55, 56); Oppenheim and Schafer, "Discrete-Time Signal
 * Processing", 7.1 (bilinear transform).
 */
void lowpass_init(struct lowpass *l, unsigned rate_hz,
                  const float edge_hz[LANES]);

/** lowpass_next() - one frame of four sounds. RT safe. */
static inline lanes lowpass_next(struct lowpass *l, lanes x)
{
	for (int k = 0; k < LOWPASS_PAIRS; k++) {
		lanes in = l->b0[k] * x, y = in + l->s1[k];

		l->s1[k] = l->b1[k] * x - l->a1[k] * y + l->s2[k];
		l->s2[k] = in - l->a2[k] * y;
		x = y;
	}
	return x;
}

#endif
