/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_REED_H
#define LULL_AUDIO_REED_H

#include <stdint.h>

/**
 * A reed: one oscillator with overtones whose levels move. It is a vector
 * that turns; so its phase goes on through every change of pitch.
 */
#define REED_PARTIALS 6

struct reed {
	float s, c; /**< sine and cosine now */
	float gain[REED_PARTIALS];
};

/** reed_init() - silent, at @phase in cycles */
void reed_init(struct reed *r, double phase);

/**
 * reed_add() - add @n frames to @stereo
 * @step: cycles a frame, under 1/8; the same in all of them
 * @to: levels of the @partials at the end; they move there linearly
 * @left, @right: share of either side
 *
 * The first frame has the levels that the last call ended with.
 * Source for the overtones: sin (k+1)x = 2 cos x sin kx - sin (k-1)x.
 * RT safe.
 */
void reed_add(struct reed *r, double step, const float *to, int partials,
              float left, float right, float *stereo, uint32_t n);

#endif
