/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/student.h"

#include <gsl/gsl_cdf.h>

double student_half(double coverage, double freedom)
{
	return gsl_cdf_tdist_Qinv((1 - coverage) / 2, freedom);
}
