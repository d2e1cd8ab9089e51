/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "content/content.h"
#include "content/sha256.h"
#include "content/yaml.h"
#include "helpers/test.h"

#define ROUTINE "routines/tension_relief.yaml"

/* --- the n-th allocation fails ------------------------------------------- */

static long failing; /* counts down to the one that fails; 0: none */

void *__real_calloc(size_t n, size_t size);
char *__real_strdup(const char *s);
void *__wrap_calloc(size_t n, size_t size);
char *__wrap_strdup(const char *s);

void *__wrap_calloc(size_t n, size_t size)
{
	return failing && !--failing ? NULL : __real_calloc(n, size);
}

char *__wrap_strdup(const char *s)
{
	return failing && !--failing ? NULL : __real_strdup(s);
}

/* --- files --------------------------------------------------------------- */

static char *path_of(const char *dir, const char *name)
{
	char *path;

	assert_true(asprintf(&path, "%s/%s", dir, name) > 0);
	return path;
}

static char *read_text(const char *dir, const char *name)
{
	char *path = path_of(dir, name), *text = NULL;
	size_t len;

	assert_int_equal(yaml_slurp(path, &text, &len, NULL), 0);
	free(path);
	return text;
}

static void write_bytes(const char *dir, const char *name, const char *text,
                        size_t len)
{
	char *path = path_of(dir, name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	free(path);
}

static void write_text(const char *dir, const char *name, const char *text)
{
	write_bytes(dir, name, text, strlen(text));
}

/* @text with the first @from as @to; they must differ somewhere. */
static char *replaced(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);
	char *out;

	if (!at)
		fail_msg("the file has no '%s'", from);
	assert_true(asprintf(&out, "%.*s%s%s", (int)(at - text), text, to,
	                     at + strlen(from)) > 0);
	return out;
}

/* The line of @part, or the last one. */
static int line_of(const char *text, const char *part)
{
	const char *at = part ? strstr(text, part) : text + strlen(text);
	int line = 1;

	if (!at)
		fail_msg("the file has no '%s'", part);
	for (; text < at; text++)
		line += *text == '\n';
	return line;
}

/* A copy of the content's files, to spoil one. */
static char *copied_content(void)
{
	static const char *const names[] = {"techniques.yaml", "phrases.yaml",
	                                    "questions.yaml", ROUTINE};
	char *dir = test_scratch(), *routines = path_of(dir, "routines");

	assert_int_equal(mkdir(routines, 0700), 0);
	for (size_t i = 0; i < 4; i++) {
		char *text = read_text(content_dir(), names[i]);

		write_text(dir, names[i], text);
		free(text);
	}
	free(routines);
	return dir;
}

static struct content *loaded(void)
{
	struct content *c = NULL;
	struct error error = {""};

	if (content_load(&c, content_dir(), NULL, &error) < 0)
		fail_msg("%s", error.text);
	return c;
}

static struct routine *tension_relief(const struct content *c)
{
	struct routine *r = NULL;
	struct error error = {""};

	if (content_routine(c, "tension_relief", &r, &error) < 0)
		fail_msg("%s", error.text);
	return r;
}

static void assert_says(const struct error *error, const char *part)
{
	if (!strstr(error->text, part))
		fail_msg("'%s' does not say '%s'", error->text, part);
	assert_null(strchr(error->text, '\n'));
}

/* --- what we ship -------------------------------------------------------- */

static void tension_relief_is_the_routine_of_the_reference(void **state)
{
	static const struct {
		const char *technique; /* NULL: breathe */
		struct dose s;
		enum breath_mode breath;
		uint32_t rules;
	} steps[] = {
#define R(n) (UINT32_C(1) << (n))
		{"unpaced_check", {60, 75, 120}, BREATH_NAT, R(1) | R(2)},
		{NULL, {60, 90, 150}, BREATH_FOLLOW, R(3) | R(4) | R(5) | R(9)},
		{"effleurage_neck_shoulder",
	         {40, 60, 90},
	         BREATH_HOLD,
	         R(9) | R(13)},
		{"trap_squeeze", {50, 80, 120}, BREATH_HOLD, R(9) | R(13)},
		{"rest_listen",
	         {25, 30, 45},
	         BREATH_HOLD,
	         R(10) | R(6) | R(7) | R(8)},
		{"trap_hold",
	         {50, 100, 180},
	         BREATH_HOLD,
	         R(6) | R(7) | R(8) | R(9)},
		{"levator_press", {0, 70, 120}, BREATH_HOLD, R(8) | R(13)},
		{"rest_listen",
	         {25, 30, 45},
	         BREATH_HOLD,
	         R(10) | R(6) | R(7) | R(8)},
		{"suboccipital_fingers",
	         {60, 125, 180},
	         BREATH_WALK,
	         R(4) | R(6) | R(7) | R(12)},
		{"temporalis_circles", {40, 60, 120}, BREATH_HOLD, R(7) | R(9)},
		{"masseter_release", {30, 45, 90}, BREATH_HOLD, R(7) | R(9)},
		{"rest_listen", {25, 30, 45}, BREATH_HOLD, R(10) | R(8)},
		{"forehead_strokes", {20, 30, 60}, BREATH_HOLD, R(9)},
		{"unpaced_check", {60, 75, 90}, BREATH_NAT, R(2)},
#undef R
	};
	struct content *c = loaded();
	struct routine *r = tension_relief(c);
	double total = 0;

	(void)state;
	assert_string_equal(r->name, "Ease head, neck and shoulder tension");
	assert_int_equal(r->pressure_cap, 5);
	assert_int_equal(r->n_steps, 14);
	for (size_t i = 0; i < 14; i++) {
		const struct step *s = &r->steps[i];
		const struct technique *t = routine_technique(r, s);

		assert_int_equal(s->n, i + 1);
		assert_int_equal(!t, !steps[i].technique);
		if (t)
			assert_string_equal(t->id, steps[i].technique);
		assert_near(s->s.min, steps[i].s.min, 0);
		assert_near(s->s.target, steps[i].s.target, 0);
		assert_near(s->s.max, steps[i].s.max, 0);
		assert_int_equal(s->breath, steps[i].breath);
		assert_int_equal(s->rules, steps[i].rules);
		total += s->s.target;
	}
	assert_near(total, 900, 0);
	assert_near(r->total_s, 900, 0);
	assert_string_equal(r->ask[0], "activity");
	assert_string_equal(r->steps[0].ask[0], "headache");
	assert_string_equal(r->steps[0].ask[1], "tension");
	assert_string_equal(r->steps[13].ask_after[1], "tension");
	assert_int_equal(r->extend_order[0], 9);
	assert_int_equal(r->extend_order[2], 10);
	assert_true(r->steps[5].after_r8_skip && r->steps[6].after_r8_skip);
	assert_int_equal(r->steps[6].skip_after, UINT32_C(1) << 8);
	assert_int_equal(r->steps[10].skip_flags, flag_bit(FLAG_TMJ));
	routine_destroy(r);
	content_destroy(c);
}

