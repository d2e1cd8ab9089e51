/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/date.h"

#include <stdio.h>
#include <time.h>

void date_now(char *ret, size_t len)
{
	struct tm tm;
	time_t now = time(NULL);
	char day[32], offset[8];

	localtime_r(&now, &tm);
	strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm);
	strftime(offset, sizeof(offset), "%z", &tm);
	/* with the colon in the offset that strftime() leaves out */
	snprintf(ret, len, "%s%.3s:%.2s", day, offset, offset + 3);
}
