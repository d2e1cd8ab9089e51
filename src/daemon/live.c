/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/live.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"

void live_figures_none(struct live *l)
{
	l->step[0] = '\0';
	l->step_title[0] = '\0';
	l->step_n = 0;
	l->pressure = 0;
	l->step_s = NAN;
	l->asked[0] = '\0';
	l->master_db = NAN;
	l->step_left_s = NAN;
	l->left_s = NAN;
	l->hr_bpm = NAN;
	l->calm = NAN;
	l->calm_state = "";
	l->pace = NAN;
	l->wave = NAN;
	l->per_min = 0.0;
	l->quality = event_quality_name(QUALITY_NONE);
	l->sensor_state = "";
}

void live_init(struct live *l)
{
	*l = (struct live){
		.state = "idle", .mode = "", .result = "", .stop = ""};
	live_figures_none(l);
}

void live_tell(struct live *l, const char *format, ...)
{
	char line[512];
	size_t used = strlen(l->message);
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);

	log_line(LOG_LEVEL_INFO, "%s", line);
	if (used + strlen(line) + 2 > sizeof(l->message))
		return;
	snprintf(l->message + used, sizeof(l->message) - used, "%s%s",
	         used ? "\n" : "", line);
}
