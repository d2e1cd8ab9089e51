/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_REPORT_WORDS_H
#define LULL_REPORT_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "diary/window.h"

/** Dates and figures as a page has them, in UTF-8. Pure. */

/** Bytes of `22 Nov 2026` with its end. */
#define WORDS_DATE 16

/** words_date() - `22 Nov 2026`. Return: @ret. */
const char *words_date(int32_t date, char ret[WORDS_DATE]);

/** words_month() - the name of the month that begins on @date, in January its
    year. Return: whether one does. */
bool words_month(int32_t date, char ret[WORDS_DATE]);

#define WORDS_FIGURE 32

/** words_figure() - with a true minus; `+` before what is more than 0 if
    @change; a dash for a NAN. Return: @ret. */
const char *words_figure(double value, int decimals, bool change,
                         char ret[WORDS_FIGURE]);

/** words_count() - `3`; `3 of 5` where it was said on 5 days only; a dash where
    on none. @dash: what stands for it. Return: @ret. */
const char *words_count(struct diary_count count, const char *dash,
                        char ret[WORDS_FIGURE]);

#endif
