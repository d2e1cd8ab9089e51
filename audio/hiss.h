/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_HISS_H
#define LULL_AUDIO_HISS_H

#include <stdint.h>

#include "audio/lanes.h"

/**
 * Hiss: noise through two bands on either side, four filters at once.
 *
 * Its numbers come again after 2^128 - 1 frames.
 */
#define HISS_BANDS 2

/** How a hiss sounds at one moment. */
struct hiss_band {
	float hz;          /**< > 0, under a third of the rate */
	float q;           /**< > 0 */
	float left, right; /**< RMS of either side */
};

struct hiss {
	float rate_hz;
	lanes_bits x, y, z, w; /**< of the noise */
	lanes low, high;       /**< states of the filters */
	lanes gain;
};

/** hiss_init() - silent; @seed: any */
void hiss_init(struct hiss *h, unsigned rate_hz, uint64_t seed);

/**
 * hiss_add() - add @n frames to @stereo
 * @to: at the end; levels move there linearly, hz and q hold in all of them
 *
 * White noise through a band-pass each; the level holds while hz and q move
 * (to half a dB below a tenth of the rate).
 * Source: A. Simper, "Linear Trapezoidal Integrated State Variable Filter"
 * (Cytomic, 2013); G. Marsaglia, "Xorshift RNGs", J. Stat. Softw. 8 (2003) 14.
 * RT safe.
 */
void hiss_add(struct hiss *h, const struct hiss_band to[HISS_BANDS],
              float *stereo, uint32_t n);

#endif
