/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/resonance.h"

#include <errno.h>
#include <math.h>

#define BREATH_BEATS  3 /* for a peak and a trough */
#define ARTIFACT_MAX  5.0
#define ADHERENCE_MIN 0.8
#define PROBES_MIN    2
#define TIE           0.9 /* of the best's swing, C.1 */
/* Standard errors: 95 % for the best against four others at once
   (Bonferroni), as it is the best of them that is compared. */
#define SURE        2.5
#define EPSILON     1e-9
#define DEG_PER_RAD (180 / M_PI)

void resonance_begin(struct resonance_take *t, double per_min, double inhale)
{
	t->per_min = per_min;
	t->inhale = inhale;
	t->n_beats = t->n_odd = t->n_marks = 0;
}

void resonance_breath(struct resonance_take *t, double t_s)
{
	if (t->n_marks <= RESONANCE_BREATHS)
		t->mark_s[t->n_marks++] = t_s;
}

void resonance_beat(struct resonance_take *t, double t_s, double rr_ms,
                    bool odd)
{
	if (t->n_marks == 0 || t_s < t->mark_s[0])
		return;
	if (odd) {
		t->n_odd++;
		return;
	}
	if (t->n_beats == RESONANCE_BEATS)
		return;
	t->beat_s[t->n_beats] = t_s;
	t->bpm[t->n_beats++] = 60000 / rr_ms;
}

/* Return: peak less trough of the beats in [from, to); NAN: too few. */
static double swing(const struct resonance_take *t, double from, double to)
{
	double low = INFINITY, high = -INFINITY;
	int n = 0;

	for (size_t i = 0; i < t->n_beats; i++) {
		if (t->beat_s[i] < from || t->beat_s[i] >= to)
			continue;
		low = fmin(low, t->bpm[i]);
		high = fmax(high, t->bpm[i]);
		n++;
	}
	return n >= BREATH_BEATS ? high - low : NAN;
}

static void measure_swing(const struct resonance_take *t,
                          struct resonance_probe *ret)
{
	double sum = 0, squares = 0;
	size_t n = 0;

	for (size_t k = 0; k + 1 < t->n_marks; k++) {
		double s = swing(t, t->mark_s[k], t->mark_s[k + 1]);

		if (isnan(s))
			continue;
		sum += s;
		squares += s * s;
		n++;
	}
	ret->breaths = n;
	if (n < 2)
		return;
	ret->rsa_bpm = sum / (double)n;
	ret->rsa_se_bpm = sqrt(fmax(squares - sum * ret->rsa_bpm, 0) /
	                       (double)(n - 1) / (double)n);
}

/* Gauss's elimination of three equations; @m is used up. */
static void solve(double m[3][4], double x[3])
{
	for (int k = 0; k < 3; k++)
		for (int i = k + 1; i < 3; i++) {
			double f = m[i][k] / m[k][k];

			for (int j = k; j < 4; j++)
				m[i][j] -= f * m[k][j];
		}
	for (int k = 2; k >= 0; k--) {
		x[k] = m[k][3];
		for (int j = k + 1; j < 3; j++)
			x[k] -= m[k][j] * x[j];
		x[k] /= m[k][k];
	}
}

/* Base functions of the fit for a beat at @t_s. */
static void terms(const struct resonance_take *t, double t_s, double f[3])
{
	double angle = 2 * M_PI * t->per_min / 60 * (t_s - t->mark_s[0]);

	f[0] = 1;
	f[1] = cos(angle);
	f[2] = sin(angle);
}

static void measure_sine(const struct resonance_take *t,
                         struct resonance_probe *ret)
{
	double m[3][4] = {{0}}, x[3], f[3];
	double mean = 0, all = 0, left = 0;

	if (ret->breaths < 2)
		return;
	for (size_t i = 0; i < t->n_beats; i++) {
		terms(t, t->beat_s[i], f);
		for (int a = 0; a < 3; a++) {
			for (int b = 0; b < 3; b++)
				m[a][b] += f[a] * f[b];
			m[a][3] += f[a] * t->bpm[i];
		}
		mean += t->bpm[i] / (double)t->n_beats;
	}
	solve(m, x);
	for (size_t i = 0; i < t->n_beats; i++) {
		terms(t, t->beat_s[i], f);

		double rest = t->bpm[i] - x[0] - x[1] * f[1] - x[2] * f[2];

		all += (t->bpm[i] - mean) * (t->bpm[i] - mean);
		left += rest * rest;
	}
	ret->power = (x[1] * x[1] + x[2] * x[2]) / 2;
	ret->coherence = all > 0 ? fmax(1 - left / all, 0) : NAN;
	ret->phase_deg =
		remainder(atan2(x[2], x[1]) - 2 * M_PI * t->inhale, 2 * M_PI) *
		DEG_PER_RAD;
}

void resonance_measure(const struct resonance_take *t,
                       struct resonance_probe *ret)
{
	size_t heard = t->n_beats + t->n_odd;

	*ret = (struct resonance_probe){
		.per_min = t->per_min,
		.rsa_bpm = NAN,
		.rsa_se_bpm = NAN,
		.power = NAN,
		.coherence = NAN,
		.phase_deg = NAN,
		.adherence = NAN,
		.score = NAN,
		.artifact_pct =
			heard ? 100.0 * (double)t->n_odd / (double)heard : NAN,
	};
	measure_swing(t, ret);
	measure_sine(t, ret);
}

