/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/rr_start.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TEXT_MAX 48
/* What counts ms is of some year from 1973 on: else it counts something else,
   or from elsewhere. */
#define MS_MIN         INT64_C(100000000000)
#define MS_MAX         INT64_C(10000000000000)

#define OFFSET_MAX_MIN (14 * 60)

/* @form: d for a digit, T for what parts day and time. Return: is it there? */
static bool has_form(const char *text, const char *form)
{
	for (; *form; form++, text++) {
		bool digit = *text >= '0' && *text <= '9';

		if (*form == 'd'   ? !digit
		    : *form == 'T' ? *text != 'T' && *text != ' '
		                   : *text != *form)
			return false;
	}
	return true;
}

static int number(const char *at, int digits)
{
	int value = 0;

	for (int i = 0; i < digits; i++)
		value = 10 * value + (at[i] - '0');
	return value;
}

static bool read_count(const char *text, struct rr_start *ret)
{
	char *end;
	long long ms = strtoll(text, &end, 10);

	if (*end || ms < MS_MIN || ms >= MS_MAX)
		return false;
	*ret = (struct rr_start){.clock = RR_CLOCK_UTC, .ms = ms};
	return true;
}

static bool read_clock(const char *text, int64_t *ret_ms)
{
	struct tm tm = {
		.tm_year = number(text, 4) - 1900,
		.tm_mon = number(text + 5, 2) - 1,
		.tm_mday = number(text + 8, 2),
		.tm_hour = number(text + 11, 2),
		.tm_min = number(text + 14, 2),
		.tm_sec = number(text + 17, 2),
	};
	struct tm given = tm;

	/* it mends what is not there, and so tells it */
	*ret_ms = (int64_t)timegm(&tm) * 1000;
	return tm.tm_mon == given.tm_mon && tm.tm_mday == given.tm_mday &&
	       tm.tm_hour == given.tm_hour && tm.tm_min == given.tm_min &&
	       tm.tm_sec == given.tm_sec;
}

/* To ms; what is behind them is left out. Return: what follows. */
static const char *read_fraction(const char *at, int64_t *ms)
{
	if (*at != '.')
		return at;
	at++;
	for (int unit = 100; *at >= '0' && *at <= '9'; at++, unit /= 10)
		*ms += unit * (*at - '0');
	return at;
}

static bool read_zone(const char *at, struct rr_start *s)
{
	int sign = *at == '-' ? -1 : 1;

	if (strcmp(at, "") == 0) {
		s->clock = RR_CLOCK_LOCAL;
		return true;
	}
	s->clock = RR_CLOCK_UTC;
	if (strcmp(at, "Z") == 0)
		return true;
	if ((*at != '+' && *at != '-') ||
	    (!has_form(at + 1, "dddd") && !has_form(at + 1, "dd:dd")))
		return false;
	s->offset_min = sign * 60 * number(at + 1, 2);
	at += at[3] == ':' ? 4 : 3;
	s->offset_min += sign * number(at, 2);
	if (at[2] || number(at, 2) > 59 || abs(s->offset_min) > OFFSET_MAX_MIN)
		return false;
	if (s->offset_min != 0)
		s->clock = RR_CLOCK_OFFSET;
	s->ms -= s->offset_min * INT64_C(60000);
	return true;
}

bool rr_start_read(const char *text, size_t len, struct rr_start *ret)
{
	struct rr_start s = {RR_CLOCK_NONE, 0, 0};
	char copy[TEXT_MAX] = "";
	const char *at;

	while (len > 0 && text[len - 1] == ' ')
		len--;
	if (len >= sizeof(copy))
		return false;
	memcpy(copy, text, len);
	if (!has_form(copy, "dddd-dd-ddTdd:dd:dd"))
		return has_form(copy, "d") && read_count(copy, ret);
	if (!read_clock(copy, &s.ms))
		return false;
	at = read_fraction(copy + strlen("dddd-dd-ddTdd:dd:dd"), &s.ms);
	at += strspn(at, " ");
	if (!read_zone(at, &s))
		return false;
	*ret = s;
	return true;
}