static void what_flags_may_take_out_hands_its_time_on(void **state)
{
	struct content *c = loaded();
	struct routine *r = tension_relief(c);

	(void)state;
	for (size_t i = 0; i < r->n_steps; i++) {
		const struct step *s = &r->steps[i];
		const struct technique *t = routine_technique(r, s);

		if (!t || !(t->contra | s->skip_flags))
			continue;
		/* half to the next listening window, half to the breathing */
		assert_string_equal(
			routine_technique(
				r, &r->steps[routine_step(r, s->time_to[0])])
				->id,
			"rest_listen");
		assert_true(s->time_to[0] > s->n ||
		            strcmp(t->id, "forehead_strokes") == 0);
		assert_int_equal(
			r->steps[routine_step(r, s->time_to[1])].technique, -1);
	}
	routine_destroy(r);
	content_destroy(c);
}

static bool says(const char *text, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = text; (at = strcasestr(at, word)); at++)
		if ((at == text || !isalpha((unsigned char)at[-1])) &&
		    !isalpha((unsigned char)at[len]))
			return true;
	return false;
}

static void every_technique_has_all_its_phrases(void **state)
{
	struct content *c = loaded();
	struct routine *r = tension_relief(c);

	(void)state;
	assert_int_equal(r->n_techniques, 10);
	for (size_t i = 0; i < r->n_techniques; i++) {
		const struct technique *t = &r->techniques[i];

		assert_true(strlen(t->phrase.text[VARIANT_FULL]) > 10);
		assert_true(strlen(t->phrase.text[VARIANT_BRIEF]) > 3);
		assert_true(strlen(t->phrase.text[VARIANT_MINIMAL]) > 3);
		assert_non_null(t->phrase.text[VARIANT_EASE]);
		assert_true(strchr("ABCDX", t->evidence[0]) != NULL);
		assert_true(t->src[0] != '\0');
		assert_false(t->by_choice);
		if (t->pressure_max < 2)
			continue;
		/* A.0: a light, resting touch; never firm or a good ache */
		assert_true(says(t->phrase.text[VARIANT_LIGHT],
		                 "a light, resting touch"));
		assert_false(says(t->phrase.text[VARIANT_LIGHT], "firm"));
		assert_false(says(t->phrase.text[VARIANT_LIGHT], "ache"));
		assert_false(says(t->phrase.text[VARIANT_LIGHT], "press"));
	}
	routine_destroy(r);
	content_destroy(c);
}

static void hands_near_the_neck_are_marked(void **state)
{
	static const char *const neck[] = {"effleurage_neck_shoulder",
	                                   "levator_press",
	                                   "suboccipital_fingers"};
	struct content *c = loaded();
	struct routine *r = tension_relief(c);
	size_t marked = 0;

	(void)state;
	for (size_t i = 0; i < r->n_techniques; i++) {
		const struct technique *t = &r->techniques[i];

		if (t->neck)
			assert_string_equal(t->id, neck[marked++]);
		/* A.2: what may stay when touch hurts touches nothing here */
		assert_int_equal(t->when_touch_hurts, t->pressure_max < 2);
		assert_int_equal(
			technique_firm(t),
			strcmp(t->id, "trap_squeeze") == 0 ||
				strcmp(t->id, "trap_hold") == 0 ||
				strcmp(t->id, "levator_press") == 0 ||
				strcmp(t->id, "suboccipital_fingers") == 0);
	}
	assert_int_equal(marked, 3);
	routine_destroy(r);
	content_destroy(c);
}

static void a_stop_screen_says_the_same_in_every_length(void **state)
{
	static const char *const ids[] = {"cue.stop_emergency",
	                                  "cue.stop_urgent", "cue.stop_soon"};
	struct content *c = loaded();
	struct routine *r = tension_relief(c);

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		const struct phrase *p = routine_phrase(r, ids[i]);

		assert_string_equal(p->text[VARIANT_FULL],
		                    p->text[VARIANT_BRIEF]);
		assert_string_equal(p->text[VARIANT_FULL],
		                    p->text[VARIANT_MINIMAL]);
		assert_null(p->text[VARIANT_LIGHT]);
	}
	assert_true(says(routine_phrase(r, ids[0])->text[VARIANT_FULL],
	                 "112, 999 or 911"));
	assert_true(says(routine_phrase(r, ids[1])->text[VARIANT_FULL],
	                 "see you today"));
	assert_true(says(routine_phrase(r, ids[2])->text[VARIANT_FULL],
	                 "in the next days"));
	routine_destroy(r);
	content_destroy(c);
}

static void every_flag_is_asked_for_and_silence_sets_it(void **state)
{
	struct content *c = loaded();
	struct routine *r = tension_relief(c);

	(void)state;
	for (int f = 0; f < FLAG_NO_TOUCH; f++) {
		char id[EVENT_ID_MAX];
		const struct question *q;

		snprintf(id, sizeof id, "flag.%s", flag_name((enum flag)f));
		q = routine_question(r, f == FLAG_ALLODYNIA ? "touch" : id);
		assert_non_null(q);
		assert_int_equal(q->when, f == FLAG_ALLODYNIA ? ASK_SESSION
		                                              : ASK_PROFILE);
		assert_string_equal(q->values[q->unanswered], "yes");
		assert_true(q->choices[q->unanswered].set_flags &
		            flag_bit((enum flag)f));
		assert_near(q->timeout_s, 20, 0);
		assert_int_equal(q->choices[q->n_choices - 1].set_flags, 0);
	}
	routine_destroy(r);
	content_destroy(c);
}

/* Those that hold for one session are asked for before it, or in it. */
static void every_flag_of_a_day_is_set_by_silence_too(void **state)
{
	static const struct {
		enum flag flag;
		const char *question, *value;
		bool silence;
	} asked[] = {
		{FLAG_ALLODYNIA, "touch", "yes", true},
		{FLAG_NO_TOUCH, "touch", "anywhere", false},
		{FLAG_NAUSEA, "nausea", "3", true},
		{FLAG_AURA, "aura", "yes", true},
		{FLAG_NO_BALLS, "balls", "no", true},
	};
	struct content *c = loaded();
	struct routine *r = tension_relief(c);

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		const struct question *q =
			routine_question(r, asked[i].question);
		size_t k = 0;

		assert_non_null(q);
		assert_int_not_equal(q->when, ASK_PROFILE);
		while (strcmp(q->choices[k].value, asked[i].value) != 0)
			k++;
		assert_true(q->choices[k].set_flags & flag_bit(asked[i].flag));
		assert_int_equal(q->unanswered == (int)k, asked[i].silence);
	}
	routine_destroy(r);
	content_destroy(c);
}

