/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_SIGNAL_HRV_FREQ_INNER_H
#define LULL_SIGNAL_HRV_FREQ_INNER_H

/** What hrv_freq.c, welch.c and lomb.c share, and nobody else sees. */

#include <gsl/gsl_fft_complex.h>

#include "signal/hrv_freq.h"

#define HRV_FREQ_TO_HZ 0.4 /**< where the highest band ends */

/** Welch: reference/hrv.md, section 1. */
#define WELCH_POINTS 1024 /**< 256 s at 4 Hz */

/** Lomb: cells that one beat is spread over, steps of its place between two
 * cells, and steps of what makes up for the spreading. */
#define LOMB_WIDTH  8
#define LOMB_PLACES 256
#define LOMB_MENDS  2048

struct hrv_freq {
	struct {
		gsl_fft_complex_wavetable *table;
		gsl_fft_complex_workspace *work;
		double hann[WELCH_POINTS];
		double z[2 * WELCH_POINTS]; /**< what is transformed */
	} welch;
	struct {
		/** The kernel at the cells around a beat; then as for the
		 * place after the last. */
		double kernel[LOMB_PLACES + 1][LOMB_WIDTH];
		/** 1 / its transform, over the square of the frequency. */
		double mend[LOMB_MENDS + 1];
	} lomb;
};

/** welch_init() - Return: 0 or -ENOMEM; welch_finish() takes half-built. */
int welch_init(struct hrv_freq *f);
void welch_finish(struct hrv_freq *f);

void lomb_init(struct hrv_freq *f);

#endif
