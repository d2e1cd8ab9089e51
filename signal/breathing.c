/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/breathing.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_fft_halfcomplex.h>
#include <gsl/gsl_fft_real.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#include "signal/line.h"
#include "signal/spline.h"

#define RATE_HZ    4.0
#define POINTS_MAX 361 /* BREATHING_SPAN_S at RATE_HZ and the last point */
#define PADDED     512 /* the rest holds the reflected ends */
#define BAND_BINS  77  /* up to 0.6 Hz, where the widest band has ended */

/* Hysteresis as a share of the rms within 8 s on either side, and the least
 * rms that is a wave at all: R peaks of straps jitter by 1 to 2 ms. */
#define HYSTERESIS   0.3
#define LOCAL_POINTS 32
#define STILL_MS     2.0

/* The narrow band about a rate in common, in shares of that rate. */
#define COMMON_NEAR 0.35
#define COMMON_LAST 4
#define NARROW_FROM 0.5
#define NARROW_TO   1.5
#define NARROW_EDGE 0.3

/* Half power at @from and @to; the edges are smooth steps about them. */
struct band {
	double from_hz, from_edge_hz, to_hz, to_edge_hz;
};

static const struct band any_breath = {0.07, 0.03, 0.5, 0.1};
static const struct band rate_band = {0.1, 0.03, 0.4, 0.06};

struct breathing {
	gsl_fft_real_wavetable *table;
	gsl_fft_halfcomplex_wavetable *back;
	gsl_fft_real_workspace *work;
	double gain_any[BAND_BINS], gain_rate[BAND_BINS];
	double second[BREATHING_BEATS_MAX];
	double spline_work[2 * BREATHING_BEATS_MAX];
	double wave[POINTS_MAX];
	double sum_squares[POINTS_MAX + 1];
	double padded[PADDED];
	double spectrum[PADDED];
	double gain_narrow[BAND_BINS];
	double crossing[POINTS_MAX];
};

/* 0 below, 1 above, smooth across @edge about @at */
static double rise(double x, double at, double edge)
{
	double u = (x - at) / edge + 0.5;

	if (u <= 0.0)
		return 0.0;
	return u >= 1.0 ? 1.0 : u * u * (3.0 - 2.0 * u);
}

static void shape(const struct band *band, double *ret)
{
	for (size_t k = 0; k < BAND_BINS; k++) {
		double hz = RATE_HZ * (double)k / PADDED;

		ret[k] = rise(hz, band->from_hz, band->from_edge_hz) *
		         (1.0 - rise(hz, band->to_hz, band->to_edge_hz));
	}
}

/* Once the rate is known what is far from it is noise. */
static void narrow(struct breathing *b, double hz)
{
	struct band band = {NARROW_FROM * hz, NARROW_EDGE * hz, NARROW_TO * hz,
	                    NARROW_EDGE * hz};

	shape(&band, b->gain_narrow);
	for (size_t k = 0; k < BAND_BINS; k++)
		b->gain_narrow[k] *= b->gain_any[k];
}

int breathing_create(struct breathing **ret)
{
	struct breathing *b = calloc(1, sizeof(*b));

	if (!b)
		return -ENOMEM;
	b->table = gsl_fft_real_wavetable_alloc(PADDED);
	b->back = gsl_fft_halfcomplex_wavetable_alloc(PADDED);
	b->work = gsl_fft_real_workspace_alloc(PADDED);
	if (!b->table || !b->back || !b->work) {
		breathing_destroy(b);
		return -ENOMEM;
	}
	shape(&any_breath, b->gain_any);
	shape(&rate_band, b->gain_rate);
	/* what GSL's inverse would do to each point: exact, a power of two */
	for (size_t k = 0; k < BAND_BINS; k++) {
		b->gain_any[k] /= PADDED;
		b->gain_rate[k] /= PADDED;
	}
	*ret = b;
	return 0;
}

struct breathing *breathing_destroy(struct breathing *b)
{
	if (!b)
		return NULL;
	if (b->table)
		gsl_fft_real_wavetable_free(b->table);
	if (b->back)
		gsl_fft_halfcomplex_wavetable_free(b->back);
	if (b->work)
		gsl_fft_real_workspace_free(b->work);
	free(b);
	return NULL;
}

