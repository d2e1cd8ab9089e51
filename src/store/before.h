/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_STORE_BEFORE_H
#define LULL_STORE_BEFORE_H

#include <stdbool.h>
#include <stddef.h>

#include "store/store.h"

/**
 * What was before a session and moves a heart by itself, so that like is
 * compared with like. Said by the person, after the session; the coach never
 * sees it. A set is an int of the bits below, or BEFORE_NOT_SAID.
 * Source: reference/content.md, D.4, confounders. Posture and hour are the
 * routine's and the start's; sleep and menses are the diary's. Pure, but for
 * store_before_put().
 */
enum before {
	BEFORE_CAFFEINE = 1, /**< these four within two hours */
	BEFORE_NICOTINE = 2,
	BEFORE_MEAL = 4,
	BEFORE_EXERCISE = 8,
	BEFORE_ALCOHOL = 16,  /**< within a day */
	BEFORE_MEDICINE = 32, /**< that changes the heart rate */
};
#define BEFORE_ALL      63
#define BEFORE_NOT_SAID (-1)
#define BEFORE_TEXT     96

/** before_add() - one word into a set: a name, its first letter (h for the
    medicine: heart), or none. Return: 0, or -EINVAL with @set as it was. */
int before_add(int *set, const char *word);

/** before_read() - words parted by blanks or commas; of none of them nothing
    is said. Return: 0; -EINVAL with @ret untouched, also where `none` stands
    beside another. */
int before_read(const char *text, int *ret);

/** before_text() - `caffeine,meal`; `none`; "" where it was not said. */
const char *before_text(int set, char ret[BEFORE_TEXT]);

/** before_words() - `caffeine and a meal`; "" for none of it. */
const char *before_words(int set, char ret[BEFORE_TEXT]);

/** before_alike() - of what was not said there was nothing. An attack
    compares with attacks. */
bool before_alike(const struct store_session *a, const struct store_session *b);

/** store_before_put() - of a session that is there, over what was said.
    Return: 0; -ENOENT; or negative errno. */
int store_before_put(struct store *s, int64_t id, int set);

#endif
