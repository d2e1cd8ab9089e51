/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_SIGNAL_ARENA_H
#define LULL_SIGNAL_ARENA_H

#include <stddef.h>

/**
 * Room to compute in: taken in order, given back in one stroke. What a
 * recording of a day needs is tens of MiB in pieces that live briefly; a
 * malloc() for each would hand the pages back and fault them in anew, at
 * 0.1 us to 10 us for 4 KiB. What is large lies on huge pages where the
 * system has them.
 *
 *   struct arena_mark mark = arena_mark(a);
 *   double *x = arena_take(a, n, sizeof(*x));
 *   if (!x) return -ENOMEM;
 *   ...
 *   arena_release(a, mark);
 *
 * One thread at a time; each thread has its own.
 */

#define ARENA_CHUNKS_MAX 48

struct arena {
	struct arena_chunk {
		unsigned char *at;
		size_t size, used;
	} chunk[ARENA_CHUNKS_MAX];
	size_t n;   /**< chunks there are */
	size_t now; /**< the one that is taken from */
};

struct arena_mark {
	size_t now, used;
};

/** arena_init() - empty; memory comes as it is asked for. */
void arena_init(struct arena *a);
/** arena_finish() - give all back to the system; takes one of all zeros. */
void arena_finish(struct arena *a);

/**
 * arena_take() - @n items of @size bytes, not cleared, aligned to 64 bytes
 * Valid until the release to an earlier mark. Return: NULL if out of memory.
 */
void *arena_take(struct arena *a, size_t n, size_t size);

struct arena_mark arena_mark(const struct arena *a);
/** arena_release() - all that was taken since @mark; the pages stay ours. */
void arena_release(struct arena *a, struct arena_mark mark);

#endif
