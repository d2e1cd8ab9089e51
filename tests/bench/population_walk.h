/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_BENCH_POPULATION_WALK_H
#define LULL_TESTS_BENCH_POPULATION_WALK_H

#include <stdbool.h>

#include "session/event.h"
#include "session/routine.h"

/**
 * What a walk to slower breathing (R4) does breath by breath, and what holds
 * it up: for telling why a person did not reach their floor.
 */
enum walk_hold {
	WALK_ON,       /**< this breath is longer than the one before */
	WALK_FOLLOWS,  /**< R3: the first four breaths follow the person */
	WALK_WAITS,    /**< R4's breath after each full second, C.5, R13 */
	WALK_UNSEEN,   /**< no adherence is known */
	WALK_TRULY,    /**< adherence is low, and truly so */
	WALK_NOISE,    /**< it is low, and in truth it is not */
	WALK_REFUSED,  /**< the gate lets nothing through, or R14 */
	WALK_CALM,     /**< CALM falls */
	WALK_GUARD,    /**< D.6, 6: not seen to come along so far */
	WALK_MEETS,    /**< R5 meets the person, or waits to try again */
	WALK_GIVEN_UP, /**< R5 has met them twice */
	WALK_QUICKER,  /**< R8, R9, C.4: the pace was made quicker, or rests */
	WALK_HOLDS,
};
extern const char *const walk_holds[WALK_HOLDS];

#define WALK_CALM_S 64

struct walk_watch {
	double period_s; /**< of the pacer's last breath; 0: none */
	int breaths;     /**< since it began */
	bool meeting, open;
	int meets;
	double calm[WALK_CALM_S]; /**< by second */
};

void walk_init(struct walk_watch *w);
/** walk_second() - once a second: what is known of the person's calm */
void walk_second(struct walk_watch *w, double t_s, double calm);
/** walk_decision() - R5 and R14 change what holds for the next breaths */
void walk_decision(struct walk_watch *w, const struct event *e);
/**
 * walk_breath() - a breath of the pacer begins in a step that may walk
 * @fits: share of the person's last breaths that truly fitted; NAN: unknown
 */
enum walk_hold walk_breath(struct walk_watch *w, double t_s, double period_s,
                           const struct estimate *e, double fits);
/** walk_silent() - the pacer stops */
void walk_silent(struct walk_watch *w);

#endif
