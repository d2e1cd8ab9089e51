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
 * fails is told to the person once, and the session goes on without it until
 * it is back. Loop thread.
 */
struct sd_event;
struct sd_event_source;

struct aloud {
	bool open;
	struct config config; /**< as of then */
	struct live *live;
	struct bank *bank;       /**< NULL: no voice, */
	int voiceless;           /**< and why */
	struct voices *voices;   /**< NULL: no voice */
	struct speaker *speaker; /**< NULL: silent to the end, */
	int silent;              /**< and why */
	int ready_fd;            /**< written by the worker's thread */
	struct sd_event_source *ready;
	void (*woken)(void *data);
	void *data;
	bool awaited;   /**< the device; see aloud_awaited() */
	bool told_gaps; /**< once is enough until the end */
};

/** aloud_init() - silent. */
void aloud_init(struct aloud *a);
/** aloud_open() - begin to open the device. Until aloud_prepare() it may be
 * copied, which moves it.
 * @seed: the session's */
void aloud_open(struct aloud *a, const struct config *config, uint64_t seed);
/**
 * aloud_prepare() - begin to speak the routine's phrases, and tell what did not
 * open; once it is open
 * @live: outlives it, and so does the routine
 * @woken: called from the loop when all are made
 */
void aloud_prepare(struct aloud *a, struct sd_event *event, struct live *live,
                   const struct routine *routine, void (*woken)(void *data),
                   void *data);
/** aloud_ready() - is there nothing more to prepare? */
bool aloud_ready(const struct aloud *a);
/** aloud_waits() - is it worth waiting for? Not without a device that it would
 * be heard on, as far as is known at @mono_us. */
bool aloud_waits(const struct aloud *a, uint64_t mono_us);
/** aloud_fix() - what is prepared by now is what can be said
 * @start: gets its clips, which are aloud's */
void aloud_fix(struct aloud *a, struct session_start *start);
/** aloud_start() - let the device begin, once the session's first commands are
 * queued: with what is heard at its time 0. */
void aloud_start(struct aloud *a);
/**
 * aloud_mind() - see to the device, tell what becomes of it
 * @epoch_us: as speaker_mind()'s
 * Return: when to be called again; UINT64_MAX: never.
 */
uint64_t aloud_mind(struct aloud *a, uint64_t mono_us, int64_t epoch_us);
/** aloud_awaited() - is the device still opening, for the first time? */
bool aloud_awaited(const struct aloud *a);
/** aloud_go_on() - the session begins without waiting for the device. */
void aloud_go_on(struct aloud *a);
/** aloud_say() - an EVENT_SAY, before its command is queued. */
void aloud_say(struct aloud *a, const struct event *say);
/** aloud_clock() - the stream at @mono_us; not running while it is silent. */
void aloud_clock(const struct aloud *a, uint64_t mono_us,
                 struct clock_stream *ret);
/** aloud_tell_troubles() - what was not heard as it should have been; how long
 * the callback took is logged. */
void aloud_tell_troubles(const struct aloud *a, unsigned dropped);
/** aloud_finish() - takes one that was only initialised */
void aloud_finish(struct aloud *a);

#endif
