/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_SIGNAL_BREATHING_H
#define LULL_SIGNAL_BREATHING_H

#include <stdbool.h>
#include <stddef.h>

/**
 * The person's breaths, as the heart shows them: respiratory sinus arrhythmia
 * (RSA) lets RR rise with each breath out. A breath here is the time from one
 * rise of RR through its local mean to the next.
 *
 * RR, each at its end beat, goes through a cubic spline at 4 Hz, less its
 * linear trend, and a zero-phase band-pass (FFT, raised-cosine edges, ends
 * extended by odd reflection). A rise counts if the wave was a share of its
 * own local rms below zero before it and gets as far above after it, so that
 * wiggles are no breaths; its time is interpolated between samples. Where the
 * breaths so found have one rate in common, a second pass through a narrower
 * band about it takes out what noise is left.
 * Source: reference/hrv.md 1 (breathing rate from RR); the hysteresis, the
 * wider band, for breaths down to 4.5/min, and the second pass are ours.
 *
 * Owns its memory; no allocation but in breathing_create().
 */

#define BREATHING_SPAN_S    90.0 /**< the most that is looked at, the newest */
#define BREATHING_BEATS_MAX 512  /**< more in that span are no heart */
#define BREATHING_MAX       64   /**< breaths returned at the most */
/** Least stretch of beats: two breaths at the slowest rate. */
#define BREATHING_MIN_S 15.0
/** What a rate is the mean of; 60 s less the two longest intervals that may
    lie across its ends. */
#define BREATHING_RATE_S     60.0
#define BREATHING_RATE_MIN_S 56.0
/** Slower than this by its crossings: the coherence peak knows better. */
#define BREATHING_SLOW_PER_MIN 9.0
/** Breaths of 30/min and of 4/min: what is outside is none. */
#define BREATHING_SHORTEST_S 2.0
#define BREATHING_LONGEST_S  15.0

struct breath {
	double start_s; /**< on the clock of the beats */
	double length_s;
};

struct breathing;

/** breathing_create() - Return: 0 or -ENOMEM. */
int breathing_create(struct breathing **ret);
/** breathing_destroy() - takes NULL. Return: NULL. */
struct breathing *breathing_destroy(struct breathing *b);

/**
 * breathing_find() - the breaths in an unbroken run of beats
 * @t_s: when each of @n beats was, strictly rising; @rr_ms: its interval
 * @ret: up to BREATHING_MAX breaths, oldest first
 *
 * Return: how many; 0 under BREATHING_MIN_S of beats, or where RR moves less
 * within the band than a strap's own jitter (2 ms rms).
 */
size_t breathing_find(struct breathing *b, const double *t_s,
                      const double *rr_ms, size_t n, struct breath *ret);

/**
 * breathing_rate() - mean rate over the last 60 s of an unbroken run
 * @slow_hz: peak of coherence_of() over the same beats, NAN if unknown
 *
 * Band-pass 0.1 to 0.4 Hz, positive zero crossings over 60 s; where they come
 * to less than 9/min the coherence peak, if that is below 9/min too.
 * Source: reference/hrv.md, section 1.
 *
 * Return: breaths per minute; NAN under BREATHING_RATE_MIN_S of beats or three
 * crossings.
 */
double breathing_rate(struct breathing *b, const double *t_s,
                      const double *rr_ms, size_t n, double slow_hz);

/**
 * breathing_regular() - may a rate be said of these breaths?
 *
 * Standard deviation of their lengths at most a quarter of the mean: breath
 * lengths at rest vary by a tenth to a fifth, noise by half.
 */
bool breathing_regular(const struct breath *breaths, size_t n);

#endif
