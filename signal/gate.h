/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_SIGNAL_GATE_H
#define LULL_SIGNAL_GATE_H

#include "signal/series.h"

/**
 * The signal gate: how far a stretch of beats may be trusted.
 *
 *   none  no beat at all
 *   ok    at most 5 % artifacts and at least 20 ok beats in 30 s
 *   weak  at most 15 %, with as many beats, or fewer that cover 0.9 of the
 *         time (a slow heart): heart rate only
 *   bad   the rest, and what is shorter than 10 s: nothing can be said yet
 *
 * The number of beats asked for goes with the length.
 * Source: reference/content.md, D.3; 10 s is D.2's shortest usable stretch.
 *
 * Pure.
 */

#define GATE_SPAN_S  30.0
#define GATE_MIN_S   10.0
#define GATE_OK_PCT  5.0
#define GATE_BAD_PCT 15.0

struct gate {
	enum quality quality;
	double artifact_pct; /**< corrected and rejected; NAN without beats */
	double coverage;     /**< 0 to 1: believed intervals over wall time */
	size_t accepted;     /**< ok beats */
};

/**
 * gate_of() - the beats that ended in (from, to]
 *
 * An interval that is still open at @to_s is not missing for 2 s, the longest
 * plausible one; an interval that set out before @from_s counts in part.
 */
void gate_of(const struct series *s, double from_s, double to_s,
             struct gate *ret);

#endif
