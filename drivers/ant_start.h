/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DRIVERS_ANT_START_H
#define LULL_DRIVERS_ANT_START_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drivers/ant_link.h"

/**
 * How a stick is brought to listen to a heart-rate strap: one command after
 * the other, each with the answer that it must get and a time for it.
 *
 *	reset -> capabilities -> key ----------------> assign -> ID
 *	            -> search time-outs -> period -> frequency
 *	            -> extended messages -> open, or open for all
 *	close -> unassign -> assign ... : another channel, or the same again
 *
 * Source: reference/sensors.md C.1, C.5. Pure: time is a parameter.
 */

#define ANT_KEY_BYTES 8

/** Each command is answered in a second (C.5), and sent three times. */
#define ANT_START_ANSWER_US UINT64_C(1000000)
#define ANT_START_TRIES     3
/** After a reset a stick is left alone for so long (C.1). */
#define ANT_START_SETTLE_US UINT64_C(500000)
/** After a failure all of it is tried again. */
#define ANT_START_AGAIN_US UINT64_C(10000000)
/** With zeros behind it, which sticks need (C.1). */
#define ANT_START_PADDING 2
#define ANT_START_BYTES   (ANT_LINK_FRAME_MAX + ANT_START_PADDING)

enum ant_start_at {
	ANT_AT_RESET,
	ANT_AT_CAPABILITIES,
	ANT_AT_KEY,
	ANT_AT_CLOSE,
	ANT_AT_UNASSIGN,
	ANT_AT_ASSIGN,
	ANT_AT_ID,
	ANT_AT_LOW_SEARCH,
	ANT_AT_SEARCH,
	ANT_AT_PERIOD,
	ANT_AT_FREQUENCY,
	ANT_AT_LIBRARY,
	ANT_AT_EXTENDED,
	ANT_AT_OPEN,
	ANT_AT_END,
};

/** What the caller is to do. */
enum ant_start_act {
	ANT_ACT_WAIT,   /**< for an answer, or for *ret_next_us */
	ANT_ACT_SEND,   /**< these bytes, as one transfer */
	ANT_ACT_RENEW,  /**< reset the stick by USB and open it again */
	ANT_ACT_FAILED, /**< with start.error; it will try again */
	ANT_ACT_RUNS,   /**< the channel is open */
};

struct ant_start {
	/** What to listen to: set before ant_start_begin(). */
	uint8_t key[ANT_KEY_BYTES];
	bool all;             /**< every strap, if the stick can */
	uint16_t number;      /**< 0: any */
	uint8_t transmission; /**< 0: any */

	enum ant_start_at at;
	bool sent, answered, failed, untold;
	unsigned tries;
	uint64_t sent_us;
	int error;

	bool scans;       /**< it listens to all */
	bool can_scan;    /**< the stick's capabilities */
	bool low_refused; /**< it knows no low-priority search */
	bool library_refused;
	bool fresh;   /**< nothing is assigned yet */
	bool rebuilt; /**< channel closed after a refusal, once */
	bool renewed; /**< USB reset, once until it runs */
};

/** ant_start_begin() - from ANT_AT_RESET; or, for another channel on a stick
 * that runs, from ANT_AT_CLOSE, or from ANT_AT_UNASSIGN if it is closed. */
void ant_start_begin(struct ant_start *s, enum ant_start_at at);

/**
 * ant_start_next() - what is to be done at @now_us
 * @ret, @ret_len: on ANT_ACT_SEND the bytes
 * @ret_next_us: on ANT_ACT_WAIT when to ask again; else UINT64_MAX
 *
 * To be called until it says to wait, that it runs, or to renew.
 */
enum ant_start_act ant_start_next(struct ant_start *s, uint64_t now_us,
                                  uint8_t ret[ANT_START_BYTES], size_t *ret_len,
                                  uint64_t *ret_next_us);

/** ant_start_take() - a message came in; what is no answer is ignored, but a
 * stick that started anew by itself has forgotten key and channel. */
void ant_start_take(struct ant_start *s, const struct ant_link_message *m);

#endif
