/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions, what their answers mean, and what a language makes of them. */
#include "content/read.h"

#include <string.h>

#include "content/copy.h"

/* What the session asks by name. */
static const char *const needed_questions[] = {
	"accept",   "known",    "red_now",      "red_today",
	"red_risk", "red_soon", "touch",        "activity",
	"headache", "tension",  "faint",        "sharp",
	"nausea",   "aura",     "breathe_more", NULL,
};

static void choice(struct yaml *y, const yaml_node_t *map, struct choice *c)
{
	static const char *const keys[] = {
		"value",  "stop", "set",       "pressure_cap", "floor_per_min",
		"refuse", "say",  "breathe_s", NULL,
	};
	const yaml_node_t *at;

	c->pressure_cap = -1;
	if (!yaml_map(y, map, "choice", keys))
		return;
	yaml_id(y, yaml_need(y, map, "value"), "value", c->value,
	        sizeof c->value);
	at = yaml_get(y, map, "stop");
	if (at) {
		const char *text = yaml_text(y, at, "stop", READ_TEXT_MAX);

		if (strcmp(text, "soon") == 0)
			c->stop = STOP_SOON;
		else if (strcmp(text, "urgent") == 0)
			c->stop = STOP_URGENT;
		else if (strcmp(text, "emergency") == 0)
			c->stop = STOP_EMERGENCY;
		else
			yaml_fail(y, at, "stop",
			          "expected soon, urgent or emergency");
	}
	at = yaml_get(y, map, "set");
	if (at)
		c->set_flags = read_flags(y, at, "set");
	at = yaml_get(y, map, "pressure_cap");
	if (at)
		c->pressure_cap =
			yaml_int(y, at, "pressure_cap", 0, READ_PRESSURE_MAX);
	at = yaml_get(y, map, "floor_per_min");
	if (at)
		c->floor_per_min = yaml_number(y, at, "floor_per_min", 4.5, 20);
	at = yaml_get(y, map, "breathe_s");
	if (at)
		c->breathe_s = yaml_number(y, at, "breathe_s", 20, 300);
	c->refuse = read_bool_or_no(y, map, "refuse");
	at = yaml_get(y, map, "say");
	if (at)
		yaml_id(y, at, "say", c->say, sizeof c->say);
}

static void read_choices(struct yaml *y, const yaml_node_t *list,
                         struct question *q)
{
	size_t n = yaml_list(y, list, "choices", 2, ROUTINE_CHOICES_MAX);

	for (size_t i = 0; i < n; i++) {
		const yaml_node_t *item = yaml_item(y, list, i);

		choice(y, item, &q->choices[i]);
		for (size_t k = 0; k < i; k++)
			if (strcmp(q->choices[k].value, q->choices[i].value) ==
			    0)
				yaml_fail(y, item, "value",
				          "expected '%s' only once",
				          q->choices[i].value);
	}
	q->n_choices = n;
	copy_values(q);
}

static void read_unanswered(struct yaml *y, const yaml_node_t *node,
                            struct question *q)
{
	const char *text =
		yaml_text(y, node, "unanswered", EVENT_VALUE_MAX - 1);

	q->unanswered = -1;
	for (size_t i = 0; i < q->n_choices; i++)
		if (strcmp(q->choices[i].value, text) == 0)
			q->unanswered = (int)i;
	if (q->unanswered < 0 && strcmp(text, "none") != 0)
		yaml_fail(y, node, "unanswered",
		          "expected one of the choices, or none");
}

static void read_question_text(struct yaml *y, const yaml_node_t *map,
                               struct question *q)
{
	q->text =
		read_words(y, map, "text",
	                   read_is_long(q->id) ? READ_LONG_MAX : READ_TEXT_MAX);
}

static void question(struct yaml *y, const yaml_node_t *map, struct question *q,
                     bool whole)
{
	/* text: in JSON only */
	const char *const keys[] = {"id",        "when",
	                            "choices",   "unanswered",
	                            "timeout_s", whole ? "text" : NULL,
	                            NULL};
	const yaml_node_t *when = yaml_get(y, map, "when");
	const char *text;

	if (!yaml_map(y, map, "question", keys))
		return;
	yaml_id(y, yaml_need(y, map, "id"), "id", q->id, sizeof q->id);
	text = yaml_text(y, yaml_need(y, map, "when"), "when", READ_TEXT_MAX);
	if (strcmp(text, "profile") == 0)
		q->when = ASK_PROFILE;
	else if (strcmp(text, "session") == 0)
		q->when = ASK_SESSION;
	else if (strcmp(text, "step") == 0)
		q->when = ASK_STEP;
	else
		yaml_fail(y, when, "when", "expected profile, session or step");
	if (whole)
		read_question_text(y, map, q);
	read_choices(y, yaml_need(y, map, "choices"), q);
	read_unanswered(y, yaml_need(y, map, "unanswered"), q);
	q->timeout_s = yaml_number(y, yaml_need(y, map, "timeout_s"),
	                           "timeout_s", 1, 600);
}

int read_questions(struct yaml *y, const yaml_node_t *list, bool whole,
                   struct routine *into)
{
	size_t n = yaml_list(y, list, "questions", 1, READ_ITEMS_MAX);

	into->questions = read_room(y, n, sizeof *into->questions);
	for (size_t i = 0; i < n && !yaml_status(y); i++) {
		const yaml_node_t *item = yaml_item(y, list, i);

		into->n_questions++;
		question(y, item, &into->questions[i], whole);
		for (size_t k = 0; k < i; k++)
			if (strcmp(into->questions[k].id,
			           into->questions[i].id) == 0)
				read_taken(y, item, into->questions[i].id);
	}
	for (size_t i = 0; !whole && needed_questions[i] && !yaml_status(y);
	     i++)
		if (!routine_question(into, needed_questions[i]))
			yaml_fail(y, list, "questions",
			          "expected %s, it is missing",
			          needed_questions[i]);
	read_check_answered(y, list, into);
	return yaml_status(y);
}

int read_said_questions(struct yaml *y, const yaml_node_t *list,
                        struct routine *book)
{
	static const char *const keys[] = {"id", "text", NULL};
	size_t n = yaml_list(y, list, "questions", 1, READ_ITEMS_MAX);

	for (size_t i = 0; i < n && !yaml_status(y); i++) {
		const yaml_node_t *item = yaml_item(y, list, i);
		char id[EVENT_ID_MAX] = "";

		if (!yaml_map(y, item, "question", keys))
			break;
		yaml_id(y, yaml_need(y, item, "id"), "id", id, sizeof id);
		for (size_t k = 0; k < book->n_questions; k++) {
			struct question *q = &book->questions[k];

			if (strcmp(q->id, id) != 0)
				continue;
			if (q->text)
				read_taken(y, item, id);
			else
				read_question_text(y, item, q);
		}
	}
	for (size_t i = 0; i < book->n_questions && !yaml_status(y); i++)
		if (!book->questions[i].text)
			yaml_fail(y, list, "questions",
			          "expected %s, it is missing",
			          book->questions[i].id);
	return yaml_status(y);
}
