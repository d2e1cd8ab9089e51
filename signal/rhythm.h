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

/** Breaths of the pacer that are looked at, and the least. The last two
    count in full, those before ever less. */
#define RHYTHM_BREATHS     8
#define RHYTHM_BREATHS_MIN 4

/** Beside a pacer. */
struct rhythm {
	/** 0 to 1: how far the heart goes by the pacer; 0.75 where it does */
	double adherence;
	/** 0 to 1: how far the phases of single breaths agree on the pacer's
	    clock. Chance gives about 1 over the root of the breaths. */
	double lock;
	/** How much of a breath they are ahead of the pacer with each of its
	    breaths: who goes at another rate drifts, however near it is. To be
	    believed where the lock is good. */
	double drift;
	double period_s; /**< of the pacer, on the mean */
};

/**
 * rhythm_beside() - the heart beside a pacer
 * @t_s, @rr_ms: @n accepted beats, times rising; some may be missing
 * @mark_s: @marks onsets of the pacer's breaths, and the end of the last;
 *          the last RHYTHM_BREATHS of them count
 *
 * Adherence is 1.22 times the mean of two, 1 at the most: of the lock, and of
 * the strength: the greatest power within 10 % of the pacer's own rate (D.4),
 * beside the greatest at other rates that a person may breathe at meanwhile,
 * from 0.8 to 2.2 times the pacer's, and no more than RHYTHM_FASTEST; 0.75
 * where the pacer's is twice as strong. Neither is hurt by what hurts the
 * other: strength by the heart's own wave where that is near, the lock by
 * breaths that hold few beats. 1.22: what the heart does besides keeps a lock
 * below 1; more would hold more of those for adherent who never follow.
 *
 * @ret: all NAN with fewer than RHYTHM_BREATHS_MIN breaths, or less than 0.8
 * of them heard.
 */
void rhythm_beside(const double *t_s, const double *rr_ms, size_t n,
                   const double *mark_s, size_t marks, struct rhythm *ret);

/** Rates that rhythm_rate() knows, breaths a minute. */
#define RHYTHM_SLOWEST 9.0
#define RHYTHM_FASTEST 24.0

/**
 * rhythm_rate() - the rate at which a person breathes who is left alone
 * @t_s, @rr_ms: @n accepted beats, times rising
 * @not_per_min: a pacer's that they do not go by: what is found within 30 % of
 * it is something else, or its flank; NAN: none
 *
 * Power over 20 s (Hann), summed over all stretches of the run, half of each
 * shared with the next; nobody alone breathes evenly for longer.
 *
 * Return: breaths per minute; NAN under 40 s, or where no rate stands out: a
 * peak, as the slope of a slower wave is none, and one that the heart beats
 * often enough to show. RHYTHM_FASTEST stands for all that is quicker.
 */
double rhythm_rate(const double *t_s, const double *rr_ms, size_t n,
                   double not_per_min);

#endif
