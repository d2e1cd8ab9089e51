/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DAEMON_ALOUD_H
#define LULL_DAEMON_ALOUD_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/live.h"
#include "daemon/speaker.h"
#include "daemon/voices.h"

/**
 * Aloud: all that makes one session heard, the voices that are prepared for it
 * and the stream; or silence, where there is no device or none is wanted. What
 * fails is told to the person once, and the session goes on without it. Loop
 * thread.
 */
struct sd_event;
struct sd_event_source;

struct aloud {
	struct live *live;
	const struct config *config;
	unsigned rate_hz;        /**< 0: silent from the beginning */
	struct voices *voices;   /**< NULL: no voice */
	struct speaker *speaker; /**< NULL: silent now */
	struct speaker *lost; /**< its stream stopped by itself; see finish */
	int ready_fd;         /**< written by the worker's thread */
	struct sd_event_source *ready;
	void (*woken)(void *data);
	void *data;
};

/** aloud_init() - silent. @live: outlives it */
void aloud_init(struct aloud *a, struct live *live);
/**
 * aloud_prepare() - find the device, begin to speak @routine's phrases
 * @config, @routine: outlive it
 * @woken: called from the loop when all are made
 */
void aloud_prepare(struct aloud *a, struct sd_event *event,
                   const struct config *config, const struct routine *routine,
                   void (*woken)(void *data), void *data);
/** aloud_ready() - is there nothing more to prepare? */
bool aloud_ready(const struct aloud *a);
/**
 * aloud_start() - open the stream, with what is prepared by now
 * @start: gets its clips, which are aloud's; none where it stays silent
 */
void aloud_start(struct aloud *a, struct session_start *start);
/** aloud_say() - an EVENT_SAY, before its command is queued. */
void aloud_say(struct aloud *a, const struct event *say);
/** aloud_silence() - the stream is gone: no sound from here on
    @why: said to the person */
void aloud_silence(struct aloud *a, const char *why);
/** aloud_clock() - the stream at @mono_us; not running where it is silent. */
void aloud_clock(const struct aloud *a, uint64_t mono_us,
                 struct clock_stream *ret);
/** aloud_tell_troubles() - what was not heard as it should have been. */
void aloud_tell_troubles(const struct aloud *a, unsigned dropped);
/**
 * aloud_finish() - takes one that was only initialised
 *
 * A stream that stopped by itself is closed in a thread of its own, with all
 * that its callback may still touch: PortAudio waits up to ten minutes for a
 * sound server that has died.
 */
void aloud_finish(struct aloud *a);

#endif
