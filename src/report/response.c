/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/response.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/trend.h"

/* Hands in the lap: they end a stretch and are none of it. */
static bool is_rest(const char *technique)
{
	return strcmp(technique, "rest_listen") == 0 ||
	       strcmp(technique, "unpaced_check") == 0;
}

static void add_technique(struct responses *r, const char *technique)
{
	size_t len = strlen(r->now);

	if (len + strlen(technique) + 2 <= sizeof(r->now))
		snprintf(r->now + len, sizeof(r->now) - len, "%s%s",
		         len ? "," : "", technique);
}

static struct response *row_of(struct responses *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (strcmp(r->at[i].techniques, r->now) == 0)
			return &r->at[i];
	if (r->n == RESPONSE_ROWS)
		return NULL;
	memcpy(r->at[r->n].techniques, r->now, sizeof(r->now));
	return &r->at[r->n++];
}

static void end_stretch(struct responses *r, double rise)
{
	struct response *row;

	if (!r->now[0] || isnan(rise))
		return;
	row = row_of(r);
	if (row)
		student_add(&row->calm, rise);
	else
		r->left_out++;
}

int response_add(void *data, const struct store_step *step)
{
	struct responses *r = data;

	if (step->session != r->session)
		r->now[0] = '\0';
	r->session = step->session;
	if (!is_rest(step->technique)) {
		add_technique(r, step->technique);
		return 0;
	}
	end_stretch(r, step->calm - step->calm_before);
	r->now[0] = '\0';
	return 0;
}

static int by_certainty(const void *a, const void *b)
{
	const struct response *x = a, *y = b;

	if (isnan(x->low) != isnan(y->low))
		return isnan(x->low) - isnan(y->low);
	if (!isnan(x->low) && x->low != y->low)
		return x->low < y->low ? 1 : -1;
	return strcmp(x->techniques, y->techniques);
}

void response_rank(struct responses *r)
{
	for (size_t i = 0; i < r->n; i++)
		student_interval(&r->at[i].calm, TREND_COVERAGE, &r->at[i].low,
		                 &r->at[i].high);
	qsort(r->at, r->n, sizeof(r->at[0]), by_certainty);
}

const char *response_words(const struct response *r)
{
	if (isnan(r->low))
		return "too early to tell";
	if (r->low > 0)
		return r->calm.mean < RESPONSE_CLEAR ? "calmer, within noise"
		                                     : "calmer";
	if (r->high < 0)
		return r->calm.mean > -RESPONSE_CLEAR
		               ? "less calm, within noise"
		               : "less calm";
	return "no clear change";
}
