/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/stats.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/gather.h"
#include "cli/out.h"
#include "cli/past.h"
#include "cli/trial.h"

#define DAYS_TOLD      28
#define WINDOWS_TOLD   4
#define RESPONSES_TOLD 6
#define GROUP_NAME     (TREND_WORDS + 48)

/* --- for people -------------------------------------------------------------
 */

/* `3.1 (1.0 to 5.2)`; without an interval only the mean. */
static const char *with_interval(const struct student *s, int decimals,
                                 char *ret, size_t len)
{
	char mean[32], low[32], high[32];
	double a, b;

	student_interval(s, TREND_COVERAGE, &a, &b);
	out_number(mean, sizeof(mean), s->n ? s->mean : NAN, decimals);
	if (isnan(a))
		snprintf(ret, len, "%s", mean);
	else
		snprintf(ret, len, "%s (%s to %s)", mean,
		         out_number(low, sizeof(low), a, decimals),
		         out_number(high, sizeof(high), b, decimals));
	return ret;
}

static void group_row(struct out_table *t, const struct trend_group *g,
                      const char *name)
{
	char text[128];

	out_table_cell(t, "%s", name);
	out_table_cell(t, "%u", g->sessions);
	out_table_cell(t, "%s", with_interval(&g->hr, 1, text, sizeof(text)));
	out_table_cell(t, "%s",
	               with_interval(&g->rmssd, 0, text, sizeof(text)));
}

static const char *group_name(const struct trend_group *g, char *ret,
                              size_t len)
{
	char words[TREND_WORDS];

	snprintf(ret, len, "%.40s, %s", g->routine,
	         trend_group_words(g, words));
	return ret;
}

static void print_groups(const struct trend *s)
{
	struct out_table t;
	char name[GROUP_NAME];

	putchar('\n');
	out_table_init(&t, "lrll");
	out_table_cell(&t, "AT REST, AFTER AGAINST BEFORE");
	out_table_cell(&t, "SESSIONS");
	out_table_cell(&t, "HEART SLOWER BY BPM");
	out_table_cell(&t, "RMSSD CHANGED BY %%");
	group_row(&t, &s->all, "all sessions");
	for (size_t i = 0; i < s->n_groups && s->n_groups > 1; i++)
		group_row(&t, &s->groups[i],
		          group_name(&s->groups[i], name, sizeof(name)));
	out_table_print(&t, stdout, true);
	out_table_finish(&t);
	puts("In brackets: the interval that holds the mean 95 times in 100. "
	     "Rest alone does part of it.");
}

static void felt_line(const char *what, const struct student *s)
{
	char text[128];

	if (s->n)
		printf("How you felt: %s less by %s of 10, in %u %s\n", what,
		       with_interval(s, 1, text, sizeof(text)), s->n,
		       s->n == 1 ? "session" : "sessions");
}

static void baseline_line(const struct trend *t, int group, bool rmssd)
{
	const char *unit = rmssd ? "ms" : "bpm";
	struct trend_drift d;

	trend_drift(t, group, rmssd, &d);
	if (isnan(d.low))
		return;
	printf("  %-10s %.0f -> %.0f %s (%+.1f, %+.1f to %+.1f): %s\n",
	       rmssd ? "RMSSD" : "heart rate", d.then, d.now, unit, d.change,
	       d.low, d.high,
	       !d.clear       ? "no clear change"
	       : d.change > 0 ? "higher"
	                      : "lower");
}

/* Two months at least, or its ends would overlap. */
static void print_baselines(const struct trend *t)
{
	int main = trend_main(t);
	char name[GROUP_NAME];

	if (main < 0 || t->to + 1 - t->from < 2 * TREND_ENDS)
		return;
	printf("\nAt rest before a session (%s), the first %d days against "
	       "the last:\n",
	       group_name(&t->groups[main], name, sizeof(name)), TREND_ENDS);
	baseline_line(t, main, false);
	baseline_line(t, main, true);
}

/* Done together, and told together. */
static void techniques_cell(struct out_table *t, const char *ids)
{
	char text[2 * RESPONSE_IDS];
	size_t n = 0;

	for (; *ids && n + 4 < sizeof(text); ids++) {
		if (*ids == ',')
			n = (size_t)(stpcpy(text + n, " + ") - text);
		else
			text[n++] = *ids;
	}
	text[n] = '\0';
	out_table_cell(t, "%s", text);
}

static void print_responses(const struct report *r)
{
	const struct responses *all = &r->responses;
	struct out_table t;
	char text[64];

	if (all->n == 0)
		return;
	putchar('\n');
	out_table_init(&t, "lrll");
	out_table_cell(&t, "BETWEEN TWO LISTENING WINDOWS");
	out_table_cell(&t, "TIMES");
	out_table_cell(&t, "CALM RISEN BY, OF 100");
	out_table_cell(&t, "%s", "");
	for (size_t i = 0; i < all->n && i < RESPONSES_TOLD; i++) {
		const struct response *x = &all->at[i];

		techniques_cell(&t, x->techniques);
		out_table_cell(&t, "%u", x->calm.n);
		out_table_cell(&t, "%s",
		               with_interval(&x->calm, 1, text, sizeof(text)));
		out_table_cell(&t, "%s", response_words(x));
	}
	out_table_print(&t, stdout, true);
	out_table_finish(&t);
	puts("Of many rows one may look good by chance, and the breath slows "
	     "meanwhile.");
}

static void print_plan(const struct report *r)
{
	const struct trend *t = &r->trend;

	if (!r->plan || t->n_weeks == 0 || isnan(trend_adherence(t, r->plan)))
		return;
	printf("Of the plan, %u sessions a week: %.0f %%\n", r->plan,
	       100 * trend_adherence(t, r->plan));
	if (trend_too_much(t, r->plan))
		puts("A shorter plan may fit you better: plan: in "
		     "config.yaml");
}

