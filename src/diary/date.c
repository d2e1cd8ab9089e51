/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "diary/date.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define UNIX_JULIAN 2440588 /* the Julian day number of 1970-01-01 */

/* A month before March belongs to the year before. */
int date_of(int year, int month, int day, int32_t *ret)
{
	static const int lengths[] = {31, 28, 31, 30, 31, 30,
	                              31, 31, 30, 31, 30, 31};
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	int before_march, y, m;

	if (year < 1900 || year > 9999 || month < 1 || month > 12 || day < 1 ||
	    day > lengths[month - 1] + (leap && month == 2))
		return -EINVAL;
	before_march = (14 - month) / 12;
	y = year + 4800 - before_march;
	m = month + 12 * before_march - 3;
	*ret = day + (153 * m + 2) / 5 + 365 * y + y / 4 - y / 100 + y / 400 -
	       32045 - UNIX_JULIAN;
	return 0;
}

/* Source: as date_of(), the other way. */
static void split(int32_t date, int *year, int *month, int *day)
{
	int f = date + UNIX_JULIAN + 1401 +
	        (4 * (date + UNIX_JULIAN) + 274277) / 146097 * 3 / 4 - 38;
	int e = 4 * f + 3;
	int h = 5 * (e % 1461 / 4) + 2;

	*day = h % 153 / 5 + 1;
	*month = (h / 153 + 2) % 12 + 1;
	*year = e / 1461 - 4716 + (14 - *month) / 12;
}

const char *date_text(int32_t date, char ret[DATE_TEXT])
{
	int year, month, day;

	split(date < DATE_FIRST  ? DATE_FIRST
	      : date > DATE_LAST ? DATE_LAST
	                         : date,
	      &year, &month, &day);
	/* masks that change nothing tell the compiler how long it can be */
	snprintf(ret, DATE_TEXT, "%04u-%02u-%02u", (unsigned)year % 10000,
	         (unsigned)month % 100, (unsigned)day % 100);
	return ret;
}

static bool digits(const char *text, size_t n, int *ret)
{
	*ret = 0;
	for (size_t i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		*ret = *ret * 10 + text[i] - '0';
	}
	return true;
}

static bool parse_whole(const char *text, int32_t *ret)
{
	int year, month, day;

	return strlen(text) == 10 && digits(text, 4, &year) && text[4] == '-' &&
	       digits(text + 5, 2, &month) && text[7] == '-' &&
	       digits(text + 8, 2, &day) && date_of(year, month, day, ret) == 0;
}

static bool parse_ago(const char *text, int32_t today, int32_t *ret)
{
	int days;

	if (text[0] != '-' || !text[1] || strlen(text) > 5 ||
	    !digits(text + 1, strlen(text) - 1, &days))
		return false;
	*ret = today - days;
	return *ret >= DATE_FIRST;
}

int date_parse(const char *text, int32_t today, int32_t *ret,
               struct error *error)
{
	int32_t date;

	if (strcmp(text, "today") == 0)
		date = today;
	else if (strcmp(text, "yesterday") == 0)
		date = today - 1;
	else if (!parse_whole(text, &date) && !parse_ago(text, today, &date)) {
		error_set(error,
		          "%.40s: expected a day of the calendar, as "
		          "2026-11-22, today, yesterday, or -3 for three days "
		          "ago",
		          text);
		return -EINVAL;
	}
	if (date > today) {
		error_set(error,
		          "%.40s: that day is yet to come: a diary holds what "
		          "was",
		          text);
		return -EINVAL;
	}
	*ret = date;
	return 0;
}
