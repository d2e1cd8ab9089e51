/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "diary/window.h"

#include <math.h>

#include "diary/headache.h"

#define MIGRAINE_H 4

void diary_window_begin(struct diary_window *w, int32_t from)
{
	*w = (struct diary_window){.from = from};
}

static bool says(const struct diary_day *day, enum diary_field field)
{
	return day->value[field] == 1;
}

/* severity: none, mild, moderate, severe */
static bool is_moderate(const struct diary_day *day)
{
	return day->value[DIARY_WORST] >= DIARY_MODERATE ||
	       day->value[DIARY_SEVERITY] >= 2;
}

static bool has_features(const struct diary_day *day)
{
	/* side: left, right, both; quality: pressing, throbbing, stabbing */
	unsigned of_pain = (day->value[DIARY_SIDE] <= 1) +
	                   (day->value[DIARY_QUALITY] == 1) + is_moderate(day) +
	                   says(day, DIARY_ACTIVITY);
	bool beside = says(day, DIARY_NAUSEA) || says(day, DIARY_VOMITING) ||
	              (says(day, DIARY_LIGHT) && says(day, DIARY_SOUND));

	return of_pain >= 2 && beside;
}

static bool took_triptan(const struct diary_day *day)
{
	for (size_t i = 0; i < day->n_medicines; i++)
		if (day->medicines[i].class == DIARY_TRIPTAN)
			return true;
	return false;
}

bool diary_is_migraine(const struct diary_day *day)
{
	if (!says(day, DIARY_HEADACHE))
		return false;
	if (says(day, DIARY_AURA))
		return true;
	return has_features(day) &&
	       (day->value[DIARY_HOURS] >= MIGRAINE_H || took_triptan(day));
}

static double hours(const struct diary_day *day, enum diary_field field)
{
	return isnan(day->value[field]) ? 0 : day->value[field];
}

void diary_window_add(struct diary_window *w, const struct diary_day *day)
{
	medicine_add(&w->medicine, day);
	w->hours_lost +=
		hours(day, DIARY_WORK_LOST) + hours(day, DIARY_HOME_LOST);
	if (isnan(day->value[DIARY_HEADACHE]))
		return;
	w->entered++;
	if (!says(day, DIARY_HEADACHE))
		return;
	w->aches++;
	w->moderate += is_moderate(day);
	w->migraine += diary_is_migraine(day);
	if (!isnan(day->value[DIARY_WORST])) {
		w->worst_sum += day->value[DIARY_WORST];
		w->n_worst++;
	}
}

double diary_window_worst(const struct diary_window *w)
{
	return w->n_worst ? w->worst_sum / w->n_worst : NAN;
}

double diary_window_complete(const struct diary_window *w)
{
	return (double)w->entered / HEADACHE_WINDOW;
}
