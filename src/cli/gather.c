/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/gather.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/config.h"
#include "base/paths.h"
#include "cli/load.h"
#include "cli/past.h"
#include "diary/date.h"
#include "store/diary.h"
#include "store/listen.h"
#include "store/trial.h"

static int take_first(void *data, const struct diary_day *day)
{
	struct headaches *h = data;

	h->first_day = day->date;
	return 1;
}

/* Not the years between the first session's and the last: they are in no
 * figure, and there may be many. */
static int gather_days(struct store *s, struct headaches *h)
{
	int32_t told = (int32_t)h->n_windows * HEADACHE_WINDOW;
	int32_t recent =
		h->to + 1 - (told > HEADACHES_SPAN ? told : HEADACHES_SPAN);
	int r = store_diary_days(s, DATE_FIRST, h->to, take_first, h);

	if (h->first >= recent && h->first - HEADACHES_SPAN < recent)
		recent = h->first - HEADACHES_SPAN;
	if (r >= 0 && h->first < recent)
		r = store_diary_days(s, h->first - HEADACHES_SPAN, h->first - 1,
		                     headaches_add, h);
	if (r >= 0)
		r = store_diary_days(s, recent, h->to, headaches_add, h);
	return r < 0 ? r : 0;
}

int gather(struct store *s, int32_t from, int32_t to, size_t n_windows,
           struct report *ret)
{
	struct report *x = ret;
	int r;

	*x = (struct report){.from = from, .to = to};
	x->today = past_day(time(NULL));
	r = trend_begin(&x->trend, from, to);
	if (r == 0)
		r = store_sessions(s, 0, trend_add, &x->trend);
	if (r == 0)
		r = x->trend.error;
	if (r == 0)
		r = headaches_begin(&x->headaches, to, x->trend.first,
		                    n_windows);
	if (r == 0)
		r = gather_days(s, &x->headaches);
	if (r == 0)
		r = store_steps(s, NULL, past_start(from), past_start(to + 1),
		                response_add, &x->responses);
	if (r < 0)
		return r;
	headaches_compare(&x->headaches);
	response_rank(&x->responses);
	x->plan = gather_plan();
	return 0;
}

unsigned gather_plan(void)
{
	struct config config;
	char path[4096];

	if (paths_config(path, sizeof(path)) < 0 ||
	    config_load(path, &config, NULL) < 0)
		return 0;
	return config.sessions_a_week;
}

int gather_trial(struct store *s, struct report *ret)
{
	struct trial_tally tally;
	int r = store_trial_last(s, &ret->trial);

	if (r)
		return r == -ENOENT ? 0 : r;
	trial_tally(&tally, &ret->trial);
	r = store_diary_days(s, ret->trial.start, ret->today, trial_add,
	                     &tally);
	if (r == 0)
		trial_judge(&tally, ret->today, &ret->trial_result);
	return r;
}

/* --- names ------------------------------------------------------------------
 */

/* What a person named otherwise is theirs: the first one found stays. */
static int add_name(struct report *r, const char *id, const char *name,
                    char grade)
{
	struct report_name *more;

	for (size_t i = 0; i < r->n_names; i++)
		if (strcmp(r->names[i].id, id) == 0)
			return 0;
	more = reallocarray(r->names, r->n_names + 1, sizeof(*more));
	if (!more)
		return -ENOMEM;
	r->names = more;
	more += r->n_names;
	snprintf(more->id, sizeof(more->id), "%s", id);
	more->grade = grade;
	more->name = strdup(name);
	if (!more->name)
		return -ENOMEM;
	r->n_names++;
	return 0;
}

/* `C (muscle used in ...)`: a letter, and what it rests on. */
static char grade_of(const char *evidence)
{
	bool letter = evidence && evidence[0] && strchr("ABCDX", evidence[0]);

	return letter && (!evidence[1] || strchr(" +-", evidence[1]))
	               ? evidence[0]
	               : 0;
}

static int add_routine(struct report *r, const struct content *content,
                       const struct content_entry *entry)
{
	struct routine *routine = NULL;
	int e = add_name(r, entry->id, entry->name, 0);

	if (e || content_routine(content, entry->id, &routine, NULL) < 0)
		return e;
	for (size_t i = 0; e == 0 && i < routine->n_techniques; i++) {
		const struct technique *t = &routine->techniques[i];

		e = add_name(r, t->id, t->name, grade_of(t->evidence));
	}
	routine_destroy(routine);
	return e;
}

int gather_names(struct report *r)
{
	const struct content_entry *entries;
	struct content *content = NULL;
	struct error error;
	int e = 0;

	if (load_content(&content, &error) < 0)
		return 0;
	for (size_t i = 0, n = content_routines(content, &entries);
	     e == 0 && i < n; i++)
		e = add_routine(r, content, &entries[i]);
	content_destroy(content);
	return e;
}
