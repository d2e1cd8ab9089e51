/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/words.h"

#include <math.h>
#include <stdio.h>

#include "diary/date.h"

static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

static void split(int32_t date, int *ret_year, int *ret_month, int *ret_day)
{
	char text[DATE_TEXT];

	*ret_year = *ret_month = *ret_day = 1;
	(void)sscanf(date_text(date, text), "%4d-%2d-%2d", ret_year, ret_month,
	             ret_day);
}

const char *words_date(int32_t date, char ret[WORDS_DATE])
{
	int year, month, day;

	split(date, &year, &month, &day);
	snprintf(ret, WORDS_DATE, "%d %s %d", day, months[month - 1], year);
	return ret;
}

bool words_month(int32_t date, char ret[WORDS_DATE])
{
	int year, month, day;

	split(date, &year, &month, &day);
	if (day != 1)
		return false;
	if (month == 1)
		snprintf(ret, WORDS_DATE, "%d", year);
	else
		snprintf(ret, WORDS_DATE, "%s", months[month - 1]);
	return true;
}

const char *words_figure(double value, int decimals, bool change,
                         char ret[WORDS_FIGURE])
{
	double power = pow(10, decimals);
	double rounded = round(value * power) / power;

	if (!isfinite(value))
		snprintf(ret, WORDS_FIGURE, "\xe2\x80\x93");
	else
		snprintf(ret, WORDS_FIGURE, "%s%.*f",
		         rounded < 0             ? "\xe2\x88\x92"
		         : rounded > 0 && change ? "+"
		                                 : "",
		         decimals, fabs(rounded));
	return ret;
}

const char *words_count(struct diary_count count, const char *dash,
                        char ret[WORDS_FIGURE])
{
	if (isnan(count.days))
		snprintf(ret, WORDS_FIGURE, "%s", dash);
	else if (count.of < count.in)
		snprintf(ret, WORDS_FIGURE, "%.0f of %u", count.days, count.of);
	else
		snprintf(ret, WORDS_FIGURE, "%.0f", count.days);
	return ret;
}
