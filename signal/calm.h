/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_SIGNAL_CALM_H
#define LULL_SIGNAL_CALM_H

#include <stdbool.h>
#include <stdint.h>

#include "signal/estimate.h"
#include "signal/window.h"

/**
 * CALM: arousal against this session's own unpaced baseline, with the
 * mechanical rise of RMSSD in slow breathing taken out.
 *
 *   zh = clamp((b_hr - hr) / s_hr, -2, 2)
 *   zv = clamp((ln rmssd - ref) / s_l, -2, 2)
 *   CALM = clamp(50 + 25 (0.65 zh + 0.35 zv), 0, 100)
 *
 * where ref is b_l while unpaced, and at a paced rate the ln RMSSD learned
 * from the first 60 s after 45 s at that rate (bins of 0.5/min, the nearest);
 * until it is known zv has no weight. Nor has it while the RMSSD of the last
 * 60 s still holds beats of another rate: that would be the mechanical rise
 * again. Source: reference/content.md, D.4.
 *
 * Pure; embedded in its owner.
 */

/** What a person sees of CALM: under 40, up to 60, over it. */
enum calm_state { CALM_UNKNOWN, CALM_ACTIVATED, CALM_STEADY, CALM_SETTLING };

#define CALM_BINS 48 /**< paced rates up to 24/min, 0.5/min wide */

/** The session's unpaced baseline; NAN where it could not be taken. */
struct calm_baseline {
	double hr_bpm;   /**< b_hr, median */
	double hr_s;     /**< s_hr = max(2, 1.48 MAD) */
	double ln_rmssd; /**< b_l */
	double ln_s;     /**< s_l = max(0.20, sd over 30 s parts) */
};

struct calm {
	struct calm_baseline baseline;
	bool flat_heart; /**< a medicine keeps the heart rate flat: zh weighs
	                      half (D.6, case 7) */
	double ref[CALM_BINS]; /**< learned ln RMSSD; NAN: not yet */
	int bin;               /**< of the present pace; -1: unpaced */
	uint64_t bin_since_us; /**< when that bin was entered */
	double smooth;         /**< EMA for show, tau 20 s */
	uint64_t smooth_t_us;
	enum calm_state state; /**< as shown */
	uint64_t state_t_us;   /**< since when another one would hold */
};

/** calm_init() - no baseline: CALM is NAN until calm_set_baseline(). */
void calm_init(struct calm *c);

/**
 * calm_baseline_of() - a baseline from one unpaced stretch
 * @span: its gate must be ok for ln_rmssd, ok or weak for hr_bpm
 */
void calm_baseline_of(const struct window_span *span,
                      struct calm_baseline *ret);
void calm_set_baseline(struct calm *c, const struct calm_baseline *b);

/** calm_pace() - the pacer's rate from @t_us on; 0: unpaced. */
void calm_pace(struct calm *c, uint64_t t_us, double per_min);

/**
 * calm_estimate() - fill e->calm from its other figures, and quantise all
 *
 * Learns the reference of the present bin when its time has come. CALM is
 * NAN without a baseline, without a heart rate, or where the gate is bad;
 * with a weak gate it is from the heart rate alone.
 */
void calm_estimate(struct calm *c, struct estimate *e);

/**
 * calm_span() - CALM of one listening window by itself
 *
 * Heart rate and ln RMSSD of the span only; the latter at half weight, being
 * shorter than 60 s. Quantised to 0.1; NAN as above.
 */
double calm_span(const struct calm *c, const struct window_span *span);

/** calm_shown() - smoothed (tau 20 s) and rounded to 5; NAN if unknown. */
double calm_shown(const struct calm *c);

/**
 * calm_state() - in one word; changes only after 20 s on the far side of a
 *                threshold by 3
 */
enum calm_state calm_state(const struct calm *c);

#endif
