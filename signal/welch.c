/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "signal/detrend.h"
#include "signal/hrv_freq_inner.h"
#include "signal/spline.h"

#define RATE_HZ 4.0
#define HOP     (WELCH_POINTS / 2)
#define DF_HZ   (RATE_HZ / WELCH_POINTS)
#define BINS    103 /* all those below HRV_FREQ_TO_HZ */

static void fill_hann(double *ret, size_t n)
{
	for (size_t i = 0; i < n; i++)
		ret[i] = 0.5 - 0.5 * cos(2.0 * M_PI * (double)i / (double)n);
}

int welch_init(struct hrv_freq *f)
{
	fill_hann(f->welch.hann, WELCH_POINTS);
	f->welch.table = gsl_fft_complex_wavetable_alloc(WELCH_POINTS);
	f->welch.work = gsl_fft_complex_workspace_alloc(WELCH_POINTS);
	if (!f->welch.table || !f->welch.work)
		return -ENOMEM;
	return 0;
}

void welch_finish(struct hrv_freq *f)
{
	if (f->welch.table)
		gsl_fft_complex_wavetable_free(f->welch.table);
	if (f->welch.work)
		gsl_fft_complex_workspace_free(f->welch.work);
}

/* A density being averaged over segments. */
struct average {
	double power[BINS];
	double window; /* all windows' sum of squares */
};

/* In four parts, so that one sum need not wait for the last. */
static double mean_of(const double *x, size_t n)
{
	double part[4] = {0.0};
	size_t i;

	for (i = 0; i + 4 <= n; i += 4)
		for (size_t p = 0; p < 4; p++)
			part[p] += x[i + p];
	for (; i < n; i++)
		part[0] += x[i];
	return (part[0] + part[1] + part[2] + part[3]) / (double)n;
}

/* Puts the windowed segment into every other of @ret. */
static void lay(const double *x, const double *window, size_t n, double *ret)
{
	double mean = mean_of(x, n);

	for (size_t i = 0; i < n; i++)
		ret[2 * i] = (x[i] - mean) * window[i];
}

static double power_of(const double *window, size_t n)
{
	double sum = 0.0;

	for (size_t i = 0; i < n; i++)
		sum += window[i] * window[i];
	return sum;
}

/* Two real segments, or one beside zeros, go through one complex transform.
 * Only the sum of their powers is wanted, so they are never told apart:
 * |A[k]|^2 + |B[k]|^2 = (|Z[k]|^2 + |Z[-k]|^2) / 2. */
static void transform(struct hrv_freq *f, struct average *avg)
{
	double *z = f->welch.z;

	gsl_fft_complex_forward(z, 1, WELCH_POINTS, f->welch.table,
	                        f->welch.work);
	for (size_t k = 1; k < BINS; k++) {
		const double *p = &z[2 * k], *m = &z[2 * (WELCH_POINTS - k)];

		avg->power[k] += 0.5 * (p[0] * p[0] + p[1] * p[1] +
		                        m[0] * m[0] + m[1] * m[1]);
	}
}

static void add_long(struct hrv_freq *f, const double *x, size_t n,
                     struct average *avg)
{
	size_t segments = (n - WELCH_POINTS) / HOP + 1;
	double *z = f->welch.z;

	for (size_t i = 0; i < segments; i += 2) {
		lay(x + i * HOP, f->welch.hann, WELCH_POINTS, z);
		if (i + 1 < segments)
			lay(x + (i + 1) * HOP, f->welch.hann, WELCH_POINTS,
			    z + 1);
		else
			for (size_t j = 0; j < WELCH_POINTS; j++)
				z[2 * j + 1] = 0.0;
		transform(f, avg);
	}
	avg->window += (double)segments * power_of(f->welch.hann, WELCH_POINTS);
}

static void add_short(struct hrv_freq *f, const double *x, size_t n,
                      struct average *avg)
{
	double window[WELCH_POINTS] = {0.0};

	fill_hann(window, n);
	memset(f->welch.z, 0, sizeof(f->welch.z));
	lay(x, window, n, f->welch.z);
	transform(f, avg);
	avg->window += power_of(window, n);
}

static void add(struct hrv_freq *f, const double *x, size_t n,
                struct average *avg)
{
	if (n < WELCH_POINTS)
		add_short(f, x, n, avg);
	else
		add_long(f, x, n, avg);
}

static void weigh(const struct average *avg, struct hrv_bands *ret)
{
	double psd[BINS];

	for (size_t k = 0; k < BINS; k++)
		psd[k] = 2.0 * avg->power[k] / (RATE_HZ * avg->window);
	hrv_bands_of(psd, BINS, DF_HZ, ret);
}

/* How many points at 4 Hz a run gives; 0 if it is not to be used. */
static size_t points_of(const struct nn *nn, size_t from, size_t to)
{
	double span_s = nn->t_s[to - 1] - nn->t_s[from];

	if (to - from < SPLINE_MIN || !(span_s >= HRV_FREQ_MIN_S) ||
	    span_s > HRV_FREQ_MAX_S)
		return 0;
	return (size_t)(span_s * RATE_HZ) + 1;
}

static int resample(struct arena *a, const struct nn *nn, size_t from,
                    size_t to, double *ret, size_t points)
{
	struct arena_mark mark = arena_mark(a);
	size_t n = to - from;
	const double *t_s = nn->t_s + from, *rr_ms = nn->rr_ms + from;
	double *second = arena_take(a, n, sizeof(*second));
	double *work = arena_take(a, 2 * n, sizeof(*work));

	if (!second || !work)
		return -ENOMEM;
	spline_fit(t_s, rr_ms, n, second, work);
	spline_sample(&(struct spline){t_s, rr_ms, second, n}, t_s[0],
	              1.0 / RATE_HZ, ret, points);
	arena_release(a, mark);
	return 0;
}

static int add_run(struct hrv_freq *f, struct arena *a, const struct nn *nn,
                   size_t from, size_t to, struct average *plain,
                   struct average *priors)
{
	size_t points = points_of(nn, from, to);
	double *x = arena_take(a, points, sizeof(*x));
	int r;

	if (!x)
		return -ENOMEM;
	r = resample(a, nn, from, to, x, points);
	if (r < 0)
		return r;
	add(f, x, points, plain);
	if (!priors)
		return 0;
	r = detrend_priors(a, x, points, DETREND_LAMBDA);
	if (r == 0)
		add(f, x, points, priors);
	return r;
}

int hrv_welch_of(struct hrv_freq *f, struct arena *a, const struct nn *nn,
                 bool want_priors, struct hrv_spectra *ret)
{
	struct arena_mark mark = arena_mark(a);
	struct average plain = {.window = 0.0}, priors = {.window = 0.0};
	size_t longest = 0;
	int r = 0;

	for (size_t i = 0, end; i < nn->n; i = end) {
		size_t points;

		end = nn_run_end(nn, i);
		points = points_of(nn, i, end);
		longest = points > longest ? points : longest;
	}
	for (size_t i = 0, end; i < nn->n && r == 0; i = end) {
		size_t points;

		end = nn_run_end(nn, i);
		points = points_of(nn, i, end);
		if (points == 0 || (points < longest && points < WELCH_POINTS))
			continue;
		r = add_run(f, a, nn, i, end, &plain,
		            want_priors ? &priors : NULL);
		arena_release(a, mark);
	}
	if (r < 0)
		return r;

	hrv_bands_none(&ret->plain);
	hrv_bands_none(&ret->priors);
	if (longest > 0)
		weigh(&plain, &ret->plain);
	if (longest > 0 && want_priors)
		weigh(&priors, &ret->priors);
	return 0;
}
