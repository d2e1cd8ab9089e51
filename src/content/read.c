/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Techniques and cues: one record of a list each. */
#include "content/read.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "content/copy.h"

#define PRESSURE_RESTING 1 /* A.0: the weight of the hand; more is pressing */
#define SECONDS_MAX      3600

/* What the session says and asks by name. */
static const char *const needed_cues[] = {
	"cue.start",         "cue.inhale",
	"cue.exhale",        "cue.not_deep",
	"cue.slower",        "cue.follow_you",
	"cue.easier",        "cue.listen",
	"cue.extend",        "cue.move_on",
	"cue.dizzy",         "cue.hands_away",
	"cue.no_signal",     "cue.close",
	"cue.opening",       "cue.pressure",
	"cue.side_left",     "cue.side_right",
	"cue.hurts",         "cue.paused",
	"cue.resumed",       "cue.signal_back",
	"cue.skipped",       "cue.stop_emergency",
	"cue.stop_urgent",   "cue.stop_soon",
	"cue.seen_blocked",  "cue.irregular",
	"cue.flat_heart",    "cue.after",
	"cue.disclaimer",    "cue.minor",
	"cue.neck_left_out", "cue.preg_left_out",
	"cue.no_hrv",        "cue.shorter",
	"cue.sore_after",    "cue.close_resting",
	"cue.no_change",     "cue.beats_slower",
	"cue.beats_faster",  "cue.varies_more",
	"cue.varies_less",   "cue.slower_more",
	"cue.slower_less",   "cue.faster_more",
	"cue.faster_less",   "cue.firm_lately",
	"cue.eyes_closed",   "cue.grew",
	"cue.grew_rest",     NULL,
};

char *read_string(struct yaml *y, const yaml_node_t *map, const char *key,
                  size_t max)
{
	const char *text = yaml_text(y, yaml_need(y, map, key), key, max);
	char *copy;

	if (yaml_status(y))
		return NULL;
	copy = strdup(text);
	if (!copy)
		yaml_no_memory(y);
	return copy;
}

char *read_words(struct yaml *y, const yaml_node_t *map, const char *key,
                 size_t max)
{
	char *s = read_string(y, map, key, max);

	if (s && !s[strspn(s, " ")])
		yaml_fail(y, yaml_get(y, map, key), key,
		          "expected a text, found it empty");
	return s;
}

void read_dose(struct yaml *y, const yaml_node_t *node, const char *field,
               struct dose *ret)
{
	double s[3] = {0};
	size_t n = yaml_list(y, node, field, 3, 3);

	for (size_t i = 0; i < n; i++)
		s[i] = yaml_number(y, yaml_item(y, node, i), field, 0,
		                   SECONDS_MAX);
	if (!(s[0] <= s[1] && s[1] <= s[2]))
		yaml_fail(y, node, field,
		          "expected least <= usual <= most, "
		          "found [%g, %g, %g]",
		          s[0], s[1], s[2]);
	*ret = (struct dose){s[0], s[1], s[2]};
}

uint32_t read_flag(struct yaml *y, const yaml_node_t *node, const char *field)
{
	char id[EVENT_ID_MAX] = "";
	enum flag flag;

	yaml_id(y, node, field, id, sizeof id);
	if (flag_from(id, &flag) == 0)
		return flag_bit(flag);
	yaml_fail(y, node, field, "unknown flag '%s'", id);
	return 0;
}

uint32_t read_flags(struct yaml *y, const yaml_node_t *node, const char *field)
{
	size_t n = yaml_list(y, node, field, 0, FLAGS);
	uint32_t flags = 0;

	for (size_t i = 0; i < n; i++)
		flags |= read_flag(y, yaml_item(y, node, i), field);
	return flags;
}

/* --- phrases ------------------------------------------------------------- */

/* A list of wordings: none of them may be empty. */
static void read_wordings(struct yaml *y, const yaml_node_t *list,
                          const char *key, size_t max, struct phrase *p,
                          enum variant v)
{
	size_t n = yaml_list(y, list, key, 1, PHRASE_WORDINGS);

	for (size_t i = 0; i < n && !yaml_status(y); i++) {
		const yaml_node_t *item = yaml_item(y, list, i);
		const char *text = yaml_text(y, item, key, max);
		char *copy;

		if (!yaml_status(y) && !text[strspn(text, " ")])
			yaml_fail(y, item, key,
			          "expected a text, found it empty");
		if (yaml_status(y))
			return;
		copy = strdup(text);
		if (!copy)
			yaml_no_memory(y);
		*(i == 0 ? &p->text[v] : &p->more[v][i - 1]) = copy;
	}
}

