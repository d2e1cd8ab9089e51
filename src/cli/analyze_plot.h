/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_ANALYZE_PLOT_H
#define LULL_CLI_ANALYZE_PLOT_H

#include <stdio.h>

#include "signal/clean.h"
#include "signal/hrv_time.h"
#include "signal/nn.h"

/** What is drawn of a recording. */
struct plot {
	const char *title;   /**< any bytes; shown as text */
	const struct nn *in; /**< as recorded */
	/** In clean_kind of each interval of @in; NULL: all are taken as they
	    are. */
	const uint8_t *kind;
	const struct nn *nn;         /**< after correction: the Poincare plot */
	const struct hrv_time *time; /**< of @nn */
};

/**
 * plot_write() - a tachogram and a Poincare plot, as one SVG
 *
 * One file with nothing outside it, under 500 kB whatever the recording's
 * length.
 * Return: 0; -ENOMEM; the errno of writing.
 */
int plot_write(FILE *f, const struct plot *p);

#endif
