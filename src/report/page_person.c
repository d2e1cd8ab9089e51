/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/page.h"

#include <math.h>
#include <string.h>

#include "report/chart.h"
#include "report/markup.h"
#include "report/words.h"

#define GROUPS_TOLD    4
#define RESPONSES_TOLD 4
#define NAME_MAX_BYTES 60

/* Is there a trial of one's own to be told? */
static bool is_within(const struct report *r)
{
	const struct trial *t = &r->trial;
	int32_t after = trial_after(t) < t->ended ? trial_after(t) : t->ended;

	return t->id && t->start <= r->to && after > r->from;
}

/* What is told of one leaves less of the sheet to the rows of a table. */
static size_t rows(const struct report *r, size_t n)
{
	return is_within(r) ? n - 1 : n;
}

static void done(FILE *f, const struct report *r)
{
	const struct trend *t = &r->trend;

	fprintf(f,
	        "<p><strong>%u sessions</strong>, %.0f minutes in all. %u went "
	        "to their end; in %u your heart was heard at rest before and "
	        "after.",
	        t->sessions, t->minutes, t->whole, t->heard);
	if (r->plan && !isnan(trend_adherence(t, r->plan)))
		fprintf(f, " Of your plan, %u a week, you did %.0f %%.",
		        r->plan, 100 * trend_adherence(t, r->plan));
	if (r->plan && trend_too_much(t, r->plan))
		fputs(" A shorter plan may fit you better just now.", f);
	fputs("</p>\n", f);
	if (t->n_weeks < 2)
		return;
	fputs("<div class=\"scroll late\" role=\"region\" tabindex=\"0\" "
	      "aria-label=\"Week by week\">\n",
	      f);
	chart_weeks(f, t, &r->headaches, r->plan);
	fputs("</div>\n<p class=\"soft small\">Side by side by date, no more: "
	      "the picture does not say that one makes the other.</p>\n",
	      f);
}

/* --- at rest, before and after ----------------------------------------------
 */

static void reach(const struct student *s, double *lo, double *hi)
{
	double low, high;

	student_interval(s, TREND_COVERAGE, &low, &high);
	*lo = fmin(*lo, isnan(low) ? s->mean : low);
	*hi = fmax(*hi, isnan(high) ? s->mean : high);
}

/* As response_words(): by the interval first, then by the noise. */
static const char *verdict(const struct student *s, const char *more,
                           const char *less)
{
	double low, high;

	student_interval(s, TREND_COVERAGE, &low, &high);
	return isnan(low) ? "too early to tell"
	       : low > 0  ? more
	       : high < 0 ? less
	                  : "no clear change";
}

/* A figure with its interval, and below it what that says. */
static void figure_cell(FILE *f, const struct student *s, int decimals,
                        const char *unit, const char *words, bool noise)
{
	char mean[WORDS_FIGURE], a[WORDS_FIGURE], b[WORDS_FIGURE];
	double low, high;

	student_interval(s, TREND_COVERAGE, &low, &high);
	fprintf(f, "<td class=\"l nowrap\"><span class=\"n\">%s%s</span>",
	        words_figure(s->n ? s->mean : NAN, decimals, true, mean), unit);
	if (!isnan(low))
		fprintf(f, " <span class=\"soft\">(%s to %s)</span>",
		        words_figure(low, decimals, true, a),
		        words_figure(high, decimals, true, b));
	fprintf(f, "<br>%s%s</td>", words,
	        noise && (low > 0 || high < 0) ? ", within noise" : "");
}

static void interval_cell(FILE *f, const struct student *s,
                          const struct svg_axis *axis, double band)
{
	double low, high;

	student_interval(s, TREND_COVERAGE, &low, &high);
	fputs("<td class=\"pic\">", f);
	chart_interval(f, axis, s->n ? s->mean : NAN, low, high, band);
	fputs("</td>", f);
}

