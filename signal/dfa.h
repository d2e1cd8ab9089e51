/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_SIGNAL_DFA_H
#define LULL_SIGNAL_DFA_H

#include "signal/nn.h"

/** Box sizes of the short-term exponent, every one of them. */
#define DFA_SHORTEST 4
#define DFA_LONGEST  16
/** Four boxes of the longest size: fewer, and its fluctuation is a chance. */
#define DFA_MIN (4 * DFA_LONGEST)

/**
 * dfa_alpha1_of() - detrended fluctuation analysis, short-term exponent
 *
 * Profile of RR - mean; for n = 4 to 16 boxes from the start of each unbroken
 * run, none overlapping, none across a break; each less its line; F(n) the
 * root of the mean square over all boxes; alpha1 the slope of ln F over ln n.
 * Takes no memory.
 * Source: Peng et al. 1995; reference/hrv.md, section 1.
 * Return: alpha1; NAN under DFA_MIN intervals, without a box of each size, or
 *         if all are equal.
 */
double dfa_alpha1_of(const struct nn *nn);

#endif
