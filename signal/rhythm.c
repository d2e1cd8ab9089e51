/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/rhythm.h"

#include <math.h>
#include <stdbool.h>

#define RATES_MAX 32

/* rhythm_beside(), in shares of the pacer's rate */
#define SHARE_FROM   0.8
#define SHARE_STEP   0.1
#define SHARE_RATES  15
#define IN_FROM      1 /* 0.9, 1.0 and 1.1 are the pacer's */
#define IN_TO        3
#define HEARD        0.8 /* of the time, in beats */
#define BREATH_BEATS 2.2 /* fewer show no wave */
/* So that 0.75 is where it is twice as strong: log2 3. */
#define SHARP 1.584962500721156
/* The last breaths that count in full, and what both are weighed with. */
#define FULL   2.0
#define WEIGHT 1.22

/* rhythm_rate() */
#define PART_S     20.0
#define RATE_S     40.0
#define RATE_STEP  0.5
#define RATE_RATES 31  /* from RHYTHM_SLOWEST to RHYTHM_FASTEST */
#define STANDS_OUT 1.3 /* times the mean of all */
#define RATE_BEATS 2.0 /* a breath: fewer show another rate (Nyquist) */
#define UNLIKE     0.3 /* of a rate that it is not */

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

/* The older a breath, the less it counts. */
static void taper(const struct run *r, double breaths, double *weight)
{
	for (size_t i = 0; i < r->n; i++) {
		double old = fmax(breaths - r->at[i] - FULL, 0);

		weight[i] *= 1 - old / (RHYTHM_BREATHS + 1 - FULL);
	}
}

/* The strongest of the pacer's, against the strongest of others up to @most
   times as fast. */
static double strength(const double *power, double most)
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

/* Waves of some breaths together. */
struct phasor {
	double re, im, sum, at; /* at: the mean of their breaths, by size */
};

static void add_wave(struct phasor *p, double re, double im, size_t breath)
{
	double size = hypot(re, im);

	p->re += re;
	p->im += im;
	p->sum += size;
	p->at += size * (double)breath;
}

/* The waves of single breaths, added up with their phases and without; and
   how far the phase of the newer half is ahead of the older half's. */
static void lock_of(const struct run *r, size_t breaths, struct rhythm *ret)
{
	double re[RHYTHM_BREATHS] = {0}, im[RHYTHM_BREATHS] = {0};
	struct phasor all = {0}, half[2] = {{0}};
	double turn;

	for (size_t i = 0; i < r->n; i++) {
		size_t k = (size_t)r->at[i];

		k = k < breaths ? k : breaths - 1;
		re[k] += r->x[i] * cos(2 * M_PI * r->at[i]);
		im[k] -= r->x[i] * sin(2 * M_PI * r->at[i]);
	}
	for (size_t k = 0; k < breaths; k++) {
		add_wave(&all, re[k], im[k], k);
		add_wave(&half[2 * k >= breaths], re[k], im[k], k);
	}
	if (!(half[0].sum > 0 && half[1].sum > 0))
		return;
	turn = atan2(half[1].im * half[0].re - half[1].re * half[0].im,
	             half[1].re * half[0].re + half[1].im * half[0].im);
	ret->lock = hypot(all.re, all.im) / all.sum;
	ret->drift = turn / (2 * M_PI) /
	             (half[1].at / half[1].sum - half[0].at / half[0].sum);
}

static double weigh(double lock, double strong)
{
	double x = WEIGHT * (lock + strong) / 2;

	return x > 1 ? 1 : x;
}

void rhythm_beside(const double *t_s, const double *rr_ms, size_t n,
                   const double *mark_s, size_t marks, struct rhythm *ret)
{
	double power[SHARE_RATES] = {0}, weight[RHYTHM_BEATS_MAX];
	double breaths, length_s;
	struct run r;

	*ret = (struct rhythm){NAN, NAN, NAN, NAN};
	if (marks < RHYTHM_BREATHS_MIN + 1)
		return;
	if (marks > RHYTHM_BREATHS + 1) {
		mark_s += marks - RHYTHM_BREATHS - 1;
		marks = RHYTHM_BREATHS + 1;
	}
	breaths = (double)(marks - 1);
	length_s = mark_s[marks - 1] - mark_s[0];
	warp(t_s, rr_ms, n, mark_s, marks, &r, weight);
	if (!heard(&r, weight, length_s, breaths))
		return;
	taper(&r, breaths, weight);
	level(&r, weight);
	add_power(&r, SHARE_FROM, SHARE_STEP, SHARE_RATES, power);
	ret->period_s = length_s / breaths;
	lock_of(&r, marks - 1, ret); /* NAN in it stays NAN */
	ret->adherence =
		weigh(ret->lock,
	              strength(power, RHYTHM_FASTEST / 60 * ret->period_s));
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

/* The last stands for all that is quicker. */
static bool peak(const double *power, size_t k)
{
	return k > 0 && power[k] > power[k - 1] &&
	       (k + 1 == RATE_RATES || power[k] >= power[k + 1]);
}

double rhythm_rate(const double *t_s, const double *rr_ms, size_t n,
                   double not_per_min)
{
	double power[RATE_RATES] = {0}, sum = 0, most;
	size_t best = 0;
	struct run r;

	if (n == 0 || t_s[n - 1] - t_s[0] < RATE_S)
		return NAN;
	for (double to_s = t_s[n - 1]; to_s - PART_S >= t_s[0];
	     to_s -= PART_S / 2) {
		part(t_s, rr_ms, n, to_s - PART_S, &r);
		add_power(&r, RHYTHM_SLOWEST, RATE_STEP, RATE_RATES, power);
	}
	most = 60 * (double)n / (t_s[n - 1] - t_s[0]) / RATE_BEATS;
	for (size_t k = 0; k < RATE_RATES; k++) {
		double per_min = RHYTHM_SLOWEST + RATE_STEP * (double)k;

		sum += power[k];
		if (peak(power, k) && per_min <= most &&
		    !(fabs(per_min - not_per_min) < UNLIKE * not_per_min) &&
		    (best == 0 || power[k] > power[best]))
			best = k;
	}
	if (best == 0 || !(power[best] > STANDS_OUT * sum / RATE_RATES))
		return NAN;
	return RHYTHM_SLOWEST + RATE_STEP * (double)best;
}
