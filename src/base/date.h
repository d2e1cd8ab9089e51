/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_BASE_DATE_H
#define LULL_BASE_DATE_H

#include <stddef.h>

/** date_now() - now by the wall clock, as 2026-11-22T21:05:00+01:00
    @len: at least 26 */
void date_now(char *ret, size_t len);

#endif
