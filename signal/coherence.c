/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/coherence.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_fft_real.h>

#include "signal/line.h"
#include "signal/spline.h"

/* reference/hrv.md, section 1 */
#define RATE_HZ       2.0
#define POINTS        128
#define PADDED        1024
#define PEAK_FROM_HZ  0.04
#define PEAK_TO_HZ    0.26
#define PEAK_HALF_HZ  0.015
#define TOTAL_FROM_HZ 0.0033
#define TOTAL_TO_HZ   0.4
#define BINS          205 /* those below TOTAL_TO_HZ */

/* A swing below a thousandth of a strap's tick (0.98 ms) is rounding. */
#define STILL_MS2 1e-6

struct coherence {
	gsl_fft_real_wavetable *table;
	gsl_fft_real_workspace *work;
	double hann[POINTS];
	double second[COHERENCE_BEATS_MAX];
	double spline_work[2 * COHERENCE_BEATS_MAX];
	double data[PADDED];
};

int coherence_create(struct coherence **ret)
{
	struct coherence *c = calloc(1, sizeof(*c));

	if (!c)
		return -ENOMEM;
	c->table = gsl_fft_real_wavetable_alloc(PADDED);
	c->work = gsl_fft_real_workspace_alloc(PADDED);
	if (!c->table || !c->work) {
		coherence_destroy(c);
		return -ENOMEM;
	}
	for (size_t i = 0; i < POINTS; i++)
		c->hann[i] = 0.5 - 0.5 * cos(2.0 * M_PI * (double)i / POINTS);
	*ret = c;
	return 0;
}

struct coherence *coherence_destroy(struct coherence *c)
{
	if (!c)
		return NULL;
	if (c->table)
		gsl_fft_real_wavetable_free(c->table);
	if (c->work)
		gsl_fft_real_workspace_free(c->work);
	free(c);
	return NULL;
}

static double mean_square(const double *y, size_t n)
{
	double sum = 0.0;

	for (size_t i = 0; i < n; i++)
		sum += y[i] * y[i];
	return sum / (double)n;
}

/* GSL packs a real transform as r0, r1, i1, r2, i2, ... */
static void powers(const double *packed, double *ret)
{
	ret[0] = packed[0] * packed[0];
	for (size_t k = 1; k < BINS; k++)
		ret[k] = packed[2 * k - 1] * packed[2 * k - 1] +
		         packed[2 * k] * packed[2 * k];
}

static void weigh(const double *packed, struct coherence_result *ret)
{
	const double step_hz = RATE_HZ / PADDED;
	const size_t half = (size_t)(PEAK_HALF_HZ / step_hz);
	size_t peak = (size_t)ceil(PEAK_FROM_HZ / step_hz);
	double total = 0.0, at_peak = 0.0, power[BINS];

	powers(packed, power);
	for (size_t k = peak; (double)k * step_hz <= PEAK_TO_HZ; k++)
		if (power[k] > power[peak])
			peak = k;
	for (size_t k = (size_t)ceil(TOTAL_FROM_HZ / step_hz); k < BINS; k++)
		total += power[k];
	for (size_t k = peak - half; k <= peak + half; k++)
		at_peak += power[k];
	ret->peak_hz = (double)peak * step_hz;
	ret->ratio = at_peak / (total - at_peak);
}

int coherence_of(struct coherence *c, const double *t_s, const double *rr_ms,
                 size_t n, struct coherence_result *ret)
{
	struct coherence_result r;
	double from_s;
	size_t first = n;

	if (n < SPLINE_MIN)
		return -ENODATA;
	from_s = t_s[n - 1] - COHERENCE_SPAN_S;
	if (t_s[0] > from_s)
		return -ENODATA;
	/* the beats of the stretch and the one before it, as the reference */
	while (first > 0 && t_s[first - 1] >= from_s)
		first--;
	first -= first > 0;
	n -= first;
	if (n < SPLINE_MIN || n > COHERENCE_BEATS_MAX)
		return -ENODATA;

	spline_fit(t_s + first, rr_ms + first, n, c->second, c->spline_work);
	spline_sample(
		&(struct spline){t_s + first, rr_ms + first, c->second, n},
		from_s, 1.0 / RATE_HZ, c->data, POINTS);
	line_remove(c->data, POINTS);
	if (!(mean_square(c->data, POINTS) > STILL_MS2)) /* a still heart */
		return -ENODATA;
	for (size_t i = 0; i < POINTS; i++)
		c->data[i] *= c->hann[i];
	memset(c->data + POINTS, 0, sizeof(c->data) - POINTS * sizeof(double));
	gsl_fft_real_transform(c->data, 1, PADDED, c->table, c->work);
	weigh(c->data, &r);
	if (!(isfinite(r.ratio) && r.ratio >= 0.0))
		return -ENODATA;
	*ret = r;
	return 0;
}
