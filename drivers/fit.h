/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DRIVERS_FIT_H
#define LULL_DRIVERS_FIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drivers/rr.h"

/**
 * FIT, the binary format of sports watches: only the intervals of its `hrv`
 * messages (number 78, field 0: an array of u16 in ms, 0xFFFF: the rest is
 * empty). They have no times; their order in the file is that of the beats. The
 * first is taken to begin at the last time that is told before it: a message's
 * timestamp (field 253), or when the file was created (message 0, field 4).
 *
 * Source: the FIT protocol, as its owner publishes it (file header, record
 * headers, definition and data messages, chained files; date_time: seconds
 * since the end of 1989, less than 0x10000000 since it was turned on); the
 * message: reference/sensors.md F.
 */

/** FIT counts seconds from the end of 1989. */
#define FIT_EPOCH_S INT64_C(631065600)

/** fit_is() - do these bytes carry the signature? */
bool fit_is(const void *bytes, size_t len);

/**
 * fit_crc() - the format's check sum (CRC-16/ARC), on from @crc
 * @crc: 0 at first
 */
uint16_t fit_crc(uint16_t crc, const void *bytes, size_t len);

/**
 * fit_parse() - the intervals of a file or of several in a row
 * @ret: rr_finish() it; untouched on failure
 * @error: filled on failure, with the byte of the header, message or check sum
 *	that is wrong
 *
 * Every check sum must be right; only a header may carry 0 for none. Between
 * two files in a row is a gap. Intervals are handed over as they are.
 *
 * Return: 0; -EBADMSG; -ENODATA if there is no interval; -ENOMEM.
 */
int fit_parse(const void *bytes, size_t len, struct rr *ret,
              struct load_error *error);

#endif
