/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_SIGNAL_DETREND_H
#define LULL_SIGNAL_DETREND_H

#include <stddef.h>

#include "signal/arena.h"

/** lambda of the smoothness priors. Source: reference/hrv.md, section 1. */
#define DETREND_LAMBDA 500.0

/**
 * detrend_priors() - take the slow trend out: z - (I + lambda^2 D2'D2)^-1 z
 * @z: @n values at even steps, changed in place; @n < 3 leaves none to take
 *     but the mean
 *
 * D2 is the whole second-difference matrix; a pentadiagonal system solved by
 * its banded LDL' factor, O(n).
 * Source: Tarvainen, Ranta-aho & Karjalainen 2002.
 * Return: 0 or -ENOMEM.
 */
int detrend_priors(struct arena *a, double *z, size_t n, double lambda);

#endif
