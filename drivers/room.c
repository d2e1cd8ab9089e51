/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/room.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Of x86-64 and most of arm64; elsewhere it is only an alignment. */
#define HUGE_PAGE ((size_t)2 << 20)

/* From half a page on, the other half may lie idle. */
#define LARGE (HUGE_PAGE / 2)

void *room_grow(void *old, size_t used, size_t size)
{
	size_t pages = size / HUGE_PAGE + 1;
	void *more;

	if (size < LARGE)
		return reallocarray(old, size, 1);
	if (pages > SIZE_MAX / HUGE_PAGE)
		return NULL;
	more = aligned_alloc(HUGE_PAGE, pages * HUGE_PAGE);
	if (!more)
		return NULL;
	/* a wish: without huge pages it is memory like any other */
	(void)madvise(more, pages * HUGE_PAGE, MADV_HUGEPAGE);
	if (used > 0)
		memcpy(more, old, used);
	free(old);
	return more;
}
