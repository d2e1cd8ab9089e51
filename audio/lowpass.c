/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audio/lowpass.h"

#include <math.h>
#include <string.h>

#define ORDER     (2 * LOWPASS_PAIRS)
#define RIPPLE_DB 0.5
#define EDGE_MAX  0.45

/* One pair of poles by the bilinear transform; its gain at 0 Hz is 1. */
static void set_pair(struct lowpass *l, int k, int lane, double warped)
{
	double epsilon = sqrt(pow(10.0, RIPPLE_DB / 10.0) - 1.0);
	double v = asinh(1.0 / epsilon) / ORDER;
	double angle = M_PI * (2 * k + 1) / (2 * ORDER);
	double re = -warped * sinh(v) * sin(angle);
	double im = warped * cosh(v) * cos(angle);
	double norm = 1.0 - 2.0 * re + re * re + im * im;
	double a1 = 2.0 * (re * re + im * im - 1.0) / norm;
	double a2 = (1.0 + 2.0 * re + re * re + im * im) / norm;

	l->b[k][lane] = (float)((1.0 + a1 + a2) / 4.0);
	l->a1[k][lane] = (float)a1;
	l->a2[k][lane] = (float)a2;
}

void lowpass_init(struct lowpass *l, unsigned rate_hz,
                  const float edge_hz[LANES])
{
	/* an even order ripples downwards from its gain at 0 Hz */
	float trough = (float)pow(10.0, -RIPPLE_DB / 20.0);

	memset(l, 0, sizeof(*l));
	for (int lane = 0; lane < LANES; lane++) {
		double edge = fmin((double)edge_hz[lane] / rate_hz, EDGE_MAX);

		for (int k = 0; k < LOWPASS_PAIRS; k++)
			set_pair(l, k, lane, tan(M_PI * edge));
	}
	l->b[0] *= trough;
}
