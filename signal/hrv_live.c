/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/hrv_live.h"

#include <assert.h>
#include <math.h>

void hrv_live_init(struct hrv_live *l)
{
	series_init(&l->series);
	hrv_sums_init(&l->before, 0.0);
}

static size_t slot(const struct hrv_live *l, size_t i)
{
	return (l->series.first + i) % SERIES_MAX;
}

/* Of the oldest @n beats, and of all that are forgotten. */
static const struct hrv_sums *of_first(const struct hrv_live *l, size_t n)
{
	return n > 0 ? &l->as_of[slot(l, n - 1)] : &l->before;
}

static void sum_up(struct hrv_live *l, size_t i)
{
	const struct series_beat *b = series_at(&l->series, i), *last;
	struct hrv_sums *s = &l->as_of[slot(l, i)];

	*s = *of_first(l, i);
	if (b->class != BEAT_OK)
		return;
	assert(b->value_ms > 0.0 && isfinite(b->value_ms));
	hrv_sums_beat(s, b->value_ms);
	if (i == 0)
		return;
	last = series_at(&l->series, i - 1);
	if (last->class == BEAT_OK && last->segment == b->segment)
		hrv_sums_pair(s, last->value_ms, b->value_ms);
}

void hrv_live_beat(struct hrv_live *l, uint64_t t_us, double rr_ms,
                   enum beat_class class, double value_ms)
{
	if (l->series.n == SERIES_MAX)
		l->before = l->as_of[slot(l, 0)];
	series_add(&l->series, t_us, rr_ms, class, value_ms);
	sum_up(l, l->series.n - 1);
}

void hrv_live_gap(struct hrv_live *l)
{
	series_gap(&l->series);
}

static bool says_the_same(const struct series_beat *b, enum beat_class class,
                          double value_ms)
{
	return b->class == class && (b->value_ms == value_ms ||
	                             (isnan(b->value_ms) && isnan(value_ms)));
}

void hrv_live_restate(struct hrv_live *l, size_t back, enum beat_class class,
                      double value_ms)
{
	size_t n = l->series.n;

	if (back >= n ||
	    says_the_same(series_at(&l->series, n - 1 - back), class, value_ms))
		return;
	series_restate(&l->series, back, class, value_ms);
	for (size_t i = n - 1 - back; i < n; i++)
		sum_up(l, i);
}

void hrv_live_time(const struct hrv_live *l, double from_s, double to_s,
                   struct hrv_time *ret)
{
	size_t first = series_after(&l->series, from_s);
	size_t end = series_after(&l->series, to_s);
	struct hrv_sums s;

	hrv_sums_init(&s, 0.0);
	if (first < end)
		hrv_sums_between(of_first(l, first), of_first(l, first + 1),
		                 of_first(l, end), &s);
	hrv_sums_time(&s, ret);
}