static size_t count_words(const char *text)
{
	size_t n = 1;

	for (; *text; text++)
		n += *text == ' ';
	return n;
}

static void silence_before_a_session_is_the_cautious_answer(void **state)
{
	static const struct {
		const char *id, *silence;
		enum event_stop stop;
	} asked[] = {
		{"known", "not_sure", STOP_SOON},
		{"red_now", "yes", STOP_EMERGENCY},
		{"red_today", "yes", STOP_URGENT},
		{"red_risk", "yes", STOP_URGENT},
		{"red_soon", "yes", STOP_SOON},
		{"touch", "yes", STOP_NONE},
	};
	struct content *c = loaded();
	struct routine *r = tension_relief(c);
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < r->n_questions; i++) {
		const struct question *q = &r->questions[i];

		if (q->when != ASK_SESSION)
			continue;
		assert_string_equal(q->id, asked[n].id);
		assert_string_equal(q->values[q->unanswered], asked[n].silence);
		assert_int_equal(q->choices[q->unanswered].stop, asked[n].stop);
		assert_near(q->timeout_s, 20, 0);
		/* read in 20 s at 200 words a minute */
		assert_true(count_words(q->text) <= 66);
		assert_null(q->values[q->n_choices]);
		n++;
	}
	assert_int_equal(n, 6);
	assert_int_equal(r->questions[0].when, ASK_PROFILE);
	assert_string_equal(r->questions[0].id, "accept");
	assert_true(r->questions[0].choices[r->questions[0].unanswered].refuse);
	routine_destroy(r);
	content_destroy(c);
}

static void questions_in_a_session_bear_their_consequences(void **state)
{
	struct content *c = loaded();
	struct routine *r = tension_relief(c);
	const struct question *q = routine_question(r, "activity");

	(void)state;
	assert_int_equal(q->choices[q->unanswered].pressure_cap, 3);
	assert_near(q->choices[q->unanswered].floor_per_min, 8, 0);
	assert_int_equal(q->choices[1].pressure_cap, -1);
	q = routine_question(r, "headache");
	assert_int_equal(q->n_choices, 11);
	assert_string_equal(q->values[10], "10");
	assert_int_equal(q->unanswered, -1);
	q = routine_question(r, "faint");
	assert_int_equal(q->choices[q->unanswered].stop, STOP_URGENT);
	q = routine_question(r, "sharp");
	assert_int_equal(q->choices[q->unanswered].stop, STOP_URGENT);
	routine_destroy(r);
	content_destroy(c);
}

/* --- words --------------------------------------------------------------- */

struct words {
	const char *never[128];
	size_t n, texts;
};

static void assert_allowed(struct words *w, const char *text)
{
	if (!text)
		return;
	w->texts++;
	for (size_t i = 0; i < w->n; i++)
		if (says(text, w->never[i]))
			fail_msg("'%s' says '%s'", text, w->never[i]);
}

static void assert_phrase_allowed(struct words *w, const struct phrase *p)
{
	for (int v = 0; v < VARIANTS; v++)
		assert_allowed(w, p->text[v]);
}

static void no_text_says_what_we_never_say(void **state)
{
	char *text = read_text(content_dir(), "phrases.yaml");
	struct words w = {.n = 0};
	struct content *c = loaded();
	struct routine *r = tension_relief(c);
	const yaml_node_t *list;
	struct yaml *y = NULL;

	(void)state;
	assert_int_equal(yaml_load(&y, "phrases", text, strlen(text), NULL), 0);
	list = yaml_need(y, yaml_root(y), "never_say");
	w.n = yaml_list(y, list, "never_say", 20, 128);
	for (size_t i = 0; i < w.n; i++)
		w.never[i] =
			yaml_text(y, yaml_item(y, list, i), "never_say", 100);
	assert_int_equal(yaml_status(y), 0);

	assert_allowed(&w, r->name);
	assert_allowed(&w, r->goal);
	assert_allowed(&w, r->posture);
	assert_false(says(r->name, "headache"));
	for (size_t i = 0; i < r->n_techniques; i++) {
		const struct technique *t = &r->techniques[i];
		const char *const texts[] = {t->name,  t->region, t->evidence,
		                             t->hands, t->feel,   t->position,
		                             t->stop,  t->pace,   t->breath,
		                             t->reps};

		for (size_t k = 0; k < 10; k++)
			assert_allowed(&w, texts[k]);
		assert_phrase_allowed(&w, &t->phrase);
	}
	for (size_t i = 0; i < r->n_cues; i++)
		assert_phrase_allowed(&w, &r->cues[i]);
	for (size_t i = 0; i < r->n_questions; i++)
		assert_allowed(&w, r->questions[i].text);
	assert_true(w.texts > 250);
	yaml_destroy(y);
	free(text);
	routine_destroy(r);
	content_destroy(c);
}

static void no_session_question_or_stop_screen_names_a_disease(void **state)
{
	static const char *const diseases[] = {
		"migraine",  "stroke",     "cancer",       "meningitis",
		"arteritis", "aneurysm",   "glaucoma",     "HIV",
		"bleeding",  "dissection", "hypertension",
	};
	struct content *c = loaded();
	struct routine *r = tension_relief(c);

	(void)state;
	for (size_t d = 0; d < sizeof diseases / sizeof *diseases; d++) {
		for (size_t i = 0; i < r->n_questions; i++)
			if (r->questions[i].when == ASK_SESSION)
				assert_false(says(r->questions[i].text,
				                  diseases[d]));
		for (size_t i = 0; i < r->n_cues; i++)
			if (strncmp(r->cues[i].id, "cue.stop_", 9) == 0)
				assert_false(says(r->cues[i].text[VARIANT_FULL],
				                  diseases[d]));
	}
	routine_destroy(r);
	content_destroy(c);
}

/* --- names --------------------------------------------------------------- */

