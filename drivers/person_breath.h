/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DRIVERS_PERSON_BREATH_H
#define LULL_DRIVERS_PERSON_BREATH_H

#include <stdbool.h>

#include "drivers/random.h"
#include "drivers/sensor.h"

/**
 * How the simulated person breathes.
 *
 * Alone: 11 to 17 a minute by seed, each breath 6 to 12 % unlike the mean and
 * like the one before (resting adults: general knowledge).
 *
 * Paced: takes up the pace after two breaths of it, one breath behind, 0.3 s
 * after the cue, each breath within a few per cent. Only inside a comfortable
 * range: from 4.5 to 6 a minute, by seed, (resonance frequencies of adults lie
 * between 4.5 and 6.5: reference/content.md C.1) to 4 above the own rate, and
 * no further than 35 % from the period breathed now (no study of comfortable
 * change is known: content.md C.5; ours). Else falls back to the own rhythm
 * over a few breaths.
 *
 * By trait, and by no seed: one who never follows; one whose mind wanders off
 * the pace, now and then, for about four breaths; one who falls asleep and from
 * then on breathes alone, evenly (sleep's breathing is regular and no faster:
 * general knowledge).
 *
 * Times are seconds of the person's own clock.
 */
struct person_breath_traits {
	double own_s, own_inhale;
	double spread; /**< of a breath's length, alone: sd over mean */
	double lowest_per_min, highest_per_min; /**< comfortable when paced */
	double wander; /**< chance to lose the pace, each breath */
	bool never_follows;
	double asleep_s; /**< when sleep comes; INFINITY: never */
};

struct person_breath {
	struct random random;
	struct person_breath_traits is;

	double begun_s, period_s, inhale; /**< the breath being taken */
	double habit_s;                   /**< period breathed now, smoothed */
	double mood;                      /**< breath to breath, AR(1) */

	double pace_s, pace_before_s, pace_inhale, pace_at_s;
	unsigned paced; /**< breaths of the pacer heard in a row */
	bool following, wandering, asleep;
};

void person_breath_init(struct person_breath *b, uint64_t seed);
/** person_breath_become() - one that has not breathed yet gets other traits. */
void person_breath_become(struct person_breath *b,
                          const struct person_breath_traits *traits);
/** person_breath_hear() - HEARD_BREATH and HEARD_NO_PACE; others nothing. */
void person_breath_hear(struct person_breath *b, const struct heard *heard,
                        double t_s);
/** person_breath_step() - breathe on up to @t_s. */
void person_breath_step(struct person_breath *b, double t_s);
/** person_breath_volume() - of the lungs, -1 empty to 1 full. */
double person_breath_volume(const struct person_breath *b, double t_s);
/** person_breath_guided() - follows a pace of 10 a minute or slower. */
bool person_breath_guided(const struct person_breath *b);

#endif
