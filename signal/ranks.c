/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/ranks.h"

#include <assert.h>
#include <string.h>

/* How many are less: counting all is quicker than a search that guesses. */
static size_t rank_of(const struct ranks *r, float value)
{
	int less = 0;

	for (size_t i = 0; i < r->n; i++)
		less += r->sorted[i] < value;
	return (size_t)less;
}

static void move(struct ranks *r, size_t to, size_t from, size_t n)
{
	memmove(r->sorted + to, r->sorted + from, n * sizeof(*r->sorted));
}

void ranks_add(struct ranks *r, float value)
{
	size_t at = rank_of(r, value);

	assert(r->n < RANKS_MAX);
	move(r, at + 1, at, r->n - at);
	r->sorted[at] = value;
	r->n++;
}

void ranks_remove(struct ranks *r, float value)
{
	size_t at = rank_of(r, value);

	assert(at < r->n);
	r->n--;
	move(r, at, at + 1, r->n - at);
}

void ranks_swap(struct ranks *r, float out, float in)
{
	size_t from = rank_of(r, out), to = rank_of(r, in);

	if (to > from) {
		to--; /* the one that leaves was among them */
		move(r, from, from + 1, to - from);
	} else {
		move(r, to + 1, to, from - to);
	}
	r->sorted[to] = in;
}
