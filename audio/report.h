/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_REPORT_H
#define LULL_AUDIO_REPORT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define REPORT_NAME_MAX 160

/**
 * The report: what the process that plays says of itself, in memory that it
 * shares with the one that asks. All zeroes: it has said nothing yet.
 */
struct report {
	/* written once, before @named */
	char name[REPORT_NAME_MAX]; /**< "JACK: system" */
	unsigned device_hz, channels;
	_Atomic bool named;

	_Atomic int error; /**< why it ended, negative errno; 0: it did not */

	_Atomic int music; /**< why there is none, negative errno */

	/* The clock, written by the callback alone; @turn is odd meanwhile. */
	_Atomic unsigned turn;
	_Atomic uint64_t frames, mono_us;

	/* counters of the callback */
	_Atomic uint64_t callbacks, underflows, worst_ns, busy_ns;
	_Atomic uint64_t latency_us; /**< as the device reports it */
	_Atomic unsigned late;       /**< commands that came too late */

	/* how long it took */
	_Atomic uint64_t open_us;  /**< until its stream was ready */
	_Atomic uint64_t start_us; /**< and from the start until it called */

	/** Asked of it: a side that is to be silent, 1 left, 2 right. */
	_Atomic unsigned mute;
};

/** report_clock() - write both, so that a reader gets both or neither.
 * RT safe. */
void report_clock(struct report *r, uint64_t frames, uint64_t mono_us);
/** report_read() - Return: false if no clock was written yet. */
bool report_read(const struct report *r, uint64_t *ret_frames,
                 uint64_t *ret_mono_us);

#endif
