/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_SIGNAL_ESTIMATE_H
#define LULL_SIGNAL_ESTIMATE_H

#include <stdint.h>

/**
 * The shared currency between the signal and the coach: what is known of the
 * person at one moment. NAN stands for "no value": too few beats, a bad
 * signal or a gap. Every figure is quantised when it is made (see
 * estimate_quantise()), so that rules decide alike on every machine.
 */

/** What became of a beat. Source: reference/content.md, D.3. */
enum beat_class {
	BEAT_OK,
	BEAT_CORRECTED, /**< replaced by its neighbours' median, never in RMSSD
	                 */
	BEAT_REJECTED,
};

/** The signal gate. Source: reference/content.md, D.3. */
enum quality {
	QUALITY_NONE, /**< nothing heard in the window */
	QUALITY_BAD,  /**< loop open */
	QUALITY_WEAK, /**< heart rate only */
	QUALITY_OK,
};

struct estimate {
	uint64_t t_us;
	enum quality quality;   /**< of the last 30 s */
	double hr_bpm;          /**< mean over the last whole breaths */
	double rmssd_ms;        /**< of the last 60 s */
	double sdnn_ms;         /**< of the last 60 s */
	double breaths_per_min; /**< the person's own, from RSA */
	double hr_slope;        /**< bpm per minute, over the last 60 s */
	double adherence;       /**< 0 to 1, of the last breaths */
	double follow;          /**< how much of the walk so far the person
	                             has come along, see window.h */
	double calm;            /**< 0 to 100: arousal, not obedience */
	double pace;            /**< 0 to 100: adherence over 60 s */
	double wave;            /**< coherence ratio of the last 64 s */
	double artifact_pct;    /**< of the beats of the last 30 s */
	double coverage;        /**< sum of RR over wall time, last 60 s */
};

/** estimate_none() - every figure absent, at @t_us. */
void estimate_none(struct estimate *ret, uint64_t t_us);

/**
 * estimate_quantise() - round every figure to its step
 *
 * 0.01 bpm, ms, breaths/min, bpm/min and share; 0.1 score (CALM, PACE) and
 * percent; WAVE 0.01. Halves away from zero; a figure that is not finite
 * becomes NAN.
 */
void estimate_quantise(struct estimate *e);

#endif
