/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DIARY_DAY_H
#define LULL_DIARY_DAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/**
 * One day of the headache diary: what a person can say of it. What was not
 * said is not known, and stays so: an empty day is no day without headache.
 *
 * The fields stand in one table, from which the commands, the CSV files and
 * the store take names, bounds and words. Pure.
 */

enum diary_field {
	DIARY_HEADACHE,
	DIARY_START,
	DIARY_END,
	DIARY_HOURS,
	DIARY_COURSE,
	DIARY_WORST,
	DIARY_SEVERITY,
	DIARY_SIDE,
	DIARY_QUALITY,
	DIARY_ACTIVITY,
	DIARY_NAUSEA,
	DIARY_VOMITING,
	DIARY_LIGHT,
	DIARY_SOUND,
	DIARY_SMELL,
	DIARY_TOUCH,
	DIARY_AURA,
	DIARY_AURA_KIND,
	DIARY_AURA_MINUTES,
	DIARY_NECK,
	DIARY_PREVENTIVE,
	DIARY_EVENTS,
	DIARY_WORK_LOST,
	DIARY_WORK_REDUCED,
	DIARY_HOME_LOST,
	DIARY_HOME_REDUCED,
	DIARY_SLEEP,
	DIARY_STRESS,
	DIARY_HIT6,  /**< the sum that a form came to; its items are licensed */
	DIARY_MIDAS, /**< likewise */
	DIARY_FIELDS,
};

enum diary_kind {
	DIARY_YES_NO,
	DIARY_WHOLE,  /**< a whole number from min to max */
	DIARY_REAL,   /**< a number from min to max */
	DIARY_TIME,   /**< of the day, as minutes since midnight */
	DIARY_CHOICE, /**< one of the words: its place among them */
	DIARY_SET,    /**< any of the words: a bit each */
};

struct diary_spec {
	const char *key;
	enum diary_kind kind;
	double min, max;
	const char *words; /**< of a choice or a set, comma separated */
	const char *about; /**< for a person */
	bool of_headache;  /**< says something of a headache */
};

/** diary_spec() - static. */
const struct diary_spec *diary_spec(enum diary_field field);

/** diary_find() - Return: the field of that key, or DIARY_FIELDS. */
enum diary_field diary_find(const char *key);

/** Acute medicines by how soon their days are too many. Source: ICHD-3 8.2. */
enum diary_class {
	DIARY_SIMPLE, /**< paracetamol, aspirin, NSAID */
	DIARY_TRIPTAN,
	DIARY_ERGOT,
	DIARY_OPIOID,
	DIARY_COMBINATION,
	DIARY_OTHER, /**< of no class that is counted */
	DIARY_CLASSES,
};

/** diary_class_word() - static. */
const char *diary_class_word(enum diary_class class);

#define DIARY_NAME 64
#define DIARY_DOSE 32

struct diary_medicine {
	char name[DIARY_NAME];
	enum diary_class class;
	char dose[DIARY_DOSE]; /**< "": not said */
	int minute;            /**< of the day; -1: not said */
	int worked;            /**< within two hours: 1, 0; -1: not said */
};

#define DIARY_MEDICINES_MAX 12
#define DIARY_NOTE          4096

struct diary_day {
	int32_t date;               /**< diary/date.h */
	int64_t entered_s;          /**< Unix time of the first entry */
	double value[DIARY_FIELDS]; /**< NAN: not said */
	struct diary_medicine medicines[DIARY_MEDICINES_MAX];
	size_t n_medicines;
	char note[DIARY_NOTE]; /**< UTF-8; "": none */
};

/** diary_blank() - a day of which nothing was said. */
void diary_blank(struct diary_day *ret, int32_t date, int64_t entered_s);

/**
 * diary_set() - take what a person said of one field
 * @text: in the form that diary_text() gives; "": takes it back
 *
 * Return: 0, or -EINVAL with @error and @day as it was.
 */
int diary_set(struct diary_day *day, enum diary_field field, const char *text,
              struct error *error);

/** The longest text of a field, with its end. */
#define DIARY_TEXT 256

/** diary_text() - `yes`, `7`, `2.5`, `14:30`, `left`, `stress,weather`; "":
    not said. Return: @ret. */
const char *diary_text(const struct diary_day *day, enum diary_field field,
                       char ret[DIARY_TEXT]);

/**
 * diary_add_medicine() - take a medicine that a person names
 * @text: name, then in any order, each after a comma: a class, a time, a
 *        dose, `worked` or `not`; e.g. `sumatriptan, 50 mg, 14:30, worked`.
 *        The class of the usual ones is known by their name. No `|`, which
 *        stands between medicines in a file.
 *
 * Return: 0; -EINVAL or -E2BIG with @error and @day as it was.
 */
int diary_add_medicine(struct diary_day *day, const char *text,
                       struct error *error);

/** diary_medicine_text() - in that form. Return: @ret. */
const char *diary_medicine_text(const struct diary_medicine *m,
                                char ret[DIARY_TEXT]);

/** diary_is_text() - UTF-8 without control characters but line ends? */
bool diary_is_text(const char *text);

/** diary_set_note() - Return: 0, or -EINVAL if it is too long or no UTF-8. */
int diary_set_note(struct diary_day *day, const char *text,
                   struct error *error);

/**
 * diary_check() - does it hold together?
 *
 * A headache is said to have been, or not, before anything is said of it; a
 * worst pain over 0 or a severity other than none says that there was one.
 *
 * Return: 0, with `headache` and `hours` filled in where they follow from the
 * rest; or -EINVAL with @error.
 */
int diary_check(struct diary_day *day, struct error *error);

/** Hours from the end of a day until an entry of it counts as late: what is
    remembered is biased by then. Source: van den Arend 2024. */
#define DIARY_LATE_H 48

/** diary_is_late() - @offset_s: of local time from UTC when it was entered */
bool diary_is_late(const struct diary_day *day, long offset_s);

#endif
