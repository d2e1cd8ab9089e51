/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/report.h"

#include <stdlib.h>
#include <string.h>

static const struct report_name *find(const struct report *r, const char *id)
{
	for (size_t i = 0; i < r->n_names; i++)
		if (strcmp(r->names[i].id, id) == 0)
			return &r->names[i];
	return NULL;
}

const char *report_name(const struct report *r, const char *id)
{
	const struct report_name *name = find(r, id);

	return name ? name->name : id;
}

const char *report_evidence(const struct report *r, const char *technique)
{
	const struct report_name *name = find(r, technique);

	switch (name ? name->grade : 0) {
	case 'A':
		return "several trials that agree";
	case 'B':
		return "trials, but small effects or little certainty";
	case 'C':
		return "one or a few small trials";
	case 'D':
		return "tradition only";
	case 'X':
		return "tested, and not supported";
	default:
		return "";
	}
}

void report_finish(struct report *r)
{
	trend_finish(&r->trend);
	headaches_finish(&r->headaches);
	for (size_t i = 0; i < r->n_names; i++)
		free(r->names[i].name);
	free(r->names);
	*r = (struct report){0};
}
