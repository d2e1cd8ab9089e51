/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/series.h"

#include <math.h>

/* Two beats closer than this would make a curve through them a cliff. */
#define APART_S 0.05

void series_init(struct series *s)
{
	s->first = 0;
	s->n = 0;
	s->segment = 0;
	s->began_s = NAN;
}

static struct series_beat *slot(struct series *s, size_t i)
{
	return &s->beat[(s->first + i) % SERIES_MAX];
}

void series_add(struct series *s, uint64_t t_us, double rr_ms,
                enum beat_class class, double value_ms)
{
	struct series_beat *b;

	if (s->n == SERIES_MAX) {
		s->first = (s->first + 1) % SERIES_MAX;
		s->n--;
	}
	b = slot(s, s->n++);
	*b = (struct series_beat){
		.t_us = t_us,
		.t_s = series_seconds(t_us),
		.rr_ms = rr_ms,
		.value_ms = value_ms,
		.class = class,
		.segment = s->segment,
	};
	if (isnan(s->began_s))
		s->began_s = series_start_s(b);
}

void series_gap(struct series *s)
{
	s->segment++;
}

void series_restate(struct series *s, size_t back, enum beat_class class,
                    double value_ms)
{
	struct series_beat *b;

	if (back >= s->n)
		return;
	b = slot(s, s->n - 1 - back);
	b->class = class;
	b->value_ms = value_ms;
}

size_t series_after(const struct series *s, double t_s)
{
	size_t lo = 0, hi = s->n;

	/* most look as far as now, or a little way back */
	for (size_t back = 1; back <= hi; back *= 2) {
		size_t i = s->n - back;

		if (series_at(s, i)->t_s <= t_s) {
			lo = i + 1;
			break;
		}
		hi = i;
	}
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (series_at(s, mid)->t_s > t_s)
			hi = mid;
		else
			lo = mid + 1;
	}
	return lo;
}

bool series_broken(const struct series *s, double from_s, double to_s)
{
	const struct series_beat *before = NULL;
	size_t i = series_after(s, from_s);

	if (i > 0)
		before = series_at(s, i - 1);
	/* no gap since: nothing to look for */
	if (s->n == 0 || series_at(s, i > 0 ? i - 1 : 0)->segment == s->segment)
		return false;
	for (; i < s->n; i++) {
		const struct series_beat *b = series_at(s, i);

		if (before && before->t_s > to_s)
			return false;
		if (before && b->segment != before->segment &&
		    series_start_s(b) >= from_s)
			return true;
		before = b;
	}
	return before && before->segment != s->segment && before->t_s <= to_s;
}

double series_since(const struct series *s, double from_s, double to_s)
{
	const struct series_beat *after = NULL;

	for (size_t i = series_after(s, to_s); i > 0; i--) {
		const struct series_beat *b = series_at(s, i - 1);

		if (after && b->segment != after->segment)
			return fmax(from_s, series_start_s(after));
		if (b->t_s <= from_s)
			break;
		after = b;
	}
	return from_s;
}

static void turn_round(double *values, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		double kept = values[i];

		values[i] = values[n - 1 - i];
		values[n - 1 - i] = kept;
	}
}

size_t series_run(const struct series *s, double from_s, double to_s,
                  double *ret_t_s, double *ret_value_ms)
{
	const struct series_beat *after = NULL;
	size_t n = 0;

	for (size_t i = series_after(s, to_s); i > 0; i--) {
		const struct series_beat *b = series_at(s, i - 1);
		double t_s = b->t_s;

		if (t_s <= from_s)
			break;
		if (after && b->segment != after->segment)
			break;
		after = b;
		if (b->class == BEAT_REJECTED)
			continue;
		if (n > 0 && ret_t_s[n - 1] - t_s > SERIES_HOLE_S)
			break;
		if (n > 0 && ret_t_s[n - 1] - t_s < APART_S)
			continue;
		ret_t_s[n] = t_s;
		ret_value_ms[n++] = b->value_ms;
	}
	turn_round(ret_t_s, n);
	turn_round(ret_value_ms, n);
	return n;
}

size_t series_beats(const struct series *s, double from_s, double to_s,
                    double *ret_t_s, double *ret_value_ms)
{
	size_t n = 0, end = series_after(s, to_s);

	for (size_t i = series_after(s, from_s); i < end; i++) {
		const struct series_beat *b = series_at(s, i);

		if (b->class == BEAT_REJECTED)
			continue;
		ret_t_s[n] = b->t_s;
		ret_value_ms[n++] = b->value_ms;
	}
	return n;
}
