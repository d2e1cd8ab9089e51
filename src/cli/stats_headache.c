/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/out.h"
#include "cli/stats.h"
#include "diary/date.h"
#include "diary/headache.h"
#include "diary/window.h"
#include "store/diary.h"

#define WINDOWS_TOLD 4
/* a year: what was long before has little to do with now */
#define SPAN_MAX 364
#define SEED     UINT64_C(1)

struct headaches {
	int32_t today, first_day; /* of the diary; DATE_LAST: none */
	struct diary_window windows[WINDOWS_TOLD]; /* the newest first */
	/* a mark a day, from some time before the first session to today; none
	   without sessions */
	int32_t from;
	enum headache_day *marks;
	int32_t before_from, after_from; /* the spans that compare */
	size_t n_before, n_after;
	struct headache_change change;
	double permutation;
};

static int take_day(void *data, const struct diary_day *day)
{
	struct headaches *h = data;
	int32_t ago = h->today - day->date;
	double ache = day->value[DIARY_HEADACHE];

	if (day->date < h->first_day)
		h->first_day = day->date;
	if (ago / HEADACHE_WINDOW < WINDOWS_TOLD)
		diary_window_add(&h->windows[ago / HEADACHE_WINDOW], day);
	if (h->marks && day->date >= h->from && !isnan(ache))
		h->marks[day->date - h->from] =
			ache != 0 ? HEADACHE_ACHE : HEADACHE_FREE;
	return 0;
}

static int32_t later(int32_t a, int32_t b)
{
	return a > b ? a : b;
}

/* Whole weeks up to the first session, and from it on. */
static void compare(struct headaches *h, int32_t first)
{
	int32_t before = later(h->from, h->first_day);
	int32_t after = later(first, h->today + 1 - SPAN_MAX);

	h->n_before = before < first ? (size_t)(first - before) / 7 * 7 : 0;
	h->n_after = (size_t)(h->today + 1 - after) / 7 * 7;
	h->before_from = first - (int32_t)h->n_before;
	h->after_from = h->today + 1 - (int32_t)h->n_after;
	headache_compare(h->marks + (h->before_from - h->from), h->n_before,
	                 h->marks + (h->after_from - h->from), h->n_after,
	                 &h->change);
	h->permutation =
		isnan(h->change.low)
			? NAN
			: headache_permutation(
				  h->marks + (h->before_from - h->from),
				  h->n_before,
				  h->marks + (h->after_from - h->from),
				  h->n_after, SEED);
}

/* --- for people -------------------------------------------------------------
 */

static void window_row(struct out_table *t, const struct diary_window *w)
{
	char date[DATE_TEXT], number[32];

	out_table_cell(t, "%s", date_text(w->from, date));
	out_table_cell(t, "%.0f %%", 100 * diary_window_complete(w));
	out_table_cell(t, "%u", w->aches);
	out_table_cell(t, "%u", w->moderate);
	out_table_cell(t, "%u", w->migraine);
	out_table_cell(
		t, "%s",
		out_number(number, sizeof(number), diary_window_worst(w), 1));
	out_table_cell(t, "%u", w->medicine.any);
	out_table_cell(t, "%.3g", w->hours_lost);
}

static void print_windows(const struct headaches *h)
{
	static const char *const header[] = {
		"28 DAYS FROM", "ENTERED", "HEADACHE DAYS", "MODERATE OR WORSE",
		"MIGRAINE",     "WORST",   "MEDICINE DAYS", "HOURS LOST"};
	struct out_table t;

	out_table_init(&t, "lrrrrrrr");
	for (size_t i = 0; i < sizeof(header) / sizeof(header[0]); i++)
		out_table_cell(&t, "%s", header[i]);
	for (size_t i = WINDOWS_TOLD; i-- > 0;)
		if (h->windows[i].entered > 0 || i == 0)
			window_row(&t, &h->windows[i]);
	out_table_print(&t, stdout, true);
	out_table_finish(&t);
}

static void print_notice(const struct medicine_days *m)
{
	if (medicine_notice(m))
		printf("You used acute headache medicine on %u days of the "
		       "last 28. Doctors suggest talking\nabout it above 10 "
		       "to 15 days a month.\n",
		       m->any);
}

