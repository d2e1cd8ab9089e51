/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The search for the resonance rate as a routine, on simulated persons whose
 * true rate is known: C.1. What is found holds the truth within what is said
 * to be uncertain, and where nothing can be told no rate is said.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/book.h"
#include "tests/bench/population_run.h"
#include "tests/helpers/test.h"

#define PERSONS 250 /* of each set */

static struct routine *routine;
static struct session_clip *clips;
static size_t n_clips;

static int load(void **state)
{
	struct content *c = book_load();

	(void)state;
	routine = book_routine(c, "resonance_find");
	content_destroy(c);
	return population_clips(routine, &clips, &n_clips);
}

static int unload(void **state)
{
	(void)state;
	routine = routine_destroy(routine);
	free(clips);
	return 0;
}

struct found {
	bool ended, clear;
	double per_min, low, high;
	unsigned tried, probes_valid;
};

static double figure(const struct event *e, const char *key)
{
	for (size_t i = 0; i < e->decision.n; i++)
		if (strcmp(e->decision.because[i].key, key) == 0)
			return e->decision.because[i].value;
	return NAN;
}

static void take(void *data, const struct event *e)
{
	struct found *f = data;

	if (e->kind != EVENT_DECISION)
		return;
	f->probes_valid += strcmp(e->decision.what, "probe") == 0;
	if (strncmp(e->decision.what, "resonance", 9) != 0)
		return;
	f->ended = true;
	f->clear = strcmp(e->decision.what, "resonance") == 0;
	f->per_min = figure(e, "per_min");
	f->low = figure(e, "low_per_min");
	f->high = figure(e, "high_per_min");
}

static struct found search(const struct population_person *p)
{
	struct found f = {.per_min = NAN};
	const struct player_listener listener = {take, &f};
	struct population_result r;

	assert_int_equal(population_run(p, routine, ARM_CLOSED, clips, n_clips,
	                                &listener, &r),
	                 0);
	assert_true(r.too_slow_s == 0);
	return f;
}

/* An end that is open holds all beyond it. */
static bool holds(const struct found *f, double per_min)
{
	return !(per_min < f->low) && !(per_min > f->high);
}

/* Somebody practised, whose heart swings along well with a slow breath, and
   whose strap hears all. */
static struct population_person practised(uint64_t seed, double resonance)
{
	struct population_person p;

	population_person(POPULATION_TUNING, 0, 0, &p);
	p.seed = seed;
	p.flags = 0;
	p.groups = 0;
	p.sessions = 5;
	p.resonance_per_min = 0;
	p.dizzy_s = INFINITY;
	p.traits.heart.resonance_per_min = resonance;
	p.traits.heart.peak_ms = 300;
	p.traits.heart.floor_ms = 50;
	p.traits.heart.wander_ms = 6;
	p.traits.heart.wave_ms = 8;
	p.traits.heart.ectopic = 0;
	p.traits.heart.arousal_every_s = 1e9;
	p.traits.breath.own_s = 60 / 12.5;
	p.traits.breath.lowest_per_min = 4;
	p.traits.breath.highest_per_min = 17;
	p.traits.breath.never_follows = false;
	p.traits.breath.asleep_s = INFINITY;
	p.traits.breath.wander = 0;
	p.traits.strap.miss = p.traits.strap.extra = 0;
	p.traits.strap.away_every_s = INFINITY;
	return p;
}

static void three_persons_rates_are_found_within_what_is_said(void **state)
{
	static const double truth[] = {4.6, 5.4, 6.4};

	(void)state;
	for (int k = 0; k < 3; k++) {
		struct population_person p =
			practised(11 + (uint64_t)k, truth[k]);
		struct found f = search(&p);

		print_message("true %.1f: found %.1f (%.2f to %.2f)\n",
		              truth[k], f.per_min, f.low, f.high);
		assert_true(f.ended && f.clear);
		assert_true(f.probes_valid >= 4);
		assert_true(holds(&f, truth[k]));
		assert_true(f.per_min >= 4.5 && f.per_min <= 6.5);
		assert_true(fabs(f.per_min - truth[k]) <= 1);
		/* and it says something: not all can be true */
		assert_false(isnan(f.low) && isnan(f.high));
	}
}

static void a_bad_signal_gives_not_clear_and_no_number(void **state)
{
	struct population_person p = practised(5, 5.5);
	struct found f;

	(void)state;
	p.traits.strap.miss = 0.12;
	p.traits.strap.extra = 0.05;
	f = search(&p);
	assert_true(f.ended);
	assert_false(f.clear);
	assert_true(isnan(f.per_min));
}

static void who_never_follows_gets_not_clear_and_no_number(void **state)
{
	struct population_person p = practised(6, 5.5);
	struct found f;

	(void)state;
	p.traits.breath.never_follows = true;
	f = search(&p);
	assert_false(f.clear);
	assert_true(isnan(f.per_min));
}

/* Whoever has the search before them at all: practised, nothing against it. */
static bool may_search(struct population_person *p)
{
	const uint32_t others =
		1u << GROUP_NEVER | 1u << GROUP_SLEEPER | 1u << GROUP_DIZZY;

	if (p->groups & others || p->flags)
		return false;
	p->sessions = p->sessions < 3 ? 3 : p->sessions;
	p->resonance_per_min = 0;
	return true;
}

/* 1.96 standard errors below 95 of 100. */
static void what_is_said_to_be_uncertain_holds_the_truth(void **state)
{
	unsigned found = 0, held = 0, unclear = 0;

	(void)state;
	for (unsigned i = 0; i < 2 * PERSONS; i++) {
		struct population_person p;
		struct found f;

		population_person(i % 2 ? POPULATION_REPORTED
		                        : POPULATION_TUNING,
		                  0, i / 2, &p);
		if (!may_search(&p))
			continue;
		/* half of them can breathe as slowly as it goes */
		if (i % 4 < 2)
			p.traits.breath.lowest_per_min = 4.2;
		f = search(&p);
		found += f.clear;
		unclear += f.ended && !f.clear;
		held += f.clear && holds(&f, p.traits.heart.resonance_per_min);
	}
	print_message("found %u, of which %u held the truth; not clear %u\n",
	              found, held, unclear);
	assert_true(found >= 40);
	assert_true(held >= found * 0.95 - 1.96 * sqrt(found * 0.95 * 0.05));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			three_persons_rates_are_found_within_what_is_said),
		cmocka_unit_test(a_bad_signal_gives_not_clear_and_no_number),
		cmocka_unit_test(
			who_never_follows_gets_not_clear_and_no_number),
		cmocka_unit_test(what_is_said_to_be_uncertain_holds_the_truth),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
