/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DRIVERS_HRV_LOGGER_H
#define LULL_DRIVERS_HRV_LOGGER_H

#include <stdbool.h>
#include <stddef.h>

#include "drivers/rr.h"

/**
 * What the HRV Logger app exports (`*_RR_*.csv`), and others like it:
 *
 *	date,rr,since start
 *	2025-03-15 09:00:15.123,823,0
 *
 * The interval is in ms. "since start" is the time of the beat that begins or
 * of the one that ends it, in ms or s, and tells where beats are missing. The
 * first column, a date or ms since 1970 (then headed `timestamp`), is when the
 * app heard of it: that of the first row tells when the recording began, where
 * it can be read (rr_start.h). Blanks and `_` in the header do not count, nor
 * does its case.
 *
 * Source: reference/sensors.md F; exports of the app with both headers.
 */

/** hrv_logger_is() - does this text begin with that header? */
bool hrv_logger_is(const char *text, size_t len);

/** hrv_logger_parse() - as rr_parse(). */
int hrv_logger_parse(const char *text, size_t len, struct rr *ret,
                     struct load_error *error);

#endif
