/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/memory.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/config_write.h"
#include "base/date.h"
#include "base/paths.h"
#include "cli/out.h"
#include "cli/past.h"
#include "diary/date.h"
#include "player/memory.h"
#include "report/trend.h"
#include "store/listen.h"

#define ROUTINES   TREND_GROUPS
#define LEAST      5 /* times, before the coach looks at an interval */
#define DATE_CHARS 10

struct remembered {
	char from[40]; /* "": the first session */
	int64_t from_s;
	struct trend trend;
	bool tuned;
	struct store_tuned rate;
	size_t n;
	struct memory routines[ROUTINES];
};

/* --- out of the store -------------------------------------------------------
 */

static int read_from(struct remembered *m)
{
	char path[PATH_MAX];
	struct config config;
	struct error error = {""};

	if (paths_config(path, sizeof(path)) < 0)
		return out_fail("memory: no home folder: set HOME");
	if (config_load(path, &config, &error) < 0)
		return out_fail("memory: %s", error.text);
	snprintf(m->from, sizeof(m->from), "%s", config.memory_from);
	m->from_s = config_memory_s(&config);
	return -1;
}

static int add_session(void *data, const struct store_session *row)
{
	struct remembered *m = data;
	int64_t start_s;

	if (date_read(row->start, &start_s) < 0 || start_s < m->from_s)
		return 0;
	return trend_add(&m->trend, row);
}

static bool known(const struct remembered *m, const char *routine)
{
	for (size_t i = 0; i < m->n; i++)
		if (strcmp(m->routines[i].routine, routine) == 0)
			return true;
	return false;
}

static int read_routines(struct store *s, struct remembered *m)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < m->trend.n_groups; i++)
		if (!known(m, m->trend.groups[i].routine))
			r = memory_of(s, m->trend.groups[i].routine, m->from_s,
			              &m->routines[m->n++]);
	return r;
}

static int read_rate(struct store *s, struct remembered *m)
{
	int64_t since_s = time(NULL) - MEMORY_RATE_S;
	int r = store_tuned(s, m->from_s > since_s ? m->from_s : since_s,
	                    &m->rate);

	m->tuned = r == 0;
	return r == -ENOENT ? 0 : r;
}

static int read_all(struct store *s, struct remembered *m)
{
	int r = trend_begin(&m->trend, DATE_FIRST, past_day(time(NULL)));

	if (r == 0)
		r = store_sessions(s, 0, add_session, m);
	if (r == 0)
		r = m->trend.error;
	if (r == 0)
		r = read_routines(s, m);
	return r == 0 ? read_rate(s, m) : r;
}

/* --- for people -------------------------------------------------------------
 */

static void print_rate(const struct remembered *m)
{
	char last[DATE_TEXT];

	if (!m->tuned) {
		puts("Your own pace (resonance) is not known: lull start "
		     "resonance_find looks for it.");
		return;
	}
	date_text(past_day(m->rate.start_s + MEMORY_RATE_S), last);
	printf("Your own pace (resonance): %.1f breaths a minute, of %.*s, in "
	       "use until %s: lull show %lld\n",
	       m->rate.per_min, DATE_CHARS, m->rate.start, last,
	       (long long)m->rate.session);
}

static double mean_of(const double *values, unsigned n, bool logs)
{
	double sum = 0;

	for (unsigned i = 0; i < n; i++)
		sum += values[i];
	return logs ? exp(sum / n) : sum / n;
}

struct baseline {
	unsigned n; /* of the last ones, at most CHANGE_NORMS */
	double hr_bpm, rmssd_ms;
	struct change_band band;
};

static void baseline_of(const struct trend_group *g, struct baseline *ret)
{
	unsigned n = g->norms.n < CHANGE_NORMS ? g->norms.n : CHANGE_NORMS;

	*ret = (struct baseline){.n = n, .hr_bpm = NAN, .rmssd_ms = NAN};
	change_band_of(&g->norms, &ret->band);
	if (n == 0)
		return;
	ret->hr_bpm = mean_of(g->norms.hr_bpm, n, false);
	ret->rmssd_ms = mean_of(g->norms.ln_rmssd, n, true);
}

