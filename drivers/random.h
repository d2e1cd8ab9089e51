/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DRIVERS_RANDOM_H
#define LULL_DRIVERS_RANDOM_H

#include <stdint.h>

/**
 * A small seeded generator, the same on every machine: xoshiro256**, its
 * state filled by splitmix64.
 * Source: Blackman and Vigna, "Scrambled linear pseudorandom number
 * generators", ACM TOMS 47(4), 2021; Steele, Lea, Flood, OOPSLA 2014.
 */
struct random {
	uint64_t s[4];
};

/** random_init() - @stream: several independent ones from one seed. */
void random_init(struct random *r, uint64_t seed, uint64_t stream);
uint64_t random_next(struct random *r);
/** random_uniform() - in [low, high). */
double random_uniform(struct random *r, double low, double high);
/** random_gauss() - mean 0, standard deviation 1 (Marsaglia's polar method). */
double random_gauss(struct random *r);

#endif
