/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/arena.h"

#include <stdlib.h>
#include <sys/mman.h>

#define ALIGN     ((size_t)64)
#define CHUNK_MIN ((size_t)256 << 10)

/* Of x86-64 and most of arm64; elsewhere it is only an alignment. */
#define HUGE_PAGE ((size_t)2 << 20)

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

static void *chunk_memory(size_t size)
{
	void *at;

	if (size < HUGE_PAGE)
		return aligned_alloc(ALIGN, size);
	at = aligned_alloc(HUGE_PAGE, size);
	/* a wish: without huge pages it is memory like any other */
	if (at)
		(void)madvise(at, size, MADV_HUGEPAGE);
	return at;
}

/* Each new chunk is at least as large as all before it, so that their number
 * stays small whatever is asked for. */
static struct arena_chunk *add_chunk(struct arena *a, size_t bytes)
{
	struct arena_chunk *c = &a->chunk[a->n];
	size_t size = CHUNK_MIN, step;

	if (a->n == ARENA_CHUNKS_MAX)
		return NULL;
	for (size_t i = 0; i < a->n; i++)
		size += a->chunk[i].size;
	if (size < bytes)
		size = bytes;
	step = size < HUGE_PAGE ? ALIGN : HUGE_PAGE;
	size = (size + step - 1) / step * step;
	c->at = chunk_memory(size);
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
