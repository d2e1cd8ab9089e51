/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DRIVERS_ANT_HRM_H
#define LULL_DRIVERS_ANT_HRM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drivers/ant_link.h"

/**
 * The heart-rate profile of ANT+ (device type 120): a strap says about four
 * times a second when its last beat was, in 1/1024 s, and how many it has
 * counted. Intervals are differences, exact in the strap's clock; where the
 * counter says that beats did not come, a hole is told, never an interval over
 * it.
 *
 * Source: reference/sensors.md C.6. Pure: time is a parameter.
 */

/** Messages come in 8070 / 32768 s (C.5). */
#define ANT_HRM_PERIOD_US 246277

/** So many missing at once say nothing about the one that came (C.6). */
#define ANT_HRM_MISSING_MAX 20
/** Event times wrap in 64 s; beyond this nobody knows how often they did. */
#define ANT_HRM_APART_US UINT64_C(60000000)
/** The strap's clock and ours may differ by its latency and a long beat. */
#define ANT_HRM_SLACK_US INT64_C(2500000)
/** No heart beats faster than this: 300 a minute. */
#define ANT_HRM_SHORTEST_US INT64_C(200000)
/** No new beat for so long: not on skin. */
#define ANT_HRM_STILL_US UINT64_C(5000000)
/** A rate of 0 so many times: not on skin. */
#define ANT_HRM_NO_RATE 12

/** Page 4 is believed of an interval up to here (C.6). */
#define ANT_HRM_PREVIOUS_US INT64_C(2500000)

/** All zeros is a strap that was not heard yet. */
struct ant_hrm {
	bool primed;          /**< the next three hold its last beat */
	uint8_t count;        /**< beats, wraps */
	uint16_t event_ticks; /**< when it was, wraps */
	uint64_t beat_us;     /**< when it was heard of */
	bool lapsed;          /**< the next beat does not follow that one */
	bool lost;            /**< the radio lost it since */
	bool computed;        /**< the strap calculates its beats (page 9) */
	uint8_t toggled;      /**< bit 0, 1: the page bit was 0, 1 */
	uint8_t no_rate;      /**< messages in a row without a rate */
};

/** What one message said that was new. */
struct ant_hrm_news {
	bool off_skin;
	bool computed; /**< no interval of this strap is measured */
	bool hole;     /**< intervals are missing before the first of these */
	unsigned missing; /**< how many; 0: nobody knows */
	size_t n;
	uint16_t rr_ticks[2]; /**< 1/1024 s, oldest first, each > 0 */
};

/**
 * ant_hrm_take() - one payload of a strap
 * @t_us: its arrival, not before the last
 *
 * The same payload comes again until the next beat: only a change of the beat
 * counter is news. Page 4 also tells the time of the beat before, once the
 * page bit was seen both ways (older straps send anything in those bytes): it
 * gives one missing beat back, and the last interval behind a longer hole.
 * A counter or a time that cannot be true of the time that passed begins anew.
 */
struct ant_hrm_news ant_hrm_take(struct ant_hrm *h, uint64_t t_us,
                                 const uint8_t payload[ANT_LINK_PAYLOAD]);

/** ant_hrm_restart() - the radio lost the strap: its next beat is behind a
 * hole, and has an interval if page 4 tells it. */
void ant_hrm_restart(struct ant_hrm *h);

#endif
