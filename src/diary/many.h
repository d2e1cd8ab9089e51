/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DIARY_MANY_H
#define LULL_DIARY_MANY_H

#include "diary/day.h"

/**
 * Many days in little memory: each takes no more than what was said of it.
 * Pure but for the memory.
 */
struct many;

/** many_create() - for days up to @last. Return: 0 or -ENOMEM. */
int many_create(struct many **ret, int32_t last);
/** many_destroy() - takes NULL. Return: NULL. */
struct many *many_destroy(struct many *m);

/** many_get() - Return: whether that day is there. */
bool many_get(const struct many *m, int32_t date, struct diary_day *ret);

/** many_put() - in the place of one of that date, which must not be after the
    last. Return: 0 or -ENOMEM, and then it is as it was. */
int many_put(struct many *m, const struct diary_day *day);

/** many_bytes() - that all of them take. */
size_t many_bytes(const struct many *m);

/** many_drain() - hand out each day in order, and forget it. Return: 0, or what
    @each returned non-zero to stop. */
int many_drain(struct many *m,
               int (*each)(void *data, const struct diary_day *day),
               void *data);

#endif
