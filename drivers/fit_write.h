/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DRIVERS_FIT_WRITE_H
#define LULL_DRIVERS_FIT_WRITE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "drivers/rr.h"

/**
 * fit_write() - intervals as a FIT activity, for programs that read watches'
 * files
 * @file: from its present place on
 * @start_s: Unix time of the first beat's beginning; before 1990 counts as
 *           the end of 1989
 *
 * One lap of one session of a generic sport, a heart rate for each second or
 * so, and hrv messages of five intervals in whole ms (at most 65.534 s each):
 * FIT has no finer ones, and no gaps. drivers/fit.h reads it.
 *
 * Return: 0; -ENODATA for no intervals; -ENOMEM; -EIO.
 * Source: the FIT protocol, as its owner publishes it: header and record
 * layout; messages 0, 18, 19, 20, 21, 34 and 78 of its profile.
 */
int fit_write(FILE *file, const struct rr *rr, int64_t start_s);

#endif
