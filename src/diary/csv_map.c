/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "diary/csv_map.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "diary/date.h"

/* Names that people and programs give their columns. */
static const struct {
	const char *name;
	struct csv_column column;
} known[] = {
	{"date", {CSV_DATE, 0}},
	{"day", {CSV_DATE, 0}},
	{"entered", {CSV_ENTERED, 0}},
	{"medicines", {CSV_MEDICINES, 0}},
	{"medicine", {CSV_SOMEWHAT, 0}},
	{"medication", {CSV_SOMEWHAT, 0}},
	{"medications", {CSV_SOMEWHAT, 0}},
	{"note", {CSV_NOTE, 0}},
	{"notes", {CSV_NOTE, 0}},
	{"comment", {CSV_NOTE, 0}},
	{"pain", {CSV_FIELD, DIARY_WORST}},
	{"pain level", {CSV_FIELD, DIARY_WORST}},
	{"intensity", {CSV_FIELD, DIARY_WORST}},
	{"start time", {CSV_FIELD, DIARY_START}},
	{"end time", {CSV_FIELD, DIARY_END}},
	{"duration (hours)", {CSV_FIELD, DIARY_HOURS}},
	{"duration", {CSV_LASTED, 0}},
	{"started", {CSV_STARTED, 0}},
	{"lasted", {CSV_LASTED, 0}},
	{"helpful medication", {CSV_HELPFUL, 0}},
	{"somewhat helpful medication", {CSV_SOMEWHAT, 0}},
	{"unsure medication", {CSV_SOMEWHAT, 0}},
	{"unhelpful medication", {CSV_UNHELPFUL, 0}},
	{"symptoms", {CSV_SYMPTOMS, 0}},
	{"triggers", {CSV_TRIGGERS, 0}},
	{"potential triggers", {CSV_TRIGGERS, 0}},
};

bool csv_map_key(const char *key, size_t len, struct csv_column *ret)
{
	static const struct {
		const char *key;
		enum csv_holds holds;
	} others[] = {{"date", CSV_DATE},
	              {"entered", CSV_ENTERED},
	              {"medicine", CSV_SOMEWHAT},
	              {"note", CSV_NOTE}};
	enum diary_field f = 0;

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strlen(others[i].key) == len &&
		    strncmp(others[i].key, key, len) == 0) {
			*ret = (struct csv_column){others[i].holds, 0};
			return true;
		}
	for (; f < DIARY_FIELDS; f++)
		if (strlen(diary_spec(f)->key) == len &&
		    strncmp(diary_spec(f)->key, key, len) == 0) {
			*ret = (struct csv_column){CSV_FIELD, f};
			return true;
		}
	return false;
}

struct csv_column csv_map_known(const char *name)
{
	struct csv_column column = {CSV_NOTHING, 0};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcasecmp(known[i].name, name) == 0)
			return known[i].column;
	for (enum diary_field f = 0; f < DIARY_FIELDS; f++)
		if (strcasecmp(diary_spec(f)->key, name) == 0)
			return (struct csv_column){CSV_FIELD, f};
	return column;
}

/* --- dates ------------------------------------------------------------------
 */

/* Up to @max digits. Return: what stands behind them, or NULL. */
static const char *take_digits(const char *text, size_t max, int *ret)
{
	size_t n = strspn(text, "0123456789");

	if (n == 0 || n > max)
		return NULL;
	*ret = atoi(text);
	return text + n;
}

static bool order_parts(const int *part, enum diary_csv_dates dates,
                        int32_t *ret)
{
	static const int places[][3] = {[DIARY_CSV_YMD] = {0, 1, 2},
	                                [DIARY_CSV_DMY] = {2, 1, 0},
	                                [DIARY_CSV_MDY] = {2, 0, 1}};
	const int *at = places[part[0] > 31 ? DIARY_CSV_YMD : dates];
	int year = part[at[0]];

	return date_of(year < 100 ? year + 2000 : year, part[at[1]],
	               part[at[2]], ret) == 0;
}

/* Return: what stands behind the date, or NULL. */
static const char *take_date(const char *cell, enum diary_csv_dates dates,
                             int32_t *ret)
{
	const char *at = cell;
	int part[3];

	for (size_t i = 0; i < 3; i++) {
		at = take_digits(at, 4, &part[i]);
		if (!at || (i < 2 && !strchr("-/.", *at)) || (i < 2 && !*at))
			return NULL;
		at += i < 2;
	}
	/* without a year in front, its order must be known */
	if (part[0] <= 31 && dates == DIARY_CSV_YMD)
		return NULL;
	return order_parts(part, dates, ret) ? at : NULL;
}

