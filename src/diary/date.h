/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DIARY_DATE_H
#define LULL_DIARY_DATE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/**
 * Calendar days, counted from 1970-01-01. A diary has days, not moments: no
 * time zone and no daylight saving comes into it. Pure; the day that is today
 * is a parameter.
 */

/** The first and the last that can be written down: years 1900 to 9999. */
#define DATE_FIRST (-25567)
#define DATE_LAST  2932896

/** Bytes of `2026-11-22` with its end. */
#define DATE_TEXT 11

/**
 * date_of() - of year, month (1 to 12) and day (1 to 31)
 * Return: 0, or -EINVAL if there is no such day between the two above.
 * Source: Richards 2013, Explanatory Supplement to the Astronomical Almanac,
 * 15.11.3 (Gregorian date to day number).
 */
int date_of(int year, int month, int day, int32_t *ret);

/** date_text() - as `2026-11-22`. Return: @ret. */
const char *date_text(int32_t date, char ret[DATE_TEXT]);

/**
 * date_parse() - `2026-11-22`, `today`, `yesterday`, or `-3`: three days ago
 * @today: the local day
 *
 * Return: 0; -EINVAL for a text that is none of these, a day that is not in
 * the calendar, or one after @today, with @error.
 */
int date_parse(const char *text, int32_t today, int32_t *ret,
               struct error *error);

#endif
