/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/person_breath.h"

#include <math.h>

#define REACTION_S     0.3
#define JITTER         0.02 /* of a breath's length, when paced */
#define CORRECT        0.4  /* of the lateness, with the next breath */
#define CORRECT_MAX    0.06 /* of a breath's length */
#define FAR            0.35 /* from the period breathed now */
#define FORGET         1.8  /* periods of silence until the pace is gone */
#define TOLERANCE      0.2  /* a minute, at both ends of the range */
#define BACK           0.3  /* of the way to the own period, each breath */
#define GUIDED_PER_MIN 10.0

void person_breath_init(struct person_breath *b, uint64_t seed)
{
	struct random r;
	double own_per_min;

	random_init(&r, seed, 1);
	own_per_min = random_uniform(&r, 11, 17);
	*b = (struct person_breath){
		.own_s = 60 / own_per_min,
		.own_inhale = random_uniform(&r, 0.36, 0.46),
		.spread = random_uniform(&r, 0.06, 0.12),
		.lowest_per_min = random_uniform(&r, 4.5, 6),
		.highest_per_min = own_per_min + 4,
	};
	b->period_s = b->own_s;
	b->habit_s = b->own_s;
	b->inhale = b->own_inhale;
	b->random = r;
}

void person_breath_hear(struct person_breath *b, const struct heard *heard,
                        double t_s)
{
	if (heard->kind == HEARD_NO_PACE) {
		b->paced = 0;
		return;
	}
	if (heard->kind != HEARD_BREATH || !(heard->period_s > 0))
		return;
	b->pace_before_s = b->paced ? b->pace_s : heard->period_s;
	b->pace_s = heard->period_s;
	b->pace_inhale = heard->inhale_frac;
	b->pace_at_s = t_s;
	b->paced++;
}

static bool can_follow(const struct person_breath *b, double t_s)
{
	double per_min = 60 / b->pace_s;

	return b->paced >= 2 && t_s - b->pace_at_s < FORGET * b->pace_s &&
	       per_min >= b->lowest_per_min - TOLERANCE &&
	       per_min <= b->highest_per_min + TOLERANCE &&
	       fabs(b->pace_s / b->habit_s - 1) <= FAR;
}

static void follow(struct person_breath *b, double t_s)
{
	double late_s = fmod(t_s - REACTION_S - b->pace_at_s, b->pace_s);
	double most_s = CORRECT_MAX * b->pace_s;

	if (late_s > b->pace_s / 2)
		late_s -= b->pace_s;
	b->period_s =
		b->pace_before_s * (1 + JITTER * random_gauss(&b->random));
	b->period_s -= fmax(-most_s, fmin(CORRECT * late_s, most_s));
	b->habit_s += (b->period_s - b->habit_s) / 2;
	b->inhale = fmax(0.2, fmin(b->pace_inhale, 0.8));
}

static void breathe_alone(struct person_breath *b)
{
	b->mood = 0.5 * b->mood + sqrt(0.75) * random_gauss(&b->random);
	b->habit_s += BACK * (b->own_s - b->habit_s);
	b->period_s =
		b->habit_s * (1 + b->spread * fmax(-2.5, fmin(b->mood, 2.5)));
	b->inhale = b->own_inhale + 0.03 * random_uniform(&b->random, -1, 1);
}

void person_breath_step(struct person_breath *b, double t_s)
{
	while (t_s >= b->begun_s + b->period_s) {
		b->begun_s += b->period_s;
		b->following = can_follow(b, b->begun_s);
		if (b->following)
			follow(b, b->begun_s);
		else
			breathe_alone(b);
	}
}

double person_breath_volume(const struct person_breath *b, double t_s)
{
	double x = (t_s - b->begun_s) / b->period_s;

	if (x < b->inhale)
		return -cos(M_PI * x / b->inhale);
	return cos(M_PI * (x - b->inhale) / (1 - b->inhale));
}

bool person_breath_guided(const struct person_breath *b)
{
	return b->following && 60 / b->pace_s <= GUIDED_PER_MIN;
}
