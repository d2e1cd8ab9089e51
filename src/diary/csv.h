/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DIARY_CSV_H
#define LULL_DIARY_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "diary/day.h"

/**
 * The diary as CSV (RFC 4180, with libcsv): ours, out and in again the same;
 * and that of others, in by the names of their columns.
 *
 * Read: commas or semicolons; UTF-8 with or without a byte order mark, else
 * Windows-1252; of any length, in bounded memory. The heads known by
 * themselves are ours, Migraine Buddy's (its attacks, behind whatever stands
 * before them), and common names of a plain table.
 */

/** A cell is no longer. */
#define DIARY_CSV_CELL_MAX    65536
#define DIARY_CSV_COLUMNS_MAX 128

/** How `3/4/2026` is meant; a year in front is always understood. */
enum diary_csv_dates { DIARY_CSV_YMD, DIARY_CSV_DMY, DIARY_CSV_MDY };

/** What the person says of a file. */
struct diary_csv_map {
	const char *const *words; /**< `worst=Pain`, `date=Day`, `dates=dmy` */
	size_t n;
};

/**
 * diary_csv_read() - read a whole file
 * @file: at its beginning
 * @map: comes before what is known by itself
 * @today: a day after it is refused
 * @now_s: Unix time of entry, where the file tells none
 * @each: takes one row as a day, that holds together by itself; several rows
 *        may be of one day. Returns non-zero to stop.
 * @ret_unused: names of the columns that hold nothing we know, comma
 *        separated, cut off where they do not fit
 * @error: filled on failure: the line, and what was expected
 *
 * Return: 0; -EBADMSG; -EINVAL for a mapping that makes no sense; -ENOMEM;
 * -EIO; or what @each returned.
 */
int diary_csv_read(FILE *file, const struct diary_csv_map *map, int32_t today,
                   int64_t now_s,
                   int (*each)(void *data, const struct diary_day *day),
                   void *data, char *ret_unused, size_t len,
                   struct error *error);

/** diary_csv_write_head() - Return: 0 or -EIO. */
int diary_csv_write_head(FILE *file);
/** diary_csv_write_day() - Return: 0 or -EIO. */
int diary_csv_write_day(FILE *file, const struct diary_day *day);

/**
 * diary_csv_merge() - two rows of one day: several attacks
 *
 * @into keeps what it says; what it does not say is taken from @row; the
 * worst pain is the larger one, hours add up to at most 24, medicines and
 * notes follow each other as far as there is room.
 */
void diary_csv_merge(struct diary_day *into, const struct diary_day *row);

#endif
