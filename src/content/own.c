/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "content/own.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "content/read.h"

static struct technique *find(const struct routine *book, const char *id)
{
	for (size_t i = 0; i < book->n_techniques; i++)
		if (strcmp(book->techniques[i].id, id) == 0)
			return &book->techniques[i];
	return NULL;
}

static void check_flags(struct yaml *y, const yaml_node_t *item,
                        const struct technique *ours,
                        const struct technique *own)
{
	uint32_t gone = ours->contra & ~own->contra;

	for (int f = 0; f < FLAGS; f++)
		if (gone & flag_bit((enum flag)f))
			yaml_fail(y, yaml_get(y, item, "contra"), "contra",
			          "expected %s too, as ours of this id has it",
			          flag_name((enum flag)f));
}

/* A caution of ours that the own one would drop; NULL: none. */
static const char *dropped(const struct technique *ours,
                           const struct technique *own)
{
	const struct {
		const char *key;
		bool dropped;
	} cautions[] = {
		{"neck", ours->neck && !own->neck},
		{"when_touch_hurts",
	         own->when_touch_hurts && !ours->when_touch_hurts},
		{"by_choice", ours->by_choice && !own->by_choice},
		{"not_first", ours->not_first && !own->not_first},
		{"once_a_day", ours->once_a_day && !own->once_a_day},
		{"area",
	         strcmp(technique_area(own), technique_area(ours)) != 0},
		{"pressure", own->pressure_max > ours->pressure_max},
		{"sig", own->sig < ours->sig},
	};

	for (size_t i = 0; i < sizeof cautions / sizeof *cautions; i++)
		if (cautions[i].dropped)
			return cautions[i].key;
	return NULL;
}

static bool same_course(const struct technique *a, const struct technique *b)
{
	return a->mode == b->mode && a->each_side == b->each_side &&
	       a->side == b->side &&
	       memcmp(&a->dose, &b->dose, sizeof a->dose) == 0;
}

static void check_override(struct yaml *y, const yaml_node_t *item,
                           const struct technique *ours,
                           const struct technique *own)
{
	const char *key = dropped(ours, own);

	check_flags(y, item, ours, own);
	if (key)
		yaml_fail(y, yaml_get(y, item, key), key,
		          "expected it as careful as ours of this id");
	if (!same_course(ours, own))
		yaml_fail(y, yaml_get(y, item, "dose"), "dose",
		          "expected the dose, sides and mode of ours of this "
		          "id: take another id to change them");
}

/* Into the book goes the own one, and what it replaces comes back. */
static void swap_in(struct routine *book, struct technique *own)
{
	struct technique *place = find(book, own->id), old;

	if (!place) {
		book->techniques[book->n_techniques++] = *own;
		*own = (struct technique){.id = ""};
		return;
	}
	old = *place;
	*place = *own;
	*own = old;
}

static int take_over(struct routine *own, struct routine *book)
{
	struct technique *more = reallocarray(
		book->techniques, book->n_techniques + own->n_techniques,
		sizeof *more);

	if (!more)
		return -ENOMEM;
	book->techniques = more;
	for (size_t i = 0; i < own->n_techniques; i++)
		swap_in(book, &own->techniques[i]);
	return 0;
}

bool own_is_techniques(struct yaml *y)
{
	const yaml_node_t *root = yaml_root(y);

	return root && root->type == YAML_MAPPING_NODE &&
	       yaml_get(y, root, "techniques");
}

static void read_own(struct yaml *y, const struct routine *book,
                     struct routine *own)
{
	static const char *const keys[] = {"techniques", NULL};
	const yaml_node_t *root = yaml_root(y), *list;

	if (!yaml_map(y, root, "techniques", keys))
		return;
	list = yaml_need(y, root, "techniques");
	read_techniques(y, list, true, own);
	for (size_t i = 0; i < own->n_techniques && !yaml_status(y); i++) {
		struct technique *t = &own->techniques[i];
		const struct technique *ours = find(book, t->id);

		if (ours && !t->area[0]) /* it lies where ours does */
			memcpy(t->area, ours->area, sizeof t->area);
		if (ours)
			check_override(y, yaml_item(y, list, i), ours, t);
	}
	if (book->n_techniques + own->n_techniques > READ_ITEMS_MAX)
		yaml_fail(y, list, "techniques",
		          "expected no more than %d with ours", READ_ITEMS_MAX);
}

int own_techniques(struct yaml *y, struct routine *book, bool keep)
{
	struct routine *own = calloc(1, sizeof *own);
	int r;

	if (!own)
		return -ENOMEM;
	read_own(y, book, own);
	r = yaml_status(y);
	if (!r && keep)
		r = take_over(own, book);
	if (!r)
		r = (int)own->n_techniques;
	routine_destroy(own);
	return r;
}
