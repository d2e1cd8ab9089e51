/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_SIGNAL_HRV_H
#define LULL_SIGNAL_HRV_H

#include <stdbool.h>
#include <stddef.h>

#include "signal/clean.h"
#include "signal/coherence.h"
#include "signal/hrv_freq.h"
#include "signal/hrv_geometry.h"
#include "signal/hrv_time.h"
#include "signal/nn.h"

/** Whether the slow trend is taken out first. */
enum hrv_detrend {
	HRV_DETREND_NONE,
	HRV_DETREND_PRIORS, /**< smoothness priors, detrend.h */
	HRV_DETRENDS,
};

/** The figures that a trend moves much. */
struct hrv_trended {
	double stress_index, stress_index_sqrt;
	struct hrv_bands welch, lomb;
};

/**
 * All HRV figures of one recording or one window of it. Each says NAN where
 * it has too little; the minimum and its reason stand in the header of the
 * metric.
 */
struct hrv {
	size_t beats;      /**< intervals given, before correction */
	double duration_s; /**< from the first interval's start to the last's
	                        end */
	struct clean_count artifacts; /**< all zero, percent NAN, when raw */
	struct hrv_time time;
	struct hrv_geometry geometry;
	struct hrv_trended by[HRV_DETRENDS];
	double sample_entropy;
	double dfa_alpha1;
	struct coherence_result coherence; /**< of the last 64 s; or NAN */
	double breathing_per_min; /**< median of the 60 s windows; or NAN */
};

struct hrv_options {
	bool raw; /**< take the intervals as they are */
	/** Which of hrv.by are wanted; the others stay NAN. */
	bool detrend[HRV_DETRENDS];
	bool no_entropy; /**< leave sample entropy NAN */
};

/** Everything that is needed to compute, to be used again and again; one
 * thread at a time. */
struct hrv_work;

/** hrv_work_create() - Return: 0 or -ENOMEM. */
int hrv_work_create(struct hrv_work **ret);
/** hrv_work_destroy() - takes NULL. Return: NULL. */
struct hrv_work *hrv_work_destroy(struct hrv_work *w);

/**
 * hrv_of() - every figure
 * @in: any number of intervals, also none
 * @ret_clean: if not NULL, what became of each interval and the series that
 *             the figures are of; valid until the next call with @w. When raw,
 *             its kind is NULL and its nn is @in.
 * @ret: untouched on failure
 * Return: 0 or -ENOMEM.
 */
int hrv_of(struct hrv_work *w, const struct nn *in, const struct hrv_options *o,
           struct hrv *ret, struct clean *ret_clean);

#endif
