/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/show.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *state_word(const char *state)
{
	return strcmp(state, "ended") == 0 ? "ending" : state;
}

static const char *step_title(const struct routine *r, int n)
{
	int i = n ? routine_step(r, n) : -1;
	const struct technique *t;

	if (i < 0)
		return "";
	t = routine_technique(r, &r->steps[i]);
	return t ? t->name : "Breathing";
}

static const char *calm_word(enum calm_state state)
{
	switch (state) {
	case CALM_ACTIVATED:
		return "activated";
	case CALM_STEADY:
		return "steady";
	case CALM_SETTLING:
		return "settling";
	case CALM_UNKNOWN:
		break;
	}
	return "";
}

void show_player(struct live *live, const struct routine *r,
                 const struct player *p)
{
	struct session_status s;

	player_status(p, &s);
	live->state = state_word(s.state);
	snprintf(live->routine, sizeof(live->routine), "%s", r->id);
	snprintf(live->title, sizeof(live->title), "%s", r->name);
	live->step_n = s.step_n;
	live->pressure = s.pressure;
	snprintf(live->step, sizeof(live->step), "%s",
	         s.technique ? s.technique
	         : s.step_n  ? "breathe"
	                     : "");
	snprintf(live->step_title, sizeof(live->step_title), "%s",
	         step_title(r, s.step_n));
	snprintf(live->asked, sizeof(live->asked), "%s",
	         s.question ? s.question : "");
	live->master_db = s.master_db;
	live->step_s = s.step_s;
	live->step_left_s = s.step_left_s;
	live->left_s = s.left_s;
	live->hr_bpm = s.estimate.hr_bpm;
	live->calm = s.calm_shown;
	live->calm_state = isnan(s.calm_shown) ? "" : calm_word(s.calm_state);
	live->pace = s.estimate.pace;
	live->wave = s.estimate.wave;
	live->per_min = s.per_min;
	live->quality = event_quality_name(s.estimate.quality);
}

const char *show_text(const struct routine *r, const struct event *say)
{
	const struct phrase *phrase = routine_phrase(r, say->say.phrase);
	enum variant variant;

	/* a question as it is spoken; its own signal carries the text */
	if (strncmp(say->say.phrase, "ask.", 4) == 0)
		return NULL;

	if (!phrase || variant_from(say->say.variant, &variant) < 0)
		return NULL;
	return phrase_text(phrase, variant, say->say.wording);
}

int show_words(const char *word, struct error *error)
{
	char all[160] = "";
	size_t used = 0;

	for (int i = 0; i < WORDS; i++)
		used += (size_t)snprintf(all + used, sizeof(all) - used, "%s%s",
		                         i ? ", " : "",
		                         event_word_name((enum event_word)i));
	error_set(error, "%.40s: there is no such word: one of %s", word, all);
	return -EINVAL;
}

static int show_choices(const struct question *q, const char *value,
                        struct error *error)
{
	char all[ROUTINE_CHOICES_MAX * (EVENT_VALUE_MAX + 2)] = "";
	size_t used = 0;

	for (size_t i = 0; i < q->n_choices; i++)
		used += (size_t)snprintf(all + used, sizeof(all) - used, "%s%s",
		                         i ? ", " : "", q->choices[i].value);
	error_set(error, "%s: %.40s is no answer: one of %s", q->id, value,
	          all);
	return -EINVAL;
}

int show_check_answer(const struct routine *r, const struct player *p,
                      const char *id, const char *value, struct error *error)
{
	const struct question *q;
	struct session_status s;

	player_status(p, &s);
	if (!s.question) {
		error_set(error, "%.40s: no question stands now", id);
		return -EINVAL;
	}
	if (strcmp(s.question, id) != 0) {
		error_set(error, "%.40s: the question that stands is %s", id,
		          s.question);
		return -EINVAL;
	}
	q = routine_question(r, id);
	if (!q || q->n_choices == 0)
		return 0;
	for (size_t i = 0; i < q->n_choices; i++)
		if (strcmp(q->choices[i].value, value) == 0)
			return 0;
	return show_choices(q, value, error);
}
