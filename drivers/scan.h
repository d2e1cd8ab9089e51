/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DRIVERS_SCAN_H
#define LULL_DRIVERS_SCAN_H

#include <stdbool.h>
#include <stddef.h>

/**
 * Lines of numbers: what the text formats of recordings have in common. Blank
 * lines and what follows a `#` do not count; columns stand apart by blanks, a
 * comma or a semicolon.
 */

/** A text; it is not copied. */
struct scan {
	const char *at, *end;
	unsigned line; /**< of the last one taken, from 1 */
};

/** What is left of one line, without its line end. */
struct scan_line {
	const char *at, *end;
	const char *limit; /**< of the text: what may be looked at */
};

/** scan_begin() - before the first line, behind a byte order mark. */
void scan_begin(struct scan *ret, const char *text, size_t len);

/** scan_next() - the next line. Return: false at the end of the text. */
bool scan_next(struct scan *s, struct scan_line *ret);

/** scan_more() - skip blanks. Return: is there more before a comment? */
bool scan_more(struct scan_line *line);

/** scan_divider() - skip blanks, and one comma or semicolon among them. */
void scan_divider(struct scan_line *line);

/**
 * scan_numbers() - the next line that is not empty, as numbers
 * @ret: up to two
 *
 * Return: how many there were, 3 standing for more; 0 at the end of the text;
 * -1 or -2 if the first or second is no number.
 */
int scan_numbers(struct scan *s, double ret[2]);

/**
 * scan_number() - a plain decimal number up to a blank, a divider or a comment
 *
 * The same double as strtod() gives, which alone also takes inf, nan and 0x10.
 * Up to 2^53 in 18 digits it is whole digits over a power of ten: both exact,
 * so one division rounds as strtod() does. Source: Clinger 1990, "How to read
 * floating point numbers accurately", section 3.
 *
 * Return: false, nothing taken, if it is none or not finite.
 */
bool scan_number(struct scan_line *line, double *ret);

#endif
