/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_SOUND_H
#define LULL_AUDIO_SOUND_H

#include <stdbool.h>
#include <stdint.h>

/**
 * The shared currency into audio: one sound command, plain parameters only,
 * stamped with the frame of the stream at which it takes effect. The mixer
 * never asks anybody anything.
 */

/** Every sound command lies this far ahead of the session time it is made at,
    live and in a render alike (DESIGN, Time). */
#define SOUND_LEAD_US 50000

/** All sound is made at this rate, live and in a render alike; a device that
    has another gets it resampled. */
#define SOUND_RATE_HZ 48000

enum sound_kind {
	SOUND_BREATH,    /**< one breath begins; repeats itself until told */
	SOUND_NO_BREATH, /**< the pacer ends with the breath it is in */
	SOUND_SAY,       /**< play a clip of the bank */
	SOUND_HUSH,      /**< fade the clip that plays, 80 ms */
	SOUND_LEVELS,    /**< ramp to new levels over 400 ms */
	SOUND_PAUSE,     /**< fade breath and bed out within 150 ms */
	SOUND_RESUME,    /**< fade them in again over 1 s */
	SOUND_CHIME, /**< a soft mark; of the levels only the master holds */
	SOUND_SCENE, /**< what is heard, and how; all of it fades over */
	SOUND_CALM,  /**< the bed follows, slowly */
	SOUND_END,   /**< fade all out over @end.fade_frames, then silence */
};

/** How the pacer sounds; a new voice begins with a breath. */
enum sound_pacer {
	SOUND_PACER_TONE,
	SOUND_PACER_BREATH,
	SOUND_PACER_BOW,
	SOUND_PACER_SILENT,
	SOUND_PACERS,
};

/** What lies below. */
enum sound_bed {
	SOUND_BED_BROWN,
	SOUND_BED_PAD,
	SOUND_BED_RAIN,
	SOUND_BED_SEA,
	SOUND_BED_MUSIC, /**< the person's own; none if there is none */
	SOUND_BED_NONE,
	SOUND_BEDS,
};

/** How much of it all: for the person whom it is too much, by one key. */
enum sound_heard {
	SOUND_HEARD_ALL,
	SOUND_HEARD_BREATH, /**< the breath alone */
	SOUND_HEARD_NOTHING,
	SOUND_HEARDS,
};

/** Names as a person writes them: "tone", "sea", "breath".
 * _name(): NULL if there is no such. _from(): 0, or -EINVAL and @ret is left
 * alone. */
const char *sound_pacer_name(enum sound_pacer pacer);
int sound_pacer_from(const char *name, enum sound_pacer *ret);
const char *sound_bed_name(enum sound_bed bed);
int sound_bed_from(const char *name, enum sound_bed *ret);
const char *sound_heard_name(enum sound_heard heard);
int sound_heard_from(const char *name, enum sound_heard *ret);

struct sound_scene {
	enum sound_pacer pacer;
	enum sound_bed bed;
	enum sound_heard heard;
	/** Migraine mode: all much softer, the highs taken off, no bed, no
	 * chime, nothing that begins or grows fast (audio.md, 5). */
	bool gentle;
};

struct sound {
	uint64_t frame; /**< of the stream, 0 being its first */
	enum sound_kind kind;
	union {
		struct {
			uint32_t frames; /**< of this breath, >= 100 ms */
			uint32_t inhale_frames; /**< > 0 */
			/** Pauses after the inhale and after the exhale; what
			 * is left is the exhale, > 0. */
			uint32_t top_frames, bottom_frames;
		} breath;
		struct {
			uint32_t clip; /**< index into the bank */
		} say;
		struct {
			float master_db, voice_db, breath_db, bed_db;
		} levels; /**< under -120: off; 12 at most */
		struct {
			uint32_t fade_frames;
		} end;
		struct sound_scene scene;
		float calm; /**< 0 to 1; NAN: not known */
	};
};

#endif
