/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/page.h"

#include <math.h>

#include "diary/date.h"
#include "report/chart.h"
#include "report/markup.h"
#include "report/words.h"

#define WINDOWS_TOLD   6
#define MEDICINES_TOLD 4
#define NAME_MAX_BYTES 32
#define DASH           "\xe2\x80\x93"

static void title(FILE *f, const struct report *r)
{
	char from[WORDS_DATE], to[WORDS_DATE], made[WORDS_DATE];

	fprintf(f,
	        "<section class=\"sheet\" aria-labelledby=\"doctor\">\n"
	        "<header><h1 id=\"doctor\">Headache report</h1>"
	        "<span class=\"soft\">%s to %s</span></header>\n"
	        "<p class=\"who\"><span>Name</span><span>Date of birth</span>"
	        "</p>\n"
	        "<p class=\"soft small\">From the person's own diary, made on "
	        "%s with Lull, which is no medical device and gives no "
	        "diagnosis. A day without entry counts nowhere.</p>\n",
	        words_date(r->from, from), words_date(r->to, to),
	        words_date(r->today, made));
}

static void tile(FILE *f, const char *name, const char *value,
                 const char *behind)
{
	fprintf(f, "<div><dt>%s</dt><dd>%s%s%s%s</dd></div>\n", name, value,
	        *behind ? " <small>" : "", behind, *behind ? "</small>" : "");
}

static void tile_count(FILE *f, const char *name, struct diary_count count)
{
	char text[WORDS_FIGURE], behind[WORDS_FIGURE] = "";

	if (!isnan(count.days) && count.of < count.in)
		snprintf(behind, sizeof(behind), "of %u told", count.of);
	count.in = count.of;
	tile(f, name, words_count(count, DASH, text), behind);
}

static void tiles(FILE *f, const struct headaches *h)
{
	const struct diary_window *w = &h->windows[0];
	char figure[WORDS_FIGURE];

	fputs("<h2>The last 28 days</h2>\n<dl class=\"tiles\">\n", f);
	tile_count(f, "headache days", diary_window_aches(w));
	tile_count(f, "moderate or severe", diary_window_moderate(w));
	tile_count(f, "migraine days", diary_window_migraine(w));
	tile_count(f, "medicine days",
	           diary_window_medicine(w, h->medicine_kept));
	tile(f, "worst pain, mean",
	     words_figure(diary_window_worst(w), 1, false, figure), "of 10");
	snprintf(figure, sizeof(figure), "%u", w->entered);
	tile(f, "days entered", figure, "of 28");
	fputs("</dl>\n", f);
}

static void notice(FILE *f, const struct medicine_days *m)
{
	if (medicine_notice(m))
		fprintf(f,
		        "<p class=\"notice\">Acute headache medicine was used "
		        "on <strong>%u days</strong> of the last 28. Doctors "
		        "suggest talking about it above 10 to 15 days a "
		        "month.</p>\n",
		        m->any);
}

static void score(FILE *f, const char *form, const struct headaches_score *s,
                  const char *words)
{
	char date[WORDS_DATE];

	if (s->date >= DATE_FIRST)
		fprintf(f, "<p>%s on %s: <strong>%d</strong>, %s.</p>\n", form,
		        words_date(s->date, date), s->value, words);
}

static void pictures(FILE *f, const struct headaches *h)
{
	fputs("<h2>Headache days in each 28 days</h2>\n"
	      "<div class=\"scroll late\" role=\"region\" tabindex=\"0\" "
	      "aria-label=\"Headache days in each 28 days\">\n",
	      f);
	chart_windows(f, h);
	fputs("</div>\n<h2>Day by day</h2>\n"
	      "<div class=\"scroll late\" role=\"region\" tabindex=\"0\" "
	      "aria-label=\"Day by day\">\n",
	      f);
	chart_calendar(f, h);
	fputs("</div>\n", f);
}

