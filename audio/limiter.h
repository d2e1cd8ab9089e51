/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_LIMITER_H
#define LULL_AUDIO_LIMITER_H

#include <stdint.h>

/**
 * The last thing before the ear: no sample leaves above -1 dBFS. It looks one
 * chunk ahead; where nothing is too loud its gain is exactly 1 and it changes
 * no bit.
 */
#define LIMITER_CEILING   0.8912f /**< -1 dBFS, rounded down */
#define LIMITER_CHUNK_MAX 256     /**< frames */

struct limiter {
	uint32_t chunk; /**< frames */
	float release;  /**< share of the way back to 1 in one chunk */
	float gain;     /**< at the start of the chunk that is held */
	float allowed;  /**< greatest gain for the chunk that is held */
	float held[2 * LIMITER_CHUNK_MAX]; /**< interleaved stereo */
};

/** limiter_init() - @chunk: 1 to LIMITER_CHUNK_MAX frames */
void limiter_init(struct limiter *l, unsigned rate_hz, uint32_t chunk);

/**
 * limiter_step() - one chunk in, the one before it out
 * @left, @right: the newest chunk
 * @out: the chunk before, interleaved; silence at the first call
 *
 * The gain is linear within a chunk and, at each border, at most what both
 * neighbours allow; so no sample passes the ceiling.
 * RT safe.
 */
void limiter_step(struct limiter *l, const float *left, const float *right,
                  float *out);

#endif
