/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DRIVERS_CAPTURE_BEATS_H
#define LULL_DRIVERS_CAPTURE_BEATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drivers/ant_strap.h"
#include "drivers/capture.h"
#include "drivers/rr.h"
#include "drivers/strap.h"

/**
 * From the packets of a capture to beats: the same way for one that is played
 * (file.h) and for one that is analysed.
 */

/**
 * capture_beats_check() - can it be played?
 * @whole: damage anywhere is an error; else only damage before any packet
 *
 * Return: 0; -EBADMSG; -ENODATA without a packet; -EPROTONOSUPPORT for packets
 * of two kinds; all with @error.
 */
int capture_beats_check(const char *text, size_t len, bool whole,
                        struct load_error *error);

/**
 * capture_beats_play() - hand one entry to a strap
 * @t_us: on its clock
 * @ant: of all zeros at first; used where the packets are ANT+
 */
void capture_beats_play(const struct capture_entry *entry, uint64_t t_us,
                        struct strap *strap, struct ant_strap *ant);

/**
 * capture_beats_parse() - the intervals of a whole capture
 * @ret: rr_finish() it; untouched on failure
 *
 * Times are those of the arrivals (arrival.h), integer ticks are kept, what the
 * strap tells as a gap is one, and so is a lost link.
 *
 * Return: as capture_beats_check(); -ENODATA too if packets hold no interval;
 * -ENOMEM.
 */
int capture_beats_parse(const char *text, size_t len, struct rr *ret,
                        struct load_error *error);

#endif