static void names_go_there_and_back(void **state)
{
	enum technique_mode mode;
	enum technique_sig sig;
	enum breath_mode breath;
	enum verbosity talk;
	enum variant variant;
	enum flag flag = FLAG_TMJ;

	(void)state;
	for (int i = 0; i < FLAGS; i++) {
		assert_int_equal(flag_from(flag_name((enum flag)i), &flag), 0);
		assert_int_equal(flag, i);
	}
	assert_int_equal(flag_from("nonsense", &flag), -EINVAL);
	assert_int_equal(flag, FLAGS - 1); /* untouched */
	for (int i = 0; i < MODES; i++) {
		assert_int_equal(
			technique_mode_from(
				technique_mode_name((enum technique_mode)i),
				&mode),
			0);
		assert_int_equal(mode, i);
	}
	for (int i = 0; i < SIGS; i++) {
		assert_int_equal(
			technique_sig_from(
				technique_sig_name((enum technique_sig)i),
				&sig),
			0);
		assert_int_equal(sig, i);
	}
	for (int i = 0; i < BREATH_MODES; i++) {
		assert_int_equal(
			breath_mode_from(breath_mode_name((enum breath_mode)i),
		                         &breath),
			0);
		assert_int_equal(breath, i);
	}
	for (int i = 0; i < TALKS; i++) {
		assert_int_equal(
			verbosity_from(verbosity_name((enum verbosity)i),
		                       &talk),
			0);
		assert_int_equal(talk, i);
	}
	for (int i = 0; i < VARIANTS; i++) {
		assert_int_equal(
			variant_from(variant_name((enum variant)i), &variant),
			0);
		assert_int_equal(variant, i);
	}
	assert_null(variant_name(VARIANTS));
	assert_null(flag_name(FLAGS));
	assert_int_equal(verbosity_from("", &talk), -EINVAL);
}

/* --- bad routines -------------------------------------------------------- */

struct spoiled {
	const char *from, *to; /* in the file */
	const char *at; /* the line that the error must name; NULL: the last */
	const char *says;
};

static void assert_refused(const struct content *c, const char *whole,
                           const struct spoiled *s)
{
	char *dir = test_scratch(), *text = replaced(whole, s->from, s->to);
	char *path = path_of(dir, "my.yaml"), line[600];
	struct routine *r = NULL;
	struct error error = {""};
	int status;

	write_text(dir, "my.yaml", text);
	status = content_check(c, path, &r, &error);
	if (status != -EBADMSG)
		fail_msg("'%s' gave %d", s->to, status);
	assert_null(r);
	snprintf(line, sizeof line, "%s: line %d: ", path,
	         line_of(text, s->at));
	assert_says(&error, line);
	assert_says(&error, s->says);
	free(path);
	free(text);
	test_scrap(dir);
}

static void a_bad_routine_is_refused_with_its_line_and_field(void **state)
{
	static const struct spoiled bad[] = {
		{"do: trap_hold", "do: trap_halt", "do: trap_halt",
	         "do: unknown technique 'trap_halt'"},
		{"do: trap_hold", "do: [trap_hold]", "do: [trap_hold]",
	         "do: expected a text, found a list"},
		{"name: Ease", "nmae: Ease", "nmae",
	         "routine: unknown key 'nmae'"},
		{"\n  after_r8: skip", "\n  after_r9: skip", "after_r9",
	         "step: unknown key 'after_r9'"},
		{"goal: Loosen", "name: twice\ngoal: Loosen", "name: twice",
	         "name: expected it only once"},
		{"posture: Seated", "# Seated", "id: tension_relief",
	         "posture: expected this field, it is missing"},
		{"  do: levator_press\n", "", "n: 7",
	         "do: expected this field, it is missing"},
		{"  rules: [R9]\n", "", "n: 13",
	         "rules: expected this field, it is missing"},
		{"s: [50, 100, 180]", "s: [101, 100, 180]", "s: [101",
	         "s: expected least <= usual <= most, found [101, 100, 180]"},
		{"s: [50, 100, 180]", "s: [50, 100, 99]", "s: [50, 100, 99]",
	         "s: expected least <= usual <= most"},
		{"s: [50, 100, 180]", "s: [50, 100]", "s: [50, 100]",
	         "s: expected a list of 3 to 3, found 2"},
		{"s: [50, 100, 180]", "s: [50, 100, 181]", "s: [50, 100, 181]",
	         "s: expected at most 180 s of trap_hold, found 181"},
		{"s: [50, 100, 180]", "s: [50, 1e999, 180]", "1e999",
	         "s: expected a number from 0 to 3600, found '1e999'"},
		{"s: [50, 100, 180]", "s: [50, nan, 180]", "nan",
	         "s: expected a number"},
		{"s: [50, 100, 180]", "s: [50, 0x64, 180]", "0x64",
	         "s: expected a number"},
		{"s: [50, 100, 180]", "s: [-1, 100, 180]", "s: [-1",
	         "s: expected a number"},
		{"s: [50, 100, 180]", "s: [50, 90, 180]", "total_s: 900",
	         "total_s: expected 890"},
		{"total_s: 900", "total_s: 901", "total_s: 901",
	         "total_s: expected 900"},
		{"total_s: 900", "total_s: soon", "total_s: soon",
	         "total_s: expected a number from 30 to 7200, found 'soon'"},
		{"- n: 6", "- n: 5", "n: 5\n  do: trap",
	         "n: expected more than 5, found 5"},
		{"- n: 6", "- n: 6.5", "n: 6.5", "n: expected a whole number"},
		{"pressure_cap: 5", "pressure_cap: 6", "pressure_cap: 6",
	         "pressure_cap: expected a number from 0 to 5"},
		{"verbosity: auto", "verbosity: loud", "verbosity: loud",
	         "verbosity: expected auto, week, full, brief or minimal"},
		{"ask: [activity, sore]", "ask: [horoscope]", "horoscope",
	         "ask: unknown question 'horoscope'"},
		{"ask: [activity, sore]", "ask: [known]", "ask: [known]",
	         "ask: unknown question 'known' (when: step)"},
		{"ask: [headache, tension]", "ask: [a, b, c, d, e]",
	         "ask: [a, b", "ask: expected a list of 0 to 4, found 5"},
		{"extend_order: [9, 6, 10]", "extend_order: [9, 66]",
	         "extend_order", "extend_order: there is no step 66"},
		{"extend_order: [9, 6, 10]", "extend_order: [9, 9]",
	         "extend_order", "extend_order: expected step 9 only once"},
		{"time_to: [5, 2, 3]", "time_to: [5, 2, 33]",
	         "time_to: [5, 2, 33]", "time_to: there is no step 33"},
		{"time_to: [5, 2]", "time_to: [5, 2, 4]", "time_to: [5, 2, 4]",
	         "time_to: step 4 presses harder than step 3"},
		{"time_to: [12, 2, 13]", "time_to: [12, 2, 10]",
	         "time_to: [12, 2, 11, 13]",
	         "time_to: goes round in a circle back to step 10"},
		{"time_to: [12, 2, 13]", "time_to: [11]", "time_to: [11]",
	         "time_to: goes round in a circle back to step 11"},
		{"breath: hold_rate", "breath: target", "breath: target",
	         "breath: expected nat, own, hold_rate or {from, to, floor}"},
		{"breath: hold_rate", "breath: follow", "breath: follow",
	         "breath: expected nat, own, hold_rate"},
		{"{from: follow, to", "{from: here, to", "from: here",
	         "from: expected follow or hold_rate"},
		{"to: target}", "to: slow6}", "to: slow6",
	         "to: expected target"},
		{"to: target}", "to: target, floor: 3}", "floor: 3",
	         "floor: expected a number from 4.5 to 20"},
		{"{from: follow, to: target}", "{from: follow}",
	         "{from: follow}", "to: expected this field, it is missing"},
		{"rules: [R1, R2]", "rules: [R1, R16]", "R16",
	         "rules: expected R1 to R15"},
		{"rules: [R1, R2]", "rules: [R1, R02]", "R02",
	         "rules: expected R1 to R15"},
		{"skip_if: [tmj]", "skip_if: [tmi]", "skip_if: [tmi]",
	         "skip_if: unknown flag 'tmi'"},
		{"\n  after_r8: skip", "\n  after_r8: maybe", "after_r8: maybe",
	         "after_r8: expected skip or keep"},
		{"id: tension_relief", "id: Tension", "id: Tension",
	         "id: expected a name of a-z, 0-9, _ and ."},
		{"id: tension_relief",
	         "id: a123456789b123456789c123456789d123456789e1234567",
	         "id: a1", "id: expected at most 47 bytes, found 48"},
		{"id: tension_relief", "id: \"\"", "id: \"\"",
	         "id: expected a name"},
		{"goal: Loosen", "goal: \"a\\nb\" #", "goal: \"a",
	         "goal: expected one line of printable text"},
		{"goal: Loosen", "goal: \"\\e[31m\" #", "goal: \"",
	         "goal: expected one line of printable text"},
		{"steps:", "steps: {}\nsteps2:", "steps2:",
	         "routine: unknown key 'steps2'"},
		{"name: Ease", "name: &n Ease", "name: &n",
	         "file: expected no anchors"},
		{"name: Ease", "name: *n #", "name: *n", ""},
		{"name: Ease", "name: !!str Ease", "name: !!str",
	         "file: expected no tags"},
		{"name: Ease", "name: \"Ease", NULL,
	         "expected YAML: found unexpected end of stream, while scanning a quoted scalar from line "},
		{"id: tension_relief", "\tid: x", "\tid: x", "expected YAML: "},
		{"  ask_after: [headache, tension]\n", "---\na: b\n", "---\na",
	         "file: expected only one document"},
	};
	struct content *c = loaded();
	char *whole = read_text(content_dir(), ROUTINE);

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_refused(c, whole, &bad[i]);
	free(whole);
	content_destroy(c);
}

