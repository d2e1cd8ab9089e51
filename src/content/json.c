/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The whole routine as JSON, under the keys of the YAML files and in a fixed
 * order. JSON is YAML, so the way back is the strict reader of the files.
 */
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "content/content.h"
#include "content/read.h"
#include "content/yaml.h"

/* Each call adds to @failed what a chain of calls must not lose. */
struct writer {
	bool failed;
};

static void set(struct writer *w, json_t *object, const char *key,
                json_t *value)
{
	if (json_object_set_new(object, key, value) < 0)
		w->failed = true;
}

static void append(struct writer *w, json_t *array, json_t *value)
{
	if (json_array_append_new(array, value) < 0)
		w->failed = true;
}

static void set_text(struct writer *w, json_t *object, const char *key,
                     const char *text)
{
	if (text)
		set(w, object, key, json_string(text));
}

/* Whole numbers without a point, as people write them. */
static json_t *number(double x)
{
	if (trunc(x) < x || trunc(x) > x || fabs(x) > 1e9)
		return json_real(x);
	return json_integer((json_int_t)x);
}

static json_t *dose(struct writer *w, const struct dose *d)
{
	json_t *list = json_array();

	append(w, list, number(d->min));
	append(w, list, number(d->target));
	append(w, list, number(d->max));
	return list;
}

static json_t *ints(struct writer *w, const int *n, size_t max)
{
	json_t *list = json_array();

	for (size_t i = 0; i < max && n[i]; i++)
		append(w, list, json_integer(n[i]));
	return list;
}

static json_t *ids(struct writer *w, const char id[4][EVENT_ID_MAX])
{
	json_t *list = json_array();

	for (size_t i = 0; i < 4 && id[i][0]; i++)
		append(w, list, json_string(id[i]));
	return list;
}

static json_t *flag_list(struct writer *w, uint32_t flags)
{
	json_t *list = json_array();

	for (int f = 0; f < FLAGS; f++)
		if (flags & flag_bit((enum flag)f))
			append(w, list, json_string(flag_name((enum flag)f)));
	return list;
}

static void append_rules(struct writer *w, json_t *list, uint32_t rules)
{
	for (int n = 1; n < 32; n++)
		if (rules & UINT32_C(1) << n) {
			char name[8];

			snprintf(name, sizeof name, "R%d", n);
			append(w, list, json_string(name));
		}
}

static json_t *breath(struct writer *w, const struct step *s)
{
	json_t *map;

	if (s->breath != BREATH_FOLLOW && s->breath != BREATH_WALK)
		return json_string(breath_mode_name(s->breath));
	map = json_object();
	set_text(w, map, "from",
	         s->breath == BREATH_FOLLOW ? "follow" : "hold_rate");
	set_text(w, map, "to", "target");
	if (s->floor_per_min > 0)
		set(w, map, "floor", number(s->floor_per_min));
	return map;
}

static void set_manner(struct writer *w, json_t *map, const struct step *s)
{
	if (s->talk != TALK_AUTO)
		set_text(w, map, "talk", verbosity_name(s->talk));
	if (s->quieter_db > 0)
		set(w, map, "quieter_db", number(s->quieter_db));
	if (s->fade_s > 0)
		set(w, map, "fade_s", number(s->fade_s));
	if (s->new_posture)
		set_text(w, map, "posture", "changes");
	set(w, map, "say", ids(w, s->say));
	set(w, map, "say_after", ids(w, s->say_after));
}

