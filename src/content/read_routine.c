/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A routine and its steps, and what must hold between them. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "content/copy.h"
#include "content/read.h"

#define RULES            15   /* D.5: R1 to R15 */
#define PRESSURE_CAP_MAX 5    /* A.0: this tool caps at 5 */
#define PRESSURE_FIRM    4    /* A.0 */
#define LISTEN_MIN_S     25   /* D.5 R10 */
#define RATE_MIN_PER_MIN 4.5  /* C.3: slower ones are not offered */
#define RATE_MAX_PER_MIN 20.0 /* D.5 R3 */
#define TOTAL_MIN_S      30
#define TOTAL_MAX_S      7200
#define STEP_N_MAX       999
#define QUIETER_MAX_DB   20

#define COUNT(a)         (sizeof(a) / sizeof *(a))

/* What a step is read with: the routine, and where its words come from. */
struct reader {
	struct yaml *y;
	const struct routine *book; /* techniques and questions to name */
	struct routine *r;
};

/* --- one step ------------------------------------------------------------ */

/* n of Rn; 0: it is none. */
static int rule_of(const char *text)
{
	char *end;
	long n;

	if (text[0] != 'R' || text[1] < '1' || text[1] > '9')
		return 0;
	n = strtol(text + 1, &end, 10);
	return *end || n > RULES ? 0 : (int)n;
}

static uint32_t read_rules(struct yaml *y, const yaml_node_t *list)
{
	size_t n = yaml_list(y, list, "rules", 0, RULES);
	uint32_t rules = 0;

	for (size_t i = 0; i < n; i++) {
		const yaml_node_t *item = yaml_item(y, list, i);
		int rule = rule_of(yaml_text(y, item, "rules", READ_TEXT_MAX));

		if (!rule)
			yaml_fail(y, item, "rules", "expected R1 to R15");
		rules |= UINT32_C(1) << rule;
	}
	return rules;
}

/* A rule, an event of the person's practice, or a flag. */
static void read_skip_if(struct yaml *y, const yaml_node_t *list,
                         struct step *s)
{
	size_t n = list ? yaml_list(y, list, "skip_if", 0, FLAGS + RULES) : 0;

	for (size_t i = 0; i < n; i++) {
		const yaml_node_t *item = yaml_item(y, list, i);
		const char *text = yaml_text(y, item, "skip_if", READ_TEXT_MAX);
		int rule = rule_of(text);

		if (rule)
			s->skip_after |= UINT32_C(1) << rule;
		else if (strcmp(text, "early") == 0)
			s->skip_early = true;
		else if (strcmp(text, "tuned") == 0)
			s->skip_tuned = true;
		else
			s->skip_flags |= read_flag(y, item, "skip_if");
	}
}

static void read_walk(struct yaml *y, const yaml_node_t *map, struct step *s)
{
	static const char *const keys[] = {"from", "to", "floor", NULL};
	const yaml_node_t *floor_at = yaml_get(y, map, "floor");
	const char *from, *to;

	if (!yaml_map(y, map, "breath", keys))
		return;
	from = yaml_text(y, yaml_need(y, map, "from"), "from", READ_TEXT_MAX);
	to = yaml_text(y, yaml_need(y, map, "to"), "to", READ_TEXT_MAX);
	s->breath = strcmp(from, "follow") == 0 ? BREATH_FOLLOW : BREATH_WALK;
	if (s->breath == BREATH_WALK && strcmp(from, "hold_rate") != 0)
		yaml_fail(y, map, "from", "expected follow or hold_rate");
	if (strcmp(to, "target") != 0)
		yaml_fail(y, map, "to", "expected target");
	if (floor_at)
		s->floor_per_min =
			yaml_number(y, floor_at, "floor", RATE_MIN_PER_MIN,
		                    RATE_MAX_PER_MIN);
}

