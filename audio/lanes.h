/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_LANES_H
#define LULL_AUDIO_LANES_H

#include <stdint.h>
#include <string.h>

/**
 * Four floats that one instruction works on: four samples of one sound, or
 * one sample of four. Each lane is computed as a float alone would be, so the
 * result is the same however the compiler brings the lanes to the machine.
 *
 * Stereo is interleaved: left, right, left, right.
 *
 * A vector type can only be named by a typedef.
 */
#define LANES 4

typedef float lanes __attribute__((vector_size(4 * LANES)));
typedef int32_t lanes_int __attribute__((vector_size(4 * LANES)));
typedef uint32_t lanes_bits __attribute__((vector_size(4 * LANES)));

static inline lanes lanes_load(const float *from)
{
	lanes x;

	memcpy(&x, from, sizeof(x));
	return x;
}

static inline void lanes_store(float *to, lanes x)
{
	memcpy(to, &x, sizeof(x));
}

static inline lanes lanes_all(float x)
{
	return (lanes){x, x, x, x};
}

/** lanes_ramp() - @from, and @step more in each lane */
static inline lanes lanes_ramp(float from, float step)
{
	return (lanes){from, from + step, from + 2.0f * step,
	               from + 3.0f * step};
}

/** lanes_pair() - two frames of stereo: lanes 0 and 1 of both sides */
static inline lanes lanes_pair(lanes left, lanes right)
{
	return __builtin_shufflevector(left, right, 0, 4, 1, 5);
}

/** lanes_pair_high() - the next two: lanes 2 and 3 */
static inline lanes lanes_pair_high(lanes left, lanes right)
{
	return __builtin_shufflevector(left, right, 2, 6, 3, 7);
}

/** lanes_abs() - the sign bit off */
static inline lanes lanes_abs(lanes x)
{
	return (lanes)((lanes_bits)x & 0x7fffffffu);
}

/** lanes_max() - of each lane the greater; @a where either is no number */
static inline lanes lanes_max(lanes a, lanes b)
{
	lanes_int greater = b > a;

	return (lanes)(((lanes_int)b & greater) | ((lanes_int)a & ~greater));
}

static inline float lanes_greatest(lanes x)
{
	float a = x[0] > x[1] ? x[0] : x[1];
	float b = x[2] > x[3] ? x[2] : x[3];

	return a > b ? a : b;
}

#endif