static void group_row(FILE *f, const struct report *r,
                      const struct trend_group *g, const struct svg_axis *axis)
{
	char words[TREND_WORDS];
	struct change_band band;

	change_band_of(&g->norms, &band);
	fputs("<tr><th scope=\"row\">", f);
	markup_said(f, report_name(r, g->routine), NAME_MAX_BYTES);
	fprintf(f, "<br><span class=\"soft\">%s</span></th><td>%u</td>",
	        trend_group_words(g, words), g->sessions);
	interval_cell(f, &g->hr, axis, band.hr_bpm);
	figure_cell(f, &g->hr, 1, "", verdict(&g->hr, "slower", "faster"),
	            fabs(g->hr.mean) < band.hr_bpm);
	figure_cell(f, &g->rmssd, 0, " %",
	            verdict(&g->rmssd, "higher", "lower"),
	            fabs(g->rmssd.mean) < band.rmssd_pct);
	fputs("</tr>\n", f);
}

static bool is_larger(const struct trend *t, size_t a, size_t b)
{
	unsigned x = t->groups[a].sessions, y = t->groups[b].sessions;

	return x > y || (x == y && a < b);
}

/* The @n-th by its number of sessions. */
static const struct trend_group *ranked(const struct trend *t, size_t n)
{
	for (size_t i = 0; i < t->n_groups; i++) {
		size_t before = 0;

		for (size_t k = 0; k < t->n_groups; k++)
			before += k != i && is_larger(t, k, i);
		if (before == n)
			return &t->groups[i];
	}
	return NULL;
}

static void rest(FILE *f, const struct report *r)
{
	const struct trend *t = &r->trend;
	double lo = 0, hi = 0;
	struct svg_axis axis;

	fputs("<h3>At rest, after a session against before it</h3>\n", f);
	if (t->heard == 0) {
		fputs("<p>There is no session yet with your heart heard before "
		      "and after.</p>\n",
		      f);
		return;
	}
	for (size_t i = 0; i < t->n_groups && i < rows(r, GROUPS_TOLD); i++)
		reach(&ranked(t, i)->hr, &lo, &hi);
	axis = chart_axis(lo, hi);
	fputs("<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
	      "aria-label=\"At rest, after against before\">\n<table>\n<thead>"
	      "<tr><th scope=\"col\">routine and time of day</th><th "
	      "scope=\"col\">sessions</th><td class=\"pic\"></td><th "
	      "scope=\"col\" class=\"l\">heart slower by, bpm</th><th scope=\"col\" "
	      "class=\"l\">RMSSD changed by</th></tr></thead>\n<tbody>\n",
	      f);
	for (size_t i = 0; i < t->n_groups && i < rows(r, GROUPS_TOLD); i++)
		group_row(f, r, ranked(t, i), &axis);
	fputs("</tbody>\n</table>\n</div>\n"
	      "<p class=\"soft small\">Only one posture at one time of day, after the "
	      "same, is compared, the most frequent ones. The line holds the mean 95 times in 100; the grey "
	      "band is the noise of a single measurement, your own from five "
	      "sessions on. Sitting still does part of it by itself.</p>\n",
	      f);
}

/* --- baselines --------------------------------------------------------------
 */

static void drift(FILE *f, const struct trend *t, int group, bool rmssd)
{
	char then[WORDS_FIGURE], now[WORDS_FIGURE], d[WORDS_FIGURE];
	char low[WORDS_FIGURE], high[WORDS_FIGURE];
	struct trend_drift x;

	fputs("<div>\n", f);
	chart_baseline(f, t, group, rmssd);
	trend_drift(t, group, rmssd, &x);
	if (isnan(x.low))
		fputs("<p class=\"small\">Too early to tell.</p>", f);
	else
		fprintf(f,
		        "<p class=\"small\">First 28 days %s, last %s: %s (%s "
		        "to %s), <strong>%s</strong></p>",
		        words_figure(x.then, 0, false, then),
		        words_figure(x.now, 0, false, now),
		        words_figure(x.change, 1, true, d),
		        words_figure(x.low, 1, true, low),
		        words_figure(x.high, 1, true, high),
		        !x.clear       ? "no clear change"
		        : x.change > 0 ? "higher"
		                       : "lower");
	fputs("</div>\n", f);
}

