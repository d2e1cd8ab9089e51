/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audio/bank.h"

#include <errno.h>
#include <stdlib.h>

int bank_create(struct bank **ret, size_t n, unsigned rate_hz)
{
	struct bank *b = calloc(1, sizeof(*b));

	if (!b)
		return -ENOMEM;
	b->clips = calloc(n ? n : 1, sizeof(*b->clips));
	if (!b->clips) {
		free(b);
		return -ENOMEM;
	}
	b->n = n;
	b->rate_hz = rate_hz;
	*ret = b;
	return 0;
}

struct bank *bank_destroy(struct bank *b)
{
	if (!b)
		return NULL;
	for (size_t i = 0; i < b->n; i++)
		free(b->clips[i].samples);
	free(b->clips);
	free(b);
	return NULL;
}

int bank_set(struct bank *b, size_t i, float *samples, uint32_t frames)
{
	if (i >= b->n)
		return -ERANGE;
	if (b->clips[i].samples != samples)
		free(b->clips[i].samples);
	b->clips[i].samples = samples;
	b->clips[i].frames = samples ? frames : 0;
	return 0;
}

uint32_t bank_ms(const struct bank *b, size_t i)
{
	uint64_t ms;

	if (i >= b->n || !b->clips[i].samples || !b->rate_hz)
		return 0;
	ms = ((uint64_t)b->clips[i].frames * 1000 + b->rate_hz - 1) /
	     b->rate_hz;
	return ms > UINT32_MAX ? UINT32_MAX : (uint32_t)ms;
}
