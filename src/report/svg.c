/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/svg.h"

#include <math.h>

#define AIR 0.04 /* share of the span on either side */

static double round_step(double span, unsigned ticks)
{
	double rough = span / ticks;
	double power = pow(10.0, floor(log10(rough)));
	double lead = rough / power;

	if (lead > 5.0)
		return 10.0 * power;
	if (lead > 2.0)
		return 5.0 * power;
	return lead > 1.0 ? 2.0 * power : power;
}

struct svg_axis svg_axis_of(double lo, double hi, double lo_px, double hi_px,
                            unsigned ticks)
{
	double span = hi - lo;

	if (!(span > 1e-6 * fabs(hi)))
		span = fmax(1.0, 0.1 * fabs(hi));
	lo -= AIR * span;
	hi += AIR * span;
	return (struct svg_axis){lo, hi, lo_px, hi_px,
	                         round_step(hi - lo, ticks)};
}

double svg_at(const struct svg_axis *a, double value)
{
	return a->lo_px +
	       (a->hi_px - a->lo_px) * (value - a->lo) / (a->hi - a->lo);
}

bool svg_tick(const struct svg_axis *a, unsigned i, double *ret)
{
	double value = (ceil(a->lo / a->step) + i) * a->step;

	*ret = value == 0.0 ? 0.0 : value; /* no minus zero */
	return value <= a->hi;
}
