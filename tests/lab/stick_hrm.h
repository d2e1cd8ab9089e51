/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_LAB_STICK_HRM_H
#define LULL_TESTS_LAB_STICK_HRM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drivers/ant_link.h"

/**
 * An ANT+ heart-rate strap on the air: beats in, the page of each slot out.
 * And what a host can know of its beats by the pages that it was handed.
 *
 * Source: reference/sensors.md C.6. Pure: time is a parameter.
 */

/** A slot: 8070 / 32768 s. */
#define STICK_HRM_PERIOD_US 246277

struct stick_hrm {
	bool old; /**< an older strap: no pages, anything in their bytes */
	bool off; /**< not on skin: it feels no beat */
	uint8_t count, bpm;
	uint16_t event, previous; /**< last beat and the one before */
	unsigned slots;
};

/** stick_hrm_beat() - the heart beat, @rr_ticks after its last time. */
void stick_hrm_beat(struct stick_hrm *h, uint16_t rr_ticks);

/** stick_hrm_gap() - it felt two beats that nobody knows of, the last of them
 * @ticks after its last. */
void stick_hrm_gap(struct stick_hrm *h, uint64_t ticks);
#define STICK_HRM_GAP 2

/** stick_hrm_page() - what it sends in its next slot. */
void stick_hrm_page(struct stick_hrm *h, uint8_t ret[ANT_LINK_PAYLOAD]);

/** stick_hrm_roll() - count and time are about to begin anew: in a few beats
 * and seconds. */
void stick_hrm_roll(struct stick_hrm *h);

/** Beats that nobody knows the fate of yet: five minutes of them. */
#define STICK_TRUTH_MAX 1024

/** A beat that can still be known, or that it is too late for. */
struct stick_truth_beat {
	uint64_t index; /**< the caller's, as it was given */
	uint8_t count;
	bool felt, sent;
};

/** What the next page stands behind. */
enum stick_truth_at {
	STICK_TRUTH_BEGIN,  /**< nothing: its beat has no interval */
	STICK_TRUTH_BROKEN, /**< a lost link: page 4 alone tells an interval */
	STICK_TRUTH_WHOLE,  /**< a page that was handed over at last_us */
};

struct stick_truth {
	struct stick_truth_beat beats[STICK_TRUTH_MAX]; /* oldest first */
	size_t n, decided;
	enum stick_truth_at at;
	uint64_t last_us;
};

/**
 * stick_truth_beat() - the heart beat
 * @felt: the strap counted it, as @count
 * Return: false: no room.
 */
bool stick_truth_beat(struct stick_truth *t, uint64_t index, uint8_t count,
                      bool felt);

/**
 * stick_truth_page() - the host was handed this page at @t_us
 *
 * What it can know then (C.6): the interval of a beat that follows the last
 * one; by page 4 that of a beat behind a hole, and of a single beat in it.
 */
void stick_truth_page(struct stick_truth *t, uint64_t t_us,
                      const uint8_t page[ANT_LINK_PAYLOAD], bool old);

/** stick_truth_break() - the link began anew. */
void stick_truth_break(struct stick_truth *t);

/** stick_truth_begin() - so did the strap: its next beat follows none. */
void stick_truth_begin(struct stick_truth *t);

/** stick_truth_end() - nothing comes any more: what is left was not sent. */
void stick_truth_end(struct stick_truth *t);

/** stick_truth_next() - the oldest beat whose fate is known, in order.
 * Return: false: none. */
bool stick_truth_next(struct stick_truth *t, struct stick_truth_beat *ret);

#endif
