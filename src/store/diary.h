/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_STORE_DIARY_H
#define LULL_STORE_DIARY_H

#include "diary/day.h"
#include "store/store.h"

/**
 * The headache diary in the store. A day is written and read whole; a field
 * that this program does not know (a newer one wrote it) stays as it is.
 */

/**
 * store_diary_put() - write a day, new or changed
 * @now_s: Unix time. A day that is there keeps the time of its first entry.
 *
 * Return: 0 or negative errno, and then the store is as it was.
 */
int store_diary_put(struct store *s, const struct diary_day *day,
                    int64_t now_s);

/** store_diary_get() - Return: 0; -ENOENT, @ret untouched; or errno. */
int store_diary_get(struct store *s, int32_t date, struct diary_day *ret);

/** store_diary_remove() - Return: 0, -ENOENT, or negative errno. */
int store_diary_remove(struct store *s, int32_t date);

/** store_diary_days() - each day with an entry from @from to @to, both with
    them, in order. Return: 0, negative errno, or what @each returned non-zero
    to stop. */
int store_diary_days(struct store *s, int32_t from, int32_t to,
                     int (*each)(void *data, const struct diary_day *day),
                     void *data);

/**
 * store_diary_batch() - many days at once: all of them, or none
 *
 * store_diary_put() and _get() in between are one change of the store, which
 * no other program sees before its end. Return: 0 or negative errno.
 */
int store_diary_batch(struct store *s);
/** store_diary_batch_end() - @keep: else all is taken back. */
int store_diary_batch_end(struct store *s, bool keep);

#endif
