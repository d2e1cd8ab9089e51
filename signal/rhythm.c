/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/rhythm.h"

#include <math.h>
#include <stdbool.h>

#define RATES_MAX 32

/* rhythm_share(), in shares of the pacer's rate */
#define SHARE_FROM   0.8
#define SHARE_STEP   0.1
#define SHARE_RATES  15
#define IN_FROM      1 /* 0.9, 1.0 and 1.1 are the pacer's */
#define IN_TO        3
#define HEARD        0.8 /* of the time, in beats */
#define BREATH_BEATS 2.2 /* fewer show no wave */
/* So that 0.75 is where it is twice as strong: log2 3. */
#define SHARP 1.584962500721156

/* rhythm_rate() */
#define PART_S     20.0
#define RATE_S     40.0
#define RATE_STEP  0.5
#define RATE_RATES 31  /* from RHYTHM_SLOWEST to RHYTHM_FASTEST */
#define STANDS_OUT 1.3 /* times the mean of all */

/* Beats on some scale of time; x is weighted, its trend is taken off. */
struct run {
	size_t n;
	double at[RHYTHM_BEATS_MAX], x[RHYTHM_BEATS_MAX];
};

/* Each value less the line through all, times its weight. */
static void level(struct run *r, const double *weight)
{
	double s = 0, sa = 0, saa = 0, sx = 0, sax = 0, slope, offset;

	for (size_t i = 0; i < r->n; i++) {
		double w = weight[i], a = r->at[i], x = r->x[i];

		s += w;
		sa += w * a;
		saa += w * a * a;
		sx += w * x;
		sax += w * a * x;
	}
	slope = (s * sax - sa * sx) / (s * saa - sa * sa);
	offset = (sx - slope * sa) / s;
	for (size_t i = 0; i < r->n; i++)
		r->x[i] = weight[i] * (r->x[i] - offset - slope * r->at[i]);
}

/* Adds to @power that at @rates rates from @from on, @step apart. */
static void add_power(const struct run *r, double from, double step,
                      size_t rates, double *power)
{
	double re[RATES_MAX] = {0}, im[RATES_MAX] = {0};

	for (size_t i = 0; i < r->n; i++) {
		double at = 2 * M_PI * r->at[i];
		double c = r->x[i] * cos(from * at);
		double s = r->x[i] * sin(from * at);
		double turn_c = cos(step * at), turn_s = sin(step * at);

		for (size_t k = 0; k < rates; k++) {
			double next = c * turn_c - s * turn_s;

			re[k] += c;
			im[k] += s;
			s = s * turn_c + c * turn_s;
			c = next;
		}
	}
	for (size_t k = 0; k < rates; k++) {
		double rate = from + step * (double)k;

		power[k] += (re[k] * re[k] + im[k] * im[k]) * rate * rate;
	}
}

/* --- beside a pacer ------------------------------------------------------- */

/* Beats between the marks, on a clock of the pacer's breaths. */
static void warp(const double *t_s, const double *rr_ms, size_t n,
                 const double *mark_s, size_t marks, struct run *ret,
                 double *weight)
{
	size_t k = 0;

	ret->n = 0;
	for (size_t i = 0; i < n && ret->n < RHYTHM_BEATS_MAX; i++) {
		if (t_s[i] < mark_s[0] || t_s[i] > mark_s[marks - 1])
			continue;
		while (k + 2 < marks && t_s[i] >= mark_s[k + 1])
			k++;
		weight[ret->n] = rr_ms[i];
		ret->x[ret->n] = rr_ms[i];
		ret->at[ret->n++] =
			(double)k +
			(t_s[i] - mark_s[k]) / (mark_s[k + 1] - mark_s[k]);
	}
}

/* Is enough of it heard? */
static bool heard(const struct run *r, const double *weight_ms, double length_s,
                  double breaths)
{
	double sum_ms = 0;

	for (size_t i = 0; i < r->n; i++)
		sum_ms += weight_ms[i];
	return sum_ms >= 1000 * HEARD * length_s &&
	       (double)r->n >= BREATH_BEATS * breaths;
}

/* The strongest of the pacer's, against the strongest of others up to @most
   times as fast. */
static double share_of(const double *power, double most)
{
	double in = 0, out = 0;

	for (size_t k = 0; k < SHARE_RATES; k++)
		if (k >= IN_FROM && k <= IN_TO)
			in = fmax(in, power[k]);
		else if (SHARE_FROM + SHARE_STEP * (double)k <= most)
			out = fmax(out, power[k]);
	in = pow(in, SHARP);
	out = pow(out, SHARP);
	return in + out > 0 ? in / (in + out) : NAN;
}

double rhythm_share(const double *t_s, const double *rr_ms, size_t n,
                    const double *mark_s, size_t marks)
{
	double power[SHARE_RATES] = {0}, weight[RHYTHM_BEATS_MAX];
	double breaths, length_s;
	struct run r;

	if (marks < RHYTHM_BREATHS_MIN + 1)
		return NAN;
	if (marks > RHYTHM_BREATHS + 1) {
		mark_s += marks - RHYTHM_BREATHS - 1;
		marks = RHYTHM_BREATHS + 1;
	}
	breaths = (double)(marks - 1);
	length_s = mark_s[marks - 1] - mark_s[0];
	warp(t_s, rr_ms, n, mark_s, marks, &r, weight);
	if (!heard(&r, weight, length_s, breaths))
		return NAN;
	level(&r, weight);
	add_power(&r, SHARE_FROM, SHARE_STEP, SHARE_RATES, power);
	return share_of(power, RHYTHM_FASTEST / 60 * length_s / breaths);
}

/* --- alone ---------------------------------------------------------------- */

static void part(const double *t_s, const double *rr_ms, size_t n,
                 double from_s, struct run *ret)
{
	double weight[RHYTHM_BEATS_MAX];

	ret->n = 0;
	for (size_t i = 0; i < n && ret->n < RHYTHM_BEATS_MAX; i++) {
		double at_s = t_s[i] - from_s;

		if (at_s < 0 || at_s > PART_S)
			continue;
		weight[ret->n] = rr_ms[i] * (1 - cos(2 * M_PI * at_s / PART_S));
		ret->x[ret->n] = rr_ms[i];
		ret->at[ret->n++] = at_s / 60;
	}
	level(ret, weight);
}

double rhythm_rate(const double *t_s, const double *rr_ms, size_t n)
{
	double power[RATE_RATES] = {0}, sum = 0;
	size_t best = 0;
	struct run r;

	if (n == 0 || t_s[n - 1] - t_s[0] < RATE_S)
		return NAN;
	for (double to_s = t_s[n - 1]; to_s - PART_S >= t_s[0];
	     to_s -= PART_S / 2) {
		part(t_s, rr_ms, n, to_s - PART_S, &r);
		add_power(&r, RHYTHM_SLOWEST, RATE_STEP, RATE_RATES, power);
	}
	for (size_t k = 0; k < RATE_RATES; k++) {
		sum += power[k];
		if (power[k] > power[best])
			best = k;
	}
	if (best == 0 || !(power[best] > STANDS_OUT * sum / RATE_RATES))
		return NAN;
	return RHYTHM_SLOWEST + RATE_STEP * (double)best;
}
