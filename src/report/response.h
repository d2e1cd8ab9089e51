/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_REPORT_RESPONSE_H
#define LULL_REPORT_RESPONSE_H

#include "signal/student.h"
#include "store/listen.h"

/**
 * How calm changed from one listening window to the next, by what the hands
 * did between the two. Techniques that always come together share a figure:
 * nothing tells them apart. Pure.
 */

#define RESPONSE_ROWS 24
#define RESPONSE_IDS  192

/** Below this a change of CALM is no more than it goes up and down by itself.
    Source: reference/content.md, D.5, its hysteresis. */
#define RESPONSE_CLEAR 8.0

struct response {
	char techniques[RESPONSE_IDS]; /**< ids, comma separated, in order */
	struct student calm;           /**< risen by, of 100 */
	double low, high;              /**< its interval; NAN: too few */
};

struct responses {
	size_t n;
	struct response at[RESPONSE_ROWS];
	unsigned left_out;      /**< windows for which there was no row */
	int64_t session;        /**< of the last step */
	char now[RESPONSE_IDS]; /**< done since the last window */
};

/** response_add() - a store_steps() function; @data: the responses, at first
    zeroes. */
int response_add(void *data, const struct store_step *step);

/** response_rank() - once all steps are in: intervals, and the best first by
    what is certain of them, their lower ends. */
void response_rank(struct responses *r);

/** response_words() - `calmer`, `less calm`, either `, within noise`, or `no
    clear change`, `too early to tell`; static. An interval with 0 in it is no
    clear change; a mean below RESPONSE_CLEAR is within the noise of a single
    window. */
const char *response_words(const struct response *r);

#endif
