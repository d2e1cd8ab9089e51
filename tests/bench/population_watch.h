/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_BENCH_POPULATION_WATCH_H
#define LULL_TESTS_BENCH_POPULATION_WATCH_H

#include "tests/bench/population_run.h"

/**
 * The watcher: sees a session's events and, about once a second, the truth
 * about the person, and fills the result. It steers nothing.
 */

#define WATCH_PACES 32
#define WATCH_RATES 64
#define WATCH_FIRST 256

struct watch {
	const struct population_person *person;
	const struct routine *routine;
	double floor_per_min; /**< the slowest that the routine leads to */
	bool following;       /**< the breath that is being taken */
	struct population_result *result;

	struct watch_pace {
		double t_s, period_s; /**< 0: no pacer from here on */
	} paces[WATCH_PACES];         /**< by n_paces */
	unsigned n_paces;
	double slow_since_s, unpaced_since_s; /**< NAN: not now */

	double breath_begun_s; /**< of the true breath being taken */
	unsigned fits;         /**< bit 0: the last one fitted; four are kept */
	unsigned n_fits;
	double follows_since_s; /**< the person; NAN: does not */
	double slow_followed_s;
	struct walk_watch walk;

	struct watch_rate {
		double t_s, hr_bpm, calm_bpm; /**< calm: without the hands */
	} rates[WATCH_RATES];
	unsigned n_rates;
	double t_s; /**< of the last look */

	const struct step *step, *paced; /**< paced: whose rates hold */
	double step_s;                   /**< when it began */
	unsigned steps;
	bool listening;
	double sum_bpm, before_bpm; /**< of this window; of the one before */
	unsigned n_sum;
	/** In the first step: the true rate, and with its waves. */
	double first_true_bpm[WATCH_FIRST], first_bpm[WATCH_FIRST];
	unsigned n_first;
	double rest_bpm, spread_bpm; /**< the true baseline; NAN */
	double sum_calm, sum_calm_true;
	unsigned n_calm;

	struct estimate estimate;
	double artifact_s, hands_s; /**< when either was there last */
	bool arms_up;
	bool truly_backed_off; /**< R8, when it last did */
};

void watch_init(struct watch *w, const struct population_person *person,
                const struct routine *routine, struct population_result *ret);
/** watch_event() - a player_listener's event function; @data: the watcher */
void watch_event(void *data, const struct event *event);
/** watch_look() - the truth at @t_us of session time */
void watch_look(struct watch *w, uint64_t t_us, const struct person_truth *t);
/** watch_dizzy() - does the person say so now? */
bool watch_dizzy(const struct watch *w);

#endif
