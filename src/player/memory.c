/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "player/memory.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "store/listen.h"

#define PACE_FIRST 4.5
#define PACE_APART 0.5
#define DAY_S      86400
#define HOUR_S     3600
#define FIRM_S     (2 * DAY_S) /* no rule looks further back; plan.c */

/* --- out of the stored steps ------------------------------------------------
 */

/* Hands in the lap: they end a stretch and are none of it. */
static bool is_rest(const char *technique)
{
	return strcmp(technique, "rest_listen") == 0 ||
	       strcmp(technique, "unpaced_check") == 0;
}

static struct memory_technique *technique_of(struct memory *m, const char *id)
{
	for (size_t i = 0; i < m->n; i++)
		if (strcmp(m->techniques[i].id, id) == 0)
			return &m->techniques[i];
	if (m->n == MEMORY_TECHNIQUES)
		return NULL;
	snprintf(m->techniques[m->n].id, sizeof(m->techniques[0].id), "%s", id);
	return &m->techniques[m->n++];
}

static bool done_since(const struct memory *m, const char *id)
{
	for (size_t i = 0; i < m->n_now; i++)
		if (strcmp(m->now[i], id) == 0)
			return true;
	return false;
}

static void add_pace(struct memory *m, double per_min, double rise)
{
	size_t i;

	if (!(per_min > PACE_FIRST - PACE_APART / 2))
		return; /* as they liked, or not known */
	i = (size_t)lround((per_min - PACE_FIRST) / PACE_APART);
	student_add(&m->paces[i < MEMORY_PACES ? i : MEMORY_PACES - 1], rise);
}

static void end_stretch(struct memory *m, const struct store_step *step)
{
	double rise = step->calm - step->calm_before;

	if (isnan(rise))
		return;
	add_pace(m, step->per_min, rise);
	for (size_t i = 0; i < m->n_now; i++) {
		struct memory_technique *t = technique_of(m, m->now[i]);

		if (t)
			student_add(&t->calm, rise);
	}
}

static int add_step(void *data, const struct store_step *step)
{
	struct memory *m = data;

	if (step->session != m->session)
		m->n_now = 0;
	m->session = step->session;
	if (is_rest(step->technique)) {
		end_stretch(m, step);
		m->n_now = 0;
	} else if (m->n_now < MEMORY_TECHNIQUES &&
	           !done_since(m, step->technique)) {
		snprintf(m->now[m->n_now++], sizeof(m->now[0]), "%s",
		         step->technique);
	}
	return 0;
}

int memory_of(struct store *s, const char *routine, int64_t from_s,
              struct memory *ret)
{
	*ret = (struct memory){.n = 0};
	snprintf(ret->routine, sizeof(ret->routine), "%s", routine);
	return store_steps(s, routine, from_s, INT64_MAX, add_step, ret);
}

double memory_pace(size_t i)
{
	return PACE_FIRST + PACE_APART * (double)i;
}

/* --- for a session ---------------------------------------------------------
 */

/* Rounded as what is written of it, so that a replay has the same. */
static double rounded(double calm)
{
	return round(calm * 10) / 10;
}

static void settle(struct session_profile *p, const struct memory_technique *t)
{
	double low, high;

	for (size_t i = 0; i < p->n_uses; i++) {
		struct session_use *use = &p->uses[i];

		if (t->calm.n == 0 || strcmp(use->technique, t->id) != 0)
			continue;
		student_interval(&t->calm, MEMORY_COVERAGE, &low, &high);
		use->settled_n = t->calm.n;
		use->settled = rounded(t->calm.mean);
		use->settled_low = rounded(low);
		use->settled_high = rounded(high);
	}
}

static int know_rate(struct store *s, int64_t from_s, int64_t now_s,
                     struct session_profile *p)
{
	int64_t since_s = now_s - MEMORY_RATE_S;
	struct store_tuned found;
	int r = store_tuned(s, from_s > since_s ? from_s : since_s, &found);

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	p->resonance_per_min = found.per_min;
	snprintf(p->resonance_at, sizeof(p->resonance_at), "%s", found.start);
	p->tuned_today = now_s - found.start_s < DAY_S;
	return 0;
}

/* In tenths of an hour, as written. Not forgotten with the memory: it is about
   the skin, not about habits. */
static int know_firm(struct store *s, int64_t now_s, struct session_profile *p)
{
	struct store_firm firm[SESSION_FIRM_MAX];
	int r = store_firm(s, now_s - FIRM_S, firm, SESSION_FIRM_MAX,
	                   &p->n_firm);

	for (size_t i = 0; r == 0 && i < p->n_firm; i++) {
		double hours = (double)(now_s - firm[i].last_s) / HOUR_S;

		snprintf(p->firm[i].area, sizeof(p->firm[i].area), "%.47s",
		         firm[i].area);
		p->firm[i].hours = fmax(round(hours * 10) / 10, 0);
	}
	return r;
}

int memory_profile(struct store *s, const char *routine, int64_t from_s,
                   int64_t now_s, struct session_profile *p)
{
	struct memory m;
	int r = know_rate(s, from_s, now_s, p);

	if (r == 0)
		r = know_firm(s, now_s, p);
	if (r == 0)
		r = memory_of(s, routine, from_s, &m);
	for (size_t i = 0; r == 0 && i < m.n; i++)
		settle(p, &m.techniques[i]);
	return r;
}
