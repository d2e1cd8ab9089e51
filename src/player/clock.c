/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "player/clock.h"

#define US_PER_S UINT64_C(1000000)

void clock_init(struct clock *c, uint64_t mono_us)
{
	*c = (struct clock){.offset_us = -(int64_t)mono_us};
}

/* Where the stream is at @mono_us, on its own count. The last callback may be
   newer than the caller's look at the clock. */
static int64_t stream_position(const struct clock_stream *s, uint64_t mono_us)
{
	uint64_t whole = s->frames / s->rate_hz;
	uint64_t rest = s->frames % s->rate_hz;

	return (int64_t)(whole * US_PER_S + rest * US_PER_S / s->rate_hz) +
	       ((int64_t)mono_us - (int64_t)s->mono_us);
}

static bool must_join(const struct clock *c, const struct clock_stream *s)
{
	return !c->streaming || s->frames < c->frames ||
	       s->rate_hz != c->rate_hz;
}

uint64_t clock_now(struct clock *c, uint64_t mono_us,
                   const struct clock_stream *stream)
{
	int64_t now_us = (int64_t)mono_us + c->offset_us;

	if (now_us < (int64_t)c->last_us)
		now_us = (int64_t)c->last_us;
	if (stream && stream->running) {
		int64_t at_us = stream_position(stream, mono_us);

		if (must_join(c, stream))
			c->stream_us = now_us - at_us;
		now_us = c->stream_us + at_us;
		c->streaming = true;
		c->frames = stream->frames;
		c->rate_hz = stream->rate_hz;
	} else {
		c->streaming = false;
	}
	c->offset_us = now_us - (int64_t)mono_us;
	if (now_us > (int64_t)c->last_us)
		c->last_us = (uint64_t)now_us;
	return c->last_us;
}

uint64_t clock_mono(const struct clock *c, uint64_t t_us)
{
	return (uint64_t)((int64_t)t_us - c->offset_us);
}
