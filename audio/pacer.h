/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_PACER_H
#define LULL_AUDIO_PACER_H

#include <stdbool.h>
#include <stdint.h>

#include "audio/hiss.h"
#include "audio/reed.h"
#include "audio/sound.h"

/**
 * The pacer says without words: in, or out. While one breathes in, level,
 * overtones, colour and, a little, the pitch rise; while one breathes out,
 * all of them fall. The level is 0 where two breaths meet, and stands still
 * in a pause after the inhale.
 *
 * What comes next is heard before it comes: the rise slows down towards the
 * turn and a second note swells below it; the exhale fades away.
 *
 * The range of the level is small: a huge swell invites huge breaths
 * (reference/content.md, C.4).
 */
#define PACER_LOW      0.5f  /**< level just after the onset; 1 at the turn */
#define PACER_ONSET_S  0.4   /**< from 0; audio.md 5: >= 0.3 s */
#define PACER_FADE_S   0.7   /**< to 0, before the next breath */
#define PACER_NEXT_S   0.8   /**< the turn is announced so long before it */
#define PACER_GENTLE_S 0.5   /**< onset in migraine mode ... */
#define PACER_RISE_DB  0.9f  /**< ... and its rise in a second, then */
#define PACER_TONE_HZ  196.0 /**< G3, at the low end */
#define PACER_REEDS    3

/** What the ear gets at one moment of a breath; all 0 to 1. */
struct pacer_point {
	float level;
	float bright;
	float out; /**< 0 in the inhale, 1 in the exhale, between at the turn */
	float next; /**< how much of the note that announces the turn */
};

/** One breath, in frames. */
struct pacer_breath {
	uint32_t frames; /**< all of it */
	uint32_t inhale;
	uint32_t top;    /**< pause after the inhale */
	uint32_t bottom; /**< pause after the exhale */
};

struct pacer {
	double rate_hz;
	bool on;
	bool last; /**< ends with the breath it is in */
	uint64_t start;
	struct pacer_breath breath;
	enum sound_pacer voice, wanted; /**< now, and from the next breath on */
	bool gentle, wanted_gentle;
	float low; /**< of this breath */
	/* what a breath cut short leaves, fading */
	struct pacer_point rest;
	uint64_t rest_from;
	uint32_t rest_frames;
	struct reed reeds[PACER_REEDS];
	struct hiss hiss;
	double sway; /**< of the bow, cycles */
};

void pacer_init(struct pacer *p, unsigned rate_hz, uint64_t seed);

/**
 * pacer_voice() - how it sounds from the next breath on
 * @gentle: migraine mode: longer onsets, no level that rises faster than
 *          PACER_RISE_DB after them
 */
void pacer_voice(struct pacer *p, enum sound_pacer voice, bool gentle);

/**
 * pacer_begin() - a breath begins at exactly @frame
 * @breath: at least 100 ms; inhale and exhale > 0, else it is ignored
 *
 * It repeats until told otherwise. A breath it cuts short fades out below it.
 */
void pacer_begin(struct pacer *p, uint64_t frame,
                 const struct pacer_breath *breath);
/** pacer_end() - with the breath it is in. */
void pacer_end(struct pacer *p);

/** pacer_at() - the breath that runs, at @frame. */
struct pacer_point pacer_at(const struct pacer *p, uint64_t frame);

/**
 * pacer_render() - set @stereo to frames @frame to @frame + @n
 * Return: false if all of it is silence (and nothing was written). RT safe.
 */
bool pacer_render(struct pacer *p, uint64_t frame, float *stereo, uint32_t n);

#endif
