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

/** A sample, of which only this is kept. Begins as zeroes. */
struct student {
	unsigned n;
	double mean, squares; /**< squares: of the distances from the mean */
};

/** student_add() - one more; a NAN is passed over. Source: Welford 1962. */
void student_add(struct student *s, double value);

/** Fewer have a mean, but no interval that is worth showing. */
#define STUDENT_LEAST 3

/** student_interval() - of the mean, under @coverage; NAN for fewer than
    STUDENT_LEAST. */
void student_interval(const struct student *s, double coverage, double *ret_low,
                      double *ret_high);

#endif
