/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_PLAYER_GUIDE_H
#define LULL_PLAYER_GUIDE_H

#include <stdbool.h>
#include <stdint.h>

#include "audio/bank.h"
#include "audio/sound.h"
#include "drivers/sensor.h"
#include "session/session.h"

/**
 * The guide: turns a session's outputs into sound commands, each stamped
 * frame round((t + 50 ms) x rate), and into what a simulated person hears.
 */
struct guide {
	const struct session_start *start;
	/** Where commands go; NULL: silent. Return: false if it is full. */
	bool (*push)(void *data, const struct sound *sound);
	void *data;
	unsigned rate_hz;
	struct sensor *sensor;    /**< hears; NULL: nobody */
	uint64_t sensor_epoch_us; /**< sensor clock at session time 0 */
	unsigned dropped;         /**< commands that found it full */
	uint64_t silent_frame;    /**< all is faded out; 0: not ended yet */

	/* its own, 0 at first */
	bool chimed, paused, set, faded;
	enum event_hush hush;
	double master_db;
	uint64_t fade_from_us,
		fade_end_us;            /**< of the breath's tone; 0: none */
	uint64_t said_us, voice_end_us; /**< the last clip's begin and end */
};

/**
 * guide_event() - a player_listener's event function; @data: the guide
 *
 * The scene that is set (pacer, bed, migraine mode) comes first, and again when
 * the person hushes it; the bed follows each estimate's CALM. Every breath gets
 * exactly the frames between its first and the next one's first; the inhale is
 * its share of what the pauses leave. A chime marks the first step's begin and
 * a completed end; in an attack there is none, nor a bed, and at night none at
 * the end. Where a step's tone fades, each breath is softer than the one
 * before. At the end all fades out: after the closing words over 4 s; stopped,
 * over 1 s; at once over 1 s if interrupted.
 */
void guide_event(void *data, const struct event *event);

/** guide_music() - @bed and @music as they are set.
 * Return: the file of the bed, NULL if it is no music. */
const char *guide_music(const char *bed, const char *music);

/** guide_frame() - the frame a session time is heard at. */
uint64_t guide_frame(uint64_t t_us, unsigned rate_hz);

#endif