static void read_breath(struct yaml *y, const yaml_node_t *node, struct step *s)
{
	const char *text;

	if (node && node->type == YAML_MAPPING_NODE) {
		read_walk(y, node, s);
		return;
	}
	text = yaml_text(y, node, "breath", READ_TEXT_MAX);
	if (breath_mode_from(text, &s->breath) < 0 ||
	    s->breath == BREATH_FOLLOW || s->breath == BREATH_WALK)
		yaml_fail(y, node, "breath",
		          "expected nat, own, hold_rate or {from, to, floor}");
}

static void read_asks(struct reader *d, const yaml_node_t *list,
                      const char *field, char ret[4][EVENT_ID_MAX])
{
	size_t n = list ? yaml_list(d->y, list, field, 0, 4) : 0;

	for (size_t i = 0; i < n && !yaml_status(d->y); i++) {
		const yaml_node_t *item = yaml_item(d->y, list, i);
		const struct question *q;

		yaml_id(d->y, item, field, ret[i], EVENT_ID_MAX);
		q = routine_question(d->book, ret[i]);
		if (!q || q->when != ASK_STEP)
			yaml_fail(d->y, item, field,
			          "unknown question '%s' (when: step)", ret[i]);
	}
}

static void read_cues_named(struct reader *d, const yaml_node_t *list,
                            const char *field, char ret[4][EVENT_ID_MAX])
{
	size_t n = list ? yaml_list(d->y, list, field, 0, 4) : 0;

	for (size_t i = 0; i < n && !yaml_status(d->y); i++) {
		const yaml_node_t *item = yaml_item(d->y, list, i);

		yaml_id(d->y, item, field, ret[i], EVENT_ID_MAX);
		if (strncmp(ret[i], "cue.", 4) != 0 ||
		    !routine_phrase(d->book, ret[i]))
			yaml_fail(d->y, item, field, "unknown cue '%s'",
			          ret[i]);
	}
}

static void read_steps_named(struct yaml *y, const yaml_node_t *list,
                             const char *field, int *ret, size_t max)
{
	size_t n = list ? yaml_list(y, list, field, 0, max) : 0;

	for (size_t i = 0; i < n; i++)
		ret[i] = yaml_int(y, yaml_item(y, list, i), field, 1,
		                  STEP_N_MAX);
}

static int technique_index(const struct routine *r, const char *id)
{
	for (size_t i = 0; i < r->n_techniques; i++)
		if (strcmp(r->techniques[i].id, id) == 0)
			return (int)i;
	return -1;
}

/* The technique's index in the routine, which takes it over on first use. */
static int read_do(struct reader *d, const yaml_node_t *node, bool *probe)
{
	char id[EVENT_ID_MAX] = "";
	int i;

	yaml_id(d->y, node, "do", id, sizeof id);
	*probe = strcmp(id, "breathe_probe") == 0;
	if (yaml_status(d->y) || *probe || strcmp(id, "breathe") == 0)
		return -1;
	i = technique_index(d->book, id);
	if (i < 0) {
		yaml_fail(d->y, node, "do", "unknown technique '%s'", id);
		return -1;
	}
	if (d->book == d->r)
		return i;
	if (technique_index(d->r, id) < 0 &&
	    copy_technique(&d->book->techniques[i], d->r) < 0)
		yaml_no_memory(d->y);
	return technique_index(d->r, id);
}

/* A technique's longest dose holds in every routine. */
static void check_dose(struct reader *d, const yaml_node_t *map,
                       const struct step *s)
{
	const struct technique *t = routine_technique(d->r, s);
	double most;

	if (!t || yaml_status(d->y))
		return;
	most = t->dose.max * (t->each_side ? 2 : 1);
	if (s->s.max > most)
		yaml_fail(d->y, yaml_get(d->y, map, "s"), "s",
		          "expected at most %g s of %s, found %g", most, t->id,
		          s->s.max);
}

static void read_after_r8(struct yaml *y, const yaml_node_t *node,
                          struct step *s)
{
	const char *text = yaml_text(y, node, "after_r8", READ_TEXT_MAX);

