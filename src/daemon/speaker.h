/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DAEMON_SPEAKER_H
#define LULL_DAEMON_SPEAKER_H

#include <stdbool.h>
#include <stdint.h>

#include "audio/bank.h"
#include "audio/queue.h"
#include "base/config.h"
#include "player/clock.h"

/**
 * The speaker: a mixer and the engine that plays it, as one thing that is
 * there or not. Loop thread.
 */
struct speaker;

/** speaker_probe() - Return: as engine_probe(), for the device that is set. */
int speaker_probe(const struct config *config, char *ret_name, size_t len,
                  unsigned *ret_rate_hz);
/**
 * speaker_create() - the stream begins to run
 * @bank: outlives the speaker
 * Return: as engine_create() and mixer_create().
 */
int speaker_create(struct speaker **ret, const struct config *config,
                   const struct bank *bank, unsigned rate_hz, uint64_t seed);
struct speaker *speaker_destroy(struct speaker *s);

struct queue *speaker_queue(struct speaker *s);
/** speaker_clock() - what the stream says of itself at @mono_us. */
void speaker_clock(const struct speaker *s, uint64_t mono_us,
                   struct clock_stream *ret);
/** speaker_troubles() - commands played late, and blocks that came too late
    for the device, so far. */
void speaker_troubles(const struct speaker *s, unsigned *ret_late,
                      uint64_t *ret_underflows);

#endif
