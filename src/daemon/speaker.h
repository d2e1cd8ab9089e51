/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DAEMON_SPEAKER_H
#define LULL_DAEMON_SPEAKER_H

#include <stdbool.h>
#include <stdint.h>

#include "audio/bank.h"
#include "audio/engine.h"
#include "base/config.h"
#include "player/clock.h"

/**
 * The speaker: the engine, and what is done when its device fails. A stream
 * that is lost, or cannot be had, is tried again for as long as the speaker
 * lives, and joins the session where that is by then. Loop thread.
 */
struct speaker;

/**
 * speaker_create() - the device begins to open
 * @bank: outlives the speaker, and is sealed before it starts; NULL: no voice
 * @seed: the session's
 * Return: as engine_create() and engine_open().
 */
int speaker_create(struct speaker **ret, const struct config *config,
                   const struct bank *bank, uint64_t seed);
struct speaker *speaker_destroy(struct speaker *s);

/** speaker_opens() - Return: false if there is no device, as far as is known
 * at @mono_us. */
bool speaker_opens(struct speaker *s, uint64_t mono_us);
/** speaker_start() - what is made at session time 0 is heard as soon as the
 * device is ready; speaker_mind() is to be called from now on. Return: as
 * engine_play(). */
int speaker_start(struct speaker *s);

/** speaker_push() - a guide's push(); @data: the speaker. */
bool speaker_push(void *data, const struct sound *sound);

enum speaker_news {
	SPEAKER_NONE,
	SPEAKER_PLAYS, /**< for the first time, or again */
	SPEAKER_FAILS, /**< it cannot be had; said once until it plays */
	SPEAKER_LOST,  /**< it did play */
};

/**
 * speaker_mind() - see what the device does, and do what that demands
 * @epoch_us: CLOCK_MONOTONIC of session time 0, or ENGINE_FROM_START before
 *            there is a session
 * @ret_error: of the news that something fails, as engine_state()'s
 * @ret_next_us: when to be called again
 */
enum speaker_news speaker_mind(struct speaker *s, uint64_t mono_us,
                               int64_t epoch_us, int *ret_error,
                               uint64_t *ret_next_us);
/** speaker_give_up() - the session begins without waiting for it; it joins
 * when it can. */
void speaker_give_up(struct speaker *s);
/** speaker_music() - Return: 0, or why the person's music cannot be played. */
int speaker_music(const struct speaker *s);
/** speaker_device() - Return: as engine_device(). */
const char *speaker_device(const struct speaker *s);

/** speaker_clock() - what the stream says of itself at @mono_us. */
void speaker_clock(const struct speaker *s, uint64_t mono_us,
                   struct clock_stream *ret);
/** speaker_stats() - what its callback has counted so far. */
void speaker_stats(const struct speaker *s, struct engine_stats *ret);

#endif
