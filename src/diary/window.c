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

/* Enough to tell, whatever it is: an aura or none, or some feature. */
static bool is_described(const struct diary_day *day)
{
	static const enum diary_field features[] = {
		DIARY_SIDE,     DIARY_QUALITY, DIARY_ACTIVITY, DIARY_NAUSEA,
		DIARY_VOMITING, DIARY_LIGHT,   DIARY_SOUND,    DIARY_AURA};

	for (size_t i = 0; i < sizeof(features) / sizeof(features[0]); i++)
		if (!isnan(day->value[features[i]]))
			return true;
	return false;
}

static bool is_rated(const struct diary_day *day)
{
	return !isnan(day->value[DIARY_WORST]) ||
	       !isnan(day->value[DIARY_SEVERITY]);
}

static double hours(const struct diary_day *day, enum diary_field field)
{
	return isnan(day->value[field]) ? 0 : day->value[field];
}

void diary_window_add(struct diary_window *w, const struct diary_day *day)
{
	medicine_add(&w->medicine, day);
	w->n_lost += !isnan(day->value[DIARY_WORK_LOST]) ||
	             !isnan(day->value[DIARY_HOME_LOST]);
	w->hours_lost +=
		hours(day, DIARY_WORK_LOST) + hours(day, DIARY_HOME_LOST);
	if (isnan(day->value[DIARY_HEADACHE]))
		return;
	w->entered++;
	if (!says(day, DIARY_HEADACHE))
		return;
	w->aches++;
	w->rated += is_rated(day);
	w->described += is_described(day);
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

/* Of no headache day, none was anything. */
static struct diary_count count(const struct diary_window *w, unsigned days,
                                unsigned of)
{
	bool known = w->entered > 0 && (w->aches == 0 || of > 0);

	return (struct diary_count){known ? days : (double)NAN, of, w->aches};
}

struct diary_count diary_window_aches(const struct diary_window *w)
{
	return (struct diary_count){w->entered ? w->aches : (double)NAN,
	                            w->entered, w->entered};
}

struct diary_count diary_window_moderate(const struct diary_window *w)
{
	return count(w, w->moderate, w->rated);
}

struct diary_count diary_window_migraine(const struct diary_window *w)
{
	return count(w, w->migraine, w->described);
}

struct diary_count diary_window_medicine(const struct diary_window *w,
                                         bool kept)
{
	bool known = w->medicine.any > 0 || (kept && w->entered > 0);

	return (struct diary_count){known ? w->medicine.any : (double)NAN,
	                            w->entered, w->entered};
}

double diary_window_lost(const struct diary_window *w)
{
	return w->n_lost ? w->hours_lost : NAN;
}

double diary_window_complete(const struct diary_window *w)
{
	return (double)w->entered / HEADACHE_WINDOW;
}
