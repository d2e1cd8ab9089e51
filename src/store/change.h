/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_STORE_CHANGE_H
#define LULL_STORE_CHANGE_H

#include <stdbool.h>
#include <stddef.h>

#include "store/store.h"

/**
 * How the heart at rest changed over one session, against the noise of one
 * person: within the band there is no clear change. Pure, but for
 * change_band_before().
 */

/** By the clock on the wall; each six hours but the night's five. */
enum change_part {
	CHANGE_NIGHT,
	CHANGE_MORNING,
	CHANGE_AFTERNOON,
	CHANGE_EVENING
};

/** change_when() - the local day and part of @start, as a session has it.
    Return: false if it is none. */
bool change_when(const char *start, int32_t *ret_date, enum change_part *ret);

/* The band until there are CHANGE_LEAST sessions to take it from, and never
 * a narrower one: a minute at rest tells no more. Source: reference/content.md,
 * D.4. */
#define CHANGE_HR_BPM    2.0
#define CHANGE_RMSSD_PCT 20.0
#define CHANGE_LEAST     5
/** The baselines that count: the last so many. */
#define CHANGE_NORMS 10

/** The last baselines of sessions that compare. Begins as zeroes. */
struct change_norms {
	unsigned n; /**< so far */
	double hr_bpm[CHANGE_NORMS], ln_rmssd[CHANGE_NORMS];
};

/** change_norm() - one more, in the order of time or against it throughout;
    one without a heart at rest before it is passed over. */
void change_norm(struct change_norms *n, const struct store_session *row);

struct change_band {
	double hr_bpm;    /**< to either side */
	double rmssd_pct; /**< likewise */
	unsigned of;      /**< baselines it was taken from; 0: the usual one */
};

/**
 * change_band_of() - the typical error of a repeated baseline
 *
 * The standard deviation of successive differences, over the root of two:
 * slow drifts do not widen it. RMSSD likewise, by its logarithm.
 * Source: Hopkins 2000, Measures of reliability in sports medicine.
 */
void change_band_of(const struct change_norms *n, struct change_band *ret);

/**
 * change_band_before() - the band that goes for a session: of the baselines
 * before its own, of the same routine at the same time of the day, with the
 * same before it
 * @row: its `start`, `routine`, `simulated`, `attack`, `before` and `id` count
 * @from_s: Unix time that the person's memory begins
 * Return: 0; negative errno, with store_message().
 */
int change_band_before(struct store *s, const struct store_session *row,
                       int64_t from_s, struct change_band *ret);

/** NAN: not had before, or not after. */
struct change {
	double hr_slower_bpm;       /**< before minus after */
	double rmssd_pct;           /**< 100 (after / before - 1) */
	bool hr_clear, rmssd_clear; /**< outside the band */
	struct change_band band;
};

void change_of(const struct store_session *row, const struct change_band *band,
               struct change *ret);

/** change_hr_words(), change_rmssd_words() - the change in words; "" if NAN. */
void change_hr_words(const struct change *c, char *ret, size_t len);
void change_rmssd_words(const struct change *c, char *ret, size_t len);

#endif
