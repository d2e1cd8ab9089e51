/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/population.h"

#include <math.h>

#include "drivers/random.h"
#include "session/routine.h"

#define SEED_TUNING   UINT64_C(20261126)
#define SEED_REPORTED UINT64_C(4711000000)
#define SEED_DRAW     UINT64_C(1000003) /* on to the next */
#define STREAM        17                /* none of the driver's own */
#define OFF           0.3

const char *const population_groups[GROUPS] = {
	[GROUP_ALL] = "all",
	[GROUP_YOUNG] = "under 40",
	[GROUP_MIDDLE] = "40 to 64",
	[GROUP_OLD] = "65 and older",
	[GROUP_SLOW_HEART] = "under 65 bpm",
	[GROUP_FAST_HEART] = "over 85 bpm",
	[GROUP_SMALL_RSA] = "small RSA",
	[GROUP_LARGE_RSA] = "large RSA",
	[GROUP_BETA] = "beta-blocked",
	[GROUP_ANXIOUS] = "anxious",
	[GROUP_ROUSED] = "roused often",
	[GROUP_NEVER] = "never follow",
	[GROUP_SLEEPER] = "fall asleep",
	[GROUP_ECTOPIC] = "2 % ectopic",
	[GROUP_BAD_STRAP] = "bad strap",
	[GROUP_DIZZY] = "get dizzy",
	[GROUP_NOT_SLOW] = "only above 8/min",
	[GROUP_FIRST] = "first session",
	[GROUP_PRACTISED] = "fourth or later",
};

struct draw {
	struct random random;
	bool off; /* by 30 % */
};

static double trait(struct draw *d, enum population_trait t)
{
	const struct population_range *r = &population_ranges[t];
	double value = random_uniform(&d->random, r->low, r->high);
	bool up = random_uniform(&d->random, 0, 1) < 0.5;

	if (!d->off)
		return value;
	return value * (up ? 1 + OFF : 1 - OFF);
}

static bool coin(struct draw *d, double share)
{
	return random_uniform(&d->random, 0, 1) < share;
}

static void put(struct population_person *p, enum population_group group,
                bool in)
{
	if (in)
		p->groups |= UINT32_C(1) << group;
}

static bool in(const struct population_person *p, enum population_group group)
{
	return p->groups & UINT32_C(1) << group;
}

/* Coins first, all of them, so that one share moves no other trait. */
static void draw_groups(struct draw *d, struct population_person *p)
{
	const struct population_shares *s = &population_shares;

	put(p, GROUP_ALL, true);
	put(p, GROUP_BETA, coin(d, s->beta));
	put(p, GROUP_ANXIOUS, coin(d, s->anxious));
	put(p, GROUP_ROUSED, coin(d, s->roused));
	put(p, GROUP_NEVER, coin(d, s->never));
	put(p, GROUP_SLEEPER, coin(d, s->sleeper));
	put(p, GROUP_ECTOPIC, coin(d, s->ectopic));
	put(p, GROUP_BAD_STRAP, coin(d, s->bad_strap));
	put(p, GROUP_NOT_SLOW, coin(d, s->not_slow));
	put(p, GROUP_DIZZY, coin(d, s->dizzy));
	p->age = (int)random_uniform(&d->random, 18, 81);
	put(p, GROUP_YOUNG, p->age < 40);
	put(p, GROUP_MIDDLE, p->age >= 40 && p->age < 65);
	put(p, GROUP_OLD, p->age >= 65);
}

static void draw_sessions(struct draw *d, struct population_person *p)
{
	double x = random_uniform(&d->random, 0, 1);

	while (p->sessions < 3 && x >= population_shares.sessions[p->sessions])
		x -= population_shares.sessions[p->sessions++];
	put(p, GROUP_FIRST, p->sessions == 0);
	put(p, GROUP_PRACTISED, p->sessions == 3);
	/* who has practised is past it */
	if (p->sessions == 3)
		p->groups &= ~(UINT32_C(1) << GROUP_DIZZY);
}

static double rest_bpm(struct draw *d, const struct population_person *p)
{
	if (in(p, GROUP_BETA))
		return trait(d, TRAIT_REST_BETA_BPM);
	if (in(p, GROUP_ANXIOUS))
		return trait(d, TRAIT_REST_ANXIOUS_BPM);
	return trait(d, TRAIT_REST_BPM);
}

