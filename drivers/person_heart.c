/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/person_heart.h"

#include <math.h>

#define STEP_S PERSON_HEART_STEP_S

/* What moves slowly is moved every eighth step. */
#define SLOW_STEPS      8
#define SLOW_S          (SLOW_STEPS * STEP_S)

#define AROUSAL_EVERY_S 300.0
#define AROUSAL_TAU_S   30.0
#define AROUSAL_ONSET_S 3.0
#define HANDS_TAU_S     8.0
#define ASLEEP_TAU_S    120.0
#define DEPTH_TAU_S     6.0
#define WAVE_TAU_S      20.0
#define RESONANCE_WIDTH 0.33 /* of a log-normal curve */

/* What a sinus node does at most here: 180 and 35 bpm. */
#define PERIOD_MS_MIN 333.0
#define PERIOD_MS_MAX 1714.0

static const double wander_tau_s[3] = {3, 30, 300};

void person_heart_become(struct person_heart *h,
                         const struct person_heart_traits *traits)
{
	h->is = *traits;
	h->delay = (unsigned)lrint(traits->delay_s / STEP_S);
	if (h->delay >= PERSON_HEART_DELAY_STEPS)
		h->delay = PERSON_HEART_DELAY_STEPS - 1;
	h->depth_ms = traits->floor_ms;
	h->rate_bpm = traits->rest_bpm;
}

void person_heart_init(struct person_heart *h, uint64_t seed)
{
	struct person_heart_traits t = {
		.arousal_every_s = AROUSAL_EVERY_S,
		.arousal_least_bpm = 6,
		.arousal_most_bpm = 12,
	};
	struct random r;

	*h = (struct person_heart){.full = 1};
	random_init(&r, seed, 2);
	t.rest_bpm = random_uniform(&r, 58, 82);
	t.settle_bpm = random_uniform(&r, 3, 8);
	t.settle_tau_s = random_uniform(&r, 120, 240);
	t.up_bpm = random_uniform(&r, 4, 8);
	t.easy_bpm = random_uniform(&r, 1, 2);
	t.wander_ms = random_uniform(&r, 6, 11);
	t.wave_ms = random_uniform(&r, 8, 18);
	t.wave_hz = random_uniform(&r, 0.09, 0.11);
	t.resonance_per_min = random_uniform(&r, 4.5, 6.5);
	t.peak_ms = random_uniform(&r, 100, 240);
	t.floor_ms = random_uniform(&r, 30, 90);
	t.ectopic = random_uniform(&r, 0, 0.003);
	t.delay_s = random_uniform(&r, 0.5, 0.9);
	for (int i = 0; i < 3; i++)
		h->wander[i] = random_gauss(&r);
	h->wave[0] = random_gauss(&r);
	h->wave[1] = random_gauss(&r);
	h->random = r;
	person_heart_become(h, &t);
}

void person_heart_hear(struct person_heart *h, enum heard_kind kind)
{
	if (kind != HEARD_BREATH && kind != HEARD_NO_PACE)
		h->arms_up = kind == HEARD_HANDS_UP;
	switch (kind) {
	case HEARD_HANDS_LAP:
		h->hands_bpm = 0;
		break;
	case HEARD_HANDS_EASY:
		h->hands_bpm = h->is.easy_bpm;
		break;
	case HEARD_HANDS_UP:
		h->hands_bpm = h->is.up_bpm;
		break;
	case HEARD_BREATH:
	case HEARD_NO_PACE:
		break;
	}
}

double person_heart_depth(const struct person_heart *h, double per_min)
{
	double x = log(per_min / h->is.resonance_per_min) / RESONANCE_WIDTH;
	/* Fast breaths move the heart ever less. */
	double fast = fmin(15 / per_min, 1);

	return fast * h->is.floor_ms +
	       (h->is.peak_ms - h->is.floor_ms) * exp(-0.5 * x * x);
}

