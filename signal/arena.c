/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/arena.h"

#include <stdlib.h>

#define ALIGN     ((size_t)64)
#define CHUNK_MIN ((size_t)256 << 10)

void arena_init(struct arena *a)
{
	*a = (struct arena){.n = 0};
}

void arena_finish(struct arena *a)
{
	for (size_t i = 0; i < a->n; i++)
		free(a->chunk[i].at);
	arena_init(a);
}

/* Each new chunk is at least as large as all before it, so that their number
 * stays small whatever is asked for. */
static struct arena_chunk *add_chunk(struct arena *a, size_t bytes)
{
	struct arena_chunk *c = &a->chunk[a->n];
	size_t size = CHUNK_MIN;

	if (a->n == ARENA_CHUNKS_MAX)
		return NULL;
	for (size_t i = 0; i < a->n; i++)
		size += a->chunk[i].size;
	if (size < bytes)
		size = bytes;
	size = (size + ALIGN - 1) / ALIGN * ALIGN;
	c->at = aligned_alloc(ALIGN, size);
	if (!c->at)
		return NULL;
	c->size = size;
	c->used = 0;
	a->n++;
	return c;
}

void *arena_take(struct arena *a, size_t n, size_t size)
{
	struct arena_chunk *c = NULL;
	size_t bytes;
	void *ret;

	if (__builtin_mul_overflow(n, size, &bytes) || bytes > (size_t)-1 / 4)
		return NULL;
	bytes = (bytes + ALIGN - 1) / ALIGN * ALIGN;
	for (size_t i = a->now; i < a->n && !c; i++)
		if (a->chunk[i].size - a->chunk[i].used >= bytes) {
			c = &a->chunk[i];
			a->now = i;
		}
	if (!c) {
		c = add_chunk(a, bytes);
		if (!c)
			return NULL;
		a->now = a->n - 1;
	}
	ret = c->at + c->used;
	c->used += bytes;
	return ret;
}

struct arena_mark arena_mark(const struct arena *a)
{
	return (struct arena_mark){a->now,
	                           a->n > 0 ? a->chunk[a->now].used : 0};
}

void arena_release(struct arena *a, struct arena_mark mark)
{
	if (a->n == 0)
		return;
	for (size_t i = mark.now + 1; i < a->n; i++)
		a->chunk[i].used = 0;
	a->now = mark.now;
	a->chunk[mark.now].used = mark.used;
}