static void window_row(FILE *f, const struct diary_window *w,
                       bool medicine_kept)
{
	char from[WORDS_DATE], to[WORDS_DATE], worst[WORDS_FIGURE];
	char aches[WORDS_FIGURE], moderate[WORDS_FIGURE];
	char migraine[WORDS_FIGURE], medicine[WORDS_FIGURE];
	char lost[WORDS_FIGURE];

	fprintf(f,
	        "<tr><th scope=\"row\" class=\"nowrap\">%s \xe2\x80\x93 "
	        "%s</th><td>%.0f %%</td><td class=\"n\">%s</td><td>%s</td>"
	        "<td>%s</td><td>%s</td><td>%s</td><td>%s</td>"
	        "</tr>\n",
	        words_date(w->from, from), words_date(w->from + 27, to),
	        100 * diary_window_complete(w),
	        words_count(diary_window_aches(w), DASH, aches),
	        words_count(diary_window_moderate(w), DASH, moderate),
	        words_count(diary_window_migraine(w), DASH, migraine),
	        words_figure(diary_window_worst(w), 1, false, worst),
	        words_count(diary_window_medicine(w, medicine_kept), DASH,
	                    medicine),
	        words_figure(diary_window_lost(w), 1, false, lost));
}

static void windows(FILE *f, const struct headaches *h)
{
	fputs("<h2>The figures</h2>\n"
	      "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
	      "aria-label=\"The figures of each 28 days\">\n"
	      "<table class=\"figures\">\n<thead>"
	      "<tr><th scope=\"col\">28 days</th><th "
	      "scope=\"col\">entered</th><th scope=\"col\">headache "
	      "days</th><th scope=\"col\">moderate or severe</th><th "
	      "scope=\"col\">migraine days</th><th scope=\"col\">worst "
	      "pain</th><th scope=\"col\">medicine days</th><th "
	      "scope=\"col\">hours lost</th></tr></thead>\n<tbody>\n",
	      f);
	for (size_t i = 0; i < h->n_windows && i < WINDOWS_TOLD; i++)
		if (i == 0 || h->windows[i].entered)
			window_row(f, &h->windows[i], h->medicine_kept);
	fputs("</tbody>\n</table>\n</div>\n", f);
}

/* --- before and since -------------------------------------------------------
 */

static void compared(FILE *f, const struct headaches *h)
{
	const struct headache_change *c = &h->change;
	char a[WORDS_FIGURE], b[WORDS_FIGURE], d[WORDS_FIGURE];
	char low[WORDS_FIGURE], high[WORDS_FIGURE];

	fprintf(f,
	        "<p>In 28 days <strong>%s</strong> before and "
	        "<strong>%s</strong> since: %s, most likely between %s and "
	        "%s.</p>\n",
	        words_figure(c->before.per_28, 1, false, a),
	        words_figure(c->after.per_28, 1, false, b),
	        words_figure(c->per_28, 1, true, d),
	        words_figure(c->low, 1, true, low),
	        words_figure(c->high, 1, true, high));
	chart_change(f, c);
	fprintf(f, "<p><strong>In words: %s.</strong>%s</p>\n",
	        headache_words(c->verdict),
	        c->response ? " At least halved: it would be counted as a "
	                      "response in trials."
	                    : "");
}

static void change(FILE *f, const struct headaches *h)
{
	char date[WORDS_DATE];

	if (h->marks)
		fprintf(f,
		        "<div><h2>Before the first session (%s) and "
		        "since</h2>\n",
		        words_date(h->first, date));
	else
		fputs("<div><h2>Before the first session and since</h2>\n", f);
	if (!h->marks)
		fputs("<p>There was no session yet: nothing to compare.</p>\n",
		      f);
	if (h->marks && isnan(h->change.low))
		fprintf(f, "<p><strong>In words: %s.</strong></p>\n",
		        headache_words(h->change.verdict));
	else if (h->marks)
		compared(f, h);
	fputs("</div>\n", f);
}

/* --- medicine ---------------------------------------------------------------
 */

