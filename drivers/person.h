/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DRIVERS_PERSON_H
#define LULL_DRIVERS_PERSON_H

#include <stdbool.h>

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
	double breath_s; /**< length of the breath that is being taken */
	bool following;  /**< the pacer */
	double hr_bpm;   /**< mean heart rate, waves aside */
	double resonance_per_min;
	double own_per_min; /**< breathing rate when left alone */
	double latency_s;   /**< of the strap */
	unsigned lost;      /**< notifications that the radio lost */
};

/** person_truth() - @s: a sensor of this driver. For tests. */
void person_truth(const struct sensor *s, struct person_truth *ret);

#endif
