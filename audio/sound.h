/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_SOUND_H
#define LULL_AUDIO_SOUND_H

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
	SOUND_END,   /**< fade all out over @end.fade_frames, then silence */
};

struct sound {
	uint64_t frame; /**< of the stream, 0 being its first */
	enum sound_kind kind;
	union {
		struct {
			uint32_t frames; /**< of this breath, >= 100 ms */
			uint32_t inhale_frames; /**< > 0, < frames */
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
	};
};

#endif
