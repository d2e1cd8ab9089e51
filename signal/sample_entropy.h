/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_SIGNAL_SAMPLE_ENTROPY_H
#define LULL_SIGNAL_SAMPLE_ENTROPY_H

#include <stddef.h>
#include <stdint.h>

#include "signal/arena.h"
#include "signal/nn.h"

/** How many pairs of templates agree: at two values, and at the third too. */
struct sample_entropy_count {
	uint64_t two, three;
};

/**
 * sample_entropy_count() - exact counts, as a plain comparison of all pairs
 * @r_ms: the tolerance; two values agree if their distance, computed in
 *        double, is at most that. Below 0 or NAN none do.
 *
 * m = 2, Chebyshev distance, the N - m templates that have a third value, no
 * self matches, each pair once. A template that would span a break is none.
 * Takes about 80 bytes an interval; time grows as N sqrt(N) at the worst.
 * Source: Richman & Moorman 2000; reference/hrv.md, section 1.
 * Return: 0 or -ENOMEM.
 */
int sample_entropy_count(struct arena *a, const struct nn *nn, double r_ms,
                         struct sample_entropy_count *ret);

/**
 * sample_entropy_of() - -ln(three / two) at r = 0.2 SD (divisor N - 1)
 * @sdnn_ms: that SD
 * @ret: NAN under SAMPLE_ENTROPY_MIN intervals, where no pair agrees at
 *       three, or if all are equal
 * Return: 0 or -ENOMEM.
 */
int sample_entropy_of(struct arena *a, const struct nn *nn, double sdnn_ms,
                      double *ret);

/** 10^m at the least for m = 2 (Richman & Moorman 2000, after Pincus). */
#define SAMPLE_ENTROPY_MIN 100
/** Tolerance in standard deviations (the same). */
#define SAMPLE_ENTROPY_R_SD 0.2

#endif
