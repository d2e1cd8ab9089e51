/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/estimate.h"

#include <math.h>

void estimate_none(struct estimate *ret, uint64_t t_us)
{
	*ret = (struct estimate){
		.t_us = t_us,
		.quality = QUALITY_NONE,
		.hr_bpm = NAN,
		.rmssd_ms = NAN,
		.sdnn_ms = NAN,
		.breaths_per_min = NAN,
		.hr_slope = NAN,
		.adherence = NAN,
		.follow = NAN,
		.calm = NAN,
		.pace = NAN,
		.wave = NAN,
		.artifact_pct = NAN,
		.coverage = NAN,
	};
}

/* @per: steps in one unit. Adding 0 turns a rounded -0 into 0. */
static void quantise(double *value, double per)
{
	double rounded = round(*value * per) / per + 0.0;

	*value = isfinite(rounded) ? rounded : NAN;
}

void estimate_quantise(struct estimate *e)
{
	quantise(&e->hr_bpm, 100.0);
	quantise(&e->rmssd_ms, 100.0);
	quantise(&e->sdnn_ms, 100.0);
	quantise(&e->breaths_per_min, 100.0);
	quantise(&e->hr_slope, 100.0);
	quantise(&e->adherence, 100.0);
	quantise(&e->follow, 100.0);
	quantise(&e->calm, 10.0);
	quantise(&e->pace, 10.0);
	quantise(&e->wave, 100.0);
	quantise(&e->artifact_pct, 10.0);
	quantise(&e->coverage, 100.0);
}
