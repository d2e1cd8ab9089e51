/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_HELPERS_ETHER_H
#define LULL_TESTS_HELPERS_ETHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drivers/ant_port.h"
#include "tests/helpers/listener.h"
#include "tests/lab/stick_ant.h"
#include "tests/lab/stick_hrm.h"

/**
 * The lab's virtual stick and straps before the driver, on a clock that nobody
 * waits for, and what the driver could know of them. There is one.
 */

#define ETHER_BEATS_MAX 8000
#define ETHER_STRAPS    2

struct ether_strap {
	struct stick_ant_id id;
	struct stick_hrm hrm;
	bool away;
	uint64_t slot_us, beat_us;
};

/** Everything between the hearts and the driver. */
extern struct ether {
	struct ant_port port;
	struct stick_ant stick;
	struct ether_strap straps[ETHER_STRAPS];
	size_t n;
	uint64_t now_us, seed;
	bool plugged, opened, gone; /**< the last two: news to come */
	struct listener heard;      /**< what the driver told */

	struct stick_truth truth; /**< of the first strap */
	struct {
		uint16_t rr_ticks;
		bool sent;
	} beats[ETHER_BEATS_MAX];
	size_t n_beats, n_known;
} ether;

/** ether_set_up() - cmocka's: a stick that is plugged in, and strap 12345. */
int ether_set_up(void **state);
/** ether_add_strap() - one more on the air. */
void ether_add_strap(uint16_t number);
/** ether_begin() - the driver, for strap @wanted; 0: whichever is heard. */
void ether_begin(uint32_t wanted);
/** ether_run() - @s seconds on. */
void ether_run(double s);
/** ether_settle() - ether_begin() for 12345, and 20 s of it. */
void ether_settle(void);

/** ether_unplug() - the stick is pulled out; ether_plug(): put back. */
void ether_unplug(void);
void ether_plug(void);

/** ether_told() - how often the driver told this. */
unsigned ether_told(enum sensor_state state, int error);

/**
 * ether_true_to_truth() - fails the test where the driver told anything else
 * than what it could know
 *
 * From the first beat told to the last: each that was sent once, in order,
 * with its interval; a gap where some were not, and nowhere else, unless the
 * strap was lost for so short that none was missed.
 * Return: how many gaps.
 */
unsigned ether_true_to_truth(void);
/** ether_true_to_truth_but() - so many gaps @spare where none was, which
    silence may make. */
unsigned ether_true_to_truth_but(unsigned spare);

#endif