bool resonance_valid(const struct resonance_probe *p, size_t breaths)
{
	return p->artifact_pct <= ARTIFACT_MAX &&
	       p->adherence >= ADHERENCE_MIN && p->breaths >= breaths &&
	       isfinite(p->rsa_bpm) && isfinite(p->coherence);
}

static double criterion(const struct resonance_probe *p, int which)
{
	switch (which) {
	case 0:
		return p->rsa_bpm;
	case 1:
		return p->power;
	case 2:
		return p->coherence;
	default:
		return fabs(p->phase_deg);
	}
}

static void add_z(struct resonance_probe *p, size_t n, int which, double weight)
{
	double sum = 0, squares = 0, mean, sd;
	size_t valid = 0;

	for (size_t i = 0; i < n; i++)
		if (p[i].valid) {
			sum += criterion(&p[i], which);
			valid++;
		}
	mean = sum / (double)valid;
	for (size_t i = 0; i < n; i++)
		if (p[i].valid)
			squares += pow(criterion(&p[i], which) - mean, 2);
	sd = sqrt(squares / (double)(valid - 1));
	for (size_t i = 0; i < n; i++)
		if (p[i].valid && sd > 0)
			p[i].score +=
				weight * (criterion(&p[i], which) - mean) / sd;
}

static void score(struct resonance_probe *p, size_t n)
{
	static const double weights[] = {1, 1, 0.5, -0.5};

	for (size_t i = 0; i < n; i++)
		p[i].score = p[i].valid ? 0 : NAN;
	for (int which = 0; which < 4; which++)
		add_z(p, n, which, weights[which]);
}

/* Is @p not clearly worse than @best by its swing? */
static bool alike(const struct resonance_probe *p,
                  const struct resonance_probe *best)
{
	double less = best->rsa_bpm - p->rsa_bpm;

	return p->rsa_bpm >= TIE * best->rsa_bpm ||
	       less <= SURE * hypot(p->rsa_se_bpm, best->rsa_se_bpm);
}

static size_t best_of(const struct resonance_probe *p, size_t n)
{
	size_t best = n, winner;

	for (size_t i = 0; i < n; i++)
		if (p[i].valid && (best == n || p[i].score > p[best].score))
			best = i;
	winner = best;
	for (size_t i = 0; i < n; i++)
		if (p[i].valid && p[i].rsa_bpm >= TIE * p[best].rsa_bpm &&
		    p[i].per_min > p[winner].per_min)
			winner = i;
	return winner;
}

static const struct resonance_probe *widest(const struct resonance_probe *p,
                                            size_t n)
{
	const struct resonance_probe *best = NULL;

	for (size_t i = 0; i < n; i++)
		if (p[i].valid && (!best || p[i].rsa_bpm > best->rsa_bpm))
			best = &p[i];
	return best;
}

/* Does @p belong to what reaches from low to high, but for half a step? */
static bool touches(const struct resonance_probe *p,
                    const struct resonance_result *r)
{
	return p->per_min >= r->low_per_min - RESONANCE_APART - EPSILON &&
	       p->per_min <= r->high_per_min + RESONANCE_APART + EPSILON;
}

static void widen(struct resonance_result *r, double per_min)
{
	r->low_per_min = fmin(r->low_per_min, per_min);
	r->high_per_min = fmax(r->high_per_min, per_min);
}

/* What was not heard beside the best may be better than it. */
static void widen_unheard(const struct resonance_probe *p, size_t n,
                          struct resonance_result *r)
{
	for (size_t round = 0; round < n; round++)
		for (size_t i = 0; i < n; i++)
			if (!p[i].valid && touches(&p[i], r))
				widen(r, p[i].per_min);
}

static bool leaves_out(const struct resonance_probe *p, size_t n,
                       const struct resonance_result *r)
{
	for (size_t i = 0; i < n; i++)
		if (p[i].valid && (p[i].per_min < r->low_per_min - EPSILON ||
		                   p[i].per_min > r->high_per_min + EPSILON))
			return true;
	return false;
}

/* From the rates to what they stand for. */
static void bound(const struct resonance_probe *p, size_t n,
                  struct resonance_result *r)
{
	double slowest = INFINITY, fastest = 0;

	for (size_t i = 0; i < n; i++) {
		slowest = fmin(slowest, p[i].per_min);
		fastest = fmax(fastest, p[i].per_min);
	}
	r->low_per_min = r->low_per_min > slowest + EPSILON
	                         ? r->low_per_min - RESONANCE_APART / 2
	                         : NAN;
	r->high_per_min = r->high_per_min < fastest - EPSILON
	                          ? r->high_per_min + RESONANCE_APART / 2
	                          : NAN;
}

int resonance_choose(struct resonance_probe *p, size_t n,
                     struct resonance_result *ret)
{
	struct resonance_result r;
	size_t valid = 0;

	for (size_t i = 0; i < n; i++)
		valid += p[i].valid;
	if (valid < PROBES_MIN)
		return -ENODATA;
	score(p, n);
	r.best = best_of(p, n);
	r.per_min = r.low_per_min = r.high_per_min = p[r.best].per_min;
	for (size_t i = 0; i < n; i++)
		if (p[i].valid && alike(&p[i], widest(p, n)))
			widen(&r, p[i].per_min);
	widen_unheard(p, n, &r);
	r.clear = leaves_out(p, n, &r);
	bound(p, n, &r);
	*ret = r;
	return 0;
}