static int set_date(struct diary_day *day, const char *cell,
                    enum diary_csv_dates dates, int32_t today,
                    struct error *error)
{
	int32_t date = 0;
	const char *rest = take_date(cell, dates, &date);

	if (!rest || (*rest && !strchr(" T", *rest))) {
		error_set(error,
		          "date: %.40s: expected a day of the calendar, as "
		          "2026-11-22; for others say dates=dmy or dates=mdy",
		          cell);
		return -EINVAL;
	}
	if (date > today) {
		error_set(error, "date: %.40s: that day is yet to come", cell);
		return -EINVAL;
	}
	day->date = date;
	/* with a time, it is that of the beginning */
	if (*rest && strlen(rest) >= 6) {
		char time[6];

		snprintf(time, sizeof(time), "%.5s", rest + 1);
		return diary_set(day, DIARY_START, time, error);
	}
	return 0;
}

static int set_entered(struct diary_day *day, const char *cell,
                       struct error *error)
{
	struct tm tm = {0};
	const char *end = strptime(cell, "%Y-%m-%dT%H:%M:%SZ", &tm);

	if (!end || *end) {
		error_set(error,
		          "entered: %.40s: expected a time in UTC, as "
		          "2026-11-22T21:05:00Z",
		          cell);
		return -EINVAL;
	}
	day->entered_s = timegm(&tm);
	return 0;
}

/* `1d 02h 15m`, or a number of hours. */
static int set_lasted(struct diary_day *day, const char *cell,
                      struct error *error)
{
	static const struct {
		char unit;
		double hours;
	} units[] = {{'d', 24}, {'h', 1}, {'m', 1.0 / 60}};
	const char *at = cell;
	double hours = 0;
	char text[16];

	for (size_t i = 0; i < 3; i++) {
		const char *next;
		int n;

		at += strspn(at, " ");
		next = take_digits(at, 4, &n);
		if (!next || (*next | 32) != units[i].unit)
			continue;
		hours += n * units[i].hours;
		at = next + 1;
	}
	if (at == cell || at[strspn(at, " ")])
		return diary_set(day, DIARY_HOURS, cell, error);
	snprintf(text, sizeof(text), "%.2f", fmin(hours, 168));
	return diary_set(day, DIARY_HOURS, text, error);
}

/* --- lists ------------------------------------------------------------------
 */

/* The next of a list, without blanks about it. Return: what follows it, or
 * NULL behind the last. */
static const char *next_of(const char *list, const char *between, char *ret,
                           size_t len)
{
	const char *stop = strstr(list, between);
	size_t n = stop ? (size_t)(stop - list) : strlen(list);
	const char *rest = stop ? stop + strlen(between) : NULL;

	while (n > 0 && *list == ' ') {
		list++;
		n--;
	}
	while (n > 0 && list[n - 1] == ' ')
		n--;
	snprintf(ret, len, "%.*s", (int)(n < len ? n : len - 1), list);
	return rest;
}

static int set_medicines(struct diary_day *day, const char *cell,
                         const char *between, const char *tail,
                         struct error *error)
{
	const char *rest = cell;
	int r = 0;

	while (r == 0 && rest) {
		char one[DIARY_TEXT], whole[DIARY_TEXT + 16];

		rest = next_of(rest, between, one, sizeof(one));
		if (!*one || strcasecmp(one, "no medication") == 0)
			continue;
		snprintf(whole, sizeof(whole), "%s%s", one, tail);
		r = diary_add_medicine(day, whole, error);
	}
	return r;
}

/* What is said in their words, and a field of ours for it. */
static const struct {
	const char *part; /* small letters */
	enum diary_field field;
	const char *value;
} symptoms[] = {
	{"nausea", DIARY_NAUSEA, "yes"},
	{"vomit", DIARY_VOMITING, "yes"},
	{"sensitivity to light", DIARY_LIGHT, "yes"},
	{"light sensitivity", DIARY_LIGHT, "yes"},
	{"photophobia", DIARY_LIGHT, "yes"},
	{"sensitivity to noise", DIARY_SOUND, "yes"},
	{"sensitivity to sound", DIARY_SOUND, "yes"},
	{"phonophobia", DIARY_SOUND, "yes"},
	{"sensitivity to smell", DIARY_SMELL, "yes"},
	{"throbbing", DIARY_QUALITY, "throbbing"},
	{"pounding", DIARY_QUALITY, "throbbing"},
	{"stabbing", DIARY_QUALITY, "stabbing"},
	{"pressing", DIARY_QUALITY, "pressing"},
	{"worse if moving", DIARY_ACTIVITY, "yes"},
};

