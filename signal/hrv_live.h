/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_SIGNAL_HRV_LIVE_H
#define LULL_SIGNAL_HRV_LIVE_H

#include <stdint.h>

#include "signal/hrv_sums.h"
#include "signal/hrv_time.h"
#include "signal/series.h"

/**
 * The time domain of any live window: the last beats, each with the sums of
 * all beats up to it. A window's sums are those as of its end less those as
 * of its start, so that a look costs two searches whatever the window's
 * length, and a beat costs the same however many windows there are. Nothing
 * is kept of a window: any (from, to] within the series may be asked for, in
 * any order, ten for one beat or one between two beats.
 *
 * A beat that is classed anew has the sums recomputed from it on. That they
 * cannot drift stands in hrv_sums.h.
 *
 * Pure; embedded in its owner (it is large: keep it off the stack); no
 * allocation.
 */
struct hrv_live {
	struct series series; /**< to read; written through the verbs below */
	struct hrv_sums as_of[SERIES_MAX]; /**< in the slots of the series */
	struct hrv_sums before;            /**< the oldest beat */
};

void hrv_live_init(struct hrv_live *l);

/**
 * hrv_live_beat() - as series_add()
 * @value_ms: finite and above 0 for an ok beat
 */
void hrv_live_beat(struct hrv_live *l, uint64_t t_us, double rr_ms,
                   enum beat_class class, double value_ms);

/** hrv_live_gap() - as series_gap(). */
void hrv_live_gap(struct hrv_live *l);

/** hrv_live_restate() - as series_restate(); @value_ms as above. What says
 *                       nothing new costs nothing. */
void hrv_live_restate(struct hrv_live *l, size_t back, enum beat_class class,
                      double value_ms);

/**
 * hrv_live_time() - of the ok beats that ended in (from, to]
 *
 * Two are neighbours if nothing was between them: both ok, one after the
 * other, of one segment, and both in the window. Corrected and rejected beats
 * are left out. What the series has forgotten is not seen.
 */
void hrv_live_time(const struct hrv_live *l, double from_s, double to_s,
                   struct hrv_time *ret);

#endif
