/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_SIGNAL_LINE_H
#define LULL_SIGNAL_LINE_H

#include <stddef.h>

/**
 * line_remove() - take the least-squares line out of evenly spaced values
 * @y: @n values, changed in place
 *
 * With i counted from the middle the two normal equations part: the offset is
 * the mean, the slope sum(i y) / sum(i^2), sum(i^2) = n (n^2 - 1) / 12. GSL's
 * fit takes any abscissae, by two divisions a point: ten times as long.
 */
void line_remove(double *y, size_t n);

#endif
