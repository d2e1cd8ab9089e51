/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_SIGNAL_RHYTHM_H
#define LULL_SIGNAL_RHYTHM_H

#include <stddef.h>

/**
 * How the heart swings (RSA) seen as a whole over some breaths, and not breath
 * by breath: where the wave of breath is small beside the heart's own, single
 * breaths cannot be told (signal/breathing.h), and which rhythm is strongest
 * still can.
 *
 * Power is that of RR at a rate, less its linear trend, each interval counted
 * by its length, times the rate squared: what moves a heart besides breath is
 * the stronger the slower it is (spectra of RR fall about so, hrv.md 1). Ours;
 * no source gives the bounds.
 *
 * Pure.
 */

#define RHYTHM_BEATS_MAX 512

/** Breaths of the pacer that a share is of, and the least. */
#define RHYTHM_BREATHS     5
#define RHYTHM_BREATHS_MIN 4

/**
 * rhythm_share() - how far the heart goes by the pacer
 * @t_s, @rr_ms: @n accepted beats, times rising; some may be missing
 * @mark_s: @marks onsets of the pacer's breaths, and the end of the last;
 *          the last RHYTHM_BREATHS of them count
 *
 * The greatest power within 10 % of the pacer's own rate (D.4), over that and
 * the greatest power at other rates that a person may breathe at meanwhile,
 * from 0.8 to 2.2 times the pacer's, and no more than RHYTHM_FASTEST.
 *
 * Return: 0 to 1; 0.75 where the pacer's rhythm is twice as strong as any
 * other, under 0.5 where another is stronger; NAN with fewer than
 * RHYTHM_BREATHS_MIN breaths, or less than 0.8 of them heard.
 */
double rhythm_share(const double *t_s, const double *rr_ms, size_t n,
                    const double *mark_s, size_t marks);

/** Rates that rhythm_rate() knows, breaths a minute. */
#define RHYTHM_SLOWEST 9.0
#define RHYTHM_FASTEST 24.0

/**
 * rhythm_rate() - the rate at which a person breathes who is left alone
 * @t_s, @rr_ms: @n accepted beats, times rising
 *
 * Power over 20 s (Hann), summed over all stretches of the run, half of each
 * shared with the next; nobody alone breathes evenly for longer.
 *
 * Return: breaths per minute; NAN under 40 s, or where no rate stands out.
 */
double rhythm_rate(const double *t_s, const double *rr_ms, size_t n);

#endif