	s->after_r8_skip = strcmp(text, "skip") == 0;
	if (!s->after_r8_skip && strcmp(text, "keep") != 0)
		yaml_fail(y, node, "after_r8", "expected skip or keep");
}

/* How a step sounds, and what it leaves behind: all of it may be absent. */
static void read_manner(struct reader *d, const yaml_node_t *map,
                        struct step *s)
{
	struct yaml *y = d->y;
	const yaml_node_t *talk = yaml_get(y, map, "talk");
	const yaml_node_t *quieter = yaml_get(y, map, "quieter_db");
	const yaml_node_t *fade = yaml_get(y, map, "fade_s");
	const yaml_node_t *posture = yaml_get(y, map, "posture");

	if (talk && (verbosity_from(yaml_text(y, talk, "talk", READ_TEXT_MAX),
	                            &s->talk) < 0 ||
	             s->talk < TALK_FULL))
		yaml_fail(y, talk, "talk", "expected full, brief or minimal");
	if (quieter)
		s->quieter_db = yaml_number(y, quieter, "quieter_db", 0,
		                            QUIETER_MAX_DB);
	if (fade)
		s->fade_s = yaml_number(y, fade, "fade_s", 0, s->s.max);
	if (posture &&
	    strcmp(yaml_text(y, posture, "posture", READ_TEXT_MAX), "changes"))
		yaml_fail(y, posture, "posture", "expected changes");
	s->new_posture = posture != NULL;
	read_cues_named(d, yaml_get(y, map, "say"), "say", s->say);
	read_cues_named(d, yaml_get(y, map, "say_after"), "say_after",
	                s->say_after);
}

static void read_step(struct reader *d, const yaml_node_t *map, struct step *s)
{
	static const char *const keys[] = {
		"n",        "do",        "s",       "breath",     "rules",
		"skip_if",  "talk",      "posture", "quieter_db", "fade_s",
		"say",      "say_after", "ask",     "ask_after",  "time_to",
		"after_r8", "offer",     NULL,
	};
	struct yaml *y = d->y;
	const yaml_node_t *after_r8 = yaml_get(y, map, "after_r8");
	int before = d->r->n_steps ? d->r->steps[d->r->n_steps - 1].n : 0;

	if (!yaml_map(y, map, "step", keys))
		return;
	s->n = yaml_int(y, yaml_need(y, map, "n"), "n", 1, STEP_N_MAX);
	if (s->n <= before)
		yaml_fail(y, map, "n", "expected more than %d, found %d",
		          before, s->n);
	s->technique = read_do(d, yaml_need(y, map, "do"), &s->probe);
	read_dose(y, yaml_need(y, map, "s"), "s", &s->s);
	check_dose(d, map, s);
	read_breath(y, yaml_need(y, map, "breath"), s);
	s->rules = read_rules(y, yaml_need(y, map, "rules"));
	read_skip_if(y, yaml_get(y, map, "skip_if"), s);
	if (after_r8)
		read_after_r8(y, after_r8, s);
	read_manner(d, map, s);
	read_asks(d, yaml_get(y, map, "ask"), "ask", s->ask);
	read_asks(d, yaml_get(y, map, "ask_after"), "ask_after", s->ask_after);
	if (yaml_get(y, map, "offer"))
		s->offer = yaml_int(y, yaml_get(y, map, "offer"), "offer", 1,
		                    STEP_N_MAX);
	read_steps_named(y, yaml_get(y, map, "time_to"), "time_to", s->time_to,
	                 COUNT(s->time_to));
}

static void read_steps(struct reader *d, const yaml_node_t *list)
{
	size_t n = yaml_list(d->y, list, "steps", 1, ROUTINE_STEPS_MAX);

	if (d->book != d->r && !yaml_status(d->y)) {
		d->r->techniques = calloc(n, sizeof *d->r->techniques);
		if (!d->r->techniques)
			yaml_no_memory(d->y);
	}
	for (size_t i = 0; i < n && !yaml_status(d->y); i++) {
		read_step(d, yaml_item(d->y, list, i), &d->r->steps[i]);
		d->r->n_steps++;
	}
}

