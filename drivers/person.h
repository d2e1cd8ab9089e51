/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DRIVERS_PERSON_H
#define LULL_DRIVERS_PERSON_H

#include <stdbool.h>

#include "drivers/person_breath.h"
#include "drivers/person_heart.h"
#include "drivers/person_strap.h"
#include "drivers/sensor.h"

/**
 * The `person:SEED` driver (SEED 0 to 2^64-1): a simulated person with a
 * simulated strap. All of it follows from the seed, the time of the first step
 * (its zero) and what is heard; not from how often it is stepped. The packets
 * go through the same decoder as a real strap's.
 */
extern const struct sensor_driver person_driver;

/** What no strap could tell: for tests. */
struct person_truth {
	double breath_begun_s; /**< its beginning, the person's clock */
	double breath_s;       /**< length of the breath that is being taken */
	bool following;        /**< the pacer */
	double hr_bpm;         /**< mean heart rate, waves aside */
	double beat_bpm;       /**< with them, at this moment */
	double hands_bpm;      /**< what of it is the hands' work */
	double arousal_bpm;    /**< and what an arousal's */
	double resonance_per_min;
	double own_per_min; /**< breathing rate when left alone */
	double latency_s;   /**< of the strap */
	unsigned lost;      /**< notifications that the radio lost */
	unsigned wrong;     /**< beats that the strap missed or invented */
};

/** person_truth() - @s: a sensor of this driver. For tests. */
void person_truth(const struct sensor *s, struct person_truth *ret);

/** What a person and their strap are like. */
struct person_traits {
	struct person_heart_traits heart;
	struct person_breath_traits breath;
	struct person_strap_traits strap;
};

/** person_traits() - @s: a sensor of this driver. */
void person_traits(const struct sensor *s, struct person_traits *ret);
/**
 * person_become() - another person than the seed's, by the seed's chance
 * @s: of this driver, opened and not stepped yet
 *
 * For populations, which need people that no seed gives: who never follows,
 * falls asleep, wears a bad strap.
 */
void person_become(struct sensor *s, const struct person_traits *traits);

#endif
