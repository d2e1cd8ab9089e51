/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/strip.h"

#include <math.h>
#include <stdlib.h>

#include "tests/helpers/test.h"

void strip_add(struct strip *b, double rr_ms)
{
	double before_s = b->n > 0 ? b->t_s[b->n - 1] : 0.0;

	b->rr_ms[b->n] = rr_ms;
	b->joined[b->n] = b->n > 0;
	b->t_s[b->n++] = before_s + rr_ms * 1e-3;
}

double strip_breathing(size_t i)
{
	return 900.0 + 50.0 * sin((double)i * 2.0 * M_PI / 5.3);
}

struct strip *strip_start(size_t n)
{
	struct strip *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	arena_init(&b->arena);
	for (size_t i = 0; i < n; i++)
		strip_add(b, strip_breathing(i));
	return b;
}

const struct clean *strip_look(struct strip *b)
{
	struct nn in = {
		.t_s = b->t_s,
		.rr_ms = b->rr_ms,
		.joined = b->joined,
		.n = b->n,
	};

	assert_int_equal(clean_of(&b->arena, &in, &b->clean), 0);
	return &b->clean;
}

void strip_finish(struct strip *b)
{
	arena_finish(&b->arena);
	free(b);
}

size_t strip_wrong(const struct clean *c)
{
	return c->count.missed + c->count.extra + c->count.ectopic +
	       c->count.long_short + c->count.rejected;
}
