/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_PACER_H
#define LULL_AUDIO_PACER_H

#include <stdbool.h>
#include <stdint.h>

/**
 * The pacer: a warm tone and a breath-like noise that say, without words, in
 * or out. While one breathes in, level, overtones, the noise's colour and, a
 * little, the pitch rise; while one breathes out, all of them fall. The level
 * is 0 where two breaths meet.
 *
 * The range of the level is small: a huge swell invites huge breaths
 * (reference/content.md, C.4).
 */
#define PACER_LOW     0.5f  /**< level just after the onset; 1 at the turn */
#define PACER_EDGE_S  0.4   /**< of the onset from 0; audio.md 5: >= 0.3 s */
#define PACER_TONE_HZ 196.0 /**< at the low end */
#define PACER_RISE    1.122 /**< its pitch at the turn: a whole tone above */

/** What the ear gets at one moment of a breath. */
struct pacer_point {
	float level;  /**< 0 to 1 */
	float bright; /**< 0 to 1 */
};

struct pacer {
	double rate_hz;
	bool on;
	bool last; /**< ends with the breath it is in */
	uint64_t start;
	uint32_t frames, inhale;
	/* what a breath cut short leaves, fading */
	struct pacer_point rest;
	uint64_t rest_from;
	uint32_t rest_frames;
	double phase; /**< of the tone, cycles */
	uint64_t noise[2];
	float band[2][2]; /**< state of the noise's filters */
};

void pacer_init(struct pacer *p, unsigned rate_hz, uint64_t seed);

/**
 * pacer_begin() - a breath begins at exactly @frame
 * @frames, @inhale: at least 100 ms, 0 < inhale < frames; else ignored
 *
 * It repeats until told otherwise. A breath it cuts short fades out below it.
 */
void pacer_begin(struct pacer *p, uint64_t frame, uint32_t frames,
                 uint32_t inhale);
/** pacer_end() - with the breath it is in. */
void pacer_end(struct pacer *p);

/** pacer_at() - level and brightness at @frame of the breath that runs. */
struct pacer_point pacer_at(const struct pacer *p, uint64_t frame);

/**
 * pacer_render() - set @left and @right to frames @frame to @frame + @n
 * Return: false if all of it is silence (and nothing was written). RT safe.
 */
bool pacer_render(struct pacer *p, uint64_t frame, float *left, float *right,
                  uint32_t n);

#endif