static void take_symptom(struct diary_day *day, const char *one)
{
	for (size_t i = 0; i < sizeof(symptoms) / sizeof(symptoms[0]); i++)
		if (strcasestr(one, symptoms[i].part))
			/* the words of the table are all known */
			(void)diary_set(day, symptoms[i].field,
			                symptoms[i].value, NULL);
}

static void take_trigger(struct diary_day *day, const char *one)
{
	static const struct {
		const char *part, *event;
	} events[] = {
		{"stress", "stress"},
		{"let-down", "let-down"},
		{"lack of sleep", "short-sleep"},
		{"oversleep", "long-sleep"},
		{"skipped meal", "missed-meal"},
		{"missed meal", "missed-meal"},
		{"alcohol", "alcohol"},
		{"weather", "weather"},
		{"barometric", "weather"},
		{"period", "menses"},
		{"menstruation", "menses"},
		{"screen", "screen"},
	};
	char text[DIARY_TEXT], all[DIARY_TEXT + 32];

	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		if (!strcasestr(one, events[i].part))
			continue;
		diary_text(day, DIARY_EVENTS, text);
		snprintf(all, sizeof(all), "%s%s%s",
		         strcmp(text, "none") == 0 ? "" : text,
		         *text && strcmp(text, "none") != 0 ? "," : "",
		         events[i].event);
		(void)diary_set(day, DIARY_EVENTS, all, NULL);
	}
}

/* Their lists also stand in the note, so that nothing of them is lost. */
static int take_list(struct diary_day *day, const char *what, const char *cell,
                     void (*take)(struct diary_day *day, const char *one),
                     struct error *error)
{
	const char *rest = cell;
	char whole[2 * DIARY_NOTE];

	while (rest) {
		char one[DIARY_TEXT];

		rest = next_of(rest, ",", one, sizeof(one));
		take(day, one);
	}
	/* as far as there is room */
	if (strlen(day->note) + strlen(what) + strlen(cell) + 4 >
	    sizeof(day->note))
		return 0;
	snprintf(whole, sizeof(whole), "%s%s%s: %s", day->note,
	         day->note[0] ? "\n" : "", what, cell);
	return diary_set_note(day, whole, error);
}

static int add_note(struct diary_day *day, const char *cell,
                    struct error *error)
{
	char whole[2 * DIARY_NOTE]; /* what is too long is refused below */

	snprintf(whole, sizeof(whole), "%s%s%s", cell, day->note[0] ? "\n" : "",
	         day->note);
	return diary_set_note(day, whole, error);
}

int csv_map_take(struct diary_day *day, struct csv_column column,
                 const char *cell, enum diary_csv_dates dates, int32_t today,
                 struct error *error)
{
	switch (column.holds) {
	case CSV_NOTHING:
		return 0;
	case CSV_DATE:
		return set_date(day, cell, dates, today, error);
	case CSV_ENTERED:
		return set_entered(day, cell, error);
	case CSV_FIELD:
		return diary_set(day, column.field, cell, error);
	case CSV_MEDICINES:
		return set_medicines(day, cell, " | ", "", error);
	case CSV_NOTE:
		return add_note(day, cell, error);
	case CSV_STARTED:
		/* an attack is what such a row is about */
		day->value[DIARY_HEADACHE] = 1;
		return set_date(day, cell, DIARY_CSV_MDY, today, error);
	case CSV_LASTED:
		return set_lasted(day, cell, error);
	case CSV_HELPFUL:
		return set_medicines(day, cell, ",", ", worked", error);
	case CSV_SOMEWHAT:
		return set_medicines(day, cell, ",", "", error);
	case CSV_UNHELPFUL:
		return set_medicines(day, cell, ",", ", not", error);
	case CSV_SYMPTOMS:
		return take_list(day, "Symptoms", cell, take_symptom, error);
	case CSV_TRIGGERS:
		return take_list(day, "Triggers", cell, take_trigger, error);
	}
	return 0;
}
