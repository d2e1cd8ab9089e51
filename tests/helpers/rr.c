/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/rr.h"

#include <math.h>

#define STEP_S 0.005
/* Share of its interval after which an ectopic beat falls */
#define PREMATURE 0.65

void rr_start(struct rr_source *r, const struct rr_spec *spec)
{
	*r = (struct rr_source){
		.spec = *spec,
		.next_ectopic_s =
			spec->ectopic_s > 0.0 ? spec->ectopic_s : HUGE_VAL,
		.next_missed_s =
			spec->missed_s > 0.0 ? spec->missed_s : HUGE_VAL,
		.random = spec->seed,
	};
}

static double uniform(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return ((double)((z ^ (z >> 31)) >> 11) + 0.5) * 0x1.0p-53;
}

static double gauss(uint64_t *state)
{
	double radius = sqrt(-2.0 * log(uniform(state)));

	return radius * cos(2.0 * M_PI * uniform(state));
}

/* Beats per second at the present moment. */
static double rate(const struct rr_source *r)
{
	const struct rr_spec *s = &r->spec;
	double t_s = r->clock_s;
	double hr = s->hr_at ? s->hr_at(t_s, s->data)
	                     : s->hr_bpm + s->hr_slope * t_s / 60.0;
	double rsa_ms = s->rsa_at ? s->rsa_at(t_s, s->data) : s->rsa_ms;
	/* d(60000/RR) for half the swing of RR */
	double swing_bpm = hr * hr * rsa_ms / 2.0 / 60000.0;

	return (hr + swing_bpm * sin(r->phase)) / 60.0;
}

static double breathing(const struct rr_source *r)
{
	const struct rr_spec *s = &r->spec;

	return s->rate_at ? s->rate_at(r->clock_s, s->data)
	                  : s->breaths_per_min;
}

static double true_beat(struct rr_source *r)
{
	double before, per_s, share;

	do {
		before = r->whole;
		per_s = rate(r);
		r->whole += per_s * STEP_S;
		r->phase += 2.0 * M_PI * breathing(r) / 60.0 * STEP_S;
		r->clock_s += STEP_S;
	} while (r->whole < 1.0);
	share = (1.0 - before) / (r->whole - before);
	r->whole -= 1.0;
	return r->clock_s - STEP_S * (1.0 - share);
}

void rr_next(struct rr_source *r, double *ret_t_s, double *ret_rr_ms)
{
	double last_s = r->beat_s, t_s = true_beat(r);

	if (t_s >= r->next_missed_s) {
		r->next_missed_s += r->spec.missed_s;
		t_s = true_beat(r);
	}
	if (t_s >= r->next_ectopic_s) {
		r->next_ectopic_s += r->spec.ectopic_s;
		t_s = last_s + PREMATURE * (t_s - last_s);
	}
	r->beat_s = t_s;
	*ret_t_s = t_s;
	*ret_rr_ms =
		(t_s - last_s) * 1000.0 + r->spec.noise_ms * gauss(&r->random);
}