/* --- between steps ------------------------------------------------------- */

static void check_total(struct yaml *y, const struct routine *r)
{
	double sum = 0;

	for (size_t i = 0; i < r->n_steps; i++)
		sum += r->steps[i].s.target;
	if (fabs(sum - r->total_s) > 0.001)
		yaml_fail(y, yaml_get(y, yaml_root(y), "total_s"), "total_s",
		          "expected %g, to which the steps' usual seconds "
		          "add up, found %g",
		          sum, r->total_s);
}

static int pressure_of(const struct routine *r, const struct step *s)
{
	const struct technique *t = routine_technique(r, s);

	return t && t->mode != MODE_STILL ? t->pressure_max : 0;
}

/* A.2: freed time never goes to a harder technique. */
static void check_time_to(struct yaml *y, const yaml_node_t *map,
                          const struct routine *r, const struct step *s)
{
	const yaml_node_t *at = yaml_get(y, map, "time_to");

	for (size_t k = 0; k < COUNT(s->time_to) && s->time_to[k]; k++) {
		int to = routine_step(r, s->time_to[k]);

		if (to < 0)
			yaml_fail(y, at, "time_to", "there is no step %d",
			          s->time_to[k]);
		else if (pressure_of(r, &r->steps[to]) > pressure_of(r, s))
			yaml_fail(y, at, "time_to",
			          "step %d presses harder than step %d",
			          s->time_to[k], s->n);
	}
}

/* Grows each step's set of steps reached until one round reaches itself. */
static void check_cycle(struct yaml *y, const yaml_node_t *list,
                        const struct routine *r)
{
	uint32_t reached[ROUTINE_STEPS_MAX] = {0};

	for (size_t round = 0; round < r->n_steps; round++)
		for (size_t i = 0; i < r->n_steps; i++) {
			const int *to = r->steps[i].time_to;

			for (size_t k = 0; k < 4 && to[k]; k++) {
				int j = routine_step(r, to[k]);

				reached[i] |= UINT32_C(1) << j | reached[j];
			}
		}
	for (size_t i = 0; i < r->n_steps; i++)
		if (reached[i] & UINT32_C(1) << i)
			yaml_fail(y,
			          yaml_get(y, yaml_item(y, list, i), "time_to"),
			          "time_to",
			          "goes round in a circle back to step %d",
			          r->steps[i].n);
}

/* R10: what was firm is listened to before the routine ends. */
static void check_windows(struct yaml *y, const yaml_node_t *list,
                          const struct routine *r)
{
	int firm = -1;

	for (size_t i = 0; i < r->n_steps; i++) {
		const struct step *s = &r->steps[i];
		const struct technique *t = routine_technique(r, s);

		if (!t)
			continue;
		if (technique_firm(t) && r->pressure_cap >= PRESSURE_FIRM)
			firm = (int)i;
		if (strcmp(t->id, "rest_listen") == 0 &&
		    s->s.min >= LISTEN_MIN_S)
			firm = -1;
	}
	if (firm >= 0)
		yaml_fail(y, yaml_item(y, list, (size_t)firm), "steps",
		          "expected a rest_listen of at least %d s after "
		          "step %d, which is firm",
		          LISTEN_MIN_S, r->steps[firm].n);
}

static void check_extend_order(struct yaml *y, const yaml_node_t *at,
                               const struct routine *r)
{
	const int *order = r->extend_order;

	for (size_t i = 0; i < COUNT(r->extend_order) && order[i]; i++) {
		if (routine_step(r, order[i]) < 0)
			yaml_fail(y, at, "extend_order", "there is no step %d",
			          order[i]);
		for (size_t k = 0; k < i; k++)
			if (order[k] == order[i])
				yaml_fail(y, at, "extend_order",
				          "expected step %d only once",
				          order[i]);
	}
}