static void print_change(const struct headaches *h)
{
	const struct headache_change *c = &h->change;
	char from[DATE_TEXT], date[DATE_TEXT];

	if (isnan(c->low)) {
		printf("Before and since the first session: %s\n",
		       headache_words(c->verdict));
		return;
	}
	printf("Headache days in 28, from %s to the first session: %.1f; "
	       "since %s: %.1f\n",
	       date_text(h->before_from, from), c->before.per_28,
	       date_text(h->after_from, date), c->after.per_28);
	printf("Difference: %+.1f, most likely between %+.1f and %+.1f: %s\n",
	       c->per_28, c->low, c->high, headache_words(c->verdict));
	printf("Dealt out at random, the weeks differ as much in %.0f of 100 "
	       "cases.\n",
	       100 * h->permutation);
	if (c->response)
		puts("At least halved: it would be counted as a response in "
		     "trials.");
	puts(headache_caution());
}

/* --- for programs -----------------------------------------------------------
 */

static json_t *window_json(const struct diary_window *w)
{
	json_t *classes = json_object();
	char date[DATE_TEXT];

	for (enum diary_class k = 0; k < DIARY_CLASSES; k++)
		json_object_set_new(classes, diary_class_word(k),
		                    json_integer(w->medicine.of[k]));
	return json_pack("{ss si si si si so si so so sb}", "from",
	                 date_text(w->from, date), "entered", w->entered,
	                 "headache_days", w->aches, "moderate_days",
	                 w->moderate, "migraine_days", w->migraine,
	                 "worst_mean", out_real(diary_window_worst(w)),
	                 "medicine_days", w->medicine.any,
	                 "medicine_days_by_class", classes, "hours_lost",
	                 out_real(w->hours_lost), "medicine_notice",
	                 medicine_notice(&w->medicine));
}

static json_t *change_json(const struct headaches *h)
{
	const struct headache_change *c = &h->change;

	return json_pack("{so so so so so so so sb ss}", "before_per_28",
	                 out_real(c->before.per_28), "after_per_28",
	                 out_real(c->after.per_28), "difference",
	                 out_real(c->per_28), "low", out_real(c->low), "high",
	                 out_real(c->high), "dispersion",
	                 out_real(c->dispersion), "permutation",
	                 out_real(h->permutation), "response", c->response,
	                 "words", headache_words(c->verdict));
}

static void fill_json(const struct headaches *h, json_t *json)
{
	json_t *windows = json_array();

	for (size_t i = 0; i < WINDOWS_TOLD; i++)
		json_array_append_new(windows, window_json(&h->windows[i]));
	json_object_set_new(json, "windows", windows);
	json_object_set_new(json, "change",
	                    h->marks ? change_json(h) : json_null());
}

static void print(const struct headaches *h)
{
	putchar('\n');
	if (h->first_day > h->today) {
		puts("The diary is empty: lull diary add");
		return;
	}
	print_windows(h);
	print_notice(&h->windows[0].medicine);
	if (h->marks)
		print_change(h);
}

/* Return: 0 or -ENOMEM. */
static int begin(struct headaches *h, int32_t today, int32_t first)
{
	*h = (struct headaches){.today = today, .first_day = DATE_LAST};
	for (int32_t i = 0; i < WINDOWS_TOLD; i++)
		diary_window_begin(&h->windows[i],
		                   today + 1 - (i + 1) * HEADACHE_WINDOW);
	if (first > today)
		return 0;
	h->from = first - SPAN_MAX;
	h->marks = calloc((size_t)(today - h->from) + 1, sizeof(*h->marks));
	return h->marks ? 0 : -ENOMEM;
}

int stats_headaches(struct store *s, int32_t today, int32_t first, json_t *json)
{
	struct headaches h;
	int r = begin(&h, today, first);

	if (r == 0)
		r = store_diary_days(s, DATE_FIRST, today, take_day, &h);
	if (r == 0 && h.marks)
		compare(&h, first);
	if (r == 0 && json)
		fill_json(&h, json);
	else if (r == 0)
		print(&h);
	free(h.marks);
	return r;
}
