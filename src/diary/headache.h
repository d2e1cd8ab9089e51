/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DIARY_HEADACHE_H
#define LULL_DIARY_HEADACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * Headache days before and after, told with how little they prove.
 *
 * A day that was not entered is not a day without headache: it counts nowhere.
 * Headache days come in runs, so that the plain binomial interval is too
 * narrow; it is widened by a dispersion that is estimated from whole weeks.
 * Pure; no clock.
 */

/** One calendar day. */
enum headache_day {
	HEADACHE_BLANK, /**< nothing was entered */
	HEADACHE_FREE,
	HEADACHE_ACHE,
};

/** The days of a window: always 28, so that windows compare. */
#define HEADACHE_WINDOW 28

/** Share of days with an entry, below which two spans are not compared. */
#define HEADACHE_COMPLETE 0.8

/** Days on each side from which "no clear change" may be said; with less an
    interval that holds 0 says only that it is too early. */
#define HEADACHE_SETTLED_DAYS 84

struct headache_span {
	size_t days, entered, aches;
	double per_28; /**< headache days in 28; NAN: nothing was entered */
};

enum headache_verdict {
	HEADACHE_NO_BASELINE, /**< under 28 days before */
	HEADACHE_INCOMPLETE,  /**< under 80 % of a span was entered */
	HEADACHE_TOO_EARLY,   /**< the interval holds 0, and the spans are short
	                       */
	HEADACHE_UNCLEAR,     /**< the interval holds 0 */
	HEADACHE_FEWER,       /**< the interval lies below 0 */
	HEADACHE_MORE,
};

struct headache_change {
	struct headache_span before, after;
	enum headache_verdict verdict;
	/* the rest is NAN or false where the verdict is one of the first two */
	double per_28;     /**< after - before */
	double low, high;  /**< its 95 % interval */
	double dispersion; /**< used for it */
	bool response;     /**< at least halved: a response in trials */
};

/** headache_count() - @n days, in order */
void headache_count(const enum headache_day *days, size_t n,
                    struct headache_span *ret);

/**
 * headache_compare() - did anything change?
 * @before, @after: days in order; each span's weeks count from its first day
 *
 * The interval: difference of the daily shares p, times 28; variance
 * phi p (1 - p) / n of each, with one headache day and one free day added to
 * each span for it alone (after Agresti and Caffo 2000), so that a span without
 * any headache is no certainty; Student's t. phi is Pearson's chi-squared of
 * the weekly counts over its degrees of freedom (McCullagh and Nelder
 * 1989, 4.5), joined with 6 degrees of freedom at 1.5, and at least 1.
 */
void headache_compare(const enum headache_day *before, size_t n_before,
                      const enum headache_day *after, size_t n_after,
                      struct headache_change *ret);

/**
 * headache_permutation() - a check of the interval that assumes less
 * @before, @after: days in order, at least a week each
 * @seed: for dealing where there are too many ways to try them all
 *
 * Return: the share, of the ways to deal the whole weeks out to the two spans,
 * whose shares of headache days differ as much as they did, or more; NAN where
 * a span has no entry. Of more than ten years the last ones count.
 * Source: Good 2005, Permutation, Parametric and Bootstrap Tests, ch. 3.
 */
double headache_permutation(const enum headache_day *before, size_t n_before,
                            const enum headache_day *after, size_t n_after,
                            uint64_t seed);

/** headache_words() - the verdict, one plain sentence, static. */
const char *headache_words(enum headache_verdict verdict);

/** What must stand under every comparison, static. */
const char *headache_caution(void);

#endif
