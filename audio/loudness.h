/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_LOUDNESS_H
#define LULL_AUDIO_LOUDNESS_H

#include <stddef.h>
#include <stdint.h>

#include "audio/lanes.h"

/**
 * The loudness of a whole session, measured as it is made, at 48 kHz:
 * integrated, gated. libebur128, which measures clips and music, takes twice as
 * long for it as the mixer to make it; this takes a quarter of that.
 *
 * Source: ITU-R BS.1770-4, annex 1.
 */
#define LOUDNESS_RATE_HZ 48000
/** Of 0.01 LU, from -70 LUFS on, the absolute gate. */
#define LOUDNESS_BINS 8000

struct loudness {
	lanes s1, s2, y; /**< both filters, both sides */
	uint32_t n;      /**< frames in this tenth of a second */
	double power[4]; /**< of the last tenths, this one first */
	unsigned tenths; /**< how many there were, up to 4 */
	struct {
		uint32_t n;
		double power;
	} bins[LOUDNESS_BINS];
};

void loudness_init(struct loudness *l);
/** loudness_add() - the next @n frames */
void loudness_add(struct loudness *l, const float *stereo, size_t n);
/** loudness_lufs() - of all so far; NAN if none of it is above -70 LUFS. */
double loudness_lufs(const struct loudness *l);

#endif
