/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_REPORT_HEADACHES_H
#define LULL_REPORT_HEADACHES_H

#include <stdbool.h>
#include <stdint.h>

#include "diary/headache.h"
#include "diary/window.h"

/**
 * What the diary comes to: its windows of 28 days, and the days before the
 * first session against those since. Pure.
 */

/** Days of a span that are compared: what was long before has little to do
    with now. */
#define HEADACHES_SPAN 364

/** One day as it is drawn. */
struct headaches_day {
	enum headache_day mark;
	uint8_t worst; /**< 0 to 10; HEADACHES_UNSAID */
	bool rated;    /**< how bad it was is said */
	bool moderate, migraine;
	bool medicine; /**< of a class that is counted */
};
#define HEADACHES_UNSAID 255

/** Windows of which medicines are told by name, and names at most: the first
    so many that appear. */
#define HEADACHES_RECENT    3
#define HEADACHES_MEDICINES 24

/** A medicine by the name that the person gave it, its case aside. */
struct headaches_medicine {
	char name[DIARY_NAME];
	enum diary_class class;
	unsigned days[HEADACHES_RECENT]; /**< of the last windows */
	int32_t last;                    /**< day that was counted */
};

/** The last sum of a form; `date` before DATE_FIRST: none. */
struct headaches_score {
	int32_t date;
	int value;
};

struct headaches {
	int32_t to;                   /**< the last day that counts */
	int32_t first_day;            /**< of the diary; DATE_LAST: none */
	size_t n_windows;             /**< they end at @to */
	struct diary_window *windows; /**< the newest first */
	struct headaches_day *days;   /**< of those, the oldest first */
	struct headaches_medicine medicines[HEADACHES_MEDICINES];
	size_t n_medicines; /**< most days first, once compared */
	bool medicine_kept; /**< some day has one: days without have none */
	struct headaches_score hit6, midas;
	int32_t first;            /**< session; after @to: none */
	enum headache_day *marks; /**< from HEADACHES_SPAN before it on */
	int32_t before_from, after_from; /**< the spans that compare */
	size_t n_before, n_after;
	struct headache_change change; /**< only with a first session */
	double permutation;            /**< NAN: not compared */
};

/**
 * headaches_begin() - nothing counted yet; headaches_finish() it, also on
 * failure
 * @first: day of the first session; after @to: there is none
 * @n_windows: at least 1
 * Return: 0 or -ENOMEM.
 */
int headaches_begin(struct headaches *h, int32_t to, int32_t first,
                    size_t n_windows);
void headaches_finish(struct headaches *h);

/** headaches_add() - a store_diary_days() function, of all days up to @to;
    @data: the headaches. */
int headaches_add(void *data, const struct diary_day *day);

/**
 * headaches_hit6_words(), headaches_midas_words() - what a sum is called
 * Source: HIT-6: little to 49, some to 55, substantial to 59, then severe.
 * MIDAS: grade I to 5, II to 10, III to 20, then IV.
 */
const char *headaches_hit6_words(int sum);
const char *headaches_midas_words(int days);

/** headaches_compare() - once all days are in; ranks the medicines too. */
void headaches_compare(struct headaches *h);

#endif