static void read_variant(struct yaml *y, const yaml_node_t *map, size_t max,
                         struct phrase *p, enum variant v)
{
	const char *key = variant_name(v);
	const yaml_node_t *node = yaml_need(y, map, key);

	if (node && node->type == YAML_SEQUENCE_NODE)
		read_wordings(y, node, key, max, p, v);
	else if (v == VARIANT_FULL || v == VARIANT_LIGHT)
		p->text[v] = read_words(y, map, key, max);
	else
		p->text[v] = read_string(y, map, key, max);
}

/* full, brief and minimal must be there, an empty one is not said. */
static void read_phrase(struct yaml *y, const yaml_node_t *map, size_t max,
                        struct phrase *p)
{
	read_variant(y, map, max, p, VARIANT_FULL);
	read_variant(y, map, max, p, VARIANT_BRIEF);
	read_variant(y, map, max, p, VARIANT_MINIMAL);
	if (yaml_get(y, map, "light"))
		read_variant(y, map, max, p, VARIANT_LIGHT);
	if (yaml_get(y, map, "ease"))
		read_variant(y, map, max, p, VARIANT_EASE);
}

bool read_is_long(const char *id)
{
	return strncmp(id, "cue.stop_", strlen("cue.stop_")) == 0 ||
	       strcmp(id, "cue.disclaimer") == 0 || strcmp(id, "accept") == 0;
}

static void cue(struct yaml *y, const yaml_node_t *map, struct phrase *p)
{
	static const char *const keys[] = {"id",      "full",  "brief",
	                                   "minimal", "light", NULL};

	if (!yaml_map(y, map, "cue", keys))
		return;
	yaml_id(y, yaml_need(y, map, "id"), "id", p->id, sizeof p->id);
	if (strncmp(p->id, "cue.", 4) != 0)
		yaml_fail(y, map, "id", "expected cue.NAME, found '%s'", p->id);
	read_phrase(y, map, read_is_long(p->id) ? READ_LONG_MAX : READ_TEXT_MAX,
	            p);
}

/* --- techniques ---------------------------------------------------------- */

static char *read_src(struct yaml *y, const yaml_node_t *list)
{
	char src[READ_TEXT_MAX + 1] = "";
	size_t n = yaml_list(y, list, "src", 1, 16);
	size_t len = 0;
	char *copy;

	for (size_t i = 0; i < n; i++) {
		const yaml_node_t *item = yaml_item(y, list, i);
		const char *key = yaml_text(y, item, "src", 20);
		size_t k = 0;

		while (isalnum((unsigned char)key[k]) || key[k] == '_')
			k++;
		if (!k || key[k])
			yaml_fail(y, item, "src",
			          "expected keys of letters and digits");
		if (len)
			src[len++] = ',';
		memcpy(src + len, key, k);
		len += k;
	}
	if (yaml_status(y))
		return NULL;
	copy = strdup(src);
	if (!copy)
		yaml_no_memory(y);
	return copy;
}

static void read_sides(struct yaml *y, const yaml_node_t *node,
                       struct technique *t)
{
	const char *text = yaml_text(y, node, "sides", READ_TEXT_MAX);

	t->each_side = strcmp(text, "each") == 0;
	t->side = strcmp(text, "centre") == 0 ? SIDE_CENTRE : SIDE_BOTH;
	if (!t->each_side && t->side == SIDE_BOTH && strcmp(text, "both") != 0)
		yaml_fail(y, node, "sides", "expected each, both or centre");
}

static void read_pressure(struct yaml *y, const yaml_node_t *list,
                          struct technique *t)
{
	int p[2] = {0};
	size_t n = yaml_list(y, list, "pressure", 2, 2);

	for (size_t i = 0; i < n; i++)
		p[i] = yaml_int(y, yaml_item(y, list, i), "pressure", 0,
		                READ_PRESSURE_MAX);
	if (p[0] > p[1])
		yaml_fail(y, list, "pressure",
		          "expected lowest <= highest, found [%d, %d]", p[0],
		          p[1]);
	t->pressure_min = p[0];
	t->pressure_max = p[1];
}

bool read_bool_or_no(struct yaml *y, const yaml_node_t *map, const char *key)
{
	const yaml_node_t *node = yaml_get(y, map, key);

	return node && yaml_bool(y, node, key);
}