static void what_is_firm_needs_a_listening_window_after_it(void **state)
{
	static const struct spoiled bad = {
		"s: [25, 30, 45]\n  breath: hold_rate\n  rules: [R10, R8]",
		"s: [24, 30, 45]\n  breath: hold_rate\n  rules: [R10, R8]",
		"n: 9", "expected a rest_listen of at least 25 s after step 9"};
	struct content *c = loaded();
	char *whole = read_text(content_dir(), ROUTINE);

	(void)state;
	assert_refused(c, whole, &bad);
	free(whole);
	content_destroy(c);
}

/* --- bad files ----------------------------------------------------------- */

static void assert_status(const struct content *c, const char *path, int status,
                          const char *part)
{
	struct routine *r = NULL;
	struct error error = {""};

	assert_int_equal(content_check(c, path, &r, &error), status);
	assert_null(r);
	assert_says(&error, path);
	assert_says(&error, part);
}

static void what_is_no_routine_file_is_refused_plainly(void **state)
{
	struct content *c = loaded();
	char *dir = test_scratch(), *path = path_of(dir, "my.yaml");
	char deep[600] = "";
	int fd;

	(void)state;
	assert_status(c, path, -ENOENT, "cannot be read: No such file");
	assert_status(c, dir, -EBADMSG, "expected a regular file");
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_status(c, path, -EBADMSG, "expected a regular file");
	assert_int_equal(unlink(path), 0);

	write_text(dir, "my.yaml", "");
	assert_status(c, path, -EBADMSG, "line 1: file: expected a document");
	write_text(dir, "my.yaml", "# only this\n");
	assert_status(c, path, -EBADMSG, "line 1: file: expected a document");
	write_text(dir, "my.yaml", "just words\n");
	assert_status(c, path, -EBADMSG,
	              "line 1: routine: expected a mapping (key: value), "
	              "found 'just words'");
	write_bytes(dir, "my.yaml", "id: a\nname: \xff\xfe\n", 15);
	assert_status(c, path, -EBADMSG, "line 2: text: expected UTF-8");
	write_bytes(dir, "my.yaml", "id: a\0b\n", 8);
	assert_status(c, path, -EBADMSG, "line 1: text: expected UTF-8");
	memset(deep, '[', 500);
	write_text(dir, "my.yaml", deep);
	assert_status(c, path, -EBADMSG, "expected at most 16 levels");
	if (geteuid() != 0) {
		assert_int_equal(chmod(path, 0), 0);
		assert_status(c, path, -EACCES, "Permission denied");
	}
	assert_int_equal(unlink(path), 0);

	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, 100 * 1000 * 1000), 0);
	assert_int_equal(close(fd), 0);
	assert_status(c, path, -EFBIG, "expected at most 1 MiB");
	free(path);
	test_scrap(dir);
	content_destroy(c);
}

/* Not read at all: it would be 100 MB of NUL, which is not UTF-8 text. */
static void one_byte_over_the_limit_is_too_much(void **state)
{
	char *text = malloc(YAML_BYTES_MAX + 1);
	struct error error = {""};
	struct yaml *y = NULL;

	(void)state;
	assert_non_null(text);
	memset(text, ' ', YAML_BYTES_MAX + 1);
	text[0] = 'a';
	assert_int_equal(yaml_load(&y, "big", text, YAML_BYTES_MAX + 1, &error),
	                 -EFBIG);
	assert_null(y);
	assert_int_equal(yaml_load(&y, "big", text, YAML_BYTES_MAX, &error), 0);
	yaml_destroy(y);
	free(text);
}

