/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/past.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/config.h"
#include "base/paths.h"
#include "cli/out.h"
#include "cli/why.h"
#include "diary/date.h"
#include "store/before.h"

#define LISTED 20 /* sessions, unless told otherwise */

int past_open(struct store **ret, enum store_mode mode, const char *command)
{
	struct store_error error = {0};
	char path[4096];
	int r = paths_store(path, sizeof(path));

	if (r < 0)
		return out_fail("%s: no home folder: set HOME", command);
	r = store_open(ret, path, mode, &error);
	if (r == -ENOENT && mode == STORE_READ)
		return out_fail("%s: no session is stored yet, and no day of "
		                "the diary: lull start, or lull diary add",
		                command);
	if (r < 0)
		return out_fail("%s: %s", command,
		                error.what[0] ? error.what : strerror(-r));
	return -1;
}

int past_number(const char *command, const char *arg, int64_t *ret)
{
	uint64_t id = 0;

	if (arg && opt_count(arg, 1, INT64_MAX, &id) < 0) {
		out_fail("%s: '%.40s': expected a session's number: lull "
		         "sessions lists them",
		         command, arg);
		return OUT_USAGE;
	}
	*ret = (int64_t)id;
	return -1;
}

int past_id(struct store *s, const char *command, int64_t *id)
{
	int r = *id ? 0 : store_last_id(s, id);

	if (r == -ENOENT)
		return out_fail("%s: no session is stored yet: lull start",
		                command);
	return r < 0 ? out_fail("%s: %s", command, store_message(s)) : -1;
}

int32_t past_day(int64_t now_s)
{
	time_t now = (time_t)now_s;
	struct tm tm;
	int32_t date = 0;

	localtime_r(&now, &tm);
	(void)date_of(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, &date);
	return date;
}

int64_t past_start(int32_t date)
{
	char text[DATE_TEXT];
	struct tm tm = {.tm_isdst = -1};

	/* from the calendar through the zone, with its summer times */
	strptime(date_text(date, text), "%Y-%m-%d", &tm);
	return mktime(&tm);
}

static json_t *before_json(int set)
{
	json_t *words = set < 0 ? json_null() : json_array();
	char text[BEFORE_TEXT];

	for (int bit = 1; set >= 0 && bit <= BEFORE_ALL; bit <<= 1)
		if (set & bit)
			json_array_append_new(
				words, json_string(before_text(bit, text)));
	return words;
}

json_t *past_row_json(const struct store_session *row)
{
	return json_pack(
		"{sI ss ss ss sb ss? ss si ss so so so so so so so so so so sI "
		"sb so}",
		"id", (json_int_t)row->id, "start", row->start, "routine",
		row->routine, "sensor", row->sensor, "simulated",
		row->simulated, "recording",
		row->recording[0] ? row->recording : NULL, "result",
		row->result, "rule", row->rule, "stop", row->stop, "seconds",
		out_real(row->seconds), "hr_before_bpm",
		out_real(row->hr_before), "hr_after_bpm",
		out_real(row->hr_after), "rmssd_before_ms",
		out_real(row->rmssd_before), "rmssd_after_ms",
		out_real(row->rmssd_after), "headache_before",
		out_real(row->headache_before), "headache_after",
		out_real(row->headache_after), "tension_before",
		out_real(row->tension_before), "tension_after",
		out_real(row->tension_after), "hr_slower_bpm",
		out_real(row->hr_before - row->hr_after), "beats",
		(json_int_t)row->beats, "attack", row->attack, "before",
		before_json(row->before));
}

static int row_to_json(void *data, const struct store_session *row)
{
	return json_array_append_new(data, past_row_json(row)) < 0 ? -ENOMEM
	                                                           : 0;
}

/* Before and after; one dash where neither was had. */
static void change_cell(struct out_table *t, double before, double after)
{
	char a[16], b[16];

	if (isnan(before) && isnan(after))
		out_table_cell(t, "-");
	else
		out_table_cell(t, "%s -> %s",
		               out_number(a, sizeof(a), before, 0),
		               out_number(b, sizeof(b), after, 0));
}

static int row_to_table(void *data, const struct store_session *row)
{
	char date[32], clock[16], result[64];
	struct out_table *t = data;

	tale_result(row, result, sizeof(result));
	out_table_cell(t, "%lld", (long long)row->id);
	out_table_cell(t, "%s", out_date(date, sizeof(date), row->start));
	out_table_cell(t, "%s",
	               row->recording[0] ? "(recording)" : row->routine);
	out_table_cell(t, "%s", out_clock(clock, sizeof(clock), row->seconds));
	change_cell(t, row->hr_before, row->hr_after);
	change_cell(t, row->rmssd_before, row->rmssd_after);
	out_table_cell(t, "%s%s", result,
	               row->simulated && !row->recording[0] ? ", simulated"
	                                                    : "");
	return t->error;
}

static int list(struct store *s, int last)
{
	struct out_table t;
	int64_t any;
	int r;

	out_table_init(&t, "rllrlll");
	for (const char *const *h =
	             (const char *const[]){"ID", "DATE", "ROUTINE", "LENGTH",
	                                   "HR BPM", "RMSSD MS", "RESULT",
	                                   NULL};
	     *h; h++)
		out_table_cell(&t, "%s", *h);
	r = store_sessions(s, last, row_to_table, &t);
	if (r == 0 && store_last_id(s, &any) == -ENOENT)
		puts("No session is stored: lull start");
	else if (r == 0)
		r = out_table_print(&t, stdout, true);
	out_table_finish(&t);
	return r < 0 ? out_fail("sessions: %s: lull doctor", strerror(-r))
	             : OUT_DONE;
}

