/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_SIGNAL_STUDENT_H
#define LULL_SIGNAL_STUDENT_H

/**
 * student_half() - how many standard errors an interval reaches to each side
 * @coverage: of the interval, e.g. 0.95; in (0, 1)
 * @freedom: degrees of freedom, > 0
 *
 * Source: Student 1908, The probable error of a mean; GSL's inverse of it.
 */
double student_half(double coverage, double freedom);

#endif
