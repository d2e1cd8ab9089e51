/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "diary/day.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY_MINUTES 1440
/* a headache that goes on for a week is written on its first day */
#define HOURS_MAX 168

#define ASK(key, about, of_headache)                                           \
	{                                                                      \
		key, DIARY_YES_NO, 0, 1, NULL, about, of_headache              \
	}

static const struct diary_spec specs[DIARY_FIELDS] = {
	[DIARY_HEADACHE] = ASK("headache", "a headache that day", false),
	[DIARY_START] = {"start", DIARY_TIME, 0, DAY_MINUTES - 1, NULL,
                         "when it began", true},
	[DIARY_END] = {"end", DIARY_TIME, 0, DAY_MINUTES - 1, NULL,
                       "when it ended", true},
	[DIARY_HOURS] = {"hours", DIARY_REAL, 0, HOURS_MAX, NULL,
                         "how long it was, in hours", true},
	[DIARY_COURSE] = {"course", DIARY_CHOICE, 0, 2, "ended,going,slept",
                          "ended, still going, or slept through", true},
	[DIARY_WORST] = {"worst", DIARY_WHOLE, 0, 10, NULL,
                         "the worst pain, 0 to 10", true},
	[DIARY_SEVERITY] = {"severity", DIARY_CHOICE, 0, 3,
                            "none,mild,moderate,severe", "how bad it was",
                            true},
	[DIARY_SIDE] = {"side", DIARY_CHOICE, 0, 2, "left,right,both",
                        "which side", true},
	[DIARY_QUALITY] = {"quality", DIARY_CHOICE, 0, 2,
                           "pressing,throbbing,stabbing", "what it is like",
                           true},
	[DIARY_ACTIVITY] = ASK("activity", "worse with activity", true),
	[DIARY_NAUSEA] = ASK("nausea", "nausea", true),
	[DIARY_VOMITING] = ASK("vomiting", "vomiting", true),
	[DIARY_LIGHT] = ASK("light", "light was hard to bear", true),
	[DIARY_SOUND] = ASK("sound", "sound was hard to bear", true),
	[DIARY_SMELL] = ASK("smell", "smells were hard to bear", true),
	[DIARY_TOUCH] = ASK("touch", "touch was hard to bear", true),
	[DIARY_AURA] = ASK("aura", "an aura", false),
	[DIARY_AURA_KIND] = {"aura_kind", DIARY_SET, 0, 15,
                             "visual,sensory,speech,other", "what kind", false},
	[DIARY_AURA_MINUTES] = {"aura_minutes", DIARY_WHOLE, 0, DAY_MINUTES,
                                NULL, "for how many minutes", false},
	[DIARY_NECK] = {"neck", DIARY_WHOLE, 0, 10, NULL, "neck pain, 0 to 10",
                        false},
	[DIARY_PREVENTIVE] =
		ASK("preventive", "took the preventive medicine", false),
	[DIARY_EVENTS] = {"events", DIARY_SET, 0, 511,
                          "stress,let-down,short-sleep,long-sleep,missed-meal,"
                          "alcohol,weather,menses,screen",
                          "what else was that day", false},
	[DIARY_WORK_LOST] = {"work_lost", DIARY_REAL, 0, 24, NULL,
                             "hours of work lost", false},
	[DIARY_WORK_REDUCED] = {"work_reduced", DIARY_REAL, 0, 24, NULL,
                                "hours of work at half or less", false},
	[DIARY_HOME_LOST] = {"home_lost", DIARY_REAL, 0, 24, NULL,
                             "hours at home lost", false},
	[DIARY_HOME_REDUCED] = {"home_reduced", DIARY_REAL, 0, 24, NULL,
                                "hours at home at half or less", false},
	[DIARY_SLEEP] = {"sleep", DIARY_REAL, 0, 24, NULL, "hours of sleep",
                         false},
	[DIARY_STRESS] = {"stress", DIARY_WHOLE, 0, 10, NULL, "stress, 0 to 10",
                          false},
	[DIARY_HIT6] = {"hit6", DIARY_WHOLE, 36, 78, NULL,
                        "the sum of a HIT-6 form, 36 to 78", false},
	[DIARY_MIDAS] = {"midas", DIARY_WHOLE, 0, 270, NULL,
                         "the days of a MIDAS form, 0 to 270", false},
};

const struct diary_spec *diary_spec(enum diary_field field)
{
	return &specs[field];
}

enum diary_field diary_find(const char *key)
{
	enum diary_field f = 0;

	while (f < DIARY_FIELDS && strcmp(specs[f].key, key) != 0)
		f++;
	return f;
}

void diary_blank(struct diary_day *ret, int32_t date, int64_t entered_s)
{
	*ret = (struct diary_day){.date = date, .entered_s = entered_s};
	for (enum diary_field f = 0; f < DIARY_FIELDS; f++)
		ret->value[f] = NAN;
}