static json_t *step(struct writer *w, const struct routine *r,
                    const struct step *s)
{
	const struct technique *t = routine_technique(r, s);
	json_t *map = json_object(), *rules = json_array();
	json_t *skip_if = flag_list(w, s->skip_flags);

	append_rules(w, rules, s->rules);
	append_rules(w, skip_if, s->skip_after);
	if (s->skip_early)
		append(w, skip_if, json_string("early"));
	if (s->skip_tuned)
		append(w, skip_if, json_string("tuned"));
	set(w, map, "n", json_integer(s->n));
	set_text(w, map, "do",
	         t          ? t->id
	         : s->probe ? "breathe_probe"
	                    : "breathe");
	set(w, map, "s", dose(w, &s->s));
	set(w, map, "breath", breath(w, s));
	set(w, map, "rules", rules);
	set(w, map, "skip_if", skip_if);
	set_text(w, map, "after_r8", s->after_r8_skip ? "skip" : "keep");
	set(w, map, "ask", ids(w, s->ask));
	set(w, map, "ask_after", ids(w, s->ask_after));
	set(w, map, "time_to", ints(w, s->time_to, 4));
	if (s->offer)
		set(w, map, "offer", json_integer(s->offer));
	set_manner(w, map, s);
	return map;
}

static json_t *wordings(struct writer *w, const struct phrase *p,
                        enum variant v)
{
	json_t *list = json_array();

	for (int k = 0; k < phrase_wordings(p, v); k++)
		append(w, list, json_string(phrase_text(p, v, k)));
	return list;
}

static void set_phrase(struct writer *w, json_t *map, const struct phrase *p)
{
	for (int i = 0; i < VARIANTS; i++) {
		enum variant v = (enum variant)i;

		if (phrase_wordings(p, v) > 1)
			set(w, map, variant_name(v), wordings(w, p, v));
		else
			set_text(w, map, variant_name(v), p->text[v]);
	}
}

static json_t *src(struct writer *w, const char *keys)
{
	json_t *list = json_array();

	while (*keys) {
		size_t len = strcspn(keys, ",");

		append(w, list, json_stringn(keys, len));
		keys += len + (keys[len] == ',');
	}
	return list;
}

static json_t *technique(struct writer *w, const struct technique *t)
{
	json_t *map = json_object(), *pressure = json_array();

	append(w, pressure, json_integer(t->pressure_min));
	append(w, pressure, json_integer(t->pressure_max));
	set_text(w, map, "id", t->id);
	set_text(w, map, "name", t->name);
	set_text(w, map, "region", t->region);
	if (t->area[0])
		set_text(w, map, "area", t->area);
	set_text(w, map, "ev", t->evidence);
	set_text(w, map, "position", t->position);
	set_text(w, map, "hands", t->hands);
	set(w, map, "pressure", pressure);
	set_text(w, map, "mode", technique_mode_name(t->mode));
	set_text(w, map, "pace", t->pace);
	set_text(w, map, "reps", t->reps);
	set(w, map, "dose", dose(w, &t->dose));
	set_text(w, map, "sides",
	         t->each_side             ? "each"
	         : t->side == SIDE_CENTRE ? "centre"
	                                  : "both");
	set_text(w, map, "breath", t->breath);
	set_text(w, map, "feel", t->feel);
	set_text(w, map, "stop", t->stop);
	set(w, map, "contra", flag_list(w, t->contra));
	set_text(w, map, "sig", technique_sig_name(t->sig));
	set(w, map, "neck", json_boolean(t->neck));
	set(w, map, "when_touch_hurts", json_boolean(t->when_touch_hurts));
	set(w, map, "by_choice", json_boolean(t->by_choice));
	set(w, map, "not_first", json_boolean(t->not_first));
	set(w, map, "once_a_day", json_boolean(t->once_a_day));
	set_phrase(w, map, &t->phrase);
	set(w, map, "src", src(w, t->src));
	return map;
}

static json_t *cue(struct writer *w, const struct phrase *p)
{
	json_t *map = json_object();

	set_text(w, map, "id", p->id);
	set_phrase(w, map, p);
	return map;
}

static const char *stop_name(enum event_stop stop)
{
	switch (stop) {
	case STOP_SOON:
		return "soon";
	case STOP_URGENT:
		return "urgent";
	case STOP_EMERGENCY:
		return "emergency";
	case STOP_NONE:
	case STOPS:
		break;
	}
	return NULL;
}

