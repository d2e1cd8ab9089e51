/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/sitter.h"

#include "tests/helpers/test.h"

void sitter_start(struct sitter *b, const struct rr_spec *spec)
{
	*b = (struct sitter){0};
	assert_int_equal(window_create(&b->w), 0);
	rr_start(&b->heart, spec);
	rr_next(&b->heart, &b->t_s, &b->rr_ms);
}

void sitter_pace(struct sitter *b, double at_s, double period_s)
{
	b->breath_s = at_s;
	b->period_s = period_s;
}

void sitter_run(struct sitter *b, double to_s)
{
	for (;;) {
		bool breath = b->period_s > 0.0 && b->breath_s <= b->t_s;
		double next_s = breath ? b->breath_s : b->t_s;

		if (next_s > to_s)
			return;
		if (breath) {
			window_breath(b->w, (uint64_t)(b->breath_s * 1e6),
			              b->period_s);
			b->breath_s += b->period_s;
			continue;
		}
		b->rejected +=
			window_beat(
				b->w,
				&(struct beat){.t_us = (uint64_t)(b->t_s * 1e6),
		                               .rr_ms = b->rr_ms}) ==
			BEAT_REJECTED;
		rr_next(&b->heart, &b->t_s, &b->rr_ms);
	}
}

void sitter_lose(struct sitter *b, double to_s, bool announced)
{
	if (announced)
		window_gap(b->w, (uint64_t)(b->t_s * 1e6));
	while (b->t_s <= to_s)
		rr_next(&b->heart, &b->t_s, &b->rr_ms);
}

struct estimate sitter_look(struct sitter *b, double at_s)
{
	struct estimate e;

	sitter_run(b, at_s);
	window_estimate(b->w, (uint64_t)(at_s * 1e6), &e);
	return e;
}

void sitter_finish(struct sitter *b)
{
	window_destroy(b->w);
}
