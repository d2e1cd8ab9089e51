/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DRIVERS_PERSON_STRAP_H
#define LULL_DRIVERS_PERSON_STRAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drivers/random.h"

/**
 * The strap on the simulated person: Heart Rate Measurements (0x2A37), flags
 * 0x16 with intervals and 0x06 without, about one a second, each with the
 * beats that it had found by then.
 *
 * By seed: latency 0.5 to 2.6 s (the medians measured on four straps:
 * reference/sensors.md A.3); notification interval 0.985 to 1.015 s (HRS 1.0:
 * "approximately 1 per second"; a Polar H10: 0.99 s). Radio jitter up to 45 ms,
 * one connection interval. One notification in 40 holds its intervals back for
 * the next (bunching is normal: A.3), one in 400 is lost and not sent again
 * (A.2; the share is ours).
 *
 * By trait, and by no seed, a bad strap: beats it misses, so that two intervals
 * come as one; beats it finds where there is none, so that one comes as two;
 * both more often with the arms up (they disturb a strap: reference/content.md
 * 0, 6); and times in which the radio is away.
 */

#define PERSON_STRAP_BEATS     16
#define PERSON_STRAP_BYTES_MAX (2 + 2 * PERSON_STRAP_BEATS)

struct person_strap_traits {
	double latency_s, interval_s;
	double miss, extra;   /**< chance of each beat, hands in the lap */
	double arms_up_times; /**< as often with the arms up */
	double away_every_s;  /**< on average; INFINITY: never */
	double away_s;        /**< for so long */
};

struct person_strap {
	struct random random;
	struct person_strap_traits is;
	double away_until_s;
	unsigned wrong;      /**< beats missed and invented */
	uint64_t beat_ticks; /**< the last beat in the strap's clock */
	bool beating;
	double bpm; /**< filtered, as straps do */
	struct {
		double ready_s;
		uint16_t rr_ticks;
	} found[PERSON_STRAP_BEATS]; /**< oldest first */
	size_t n_found;
	double due_s; /**< of the next notification, without jitter */
};

/** person_strap_init() - @connected_s: when notifications begin */
void person_strap_init(struct person_strap *s, uint64_t seed,
                       double connected_s);
/** person_strap_become() - one that has sent nothing yet gets other traits. */
void person_strap_become(struct person_strap *s,
                         const struct person_strap_traits *traits);
/** person_strap_beat() - the heart beat at @t_s; @arms_up: meanwhile. */
void person_strap_beat(struct person_strap *s, double t_s, bool arms_up);
/** person_strap_next() - when the next notification goes out, later than all
 * before. To be called once for each. */
double person_strap_next(struct person_strap *s);
/**
 * person_strap_notify() - the bytes of the notification of @t_s
 * @ret_len: how many, at most PERSON_STRAP_BYTES_MAX
 * Return: whether they arrive; else they are lost.
 */
bool person_strap_notify(struct person_strap *s, double t_s, uint8_t *ret,
                         size_t *ret_len);

#endif
