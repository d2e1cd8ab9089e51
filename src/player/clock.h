/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_PLAYER_CLOCK_H
#define LULL_PLAYER_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/**
 * Session time: while a sound stream runs, its frames; otherwise
 * CLOCK_MONOTONIC, joined without a jump (DESIGN, Time). Never runs backwards.
 * Pure: both clocks are parameters.
 */
struct clock {
	int64_t offset_us; /**< session time minus CLOCK_MONOTONIC */
	int64_t stream_us; /**< session time of the stream's frame 0 */
	bool streaming;
	uint64_t frames; /**< of the stream, at the last call */
	unsigned rate_hz;
	uint64_t last_us;
};

/** clock_init() - session time 0 is now. */
void clock_init(struct clock *c, uint64_t mono_us);

/** What the stream says of itself, if it runs. */
struct clock_stream {
	bool running;
	uint64_t frames;  /**< at its last callback */
	uint64_t mono_us; /**< CLOCK_MONOTONIC of that callback */
	unsigned rate_hz;
};

/**
 * clock_now() - session time at @mono_us
 *
 * The first call with a running stream ties its frames to the session: from
 * then on session time is frames / rate plus what has passed since that
 * callback. Where the stream stops, CLOCK_MONOTONIC takes over from there. A
 * stream that counts from 0 again, or at another rate, is tied anew.
 * @stream: NULL: there is none
 */
uint64_t clock_now(struct clock *c, uint64_t mono_us,
                   const struct clock_stream *stream);

/** clock_mono() - when (CLOCK_MONOTONIC) session time @t_us will be. */
uint64_t clock_mono(const struct clock *c, uint64_t t_us);

#endif