struct spoiled_file {
	const char *file;
	struct spoiled s;
};

static void bad_content_is_refused_with_its_line_and_field(void **state)
{
	static const struct spoiled_file bad[] = {
		{"techniques.yaml",
	         {"pressure: [1, 3]", "pressure: [4, 3]", "pressure: [4, 3]",
	          "pressure: expected lowest <= highest, found [4, 3]"}},
		{"techniques.yaml",
	         {"pressure: [1, 3]", "pressure: [1, 11]", "[1, 11]",
	          "pressure: expected a number from 0 to 10"}},
		{"techniques.yaml",
	         {"mode: squeeze", "mode: breathe", "mode: breathe",
	          "mode: expected still, stroke"}},
		{"techniques.yaml",
	         {"sides: each", "sides: left", "sides: left",
	          "sides: expected each, both or centre"}},
		{"techniques.yaml",
	         {"sig: poor", "sig: bad", "sig: bad",
	          "sig: expected good, fair or poor"}},
		{"techniques.yaml",
	         {"neck: true", "neck: yes", "neck: yes",
	          "neck: expected true or false, found 'yes'"}},
		{"techniques.yaml",
	         {"contra: [preg,", "contra: [pregg,", "pregg",
	          "contra: unknown flag 'pregg'"}},
		{"techniques.yaml",
	         {"  minimal: \"Press and stay.\"\n", "", "id: trap_hold",
	          "minimal: expected this field, it is missing"}},
		{"techniques.yaml",
	         {"  minimal: \"Press and stay.\"", "  minimal: \"\"",
	          "id: trap_hold", "minimal: expected a text, found it empty"}},
		{"techniques.yaml",
	         {"id: trap_hold", "id: trap_squeeze",
	          "id: trap_squeeze\n  name: \"Upper trapezius sustained",
	          "id: 'trap_squeeze' is already taken"}},
		{"techniques.yaml",
	         {"src: [DJ]", "src: [\"D J\"]", "src: [\"D J\"]",
	          "src: expected keys"}},
		{"phrases.yaml",
	         {"id: cue.start", "id: start", "id: start",
	          "id: expected cue.NAME, found 'start'"}},
		{"phrases.yaml",
	         {"id: cue.start", "id: cue.begin", "- id: cue.begin",
	          "cues: expected cue.start, it is missing"}},
		{"phrases.yaml",
	         {"  brief: \"In.\"\n", "", "id: cue.inhale",
	          "brief: expected this field, it is missing"}},
		{"questions.yaml",
	         {"unanswered: not_sure", "unanswered: perhaps",
	          "unanswered: perhaps",
	          "unanswered: expected one of the choices, or none"}},
		{"questions.yaml",
	         {"stop: soon", "stop: later", "stop: later",
	          "stop: expected soon, urgent or emergency"}},
		{"questions.yaml",
	         {"when: session", "when: often", "when: often",
	          "when: expected profile, session or step"}},
		{"questions.yaml",
	         {"timeout_s: 60", "timeout_s: 0", "timeout_s: 0",
	          "timeout_s: expected a number from 1 to 600"}},
		{"questions.yaml",
	         {"[{value: yes}, {value: no, refuse: true}]",
	          "[{value: no}, {value: no, refuse: true}]", "[{value: no}",
	          "value: expected 'no' only once"}},
		{"questions.yaml",
	         {"id: red_now", "id: red_then", "- id: accept",
	          "questions: expected red_now, it is missing"}},
		{ROUTINE,
	         {"do: breathe", "do: breath", "do: breath",
	          "do: unknown technique 'breath'"}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		const struct spoiled_file *b = &bad[i];
		char *dir = copied_content(), *whole = read_text(dir, b->file);
		char *text = replaced(whole, b->s.from, b->s.to), line[600];
		struct content *c = NULL;
		struct error error = {""};

		write_text(dir, b->file, text);
		if (content_load(&c, dir, NULL, &error) != -EBADMSG)
			fail_msg("'%s' was taken", b->s.to);
		assert_null(c);
		snprintf(line, sizeof line, "%s/%s: line %d: ", dir, b->file,
		         line_of(text, b->s.at));
		assert_says(&error, line);
		assert_says(&error, b->s.says);
		free(text);
		free(whole);
		test_scrap(dir);
	}
}

static void a_text_that_is_too_long_is_refused(void **state)
{
	char *dir = copied_content(), *whole = read_text(dir, "phrases.yaml");
	char text[450] = "full: \"", *spoiled;
	struct content *c = NULL;
	struct error error = {""};

	(void)state;
	memset(text + 7, 'a', 401);
	strcpy(text + 408, "\"");
	spoiled = replaced(whole, "full: \"Breathe in, softly.\"", text);
	write_text(dir, "phrases.yaml", spoiled);
	assert_int_equal(content_load(&c, dir, NULL, &error), -EBADMSG);
	assert_says(&error, "full: expected at most 400 bytes, found 401");
	free(spoiled);
	free(whole);
	test_scrap(dir);
}

static void a_folder_without_content_is_named(void **state)
{
	struct content *c = NULL;
	struct error error = {""};

	(void)state;
	assert_int_equal(content_load(&c, "/nowhere", NULL, &error), -ENOENT);
	assert_says(&error, "/nowhere/techniques.yaml: cannot be read");
	assert_null(c);
}

/* --- a person's own routines --------------------------------------------- */

static void own_routines_add_and_override(void **state)
{
	char *dir = test_scratch();
	char *whole = read_text(content_dir(), ROUTINE);
	char *mine = replaced(whole, "id: tension_relief", "id: mine");
	char *other = replaced(whole, "name: Ease", "name: Softly ease");
	const struct content_entry *entries;
	struct content *c = NULL;
	struct routine *r = NULL;
	struct error error = {""};

	(void)state;
	write_text(dir, "a.yaml", mine);
	write_text(dir, "b.yaml", other);
	write_text(dir, "broken.yaml", "id: broken\n");
	write_text(dir, "notes.txt", "not a routine");
	assert_int_equal(content_load(&c, content_dir(), dir, &error), 0);
	assert_int_equal(content_routines(c, &entries), 3);
	assert_string_equal(entries[0].id, "tension_relief");
	assert_string_equal(entries[0].name,
	                    "Softly ease head, neck and shoulder tension");
	assert_near(entries[0].total_s, 900, 0);
	assert_string_equal(entries[1].id, "mine");

	assert_int_equal(content_routine(c, "mine", &r, &error), 0);
	assert_string_equal(r->id, "mine");
	routine_destroy(r);
	r = NULL;
	/* the others stay; this one is told when it is chosen */
	assert_string_equal(entries[2].id, "broken");
	assert_int_equal(content_routine(c, "broken", &r, &error), -EBADMSG);
	assert_says(&error, "broken.yaml: line 1: ");
	assert_int_equal(content_routine(c, "nosuch", &r, &error), -ENOENT);
	assert_says(&error, "nosuch: there is no such routine");
	assert_null(r);
	content_destroy(c);

	c = NULL;
	assert_int_equal(content_load(&c, content_dir(), "/nowhere", &error),
	                 0);
	assert_int_equal(content_routines(c, &entries), 1);
	content_destroy(c);
	free(mine);
	free(other);
	free(whole);
	test_scrap(dir);
}

/* --- JSON ---------------------------------------------------------------- */

static void assert_same_phrase(const struct phrase *a, const struct phrase *b)
{
	assert_string_equal(a->id, b->id);
	for (int v = 0; v < VARIANTS; v++) {
		assert_int_equal(!a->text[v], !b->text[v]);
		if (a->text[v])
			assert_string_equal(a->text[v], b->text[v]);
	}
}

static void assert_same_dose(const struct dose *a, const struct dose *b)
{
	assert_near(a->min, b->min, 0);
	assert_near(a->target, b->target, 0);
	assert_near(a->max, b->max, 0);
}

static void assert_same_technique(const struct technique *a,
                                  const struct technique *b)
{
	assert_string_equal(a->id, b->id);
	assert_string_equal(a->name, b->name);
	assert_string_equal(a->region, b->region);
	assert_string_equal(a->position, b->position);
	assert_string_equal(a->hands, b->hands);
	assert_string_equal(a->feel, b->feel);
	assert_string_equal(a->stop, b->stop);
	assert_string_equal(a->evidence, b->evidence);
	assert_string_equal(a->pace, b->pace);
	assert_string_equal(a->reps, b->reps);
	assert_string_equal(a->breath, b->breath);
	assert_string_equal(a->src, b->src);
	assert_int_equal(a->pressure_min, b->pressure_min);
	assert_int_equal(a->pressure_max, b->pressure_max);
	assert_int_equal(a->mode, b->mode);
	assert_same_dose(&a->dose, &b->dose);
	assert_int_equal(a->each_side, b->each_side);
	assert_int_equal(a->side, b->side);
	assert_int_equal(a->contra, b->contra);
	assert_int_equal(a->sig, b->sig);
	assert_int_equal(a->neck, b->neck);
	assert_int_equal(a->when_touch_hurts, b->when_touch_hurts);
	assert_int_equal(a->by_choice, b->by_choice);
	assert_same_phrase(&a->phrase, &b->phrase);
}

static void assert_same_step(const struct step *a, const struct step *b)
{
	assert_int_equal(a->n, b->n);
	assert_int_equal(a->technique, b->technique);
	assert_same_dose(&a->s, &b->s);
	assert_int_equal(a->breath, b->breath);
	assert_near(a->floor_per_min, b->floor_per_min, 0);
	assert_int_equal(a->rules, b->rules);
	assert_int_equal(a->skip_flags, b->skip_flags);
	assert_int_equal(a->skip_after, b->skip_after);
	assert_int_equal(a->after_r8_skip, b->after_r8_skip);
	for (int k = 0; k < 4; k++) {
		assert_string_equal(a->ask[k], b->ask[k]);
		assert_string_equal(a->ask_after[k], b->ask_after[k]);
		assert_int_equal(a->time_to[k], b->time_to[k]);
	}
}

static void assert_same_question(const struct question *a,
                                 const struct question *b)
{
	assert_string_equal(a->id, b->id);
	assert_string_equal(a->text, b->text);
	assert_int_equal(a->when, b->when);
	assert_int_equal(a->n_choices, b->n_choices);
	assert_int_equal(a->unanswered, b->unanswered);
	assert_near(a->timeout_s, b->timeout_s, 0);
	for (size_t k = 0; k < a->n_choices; k++) {
		const struct choice *x = &a->choices[k], *y = &b->choices[k];

		assert_string_equal(x->value, y->value);
		assert_ptr_equal(b->values[k], y->value);
		assert_int_equal(x->stop, y->stop);
		assert_int_equal(x->set_flags, y->set_flags);
		assert_int_equal(x->pressure_cap, y->pressure_cap);
		assert_near(x->floor_per_min, y->floor_per_min, 0);
		assert_int_equal(x->refuse, y->refuse);
	}
}

static void assert_same(const struct routine *a, const struct routine *b)
{
	assert_string_equal(a->id, b->id);
	assert_string_equal(a->name, b->name);
	assert_string_equal(a->goal, b->goal);
	assert_string_equal(a->posture, b->posture);
	assert_near(a->total_s, b->total_s, 0);
	assert_int_equal(a->verbosity, b->verbosity);
	assert_int_equal(a->pressure_cap, b->pressure_cap);
	for (int k = 0; k < 4; k++)
		assert_string_equal(a->ask[k], b->ask[k]);
	for (int k = 0; k < 8; k++)
		assert_int_equal(a->extend_order[k], b->extend_order[k]);
	assert_int_equal(a->n_steps, b->n_steps);
	for (size_t i = 0; i < a->n_steps; i++)
		assert_same_step(&a->steps[i], &b->steps[i]);
	assert_int_equal(a->n_techniques, b->n_techniques);
	for (size_t i = 0; i < a->n_techniques; i++)
		assert_same_technique(&a->techniques[i], &b->techniques[i]);
	assert_int_equal(a->n_cues, b->n_cues);
	for (size_t i = 0; i < a->n_cues; i++)
		assert_same_phrase(&a->cues[i], &b->cues[i]);
	assert_int_equal(a->n_questions, b->n_questions);
	for (size_t i = 0; i < a->n_questions; i++)
		assert_same_question(&a->questions[i], &b->questions[i]);
	assert_string_equal(a->content_sha, b->content_sha);
}

static void a_routine_goes_through_json_unchanged(void **state)
{
	struct content *c = loaded();
	struct routine *r = tension_relief(c), *back = NULL;
	struct error error = {""};
	char *text, *again;

	(void)state;
	/* what no shipped text or number has */
	free(r->goal);
	r->goal = strdup("\"\\ Schlaf\xc3\xbc"
	                 "ber \xf0\x9f\x98\x8c /");
	r->steps[8].floor_per_min = 6.1;
	r->steps[8].skip_after = UINT32_C(1) << 15;
	assert_int_equal(content_to_json(r, &text), 0);
	if (content_from_json(text, strlen(text), &back, &error) < 0)
		fail_msg("%s", error.text);
	assert_same(r, back);
	assert_int_equal(content_to_json(back, &again), 0);
	assert_string_equal(text, again);
	assert_null(strchr(text, '\n'));
	routine_destroy(back);
	free(again);
	free(text);
	routine_destroy(r);
	content_destroy(c);
}

static void json_is_read_as_strictly_as_a_file(void **state)
{
	static const char *const bad[][2] = {
		{"\"n\":6,", "\"n\":5,"},
		{"\"do\":\"trap_hold\"", "\"do\":\"trap_halt\""},
		{"\"content_sha\":\"", "\"content_sha\":\"x"},
		{"\"pressure\":[4,5]", "\"pressure\":[4]"},
		{"{\"id\":\"faint\"", "{\"id\":\"fain\""},
		{"\"techniques\":", "\"technique\":"},
	};
	struct content *c = loaded();
	struct routine *r = tension_relief(c), *back = NULL;
	struct error error = {""};
	char *text;

	(void)state;
	assert_int_equal(content_to_json(r, &text), 0);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		char *spoiled = replaced(text, bad[i][0], bad[i][1]);

		assert_int_equal(content_from_json(spoiled, strlen(spoiled),
		                                   &back, &error),
		                 -EBADMSG);
		assert_says(&error, "routine: line 1: ");
		assert_null(back);
		free(spoiled);
	}
	/* a session's first line that was cut off while it was written */
	for (size_t len = 0; len < strlen(text); len += 997)
		assert_int_equal(content_from_json(text, len, &back, NULL),
		                 -EBADMSG);
	free(text);
	routine_destroy(r);
	content_destroy(c);
}

