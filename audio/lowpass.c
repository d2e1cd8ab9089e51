/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audio/lowpass.h"

#include <complex.h>
#include <math.h>
#include <string.h>

#define ORDER     (2 * LOWPASS_PAIRS)
#define RIPPLE_DB 0.5
#define EDGE_MAX  0.45
/* a modulus is its square at each descent: then it is nothing in a double */
#define DESCENTS 6

/* The analogue filter whose edge is at 1: its pairs, the steepest first. */
struct prototype {
	double zero[LOWPASS_PAIRS]; /* on the imaginary axis */
	double complex pole[LOWPASS_PAIRS];
};

/* From the modulus @k to ever lesser ones, by Landen. */
static void descend(double k, double *ret)
{
	for (int i = 0; i < DESCENTS; i++) {
		double k1 = sqrt(1.0 - k * k);

		k = k * k / ((1.0 + k1) * (1.0 + k1));
		ret[i] = k;
	}
}

/* cd(u K, k); sn(u K, k) is the same of 1 - u */
static double complex cd(double complex u, double k)
{
	double v[DESCENTS];
	double complex w = ccos(u * M_PI / 2.0);

	descend(k, v);
	for (int i = DESCENTS - 1; i >= 0; i--)
		w = (1.0 + v[i]) * w / (1.0 + v[i] * w * w);
	return w;
}

/* u of which sn(u K, k) is i / @epsilon is imaginary: how much so */
static double imaginary_of(double epsilon, double k)
{
	double v[DESCENTS];
	double complex w = I / epsilon;

	descend(k, v);
	for (int i = 0; i < DESCENTS; i++) {
		double before = i ? v[i - 1] : k;

		w = 2.0 * w /
		    ((1.0 + v[i]) *
		     (1.0 + csqrt(1.0 - before * before * w * w)));
	}
	return cimag(casin(w)) * 2.0 / M_PI;
}

static void design(struct prototype *p)
{
	double epsilon = sqrt(pow(10.0, RIPPLE_DB / 10.0) - 1.0);
	double k1 = epsilon / sqrt(pow(10.0, LOWPASS_DOWN_DB / 10.0) - 1.0);
	double k1_beside = sqrt(1.0 - k1 * k1), k_beside, k, v0;

	k_beside = pow(k1_beside, ORDER);
	for (int i = 0; i < LOWPASS_PAIRS; i++) {
		double u = (2.0 * i + 1.0) / ORDER;

		k_beside *= pow(creal(cd(1.0 - u, k1_beside)), 4.0);
	}
	k = sqrt(1.0 - k_beside * k_beside);
	v0 = imaginary_of(epsilon, k1) / ORDER;
	for (int i = 0; i < LOWPASS_PAIRS; i++) {
		double u = (2.0 * i + 1.0) / ORDER;

		p->zero[i] = 1.0 / creal(cd(u, k));
		p->pole[i] = k * I * cd(u - I * v0, k);
	}
}

/* One pair by the bilinear transform; its gain at 0 Hz is 1. */
static void set_pair(struct lowpass *l, int i, int lane, double warped,
                     const struct prototype *p)
{
	double re = warped * creal(p->pole[i]), im = warped * cimag(p->pole[i]);
	double z = warped * p->zero[i], zz = 1.0 + z * z;
	double norm = 1.0 - 2.0 * re + re * re + im * im;
	double a1 = 2.0 * (re * re + im * im - 1.0) / norm;
	double a2 = (1.0 + 2.0 * re + re * re + im * im) / norm;
	double b1 = 2.0 * (z * z - 1.0) / zz;
	double gain = (1.0 + a1 + a2) / (2.0 + b1);

	l->b0[i][lane] = (float)gain;
	l->b1[i][lane] = (float)(gain * b1);
	l->a1[i][lane] = (float)a1;
	l->a2[i][lane] = (float)a2;
}

void lowpass_init(struct lowpass *l, unsigned rate_hz,
                  const float edge_hz[LANES])
{
	/* an even order ripples downwards from its gain at 0 Hz */
	float trough = (float)pow(10.0, -RIPPLE_DB / 20.0);
	struct prototype p;

	memset(l, 0, sizeof(*l));
	design(&p);
	for (int lane = 0; lane < LANES; lane++) {
		double edge = fmin((double)edge_hz[lane] / rate_hz, EDGE_MAX);

		for (int i = 0; i < LOWPASS_PAIRS; i++)
			set_pair(l, i, lane, tan(M_PI * edge), &p);
	}
	l->b0[0] *= trough;
	l->b1[0] *= trough;
}
