/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/hrv_freq.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "signal/hrv_freq_inner.h"

/* Task Force 1996 */
#define VLF_FROM_HZ 0.0033
#define LF_FROM_HZ  0.04
#define HF_FROM_HZ  0.15

int hrv_freq_create(struct hrv_freq **ret)
{
	struct hrv_freq *f = calloc(1, sizeof(*f));
	int r;

	if (!f)
		return -ENOMEM;
	r = welch_init(f);
	if (r < 0) {
		hrv_freq_destroy(f);
		return r;
	}
	lomb_init(f);
	*ret = f;
	return 0;
}

struct hrv_freq *hrv_freq_destroy(struct hrv_freq *f)
{
	if (!f)
		return NULL;
	welch_finish(f);
	free(f);
	return NULL;
}

void hrv_bands_none(struct hrv_bands *ret)
{
	*ret = (struct hrv_bands){
		.vlf_ms2 = NAN,
		.lf_ms2 = NAN,
		.hf_ms2 = NAN,
		.total_ms2 = NAN,
		.lf_hf = NAN,
		.lf_nu = NAN,
		.hf_nu = NAN,
		.vlf_peak_hz = NAN,
		.lf_peak_hz = NAN,
		.hf_peak_hz = NAN,
	};
}

/* The first bin at or above @hz, by the same product that names its
 * frequency. */
static size_t bin_at(double hz, double df_hz, size_t n)
{
	double guess = ceil(hz / df_hz);
	size_t k = guess < (double)n ? (size_t)guess : n;

	while (k > 0 && (double)(k - 1) * df_hz >= hz)
		k--;
	while (k < n && (double)k * df_hz < hz)
		k++;
	return k;
}

static void band(const double *psd, size_t from, size_t to, double df_hz,
                 double *ret_ms2, double *ret_peak_hz)
{
	double sum = 0.0;
	size_t peak = from;

	for (size_t k = from; k < to; k++) {
		sum += psd[k];
		if (psd[k] > psd[peak])
			peak = k;
	}
	*ret_ms2 = sum * df_hz;
	*ret_peak_hz =
		*ret_ms2 > HRV_FREQ_STILL_MS2 ? (double)peak * df_hz : NAN;
}

static double ratio(double a_ms2, double b_ms2)
{
	return b_ms2 > HRV_FREQ_STILL_MS2 ? a_ms2 / b_ms2 : NAN;
}

void hrv_bands_of(const double *psd, size_t n, double df_hz,
                  struct hrv_bands *ret)
{
	size_t vlf = bin_at(VLF_FROM_HZ, df_hz, n);
	size_t lf = bin_at(LF_FROM_HZ, df_hz, n);
	size_t hf = bin_at(HF_FROM_HZ, df_hz, n);
	size_t end = bin_at(HRV_FREQ_TO_HZ, df_hz, n);

	band(psd, vlf, lf, df_hz, &ret->vlf_ms2, &ret->vlf_peak_hz);
	band(psd, lf, hf, df_hz, &ret->lf_ms2, &ret->lf_peak_hz);
	band(psd, hf, end, df_hz, &ret->hf_ms2, &ret->hf_peak_hz);
	ret->total_ms2 = ret->vlf_ms2 + ret->lf_ms2 + ret->hf_ms2;
	ret->lf_hf = ratio(ret->lf_ms2, ret->hf_ms2);
	ret->lf_nu = 100.0 * ratio(ret->lf_ms2, ret->lf_ms2 + ret->hf_ms2);
	ret->hf_nu = 100.0 - ret->lf_nu;
}
