/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DRIVERS_PAIR_MERGE_H
#define LULL_DRIVERS_PAIR_MERGE_H

#include <stdbool.h>
#include <stdint.h>

#include "drivers/pair_run.h"
#include "drivers/sensor.h"

/**
 * One heart, two radios: the beats and states of two sensors in, those of one
 * out, each beat of the heart once.
 *
 * Whose beats they are. The side that is listened to first leads. The other
 * joins once a run of its intervals equals what was handed out
 * (pair_run.h), by so much that two hearts would do it once in 10^9 hours
 * (PAIR_MERGE_SAME_BITS): until then nothing of it is used. Afterwards it is
 * known; behind a hole of its own it must only find its place again
 * (PAIR_MERGE_PLACE_BITS). A beat that differs from what was handed out, or
 * from what the other side has for that place, costs its side the place: not
 * all straps say that they lost a beat.
 *
 * Who leads. The leader's beats go out as they come; the other's are compared
 * and those that are ahead are kept. It takes over, and hands out all that it
 * kept, without a hole and without a beat twice, when
 *	- the leader has a hole, is lost, or is not on skin, at once; or
 *	- it has PAIR_MERGE_LATE beats that the leader has not brought; or
 *	- it is the better one and the leader has led for PAIR_MERGE_HOLD beats,
 *	  so that they do not flap: it lost fewer beats lately, or as few and
 *	  its strap counts them, so that none is lost in silence.
 *
 * Where both have holes a gap is told, never a guess. The side whose beat was
 * the last goes on with its next; the other one only with beats that no radio
 * could have brought before that one.
 *
 * Times. A side that takes over goes on from the last beat's time; what its
 * own clock differs by is taken back slowly, as arrival.h steers. They grow
 * from beat to beat, and are not after the arrival.
 *
 * The state is the leader's. Pure: no clock, no allocation.
 */

/**
 * What two hearts must not come to by chance. Two of them are compared at
 * about 20 places (PAIR_RUN_APART_US either way) with each of 4000 beats an
 * hour: 2^16.3 tries, and 10^-9 is 2^-29.9. That makes 46.2 bits: 14 beats
 * where an interval is worth 3.3.
 */
#define PAIR_MERGE_SAME_BITS 46.5
/** One heart, known as such, in a wrong place out of 20: less than once in a
 * million. That is 24.3 bits: 8 beats. */
#define PAIR_MERGE_PLACE_BITS 24.5
/** Beats that the other side may have more than the leader. */
#define PAIR_MERGE_LATE 3
/** Beats that one leads before a better one that is as fast takes over. */
#define PAIR_MERGE_HOLD 32
/** Losses count half after so many beats. */
#define PAIR_MERGE_LATELY 64
/** Beats that both bring without being one heart's: it is another's. Twice
 * what a heart of a spread of 2 ms needs, 36. */
#define PAIR_MERGE_STRANGE 120

struct pair_side {
	bool counts;    /**< its strap counts beats: no loss is silent */
	bool may_begin; /**< if it is the first to be heard */

	enum sensor_state state;
	int error;
	struct pair_run run;
	bool known;  /**< the heart that is handed out */
	bool placed; /**< and where: number + shift is the number there */
	int64_t shift;
	double losses;    /**< lately */
	double lag_us;    /**< from its times to those handed out */
	unsigned strange; /**< beats that were no one's yet */
};

struct pair_merge {
	const struct sensor_listener *listener;
	struct pair_side sides[2];
	struct pair_run out; /**< as handed out */
	bool begun;
	unsigned lead;
	unsigned bearer; /**< of the last beat */
	uint64_t next;   /**< number of its first beat behind that */
	uint64_t since;  /**< how many were out when the leader changed */
	bool hole;       /**< one was told, or nothing came yet */
	bool told;
	enum sensor_state state;
	int error;
};

/**
 * pair_merge_init() - the first side leads
 * @listener: must outlive it; beat and state are told of
 */
void pair_merge_init(struct pair_merge *m,
                     const struct sensor_listener *listener);

/** pair_merge_beat() - a beat of a side (0 or 1) that came at @now_us. */
void pair_merge_beat(struct pair_merge *m, unsigned side, uint64_t now_us,
                     const struct beat *beat);

/** pair_merge_state() - a state of a side, as it told it. */
void pair_merge_state(struct pair_merge *m, unsigned side, uint64_t now_us,
                      enum sensor_state state, int error);

/** pair_merge_known() - are both sides one heart? */
bool pair_merge_known(const struct pair_merge *m);
/** pair_merge_strange() - are they two, or of an evenness that nobody could
 * tell apart? */
bool pair_merge_strange(const struct pair_merge *m);

#endif
