/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_SIGNAL_NN_H
#define LULL_SIGNAL_NN_H

#include <stdbool.h>
#include <stddef.h>

/**
 * The currency of everything that looks at a recording as a whole: intervals
 * between beats, in order. Points to its owner's arrays.
 */
struct nn {
	const double *t_s;   /**< when each interval ended, strictly rising */
	const double *rr_ms; /**< finite and above 0 */
	/** Whether interval i follows i - 1 with nothing between; [0] is not
	 * looked at. NULL: all do. No figure spans a break. */
	const bool *joined;
	/** Whether interval i is a stand-in for what was recorded. Spectra and
	 * curves take it as it is; a figure of differences leaves it out (see
	 * nn_differs()). NULL: none is. */
	const bool *mended;
	size_t n;
};

/** nn_joined() - is interval @i > 0 the neighbour of the one before? */
static inline bool nn_joined(const struct nn *nn, size_t i)
{
	return !nn->joined || nn->joined[i];
}

/** nn_differs() - may interval @i > 0 be held against the one before? Not
 *                  across a break, nor where either is a stand-in: it is
 *                  smoother than a heart, and RMSSD would come out small. */
static inline bool nn_differs(const struct nn *nn, size_t i)
{
	return nn_joined(nn, i) &&
	       !(nn->mended && (nn->mended[i] || nn->mended[i - 1]));
}

/** nn_run_end() - one past the last interval of the unbroken run that begins
 *                 at @i < nn->n. */
static inline size_t nn_run_end(const struct nn *nn, size_t i)
{
	if (!nn->joined)
		return nn->n;
	for (i++; i < nn->n && nn->joined[i]; i++)
		;
	return i;
}

#endif
