/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/hrv_sums.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Small enough for plain sums to be good, large enough for the careful ones
 * between to cost nothing. */
#define BLOCK 256

/* The square of such a sum, a million times, is still a double. */
#define RANGE_MAX 1e150

/* 2^27 + 1 halves the 53 digits of a double. */
#define SPLIT 134217729.0

/* Two sums side by side: one addition would wait for the other. */
#define LANES 2
#define WIDE  __attribute__((vector_size(LANES * sizeof(double))))

_Static_assert(sizeof(int64_t) == sizeof(double), "a comparison's lanes");

void hrv_sums_init(struct hrv_sums *s, double shift_ms)
{
	*s = (struct hrv_sums){.shift_ms = shift_ms};
}

static void add(struct hrv_sum *s, double x)
{
	double sum = s->value + x, part = sum - s->value;

	s->rest += (s->value - (sum - part)) + (x - part);
	s->value = sum;
}

/* The upper half of the digits: products of halves are exact. */
static double upper(double x)
{
	double c = SPLIT * x;

	return c - (c - x);
}

/* Exact as long as nothing is contracted (-ffp-contract=off) or kept wider.
 * Not with fma(), which is slow where the processor has none. */
static struct hrv_sum product(double a, double b)
{
	double p = a * b, a1 = upper(a), b1 = upper(b), a2 = a - a1,
	       b2 = b - b1;

	return (struct hrv_sum){p,
	                        ((a1 * b1 - p) + a1 * b2 + a2 * b1) + a2 * b2};
}

static void add_square(struct hrv_sum *s, double x)
{
	struct hrv_sum p = product(x, x);

	add(s, p.value);
	s->rest += p.rest;
}

static double whole(const struct hrv_sum *s)
{
	return s->value + s->rest;
}

void hrv_sums_beat(struct hrv_sums *s, double rr_ms)
{
	s->n++;
	add(&s->rr_ms, rr_ms - s->shift_ms);
	add_square(&s->rr_ms2, rr_ms - s->shift_ms);
	add(&s->bpm, 60000.0 / rr_ms);
}

void hrv_sums_pair(struct hrv_sums *s, double before_ms, double rr_ms)
{
	double diff_ms = rr_ms - before_ms;
	double pair_ms = (rr_ms - s->shift_ms) + (before_ms - s->shift_ms);

	s->n_diff++;
	s->nn50 += fabs(diff_ms) > 50.0;
	s->nn20 += fabs(diff_ms) > 20.0;
	add(&s->diff_ms, diff_ms);
	add_square(&s->diff_ms2, diff_ms);
	add(&s->pair_ms, pair_ms);
	add_square(&s->pair_ms2, pair_ms);
}

static double WIDE wide_at(const double *x)
{
	double WIDE v;

	memcpy(&v, x, sizeof(v));
	return v;
}

static void block_of_beats(struct hrv_sums *s, const double *rr_ms, size_t n)
{
	double WIDE sum = {0}, squares = {0}, bpm = {0};
	size_t i;

	for (i = 0; i + LANES <= n; i += LANES) {
		double WIDE rr = wide_at(rr_ms + i), x = rr - s->shift_ms;

		sum += x;
		squares += x * x;
		bpm += 60000.0 / rr;
	}
	s->n += i;
	add(&s->rr_ms, sum[0] + sum[1]);
	add(&s->rr_ms2, squares[0] + squares[1]);
	add(&s->bpm, bpm[0] + bpm[1]);
	if (i < n)
		hrv_sums_beat(s, rr_ms[i]);
}

/* @n pairs: the first is of rr_ms[0] and rr_ms[1] */
static void block_of_pairs(struct hrv_sums *s, const double *rr_ms, size_t n)
{
	double WIDE diff = {0}, diff2 = {0}, pair = {0}, pair2 = {0};
	int64_t WIDE nn50 = {0}, nn20 = {0};
	size_t i;

	for (i = 0; i + LANES <= n; i += LANES) {
		double WIDE a = wide_at(rr_ms + i), b = wide_at(rr_ms + i + 1);
		double WIDE d = b - a,
			    p = (a - s->shift_ms) + (b - s->shift_ms);

		diff += d;
		diff2 += d * d;
		pair += p;
		pair2 += p * p;
		/* true is -1 */
		nn50 -= (d > 50.0) | (d < -50.0);
		nn20 -= (d > 20.0) | (d < -20.0);
	}
	s->n_diff += i;
	s->nn50 += (size_t)(nn50[0] + nn50[1]);
	s->nn20 += (size_t)(nn20[0] + nn20[1]);
	add(&s->diff_ms, diff[0] + diff[1]);
	add(&s->diff_ms2, diff2[0] + diff2[1]);
	add(&s->pair_ms, pair[0] + pair[1]);
	add(&s->pair_ms2, pair2[0] + pair2[1]);
	if (i < n)
		hrv_sums_pair(s, rr_ms[i], rr_ms[i + 1]);
}

