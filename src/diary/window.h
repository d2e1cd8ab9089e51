/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DIARY_WINDOW_H
#define LULL_DIARY_WINDOW_H

#include "diary/day.h"
#include "diary/medicine.h"

/**
 * What 28 days of the diary come to. Always 28, so that windows compare with
 * each other, and months do not. Pure.
 */
struct diary_window {
	int32_t from;       /**< its first day */
	unsigned entered;   /**< days of which a headache was said, or none */
	unsigned aches;     /**< headache days */
	unsigned rated;     /**< of those, with how bad it was */
	unsigned moderate;  /**< of those, moderate or worse */
	unsigned described; /**< headache days that can be told by their kind */
	unsigned migraine;  /**< of those, as diary_is_migraine() has it */
	struct medicine_days medicine;
	double worst_sum; /**< over those of @n_worst */
	unsigned n_worst;
	unsigned n_lost; /**< days that say how many hours were lost, or none */
	double hours_lost; /**< of work and at home */
};

/** From this worst pain of 10 on it is moderate: the usual cut of the scale
    into 1 to 3, 4 to 6, 7 to 10. */
#define DIARY_MODERATE 4

/** diary_window_begin() - none of its days yet. */
void diary_window_begin(struct diary_window *w, int32_t from);

/** diary_window_add() - one of its days; each date at most once. */
void diary_window_add(struct diary_window *w, const struct diary_day *day);

/** diary_window_worst() - mean worst pain of its headache days; NAN: none. */
double diary_window_worst(const struct diary_window *w);

/** A count of days, of those that say what is counted. */
struct diary_count {
	double days;     /**< NAN: none of them says it */
	unsigned of, in; /**< it is said on so many, of so many */
};

/** diary_window_aches() - of the days that were entered. */
struct diary_count diary_window_aches(const struct diary_window *w);
/** diary_window_moderate() - of the headache days with how bad it was. */
struct diary_count diary_window_moderate(const struct diary_window *w);
/** diary_window_migraine() - of the headache days that say of what kind. */
struct diary_count diary_window_migraine(const struct diary_window *w);
/** diary_window_medicine() - @kept: the person writes medicine down, so that
    a day without is one without. */
struct diary_count diary_window_medicine(const struct diary_window *w,
                                         bool kept);
/** diary_window_lost() - hours of work and at home; NAN: never said. */
double diary_window_lost(const struct diary_window *w);

/** diary_window_complete() - share of its days that were entered. */
double diary_window_complete(const struct diary_window *w);

/**
 * diary_is_migraine() - is this headache day counted as one of migraine?
 *
 * A headache of 4 hours or more, or of any length if a triptan was taken,
 * with the features of migraine; or one with an aura. The features: two of
 * one-sided, throbbing, moderate or worse, worse with activity; and nausea,
 * vomiting, or both light and sound hard to bear.
 * Source: ICHD-3 1.1 and 1.2. Guidelines for trials agree on no single
 * definition: a report says this one.
 */
bool diary_is_migraine(const struct diary_day *day);

#endif
