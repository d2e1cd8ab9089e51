/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_HELPERS_ANT_HEART_H
#define LULL_TESTS_HELPERS_ANT_HEART_H

#include <stdbool.h>
#include <stdint.h>

/**
 * A strap on a heart: what it would say at a time, four times a second, and
 * when it is asked. A test owns one and may change any of it between messages.
 */
struct ant_heart {
	double rr_s;     /**< of each beat from now on */
	double beat_s;   /**< the last beat */
	double before_s; /**< the one before */
	unsigned beats;
	unsigned messages;
	bool pages;   /**< page 4, and a page bit that turns */
	double now_s; /**< the clock: of the last message */
};

/** ant_heart_init() - one beat a second, with pages, at 0 s. */
void ant_heart_init(struct ant_heart *h);

/** ant_heart_next() - the heart and the clock go on by one message.
 * @ret: its payload, as drivers/ant_hrm.h has it */
void ant_heart_next(struct ant_heart *h, uint8_t ret[8]);

/** ant_heart_drop() - so many messages that nobody hears. */
void ant_heart_drop(struct ant_heart *h, unsigned messages);

/** ant_heart_us() - the clock in microseconds. */
uint64_t ant_heart_us(const struct ant_heart *h);

#endif