/* Return: points in b->wave, the last one at the last beat. */
static size_t resample(struct breathing *b, const double *t_s,
                       const double *rr_ms, size_t n, double *ret_from_s)
{
	double length_s = t_s[n - 1] - t_s[0], from_s;
	size_t points;

	if (length_s > BREATHING_SPAN_S)
		length_s = BREATHING_SPAN_S;
	points = (size_t)floor(length_s * RATE_HZ) + 1;
	if (points > POINTS_MAX)
		points = POINTS_MAX;
	from_s = t_s[n - 1] - (double)(points - 1) / RATE_HZ;
	spline_fit(t_s, rr_ms, n, b->second, b->spline_work);
	spline_sample(&(struct spline){t_s, rr_ms, b->second, n}, from_s,
	              1.0 / RATE_HZ, b->wave, points);
	*ret_from_s = from_s;
	return points;
}

/* b->wave amid its odd reflections, which fade out where they end. The
 * transform is circular: what precedes the first point stands at the end. */
static void extend(struct breathing *b, size_t points)
{
	size_t reach = (PADDED - points) / 2;

	if (reach > points - 1)
		reach = points - 1;
	memset(b->padded, 0, sizeof(b->padded));
	memcpy(b->padded, b->wave, points * sizeof(double));
	for (size_t i = 1; i <= reach; i++) {
		double fade = rise((double)(reach - i), 0.5 * (double)reach,
		                   (double)reach);

		b->padded[PADDED - i] = fade * (2.0 * b->wave[0] - b->wave[i]);
		b->padded[points - 1 + i] = fade * (2.0 * b->wave[points - 1] -
		                                    b->wave[points - 1 - i]);
	}
}

static void transform(struct breathing *b, size_t points)
{
	extend(b, points);
	gsl_fft_real_transform(b->padded, 1, PADDED, b->table, b->work);
	memcpy(b->spectrum, b->padded, sizeof(b->spectrum));
}

/* b->wave from the spectrum; GSL packs that as r0, r1, i1, r2, i2, ... */
static void filter(struct breathing *b, const double *gain, size_t points)
{
	memset(b->padded, 0, sizeof(b->padded));
	b->padded[0] = b->spectrum[0] * gain[0];
	for (size_t k = 1; k < BAND_BINS; k++) {
		b->padded[2 * k - 1] = b->spectrum[2 * k - 1] * gain[k];
		b->padded[2 * k] = b->spectrum[2 * k] * gain[k];
	}
	gsl_fft_halfcomplex_transform(b->padded, 1, PADDED, b->back, b->work);
	memcpy(b->wave, b->padded, points * sizeof(double));
}

/* Does b->wave stand out of its surroundings at @i, up or down? */
static bool stands_out(const struct breathing *b, size_t i, size_t points)
{
	size_t from = i > LOCAL_POINTS ? i - LOCAL_POINTS : 0;
	size_t to = i + LOCAL_POINTS + 1;

	if (to > points)
		to = points;
	return b->wave[i] * b->wave[i] * (double)(to - from) >
	       HYSTERESIS * HYSTERESIS *
	               (b->sum_squares[to] - b->sum_squares[from]);
}

/* Rises of b->wave through zero, in points from its first. */
static size_t crossings(struct breathing *b, size_t points)
{
	size_t n = 0;
	bool low = false;
	double at = 0.0;

	b->sum_squares[0] = 0.0;
	for (size_t i = 0; i < points; i++)
		b->sum_squares[i + 1] =
			b->sum_squares[i] + b->wave[i] * b->wave[i];
	if (b->sum_squares[points] < (double)points * STILL_MS * STILL_MS)
		return 0;
	for (size_t i = 1; i < points; i++) {
		double before = b->wave[i - 1], now = b->wave[i];

		if (before < 0.0 && now >= 0.0)
			at = (double)i - now / (now - before);
		if (low != (now < 0.0) && stands_out(b, i, points)) {
			if (low)
				b->crossing[n++] = at;
			low = !low;
		}
	}
	return n;
}

