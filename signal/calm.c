/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/calm.h"

#include <math.h>

/* reference/content.md, D.4 */
#define WEIGHT_HR   0.65
#define WEIGHT_HRV  0.35
#define Z_MAX       2.0
#define MIDDLE      50.0
#define GAIN        25.0
#define HR_S_MIN    2.0
#define MAD_TO_S    1.48
#define LN_S_MIN    0.20
#define BIN_PER_MIN 0.5
#define LEARN_S     105.0 /* 45 s to settle, then 60 s to learn from */
#define WINDOW_S    60.0  /* that estimate.rmssd_ms looks back */
#define SMOOTH_S    20.0
#define SHOWN_STEP  5.0
#define LOW         40.0
#define HIGH        60.0
#define MARGIN      3.0
#define STATE_S     20.0

void calm_init(struct calm *c)
{
	*c = (struct calm){
		.baseline = {NAN, NAN, NAN, NAN},
		.bin = -1,
		.smooth = NAN,
	};
	for (size_t i = 0; i < CALM_BINS; i++)
		c->ref[i] = NAN;
}

void calm_baseline_of(const struct window_span *span, struct calm_baseline *ret)
{
	*ret = (struct calm_baseline){NAN, NAN, NAN, NAN};
	if (span->quality == QUALITY_OK || span->quality == QUALITY_WEAK) {
		ret->hr_bpm = span->median_hr_bpm;
		ret->hr_s = fmax(HR_S_MIN, MAD_TO_S * span->mad_hr_bpm);
	}
	if (span->quality == QUALITY_OK) {
		ret->ln_rmssd = span->ln_rmssd;
		ret->ln_s = fmax(LN_S_MIN, span->sd_ln_rmssd);
	}
}

void calm_set_baseline(struct calm *c, const struct calm_baseline *b)
{
	c->baseline = *b;
}

void calm_pace(struct calm *c, uint64_t t_us, double per_min)
{
	int bin = -1;

	if (per_min > 0.0) {
		double nearest = round(per_min / BIN_PER_MIN);

		bin = nearest < CALM_BINS - 1 ? (int)nearest : CALM_BINS - 1;
	}
	if (bin == c->bin)
		return;
	c->bin = bin;
	c->bin_since_us = t_us;
}

static double elapsed_s(uint64_t from_us, uint64_t to_us)
{
	return to_us > from_us ? (double)(to_us - from_us) * 1e-6 : 0.0;
}

static double clamp(double x, double low, double high)
{
	return fmin(fmax(x, low), high);
}

/* @from_us: where the stretch that the ln RMSSD is from begins. Return: 0
 * where zv has no weight. */
static double zv(const struct calm *c, double ln_rmssd, uint64_t from_us)
{
	double ref = c->bin < 0 ? c->baseline.ln_rmssd : c->ref[c->bin];
	double z = (ln_rmssd - ref) / c->baseline.ln_s;

	if (from_us < c->bin_since_us || isnan(z))
		return 0.0;
	return clamp(z, -Z_MAX, Z_MAX);
}

/* @z: zv times its own weight */
static double score(const struct calm *c, double hr_bpm, double z)
{
	const struct calm_baseline *b = &c->baseline;
	double zh = (b->hr_bpm - hr_bpm) / b->hr_s;
	double weight = c->flat_heart ? WEIGHT_HR / 2.0 : WEIGHT_HR;

	if (isnan(zh))
		return NAN;
	zh = clamp(zh, -Z_MAX, Z_MAX);
	return clamp(MIDDLE + GAIN * (weight * zh + z), 0.0, 100.0);
}

static void learn(struct calm *c, const struct estimate *e)
{
	if (c->bin < 0 || !isnan(c->ref[c->bin]) || e->quality != QUALITY_OK ||
	    !(e->rmssd_ms > 0.0) ||
	    elapsed_s(c->bin_since_us, e->t_us) < LEARN_S)
		return;
	c->ref[c->bin] = log(e->rmssd_ms);
}

static enum calm_state state_of(const struct calm *c)
{
	double low = LOW, high = HIGH;

	if (c->state != CALM_UNKNOWN) {
		low += c->state == CALM_ACTIVATED ? MARGIN : -MARGIN;
		high += c->state == CALM_SETTLING ? -MARGIN : MARGIN;
	}
	if (c->smooth < low)
		return CALM_ACTIVATED;
	return c->smooth > high ? CALM_SETTLING : CALM_STEADY;
}

static void show(struct calm *c, uint64_t t_us, double calm)
{
	enum calm_state want;

	if (isnan(calm) || isnan(c->smooth))
		c->smooth = calm;
	else
		c->smooth += (calm - c->smooth) *
		             (1.0 -
		              exp(-elapsed_s(c->smooth_t_us, t_us) / SMOOTH_S));
	c->smooth_t_us = t_us;

	if (isnan(c->smooth)) {
		c->state = CALM_UNKNOWN;
		return;
	}
	want = state_of(c);
	if (c->state == CALM_UNKNOWN || want == c->state)
		c->state_t_us = t_us;
	if (c->state == CALM_UNKNOWN ||
	    elapsed_s(c->state_t_us, t_us) >= STATE_S) {
		c->state = want;
		c->state_t_us = t_us;
	}
}

void calm_estimate(struct calm *c, struct estimate *e)
{
	uint64_t back_us = (uint64_t)(WINDOW_S * 1e6);
	double z = 0.0;

	estimate_quantise(e); /* rules and references see the same figures */
	learn(c, e);
	e->calm = NAN;
	if (e->quality == QUALITY_OK && e->rmssd_ms > 0.0)
		z = WEIGHT_HRV * zv(c, log(e->rmssd_ms),
		                    e->t_us > back_us ? e->t_us - back_us : 0);
	if (e->quality == QUALITY_OK || e->quality == QUALITY_WEAK)
		e->calm = score(c, e->hr_bpm, z);
	estimate_quantise(e);
	show(c, e->t_us, e->calm);
}

double calm_span(const struct calm *c, const struct window_span *span)
{
	struct estimate e;
	double z = 0.0;

	estimate_none(&e, span->to_us);
	if (span->quality == QUALITY_OK)
		z = WEIGHT_HRV / 2.0 * zv(c, span->ln_rmssd, span->from_us);
	if (span->quality == QUALITY_OK || span->quality == QUALITY_WEAK)
		e.calm = score(c, span->mean_hr_bpm, z);
	estimate_quantise(&e);
	return e.calm;
}

double calm_shown(const struct calm *c)
{
	return SHOWN_STEP * round(c->smooth / SHOWN_STEP);
}

enum calm_state calm_state(const struct calm *c)
{
	return c->state;
}