static json_t *choice(struct writer *w, const struct choice *c)
{
	json_t *map = json_object();

	set_text(w, map, "value", c->value);
	set_text(w, map, "stop", stop_name(c->stop));
	if (c->set_flags)
		set(w, map, "set", flag_list(w, c->set_flags));
	if (c->pressure_cap >= 0)
		set(w, map, "pressure_cap", json_integer(c->pressure_cap));
	if (c->floor_per_min > 0)
		set(w, map, "floor_per_min", number(c->floor_per_min));
	if (c->breathe_s > 0)
		set(w, map, "breathe_s", number(c->breathe_s));
	if (c->refuse)
		set(w, map, "refuse", json_true());
	if (c->say[0])
		set_text(w, map, "say", c->say);
	return map;
}

static json_t *question(struct writer *w, const struct question *q)
{
	static const char *const when[] = {
		[ASK_PROFILE] = "profile",
		[ASK_SESSION] = "session",
		[ASK_STEP] = "step",
	};
	json_t *map = json_object(), *choices = json_array();

	for (size_t i = 0; i < q->n_choices; i++)
		append(w, choices, choice(w, &q->choices[i]));
	set_text(w, map, "id", q->id);
	set_text(w, map, "when", when[q->when]);
	set_text(w, map, "text", q->text);
	set(w, map, "choices", choices);
	set_text(w, map, "unanswered",
	         q->unanswered < 0 ? "none" : q->values[q->unanswered]);
	set(w, map, "timeout_s", number(q->timeout_s));
	return map;
}

static void set_head(struct writer *w, json_t *map, const struct routine *r)
{
	set_text(w, map, "id", r->id);
	set_text(w, map, "name", r->name);
	set_text(w, map, "goal", r->goal);
	set_text(w, map, "posture", r->posture);
	if (r->language[0])
		set_text(w, map, "language", r->language);
	set(w, map, "total_s", number(r->total_s));
	set_text(w, map, "mode", session_mode_name(r->mode));
	set_text(w, map, "gate", r->short_gate ? "short" : "full");
	set_text(w, map, "verbosity", verbosity_name(r->verbosity));
	set(w, map, "pressure_cap", json_integer(r->pressure_cap));
	set(w, map, "ask", ids(w, r->ask));
	set(w, map, "extend_order", ints(w, r->extend_order, 8));
	if (r->asleep_from)
		set(w, map, "asleep_from", json_integer(r->asleep_from));
}

int content_to_json(const struct routine *r, char **ret)
{
	struct writer w = {false};
	json_t *map = json_object(), *steps = json_array();
	json_t *techniques = json_array(), *cues = json_array();
	json_t *questions = json_array();
	char *text = NULL;

	for (size_t i = 0; i < r->n_steps; i++)
		append(&w, steps, step(&w, r, &r->steps[i]));
	for (size_t i = 0; i < r->n_techniques; i++)
		append(&w, techniques, technique(&w, &r->techniques[i]));
	for (size_t i = 0; i < r->n_cues; i++)
		append(&w, cues, cue(&w, &r->cues[i]));
	for (size_t i = 0; i < r->n_questions; i++)
		append(&w, questions, question(&w, &r->questions[i]));
	set_head(&w, map, r);
	set(&w, map, "steps", steps);
	set(&w, map, "techniques", techniques);
	set(&w, map, "cues", cues);
	set(&w, map, "questions", questions);
	set_text(&w, map, "content_sha", r->content_sha);
	if (!w.failed)
		text = json_dumps(map, JSON_COMPACT);
	json_decref(map);
	if (!text)
		return -ENOMEM;
	*ret = text;
	return 0;
}

int content_from_json(const char *text, size_t len, struct routine **ret,
                      struct error *error)
{
	struct yaml *y = NULL;
	int r = yaml_load(&y, "routine", text, len, error);

	if (!r)
		r = read_routine(y, NULL, ret);
	yaml_destroy(y);
	return r;
}
