/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/population.h"

/*
 * FROZEN 2026-11-26, before any rule was tuned on these persons. Whoever
 * changes a number here begins the study anew, and says so;
 * tests/test_population.c knows the persons that it makes.
 *
 * Sources: content N is reference/content.md, part N, with its key in
 * brackets; hrv N reference/hrv.md, part N; the driver is the header of
 * drivers/person_*.h that has the same trait. "Ours": no source gives it.
 */
const struct population_range population_ranges[TRAITS] = {
	[TRAIT_REST_BPM] = {55, 95,
                            "wider than hrv 6: 926 +- 90 ms [Nunan 2010]"},
	[TRAIT_REST_BETA_BPM] = {55, 68, "ours; content E.1: range small"},
	[TRAIT_REST_ANXIOUS_BPM] = {72, 95, "ours: the upper half"},
	[TRAIT_SETTLE_BPM] = {0, 8,
                              "content B.1 [Lawler06]: falls; sizes ours"},
	[TRAIT_SETTLE_TAU_S] = {90, 300, "the driver, wider"},
	[TRAIT_AROUSAL_EVERY_S] = {240, 900, "the driver, wider"},
	[TRAIT_AROUSAL_ANXIOUS_EVERY_S] = {120, 300, "ours"},
	[TRAIT_AROUSAL_ROUSED_EVERY_S] = {60, 120, "ours"},
	[TRAIT_AROUSAL_LEAST_BPM] = {4, 8,
                                     "content D.5, R8: looks for 8 and up"},
	[TRAIT_AROUSAL_MORE_BPM] = {2, 10, "over the least; ours"},
	[TRAIT_UP_BPM] = {3, 10, "content D.6, case 2: 10 with the arms up"},
	[TRAIT_EASY_BPM] = {0.5, 2.5, "the driver, wider"},
	[TRAIT_ASLEEP_BPM] = {4, 9, "slower in sleep: general knowledge"},
	[TRAIT_WANDER_MS] = {5, 14, "the driver, wider"},
	[TRAIT_WAVE_MS] = {5, 20, "the driver, wider"},
	[TRAIT_WAVE_HZ] = {0.085, 0.115, "the driver, wider"},
	[TRAIT_RESONANCE_PER_MIN] = {4.5, 6.5, "content C.1 [ChampionRF]"},
	[TRAIT_PEAK_MS] = {60, 280, "at 40; content D.4: 10-20 bpm, wider"},
	[TRAIT_FLOOR_MS] = {25, 110, "at 40; hrv 6: RMSSD 23 to 45 ms, wider"},
	[TRAIT_ECTOPIC] = {0, 0.003, "the driver"},
	[TRAIT_ECTOPIC_MANY] = {0.015, 0.025, "the issue: 2 %"},
	[TRAIT_DELAY_S] = {0.5, 0.9, "the driver; content D.2 [Borst83]"},
	[TRAIT_OWN_PER_MIN] = {10, 18,
                               "the driver, wider; content D.6, case 6"},
	[TRAIT_OWN_ANXIOUS_PER_MIN] = {15, 20, "content R3: clamp at 20"},
	[TRAIT_OWN_INHALE] = {0.36, 0.46, "the driver"},
	[TRAIT_SPREAD] = {0.06, 0.15, "the driver, wider"},
	[TRAIT_LOWEST_PER_MIN] = {4.2, 7.5,
                                  "content C.3: to 4.5; C.5: unknown"},
	[TRAIT_LOWEST_NOT_SLOW_PER_MIN] = {8.2, 11, "the issue: above 8"},
	[TRAIT_ABOVE_OWN_PER_MIN] = {2, 5, "the driver, wider"},
	[TRAIT_MIND_WANDERS] = {0, 0.01, "ours"},
	[TRAIT_ASLEEP_S] = {240, 900, "ours"},
	[TRAIT_LATENCY_S] = {0.5, 2.6, "the driver; sensors.md A.3"},
	[TRAIT_INTERVAL_S] = {0.985, 1.015, "the driver; HRS 1.0"},
	[TRAIT_MISS] = {0.005, 0.04, "ours; hrv 3 injects 1 to 5 %"},
	[TRAIT_EXTRA] = {0.005, 0.04, "ours; hrv 3 injects 1 to 5 %"},
	[TRAIT_ARMS_UP_TIMES] = {2, 8, "content 0, 6: arms spoil the signal"},
	[TRAIT_AWAY_EVERY_S] = {240, 900, "ours"},
	[TRAIT_AWAY_S] = {8, 60, "ours; content D.6, case 8: 40 beats"},
	[TRAIT_DIZZY_S] = {90, 420, "ours; content C.4: after 5 min, a pause"},
};

const struct population_shares population_shares = {
	.beta = 0.10,
	.anxious = 0.15,
	.roused = 0.10,
	.never = 0.06,
	.sleeper = 0.08,
	.ectopic = 0.10,
	.bad_strap = 0.12,
	.not_slow = 0.20,
	/* content 0, 8: 37.5 % of beginners breathed too much [Szulczewski19];
           of these persons so many say that they feel it */
	.dizzy = 0.375,
	.panic = 0.5,
	.sessions = {0.25, 0.15, 0.15},
};

/* hrv 6: RMSSD medians 33, 25, 22 ms from 35-44 to 55-65 years */
const double population_rsa_per_decade = 0.82;
/* content C.1: another rate on retest in 66.7 % [Capdevila21]; size ours */
const double population_resonance_off_per_min = 0.5;
/* content E.1: heart rate moves little; the part is ours */
const double population_beta_part = 0.5;
