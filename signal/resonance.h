/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_SIGNAL_RESONANCE_H
#define LULL_SIGNAL_RESONANCE_H

#include <stdbool.h>
#include <stddef.h>

/**
 * Resonance: at which rate of paced breathing a person's heart swings along
 * most. Each rate is tried for a while and measured by itself; then they are
 * compared. Source: reference/content.md, C.1.
 *
 * Pure; embedded in its owner; bounded: what comes beyond is not taken.
 */

#define RESONANCE_BEATS   512 /**< two minutes at 250/min */
#define RESONANCE_BREATHS 32
#define RESONANCE_PROBES  5
#define RESONANCE_APART   0.5 /**< breaths a minute from rate to rate */

/** One rate while it is tried. */
struct resonance_take {
	double per_min;
	double inhale; /**< share of a breath */
	size_t n_beats, n_odd;
	double beat_s[RESONANCE_BEATS], bpm[RESONANCE_BEATS];
	size_t n_marks;
	double mark_s[RESONANCE_BREATHS + 1]; /**< onsets of its breaths */
};

/** resonance_begin() - @inhale: share of a breath, above 0 and below 1 */
void resonance_begin(struct resonance_take *t, double per_min, double inhale);
/** resonance_breath() - a breath of the pacer begins (or the last one ends) */
void resonance_breath(struct resonance_take *t, double t_s);
/** resonance_beat() - @odd: no normal beat; counted and not used */
void resonance_beat(struct resonance_take *t, double t_s, double rr_ms,
                    bool odd);

/** What one rate came to; NAN: too little was heard. */
struct resonance_probe {
	double per_min;
	size_t breaths;    /**< whole ones that were heard */
	double rsa_bpm;    /**< mean peak to trough of a breath */
	double rsa_se_bpm; /**< standard error of that mean */
	double power;      /**< bpm^2 at the paced frequency */
	double coherence;  /**< share of the variance that lies there, 0 to 1 */
	double phase_deg;  /**< heart rate's peak behind the end of the breath
	                        in; by the pacer, where no breath is heard */
	double artifact_pct;
	double adherence; /**< the owner's; 0 to 1 */
	bool valid;       /**< resonance_valid() */
	double score;     /**< set by resonance_choose() */
};

/**
 * resonance_measure() - what the take came to
 *
 * Peak to trough is taken breath by breath, of at least three beats each.
 * Power, coherence and phase are of the sine at the paced frequency that fits
 * the beats best (least squares, as beats are not evenly spaced).
 */
void resonance_measure(const struct resonance_take *t,
                       struct resonance_probe *ret);

/** resonance_valid() - artifacts at most 5 %, adherence 0.8 or more, at least
    @breaths whole breaths. */
bool resonance_valid(const struct resonance_probe *p, size_t breaths);

struct resonance_result {
	size_t best; /**< index */
	double per_min;
	/**
	 * The best, and what cannot be told from the widest swing: rates whose
	 * swing is less by no more than 10 %, or than 2.5 standard errors of
	 * the difference; and beside them those that were not measured well.
	 * Half the distance between two rates farther to both sides, as
	 * nothing was tried in between; NAN: no end, as nothing slower, or
	 * faster, was tried. Of simulated persons it held the true rate 95
	 * times in 100 (tests/test_find.c).
	 */
	double low_per_min, high_per_min;
	bool clear; /**< that leaves out some rate that was measured */
};

/**
 * resonance_choose() - the best of the valid ones
 * @p: rates RESONANCE_APART apart, in any order
 *
 * score = z(rsa) + z(power) + 0.5 z(coherence) - 0.5 z(|phase|); within 10 % of
 * the best's swing the faster rate wins.
 *
 * Return: 0; -ENODATA with fewer than two valid ones.
 */
int resonance_choose(struct resonance_probe *p, size_t n,
                     struct resonance_result *ret);

#endif
