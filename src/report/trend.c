/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/trend.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diary/date.h"
#include "store/before.h"

#define WEEK       7
#define FIRST_ROOM 64
#define TOO_LITTLE 0.5

const char *trend_part_words(enum change_part part)
{
	static const char *const words[] = {"at night", "in the morning",
	                                    "in the afternoon",
	                                    "in the evening"};

	return words[part];
}

int trend_begin(struct trend *t, int32_t from, int32_t to)
{
	*t = (struct trend){.from = from, .to = to, .first = DATE_LAST};
	t->n_weeks = (size_t)(to + 1 - from) / WEEK;
	t->weeks = calloc(t->n_weeks + 1, sizeof(*t->weeks));
	if (!t->weeks)
		return -ENOMEM;
	for (size_t i = 0; i < t->n_weeks; i++)
		t->weeks[i].from = to + 1 - WEEK * (int32_t)(t->n_weeks - i);
	return 0;
}

void trend_finish(struct trend *t)
{
	free(t->points);
	free(t->weeks);
	*t = (struct trend){0};
}

const char *trend_group_words(const struct trend_group *g, char *ret)
{
	char before[BEFORE_TEXT];

	before_words(g->before, before);
	snprintf(ret, TREND_WORDS, "%s%s%s%s", trend_part_words(g->part),
	         g->attack ? ", in an attack" : "", *before ? ", after " : "",
	         before);
	return ret;
}

static bool is_of(const struct trend_group *g, const struct store_session *row,
                  enum change_part part)
{
	struct store_session of = {.attack = g->attack, .before = g->before};

	return g->part == part && strcmp(g->routine, row->routine) == 0 &&
	       before_alike(&of, row);
}

static int group_of(struct trend *t, const struct store_session *row,
                    enum change_part part)
{
	struct trend_group *g;

	for (size_t i = 0; i < t->n_groups; i++)
		if (is_of(&t->groups[i], row, part))
			return (int)i;
	if (t->n_groups == TREND_GROUPS)
		return -1;
	g = &t->groups[t->n_groups];
	snprintf(g->routine, sizeof(g->routine), "%s", row->routine);
	g->part = part;
	g->attack = row->attack;
	g->before = row->before > 0 ? row->before : 0;
	return (int)t->n_groups++;
}

static int keep_point(struct trend *t, const struct trend_point *p)
{
	if (t->n_points == t->room) {
		size_t room = t->room ? 2 * t->room : FIRST_ROOM;
		struct trend_point *more =
			reallocarray(t->points, room, sizeof(*more));

		if (!more)
			return -ENOMEM;
		t->points = more;
		t->room = room;
	}
	t->points[t->n_points++] = *p;
	return 0;
}

static void add_to(struct trend_group *g, const struct change *change)
{
	g->sessions++;
	student_add(&g->hr, change->hr_slower_bpm);
	student_add(&g->rmssd, change->rmssd_pct);
}

static void count_heart(struct trend *t, const struct store_session *row,
                        enum change_part part, struct trend_point *p)
{
	static const struct change_band usual = {CHANGE_HR_BPM,
	                                         CHANGE_RMSSD_PCT, 0};
	struct change change;

	change_of(row, &usual, &change);
	p->hr_slower = change.hr_slower_bpm;
	if (isnan(change.hr_slower_bpm))
		return;
	t->heard++;
	add_to(&t->all, &change);
	p->group = group_of(t, row, part);
	if (p->group < 0)
		return;
	add_to(&t->groups[p->group], &change);
	if (t->groups[p->group].norms.n < CHANGE_NORMS)
		change_norm(&t->groups[p->group].norms, row);
}

static void count_week(struct trend *t, int32_t date, double seconds)
{
	size_t ago = (size_t)(t->to - date) / WEEK;

	if (ago >= t->n_weeks)
		return;
	t->weeks[t->n_weeks - 1 - ago].sessions++;
	t->weeks[t->n_weeks - 1 - ago].minutes += seconds / 60;
}

