/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/date.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void write_date(const struct tm *tm, int offset_min, char *ret,
                       size_t len)
{
	char day[32];

	strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", tm);
	snprintf(ret, len, "%s%c%02d:%02d", day, offset_min < 0 ? '-' : '+',
	         abs(offset_min) / 60, abs(offset_min) % 60);
}

void date_now(char *ret, size_t len)
{
	date_local(time(NULL), ret, len);
}

void date_local(int64_t s, char *ret, size_t len)
{
	time_t t = (time_t)s;
	struct tm tm;

	localtime_r(&t, &tm);
	write_date(&tm, (int)(tm.tm_gmtoff / 60), ret, len);
}

void date_offset(int64_t s, int offset_min, char *ret, size_t len)
{
	time_t t = (time_t)(s + offset_min * 60);
	struct tm tm;

	gmtime_r(&t, &tm);
	write_date(&tm, offset_min, ret, len);
}

static bool has_form(const char *text)
{
	static const char form[] = "dddd-dd-ddTdd:dd:dd+dd:dd";

	if (strlen(text) != sizeof(form) - 1)
		return false;
	for (size_t i = 0; form[i]; i++) {
		bool digit = text[i] >= '0' && text[i] <= '9';
		bool sign = form[i] == '+' && text[i] == '-';

		if (form[i] == 'd' ? !digit : text[i] != form[i] && !sign)
			return false;
	}
	return true;
}

int date_read(const char *text, int64_t *ret_s)
{
	struct tm tm = {0}, given;
	int hours = 0, minutes = 0;
	int64_t offset_s;
	time_t t;

	if (!has_form(text) ||
	    sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d", &tm.tm_year, &tm.tm_mon,
	           &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec) != 6 ||
	    sscanf(text + 20, "%2d:%2d", &hours, &minutes) != 2)
		return -EINVAL;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	given = tm;
	/* it mends what is not there, and so tells it */
	t = timegm(&tm);
	if (tm.tm_mon != given.tm_mon || tm.tm_mday != given.tm_mday ||
	    tm.tm_hour != given.tm_hour || tm.tm_min != given.tm_min ||
	    tm.tm_sec != given.tm_sec || minutes > 59 ||
	    hours * 60 + minutes > 14 * 60)
		return -EINVAL;
	offset_s = (hours * 60 + minutes) * 60;
	*ret_s = t - (text[19] == '-' ? -offset_s : offset_s);
	return 0;
}
