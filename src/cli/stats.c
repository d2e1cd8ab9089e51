/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/stats.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/out.h"
#include "cli/past.h"
#include "cli/tale.h"
#include "diary/date.h"
#include "signal/student.h"

#define DAYS_TOLD 28
#define COVERAGE  0.95
#define GROUPS    16

/* Sessions that compare: of one routine at one time of the day. */
struct group {
	char name[64];
	unsigned sessions;
	struct student hr, rmssd; /* slower by bpm; changed by % */
};

struct stats {
	int32_t from, to, first;
	unsigned sessions, whole, heard;
	double minutes;
	struct group all, groups[GROUPS];
	size_t n_groups;
};

/* --- counting ---------------------------------------------------------------
 */

/* `2026-11-22T21:05:00+01:00`, as the clock on the wall had it. */
static bool local_of(const char *start, int32_t *ret_date, int *ret_hour)
{
	int year, month, day;

	return sscanf(start, "%4d-%2d-%2dT%2d:", &year, &month, &day,
	              ret_hour) == 4 &&
	       date_of(year, month, day, ret_date) == 0;
}

static const char *part_of_day(int hour)
{
	return hour < 5    ? "at night"
	       : hour < 12 ? "in the morning"
	       : hour < 18 ? "in the afternoon"
	                   : "in the evening";
}

static void add_to(struct group *g, const struct tale_change *change)
{
	g->sessions++;
	student_add(&g->hr, change->hr_slower_bpm);
	student_add(&g->rmssd, change->rmssd_pct);
}

static struct group *group_of(struct stats *s, const char *name)
{
	for (size_t i = 0; i < s->n_groups; i++)
		if (strcmp(s->groups[i].name, name) == 0)
			return &s->groups[i];
	if (s->n_groups == GROUPS)
		return NULL;
	snprintf(s->groups[s->n_groups].name, sizeof(s->groups[0].name), "%s",
	         name);
	return &s->groups[s->n_groups++];
}

static int count(void *data, const struct store_session *row)
{
	struct stats *s = data;
	struct tale_change change;
	struct group *group;
	char name[64];
	int32_t date;
	int hour;

	if (row->simulated || !local_of(row->start, &date, &hour))
		return 0;
	if (date < s->first)
		s->first = date;
	if (date < s->from || date > s->to)
		return 0;
	s->sessions++;
	s->minutes += row->seconds / 60;
	s->whole += strcmp(row->result, "completed") == 0;
	tale_change(row, &change);
	if (isnan(change.hr_slower_bpm))
		return 0;
	s->heard++;
	add_to(&s->all, &change);
	snprintf(name, sizeof(name), "%.40s, %s", row->routine,
	         part_of_day(hour));
	group = group_of(s, name);
	if (group)
		add_to(group, &change);
	return 0;
}

/* --- telling ----------------------------------------------------------------
 */

/* `3.1 (1.0 to 5.2)`; without an interval only the mean. */
static const char *with_interval(const struct student *s, int decimals,
                                 char *ret, size_t len)
{
	char mean[32], low[32], high[32];
	double a, b;

	student_interval(s, COVERAGE, &a, &b);
	out_number(mean, sizeof(mean), s->n ? s->mean : NAN, decimals);
	if (isnan(a))
		snprintf(ret, len, "%s", mean);
	else
		snprintf(ret, len, "%s (%s to %s)", mean,
		         out_number(low, sizeof(low), a, decimals),
		         out_number(high, sizeof(high), b, decimals));
	return ret;
}

static void group_row(struct out_table *t, const struct group *g)
{
	char text[128];

	out_table_cell(t, "%s", g->name);
	out_table_cell(t, "%u", g->sessions);
	out_table_cell(t, "%s", with_interval(&g->hr, 1, text, sizeof(text)));
	out_table_cell(t, "%s",
	               with_interval(&g->rmssd, 0, text, sizeof(text)));
}

static void print_sessions(const struct stats *s, int32_t days)
{
	struct out_table t;

	printf("The last %d days: %u sessions, %.0f minutes; %u to their end, "
	       "%u with the heart at rest before and after\n",
	       days, s->sessions, s->minutes, s->whole, s->heard);
	if (s->heard == 0)
		return;
	out_table_init(&t, "lrll");
	out_table_cell(&t, "AT REST, AFTER AGAINST BEFORE");
	out_table_cell(&t, "SESSIONS");
	out_table_cell(&t, "HEART SLOWER BY BPM");
	out_table_cell(&t, "RMSSD CHANGED BY %%");
	group_row(&t, &s->all);
	for (size_t i = 0; i < s->n_groups && s->n_groups > 1; i++)
		group_row(&t, &s->groups[i]);
	out_table_print(&t, stdout, true);
	out_table_finish(&t);
	puts("In brackets: the interval that holds the mean 95 times in 100. "
	     "Rest alone does part of it.");
}

static json_t *student_json(const struct student *s)
{
	double low, high;

	student_interval(s, COVERAGE, &low, &high);
	return json_pack("{si so so so}", "n", s->n, "mean",
	                 out_real(s->n ? s->mean : NAN), "low", out_real(low),
	                 "high", out_real(high));
}

static json_t *group_json(const struct group *g)
{
	return json_pack("{ss si so so}", "name", g->name, "sessions",
	                 g->sessions, "hr_slower_bpm", student_json(&g->hr),
	                 "rmssd_pct", student_json(&g->rmssd));
}

static int fill_json(const struct stats *s, int32_t days, json_t *json)
{
	json_t *groups = json_array();

	for (size_t i = 0; i < s->n_groups; i++)
		json_array_append_new(groups, group_json(&s->groups[i]));
	return json_object_set_new(
		json, "sessions",
		json_pack("{si si so si si so so}", "days", days, "sessions",
	                  s->sessions, "minutes", out_real(s->minutes),
	                  "completed", s->whole, "with_heart", s->heard, "all",
	                  group_json(&s->all), "groups", groups));
}

int stats_sessions(struct store *store, int32_t today, int32_t days,
                   json_t *json, int32_t *ret_first)
{
	struct stats s = {.from = today - days + 1,
	                  .to = today,
	                  .first = DATE_LAST,
	                  .all.name = "all sessions"};
	int r = store_sessions(store, 0, count, &s);

	if (r < 0)
		return r;
	*ret_first = s.first;
	if (json)
		return fill_json(&s, days, json) < 0 ? -1 : 0;
	print_sessions(&s, days);
	return 0;
}

/* --- the command ------------------------------------------------------------
 */

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
	int32_t today = past_day(time(NULL)), first;
	json_t *json;
	int r, status = opt_start(c, opts, argc, argv, &args);

	if (status < 0)
		status = past_open(&s, STORE_READ, "stats");
	if (status >= 0)
		return status;
	json = as_json ? json_object() : NULL;
	r = stats_sessions(s, today, (int32_t)days, json, &first);
	if (r == 0)
		r = stats_headaches(s, today, first, json);
	if (r < 0)
		status = out_fail("stats: %s", store_message(s));
	else
		status = json ? out_json(json_incref(json)) : OUT_DONE;
	json_decref(json);
	store_close(s);
	return status;
}
