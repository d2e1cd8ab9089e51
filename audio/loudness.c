/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audio/loudness.h"

#include <math.h>
#include <string.h>

/* BS.1770-4: tables 1 and 2, at 48 kHz; equations 2 to 7. Lanes: left and
 * right of the first filter, left and right of the second. */
#define LANES_OF(first, second) ((lanes){first, first, second, second})
#define B0                      LANES_OF(1.53512485958697f, 1.0f)
#define B1                      LANES_OF(-2.69169618940638f, -2.0f)
#define B2                      LANES_OF(1.19839281085285f, 1.0f)
#define A1                      LANES_OF(-1.69065929318241f, -1.99004745483398f)
#define A2                      LANES_OF(0.73248077421585f, 0.99007225036621f)

#define TENTH                   4800
#define OFFSET_LUFS             (-0.691)
#define GATE_LUFS               (-70.0)
#define GATE_LU                 10.0 /* below the mean of what is above that */
#define BINS_IN_LU              100

void loudness_init(struct loudness *l)
{
	memset(l, 0, sizeof(*l));
}

static double lufs_of(double power)
{
	return OFFSET_LUFS + 10.0 * log10(power);
}

static int bin_of(double lufs)
{
	int bin = (int)((lufs - GATE_LUFS) * BINS_IN_LU);

	return bin < LOUDNESS_BINS ? bin : LOUDNESS_BINS - 1;
}

/* A block is 400 ms, and begins each 100 ms. */
static void end_tenth(struct loudness *l)
{
	double power = 0.0, lufs;

	if (l->tenths < 4)
		l->tenths++;
	for (int i = 0; i < 4; i++)
		power += l->power[i] / (4 * TENTH);
	lufs = lufs_of(power);
	if (l->tenths == 4 && lufs > GATE_LUFS) {
		l->bins[bin_of(lufs)].n++;
		l->bins[bin_of(lufs)].power += power;
	}
	memmove(l->power + 1, l->power, 3 * sizeof(*l->power));
	l->power[0] = 0.0;
	l->n = 0;
}

/* The second filter hears the first a frame later. */
static void run(struct loudness *l, const float *stereo, size_t n)
{
	lanes s1 = l->s1, s2 = l->s2, y = l->y, sum = lanes_all(0.0f);

	for (size_t i = 0; i < n; i++, stereo += 2) {
		lanes x = {stereo[0], stereo[1], y[0], y[1]};

		y = B0 * x + s1;
		s1 = B1 * x - A1 * y + s2;
		s2 = B2 * x - A2 * y;
		sum += y * y;
	}
	l->s1 = s1;
	l->s2 = s2;
	l->y = y;
	l->power[0] += (double)sum[2] + (double)sum[3];
}

void loudness_add(struct loudness *l, const float *stereo, size_t n)
{
	while (n) {
		size_t part = TENTH - l->n;

		if (part > n)
			part = n;
		run(l, stereo, part);
		l->n += (uint32_t)part;
		stereo += 2 * part;
		n -= part;
		if (l->n == TENTH)
			end_tenth(l);
	}
}

/* The mean of all blocks from @bin on. */
static double mean(const struct loudness *l, int bin)
{
	double power = 0.0;
	uint32_t n = 0;

	for (; bin < LOUDNESS_BINS; bin++) {
		n += l->bins[bin].n;
		power += l->bins[bin].power;
	}
	return n ? lufs_of(power / n) : (double)NAN;
}

double loudness_lufs(const struct loudness *l)
{
	double all = mean(l, 0), gate = all - GATE_LU;

	return gate > GATE_LUFS ? mean(l, bin_of(gate)) : all;
}