static void check_asleep(struct yaml *y, const yaml_node_t *at,
                         const struct routine *r)
{
	if (r->asleep_from && routine_step(r, r->asleep_from) < 0)
		yaml_fail(y, at, "asleep_from", "there is no step %d",
		          r->asleep_from);
}

/* A window is held against a step before it, and breathing must be there to
   be offered. */
static void check_offer(struct yaml *y, const yaml_node_t *map,
                        const struct routine *r, const struct step *s)
{
	const yaml_node_t *at = yaml_get(y, map, "offer");
	bool breathes = false;

	for (size_t i = 0; i < r->n_steps; i++)
		breathes |= r->steps[i].technique < 0 && !r->steps[i].probe;
	if (!s->offer)
		return;
	if (s->offer >= s->n || routine_step(r, s->offer) < 0)
		yaml_fail(y, at, "offer", "expected a step before step %d",
		          s->n);
	else if (!(s->rules & UINT32_C(1) << 10))
		yaml_fail(y, at, "offer", "expected R10 in rules");
	else if (!breathes)
		yaml_fail(y, at, "offer",
		          "expected a step of the routine to breathe");
}

static void check(struct yaml *y, const struct routine *r)
{
	const yaml_node_t *root = yaml_root(y);
	const yaml_node_t *list = yaml_get(y, root, "steps");

	if (yaml_status(y))
		return;
	check_total(y, r);
	for (size_t i = 0; i < r->n_steps; i++) {
		check_time_to(y, yaml_item(y, list, i), r, &r->steps[i]);
		check_offer(y, yaml_item(y, list, i), r, &r->steps[i]);
	}
	if (yaml_status(y))
		return;
	check_cycle(y, list, r);
	check_windows(y, list, r);
	check_extend_order(y, yaml_get(y, root, "extend_order"), r);
	check_asleep(y, yaml_get(y, root, "asleep_from"), r);
}

/* --- the routine --------------------------------------------------------- */

static void read_sha(struct yaml *y, const yaml_node_t *node, struct routine *r)
{
	const char *text = yaml_text(y, node, "content_sha", 64);

	if (strlen(text) != 64 || text[strspn(text, "0123456789abcdef")])
		yaml_fail(y, node, "content_sha", "expected 64 hex digits");
	else
		memcpy(r->content_sha, text, 64);
}

static void read_whole(struct yaml *y, const yaml_node_t *root,
                       struct routine *r)
{
	read_techniques(y, yaml_need(y, root, "techniques"), true, r);
	read_cues(y, yaml_need(y, root, "cues"), true, r);
	read_questions(y, yaml_need(y, root, "questions"), true, r);
	read_sha(y, yaml_need(y, root, "content_sha"), r);
	if (yaml_get(y, root, "language")) /* the first ones did not say */
		yaml_id(y, yaml_get(y, root, "language"), "language",
		        r->language, sizeof r->language);
}

/* For which kind of day, and what is asked before. The first routines that
   were stored did not say: they were for a tense day. */
static void read_kind(struct yaml *y, const yaml_node_t *root, bool whole,
                      struct routine *r)
{
	const yaml_node_t *mode = yaml_get(y, root, "mode");
	const yaml_node_t *gate = yaml_get(y, root, "gate");
	const char *text;

	if (!mode && whole)
		r->mode = SESSION_TENSION;
	else if (session_mode_from(yaml_text(y, yaml_need(y, root, "mode"),
	                                     "mode", READ_TEXT_MAX),
	                           &r->mode) < 0 ||
	         r->mode == SESSION_MODE_AUTO)
		yaml_fail(y, mode, "mode",
		          "expected tension, attack, signs, between or night");
	if (!gate)
		return;
	text = yaml_text(y, gate, "gate", READ_TEXT_MAX);
	r->short_gate = strcmp(text, "short") == 0;
	if (!r->short_gate && strcmp(text, "full") != 0)
		yaml_fail(y, gate, "gate", "expected full or short");
}