static void print_baselines(const struct remembered *m)
{
	struct out_table t;

	if (m->trend.n_groups == 0)
		return;
	putchar('\n');
	out_table_init(&t, "lrrrll");
	out_table_cell(&t, "AT REST, BEFORE");
	out_table_cell(&t, "OF THE LAST");
	out_table_cell(&t, "HEART BPM");
	out_table_cell(&t, "RMSSD MS");
	out_table_cell(&t, "NOISE BAND");
	out_table_cell(&t, "%s", "");
	for (size_t i = 0; i < m->trend.n_groups; i++) {
		const struct trend_group *g = &m->trend.groups[i];
		char words[TREND_WORDS];
		struct baseline b;

		baseline_of(g, &b);
		out_table_cell(&t, "%.40s, %s", g->routine,
		               trend_group_words(g, words));
		out_table_cell(&t, "%u", b.n);
		out_table_cell(&t, "%.0f", b.hr_bpm);
		out_table_cell(&t, "%.0f", b.rmssd_ms);
		out_table_cell(&t, "+-%.1f bpm, +-%.0f %%", b.band.hr_bpm,
		               b.band.rmssd_pct);
		out_table_cell(&t, "%s", b.band.of ? "yours" : "the usual one");
	}
	out_table_print(&t, stdout, true);
	out_table_finish(&t);
}

static void student_row(struct out_table *t, const char *name,
                        const struct student *s)
{
	double low, high;

	student_interval(s, MEMORY_COVERAGE, &low, &high);
	out_table_cell(t, "%s", name);
	out_table_cell(t, "%u", s->n);
	out_table_cell(t, "%.1f", s->mean);
	if (isnan(low))
		out_table_cell(t, "-");
	else
		out_table_cell(t, "%.1f to %.1f", low, high);
	out_table_cell(t, "%s",
	               s->n < LEAST || isnan(low) ? "too early to tell"
	               : low > 0                  ? "calmer"
	               : high < 0                 ? "less calm"
	                                          : "no clear change");
}

static void pace_rows(struct out_table *t, const struct memory *m)
{
	char name[48];

	for (size_t i = 0; i < MEMORY_PACES; i++) {
		if (m->paces[i].n == 0)
			continue;
		snprintf(name, sizeof(name), "breath at %.1f a minute%s",
		         memory_pace(i),
		         i + 1 == MEMORY_PACES ? " or quicker" : "");
		student_row(t, name, &m->paces[i]);
	}
}

static void print_routine(const struct memory *m)
{
	struct out_table t;

	if (m->n == 0)
		return;
	putchar('\n');
	out_table_init(&t, "lrrll");
	out_table_cell(&t, "BETWEEN TWO WINDOWS OF %s", m->routine);
	out_table_cell(&t, "TIMES");
	out_table_cell(&t, "CALM RISEN BY");
	out_table_cell(&t, "95 %%");
	out_table_cell(&t, "%s", "");
	for (size_t i = 0; i < m->n; i++)
		student_row(&t, m->techniques[i].id, &m->techniques[i].calm);
	pace_rows(&t, m);
	out_table_print(&t, stdout, true);
	out_table_finish(&t);
}

static int print_all(const struct remembered *m)
{
	bool any = false;

	if (m->from[0])
		printf("What is remembered of you begins at %s.\n", m->from);
	print_rate(m);
	print_baselines(m);
	for (size_t i = 0; i < m->n; i++) {
		print_routine(&m->routines[i]);
		any |= m->routines[i].n > 0;
	}
	if (any)
		puts("What is done between the same two windows shares a "
		     "figure, and part of it is its place in the\nroutine. "
		     "Where two intervals lie apart, each of 5 times or more, "
		     "what settled you more is made\nlonger first.");
	puts("\nIt is all made of the stored sessions. To begin anew: lull "
	     "memory forget");
	return OUT_DONE;
}

/* --- for programs -----------------------------------------------------------
 */

static json_t *student_json(const char *key, json_t *name,
                            const struct student *s)
{
	double low, high;

	student_interval(s, MEMORY_COVERAGE, &low, &high);
	return json_pack("{so si so so so}", key, name, "n", (int)s->n, "mean",
	                 out_real(s->n ? s->mean : (double)NAN), "low",
	                 out_real(low), "high", out_real(high));
}

