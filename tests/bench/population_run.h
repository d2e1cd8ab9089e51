/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_BENCH_POPULATION_RUN_H
#define LULL_TESTS_BENCH_POPULATION_RUN_H

#include "player/player.h"
#include "tests/bench/population.h"
#include "tests/bench/population_walk.h"

enum population_arm {
	ARM_CLOSED, /**< the strap is heard */
	ARM_CLOCK,  /**< the same routine without a strap, by the clock */
	ARMS,
};

#define POPULATION_RULES 16

/**
 * What one session of one simulated person came to. "True" is what only the
 * simulator knows: breaths as they were taken, the heart rate without its
 * waves, what of it is the hands' work.
 */
struct population_result {
	enum event_result result;
	int rule; /**< that closed it early; 0: none */
	double seconds;
	uint64_t calls; /**< steps and ticks of the session machine */

	/** True adherence as D.4 defines PACE, of the last four breaths: time
	    for which it is known, and time at 0.75 or more. */
	double paced_s, adherent_s;
	/** The same as the session estimated it; and without truth in it. */
	double seen_s, seen_adherent_s, seen_wrong_s;

	/** Paced slower than the floor (R4, C.4) and slower than by themselves.
	 */
	double too_slow_s;
	/** Over-breathing proxy (C.4): at 6.5/min or slower for more than 5
	    minutes and a breath without 30 s unpaced, in the first three
	    sessions; or slower than 8/min once they said `dizzy`. */
	double over_s;
	bool said_dizzy;

	/** Breaths of theirs that truly followed the slowest pace which the
	    routine leads them to. */
	unsigned at_floor;
	double own_per_min; /**< where the walk set out (R3); NAN */
	/** The longest time of steps that walk and that the plan left out, or
	    R8, where the truth agrees that it had to. */
	double left_out_s;
	/** In steps that walk, short of the floor: what each breath was for. */
	double held_s[WALK_HOLDS];

	/** Decisions by rule: all; on a window that the gate refuses; against
	    the truth (below); and of those, with an artifact or raised arms in
	    the minute before. */
	unsigned decided[POPULATION_RULES];
	unsigned refused[POPULATION_RULES];
	unsigned wrong[POPULATION_RULES];
	unsigned disturbed[POPULATION_RULES];

	/** The result says calmer than before beyond the noise band (D.4), and
	    the truth is not so. */
	bool claims, overclaims;

	double calm, calm_true; /**< over the last step; NAN */
};

/**
 * What is against the truth, by rule:
 *
 * R4   the walk begins or is done though fewer than half of the last four
 *      true breaths fit the pacer
 * R5   the pacer goes to meet a person who has been following for 30 s
 * R6   "this seems to suit you", and the true heart rate did not fall
 * R7   a plateau of calm, and true CALM is under 50
 * R8   backs off, and the true heart rate without the hands is less than half
 *      of R8's least threshold (4 bpm) over the baseline
 * R12  hands away, and the true heart rate did not fall by half of R12's
 *      threshold (6 bpm) within 20 s
 */

/**
 * population_run() - one session
 * @clips: lengths of what is said; outlive the call
 * @also: hears every input and output too; NULL: nobody
 * Return: 0, -EINVAL, -ENOMEM.
 */
int population_run(const struct population_person *p, const struct routine *r,
                   enum population_arm arm, const struct session_clip *clips,
                   size_t n_clips, const struct player_listener *also,
                   struct population_result *ret);

/** population_start() - what that session knows at its start, clips apart */
void population_start(const struct population_person *p,
                      const struct routine *r, enum population_arm arm,
                      struct session_start *ret);

/**
 * population_clips() - lengths for every phrase of @r, by its letters
 * @ret: malloc()ed. Return: 0 or -ENOMEM.
 */
int population_clips(const struct routine *r, struct session_clip **ret,
                     size_t *ret_n);

/** population_floor() - the slowest pace that @r may lead @p to, 0: none. */
double population_floor(const struct population_person *p,
                        const struct routine *r);
/**
 * population_own() - the rate that R3 begins at, were it measured without fault
 *
 * Their own; 10 where the first step of @r is too short for the six breaths
 * that R3 takes the median of.
 */
double population_own(const struct population_person *p,
                      const struct routine *r);
/**
 * population_walk_s() - how long the rules need at the least to get to @floor
 *
 *   R3	    four breaths that follow,
 *   R4	    and one more: the adherence of the last four is known once the last
 *	    of them was heard to its end (a strap tells it up to 2.6 s late:
 *	    sensors.md A.3);
 *   D.6, 6 as many half a breath a minute below their own rate, which nobody
 *	    is led further from who has not been seen to come along;
 *   R4	    then each breath 0.2 s longer, and one held after each full second.
 */
double population_walk_s(double own_per_min, double floor_per_min);
/** population_shows() - two beats a breath at the least, at rest: fewer show no
    wave at all, and RR cannot tell R3 or R4 how @p breathes (Nyquist). */
bool population_shows(const struct population_person *p);
/** population_room_s() - the longest time of @r's steps that walk: their own,
    and no more than the usual one and a quarter of the routine (R13). */
double population_room_s(const struct routine *r);

#endif