static size_t crossings_of(struct breathing *b, const double *gain,
                           const double *t_s, const double *rr_ms, size_t n,
                           double *ret_from_s, size_t *ret_points)
{
	size_t points, first = 0;

	/* a few beats more than the span, for the spline's first pieces */
	while (n - first > SPLINE_MIN &&
	       t_s[n - 1] - t_s[first + 1] > BREATHING_SPAN_S)
		first++;
	n -= first;
	if (n < SPLINE_MIN || n > BREATHING_BEATS_MAX ||
	    t_s[first + n - 1] - t_s[first] < BREATHING_MIN_S)
		return 0;
	points = resample(b, t_s + first, rr_ms + first, n, ret_from_s);
	line_remove(b->wave, points);
	transform(b, points);
	filter(b, gain, points);
	*ret_points = points;
	return crossings(b, points);
}

/* The rate in Hz that the breaths of the span have in common, if they have:
 * three quarters of all and the last four near their median. Else 0. */
static double common_rate(const struct breathing *b, size_t n_crossings)
{
	double lengths[POINTS_MAX], sorted[POINTS_MAX], median;
	size_t n = n_crossings - 1, near = 0, last = 0;

	if (n_crossings < 1 + COMMON_LAST)
		return 0.0;
	for (size_t i = 0; i < n; i++)
		sorted[i] = lengths[i] = b->crossing[i + 1] - b->crossing[i];
	gsl_sort(sorted, 1, n);
	median = gsl_stats_median_from_sorted_data(sorted, 1, n);
	for (size_t i = 0; i < n; i++) {
		bool is = fabs(lengths[i] - median) <= COMMON_NEAR * median;

		near += is;
		last += is && i + COMMON_LAST >= n;
	}
	return last == COMMON_LAST && 4 * near >= 3 * n ? RATE_HZ / median
	                                                : 0.0;
}

size_t breathing_find(struct breathing *b, const double *t_s,
                      const double *rr_ms, size_t n, struct breath *ret)
{
	double from_s = 0.0, common_hz;
	size_t found = 0, n_crossings, points = 0;

	n_crossings =
		crossings_of(b, b->gain_any, t_s, rr_ms, n, &from_s, &points);
	common_hz = common_rate(b, n_crossings);
	if (common_hz > 0.0) {
		narrow(b, common_hz);
		filter(b, b->gain_narrow, points);
		n_crossings = crossings(b, points);
	}
	for (size_t i = 1; i < n_crossings && found < BREATHING_MAX; i++) {
		double start_s = from_s + b->crossing[i - 1] / RATE_HZ;
		double length_s =
			(b->crossing[i] - b->crossing[i - 1]) / RATE_HZ;

		if (length_s < BREATHING_SHORTEST_S ||
		    length_s > BREATHING_LONGEST_S)
			continue;
		ret[found++] = (struct breath){start_s, length_s};
	}
	return found;
}

double breathing_rate(struct breathing *b, const double *t_s,
                      const double *rr_ms, size_t n, double slow_hz)
{
	double from_s = 0.0, begin_s, per_min;
	size_t first = 0, n_crossings, points;

	if (n == 0 || t_s[n - 1] - t_s[0] < BREATHING_RATE_MIN_S)
		return NAN;
	begin_s = t_s[n - 1] - BREATHING_RATE_S;
	n_crossings =
		crossings_of(b, b->gain_rate, t_s, rr_ms, n, &from_s, &points);
	while (first < n_crossings &&
	       from_s + b->crossing[first] / RATE_HZ < begin_s)
		first++;
	if (n_crossings - first < 3)
		return NAN;
	per_min = 60.0 * RATE_HZ * (double)(n_crossings - first - 1) /
	          (b->crossing[n_crossings - 1] - b->crossing[first]);
	if (per_min < BREATHING_SLOW_PER_MIN &&
	    slow_hz * 60.0 < BREATHING_SLOW_PER_MIN)
		return slow_hz * 60.0;
	return per_min;
}

bool breathing_regular(const struct breath *breaths, size_t n)
{
	double lengths[BREATHING_MAX], mean;

	if (n < 2 || n > BREATHING_MAX)
		return false;
	for (size_t i = 0; i < n; i++)
		lengths[i] = breaths[i].length_s;
	mean = gsl_stats_mean(lengths, 1, n);
	return gsl_stats_sd_m(lengths, 1, n, mean) <= 0.25 * mean;
}
