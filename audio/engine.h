/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_ENGINE_H
#define LULL_AUDIO_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "audio/mixer.h"

/**
 * The engine: sound commands played through PortAudio, in a process of its own
 * (audio/backend.h). The engine keeps every command, so that one stream after
 * another can play on where the session is: what is heard depends on the
 * commands alone. All functions are the loop thread's.
 */
struct engine;

struct engine_config {
	const char *api;    /**< host API: "alsa", "jack", "oss"; NULL: any */
	const char *device; /**< its name or a part of it; NULL: the default */
	unsigned rate_hz;   /**< wanted of the device; 0: 48000 */
	const char *music;  /**< file of a bed that is music; NULL: none */
	uint64_t head; /**< frames that a start leaves out, as nothing sounds
	                  before them */
};

/** engine_probe() - what would be opened
 * @wait_us: for the sound system, which may be waiting for one that is gone
 * @ret_name: "JACK: system", at most @len bytes
 * @ret_rate_hz: the rate the device would run at
 *
 * Return: 0; -ENODEV if there is no such device; -ETIMEDOUT if the sound
 * system does not answer; -EIO for PortAudio's own failures.
 */
int engine_probe(const struct engine_config *config, uint64_t wait_us,
                 char *ret_name, size_t len, unsigned *ret_rate_hz);

/** engine_create() - nothing plays yet
 * @config: copied
 * @mixing: its bank outlives the engine; its music is config's
 *
 * Return: 0, -ENOMEM; -EINVAL as mixer_create().
 */
int engine_create(struct engine **ret, const struct engine_config *config,
                  const struct mixer_config *mixing);
/** engine_destroy() - engine_stop(), and free; takes NULL. Return: NULL. */
struct engine *engine_destroy(struct engine *e);

/** engine_push() - one more command, in the order of their frames.
 * Return: false if there have been too many (TAPE_SIZE). */
bool engine_push(struct engine *e, const struct sound *sound);

/** The head's end is what is heard as soon as the device is ready. */
#define ENGINE_FROM_START INT64_MIN

/**
 * engine_open() - open the device ahead of engine_play()
 *
 * It is ENGINE_OPENING until that is called, from the start and on any device,
 * which then waits for nothing but the device itself; or ENGINE_LOST, if it
 * cannot be had. A bank in a file may be filled and sealed meanwhile.
 * Return: 0, or errno if there can be no process for it.
 */
int engine_open(struct engine *e);
/**
 * engine_play() - open the device and play
 * @epoch_us: CLOCK_MONOTONIC of frame 0, may be negative: joins the session
 *            where it is when the device is ready, faded in; or
 *            ENGINE_FROM_START
 * @same: only the device that played last, if any did
 *
 * Returns at once: engine_state() says what became of it. One that plays is
 * stopped first. Return: 0, or errno if there can be no process for it.
 */
int engine_play(struct engine *e, int64_t epoch_us, bool same);
/** engine_stop() - waits for what the device still holds (tens of ms), at most
 * half a second. */
void engine_stop(struct engine *e);

enum engine_state {
	ENGINE_OFF,     /**< not asked to play, or stopped */
	ENGINE_OPENING, /**< no sound yet; for ever, if nobody gives up */
	ENGINE_PLAYING, /**< a callback came within 500 ms */
	ENGINE_LOST,    /**< it ended by itself, or calls no more */
};
/** engine_state() - as of @mono_us, CLOCK_MONOTONIC
 * @ret_error: of ENGINE_LOST: -ENODEV there is no such device, -EBUSY it is
 *             taken, -EPROTO it keeps no time, -ENOTCONN it went away, -EIO
 *             else; may be NULL
 */
enum engine_state engine_state(struct engine *e, uint64_t mono_us,
                               int *ret_error);
/** engine_music() - Return: 0, or why the music cannot be played, as
 * music_create(): known once it plays. */
int engine_music(const struct engine *e);
/** engine_strerror() - that error in plain words. */
const char *engine_strerror(int error);
/** engine_device() - what plays or played last: "JACK: system"; "": nothing
 * did so far. Until the next call but engine_clock(). */
const char *engine_device(const struct engine *e);

/**
 * engine_clock() - the stream's own clock
 * @ret_frames: frames handed over by the time of the last callback
 * @ret_mono_us: CLOCK_MONOTONIC when that callback ran
 *
 * Return: true while it plays (a callback came within 500 ms of @mono_us),
 * else false.
 */
bool engine_clock(const struct engine *e, uint64_t mono_us,
                  uint64_t *ret_frames, uint64_t *ret_mono_us);

/** engine_mute() - silence one side: 1 left, 2 right, 0 neither. At once, so
 * only where nothing sounds. */
void engine_mute(struct engine *e, unsigned sides);

/** What the callback has counted, in all streams so far. */
struct engine_stats {
	uint64_t callbacks;
	uint64_t underflows;
	uint64_t late;       /**< commands that came too late */
	uint64_t worst_ns;   /**< longest time in one callback */
	uint64_t busy_ns;    /**< time in callbacks */
	uint64_t latency_us; /**< the last that a device reported, may be 0 */
	unsigned device_hz;  /**< of what plays or played last */
	uint64_t open_us;    /**< how long it took to open, */
	uint64_t start_us;   /**< and from its start to its first callback */
};
void engine_stats(const struct engine *e, struct engine_stats *ret);

#endif
