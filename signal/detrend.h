/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_SIGNAL_DETREND_H
#define LULL_SIGNAL_DETREND_H

#include <stddef.h>

#include "signal/arena.h"

/** lambda of the smoothness priors. Source: reference/hrv.md, section 1. */
#define DETREND_LAMBDA 500.0

/** detrend_mean() - take the mean out of @n values, in place. */
void detrend_mean(double *z, size_t n);

/**
 * detrend_priors() - take the slow trend out: z - (I + lambda^2 D2'D2)^-1 z
 * @z: @n values at even steps, changed in place; @n < 3 leaves none to take
 *     but the mean
 * @lambda: at least 0, the cut-off falls as its square root grows
 *
 * D2 is the whole second-difference matrix; a pentadiagonal system solved by
 * its banded LDL' factor, O(n).
 * Source: Tarvainen, Ranta-aho & Karjalainen 2002.
 * Return: 0 or -ENOMEM; @z is untouched on failure.
 */
int detrend_priors(struct arena *a, double *z, size_t n, double lambda);

#endif