static size_t at_most(size_t n, size_t max)
{
	return n < max ? n : max;
}

void hrv_sums_run(struct hrv_sums *s, const double *rr_ms, size_t n)
{
	for (size_t i = 0; i < n; i += BLOCK) {
		block_of_beats(s, rr_ms + i, at_most(n - i, BLOCK));
		block_of_pairs(s, rr_ms + i, at_most(n - i - 1, BLOCK));
	}
}

static struct hrv_sum less(const struct hrv_sum *a, const struct hrv_sum *b)
{
	struct hrv_sum ret = *a;

	add(&ret, -b->value);
	ret.rest -= b->rest;
	return ret;
}

void hrv_sums_between(const struct hrv_sums *before,
                      const struct hrv_sums *first, const struct hrv_sums *last,
                      struct hrv_sums *ret)
{
	*ret = (struct hrv_sums){
		.shift_ms = last->shift_ms,
		.n = last->n - before->n,
		.rr_ms = less(&last->rr_ms, &before->rr_ms),
		.rr_ms2 = less(&last->rr_ms2, &before->rr_ms2),
		.bpm = less(&last->bpm, &before->bpm),
		.n_diff = last->n_diff - first->n_diff,
		.nn50 = last->nn50 - first->nn50,
		.nn20 = last->nn20 - first->nn20,
		.diff_ms = less(&last->diff_ms, &first->diff_ms),
		.diff_ms2 = less(&last->diff_ms2, &first->diff_ms2),
		.pair_ms = less(&last->pair_ms, &first->pair_ms),
		.pair_ms2 = less(&last->pair_ms2, &first->pair_ms2),
	};
}

/* Divisor n - 1; n > 1. What is left of rounding may lie below 0. */
static double deviation(const struct hrv_sum *sum,
                        const struct hrv_sum *squares, size_t n)
{
	double k = (double)n;
	struct hrv_sum a = product(k, squares->value);
	struct hrv_sum b = product(sum->value, sum->value);
	double apart = a.value - b.value + a.rest + k * squares->rest - b.rest -
	               2.0 * sum->value * sum->rest;

	return apart > 0.0 ? sqrt(apart / (k * (k - 1.0))) : 0.0;
}

static void of_pairs(const struct hrv_sums *s, struct hrv_time *ret)
{
	double n = (double)s->n_diff;

	if (s->n_diff == 0)
		return;
	ret->rmssd_ms = sqrt(whole(&s->diff_ms2) / n);
	ret->pnn50_pct = 100.0 * (double)s->nn50 / n;
	ret->pnn20_pct = 100.0 * (double)s->nn20 / n;
	/* RR is half of what it adds to, and is more than, the one before */
	ret->joined_s = (n * s->shift_ms +
	                 0.5 * (whole(&s->pair_ms) + whole(&s->diff_ms))) /
	                1000.0;
	if (s->n_diff < 2)
		return;
	ret->sdsd_ms = deviation(&s->diff_ms, &s->diff_ms2, s->n_diff);
	ret->sd1_ms = ret->sdsd_ms * M_SQRT1_2;
	ret->sd2_ms =
		deviation(&s->pair_ms, &s->pair_ms2, s->n_diff) * M_SQRT1_2;
}

/* Nothing computed of these overflows; NAN is out of range too. */
static bool in_range(const struct hrv_sums *s)
{
	return s->shift_ms + s->rr_ms2.value + s->pair_ms2.value +
	               s->bpm.value <
	       RANGE_MAX;
}

void hrv_sums_time(const struct hrv_sums *s, struct hrv_time *ret)
{
	*ret = (struct hrv_time){
		.n = s->n,
		.n_diff = s->n_diff,
		.mean_nn_ms = NAN,
		.mean_hr_bpm = NAN,
		.mean_inst_hr_bpm = NAN,
		.sdnn_ms = NAN,
		.rmssd_ms = NAN,
		.sdsd_ms = NAN,
		.nn50 = s->nn50,
		.nn20 = s->nn20,
		.pnn50_pct = NAN,
		.pnn20_pct = NAN,
		.sd1_ms = NAN,
		.sd2_ms = NAN,
	};
	if (s->n == 0 || !in_range(s))
		return;
	ret->mean_nn_ms = s->shift_ms + whole(&s->rr_ms) / (double)s->n;
	ret->mean_hr_bpm = 60000.0 / ret->mean_nn_ms;
	ret->mean_inst_hr_bpm = whole(&s->bpm) / (double)s->n;
	if (s->n > 1)
		ret->sdnn_ms = deviation(&s->rr_ms, &s->rr_ms2, s->n);
	of_pairs(s, ret);
}
