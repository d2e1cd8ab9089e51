/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/diary.h"
#include "cli/out.h"
#include "cli/past.h"
#include "diary/date.h"

/* Unless told otherwise: one window. */
#define LISTED_DAYS 28
#define NOTE_SHOWN  32

static json_t *words_json(const char *text)
{
	json_t *list = json_array();

	while (*text && strcmp(text, "none") != 0) {
		size_t n = strcspn(text, ",");

		json_array_append_new(list, json_stringn(text, n));
		text += n + (text[n] == ',');
	}
	return list;
}

static json_t *value_json(const struct diary_day *day, enum diary_field field)
{
	double value = day->value[field];
	char text[DIARY_TEXT];

	if (isnan(value))
		return json_null();
	switch (diary_spec(field)->kind) {
	case DIARY_YES_NO:
		return json_boolean(value != 0);
	case DIARY_WHOLE:
		return json_integer((json_int_t)value);
	case DIARY_REAL:
		return out_real(value);
	case DIARY_SET:
		return words_json(diary_text(day, field, text));
	case DIARY_TIME:
	case DIARY_CHOICE:
		break;
	}
	return json_string(diary_text(day, field, text));
}

static json_t *medicine_json(const struct diary_medicine *m)
{
	char time[8] = "";

	if (m->minute >= 0)
		snprintf(time, sizeof(time), "%02d:%02d", m->minute / 60 % 24,
		         m->minute % 60);
	return json_pack("{ss ss ss so so}", "name", m->name, "class",
	                 diary_class_word(m->class), "dose", m->dose, "time",
	                 time[0] ? json_string(time) : json_null(), "worked",
	                 m->worked < 0 ? json_null() : json_boolean(m->worked));
}

static bool is_late(const struct diary_day *day)
{
	time_t entered = (time_t)day->entered_s;
	struct tm tm;

	localtime_r(&entered, &tm);
	return diary_is_late(day, tm.tm_gmtoff);
}

json_t *diary_json(const struct diary_day *day)
{
	json_t *medicines = json_array(), *o;
	char date[DATE_TEXT];

	for (size_t i = 0; i < day->n_medicines; i++)
		json_array_append_new(medicines,
		                      medicine_json(&day->medicines[i]));
	o = json_pack("{ss sb}", "date", date_text(day->date, date), "late",
	              is_late(day));
	for (enum diary_field f = 0; f < DIARY_FIELDS; f++)
		json_object_set_new(o, diary_spec(f)->key, value_json(day, f));
	json_object_set_new(o, "medicines", medicines);
	json_object_set_new(o, "note", json_string(day->note));
	return o;
}

static int add_json(void *data, const struct diary_day *day)
{
	return json_array_append_new(data, diary_json(day)) < 0 ? -ENOMEM : 0;
}

/* --- for people -------------------------------------------------------------
 */

static const enum diary_field columns[] = {DIARY_HEADACHE, DIARY_WORST,
                                           DIARY_HOURS,    DIARY_NECK,
                                           DIARY_STRESS,   DIARY_SLEEP};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

struct table {
	struct out_table t;
	int32_t next; /* day to be shown */
	bool any;
};

static void show_blank(struct table *table, int32_t until)
{
	for (; table->next < until; table->next++) {
		char date[DATE_TEXT];

		out_table_cell(&table->t, "%s", date_text(table->next, date));
		for (size_t i = 0; i < COLUMNS; i++)
			out_table_cell(&table->t, "-");
		out_table_cell(&table->t, "-");
		out_table_cell(&table->t, "not entered");
	}
}

static void name_medicines(const struct diary_day *day, char *ret, size_t len)
{
	char plain[DIARY_NAME];
	size_t n = 0;

	snprintf(ret, len, "-");
	for (size_t i = 0; i < day->n_medicines && n < len; i++) {
		out_plain(plain, sizeof(plain), day->medicines[i].name);
		n += (size_t)snprintf(ret + n, len - n, "%s%s", n ? ", " : "",
		                      plain);
	}
}

/* Not through the middle of a letter. */
static void shorten(char *text, size_t len)
{
	if (strlen(text) <= len)
		return;
	while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
		len--;
	snprintf(text + len, 4, "...");
}

static int show_day(void *data, const struct diary_day *day)
{
	struct table *table = data;
	char date[DATE_TEXT], text[DIARY_TEXT], note[DIARY_NOTE];

	/* days before the first entry are no gaps */
	if (!table->any)
		table->next = day->date;
	table->any = true;
	show_blank(table, day->date);
	table->next = day->date + 1;
	out_table_cell(&table->t, "%s", date_text(day->date, date));
	for (size_t i = 0; i < COLUMNS; i++)
		out_table_cell(&table->t, "%s",
		               *diary_text(day, columns[i], text) ? text : "-");
	name_medicines(day, text, sizeof(text));
	out_table_cell(&table->t, "%s", text);
	out_plain(note, sizeof(note), day->note);
	shorten(note, NOTE_SHOWN);
	out_table_cell(&table->t, "%s%s%s", is_late(day) ? "entered late" : "",
	               is_late(day) && note[0] ? "; " : "", note);
	return table->t.error;
}

static int show(struct store *s, const struct diary_ask *q)
{
	struct table table = {.next = q->from};
	int r;

	out_table_init(&table.t, "llrrrrrll");
	out_table_cell(&table.t, "DAY");
	out_table_cell(&table.t, "HEADACHE");
	out_table_cell(&table.t, "WORST");
	out_table_cell(&table.t, "HOURS");
	out_table_cell(&table.t, "NECK");
	out_table_cell(&table.t, "STRESS");
	out_table_cell(&table.t, "SLEEP");
	out_table_cell(&table.t, "MEDICINE");
	out_table_cell(&table.t, "NOTE");
	r = store_diary_days(s, q->from, q->to, show_day, &table);
	if (r == 0 && table.any)
		show_blank(&table, q->to + 1);
	if (r == 0 && table.any)
		r = out_table_print(&table.t, stdout, true);
	else if (r == 0)
		puts("nothing was entered in these days: lull diary add");
	out_table_finish(&table.t);
	return r;
}

int diary_list(const struct diary_ask *ask)
{
	struct diary_ask q = *ask;
	json_t *days = json_array();
	struct store *s = NULL;
	int r, status = past_open(&s, STORE_READ, "diary");

	if (status < 0) {
		if (q.from == DATE_FIRST)
			q.from = q.to - LISTED_DAYS + 1;
		r = q.json ? store_diary_days(s, q.from, q.to, add_json, days)
		           : show(s, &q);
		status = r < 0 ? out_fail("diary: %s", store_message(s))
		               : OUT_DONE;
		if (q.json && status == OUT_DONE)
			status = out_json(json_incref(days));
	}
	json_decref(days);
	store_close(s);
	return status;
}
