/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DRIVERS_RR_START_H
#define LULL_DRIVERS_RR_START_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** When a recording began, by which clock its file says so. */
enum rr_clock {
	RR_CLOCK_NONE,   /**< it does not */
	RR_CLOCK_UTC,    /**< and not in which zone the person was */
	RR_CLOCK_OFFSET, /**< UTC, and the person's zone */
	RR_CLOCK_LOCAL,  /**< the person's clock, of a zone that is not said */
};

struct rr_start {
	enum rr_clock clock;
	int offset_min; /**< RR_CLOCK_OFFSET: the zone is so much ahead */
	int64_t ms;     /**< since 1970; RR_CLOCK_LOCAL: as if that were UTC */
};

/**
 * rr_start_read() - a time as programs write it: 2025-03-15T09:00:15.123+01:00,
 * 2025-03-11 09:57:38 +0000, 2025-03-15 09:00:15, or ms since 1970
 * @ret: untouched on failure
 *
 * A zone of +0000 is taken for UTC: so write programs that ask for no zone.
 *
 * Return: false where it has another form, or is in no calendar.
 */
bool rr_start_read(const char *text, size_t len, struct rr_start *ret);

#endif