static json_t *baseline_json(const struct trend_group *g)
{
	char words[TREND_WORDS];
	struct baseline b;

	baseline_of(g, &b);
	return json_pack("{ss ss si so so so so si}", "routine", g->routine,
	                 "when", trend_group_words(g, words), "n", (int)b.n,
	                 "hr_bpm", out_real(b.hr_bpm), "rmssd_ms",
	                 out_real(b.rmssd_ms), "band_hr_bpm",
	                 out_real(b.band.hr_bpm), "band_rmssd_pct",
	                 out_real(b.band.rmssd_pct), "band_of", (int)b.band.of);
}

static json_t *routine_json(const struct memory *m)
{
	json_t *techniques = json_array(), *paces = json_array();

	for (size_t i = 0; i < m->n; i++)
		json_array_append_new(
			techniques,
			student_json("technique",
		                     json_string(m->techniques[i].id),
		                     &m->techniques[i].calm));
	for (size_t i = 0; i < MEMORY_PACES; i++)
		if (m->paces[i].n > 0)
			json_array_append_new(
				paces, student_json("per_min",
			                            out_real(memory_pace(i)),
			                            &m->paces[i]));
	return json_pack("{ss so so}", "routine", m->routine, "techniques",
	                 techniques, "paces", paces);
}

static json_t *rate_json(const struct remembered *m)
{
	if (!m->tuned)
		return json_null();
	return json_pack("{so so so ss sI}", "per_min",
	                 out_real(m->rate.per_min), "low_per_min",
	                 out_real(m->rate.low), "high_per_min",
	                 out_real(m->rate.high), "start", m->rate.start,
	                 "session", (json_int_t)m->rate.session);
}

static json_t *all_json(const struct remembered *m)
{
	json_t *baselines = json_array(), *routines = json_array();

	for (size_t i = 0; i < m->trend.n_groups; i++)
		json_array_append_new(baselines,
		                      baseline_json(&m->trend.groups[i]));
	for (size_t i = 0; i < m->n; i++)
		json_array_append_new(routines, routine_json(&m->routines[i]));
	return json_pack("{so so so so}", "from",
	                 m->from[0] ? json_string(m->from) : json_null(),
	                 "resonance", rate_json(m), "baselines", baselines,
	                 "routines", routines);
}

/* --- the command ------------------------------------------------------------
 */

static int forget(void)
{
	char path[PATH_MAX], now[40];
	struct error error = {""};

	if (paths_config(path, sizeof(path)) < 0)
		return out_fail("memory: no home folder: set HOME");
	date_now(now, sizeof(now));
	if (config_write_memory(path, now, &error) < 0)
		return out_fail("memory: %s", error.text);
	return printf("Forgotten: sessions before %s are not learnt from any "
	              "more.\nThey are still stored (lull erase takes them "
	              "out); without the line memory_from of\n%s they count "
	              "again.\n",
	              now, path) < 0
	               ? OUT_FAILED
	               : OUT_DONE;
}

static int show(struct store *s, bool json)
{
	static struct remembered m;
	int status;

	m = (struct remembered){.n = 0};
	status = read_from(&m);
	if (status >= 0)
		return status;
	if (read_all(s, &m) < 0)
		status = out_fail("memory: %s", store_message(s));
	else
		status = json ? out_json(all_json(&m)) : print_all(&m);
	trend_finish(&m.trend);
	return status;
}

int memory_run(const struct command *c, int argc, char **argv)
{
	struct store *s = NULL;
	struct opt_args args = {0};
	bool json = false;
	const struct opt opts[] = {
		{"json", OPT_FLAG, &json, NULL, "as JSON", 0, 0},
		{0},
	};
	int status = opt_start(c, opts, argc, argv, &args);

	if (status >= 0)
		return status;
	if (args.n > 0 && strcmp(args.at[0], "forget") != 0) {
		out_fail("memory: expected nothing, or forget");
		return OUT_USAGE;
	}
	if (args.n > 0)
		return forget();
	status = past_open(&s, STORE_READ, "memory");
	if (status < 0)
		status = show(s, json);
	store_close(s);
	return status;
}