int trend_add(void *data, const struct store_session *row)
{
	struct trend *t = data;
	struct trend_point p = {.group = -1};
	enum change_part part;

	if (!change_when(row->start, &p.date, &part))
		return 0;
	if (row->simulated) {
		/* a recording that was brought in is none */
		t->simulated += !row->recording[0] && p.date >= t->from &&
		                p.date <= t->to;
		return 0;
	}
	if (p.date < t->first)
		t->first = p.date;
	if (p.date < t->from || p.date > t->to)
		return 0;
	t->sessions++;
	t->minutes += row->seconds / 60;
	t->whole += strcmp(row->result, "completed") == 0;
	student_add(&t->headache, row->headache_before - row->headache_after);
	student_add(&t->tension, row->tension_before - row->tension_after);
	p.hr_before = row->hr_before;
	p.rmssd_before = row->rmssd_before;
	count_week(t, p.date, row->seconds);
	count_heart(t, row, part, &p);
	t->error = keep_point(t, &p);
	return t->error;
}

int trend_main(const struct trend *t)
{
	int best = -1;

	for (size_t i = 0; i < t->n_groups; i++)
		if (best < 0 ||
		    t->groups[i].sessions > t->groups[best].sessions)
			best = (int)i;
	return best;
}

/* --- the baselines ----------------------------------------------------------
 */

static double error_of(const struct student *s)
{
	return s->squares / (s->n - 1.0) / s->n;
}

static void welch(const struct student *a, const struct student *b,
                  struct trend_drift *d)
{
	double va = error_of(a), vb = error_of(b), half;

	if (!(va + vb > 0))
		return;
	half = sqrt(va + vb) *
	       student_half(TREND_COVERAGE, (va + vb) * (va + vb) /
	                                            (va * va / (a->n - 1.0) +
	                                             vb * vb / (b->n - 1.0)));
	d->low = d->change - half;
	d->high = d->change + half;
	d->clear = d->low > 0 || d->high < 0;
}

static int32_t begin_of(const struct trend *t, int group)
{
	int32_t begin = DATE_LAST;

	for (size_t i = 0; i < t->n_points; i++)
		if (t->points[i].group == group && t->points[i].date < begin)
			begin = t->points[i].date;
	return begin;
}

void trend_drift(const struct trend *t, int group, bool rmssd,
                 struct trend_drift *ret)
{
	struct student then = {0}, now = {0};
	struct trend_drift d = {.change = NAN, .low = NAN, .high = NAN};
	int32_t begin = begin_of(t, group);

	for (size_t i = 0; i < t->n_points; i++) {
		const struct trend_point *p = &t->points[i];
		double value = rmssd ? p->rmssd_before : p->hr_before;

		if (p->group != group)
			continue;
		if (p->date < begin + TREND_ENDS)
			student_add(&then, value);
		else if (p->date > t->to - TREND_ENDS)
			student_add(&now, value);
	}
	d.n_then = then.n;
	d.n_now = now.n;
	d.then = then.n ? then.mean : NAN;
	d.now = now.n ? now.mean : NAN;
	if (then.n >= STUDENT_LEAST && now.n >= STUDENT_LEAST) {
		d.change = d.now - d.then;
		welch(&then, &now, &d);
	}
	*ret = d;
}

/* --- the plan ---------------------------------------------------------------
 */

double trend_adherence(const struct trend *t, double per_week)
{
	double kept = 0;
	size_t weeks = 0;

	for (size_t i = 0; i < t->n_weeks; i++) {
		if (t->weeks[i].from + WEEK <= t->first)
			continue;
		kept += fmin(t->weeks[i].sessions, per_week);
		weeks++;
	}
	return weeks ? kept / (per_week * (double)weeks) : NAN;
}

bool trend_too_much(const struct trend *t, double per_week)
{
	for (size_t i = 1; i <= 2; i++)
		if (t->n_weeks < i ||
		    t->weeks[t->n_weeks - i].sessions >= TOO_LITTLE * per_week)
			return false;
	return true;
}