int past_sessions(const struct command *c, int argc, char **argv)
{
	struct store *s = NULL;
	uint64_t last = LISTED;
	bool json = false;
	struct opt_args args;
	const struct opt opts[] = {
		{"last", OPT_COUNT, &last, "N",
	         "the newest N; 0: all (20 unless told)", 0, 1000000},
		{"json", OPT_FLAG, &json, NULL, "as JSON", 0, 0},
		{0},
	};
	int status = opt_start(c, opts, argc, argv, &args);

	if (status < 0)
		status = past_open(&s, STORE_READ, c->name);
	if (status < 0 && json) {
		json_t *rows = json_array();
		int r = store_sessions(s, (int)last, row_to_json, rows);

		status = r < 0 ? out_fail("sessions: %s", store_message(s))
		               : out_json(rows);
	} else if (status < 0) {
		status = list(s, (int)last);
	}
	store_close(s);
	return status;
}

int past_tale(struct store *s, int64_t id, struct tale *t)
{
	int r = store_tale(s, id, tale_line, t);

	if (r == -EBADMSG)
		out_fail("session %lld: event %zu: %s: the rest is not told",
		         (long long)id, t->lines, t->error.what);
	return r == -EBADMSG && t->started ? 0 : r;
}

static json_t *decision_json(const struct tale_decision *d,
                             const struct routine *routine)
{
	const struct event *e = &d->at.event;
	json_t *because = json_object();
	char text[512], rule[8];

	snprintf(rule, sizeof(rule), "R%d", e->decision.rule);
	for (size_t i = 0; i < e->decision.n; i++)
		json_object_set_new(because, e->decision.because[i].key,
		                    out_real(e->decision.because[i].value));
	why_tell(e, routine, text, sizeof(text));
	return json_pack("{so ss ss si so ss}", "t",
	                 out_real((double)e->t_us / 1e6), "rule", rule, "what",
	                 e->decision.what, "step", d->step, "because", because,
	                 "text", text);
}

static int print_why(const struct tale *tale, bool json)
{
	const struct routine *routine = tale_routine(tale);
	json_t *rows = json ? json_array() : NULL;
	char text[512], clock[16];

	for (size_t i = 0; i < tale->n; i++) {
		const struct tale_decision *d = &tale->decisions[i];
		const struct event *e = &d->at.event;

		if (json) {
			json_array_append_new(rows, decision_json(d, routine));
			continue;
		}
		why_tell(e, routine, text, sizeof(text));
		printf("%7s  %s\n",
		       out_clock(clock, sizeof(clock), (double)e->t_us / 1e6),
		       text);
	}
	if (json)
		return out_json(rows);
	if (!tale->n)
		puts("No decision was taken: the routine went by the clock.");
	return OUT_DONE;
}

int past_why(const struct command *c, int argc, char **argv)
{
	struct store *s = NULL;
	struct tale tale;
	bool json = false;
	struct opt_args args = {0};
	int64_t id = 0;
	const struct opt opts[] = {
		{"json", OPT_FLAG, &json, NULL, "as JSON", 0, 0},
		{0},
	};
	int r, status = opt_start(c, opts, argc, argv, &args);

	tale_init(&tale);
	if (status < 0)
		status = past_number(c->name, args.n ? args.at[0] : NULL, &id);
	if (status < 0)
		status = past_open(&s, STORE_READ, c->name);
	if (status < 0)
		status = past_id(s, c->name, &id);
	if (status < 0) {
		r = past_tale(s, id, &tale);
		if (r == -ENOENT)
			status = out_fail("session %lld: there is none: lull "
			                  "sessions lists them",
			                  (long long)id);
		else if (r == -ENODATA)
			status = out_fail("why: %s", store_message(s));
		else if (r < 0)
			status = out_fail("session %lld: %s: lull doctor",
			                  (long long)id, strerror(-r));
		else
			status = print_why(&tale, json);
	}
	tale_finish(&tale);
	store_close(s);
	return status;
}

int past_seen(const struct command *c, int argc, char **argv)
{
	const struct opt none[] = {{0}};
	struct store *s = NULL;
	struct opt_args args;
	int r, status = opt_start(c, none, argc, argv, &args);

	if (status < 0)
		status = past_open(&s, STORE_WRITE, c->name);
	if (status < 0) {
		r = store_seen(s, (int64_t)time(NULL));
		if (r < 0)
			status = out_fail("seen: %s: lull doctor",
			                  store_message(s));
		else
			status = OUT_DONE;
		if (r == 0)
			puts("Nothing was paused.");
		else if (r > 0)
			puts("Thank you. Massage is open again.");
	}
	store_close(s);
	return status;
}

int64_t past_memory_s(void)
{
	struct config config;
	char path[4096];

	if (paths_config(path, sizeof(path)) < 0 ||
	    config_load(path, &config, NULL) < 0)
		return INT64_MIN;
	return config_memory_s(&config);
}
