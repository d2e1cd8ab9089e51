/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audio/report.h"

/* A sequence lock. Source: H. Boehm, "Can seqlocks get along with programming
 * language memory models?" (MSPC 2012), figure 6. */
void report_clock(struct report *r, uint64_t frames, uint64_t mono_us)
{
	unsigned turn = atomic_load_explicit(&r->turn, memory_order_relaxed);

	atomic_store_explicit(&r->turn, turn + 1, memory_order_relaxed);
	atomic_thread_fence(memory_order_release);
	atomic_store_explicit(&r->frames, frames, memory_order_relaxed);
	atomic_store_explicit(&r->mono_us, mono_us, memory_order_relaxed);
	atomic_store_explicit(&r->turn, turn + 2, memory_order_release);
}

/* A writer that died in the middle leaves an odd turn for good; whoever asks
 * then is told, after many looks, that there is no clock. */
bool report_read(const struct report *r, uint64_t *ret_frames,
                 uint64_t *ret_mono_us)
{
	uint64_t frames, mono_us;
	unsigned before, after;

	for (int tries = 0; tries < 1000; tries++) {
		before = atomic_load_explicit(&r->turn, memory_order_acquire);
		frames = atomic_load_explicit(&r->frames, memory_order_relaxed);
		mono_us =
			atomic_load_explicit(&r->mono_us, memory_order_relaxed);
		atomic_thread_fence(memory_order_acquire);
		after = atomic_load_explicit(&r->turn, memory_order_relaxed);
		if (before != after || before & 1)
			continue;
		if (!before)
			return false;
		*ret_frames = frames;
		*ret_mono_us = mono_us;
		return true;
	}
	return false;
}