static void medicine_row(FILE *f, const struct headaches *h, size_t at)
{
	const struct headaches_medicine *m = &h->medicines[at];

	fputs("<tr><th scope=\"row\">", f);
	markup_said(f, m->name, NAME_MAX_BYTES);
	fprintf(f, " <span class=\"soft\">%s</span></th>",
	        m->class == DIARY_OTHER ? "" : diary_class_word(m->class));
	for (size_t i = 0; i < HEADACHES_RECENT && i < h->n_windows; i++)
		fprintf(f, "<td>%u</td>", m->days[i]);
	fputs("</tr>\n", f);
}

static void medicine(FILE *f, const struct headaches *h)
{
	static const char *const when[] = {"last 28", "28 before",
	                                   "before that"};
	char any[WORDS_FIGURE];

	if (!h->medicine_kept) {
		fputs("<div><h2>Days with acute medicine</h2>\n<p>No medicine "
		      "was written down.</p>\n</div>\n",
		      f);
		return;
	}
	fputs("<div><h2>Days with acute medicine</h2>\n<table>\n<thead><tr>"
	      "<th scope=\"col\">by name</th>",
	      f);
	for (size_t i = 0; i < HEADACHES_RECENT && i < h->n_windows; i++)
		fprintf(f, "<th scope=\"col\">%s</th>", when[i]);
	fputs("</tr></thead>\n<tbody>\n", f);
	for (size_t i = 0; i < h->n_medicines && i < MEDICINES_TOLD; i++)
		medicine_row(f, h, i);
	fputs("<tr><th scope=\"row\">any that counts", f);
	if (h->n_medicines > MEDICINES_TOLD)
		fprintf(f, ", with %zu more names",
		        h->n_medicines - MEDICINES_TOLD);
	fputs("</th>", f);
	for (size_t i = 0; i < HEADACHES_RECENT && i < h->n_windows; i++)
		fprintf(f, "<td class=\"n\">%s</td>",
		        words_count(diary_window_medicine(&h->windows[i], true),
		                    DASH, any));
	fputs("</tr>\n</tbody>\n</table>\n", f);
	fputs("</div>\n", f);
}

static void foot_change(FILE *f, const struct headaches *h)
{
	const struct headache_change *c = &h->change;

	if (!h->marks)
		return;
	fprintf(f, "<p>Before and since: %s", headache_caution());
	if (!isnan(c->low))
		fprintf(f,
		        " Compared are %zu days before and %zu since. The "
		        "interval holds the difference 95 times in 100; it was "
		        "widened %.1f times, for headaches come in runs. Dealt "
		        "out at random, the weeks differ as much in %.0f of "
		        "100 cases.",
		        h->n_before, h->n_after, sqrt(c->dispersion),
		        100 * h->permutation);
	fputs("</p>\n", f);
}

static void foot(FILE *f, const struct headaches *h)
{
	fputs("<div class=\"foot soft small\">\n", f);
	foot_change(f, h);
	fputs("<p>A migraine day here: a headache of 4 hours or more (or of "
	      "any length with a triptan) with the features of ICHD-3 1.1, or "
	      "one with an aura. Moderate: worst pain 4 of 10 or more. "
	      "3 of 5: of 5 headache days it was said. Hours lost: of work and "
	      "at home. Medicine counts by days, not doses: "
	      "ICHD-3 8.2 draws the line of overuse at 10 days a month for "
	      "triptans, ergots, opioids, combinations and mixed classes, at "
	      "15 for simple painkillers, over more than three "
	      "months.</p>\n</div>\n</section>\n",
	      f);
}

void page_doctor(FILE *f, const struct report *r)
{
	const struct headaches *h = &r->headaches;

	title(f, r);
	if (h->first_day > h->to) {
		fputs("<p>The diary is empty: there is nothing to report "
		      "yet.</p>\n</section>\n",
		      f);
		return;
	}
	tiles(f, h);
	notice(f, &h->windows[0].medicine);
	score(f, "HIT-6", &h->hit6, headaches_hit6_words(h->hit6.value));
	score(f, "MIDAS", &h->midas, headaches_midas_words(h->midas.value));
	pictures(f, h);
	windows(f, h);
	fputs("<div class=\"pair\">\n", f);
	change(f, h);
	medicine(f, h);
	fputs("</div>\n", f);
	foot(f, h);
}
