/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DIARY_TRIAL_H
#define LULL_DIARY_TRIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "diary/day.h"

/**
 * A person's own trial: blocks of whole weeks, in pairs, one of each kind in
 * a pair, in an order drawn by lot; and what the diary says of the two kinds.
 *
 * The lot is what makes it worth more than before and after: whatever else
 * changes with time speaks for neither kind. Blocks are calendar days, so no
 * time zone comes into it. Pure; today is a parameter.
 * Source: reference/content.md F.2, "Optional self-experiment".
 */

/** Weeks of a block: whole ones, so that each has the same days of the week;
    F.2 has four. */
#define TRIAL_WEEKS     4
#define TRIAL_WEEKS_MAX 8

/** Of n pairs the most extreme order and its mirror are 2 of 2^n: six is the
    fewest of which chance gives such a thing once in 20 at most. F.2 asks for
    three, which could not exclude anything. */
#define TRIAL_PAIRS_LEAST 6
#define TRIAL_PAIRS_MAX   12
#define TRIAL_BLOCKS_MAX  (2 * TRIAL_PAIRS_MAX)

/** Not ended by the person. */
#define TRIAL_OPEN INT32_MAX

enum trial_arm { TRIAL_FIRST, TRIAL_SECOND, TRIAL_ARMS };

struct trial {
	int64_t id; /**< the store's; 0: none */
	uint64_t seed;
	int32_t start; /**< its first day (diary/date.h) */
	int32_t ended; /**< the day on which the person ended it; TRIAL_OPEN */
	unsigned weeks, pairs;
	/** What is practised: a routine's id; "": in the first arm anything, in
	    the second nothing. */
	char arms[TRIAL_ARMS][48];
};

/** trial_is_sound() - are its weeks, pairs and dates within bounds? */
bool trial_is_sound(const struct trial *t);

/** trial_after() - the first day behind its last block, as planned. */
int32_t trial_after(const struct trial *t);

/** trial_runs() - begun or about to, and neither over nor ended. */
bool trial_runs(const struct trial *t, int32_t today);

struct trial_block {
	unsigned n; /**< from 0; its pair is n / 2 */
	enum trial_arm arm;
	int32_t from, to;        /**< both with it */
	unsigned entered, aches; /**< days; see trial_add() */
};

/** trial_block() - the @n-th, nothing entered yet. Of each pair the order is a
    fair lot of its own. */
struct trial_block trial_block(const struct trial *t, unsigned n);

/** trial_block_on() - in which @date lies. Return: false before the first, past
    the last, and from the day on which it was ended. */
bool trial_block_on(const struct trial *t, int32_t date,
                    struct trial_block *ret);

/** trial_counts() - were enough of its days entered (HEADACHE_COMPLETE)? */
bool trial_counts(const struct trial_block *b);

/* --- what it comes to ---- */

struct trial_tally {
	struct trial trial;
	struct trial_block blocks[TRIAL_BLOCKS_MAX];
};

/** trial_tally() - begins with nothing entered. */
void trial_tally(struct trial_tally *ret, const struct trial *t);

/** trial_add() - a day of the diary, as store_diary_days() hands it on; each
    date at most once. A day that says nothing of headache counts nowhere.
    @data: struct trial_tally. Return: 0. */
int trial_add(void *data, const struct diary_day *day);

enum trial_verdict {
	TRIAL_WAITS,   /**< not all blocks are over: nothing is compared yet */
	TRIAL_FEW,     /**< over, with less than six pairs that count */
	TRIAL_UNCLEAR, /**< the interval holds 0 */
	TRIAL_FEWER,   /**< fewer headache days in the first arm */
	TRIAL_MORE,
};

struct trial_result {
	enum trial_verdict verdict;
	unsigned coming;  /**< pairs that are not over yet */
	unsigned counted; /**< pairs of which both blocks count */
	/* in 28 days; NAN where the verdict is one of the first two */
	double arms[TRIAL_ARMS]; /**< headache days */
	double per_28;           /**< mean over pairs of first - second */
	double low, high;        /**< its interval, 95 % or a little more */
	double chance; /**< share of the orders that could have been drawn,
	                  whose difference is as large, if nothing mattered */
};

/**
 * trial_judge() - what the pairs say, once all are over
 *
 * Not before: who looks again and again finds a difference sooner or later. A
 * pair is the difference of its blocks' shares of headache days, times 28. The
 * interval inverts the exact test over all 2^n orders of n pairs: its ends are
 * the k-th smallest and largest of the means of all subsets of the pairs, k
 * being the largest with 2 k / 2^n <= 0.05. It excludes 0 exactly where
 * @chance is at most 0.05, and assumes no distribution.
 * Source: Hartigan 1969, Using subsample values as typical values; Edgington
 * and Onghena 2007, Randomization Tests, ch. 3 and 11.
 */
void trial_judge(const struct trial_tally *t, int32_t today,
                 struct trial_result *ret);

/* --- words ---- */

/** Bytes of a sentence. */
#define TRIAL_TEXT 256

/** trial_arm_words() - `practise`, `do not practise`, or a routine's id; in
    @ret. Return: @ret. */
const char *trial_arm_words(const struct trial *t, enum trial_arm arm,
                            char ret[TRIAL_TEXT]);

/** trial_words() - the verdict, one plain sentence. Return: @ret. */
const char *trial_words(const struct trial *t, const struct trial_result *r,
                        char ret[TRIAL_TEXT]);

/** trial_day_words() - what @today is, one line; "" where no trial runs. */
const char *trial_day_words(const struct trial *t, int32_t today,
                            char ret[TRIAL_TEXT]);

/** trial_safety() - what must stand where one begins, static. */
const char *trial_safety(void);
/** trial_caution() - what must stand under a result, static. */
const char *trial_caution(void);

#endif