/* What is asked instead of the whole must be asked, and able to stop. */
static void check_short_gate(struct yaml *y, const yaml_node_t *root,
                             const struct routine *book,
                             const struct routine *r)
{
	for (int k = 0; r->short_gate && k < 4 && r->ask[k][0]; k++) {
		const struct question *q = routine_question(book, r->ask[k]);

		for (size_t i = 0; q && i < q->n_choices; i++)
			if (q->choices[i].stop != STOP_NONE &&
			    q->unanswered == (int)i)
				return;
	}
	if (r->short_gate)
		yaml_fail(y, yaml_get(y, root, "gate"), "gate",
		          "expected a question in ask that stops the session "
		          "unless it is answered");
}

static void read_head(struct reader *d, const yaml_node_t *root)
{
	struct yaml *y = d->y;
	struct routine *r = d->r;
	const yaml_node_t *talk = yaml_need(y, root, "verbosity");

	yaml_id(y, yaml_need(y, root, "id"), "id", r->id, sizeof r->id);
	r->name = read_string(y, root, "name", READ_TEXT_MAX);
	r->goal = read_string(y, root, "goal", READ_TEXT_MAX);
	r->posture = read_string(y, root, "posture", READ_TEXT_MAX);
	r->total_s = yaml_number(y, yaml_need(y, root, "total_s"), "total_s",
	                         TOTAL_MIN_S, TOTAL_MAX_S);
	if (verbosity_from(yaml_text(y, talk, "verbosity", READ_TEXT_MAX),
	                   &r->verbosity) < 0)
		yaml_fail(y, talk, "verbosity",
		          "expected auto, week, full, brief or minimal");
	read_kind(y, root, d->book == d->r, r);
	r->pressure_cap = yaml_int(y, yaml_need(y, root, "pressure_cap"),
	                           "pressure_cap", 0, PRESSURE_CAP_MAX);
	read_asks(d, yaml_get(y, root, "ask"), "ask", r->ask);
	check_short_gate(y, root, d->book, r);
	read_steps_named(y, yaml_get(y, root, "extend_order"), "extend_order",
	                 r->extend_order, COUNT(r->extend_order));
	if (yaml_get(y, root, "asleep_from"))
		r->asleep_from = yaml_int(y, yaml_get(y, root, "asleep_from"),
		                          "asleep_from", 1, STEP_N_MAX);
}

static void read_all(struct reader *d)
{
	static const char *const keys[] = {
		"id",
		"name",
		"goal",
		"total_s",
		"posture",
		"mode",
		"gate",
		"verbosity",
		"pressure_cap",
		"ask",
		"extend_order",
		"asleep_from",
		"steps",
		/* in JSON only */
		"language",
		"techniques",
		"cues",
		"questions",
		"content_sha",
		NULL,
	};
	static const char *const file_keys[] = {
		"id",           "name", "goal",         "total_s",
		"posture",      "mode", "gate",         "verbosity",
		"pressure_cap", "ask",  "extend_order", "asleep_from",
		"steps",        NULL,
	};
	const yaml_node_t *root = yaml_root(d->y);

	if (!yaml_map(d->y, root, "routine",
	              d->book == d->r ? keys : file_keys))
		return;
	if (d->book == d->r)
		read_whole(d->y, root, d->r);
	read_head(d, root);
	read_steps(d, yaml_need(d->y, root, "steps"));
	check(d->y, d->r);
	if (d->book == d->r || yaml_status(d->y))
		return;
	memcpy(d->r->language, d->book->language, sizeof d->r->language);
	if (copy_cues(d->book, d->r) < 0 || copy_questions(d->book, d->r) < 0)
		yaml_no_memory(d->y);
}

int read_routine(struct yaml *y, const struct routine *book,
                 struct routine **ret)
{
	struct routine *r = calloc(1, sizeof *r);

	if (!r)
		return -ENOMEM;

	struct reader d = {.y = y, .book = book ? book : r, .r = r};

	read_all(&d);
	if (yaml_status(y)) {
		routine_destroy(r);
		return yaml_status(y);
	}
	*ret = r;
	return 0;
}
