/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_SIGNAL_FIBRILLATION_H
#define LULL_SIGNAL_FIBRILLATION_H

#include "signal/nn.h"

/**
 * Does a record look like atrial fibrillation: large, and not to be foretold?
 *
 * Windows of 128 beats (Dash et al. 2009) that lie within an unbroken run. One
 * is irregular if
 * - RMSSD is over a tenth of the mean interval (Dash), and
 * - the coefficient of sample entropy is over -0.8: with m = 1 and r = 5 % of
 *   the median interval, -ln(A/B) + ln(2r) (Lake & Moorman 2011, of shares of
 *   the interval instead of seconds). For independent intervals it is
 *   ln(3.5 s), s their standard deviation as a share of the mean: -0.8 is
 *   s = 13 %.
 * Deep breathing, every second or third beat premature, and noise are large
 * too, but there one interval says much about the next. In a day with every
 * fifth beat premature the figure stays under -0.97, and 95 % of the windows of
 * a fibrillating day are over -0.54; a quarter of all intervals may be wild
 * before one window in a hundred looks like it.
 *
 * Sources: Dash, Chon, Lu & Raeder, Ann Biomed Eng 37 (2009) 1701; Lake &
 * Moorman, Am J Physiol Heart Circ Physiol 300 (2011) H319.
 */

#define FIBRILLATION_BEATS 128
#define FIBRILLATION_LEAST 64 /**< a run of fewer is not judged */

struct fibrillation {
	size_t windows, irregular;
};

/** fibrillation_look() - how many of the windows look like it */
struct fibrillation fibrillation_look(const struct nn *in);

/** fibrillation_likely() - half of them or more do. */
static inline bool fibrillation_likely(const struct fibrillation *f)
{
	return f->irregular > 0 && 2 * f->irregular >= f->windows;
}

#endif
