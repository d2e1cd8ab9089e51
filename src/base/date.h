/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_BASE_DATE_H
#define LULL_BASE_DATE_H

#include <stddef.h>
#include <stdint.h>

/** date_now() - now by the wall clock, as 2026-11-22T21:05:00+01:00
    @len: at least 26 */
void date_now(char *ret, size_t len);

/** date_local() - a Unix time likewise, in this machine's zone. */
void date_local(int64_t s, char *ret, size_t len);
/** date_offset() - likewise, in a zone that is @offset_min ahead of UTC. */
void date_offset(int64_t s, int offset_min, char *ret, size_t len);

/**
 * date_read() - such a text as Unix time
 *
 * Return: 0; -EINVAL where it has another form, or says what no calendar,
 * clock or zone has: 31 February, 25:61, +15:00.
 */
int date_read(const char *text, int64_t *ret_s);

#endif