/* --- out of memory ------------------------------------------------------- */

static void each_failing_allocation_is_survived(void **state)
{
	struct content *c = NULL;
	struct routine *r = NULL;
	long n = 0;
	int status;

	(void)state;
	/* steps of 7 over the whole: each runs through all that went before */
	do {
		failing = ++n < 40 ? n : (n += 6);
		status = content_load(&c, content_dir(), NULL, NULL);
		if (status == -ENOMEM)
			assert_null(c);
	} while (status == -ENOMEM);
	failing = 0;
	assert_int_equal(status, 0);
	assert_true(n > 500);

	n = 0;
	do {
		failing = ++n;
		status = content_routine(c, "tension_relief", &r, NULL);
		if (status == -ENOMEM)
			assert_null(r);
	} while (status == -ENOMEM);
	failing = 0;
	assert_int_equal(status, 0);
	assert_true(n > 200);
	routine_destroy(r);
	content_destroy(c);
}

/* --- SHA-256 ------------------------------------------------------------- */

static void sha256_gives_the_standard_sums(void **state)
{
	/* FIPS 180-2, appendix B; the empty one from NIST's CAVP vectors */
	static const char *const sums[][2] = {
		{"", "e3b0c44298fc1c149afbf4c8996fb924"
	             "27ae41e4649b934ca495991b7852b855"},
		{"abc", "ba7816bf8f01cfea414140de5dae2223"
	                "b00361a396177a9cb410ff61f20015ad"},
		{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	         "248d6a61d20638b8e5c026930c3e6039"
	         "a33ce45964ff2167f6ecedd419db06c1"},
	};
	struct sha256 s;
	char hex[65];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		sha256_init(&s);
		sha256_add(&s, sums[i][0], strlen(sums[i][0]));
		sha256_hex(&s, hex);
		assert_string_equal(hex, sums[i][1]);
	}
	sha256_init(&s);
	for (int i = 0; i < 1000000; i++)
		sha256_add(&s, "a", 1);
	sha256_hex(&s, hex);
	assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67"
	                         "f1809a48a497200e046d39ccc7112cd0");
	sha256_hex(&s, hex); /* the sum may be asked for twice */
	assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67"
	                         "f1809a48a497200e046d39ccc7112cd0");
}

