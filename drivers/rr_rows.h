/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DRIVERS_RR_ROWS_H
#define LULL_DRIVERS_RR_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "drivers/rr.h"

/**
 * Rows of an interval, with or without a time: held to one unit, then placed
 * in time. Shared by the text formats.
 */
struct rr_rows {
	struct rr_list list;
	double *times; /**< as written; NULL without a column of times */
	size_t room;   /**< of times */
	double sum_ms; /**< of the intervals so far */
	double scale;  /**< to ms; 0: not known yet */
	unsigned line; /**< of the last row */
};

struct rr_row {
	double time, rr; /**< as written */
	bool timed;
	unsigned line;
	size_t used, len; /**< as in rr_list_add() */
};

/**
 * rr_rows_add() - check one row and keep it
 * Return: 0; -EBADMSG with @error; -ENOMEM.
 */
int rr_rows_add(struct rr_rows *rows, const struct rr_row *row,
                struct load_error *error);

/**
 * rr_rows_place() - give each interval its time
 * @ret: takes the intervals over; untouched on failure
 *
 * Times are of the beats that end the intervals or, where that fits better, of
 * those that begin them. They may stand in another unit than the intervals.
 *
 * Return: 0; -ENODATA without a row, -EBADMSG; both with @error.
 */
int rr_rows_place(struct rr_rows *rows, struct rr *ret,
                  struct load_error *error);

/** rr_rows_finish() - free what is left; takes one of all zeros. */
void rr_rows_finish(struct rr_rows *rows);

#endif