static void read_deciding(struct yaml *y, const yaml_node_t *map,
                          struct technique *t)
{
	const yaml_node_t *mode = yaml_need(y, map, "mode");
	const yaml_node_t *sig = yaml_need(y, map, "sig");

	read_pressure(y, yaml_need(y, map, "pressure"), t);
	if (technique_mode_from(yaml_text(y, mode, "mode", READ_TEXT_MAX),
	                        &t->mode) < 0 ||
	    t->mode == MODE_BREATHE)
		yaml_fail(y, mode, "mode",
		          "expected still, stroke, squeeze, hold, circle, "
		          "move or stretch");
	read_dose(y, yaml_need(y, map, "dose"), "dose", &t->dose);
	read_sides(y, yaml_need(y, map, "sides"), t);
	t->contra = read_flags(y, yaml_need(y, map, "contra"), "contra");
	if (technique_sig_from(yaml_text(y, sig, "sig", READ_TEXT_MAX),
	                       &t->sig) < 0)
		yaml_fail(y, sig, "sig", "expected good, fair or poor");
	t->neck = yaml_bool(y, yaml_need(y, map, "neck"), "neck");
	t->when_touch_hurts = yaml_bool(
		y, yaml_need(y, map, "when_touch_hurts"), "when_touch_hurts");
	t->by_choice =
		yaml_bool(y, yaml_need(y, map, "by_choice"), "by_choice");
	t->not_first = read_bool_or_no(y, map, "not_first");
	t->once_a_day = read_bool_or_no(y, map, "once_a_day");
}

/* What a technique says, of the map that holds it. */
static void read_said(struct yaml *y, const yaml_node_t *map,
                      struct technique *t)
{
	(void)yaml_need(y, map, "ease");
	if (t->pressure_max > PRESSURE_RESTING)
		(void)yaml_need(y, map, "light");
	read_phrase(y, map, READ_TEXT_MAX, &t->phrase);
	if (!yaml_status(y) && (!t->phrase.text[VARIANT_BRIEF][0] ||
	                        !t->phrase.text[VARIANT_MINIMAL][0]))
		yaml_fail(y, map, "brief, minimal",
		          "expected a text, found it empty");
}

static void technique(struct yaml *y, const yaml_node_t *map,
                      struct technique *t, bool whole)
{
	const char *const keys[] = {
		"id",
		"name",
		"region",
		"area",
		"ev",
		"position",
		"hands",
		"pressure",
		"mode",
		"pace",
		"reps",
		"dose",
		"sides",
		"breath",
		"feel",
		"stop",
		"contra",
		"sig",
		"neck",
		"when_touch_hurts",
		"by_choice",
		"not_first",
		"once_a_day",
		"src",
		/* in JSON only */
		whole ? "full" : NULL,
		"brief",
		"minimal",
		"light",
		"ease",
		NULL,
	};

	if (!yaml_map(y, map, "technique", keys))
		return;
	yaml_id(y, yaml_need(y, map, "id"), "id", t->id, sizeof t->id);
	if (strcmp(t->id, "breathe") == 0)
		yaml_fail(y, map, "id", "breathe is no technique");
	memcpy(t->phrase.id, t->id, sizeof t->id);
	t->name = read_words(y, map, "name", READ_TEXT_MAX);
	t->region = read_words(y, map, "region", READ_TEXT_MAX);
	if (yaml_get(y, map, "area"))
		yaml_id(y, yaml_get(y, map, "area"), "area", t->area,
		        sizeof t->area);
	t->evidence = read_words(y, map, "ev", READ_TEXT_MAX);
	t->position = read_words(y, map, "position", READ_TEXT_MAX);
	t->hands = read_words(y, map, "hands", READ_TEXT_MAX);
	t->pace = read_words(y, map, "pace", READ_TEXT_MAX);
	t->reps = read_words(y, map, "reps", READ_TEXT_MAX);
	t->breath = read_words(y, map, "breath", READ_TEXT_MAX);
	t->feel = read_words(y, map, "feel", READ_TEXT_MAX);
	t->stop = read_words(y, map, "stop", READ_TEXT_MAX);
	t->src = read_src(y, yaml_need(y, map, "src"));
	read_deciding(y, map, t);
	if (whole)
		read_said(y, map, t);
}

/* --- lists --------------------------------------------------------------- */