static void toward(double *at, double goal, double tau_s)
{
	*at += (goal - *at) * SLOW_S / tau_s;
}

static void move_rate(struct person_heart *h, bool guided, bool asleep)
{
	toward(&h->settled_bpm, guided ? h->is.settle_bpm : 0,
	       h->is.settle_tau_s);
	toward(&h->asleep_bpm, asleep ? h->is.asleep_bpm : 0, ASLEEP_TAU_S);
	toward(&h->arousal_bpm, 0, AROUSAL_TAU_S);
	if (random_uniform(&h->random, 0, 1) < SLOW_S / h->is.arousal_every_s)
		h->arousal_bpm +=
			random_uniform(&h->random, h->is.arousal_least_bpm,
		                       h->is.arousal_most_bpm);
	toward(&h->arousal_felt_bpm, h->arousal_bpm, AROUSAL_ONSET_S);
	toward(&h->hands_felt_bpm, h->hands_bpm, HANDS_TAU_S);
	h->rate_bpm = h->is.rest_bpm - h->settled_bpm - h->asleep_bpm +
	              h->arousal_felt_bpm + h->hands_felt_bpm;
}

/* Each process keeps a variance of one. */
static void move_wander(struct person_heart *h)
{
	for (int i = 0; i < 3; i++) {
		double keep = 1 - SLOW_S / wander_tau_s[i];

		h->wander[i] = keep * h->wander[i] +
		               sqrt(1 - keep * keep) * random_gauss(&h->random);
	}
}

static void move_wave(struct person_heart *h)
{
	double turn = 2 * M_PI * h->is.wave_hz * SLOW_S;
	double keep = 1 - SLOW_S / WAVE_TAU_S, kick = sqrt(1 - keep * keep);
	double x = h->wave[0], y = h->wave[1];

	h->wave[0] = keep * (x * cos(turn) - y * sin(turn)) +
	             kick * random_gauss(&h->random);
	h->wave[1] = keep * (x * sin(turn) + y * cos(turn)) +
	             kick * random_gauss(&h->random);
}

static double period_ms(struct person_heart *h, double volume)
{
	unsigned at = h->step % PERSON_HEART_DELAY_STEPS;
	unsigned then = (h->step + PERSON_HEART_DELAY_STEPS - h->delay) %
	                PERSON_HEART_DELAY_STEPS;
	double period = 60000 / h->rate_bpm;

	h->lungs[at] = volume * h->depth_ms / 2;
	period +=
		h->is.wander_ms * (h->wander[0] + h->wander[1] + h->wander[2]);
	period += h->is.wave_ms * h->wave[0];
	period -= h->lungs[then];
	return fmax(PERIOD_MS_MIN, fmin(period, PERIOD_MS_MAX));
}

static void prepare_next(struct person_heart *h)
{
	double early = 2 - h->full;

	if (h->full < 1) /* after a premature beat the pause */
		h->full = early;
	else if (random_uniform(&h->random, 0, 1) < h->is.ectopic)
		h->full = random_uniform(&h->random, 0.6, 0.75);
	else
		h->full = 1;
}

bool person_heart_step(struct person_heart *h,
                       const struct person_heart_breath *breath,
                       double *ret_into_s)
{
	double per_step, left;

	if (h->step % SLOW_STEPS == 0) {
		move_rate(h, breath->guided, breath->asleep);
		move_wander(h);
		move_wave(h);
		toward(&h->depth_ms, person_heart_depth(h, breath->per_min),
		       DEPTH_TAU_S);
	}
	h->period_ms = period_ms(h, breath->volume);
	per_step = STEP_S * 1000 / h->period_ms;
	h->step++;
	h->charge += per_step;
	left = h->charge - h->full;
	if (left < 0)
		return false;
	*ret_into_s = STEP_S * (1 - left / per_step);
	h->charge = left;
	prepare_next(h);
	return true;
}
