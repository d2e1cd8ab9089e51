/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DIARY_MEDICINE_H
#define LULL_DIARY_MEDICINE_H

#include <stdbool.h>
#include <stddef.h>

#include "diary/day.h"

/**
 * Days with acute medicine: a notice, no diagnosis. Days count, not doses.
 *
 * Triptans, ergots, opioids, combinations and a mixture of classes are overused
 * from 10 days a month on, simple analgesics alone from 15. Source: ICHD-3 8.2;
 * the notice comes at 8 and 12 of 28 days, while there is time to talk about
 * it.
 */
#define MEDICINE_NOTICE_TEN     8
#define MEDICINE_NOTICE_FIFTEEN 12

struct medicine_days {
	unsigned of[DIARY_CLASSES]; /**< days with one of this class */
	unsigned any;               /**< days with one of a counted class */
	unsigned
		from_ten; /**< days with one that counts from 10 on by itself */
};

/** medicine_add() - count one more day; of each date one. Begin with zeroes. */
void medicine_add(struct medicine_days *m, const struct diary_day *day);

/** medicine_notice() - do 28 days hold so many that it is worth a talk? */
bool medicine_notice(const struct medicine_days *m);

/** medicine_class_of() - by its name; DIARY_COMBINATION where it names two of
    different classes; DIARY_OTHER where it is not known. */
enum diary_class medicine_class_of(const char *name);

#endif
