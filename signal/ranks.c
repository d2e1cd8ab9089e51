/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/ranks.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

struct pair {
	size_t a, b;
};

/* Four at a time, in what every x86-64 has. */
#define LANES 4
#define FOUR  __attribute__((vector_size(LANES * sizeof(float))))

/* How many are less than each of two values. All are looked at, which takes
 * less than a search whose every step waits for the one before; what lies
 * beyond the last is over any value. */
static struct pair ranks_of(const struct ranks *r, float a, float b)
{
	float a4 FOUR = {a, a, a, a}, b4 FOUR = {b, b, b, b}, x FOUR;
	int32_t less_a FOUR = {0}, less_b FOUR = {0};

	for (size_t i = 0; i < r->n; i += LANES) {
		memcpy(&x, r->sorted + i, sizeof(x));
		less_a -= x < a4; /* true is -1 */
		less_b -= x < b4;
	}
	return (struct pair){
		(size_t)(less_a[0] + less_a[1] + less_a[2] + less_a[3]),
		(size_t)(less_b[0] + less_b[1] + less_b[2] + less_b[3])};
}

static void move(struct ranks *r, size_t to, size_t from, size_t n)
{
	memmove(r->sorted + to, r->sorted + from, n * sizeof(*r->sorted));
}

void ranks_init(struct ranks *r)
{
	r->n = 0;
	for (size_t i = 0; i < RANKS_ROOM; i++)
		r->sorted[i] = INFINITY;
}

void ranks_add(struct ranks *r, float value)
{
	size_t at = ranks_of(r, value, value).a;

	assert(r->n < RANKS_MAX);
	move(r, at + 1, at, r->n - at);
	r->sorted[at] = value;
	r->n++;
}

void ranks_remove(struct ranks *r, float value)
{
	size_t at = ranks_of(r, value, value).a;

	assert(at < r->n);
	r->n--;
	move(r, at, at + 1, r->n - at);
	r->sorted[r->n] = INFINITY;
}

void ranks_swap(struct ranks *r, float out, float in)
{
	struct pair rank = ranks_of(r, out, in);
	size_t from = rank.a, to = rank.b;

	if (to > from) {
		to--; /* the one that leaves was among them */
		move(r, from, from + 1, to - from);
	} else {
		move(r, to + 1, to, from - to);
	}
	r->sorted[to] = in;
}
