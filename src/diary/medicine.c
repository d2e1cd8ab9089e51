/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "diary/day.h"
#include "diary/medicine.h"

static const char *const words[DIARY_CLASSES] = {
	[DIARY_SIMPLE] = "simple",
	[DIARY_TRIPTAN] = "triptan",
	[DIARY_ERGOT] = "ergot",
	[DIARY_OPIOID] = "opioid",
	[DIARY_COMBINATION] = "combination",
	[DIARY_OTHER] = "other",
};

/*
 * The usual ones by their international names (and the few that people know
 * by a brand alone). Source: WHO ATC, groups N02A, N02B, N02C and M01A.
 */
static const struct {
	const char *part; /* of the name, in small letters */
	enum diary_class class;
} known[] = {
	{"triptan", DIARY_TRIPTAN},      {"ergotamin", DIARY_ERGOT},
	{"paracetamol", DIARY_SIMPLE},   {"acetaminophen", DIARY_SIMPLE},
	{"aspirin", DIARY_SIMPLE},       {"acetylsalicyl", DIARY_SIMPLE},
	{"ibuprofen", DIARY_SIMPLE},     {"naproxen", DIARY_SIMPLE},
	{"diclofenac", DIARY_SIMPLE},    {"ketoprofen", DIARY_SIMPLE},
	{"metamizol", DIARY_SIMPLE},     {"tolfenam", DIARY_SIMPLE},
	{"celecoxib", DIARY_SIMPLE},     {"indometacin", DIARY_SIMPLE},
	{"phenazon", DIARY_SIMPLE},      {"codein", DIARY_OPIOID},
	{"tramadol", DIARY_OPIOID},      {"tilidin", DIARY_OPIOID},
	{"oxycodon", DIARY_OPIOID},      {"morphin", DIARY_OPIOID},
	{"excedrin", DIARY_COMBINATION}, {"thomapyrin", DIARY_COMBINATION},
	{"gepant", DIARY_OTHER},         {"lasmiditan", DIARY_OTHER},
	{"metoclopramid", DIARY_OTHER},  {"domperidon", DIARY_OTHER},
};

const char *diary_class_word(enum diary_class class)
{
	return words[class];
}

enum diary_class medicine_class_of(const char *name)
{
	enum diary_class found = DIARY_OTHER;
	bool any = false;
	char small[DIARY_NAME];
	size_t n = 0;

	for (; name[n] && n < sizeof(small) - 1; n++)
		small[n] = (char)tolower((unsigned char)name[n]);
	small[n] = '\0';
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (!strstr(small, known[i].part))
			continue;
		/* two at once, as paracetamol with codeine */
		if (any && found != known[i].class)
			return DIARY_COMBINATION;
		found = known[i].class;
		any = true;
	}
	return found;
}

static enum diary_class class_of_word(const char *text)
{
	enum diary_class c = 0;

	while (c < DIARY_CLASSES && strcasecmp(words[c], text) != 0)
		c++;
	return c;
}

/* One part between commas, without blanks about it. Return: what follows, or
 * NULL behind the last. */
static const char *next_part(const char *text, char *ret, size_t len,
                             bool *ret_fits)
{
	size_t n = strcspn(text, ",");
	const char *rest = text[n] ? text + n + 1 : NULL;

	while (n > 0 && text[0] == ' ') {
		text++;
		n--;
	}
	while (n > 0 && text[n - 1] == ' ')
		n--;
	*ret_fits = n < len;
	snprintf(ret, len, "%.*s", (int)(n < len ? n : len - 1), text);
	return rest;
}

/* Return: whether it was one that is known, or fits as a dose. */
static bool take_part(struct diary_medicine *m, const char *part)
{
	struct diary_day day;

	diary_blank(&day, 0, 0);
	if (class_of_word(part) < DIARY_CLASSES)
		m->class = class_of_word(part);
	else if (strcmp(part, "worked") == 0 || strcmp(part, "not") == 0)
		m->worked = part[0] == 'w';
	else if (diary_set(&day, DIARY_START, part, NULL) == 0)
		m->minute = (int)day.value[DIARY_START];
	else if (!m->dose[0] && strlen(part) < sizeof(m->dose))
		snprintf(m->dose, sizeof(m->dose), "%s", part);
	else
		return false;
	return true;
}

int diary_add_medicine(struct diary_day *day, const char *text,
                       struct error *error)
{
	struct diary_medicine m = {.minute = -1, .worked = -1};
	const char *rest = text;
	char part[DIARY_NAME];
	bool ok;

	if (day->n_medicines == DIARY_MEDICINES_MAX) {
		error_set(error, "medicine: at most %d a day",
		          DIARY_MEDICINES_MAX);
		return -E2BIG;
	}
	rest = next_part(rest, m.name, sizeof(m.name), &ok);
	ok = ok && m.name[0] && !strpbrk(text, "|\t\r\n") &&
	     diary_is_text(text);
	m.class = medicine_class_of(m.name);
	while (ok && rest) {
		rest = next_part(rest, part, sizeof(part), &ok);
		ok = ok && part[0] && take_part(&m, part);
	}
	if (!ok) {
		error_set(error,
		          "medicine: %.60s: expected a name, and after commas "
		          "a class, a dose, a time, worked or not: as "
		          "sumatriptan, 50 mg, 14:30, worked",
		          text);
		return -EINVAL;
	}
	day->medicines[day->n_medicines++] = m;
	return 0;
}

const char *diary_medicine_text(const struct diary_medicine *m,
                                char ret[DIARY_TEXT])
{
	size_t n = (size_t)snprintf(ret, DIARY_TEXT, "%s, %s", m->name,
	                            words[m->class]);

	if (m->dose[0])
		n += (size_t)snprintf(ret + n, DIARY_TEXT - n, ", %s", m->dose);
	if (m->minute >= 0)
		n += (size_t)snprintf(ret + n, DIARY_TEXT - n, ", %02d:%02d",
		                      m->minute / 60, m->minute % 60);
	if (m->worked >= 0)
		snprintf(ret + n, DIARY_TEXT - n, ", %s",
		         m->worked ? "worked" : "not");
	return ret;
}

/* --- days of too many -------------------------------------------------------
 */

static unsigned bits_of(const struct diary_day *day)
{
	unsigned bits = 0;

	for (size_t i = 0; i < day->n_medicines; i++)
		bits |= 1u << day->medicines[i].class;
	return bits;
}

void medicine_add(struct medicine_days *m, const struct diary_day *day)
{
	unsigned bits = bits_of(day), counted = bits & ~(1u << DIARY_OTHER);

	for (unsigned k = 0; k < DIARY_CLASSES; k++)
		m->of[k] += bits >> k & 1;
	m->any += counted != 0;
	m->from_ten += (counted & ~(1u << DIARY_SIMPLE)) != 0;
}

/* Where several classes are used, each day counts. */
bool medicine_notice(const struct medicine_days *m)
{
	unsigned classes = 0, ten;

	for (unsigned k = 0; k < DIARY_OTHER; k++)
		classes += m->of[k] > 0;
	ten = classes > 1 ? m->any : m->from_ten;
	return ten >= MEDICINE_NOTICE_TEN ||
	       m->of[DIARY_SIMPLE] >= MEDICINE_NOTICE_FIFTEEN;
}