static void baselines(FILE *f, const struct report *r)
{
	const struct trend *t = &r->trend;
	int group = trend_main(t);
	char words[TREND_WORDS];

	if (group < 0 || t->to + 1 - t->from < 2 * TREND_ENDS)
		return;
	fputs("<h3>Your heart at rest before a session: ", f);
	markup_said(f, report_name(r, t->groups[group].routine),
	            NAME_MAX_BYTES);
	fprintf(f, ", %s</h3>\n<div class=\"pair\">\n",
	        trend_group_words(&t->groups[group], words));
	drift(f, t, group, false);
	drift(f, t, group, true);
	fputs("</div>\n", f);
}

/* --- techniques -------------------------------------------------------------
 */

static void each_name(FILE *f, const struct report *r, const char *ids,
                      const char *(*words)(const struct report *r,
                                           const char *id),
                      const char *between)
{
	char id[RESPONSE_IDS], said[RESPONSE_IDS] = "";
	size_t n;

	for (const char *at = ids; *at; at += n + (at[n] == ',')) {
		const char *text;

		n = strcspn(at, ",");
		snprintf(id, sizeof(id), "%.*s", (int)n, at);
		text = words(r, id);
		if (!*text || strcmp(text, said) == 0)
			continue;
		fputs(*said ? between : "", f);
		markup_said(f, text, NAME_MAX_BYTES);
		snprintf(said, sizeof(said), "%s", text);
	}
}

static void response_row(FILE *f, const struct report *r,
                         const struct response *x, const struct svg_axis *axis)
{
	fputs("<tr><th scope=\"row\">", f);
	each_name(f, r, x->techniques, report_name, " + ");
	fprintf(f, "</th><td>%u</td>", x->calm.n);
	interval_cell(f, &x->calm, axis, RESPONSE_CLEAR);
	figure_cell(f, &x->calm, 0, "", response_words(x), false);
	fputs("<td class=\"l soft\">", f);
	each_name(f, r, x->techniques, report_evidence, "; ");
	fputs("</td></tr>\n", f);
}

static void techniques(FILE *f, const struct report *r)
{
	const struct responses *all = &r->responses;
	double lo = 0, hi = 0;
	struct svg_axis axis;

	if (all->n == 0)
		return;
	for (size_t i = 0; i < all->n && i < rows(r, RESPONSES_TOLD); i++)
		reach(&all->at[i].calm, &lo, &hi);
	axis = chart_axis(lo, hi);
	fputs("<h3>How calm changed while your hands worked</h3>\n"
	      "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
	      "aria-label=\"How calm changed while your hands worked\">\n"
	      "<table>\n<thead><tr><th scope=\"col\">between two listening "
	      "windows</th><th scope=\"col\">times</th><td "
	      "class=\"pic\"></td><th scope=\"col\" class=\"l\">CALM up by, of 100</th><th "
	      "scope=\"col\" class=\"l\">evidence for headache</th></tr></thead>\n<tbody>\n",
	      f);
	for (size_t i = 0; i < all->n && i < rows(r, RESPONSES_TOLD); i++)
		response_row(f, r, &all->at[i], &axis);
	fputs("</tbody>\n</table>\n</div>\n"
	      "<p class=\"soft small\">What stands together was always done "
	      "together, so nothing tells it apart; the breath slowed "
	      "meanwhile. Of many rows one may look good by chance. CALM is "
	      "how far your heart settled since the start of the session; "
	      "less than 8 is how it goes up and down by itself.</p>\n",
	      f);
}

/* --- how you felt -----------------------------------------------------------
 */

static void felt_words(FILE *f, const char *what, const struct student *s)
{
	char mean[WORDS_FIGURE];

	if (s->n)
		fprintf(f, "%s %s of 10, in %u sessions. ", what,
		        words_figure(-s->mean, 1, true, mean), s->n);
}

static void felt(FILE *f, const struct trend *t)
{
	if (!t->headache.n && !t->tension.n)
		return;
	fputs("<h3>How you felt, after against before</h3>\n<p>", f);
	felt_words(f, "Headache", &t->headache);
	felt_words(f, "Tension", &t->tension);
	fputs("<span class=\"soft\">What one hopes for colours what one feels: "
	      "this proves nothing.</span></p>\n",
	      f);
}

