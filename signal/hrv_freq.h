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

/** A power under this is rounding, a thousandth of a strap's tick (0.98 ms):
 * such a band has no peak, and no ratio is to it. */
#define HRV_FREQ_STILL_MS2 1e-6

/** No figure is made of less: two periods of the slowest LF wave, and beats
 * enough for a spline. */
#define HRV_FREQ_MIN_S 50.0
/** Nor of more, breaks and all: a million beats at 43 bpm. Frequencies go
 * with the span, 2.2 million here, and with them memory, 170 MB. */
#define HRV_FREQ_MAX_S (16.0 * 86400.0)

/** hrv_bands_none() - every figure NAN. */
void hrv_bands_none(struct hrv_bands *ret);

/**
 * hrv_bands_of() - bands of a one-sided density
 * @psd: @n values in ms^2/Hz at 0, @df_hz, 2 @df_hz, ...
 *
 * A peak is the first frequency of its band that has the most.
 */
void hrv_bands_of(const double *psd, size_t n, double df_hz,
                  struct hrv_bands *ret);

/** Of the intervals, and of these less their smoothness-priors trend. */
struct hrv_spectra {
	struct hrv_bands plain, priors;
};

/** Window, transform and kernel tables, made once; some 90 KiB. One
 * thread at a time. */
struct hrv_freq;

/** hrv_freq_create() - Return: 0 or -ENOMEM. */
int hrv_freq_create(struct hrv_freq **ret);
/** hrv_freq_destroy() - takes NULL. Return: NULL. */
struct hrv_freq *hrv_freq_destroy(struct hrv_freq *f);

/**
 * hrv_welch_of() - Welch's averaged periodogram
 * @want_priors: false leaves ret->priors NAN and saves its cost
 *
 * RR at its end beats, cubic spline at 4 Hz from the first to the last, each
 * unbroken run by itself; periodic Hann of 256 s, half overlapping, segment
 * mean removed, 1024 points; a recording without a run of 256 s gives its
 * longest, or those that are alike, padded with zeros. With priors: each run's
 * 4 Hz series less its trend.
 *
 * NAN without an unbroken run of HRV_FREQ_MIN_S and SPLINE_MIN intervals, and
 * over HRV_FREQ_MAX_S.
 * Source: Welch 1967.
 * Return: 0 or -ENOMEM; @ret is untouched on failure.
 */
int hrv_welch_of(struct hrv_freq *f, struct arena *a, const struct nn *nn,
                 bool want_priors, struct hrv_spectra *ret);

/**
 * hrv_lomb_of() - Lomb-Scargle density of the intervals at their own times
 * @want_priors: as hrv_welch_of(); doing both at once costs half as much more
 *
 * PSD = 2 P / fs_mean, df = 1/(4T), T from the first end beat to the last;
 * mean removed. fs_mean is the beats' rate within unbroken runs, (N-1)/T with
 * no break: breaks take no power and add none. With priors: less the trend
 * over the intervals by number, breaks or not.
 *
 * The sums over beats come from a fast transform of nonuniform data; a band is
 * within 1e-6 of what direct sums give, 3e-6 if it holds under a thousandth of
 * all.
 * NAN for under HRV_FREQ_MIN_S within runs, fewer than SPLINE_MIN intervals,
 * and over HRV_FREQ_MAX_S.
 * Source: Lomb 1976; Scargle 1982; for the fast sums, see lomb.c.
 * Return: 0 or -ENOMEM; @ret is untouched on failure.
 */
int hrv_lomb_of(struct hrv_freq *f, struct arena *a, const struct nn *nn,
                bool want_priors, struct hrv_spectra *ret);

#endif