void *read_room(struct yaml *y, size_t n, size_t size)
{
	void *p = yaml_status(y) ? NULL : calloc(n ? n : 1, size);

	if (!p)
		yaml_no_memory(y);
	return p;
}

void read_taken(struct yaml *y, const yaml_node_t *node, const char *id)
{
	yaml_fail(y, node, "id", "'%s' is already taken", id);
}

int read_techniques(struct yaml *y, const yaml_node_t *list, bool whole,
                    struct routine *into)
{
	size_t n = yaml_list(y, list, "techniques", 0, READ_ITEMS_MAX);

	into->techniques = read_room(y, n, sizeof *into->techniques);
	for (size_t i = 0; i < n && !yaml_status(y); i++) {
		const yaml_node_t *item = yaml_item(y, list, i);

		into->n_techniques++;
		technique(y, item, &into->techniques[i], whole);
		for (size_t k = 0; k < i; k++)
			if (strcmp(into->techniques[k].id,
			           into->techniques[i].id) == 0)
				read_taken(y, item, into->techniques[i].id);
	}
	return yaml_status(y);
}

void read_check_answered(struct yaml *y, const yaml_node_t *list,
                         const struct routine *r)
{
	for (size_t i = 0; r->n_cues && i < r->n_questions; i++)
		for (size_t k = 0; k < r->questions[i].n_choices; k++) {
			const char *id = r->questions[i].choices[k].say;

			if (id[0] && !routine_phrase(r, id))
				yaml_fail(y, list, "cues",
				          "expected %s, which the question %s "
				          "is answered with",
				          id, r->questions[i].id);
		}
}

int read_cues(struct yaml *y, const yaml_node_t *list, bool whole,
              struct routine *into)
{
	size_t n = yaml_list(y, list, "cues", 1, READ_ITEMS_MAX);

	into->cues = read_room(y, n, sizeof *into->cues);
	for (size_t i = 0; i < n && !yaml_status(y); i++) {
		const yaml_node_t *item = yaml_item(y, list, i);

		into->n_cues++;
		cue(y, item, &into->cues[i]);
		for (size_t k = 0; k < i; k++)
			if (strcmp(into->cues[k].id, into->cues[i].id) == 0)
				read_taken(y, item, into->cues[i].id);
	}
	for (size_t i = 0; !whole && needed_cues[i] && !yaml_status(y); i++)
		if (!routine_phrase(into, needed_cues[i]))
			yaml_fail(y, list, "cues", "expected %s, it is missing",
			          needed_cues[i]);
	read_check_answered(y, list, into);
	return yaml_status(y);
}

/* --- what a language says --------------------------------------------------
 */

static struct technique *technique_of(struct routine *r, const char *id)
{
	for (size_t i = 0; i < r->n_techniques; i++)
		if (strcmp(r->techniques[i].id, id) == 0)
			return &r->techniques[i];
	return NULL;
}

int read_said_techniques(struct yaml *y, const yaml_node_t *list,
                         struct routine *book)
{
	static const char *const keys[] = {"id",    "full", "brief", "minimal",
	                                   "light", "ease", NULL};
	size_t n = yaml_list(y, list, "techniques", 0, READ_ITEMS_MAX);

	for (size_t i = 0; i < n && !yaml_status(y); i++) {
		const yaml_node_t *item = yaml_item(y, list, i);
		char id[EVENT_ID_MAX] = "";
		struct technique *t;

		if (!yaml_map(y, item, "technique", keys))
			break;
		yaml_id(y, yaml_need(y, item, "id"), "id", id, sizeof id);
		t = technique_of(book, id);
		if (t && t->phrase.text[VARIANT_FULL])
			read_taken(y, item, id);
		else if (t) /* of others it may speak ahead */
			read_said(y, item, t);
	}
	for (size_t i = 0; i < book->n_techniques && !yaml_status(y); i++)
		if (!book->techniques[i].phrase.text[VARIANT_FULL])
			yaml_fail(y, list, "techniques",
			          "expected %s, it is missing",
			          book->techniques[i].id);
	return yaml_status(y);
}

int read_never_say(struct yaml *y, const yaml_node_t *list)
{
	size_t n = yaml_list(y, list, "never_say", 1, READ_ITEMS_MAX);

	for (size_t i = 0; i < n; i++)
		(void)yaml_text(y, yaml_item(y, list, i), "never_say",
		                READ_TEXT_MAX);
	return yaml_status(y);
}
