/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DRIVERS_RECORDING_H
#define LULL_DRIVERS_RECORDING_H

#include <stddef.h>

#include "drivers/load.h"
#include "drivers/rr.h"

/**
 * A recording of any format that holds intervals, told by its content: RR
 * text (one or two columns), HRV Logger csv, FIT, our capture.
 * Source: reference/sensors.md, F.
 *
 * A plain file by its name: recording_read(). A command that also takes a FIFO
 * or standard input, or has formats of its own: load_input(), then
 * recording_parse().
 */
enum recording_format {
	RECORDING_RR,
	RECORDING_HRV_LOGGER,
	RECORDING_FIT,
	RECORDING_CAPTURE,
};

/** recording_format_name() - for people, e.g. "HRV Logger". */
const char *recording_format_name(enum recording_format f);

/** recording_format_of() - which format these bytes would be read as. */
enum recording_format recording_format_of(const void *bytes, size_t len);

/**
 * recording_parse() - intervals from bytes in memory
 * @ret: rr_finish() it; untouched on failure
 * @error: filled on failure
 *
 * Damage anywhere is an error, in a capture too.
 *
 * Return: 0; -EBADMSG; -ENODATA if there is no interval; -EPROTONOSUPPORT for
 * packets without a decoder; -ENOMEM.
 */
int recording_parse(const void *bytes, size_t len, struct rr *ret,
                    struct load_error *error);

/** recording_read() - the same of a plain file. Return: also what load_bytes()
 *                     returns. */
int recording_read(const char *path, struct rr *ret, struct load_error *error);

#endif