static void print_sessions(const struct report *r)
{
	const struct trend *t = &r->trend;

	printf("The last %d days: %u %s, %.0f minutes; %u to the end, %u with "
	       "the heart at rest before and after\n",
	       t->to + 1 - t->from, t->sessions,
	       t->sessions == 1 ? "session" : "sessions", t->minutes, t->whole,
	       t->heard);
	if (t->simulated > 0)
		printf("%u simulated or by the clock, and counted nowhere\n",
		       t->simulated);
	print_plan(r);
	if (t->heard > 0)
		print_groups(t);
	felt_line("headache", &t->headache);
	felt_line("tension", &t->tension);
	print_baselines(t);
	print_responses(r);
}

/* --- for programs -----------------------------------------------------------
 */

static json_t *student_json(const struct student *s)
{
	double low, high;

	student_interval(s, TREND_COVERAGE, &low, &high);
	return json_pack("{si so so so}", "n", s->n, "mean",
	                 out_real(s->n ? s->mean : NAN), "low", out_real(low),
	                 "high", out_real(high));
}

static json_t *group_json(const struct trend_group *g, const char *name)
{
	return json_pack("{ss si so so}", "name", name, "sessions", g->sessions,
	                 "hr_slower_bpm", student_json(&g->hr), "rmssd_pct",
	                 student_json(&g->rmssd));
}

static json_t *drift_json(const struct trend *t, int group, bool rmssd)
{
	struct trend_drift d;

	trend_drift(t, group, rmssd, &d);
	return json_pack("{so so so so so sb}", "then", out_real(d.then), "now",
	                 out_real(d.now), "change", out_real(d.change), "low",
	                 out_real(d.low), "high", out_real(d.high), "clear",
	                 d.clear);
}

static json_t *baselines_json(const struct trend *t)
{
	int main = trend_main(t);
	char name[GROUP_NAME];

	if (main < 0 || t->to + 1 - t->from < 2 * TREND_ENDS)
		return json_null();
	return json_pack("{ss so so}", "name",
	                 group_name(&t->groups[main], name, sizeof(name)),
	                 "hr_bpm", drift_json(t, main, false), "rmssd_ms",
	                 drift_json(t, main, true));
}

static json_t *responses_json(const struct responses *r)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < r->n; i++)
		json_array_append_new(
			rows, json_pack("{ss so ss}", "techniques",
		                        r->at[i].techniques, "calm",
		                        student_json(&r->at[i].calm), "words",
		                        response_words(&r->at[i])));
	return rows;
}

static void fill_json(const struct report *r, json_t *json)
{
	const struct trend *t = &r->trend;
	json_t *groups = json_array();
	char name[GROUP_NAME];

	for (size_t i = 0; i < t->n_groups; i++)
		json_array_append_new(groups,
		                      group_json(&t->groups[i],
		                                 group_name(&t->groups[i], name,
		                                            sizeof(name))));
	json_object_set_new(
		json, "sessions",
		json_pack("{si si so si si so so so so}", "days",
	                  t->to + 1 - t->from, "sessions", t->sessions,
	                  "minutes", out_real(t->minutes), "completed",
	                  t->whole, "with_heart", t->heard, "all",
	                  group_json(&t->all, "all sessions"), "groups", groups,
	                  "headache_less", student_json(&t->headache),
	                  "tension_less", student_json(&t->tension)));
	json_object_set_new(
		json, "plan",
		json_pack(
			"{si so}", "sessions_a_week", r->plan, "kept",
			out_real(r->plan ? trend_adherence(t, r->plan) : NAN)));
	json_object_set_new(json, "baselines", baselines_json(t));
	json_object_set_new(json, "techniques", responses_json(&r->responses));
}

void stats_sessions(const struct report *r, json_t *json)
{
	if (json)
		fill_json(r, json);
	else
		print_sessions(r);
}

/* --- the command ------------------------------------------------------------
 */

/* @trial: what today is in one; "": none runs. */
static void tell_trial(const char *trial, json_t *json)
{
	if (json)
		json_object_set_new(json, "trial",
		                    *trial ? json_string(trial) : json_null());
	else if (*trial)
		printf("\n%s More: lull trial\n", trial);
}

static int tell(const struct report *r, const char *trial, bool as_json)
{
	json_t *json = as_json ? json_object() : NULL;

	stats_sessions(r, json);
	stats_headaches(&r->headaches, json);
	tell_trial(trial, json);
	return json ? out_json(json) : OUT_DONE;
}

int stats_run(const struct command *c, int argc, char **argv)
{
	struct store *s = NULL;
	struct opt_args args;
	uint64_t days = DAYS_TOLD;
	bool as_json = false;
	const struct opt opts[] = {
		{"days", OPT_COUNT, &days, "N",
	         "sessions of so many days; 28 unless told", 1, 36525},
		{"json", OPT_FLAG, &as_json, NULL, "as JSON", 0, 0},
		{0},
	};
	int32_t today = past_day(time(NULL));
	struct report report;
	char trial[TRIAL_TEXT];
	int r, status = opt_start(c, opts, argc, argv, &args);

	if (status < 0)
		status = past_open(&s, STORE_READ, "stats");
	if (status >= 0)
		return status;
	r = gather(s, today - (int32_t)days + 1, today, WINDOWS_TOLD, &report);
	if (r < 0)
		status = out_fail("stats: %s", store_message(s));
	else
		status = tell(&report, trial_today(s, trial), as_json);
	report_finish(&report);
	store_close(s);
	return status;
}
