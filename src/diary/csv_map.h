/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DIARY_CSV_MAP_H
#define LULL_DIARY_CSV_MAP_H

#include "diary/csv.h"

/** What a column of a CSV file holds. Inside src/diary only. */
enum csv_holds {
	CSV_NOTHING,
	CSV_DATE,
	CSV_ENTERED,
	CSV_FIELD,
	CSV_MEDICINES, /**< ours: with ` | ` between */
	CSV_NOTE,
	CSV_STARTED,  /**< Migraine Buddy: 11/16/24 14:12 */
	CSV_LASTED,   /**< 1d 02h 15m */
	CSV_HELPFUL,  /**< names with commas between */
	CSV_SOMEWHAT, /**< likewise; whether it worked is not said */
	CSV_UNHELPFUL,
	CSV_SYMPTOMS,
	CSV_TRIGGERS,
};

struct csv_column {
	enum csv_holds holds;
	enum diary_field field; /**< of CSV_FIELD */
};

/** csv_map_known() - by the name of the column, its case aside */
struct csv_column csv_map_known(const char *name);

/** csv_map_key() - by our own word for it. Return: whether it is one. */
bool csv_map_key(const char *key, size_t len, struct csv_column *ret);

/** csv_map_take() - one cell into a day. Return: 0 or -EINVAL with @error. */
int csv_map_take(struct diary_day *day, struct csv_column column,
                 const char *cell, enum diary_csv_dates dates, int32_t today,
                 struct error *error);

#endif