static double arousal_every_s(struct draw *d, const struct population_person *p)
{
	if (in(p, GROUP_ROUSED))
		return trait(d, TRAIT_AROUSAL_ROUSED_EVERY_S);
	if (in(p, GROUP_ANXIOUS))
		return trait(d, TRAIT_AROUSAL_ANXIOUS_EVERY_S);
	return trait(d, TRAIT_AROUSAL_EVERY_S);
}

static void draw_heart(struct draw *d, const struct population_person *p,
                       struct person_heart_traits *h)
{
	double part = in(p, GROUP_BETA) ? population_beta_part : 1;
	double by_age = pow(population_rsa_per_decade, (p->age - 40) / 10.0);

	h->rest_bpm = rest_bpm(d, p);
	h->settle_bpm = part * trait(d, TRAIT_SETTLE_BPM);
	h->settle_tau_s = trait(d, TRAIT_SETTLE_TAU_S);
	h->arousal_every_s = arousal_every_s(d, p);
	h->arousal_least_bpm = part * trait(d, TRAIT_AROUSAL_LEAST_BPM);
	h->arousal_most_bpm =
		h->arousal_least_bpm + part * trait(d, TRAIT_AROUSAL_MORE_BPM);
	h->up_bpm = part * trait(d, TRAIT_UP_BPM);
	h->easy_bpm = part * trait(d, TRAIT_EASY_BPM);
	h->asleep_bpm = part * trait(d, TRAIT_ASLEEP_BPM);
	h->wander_ms = trait(d, TRAIT_WANDER_MS);
	h->wave_ms = trait(d, TRAIT_WAVE_MS);
	h->wave_hz = trait(d, TRAIT_WAVE_HZ);
	h->resonance_per_min = trait(d, TRAIT_RESONANCE_PER_MIN);
	h->peak_ms = by_age * trait(d, TRAIT_PEAK_MS);
	/* at resonance the wave is largest: that is what it means */
	h->floor_ms = fmin(by_age * trait(d, TRAIT_FLOOR_MS), h->peak_ms);
	h->ectopic = trait(d, in(p, GROUP_ECTOPIC) ? TRAIT_ECTOPIC_MANY
	                                           : TRAIT_ECTOPIC);
	h->delay_s = trait(d, TRAIT_DELAY_S);
}

static void draw_breath(struct draw *d, const struct population_person *p,
                        struct person_breath_traits *b)
{
	double own_per_min =
		trait(d, in(p, GROUP_ANXIOUS) ? TRAIT_OWN_ANXIOUS_PER_MIN
	                                      : TRAIT_OWN_PER_MIN);

	b->own_s = 60 / own_per_min;
	b->own_inhale = trait(d, TRAIT_OWN_INHALE);
	b->spread = trait(d, TRAIT_SPREAD);
	b->lowest_per_min =
		trait(d, in(p, GROUP_NOT_SLOW) ? TRAIT_LOWEST_NOT_SLOW_PER_MIN
	                                       : TRAIT_LOWEST_PER_MIN);
	/* whoever breathes so by themselves is comfortable so */
	b->lowest_per_min = fmin(b->lowest_per_min, own_per_min);
	b->highest_per_min = own_per_min + trait(d, TRAIT_ABOVE_OWN_PER_MIN);
	b->wander = trait(d, TRAIT_MIND_WANDERS);
	b->never_follows = in(p, GROUP_NEVER);
	b->asleep_s = trait(d, TRAIT_ASLEEP_S);
	if (!in(p, GROUP_SLEEPER))
		b->asleep_s = INFINITY;
}

static void draw_strap(struct draw *d, const struct population_person *p,
                       struct person_strap_traits *s)
{
	bool bad = in(p, GROUP_BAD_STRAP);

	s->latency_s = trait(d, TRAIT_LATENCY_S);
	s->interval_s = trait(d, TRAIT_INTERVAL_S);
	s->miss = bad ? trait(d, TRAIT_MISS) : 0;
	s->extra = bad ? trait(d, TRAIT_EXTRA) : 0;
	s->arms_up_times = trait(d, TRAIT_ARMS_UP_TIMES);
	s->away_every_s = bad ? trait(d, TRAIT_AWAY_EVERY_S) : INFINITY;
	s->away_s = trait(d, TRAIT_AWAY_S);
}