/* --- a trial of one's own ---------------------------------------------------
 */

static void trial_arm(FILE *f, const struct report *r, enum trial_arm arm)
{
	const struct trial *t = &r->trial;
	char words[TRIAL_TEXT];

	if (!t->arms[arm][0]) {
		fputs(trial_arm_words(t, arm, words), f);
		return;
	}
	fputs("practise “", f);
	markup_said(f, report_name(r, t->arms[arm]), NAME_MAX_BYTES);
	fputs("”", f);
}

static void trial_figures(FILE *f, const struct report *r)
{
	const struct trial_result *x = &r->trial_result;
	char a[WORDS_FIGURE], b[WORDS_FIGURE], d[WORDS_FIGURE],
		low[WORDS_FIGURE], high[WORDS_FIGURE];

	if (isnan(x->low))
		return;
	fputs("Headache days in 28: ", f);
	trial_arm(f, r, TRIAL_FIRST);
	fprintf(f, " %s; ", words_figure(x->arms[TRIAL_FIRST], 1, false, a));
	trial_arm(f, r, TRIAL_SECOND);
	fprintf(f, " %s. Difference of %u pairs: %s (%s to %s). ",
	        words_figure(x->arms[TRIAL_SECOND], 1, false, b), x->counted,
	        words_figure(x->per_28, 1, true, d),
	        words_figure(x->low, 1, true, low),
	        words_figure(x->high, 1, true, high));
}

static void own_trial(FILE *f, const struct report *r)
{
	const struct trial *t = &r->trial;
	char from[WORDS_DATE], to[WORDS_DATE], words[TRIAL_TEXT];

	if (!is_within(r))
		return;
	fputs("<h3>Your trial: ", f);
	trial_arm(f, r, TRIAL_FIRST);
	fputs(", or ", f);
	trial_arm(f, r, TRIAL_SECOND);
	fprintf(f,
	        "</h3>\n<p class=\"small\">%u pairs of blocks of %u days, drawn by lot, %s to "
	        "%s. ",
	        t->pairs, t->weeks * 7, words_date(t->start, from),
	        words_date(trial_after(t) - 1, to));
	if (t->ended != TRIAL_OPEN)
		fprintf(f, "You ended it on %s. ", words_date(t->ended, to));
	trial_figures(f, r);
	fputs("In words: <strong>", f);
	markup_said(f, trial_words(t, &r->trial_result, words), TRIAL_TEXT);
	fputs("</strong>.", f);
	if (!isnan(r->trial_result.low))
		fprintf(f, " <span class=\"soft\">%s</span>", trial_caution());
	fputs("</p>\n", f);
}

void page_person(FILE *f, const struct report *r)
{
	char from[WORDS_DATE], to[WORDS_DATE];

	fprintf(f,
	        "<section class=\"sheet\" aria-labelledby=\"person\">\n"
	        "<header><h2 class=\"top\" id=\"person\">For you: your "
	        "sessions</h2><span class=\"soft\">%s to %s</span></header>\n",
	        words_date(r->from, from), words_date(r->to, to));
	if (r->trend.sessions == 0) {
		fputs("<p>There was no session in these days.", f);
		if (r->trend.simulated)
			fprintf(f,
			        " %u simulated or by the clock: they are "
			        "counted nowhere.",
			        r->trend.simulated);
		fputs("</p>\n", f);
		own_trial(f, r);
		fputs("</section>\n", f);
		return;
	}
	done(f, r);
	rest(f, r);
	baselines(f, r);
	techniques(f, r);
	felt(f, &r->trend);
	own_trial(f, r);
	fputs("<p class=\"foot soft small\">People begin something new when "
	      "things are at their worst, so that some improvement is to be "
	      "expected anyway. Figures from a chest strap are estimates. "
	      "Nothing here is medical advice; do not stop or delay any "
	      "medicine because of it.</p>\n</section>\n",
	      f);
}