/* --- words ------------------------------------------------------------------
 */

/* The @n bytes at @text among comma separated words. Return: which, or -1. */
static int word_of(const char *words, const char *text, size_t n)
{
	for (int i = 0;; i++) {
		size_t len = strcspn(words, ",");

		if (len == n && n > 0 && strncmp(words, text, n) == 0)
			return i;
		if (!words[len])
			return -1;
		words += len + 1;
	}
}

static const char *word_at(const char *words, int at, int *ret_len)
{
	while (at-- > 0)
		words += strcspn(words, ",") + 1;
	*ret_len = (int)strcspn(words, ",");
	return words;
}

static bool take_yes_no(const char *text, double *ret)
{
	static const char *const words[] = {"no", "yes", "n",     "y",
	                                    "0",  "1",   "false", "true"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(text, words[i]) == 0) {
			*ret = (double)(i % 2);
			return true;
		}
	return false;
}

static bool take_number(const char *text, double *ret)
{
	char *end;

	/* strtod() takes more than a person would write */
	if (text[strspn(text, "0123456789.")] || strlen(text) > 8)
		return false;
	*ret = strtod(text, &end);
	return end != text && !*end;
}

static bool take_time(const char *text, double *ret)
{
	static const char shape[] = "dd:dd";
	const char *full = text;
	char padded[6];

	if (text[0] && text[1] == ':') {
		snprintf(padded, sizeof(padded), "0%.4s", text);
		full = padded;
	}
	if (strlen(full) != 5 || (full == padded && strlen(text) != 4))
		return false;
	for (size_t i = 0; i < 5; i++)
		if (shape[i] == 'd' ? full[i] < '0' || full[i] > '9'
		                    : full[i] != shape[i])
			return false;
	*ret = (full[0] - '0') * 600 + (full[1] - '0') * 60 +
	       (full[3] - '0') * 10 + (full[4] - '0');
	return full[3] < '6' && *ret < DAY_MINUTES;
}

static bool take_set(const char *words, const char *text, double *ret)
{
	unsigned bits = 0;

	if (strcmp(text, "none") == 0) {
		*ret = 0;
		return true;
	}
	for (;;) {
		size_t n = strcspn(text, ",");
		int bit = word_of(words, text, n);

		if (bit < 0)
			return false;
		bits |= 1u << bit;
		if (!text[n])
			break;
		text += n + 1;
	}
	*ret = bits;
	return true;
}

static bool take(const struct diary_spec *s, const char *text, double *ret)
{
	bool ok = false;

	switch (s->kind) {
	case DIARY_YES_NO:
		return take_yes_no(text, ret);
	case DIARY_WHOLE:
		ok = take_number(text, ret) && *ret == floor(*ret);
		break;
	case DIARY_REAL:
		ok = take_number(text, ret);
		/* as it is shown */
		*ret = ok ? round(*ret * 100) / 100 : NAN;
		break;
	case DIARY_TIME:
		return take_time(text, ret);
	case DIARY_CHOICE:
		*ret = word_of(s->words, text, strlen(text));
		return *ret >= 0;
	case DIARY_SET:
		return take_set(s->words, text, ret);
	}
	return ok && *ret >= s->min && *ret <= s->max;
}

static void explain(const struct diary_spec *s, const char *text,
                    struct error *error)
{
	switch (s->kind) {
	case DIARY_YES_NO:
		error_set(error, "%s: %.40s: expected yes or no", s->key, text);
		break;
	case DIARY_WHOLE:
		error_set(error,
		          "%s: %.40s: expected a whole number from %g to %g",
		          s->key, text, s->min, s->max);
		break;
	case DIARY_REAL:
		error_set(error, "%s: %.40s: expected a number from %g to %g",
		          s->key, text, s->min, s->max);
		break;
	case DIARY_TIME:
		error_set(error,
		          "%s: %.40s: expected a time of the day, as 14:30",
		          s->key, text);
		break;
	case DIARY_CHOICE:
		error_set(error, "%s: %.40s: expected one of %s", s->key, text,
		          s->words);
		break;
	case DIARY_SET:
		error_set(error,
		          "%s: %.40s: expected none, or of these, with commas "
		          "between: %s",
		          s->key, text, s->words);
	}
}

int diary_set(struct diary_day *day, enum diary_field field, const char *text,
              struct error *error)
{
	double value = NAN;

	if (*text && !take(&specs[field], text, &value)) {
		explain(&specs[field], text, error);
		return -EINVAL;
	}
	day->value[field] = value;
	return 0;
}

static void set_text(const struct diary_spec *s, unsigned bits,
                     char ret[DIARY_TEXT])
{
	size_t used = 0;

	snprintf(ret, DIARY_TEXT, "none");
	for (int i = 0; bits >> i; i++) {
		int len;
		const char *word;

		if (!(bits >> i & 1))
			continue;
		word = word_at(s->words, i, &len);
		used += (size_t)snprintf(ret + used, DIARY_TEXT - used,
		                         "%s%.*s", used ? "," : "", len, word);
	}
}

