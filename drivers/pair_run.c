/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/pair_run.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

/* Rounding: see the header. The width is what lies within, both ends in. */
#define TICK_MS      (1000.0 / BEAT_TICKS_PER_S)
#define EQUAL_TICKS  (1 * TICK_MS)
#define WIDTH_TICKS  (3 * TICK_MS)
#define EQUAL_MS     2.0
#define WIDTH_MS     5.0
#define ROUND_OFF_MS 1e-6

/* Of fourth differences: sum of the squares of 1, 4, 6, 4, 1. */
#define DIFFERENCES_GAIN 8.366600265340756
#define MEDIAN_OF_NORMAL 0.6745 /* median of |x| over its deviation */
#define SPREAD_BEATS     32
#define SPREAD_LEAST     16
#define TWO_ROOT_PI      3.5449077018110318

void pair_run_add(struct pair_run *r, const struct beat *beat)
{
	r->beats[r->n % PAIR_RUN_MAX] = *beat;
	r->n++;
	if (r->n - r->from > PAIR_RUN_MAX)
		r->from = r->n - PAIR_RUN_MAX;
}

void pair_run_break(struct pair_run *r)
{
	r->from = r->n;
}

const struct beat *pair_run_at(const struct pair_run *r, int64_t i)
{
	if (i < (int64_t)r->from || i >= (int64_t)r->n)
		return NULL;
	return &r->beats[i % PAIR_RUN_MAX];
}

bool pair_run_equal(const struct beat *a, const struct beat *b)
{
	bool ticks = a->rr_ticks > 0 && b->rr_ticks > 0;

	return fabs(a->rr_ms - b->rr_ms) <=
	       (ticks ? EQUAL_TICKS : EQUAL_MS) + ROUND_OFF_MS;
}

static void sort(double *values, size_t n)
{
	for (size_t i = 1; i < n; i++)
		for (size_t k = i; k > 0 && values[k] < values[k - 1]; k--) {
			double swap = values[k];

			values[k] = values[k - 1];
			values[k - 1] = swap;
		}
}

/* Return: what cannot be foretold of an interval, ms; 0: not known. */
static double spread_of(const struct pair_run *r)
{
	double at[SPREAD_BEATS];
	/* also over breaks, which move no median */
	size_t n = r->n < SPREAD_BEATS ? (size_t)r->n : SPREAD_BEATS;

	if (n < SPREAD_LEAST)
		return 0;
	for (size_t i = 0; i < n; i++)
		at[i] = r->beats[(r->n - n + i) % PAIR_RUN_MAX].rr_ms;
	for (unsigned order = 0; order < 4; order++, n--)
		for (size_t i = 0; i + 1 < n; i++)
			at[i] = at[i + 1] - at[i];
	for (size_t i = 0; i < n; i++)
		at[i] = fabs(at[i]);
	sort(at, n);
	return at[n / 2] / (MEDIAN_OF_NORMAL * DIFFERENCES_GAIN);
}

static bool in_ticks(const struct pair_run *r)
{
	return r->n > 0 && r->beats[(r->n - 1) % PAIR_RUN_MAX].rr_ticks > 0;
}

double pair_run_bits(const struct pair_run *a, const struct pair_run *b)
{
	double width = in_ticks(a) && in_ticks(b) ? WIDTH_TICKS : WIDTH_MS;
	double chance = width / (TWO_ROOT_PI * spread_of(a));

	return chance < 1 ? -log2(chance) : 0;
}

static bool near(const struct beat *a, const struct beat *b)
{
	uint64_t apart_us =
		a->t_us > b->t_us ? a->t_us - b->t_us : b->t_us - a->t_us;

	return apart_us <= PAIR_RUN_APART_US;
}

/* Return: how many intervals are equal, from the last common one back. */
static unsigned common(const struct pair_run *r, const struct pair_run *in,
                       int64_t shift)
{
	int64_t last = (int64_t)in->n - 1;
	unsigned n = 0;

	if ((int64_t)r->n - 1 + shift < last)
		last = (int64_t)r->n - 1 + shift;
	for (;; n++) {
		const struct beat *b = pair_run_at(in, last - n);
		const struct beat *a = pair_run_at(r, last - n - shift);

		if (!a || !b || !near(a, b) || !pair_run_equal(a, b))
			return n;
	}
}

bool pair_run_find(const struct pair_run *r, const struct pair_run *in,
                   double bits, int64_t *ret_shift)
{
	int64_t most = (int64_t)in->n - 1 - (int64_t)r->from;
	int64_t least = (int64_t)in->from - ((int64_t)r->n - 1);
	double each = pair_run_bits(in, r);
	unsigned found = 0;
	int64_t at = 0;

	if (each <= 0)
		return false;
	for (int64_t shift = least; shift <= most; shift++)
		if (common(r, in, shift) * each >= bits) {
			at = shift;
			found++;
		}
	if (found != 1)
		return false;
	*ret_shift = at;
	return true;
}
