/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_BED_H
#define LULL_AUDIO_BED_H

#include <stdint.h>

/**
 * The bed: soft brown noise over a low pad, quiet, never the same twice: the
 * noise's period is 2^64 samples and level, colour and pad drift apart.
 */
#define BED_PADS 3

/** A value that wanders between 0 and 1, in some seconds from place to place.
 */
struct bed_drift {
	float from, to, now;
	uint32_t at, frames;
};

struct bed {
	double rate_hz;
	uint64_t noise[2];
	uint64_t dice;
	float slow[2], soft[2], rumble[2]; /**< states of the filters */
	struct bed_drift level, colour, pad[BED_PADS];
	double phase[BED_PADS];
	float pad_gain[BED_PADS];
	float gain;
};

void bed_init(struct bed *b, unsigned rate_hz, uint64_t seed);

/** bed_render() - set @left and @right to the next @n frames; @n is the same
 * at each call. RT safe. */
void bed_render(struct bed *b, float *left, float *right, uint32_t n);

#endif
