/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_BENCH_POPULATION_H
#define LULL_TESTS_BENCH_POPULATION_H

#include <stdint.h>

#include "drivers/person.h"

/**
 * Simulated persons, for seeing that the loop is sane. They are made of ranges
 * (population_frozen.c) that were fixed before any rule was tuned on them, and
 * live in the `person:` driver. What comes out says nothing about people.
 */

#define POPULATION_PERSONS 1000

enum population_set {
	POPULATION_TUNING, /**< may be looked at while a rule is changed */
	/** Other seeds, and every trait 30 % up or down, by a coin each: what
	    is reported. */
	POPULATION_REPORTED,
};

/** Subgroups; a person is in several. */
enum population_group {
	GROUP_ALL,
	GROUP_YOUNG,  /**< under 40 */
	GROUP_MIDDLE, /**< 40 to 64 */
	GROUP_OLD,
	GROUP_SLOW_HEART, /**< under 65 bpm at rest */
	GROUP_FAST_HEART, /**< over 85 */
	GROUP_SMALL_RSA,  /**< under 80 ms peak to trough in resonance */
	GROUP_LARGE_RSA,  /**< over 180 */
	GROUP_BETA,       /**< takes a beta-blocker, and says so */
	GROUP_ANXIOUS,    /**< breathes and beats fast, is roused often */
	GROUP_ROUSED,     /**< roused every minute or two */
	GROUP_NEVER,      /**< never follows a pacer */
	GROUP_SLEEPER,    /**< falls asleep on the way */
	GROUP_ECTOPIC,    /**< 2 % premature beats */
	GROUP_BAD_STRAP,  /**< misses, invents, goes away */
	GROUP_DIZZY,      /**< slow breathing makes them say `dizzy` */
	GROUP_NOT_SLOW,   /**< comfortable only above 8 a minute */
	GROUP_FIRST,      /**< first session */
	GROUP_PRACTISED,  /**< fourth or later */
	GROUPS,
};
extern const char *const population_groups[GROUPS];

struct population_person {
	uint64_t seed;
	uint32_t groups; /**< bit n: in group n */
	int age;
	uint32_t flags; /**< of the session's profile */
	int sessions;
	double resonance_per_min; /**< as assessed; 0: not yet */
	/** Says `dizzy` after so long at 6.5 a minute or slower; INFINITY. */
	double dizzy_s;
	struct person_traits traits;
};

/** population_person() - number @i, below POPULATION_PERSONS, of a set
    @draw: 0 is what is reported; any other, other persons of the same ranges */
void population_person(enum population_set set, unsigned draw, unsigned i,
                       struct population_person *ret);
/** population_hash() - of all of a set's persons, traits to six digits. */
uint64_t population_hash(enum population_set set);

/** What the persons are drawn from, uniformly. */
enum population_trait {
	TRAIT_REST_BPM,
	TRAIT_REST_BETA_BPM,
	TRAIT_REST_ANXIOUS_BPM,
	TRAIT_SETTLE_BPM,
	TRAIT_SETTLE_TAU_S,
	TRAIT_AROUSAL_EVERY_S,
	TRAIT_AROUSAL_ANXIOUS_EVERY_S,
	TRAIT_AROUSAL_ROUSED_EVERY_S,
	TRAIT_AROUSAL_LEAST_BPM,
	TRAIT_AROUSAL_MORE_BPM,
	TRAIT_UP_BPM,
	TRAIT_EASY_BPM,
	TRAIT_ASLEEP_BPM,
	TRAIT_WANDER_MS,
	TRAIT_WAVE_MS,
	TRAIT_WAVE_HZ,
	TRAIT_RESONANCE_PER_MIN,
	TRAIT_PEAK_MS,
	TRAIT_FLOOR_MS,
	TRAIT_ECTOPIC,
	TRAIT_ECTOPIC_MANY,
	TRAIT_DELAY_S,
	TRAIT_OWN_PER_MIN,
	TRAIT_OWN_ANXIOUS_PER_MIN,
	TRAIT_OWN_INHALE,
	TRAIT_SPREAD,
	TRAIT_LOWEST_PER_MIN,
	TRAIT_LOWEST_NOT_SLOW_PER_MIN,
	TRAIT_ABOVE_OWN_PER_MIN,
	TRAIT_MIND_WANDERS,
	TRAIT_ASLEEP_S,
	TRAIT_LATENCY_S,
	TRAIT_INTERVAL_S,
	TRAIT_MISS,
	TRAIT_EXTRA,
	TRAIT_ARMS_UP_TIMES,
	TRAIT_AWAY_EVERY_S,
	TRAIT_AWAY_S,
	TRAIT_DIZZY_S,
	TRAITS,
};

struct population_range {
	double low, high;
	const char *source;
};
extern const struct population_range population_ranges[TRAITS];

/** Shares of persons, each an independent coin. */
struct population_shares {
	double beta, anxious, roused, never, sleeper, ectopic, bad_strap,
		not_slow, dizzy;
	double panic;       /**< of the anxious, and they say so */
	double sessions[3]; /**< none, one, two behind them; the rest more */
};
extern const struct population_shares population_shares;

/** RSA is so many times as large for each ten years of age from 40 on. */
extern const double population_rsa_per_decade;
/** An assessed resonance is off by up to so much. */
extern const double population_resonance_off_per_min;
/** With a beta-blocker all that moves the heart rate does so in part. */
extern const double population_beta_part;

#endif
