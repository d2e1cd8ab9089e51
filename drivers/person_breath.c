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
#define COME_BACK      0.25 /* each breath */
#define ASLEEP_SPREAD  0.3  /* of the waking one */
#define GUIDED_PER_MIN 10.0

void person_breath_become(struct person_breath *b,
                          const struct person_breath_traits *traits)
{
	b->is = *traits;
	b->period_s = b->habit_s = traits->own_s;
	b->inhale = traits->own_inhale;
}

void person_breath_init(struct person_breath *b, uint64_t seed)
{
	struct person_breath_traits t = {.asleep_s = INFINITY};
	struct random r;
	double own_per_min;

	*b = (struct person_breath){0};
	random_init(&r, seed, 1);
	own_per_min = random_uniform(&r, 11, 17);
	t.own_s = 60 / own_per_min;
	t.own_inhale = random_uniform(&r, 0.36, 0.46);
	t.spread = random_uniform(&r, 0.06, 0.12);
	t.lowest_per_min = random_uniform(&r, 4.5, 6);
	t.highest_per_min = own_per_min + 4;
	b->random = r;
	person_breath_become(b, &t);
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

	return !b->is.never_follows && !b->asleep && !b->wandering &&
	       b->paced >= 2 && t_s - b->pace_at_s < FORGET * b->pace_s &&
	       per_min >= b->is.lowest_per_min - TOLERANCE &&
	       per_min <= b->is.highest_per_min + TOLERANCE &&
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
	double spread = b->is.spread * (b->asleep ? ASLEEP_SPREAD : 1);

	b->mood = 0.5 * b->mood + sqrt(0.75) * random_gauss(&b->random);
	b->habit_s += BACK * (b->is.own_s - b->habit_s);
	b->period_s =
		b->habit_s * (1 + spread * fmax(-2.5, fmin(b->mood, 2.5)));
	b->inhale = b->is.own_inhale + 0.03 * random_uniform(&b->random, -1, 1);
}

/* No draw where nobody's mind wanders: seeds stay who they are. */
static void attend(struct person_breath *b)
{
	if (b->is.wander > 0)
		b->wandering = random_uniform(&b->random, 0, 1) <
		               (b->wandering ? 1 - COME_BACK : b->is.wander);
}

void person_breath_step(struct person_breath *b, double t_s)
{
	while (t_s >= b->begun_s + b->period_s) {
		b->begun_s += b->period_s;
		b->asleep = b->begun_s >= b->is.asleep_s;
		attend(b);
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
