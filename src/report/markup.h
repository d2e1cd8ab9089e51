/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_REPORT_MARKUP_H
#define LULL_REPORT_MARKUP_H

#include <stddef.h>
#include <stdio.h>

/**
 * The one door through which text goes into a page or a picture: whatever it
 * is, it stays text. Nothing else writes what a person or a file said.
 */

/** markup_text() - any bytes as XML and HTML text, also within a quoted
    attribute: escaped, without control characters, what is no UTF-8 as U+FFFD,
    the middle of what is longer than @max bytes left out. */
void markup_text(FILE *f, const char *text, size_t max);

/** markup_said() - the same in HTML, for what a person said: its direction is
    its own, so that marks within it turn nothing about it around. */
void markup_said(FILE *f, const char *text, size_t max);

#endif