static void the_content_is_named_by_the_sum_of_its_four_files(void **state)
{
	static const char *const names[] = {"techniques.yaml", "phrases.yaml",
	                                    "questions.yaml", ROUTINE};
	struct content *c = loaded();
	struct routine *r = tension_relief(c);
	struct sha256 s;
	char hex[65];

	(void)state;
	sha256_init(&s);
	for (size_t i = 0; i < 4; i++) {
		char *text = read_text(content_dir(), names[i]);

		sha256_add(&s, text, strlen(text));
		free(text);
	}
	sha256_hex(&s, hex);
	assert_string_equal(r->content_sha, hex);
	routine_destroy(r);
	content_destroy(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			tension_relief_is_the_routine_of_the_reference),
		cmocka_unit_test(what_flags_may_take_out_hands_its_time_on),
		cmocka_unit_test(every_technique_has_all_its_phrases),
		cmocka_unit_test(hands_near_the_neck_are_marked),
		cmocka_unit_test(a_stop_screen_says_the_same_in_every_length),
		cmocka_unit_test(every_flag_is_asked_for_and_silence_sets_it),
		cmocka_unit_test(every_flag_of_a_day_is_set_by_silence_too),
		cmocka_unit_test(
			silence_before_a_session_is_the_cautious_answer),
		cmocka_unit_test(
			questions_in_a_session_bear_their_consequences),
		cmocka_unit_test(no_text_says_what_we_never_say),
		cmocka_unit_test(
			no_session_question_or_stop_screen_names_a_disease),
		cmocka_unit_test(names_go_there_and_back),
		cmocka_unit_test(
			a_bad_routine_is_refused_with_its_line_and_field),
		cmocka_unit_test(
			what_is_firm_needs_a_listening_window_after_it),
		cmocka_unit_test(what_is_no_routine_file_is_refused_plainly),
		cmocka_unit_test(one_byte_over_the_limit_is_too_much),
		cmocka_unit_test(
			bad_content_is_refused_with_its_line_and_field),
		cmocka_unit_test(a_text_that_is_too_long_is_refused),
		cmocka_unit_test(a_folder_without_content_is_named),
		cmocka_unit_test(own_routines_add_and_override),
		cmocka_unit_test(a_routine_goes_through_json_unchanged),
		cmocka_unit_test(json_is_read_as_strictly_as_a_file),
		cmocka_unit_test(each_failing_allocation_is_survived),
		cmocka_unit_test(sha256_gives_the_standard_sums),
		cmocka_unit_test(
			the_content_is_named_by_the_sum_of_its_four_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
