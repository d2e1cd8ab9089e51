/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "content/copy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Replaces a borrowed string by one of our own; NULL stays NULL. */
static int own(char **s)
{
	if (!*s)
		return 0;
	*s = strdup(*s);
	return *s ? 0 : -ENOMEM;
}

static int own_phrase(struct phrase *p)
{
	int r = 0;

	for (int v = 0; v < VARIANTS; v++) {
		r |= own(&p->text[v]);
		for (int k = 0; k < PHRASE_WORDINGS - 1; k++)
			r |= own(&p->more[v][k]);
	}
	return r ? -ENOMEM : 0;
}

int copy_technique(const struct technique *from, struct routine *into)
{
	struct technique *t = &into->techniques[into->n_techniques++];
	char **strings[] = {
		&t->name, &t->region, &t->position, &t->hands,
		&t->feel, &t->stop,   &t->evidence, &t->pace,
		&t->reps, &t->breath, &t->src,
	};
	int r = 0;

	*t = *from;
	for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
		r |= own(strings[i]);
	r |= own_phrase(&t->phrase);
	return r ? -ENOMEM : 0;
}

int copy_cues(const struct routine *from, struct routine *into)
{
	into->cues = calloc(from->n_cues, sizeof *into->cues);
	if (!into->cues)
		return -ENOMEM;
	for (size_t i = 0; i < from->n_cues; i++) {
		into->cues[i] = from->cues[i];
		into->n_cues++;
		if (own_phrase(&into->cues[i]) < 0)
			return -ENOMEM;
	}
	return 0;
}

int copy_questions(const struct routine *from, struct routine *into)
{
	into->questions = calloc(from->n_questions, sizeof *into->questions);
	if (!into->questions)
		return -ENOMEM;
	for (size_t i = 0; i < from->n_questions; i++) {
		into->questions[i] = from->questions[i];
		into->n_questions++;
		copy_values(&into->questions[i]);
		if (own(&into->questions[i].text) < 0)
			return -ENOMEM;
	}
	return 0;
}

void copy_values(struct question *q)
{
	for (size_t i = 0; i < q->n_choices; i++)
		q->values[i] = q->choices[i].value;
	q->values[q->n_choices] = NULL;
}
