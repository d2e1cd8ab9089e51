/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_SIGNAL_PACING_H
#define LULL_SIGNAL_PACING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "signal/breathing.h"

/**
 * The pacer's breaths as they were begun, and how the person's breaths
 * compare with them.
 *
 * Pure; embedded in its owner; bounded: the oldest goes first.
 */

/** Five minutes at 40/min, faster than any pacer. */
#define PACING_MAX 256

struct pacing_breath {
	double t_s;
	double period_s; /**< 0: no pacer from here on */
};

struct pacing {
	struct pacing_breath breath[PACING_MAX];
	size_t first, n;
};

void pacing_init(struct pacing *p);

/** pacing_add() - @period_s at 0, below or no number: the pacer stops. */
void pacing_add(struct pacing *p, double t_s, double period_s);

/** pacing_period() - in force at @t_s; 0 while unpaced. */
double pacing_period(const struct pacing *p, double t_s);

/**
 * pacing_marks() - boundaries of the whole breaths of the pacer within
 *                  [from, to], oldest first: the newest unbroken run
 * @ret: up to @max; a run of n breaths has n + 1 of them
 *
 * A breath ends where the next begins, or one period after its onset.
 * Return: how many; 0 where the pacer does not run at @to_s.
 */
size_t pacing_marks(const struct pacing *p, double from_s, double to_s,
                    double *ret, size_t max);

/** A person's breath beside the pacer. */
enum pacing_fit { PACING_UNPACED, PACING_OFF, PACING_FITS };

/**
 * pacing_fit() - is this breath as long as the pacer's?
 * @beat_s: mean beat interval: RSA cannot time a breath better than half one
 *
 * Within 10 % or half a beat interval, whichever is larger, of the pacer's
 * breath at its middle or of the one before: RSA follows a breath late.
 * Source: reference/content.md, D.4 (PACE) and D.2.
 */
enum pacing_fit pacing_fit(const struct pacing *p, const struct breath *b,
                           double beat_s);

#endif
