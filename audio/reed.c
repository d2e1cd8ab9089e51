/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audio/reed.h"

#include <math.h>
#include <string.h>

#include "audio/dsp.h"
#include "audio/lanes.h"

void reed_init(struct reed *r, double phase)
{
	memset(r, 0, sizeof(*r));
	sincosf((float)(DSP_TAU * phase), &r->s, &r->c);
}

/* The sines and cosines of four frames, and how all of them turn by four. */
struct four {
	lanes s, c;
	lanes ds, dc;
};

static struct four four_at(const struct reed *r, double step)
{
	float ds, dc, s2, c2, s[LANES], c[LANES];

	dsp_sincos(DSP_TAU * step, &ds, &dc);
	s[0] = r->s;
	c[0] = r->c;
	for (int k = 1; k < LANES; k++) {
		s[k] = s[k - 1] * dc + c[k - 1] * ds;
		c[k] = c[k - 1] * dc - s[k - 1] * ds;
	}
	s2 = 2.0f * ds * dc;
	c2 = 1.0f - 2.0f * ds * ds;
	return (struct four){
		.s = lanes_load(s),
		.c = lanes_load(c),
		.ds = lanes_all(2.0f * s2 * c2),
		.dc = lanes_all(1.0f - 2.0f * s2 * s2),
	};
}

static inline void turn(struct four *f)
{
	lanes s = f->s * f->dc + f->c * f->ds;

	f->c = f->c * f->dc - f->s * f->ds;
	f->s = s;
}

static inline lanes sum(const struct four *f, lanes *gain, const lanes *step,
                        int partials)
{
	lanes twice = f->c + f->c, below = lanes_all(0.0f), at = f->s;
	lanes out = gain[0] * at;

	gain[0] += step[0];
	for (int k = 1; k < partials; k++) {
		lanes next = twice * at - below;

		below = at;
		at = next;
		out += gain[k] * at;
		gain[k] += step[k];
	}
	return out;
}

/* @lane of the four is where the next call begins; the length is set to 1
 * again, by one step of Newton's, before rounding can move it. */
static void keep(struct reed *r, const struct four *f, uint32_t lane)
{
	float s = f->s[lane], c = f->c[lane];
	float scale = 1.5f - 0.5f * (s * s + c * c);

	r->s = s * scale;
	r->c = c * scale;
}

static inline __attribute__((always_inline)) void
add(struct reed *r, double cycles, const float *to, int partials, float left,
    float right, float *stereo, uint32_t n)
{
	struct four f = four_at(r, cycles);
	lanes gain[REED_PARTIALS], step[REED_PARTIALS];
	uint32_t whole = n - n % LANES;

	for (int k = 0; k < partials; k++) {
		float one = (to[k] - r->gain[k]) / (float)n;

		gain[k] = lanes_ramp(r->gain[k], one);
		step[k] = lanes_all(LANES * one);
		r->gain[k] = to[k];
	}
	for (uint32_t i = 0; i < whole; i += LANES, stereo += 2 * LANES) {
		lanes x = sum(&f, gain, step, partials);
		lanes l = x * left, r4 = x * right;

		lanes_store(stereo, lanes_load(stereo) + lanes_pair(l, r4));
		lanes_store(stereo + LANES, lanes_load(stereo + LANES) +
		                                    lanes_pair_high(l, r4));
		turn(&f);
	}
	if (whole < n) {
		lanes x = sum(&f, gain, step, partials);

		for (uint32_t i = 0; i < n - whole; i++) {
			stereo[2 * i] += x[i] * left;
			stereo[2 * i + 1] += x[i] * right;
		}
	}
	keep(r, &f, n - whole);
}

void reed_add(struct reed *r, double step, const float *to, int partials,
              float left, float right, float *stereo, uint32_t n)
{
	/* a loop whose length is known stays in registers */
	if (partials <= 2)
		add(r, step, to, 2, left, right, stereo, n);
	else if (partials <= 4)
		add(r, step, to, 4, left, right, stereo, n);
	else
		add(r, step, to, REED_PARTIALS, left, right, stereo, n);
}
