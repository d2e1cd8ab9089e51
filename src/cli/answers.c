/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/answers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void take(struct answers *a, const struct question *q)
{
	const yaml_node_t *node = yaml_get(a->yaml, yaml_root(a->yaml), q->id);
	char choices[256] = "";
	const char *value;

	if (!node || yaml_status(a->yaml) < 0)
		return;
	value = yaml_text(a->yaml, node, q->id, EVENT_VALUE_MAX - 1);
	for (size_t i = 0; i < q->n_choices; i++) {
		size_t n = strlen(choices);

		if (strcmp(q->choices[i].value, value) == 0) {
			a->at[a->n++] = (struct offline_answer){q->id, value};
			return;
		}
		snprintf(choices + n, sizeof(choices) - n, "%s%s",
		         i ? ", " : "", q->choices[i].value);
	}
	yaml_fail(a->yaml, node, q->id, "expected one of %s", choices);
}

int answers_load(struct answers *ret, const char *path, const struct routine *r,
                 struct error *error)
{
	const char *keys[ANSWERS_MAX + 1] = {NULL};
	struct answers a = {0};
	char *text = NULL;
	size_t len = 0;
	int status = yaml_slurp(path, &text, &len, error);

	if (status < 0)
		return status;
	status = yaml_load(&a.yaml, path, text, len, error);
	free(text);
	if (status < 0)
		return status;
	for (size_t i = 0; i < r->n_questions && i < ANSWERS_MAX; i++)
		keys[i] = r->questions[i].id;
	if (yaml_map(a.yaml, yaml_root(a.yaml), "answers", keys))
		for (size_t i = 0; keys[i]; i++)
			take(&a, &r->questions[i]);
	status = yaml_status(a.yaml);
	if (status < 0) {
		answers_finish(&a);
		return status;
	}
	*ret = a;
	return 0;
}

void answers_finish(struct answers *a)
{
	a->yaml = yaml_destroy(a->yaml);
	a->n = 0;
}

const char *answers_find(const struct answers *a, const char *id)
{
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->at[i].id, id) == 0)
			return a->at[i].value;
	return NULL;
}
