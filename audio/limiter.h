/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_LIMITER_H
#define LULL_AUDIO_LIMITER_H

#include <stdint.h>

/**
 * The last thing before the ear: no peak leaves above -3 dBTP, neither a
 * sample nor what a converter makes between samples. It looks one chunk
 * ahead; where nothing is too loud its gain is exactly 1 and it changes no
 * bit.
 */
#define LIMITER_CEILING   0.672f /**< -3.45 dB: BS.1770-4 reads low by 0.4 */
#define LIMITER_CHUNK_MAX 512    /**< frames */
#define LIMITER_LAG       6      /**< frames: half of the interpolator */
#define LIMITER_TAPS      12

struct limiter {
	uint32_t chunk; /**< frames */
	float release;  /**< share of the way back to 1 in one chunk */
	float gain;     /**< at the start of the chunk that is held */
	float allowed;  /**< greatest gain for the chunk that is held */
	/** The last frames of the chunk before, then the newest. */
	float window[2 * (LIMITER_TAPS + LIMITER_CHUNK_MAX)];
	float held[2 * LIMITER_CHUNK_MAX];
};

/** limiter_init() - @chunk: 16 to LIMITER_CHUNK_MAX frames, a multiple of 4 */
void limiter_init(struct limiter *l, unsigned rate_hz, uint32_t chunk);

/**
 * limiter_step() - one chunk in, one out
 * @in, @out: stereo, chunk frames; what comes out is what went in
 *            chunk + LIMITER_LAG frames before
 *
 * The gain is linear within a chunk and, at each border, at most what both
 * neighbours allow; so no peak passes the ceiling.
 * Source of the interpolator: ITU-R BS.1770-4, annex 2.
 * RT safe.
 */
void limiter_step(struct limiter *l, const float *in, float *out);

#endif
