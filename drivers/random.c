/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/random.h"

#include <math.h>

static uint64_t splitmix(uint64_t *x)
{
	uint64_t z = *x += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

void random_init(struct random *r, uint64_t seed, uint64_t stream)
{
	uint64_t x = seed, y;

	/* Neighbouring seeds and streams must have nothing in common. */
	y = splitmix(&x) ^ stream * UINT64_C(0xd1342543de82ef95);
	for (int i = 0; i < 4; i++)
		r->s[i] = splitmix(&y);
}

static uint64_t rotate(uint64_t x, unsigned by)
{
	return x << by | x >> (64 - by);
}

uint64_t random_next(struct random *r)
{
	uint64_t *s = r->s, ret = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotate(s[3], 45);
	return ret;
}

double random_uniform(struct random *r, double low, double high)
{
	return low + (high - low) * ((double)(random_next(r) >> 11) * 0x1p-53);
}

double random_gauss(struct random *r)
{
	double u, q;

	do {
		double v = random_uniform(r, -1, 1);

		u = random_uniform(r, -1, 1);
		q = u * u + v * v;
	} while (q >= 1 || q == 0);
	return u * sqrt(-2 * log(q) / q);
}
