/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_SIGNAL_HRV_FREQ_H
#define LULL_SIGNAL_HRV_FREQ_H

#include <stdbool.h>
#include <stddef.h>

#include "signal/arena.h"
#include "signal/nn.h"

/**
 * HRV in the frequency domain. Source: reference/hrv.md, section 1; bands
 * after Task Force 1996: VLF 0.0033-0.04, LF 0.04-0.15, HF 0.15-0.4 Hz, a
 * band's power the sum of P df over lo <= f < hi.
 */

struct hrv_bands {
	double vlf_ms2, lf_ms2, hf_ms2;
	double total_ms2; /**< their sum */
	double lf_hf;
	double lf_nu, hf_nu; /**< 100 LF / (LF + HF), and the rest */
	double vlf_peak_hz, lf_peak_hz, hf_peak_hz;
};

/** hrv_bands_none() - every figure NAN. */
void hrv_bands_none(struct hrv_bands *ret);

/**
 * hrv_bands_of() - bands of a one-sided density
 * @psd: @n values in ms^2/Hz at 0, @df_hz, 2 @df_hz, ...
 */
void hrv_bands_of(const double *psd, size_t n, double df_hz,
                  struct hrv_bands *ret);

/** The two densities that one pass can give. */
struct hrv_welch {
	struct hrv_bands plain, priors;
};

/**
 * hrv_welch_of() - Welch's averaged periodogram
 *
 * RR at its end beats, cubic spline at 4 Hz, each unbroken run by itself;
 * periodic Hann of 256 s, half overlapping, segment mean removed, 1024
 * points; a recording without a run of 256 s gives its longest run, padded
 * with zeros. With priors: the 4 Hz series less its smoothness-priors trend.
 * @want_priors: false leaves ret->priors NAN and saves its cost
 *
 * All NAN under HRV_WELCH_MIN_S of unbroken beats.
 * Return: 0 or -ENOMEM.
 */
int hrv_welch_of(struct arena *a, const struct nn *nn, bool want_priors,
                 struct hrv_welch *ret);

/** Two periods of the slowest LF wave, and spline points enough. */
#define HRV_WELCH_MIN_S 50.0

/**
 * hrv_lomb_of() - Lomb-Scargle density of the intervals at their own times
 *
 * PSD = 2 P / fs_mean, fs_mean = (N-1)/T, df = 1/(4T), mean removed; the sums
 * by a fast transform of nonuniform data, within 1e-5 of the direct ones.
 * @priors: less the smoothness-priors trend over the intervals by number
 *
 * Needs no even sampling, so breaks are no harm; NAN as hrv_welch_of().
 * Return: 0 or -ENOMEM.
 */
int hrv_lomb_of(struct arena *a, const struct nn *nn, bool priors,
                struct hrv_bands *ret);

#endif