const char *diary_text(const struct diary_day *day, enum diary_field field,
                       char ret[DIARY_TEXT])
{
	const struct diary_spec *s = &specs[field];
	double value = day->value[field];
	const char *word;
	int len;

	ret[0] = '\0';
	if (isnan(value))
		return ret;
	switch (s->kind) {
	case DIARY_YES_NO:
		return strcpy(ret, value != 0 ? "yes" : "no");
	case DIARY_WHOLE:
	case DIARY_REAL:
		snprintf(ret, DIARY_TEXT, "%.7g", value);
		break;
	case DIARY_TIME:
		snprintf(ret, DIARY_TEXT, "%02d:%02d", (int)value / 60,
		         (int)value % 60);
		break;
	case DIARY_CHOICE:
		word = word_at(s->words, (int)value, &len);
		snprintf(ret, DIARY_TEXT, "%.*s", len, word);
		break;
	case DIARY_SET:
		set_text(s, (unsigned)value, ret);
	}
	return ret;
}

/* --- the whole day ----------------------------------------------------------
 */

/* Overlong forms and halves of UTF-16 are none either. Source: RFC 3629. */
static bool is_utf8(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	while (*p) {
		unsigned n = *p < 0x80 ? 0 : *p < 0xe0 ? 1 : *p < 0xf0 ? 2 : 3;
		unsigned code = n == 0 ? *p : *p & (0x3fu >> n);
		static const unsigned least[] = {0, 0x80, 0x800, 0x10000};

		if ((*p >= 0x80 && *p < 0xc2) || *p > 0xf4)
			return false;
		p++;
		for (unsigned i = 0; i < n; i++, p++) {
			if ((*p & 0xc0) != 0x80)
				return false;
			code = code << 6 | (*p & 0x3f);
		}
		if (code < least[n] || code > 0x10ffff ||
		    (code >= 0xd800 && code < 0xe000))
			return false;
	}
	return true;
}

bool diary_is_text(const char *text)
{
	for (const char *c = text; *c; c++)
		if (((unsigned char)*c < 0x20 && !strchr("\t\r\n", *c)) ||
		    *c == 0x7f)
			return false;
	return is_utf8(text);
}

int diary_set_note(struct diary_day *day, const char *text, struct error *error)
{
	if (strlen(text) >= sizeof(day->note) || !diary_is_text(text)) {
		error_set(error,
		          "note: expected text in UTF-8 of at most %d bytes",
		          DIARY_NOTE - 1);
		return -EINVAL;
	}
	snprintf(day->note, sizeof(day->note), "%s", text);
	return 0;
}

static bool says_headache(const struct diary_day *day)
{
	return day->value[DIARY_WORST] > 0 || day->value[DIARY_SEVERITY] > 0 ||
	       day->value[DIARY_HOURS] > 0;
}

/* What is said of a headache where there was none. */
static const struct diary_spec *misplaced(const struct diary_day *day)
{
	for (enum diary_field f = 0; f < DIARY_FIELDS; f++) {
		bool nothing =
			isnan(day->value[f]) ||
			(specs[f].kind != DIARY_TIME &&
		         specs[f].kind != DIARY_CHOICE && day->value[f] == 0) ||
			(f == DIARY_SEVERITY && day->value[f] == 0);

		if (specs[f].of_headache && !nothing)
			return &specs[f];
	}
	return NULL;
}

static void fill_hours(struct diary_day *day)
{
	double start = day->value[DIARY_START], end = day->value[DIARY_END];

	if (isnan(start) || isnan(end) || !isnan(day->value[DIARY_HOURS]))
		return;
	/* over midnight */
	if (end < start)
		end += DAY_MINUTES;
	day->value[DIARY_HOURS] = round((end - start) / 60 * 100) / 100;
}

int diary_check(struct diary_day *day, struct error *error)
{
	const struct diary_spec *bad;

	if (isnan(day->value[DIARY_HEADACHE]) && says_headache(day))
		day->value[DIARY_HEADACHE] = 1;
	bad = day->value[DIARY_HEADACHE] == 1 ? NULL : misplaced(day);
	if (bad && isnan(day->value[DIARY_HEADACHE])) {
		error_set(error,
		          "%s: first say whether there was a headache: "
		          "headache=yes or headache=no",
		          bad->key);
		return -EINVAL;
	}
	if (bad) {
		error_set(error,
		          "%s: it speaks of a headache on a day without: say "
		          "headache=yes, or take it back with %s=",
		          bad->key, bad->key);
		return -EINVAL;
	}
	fill_hours(day);
	return 0;
}

bool diary_is_late(const struct diary_day *day, long offset_s)
{
	int64_t end_s = ((int64_t)day->date + 1) * 86400;

	return day->entered_s + offset_s > end_s + DIARY_LATE_H * 3600;
}
