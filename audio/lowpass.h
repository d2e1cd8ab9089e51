/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_LOWPASS_H
#define LULL_AUDIO_LOWPASS_H

#include <stdint.h>

#include "audio/lanes.h"

/**
 * A steep low-pass, four sounds at once: Chebyshev's first kind of the eighth
 * order, half a decibel of ripple.
 */
#define LOWPASS_PAIRS 4

struct lowpass {
	/* of each pair of poles: input, last output, the one before */
	lanes b[LOWPASS_PAIRS], a1[LOWPASS_PAIRS], a2[LOWPASS_PAIRS];
	lanes s1[LOWPASS_PAIRS], s2[LOWPASS_PAIRS];
};

/**
 * lowpass_init()
 * @edge_hz: of each lane, where the ripple ends; above 0.45 of the rate it is
 *           held there
 *
 * Source: Oppenheim and Schafer, "Discrete-Time Signal Processing", 7.1 and
 * appendix B (Chebyshev poles, bilinear transform).
 */
void lowpass_init(struct lowpass *l, unsigned rate_hz,
                  const float edge_hz[LANES]);

/** lowpass_next() - one frame of four sounds. RT safe. */
static inline lanes lowpass_next(struct lowpass *l, lanes x)
{
	for (int k = 0; k < LOWPASS_PAIRS; k++) {
		lanes in = l->b[k] * x, y = in + l->s1[k];

		l->s1[k] = in + in - l->a1[k] * y + l->s2[k];
		l->s2[k] = in - l->a2[k] * y;
		x = y;
	}
	return x;
}

#endif
