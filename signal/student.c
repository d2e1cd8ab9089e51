/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/student.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

double student_half(double coverage, double freedom)
{
	return gsl_cdf_tdist_Qinv((1 - coverage) / 2, freedom);
}

void student_add(struct student *s, double value)
{
	double off = value - s->mean;

	if (isnan(value))
		return;
	s->n++;
	s->mean += off / s->n;
	s->squares += off * (value - s->mean);
}

void student_interval(const struct student *s, double coverage, double *ret_low,
                      double *ret_high)
{
	double half = NAN;

	if (s->n >= STUDENT_LEAST)
		half = student_half(coverage, s->n - 1.0) *
		       sqrt(s->squares / (s->n - 1.0) / s->n);
	*ret_low = s->mean - half;
	*ret_high = s->mean + half;
}
