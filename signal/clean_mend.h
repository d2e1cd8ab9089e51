/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_SIGNAL_CLEAN_MEND_H
#define LULL_SIGNAL_CLEAN_MEND_H

#include "signal/clean.h"

/** Correction: the half of clean.h that knows what is wrong. */

/** Beats that one interval may hide, and that a stretch may have wrong. */
#define CLEAN_BEATS_MAX 2

/** What is being written: as many as were given and CLEAN_BEATS_MAX more for
 *  each that hides some. */
struct clean_out {
	double *t_s, *rr_ms;
	bool *joined, *mended;
	size_t n;
};

/**
 * clean_mend() - one unbroken run
 * @in: [@from, @to) of it
 * @kind: of each of @in; becomes CLEAN_REJECTED for what is left out
 * @count: added to
 */
void clean_mend(const struct nn *in, size_t from, size_t to, uint8_t *kind,
                struct clean_out *out, struct clean_count *count);

#endif
