/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_SIGNAL_WINDOW_INNER_H
#define LULL_SIGNAL_WINDOW_INNER_H

#include "signal/artifact.h"
#include "signal/breathing.h"
#include "signal/coherence.h"
#include "signal/hrv_live.h"
#include "signal/pacing.h"
#include "signal/rate.h"
#include "signal/rhythm.h"
#include "signal/window.h"

/** What window.c and window_span.c share; of no concern to anybody else. */

/** Room to compute in: holds nothing from one call to the next. */
struct window_scratch {
	double t_s[SERIES_MAX], value_ms[SERIES_MAX];
	double work[2 * SERIES_MAX];
};

struct window {
	struct hrv_live live;
	struct artifact artifact;
	struct pacing pacing;
	uint64_t beat_us;     /**< of the last beat */
	uint64_t breath_us;   /**< of the pacer's last onset */
	double walk_period_s; /**< 0: no walk */

	/* as of the last estimate; found anew when beats have come */
	struct breath breath[BREATHING_MAX];
	enum pacing_fit fit[BREATHING_MAX]; /**< of each beside the pacer */
	size_t n_breaths;
	bool regular; /**< the last RECENT_BREATHS of them */
	uint64_t breaths_of_us;

	struct rhythm rhythm; /**< as of this mark of the pacer */
	double rhythm_s;
	double alone_per_min; /**< breathing where the pacer is not followed */
	double slope;         /**< of breaths between as many marks as */
	double slope_from_s, slope_to_s; /**< these, the first and the last */
	size_t slope_marks;

	double wave;
	uint64_t wave_us; /**< when it was computed */

	struct breathing *breathing;
	struct coherence *coherence;
	struct window_scratch *scratch;
};

/**
 * window_find_breaths() - the person's breaths within (from, to]
 * @ret: BREATHING_MAX breaths
 */
size_t window_find_breaths(const struct window *w, double from_s, double to_s,
                           struct breath *ret);

/**
 * window_marks() - boundaries of the newest unbroken run of the person's own
 *                  breaths, for rates over whole breaths
 * @ret: up to RATE_MARKS_MAX
 */
size_t window_marks(const struct breath *breaths, size_t n, double *ret);

#endif
