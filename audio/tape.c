/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audio/tape.h"

#include <errno.h>
#include <sys/mman.h>

int tape_create(struct tape **ret)
{
	void *t = mmap(NULL, sizeof(struct tape), PROT_READ | PROT_WRITE,
	               MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (t == MAP_FAILED)
		return -ENOMEM;
	*ret = t; /* zeroes are an empty tape */
	return 0;
}

struct tape *tape_destroy(struct tape *t)
{
	if (t)
		munmap(t, sizeof(*t));
	return NULL;
}

bool tape_add(struct tape *t, const struct sound *sound)
{
	size_t n = atomic_load_explicit(&t->n.value, memory_order_relaxed);

	if (n == TAPE_SIZE)
		return false;
	t->at[n] = *sound;
	atomic_store_explicit(&t->n.value, n + 1, memory_order_release);
	return true;
}

const struct sound *tape_read(const struct tape *t, size_t i)
{
	if (i >= atomic_load_explicit(&t->n.value, memory_order_acquire))
		return NULL;
	return &t->at[i];
}
