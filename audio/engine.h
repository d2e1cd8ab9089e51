/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_ENGINE_H
#define LULL_AUDIO_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "audio/mixer.h"

/**
 * The engine: a mixer played through PortAudio. All but its callback runs in
 * the loop thread.
 */
struct engine;

struct engine_config {
	const char *api;    /**< host API: "alsa", "jack", "oss"; NULL: any */
	const char *device; /**< its name or a part of it; NULL: the default */
	unsigned rate_hz;   /**< wanted; 0: 48000 */
};

/** engine_probe() - what would be opened
 * @ret_name: "JACK: system", at most @len bytes
 * @ret_rate_hz: the rate it would run at
 *
 * Return: 0; -ENODEV if there is no such device; -EIO for PortAudio's own
 * failures.
 */
int engine_probe(const struct engine_config *config, char *ret_name, size_t len,
                 unsigned *ret_rate_hz);

/**
 * engine_create() - open the device and start playing @mixer
 * @mixer: made for the rate that engine_probe() gave; outlives the engine
 *
 * Return: as engine_probe(), and -EBUSY if the device is taken.
 */
int engine_create(struct engine **ret, const struct engine_config *config,
                  struct mixer *mixer, unsigned rate_hz);
/**
 * engine_destroy() - stop, close; takes NULL
 *
 * Waits for what the device still holds (tens of ms). A stream whose JACK
 * server died cannot be closed within minutes: it is left behind, and the
 * mixer is the caller's again all the same. Return: NULL.
 */
struct engine *engine_destroy(struct engine *e);

/**
 * engine_clock() - the stream's own clock
 * @ret_frames: frames handed over by the time of the last callback
 * @ret_mono_us: CLOCK_MONOTONIC when that callback ran
 *
 * Return: true while the stream runs (a callback came within 500 ms of
 * @mono_us), else false.
 */
bool engine_clock(const struct engine *e, uint64_t mono_us,
                  uint64_t *ret_frames, uint64_t *ret_mono_us);

/** Counters that the callback keeps; read at any time. */
struct engine_stats {
	uint64_t callbacks;
	uint64_t underflows;
	uint64_t worst_ns; /**< longest time in one callback */
};
void engine_stats(const struct engine *e, struct engine_stats *ret);

#endif
