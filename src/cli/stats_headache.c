/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>

#include "cli/out.h"
#include "cli/stats.h"
#include "diary/date.h"
#include "report/words.h"

/* --- for people -------------------------------------------------------------
 */

static void count_cell(struct out_table *t, struct diary_count count)
{
	char text[WORDS_FIGURE];

	out_table_cell(t, "%s", words_count(count, "-", text));
}

static void window_row(struct out_table *t, const struct diary_window *w,
                       bool medicine_kept)
{
	char date[DATE_TEXT], number[32];

	out_table_cell(t, "%s", date_text(w->from, date));
	out_table_cell(t, "%.0f %%", 100 * diary_window_complete(w));
	count_cell(t, diary_window_aches(w));
	count_cell(t, diary_window_moderate(w));
	count_cell(t, diary_window_migraine(w));
	out_table_cell(
		t, "%s",
		out_number(number, sizeof(number), diary_window_worst(w), 1));
	count_cell(t, diary_window_medicine(w, medicine_kept));
	out_table_cell(
		t, "%s",
		out_number(number, sizeof(number), diary_window_lost(w), 1));
}

static void print_windows(const struct headaches *h)
{
	static const char *const header[] = {
		"28 DAYS FROM",      "ENTERED",   "HEADACHE DAYS",
		"MODERATE OR WORSE", "MIGRAINE",  "WORST OF 10",
		"MEDICINE DAYS",     "HOURS LOST"};
	bool partly = false;
	struct out_table t;

	out_table_init(&t, "lrrrrrrr");
	for (size_t i = 0; i < sizeof(header) / sizeof(header[0]); i++)
		out_table_cell(&t, "%s", header[i]);
	for (size_t i = h->n_windows; i-- > 0;) {
		const struct diary_window *w = &h->windows[i];

		if (w->entered == 0 && i > 0)
			continue;
		window_row(&t, w, h->medicine_kept);
		partly |= w->rated && w->rated < w->aches;
		partly |= w->described && w->described < w->aches;
	}
	out_table_print(&t, stdout, true);
	out_table_finish(&t);
	if (partly)
		puts("3 of 5 means: of 5 headache days it is known, and 3 of "
		     "them were; of the others it is not.");
}

static void print_notice(const struct medicine_days *m)
{
	if (medicine_notice(m))
		printf("You used acute headache medicine on %u days of the "
		       "last 28. Doctors suggest talking\nabout it above 10 "
		       "to 15 days a month.\n",
		       m->any);
}

static void print_scores(const struct headaches *h)
{
	char date[DATE_TEXT];

	if (h->hit6.date >= DATE_FIRST)
		printf("HIT-6 on %s: %d, %s\n", date_text(h->hit6.date, date),
		       h->hit6.value, headaches_hit6_words(h->hit6.value));
	if (h->midas.date >= DATE_FIRST)
		printf("MIDAS on %s: %d, %s\n", date_text(h->midas.date, date),
		       h->midas.value, headaches_midas_words(h->midas.value));
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

static json_t *window_json(const struct diary_window *w, bool medicine_kept)
{
	json_t *classes = json_object();
	char date[DATE_TEXT];

	for (enum diary_class k = 0; k < DIARY_CLASSES && medicine_kept; k++)
		json_object_set_new(classes, diary_class_word(k),
		                    json_integer(w->medicine.of[k]));
	return json_pack("{ss si so so si so si so so so so sb}", "from",
	                 date_text(w->from, date), "entered", w->entered,
	                 "headache_days", out_real(diary_window_aches(w).days),
	                 "moderate_days",
	                 out_real(diary_window_moderate(w).days), "rated_days",
	                 w->rated, "migraine_days",
	                 out_real(diary_window_migraine(w).days),
	                 "described_days", w->described, "worst_mean",
	                 out_real(diary_window_worst(w)), "medicine_days",
	                 out_real(diary_window_medicine(w, medicine_kept).days),
	                 "medicine_days_by_class", classes, "hours_lost",
	                 out_real(diary_window_lost(w)), "medicine_notice",
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

static json_t *score_json(const struct headaches_score *score)
{
	char date[DATE_TEXT];

	return score->date < DATE_FIRST
	               ? json_null()
	               : json_pack("{ss si}", "date",
	                           date_text(score->date, date), "value",
	                           score->value);
}

static void fill_json(const struct headaches *h, json_t *json)
{
	json_t *windows = json_array();

	for (size_t i = 0; i < h->n_windows; i++)
		json_array_append_new(
			windows, window_json(&h->windows[i], h->medicine_kept));
	json_object_set_new(json, "windows", windows);
	json_object_set_new(json, "hit6", score_json(&h->hit6));
	json_object_set_new(json, "midas", score_json(&h->midas));
	json_object_set_new(json, "change",
	                    h->marks ? change_json(h) : json_null());
}

static void print(const struct headaches *h)
{
	putchar('\n');
	if (h->first_day > h->to) {
		puts("The diary is empty: lull diary add");
		return;
	}
	print_windows(h);
	print_notice(&h->windows[0].medicine);
	print_scores(h);
	if (h->marks)
		print_change(h);
}

void stats_headaches(const struct headaches *h, json_t *json)
{
	if (json)
		fill_json(h, json);
	else
		print(h);
}
