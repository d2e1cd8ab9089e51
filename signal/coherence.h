/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_SIGNAL_COHERENCE_H
#define LULL_SIGNAL_COHERENCE_H

#include <stddef.h>

/**
 * The coherence ratio: how far the heart swings at one single rate.
 *
 * The last 64 s of RR, each at its end beat, through a cubic spline at 2 Hz
 * (128 points from 64 s before the last beat on), less its linear trend,
 * under a periodic Hann window, padded with zeros to 1024. The peak is sought
 * in 0.04 to 0.26 Hz; P(peak) is the power within 0.015 Hz of it; the ratio
 * is P(peak) over the rest of 0.0033 to 0.4 Hz.
 * Source: reference/hrv.md, section 1.
 *
 * Owns its memory; no allocation but in coherence_create().
 */

#define COHERENCE_SPAN_S 64.0 /**< least stretch of beats */
/** Beats in that stretch at 300 ms each, and one before it. */
#define COHERENCE_BEATS_MAX 256

struct coherence;

struct coherence_result {
	double ratio;   /**< no unit, >= 0 */
	double peak_hz; /**< on the 1/512 Hz grid */
};

/** coherence_create() - Return: 0 or -ENOMEM. */
int coherence_create(struct coherence **ret);
/** coherence_destroy() - takes NULL. Return: NULL. */
struct coherence *coherence_destroy(struct coherence *c);

/**
 * coherence_of() - of the last 64 s of @n beats
 * @t_s: when each ended, strictly rising; @rr_ms: its interval
 *
 * Return: 0, -ENODATA if the beats do not reach back 64 s, are more than
 * COHERENCE_BEATS_MAX there, or do not swing at all.
 */
int coherence_of(struct coherence *c, const double *t_s, const double *rr_ms,
                 size_t n, struct coherence_result *ret);

#endif