static void sort_by_traits(struct population_person *p)
{
	const struct person_heart_traits *h = &p->traits.heart;

	put(p, GROUP_SLOW_HEART, h->rest_bpm < 65);
	put(p, GROUP_FAST_HEART, h->rest_bpm > 85);
	put(p, GROUP_SMALL_RSA, h->peak_ms < 80);
	put(p, GROUP_LARGE_RSA, h->peak_ms > 180);
	/* with traits 30 % off, by what came of it */
	p->groups &= ~(UINT32_C(1) << GROUP_NOT_SLOW);
	put(p, GROUP_NOT_SLOW, p->traits.breath.lowest_per_min > 8);
}

static void draw_profile(struct draw *d, struct population_person *p)
{
	double off = random_uniform(&d->random, -1, 1);
	bool panic = coin(d, population_shares.panic);

	if (in(p, GROUP_BETA))
		p->flags |= flag_bit(FLAG_BETA);
	if (in(p, GROUP_ANXIOUS) && panic)
		p->flags |= flag_bit(FLAG_PANIC);
	if (in(p, GROUP_OLD))
		p->flags |= flag_bit(FLAG_AGE65);
	if (p->sessions == 3)
		p->resonance_per_min = p->traits.heart.resonance_per_min +
		                       off * population_resonance_off_per_min;
	p->dizzy_s = trait(d, TRAIT_DIZZY_S);
	if (!in(p, GROUP_DIZZY))
		p->dizzy_s = INFINITY;
}

void population_person(enum population_set set, unsigned draw, unsigned i,
                       struct population_person *ret)
{
	bool reported = set == POPULATION_REPORTED;
	struct population_person p = {
		.seed = (reported ? SEED_REPORTED : SEED_TUNING) +
	                draw * SEED_DRAW + i,
	};
	struct draw d = {.off = reported};

	random_init(&d.random, p.seed, STREAM);
	draw_groups(&d, &p);
	draw_sessions(&d, &p);
	draw_heart(&d, &p, &p.traits.heart);
	draw_breath(&d, &p, &p.traits.breath);
	draw_strap(&d, &p, &p.traits.strap);
	sort_by_traits(&p);
	draw_profile(&d, &p);
	*ret = p;
}

static uint64_t hash_of(uint64_t hash, double value)
{
	uint64_t word = isfinite(value) ? (uint64_t)llrint(value * 1e6) : 1;

	return (hash ^ word) * UINT64_C(0x100000001b3); /* FNV-1a, by words */
}

static uint64_t hash_person(uint64_t hash, const struct population_person *p)
{
	const struct person_heart_traits *h = &p->traits.heart;
	const struct person_breath_traits *b = &p->traits.breath;
	const struct person_strap_traits *s = &p->traits.strap;
	const double values[] = {(double)p->seed,
	                         p->groups,
	                         p->age,
	                         p->flags,
	                         p->sessions,
	                         p->resonance_per_min,
	                         p->dizzy_s,
	                         h->rest_bpm,
	                         h->settle_bpm,
	                         h->settle_tau_s,
	                         h->arousal_every_s,
	                         h->arousal_least_bpm,
	                         h->arousal_most_bpm,
	                         h->up_bpm,
	                         h->easy_bpm,
	                         h->asleep_bpm,
	                         h->wander_ms,
	                         h->wave_ms,
	                         h->wave_hz,
	                         h->resonance_per_min,
	                         h->peak_ms,
	                         h->floor_ms,
	                         h->ectopic,
	                         h->delay_s,
	                         b->own_s,
	                         b->own_inhale,
	                         b->spread,
	                         b->lowest_per_min,
	                         b->highest_per_min,
	                         b->wander,
	                         b->never_follows,
	                         b->asleep_s,
	                         s->latency_s,
	                         s->interval_s,
	                         s->miss,
	                         s->extra,
	                         s->arms_up_times,
	                         s->away_every_s,
	                         s->away_s};

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		hash = hash_of(hash, values[i]);
	return hash;
}

uint64_t population_hash(enum population_set set)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (unsigned i = 0; i < POPULATION_PERSONS; i++) {
		struct population_person p;

		population_person(set, 0, i, &p);
		hash = hash_person(hash, &p);
	}
	return hash;
}
