/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/clean.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "signal/clean_mend.h"
#include "signal/fibrillation.h"
#include "signal/odd.h"

/* The beginning is gone along twice, that its limits be known. */
#define LEARN (RANKS_MAX + ODD_AHEAD)

static void learn(const struct nn *in, struct odd *o)
{
	struct odd_verdict v;

	odd_init(o);
	for (size_t i = 0; i < in->n && i < LEARN; i++) {
		if (i > 0 && !nn_joined(in, i))
			odd_gap(o);
		odd_push(o, in->rr_ms[i], false, &v);
	}
	odd_gap(o);
}

static void judge_run(struct odd *o, const double *rr_ms, size_t n,
                      uint8_t *kind)
{
	struct odd_verdict v;

	for (size_t i = 0; i < n; i++)
		if (odd_push(o, rr_ms[i], false, &v))
			*kind++ = (uint8_t)v.kind;
	while (odd_flush(o, false, &v))
		*kind++ = (uint8_t)v.kind;
	odd_gap(o);
}

static void judge(const struct nn *in, uint8_t *kind)
{
	struct odd o;

	learn(in, &o);
	for (size_t i = 0, end; i < in->n; i = end) {
		end = nn_run_end(in, i);
		judge_run(&o, in->rr_ms + i, end - i, kind + i);
	}
}

static int make_out(struct arena *a, size_t n, const uint8_t *kind,
                    struct clean_out *ret)
{
	size_t room = n;

	for (size_t i = 0; i < n; i++)
		if (kind[i] == CLEAN_MISSED)
			room += CLEAN_BEATS_MAX;
	*ret = (struct clean_out){
		.t_s = arena_take(a, room, sizeof(*ret->t_s)),
		.rr_ms = arena_take(a, room, sizeof(*ret->rr_ms)),
		.joined = arena_take(a, room, sizeof(*ret->joined)),
		.mended = arena_take(a, room, sizeof(*ret->mended)),
	};
	return ret->t_s && ret->rr_ms && ret->joined && ret->mended ? 0
	                                                            : -ENOMEM;
}

static double percent_of(const struct clean_count *c, size_t n)
{
	size_t wrong =
		c->missed + c->extra + c->ectopic + c->long_short + c->rejected;

	return n > 0 ? 100.0 * (double)wrong / (double)n : NAN;
}

static int correct(struct arena *a, const struct nn *in, uint8_t *kind,
                   struct clean *ret)
{
	struct clean_count count = {0};
	struct clean_out out;

	judge(in, kind);
	if (make_out(a, in->n, kind, &out) < 0)
		return -ENOMEM;
	for (size_t i = 0, end; i < in->n; i = end) {
		end = nn_run_end(in, i);
		clean_mend(in, i, end, kind, &out, &count);
	}
	count.percent = percent_of(&count, in->n);
	*ret = (struct clean){
		.count = count,
		.kind = kind,
		.nn =
			{
				.t_s = out.t_s,
				.rr_ms = out.rr_ms,
				.joined = out.joined,
				.mended = out.mended,
				.n = out.n,
			},
	};
	return 0;
}

int clean_of(struct arena *a, const struct nn *in, struct clean *ret)
{
	struct fibrillation f = fibrillation_look(in);
	struct arena_mark mark = arena_mark(a);
	uint8_t *kind = arena_take(a, in->n, sizeof(*kind));
	int r = kind ? 0 : -ENOMEM;

	if (r == 0 && fibrillation_likely(&f)) {
		memset(kind, CLEAN_OK, in->n);
		*ret = (struct clean){
			.count = {.percent = NAN, .refused = true},
			.kind = kind,
			.nn = *in,
		};
	} else if (r == 0) {
		r = correct(a, in, kind, ret);
	}
	if (r < 0)
		arena_release(a, mark);
	return r;
}
