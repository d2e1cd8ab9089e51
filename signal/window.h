/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_SIGNAL_WINDOW_H
#define LULL_SIGNAL_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "signal/beat.h"
#include "signal/estimate.h"

/**
 * The live window: beats and gaps go in, in the order of their time, and so
 * do the pacer's breaths (a beat may be heard after a breath that began after
 * it); what can be said of the last minutes comes out. Time is a parameter
 * throughout. Memory is fixed at creation.
 *
 * Pure: no I/O, no clock, no logging, no allocation after creation.
 */
struct window;

/** window_create() - Return: 0 or -ENOMEM. */
int window_create(struct window **ret);
/** window_destroy() - takes NULL. Return: NULL. */
struct window *window_destroy(struct window *w);

/**
 * window_beat() - take one beat
 *
 * Classes it by reference/content.md D.3: outside 300-2000 ms, or further
 * than 20 % (30 % while paced below 8/min) from the running median of five
 * accepted beats (signal/artifact.h has the whole rule). An isolated one of
 * plausible length is corrected, never more than two in a row; an interval that
 * looks like a missed beat is rejected.
 *
 * Return: its class, provisional (a causal detector cannot look ahead).
 */
enum beat_class window_beat(struct window *w, const struct beat *beat);

/** window_gap() - beats are missing here: nothing may span this moment. */
void window_gap(struct window *w, uint64_t t_us);

/**
 * window_breath() - the pacer begins a breath
 * @t_us: its onset, not before the last
 * @period_s: its length; 0: no pacer from here on
 */
void window_breath(struct window *w, uint64_t t_us, double period_s);

/**
 * window_walk_from() - where the walk to slower breathing set out
 * @period_s: the person's own period then; 0 forgets it
 *
 * From here on estimate.follow is the share of the pacer's way that the
 * person came along: (mean of their last 4 breaths - @period_s) over (mean of
 * the pacer's periods across the same time - @period_s); NAN while the pacer
 * has moved less than 0.05 s, or too few breaths are seen. At an
 * adherence of 0.75 the rhythm tells (signal/rhythm.h): 1 where the pacer is
 * slower than 0.85 times their own rate, so that the one cannot be taken for
 * the other, or the lock is 0.7 and they drift by less than half of what their
 * own rate would.
 */
void window_walk_from(struct window *w, double period_s);

/**
 * window_estimate() - all that holds at @now_us, CALM excepted (it is NAN)
 *
 * hr_bpm    60000/mean RR over the last whole breaths: at least two and at
 *           least 15 s. Breaths are the pacer's while it runs, else the
 *           person's own; where neither is known, the last 30 s.
 * rmssd_ms  the last 60 s, from at least 30 s of clean beats; differences
 *           only between neighbouring ok beats, never across a gap.
 * adherence how far the heart goes by the pacer over its last 8 breaths, the
 *           last 2 in full: signal/rhythm.h; renewed with each; NAN under 4.
 *           Single breaths cannot be told from a small RSA (D.4 counts
 *           them for PACE), their rhythm can.
 * follow    4 breaths of the person's seen in the last 45 s, or in five
 *           periods of a pacer slower than that
 * Minima, each with its reason:
 * hr_bpm    beats over 0.8 of those breaths, else the mean is of a part of a
 *           wave; 10 s of the last 30 s where no breath is known (D.2)
 * sdnn_ms   48 of the last 60 s: D.2 asks for 60 s or more
 * hr_slope  4 whole breaths and 20 s; 10 beats where no breath is known
 * breaths_per_min  the last 4 breaths, if they are regular; else, where
 *           adherence is under 0.5, rhythm_rate() of the last 45 s, not the
 *           pacer's
 * pace      share of their breaths that fit (D.4), 4 or more in 60 s
 * wave      64 s without a gap, at most 15 % artifacts; renewed each 5 s
 * All of them are NAN when no believed beat came for 10 s; quality,
 * artifact_pct and coverage count from the very first beat on.
 * Sources: reference/content.md D.2-D.4, reference/hrv.md 1 and 5.
 * Not quantised.
 */
void window_estimate(struct window *w, uint64_t now_us, struct estimate *ret);

/** Heart rate over single breaths of the pacer, for rule R12. */
#define WINDOW_BREATHS_MAX 8

/**
 * window_breath_rates() - mean heart rate of each of the last whole breaths
 * @ret_bpm: oldest first, @n of them at the most (<= WINDOW_BREATHS_MAX)
 *
 * Only breaths of the pacer that ended by the last beat, hold at least two
 * beats and no gap; the newest run of such breaths. Return: how many were
 * filled.
 */
size_t window_breath_rates(const struct window *w, uint64_t now_us,
                           double *ret_bpm, size_t n);

/** A stretch of time looked at by itself: a baseline or listening window. */
struct window_span {
	uint64_t from_us, to_us;
	enum quality quality; /**< the gate over the whole stretch */
	double artifact_pct;
	double coverage;
	double mean_hr_bpm;   /**< 60000/mean RR */
	double median_hr_bpm; /**< median of 60000/RR */
	double mad_hr_bpm;    /**< median absolute deviation of the same */
	double ln_rmssd;
	double sd_ln_rmssd; /**< across its 30 s parts; NAN under two */
	double rmssd_ms;
	double sdnn_ms;
	double hr_slope; /**< bpm per minute */
	/** Median of its last 6 breaths; under 6, if 3 are unlike, or below
	    9/min, rhythm_rate(). */
	double breaths_per_min;
	size_t beats; /**< accepted ones */
};

/**
 * window_span() - look at [from, to) by itself
 *
 * Reaches back five minutes at the most; what lies before is not seen.
 * A span of under 10 accepted beats has NAN for every figure; RMSSD, its
 * logarithm and SDNN want 20 s of clean beats, two thirds of D.2's 30 s, as
 * a listening window may be 25 s (R10).
 * Not quantised.
 */
void window_span(const struct window *w, uint64_t from_us, uint64_t to_us,
                 struct window_span *ret);

#endif
