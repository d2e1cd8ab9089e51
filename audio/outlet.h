/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_OUTLET_H
#define LULL_AUDIO_OUTLET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "audio/mixer.h"
#include "audio/report.h"
#include "audio/tape.h"

/**
 * The outlet: all that happens in an audio callback. It reads the tape, runs
 * the mixer, and hands over what a device takes: its number of channels, its
 * rate, and, where a session is under way already, from the right place on,
 * faded in. Time is a parameter.
 */
struct outlet;

#define OUTLET_FADE_S 0.5 /**< where it joins; audio.md 5: >= 0.3 s */
/** At least, before one plays that is not cyclic. audio.md 2: the first 100 ms
 * may be lost. */
#define OUTLET_SETTLE_US 100000

/** Join at the head's end when the device is ready: nothing has been played
 * yet. */
#define OUTLET_FROM_START INT64_MIN

struct outlet_config {
	struct mixer_config mixing;
	const struct tape *tape;
	struct report *report;
	unsigned device_hz, channels; /**< of the device */
	/** CLOCK_MONOTONIC of frame 0, may be negative; or
	 * OUTLET_FROM_START */
	int64_t epoch_us;
	uint64_t head; /**< frames that the start leaves out: silence */
	bool cyclic;   /**< it calls once a period, from its first call on */
};

/** outlet_create() - all that config points to outlives it.
 * Return: 0, -ENOMEM, or -EINVAL for a rate or channels that cannot be. */
int outlet_create(struct outlet **ret, const struct outlet_config *config);
struct outlet *outlet_destroy(struct outlet *o);

/**
 * outlet_catch_up() - make what would have been heard until @mono_us
 *
 * Nothing where it begins from the start. A thousand times as fast as it
 * sounds; so as to be nearly there when the device is opened.
 */
void outlet_catch_up(struct outlet *o, uint64_t mono_us);

/**
 * outlet_fill() - the callback
 * @out: interleaved, @frames * channels floats
 * @mono_us: CLOCK_MONOTONIC now
 *
 * Silence at first, while a device that is not cyclic may take frames faster
 * than they sound; from its first steady callback on sound, and the report's
 * clock runs. One that never stops to take them faster keeps no time: -EPROTO
 * in the report, and silence. RT safe.
 */
void outlet_fill(struct outlet *o, float *out, size_t frames, uint64_t mono_us);

#endif
