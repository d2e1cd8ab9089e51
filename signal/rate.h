/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_SIGNAL_RATE_H
#define LULL_SIGNAL_RATE_H

#include "signal/series.h"

/**
 * Mean heart rates over stretches of time, and their slope.
 *
 * An interval that lies only partly in the stretch counts by that share: the
 * mean over whole breaths must not jump by a beat at either end.
 *
 * No slope spans a gap.
 *
 * Pure.
 */

struct rate {
	double bpm;       /**< 60000 / mean RR; NAN without an interval */
	double beats;     /**< in shares */
	double covered_s; /**< of believed intervals */
};

/** rate_over() - over [from, to], ok and corrected beats. */
void rate_over(const struct series *s, double from_s, double to_s,
               struct rate *ret);

/** Least share of a breath that beats must cover for a rate of it. */
#define RATE_COVERAGE 0.8

/** Least breaths and least seconds for a slope of breaths. */
#define RATE_SLOPE_BREATHS 4
#define RATE_SLOPE_S       20.0
/** Breaths between that many marks at the most. */
#define RATE_MARKS_MAX 128

/**
 * rate_slope_breaths() - slope of the mean rates of whole breaths
 * @mark_s: @n boundaries, rising, at most RATE_MARKS_MAX
 *
 * So that the respiratory wave cannot tilt the line: over six breaths of 10 s
 * a swing of 10 bpm alone would give up to 3 bpm/min through single beats.
 *
 * Return: bpm per minute; NAN under RATE_SLOPE_BREATHS covered breaths or
 * RATE_SLOPE_S from the first's middle to the last's.
 */
double rate_slope_breaths(const struct series *s, const double *mark_s,
                          size_t n);

/**
 * rate_slope_beats() - slope of 60000/RR over the single beats in (from, to]
 * @work: 2 * SERIES_MAX doubles
 *
 * Return: bpm per minute; NAN under 10 beats or RATE_SLOPE_S of them.
 */
double rate_slope_beats(const struct series *s, double from_s, double to_s,
                        double *work);

#endif
