/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "player/script.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/paths.h"
#include "content/content.h"

struct script {
	struct script_line *lines;
	size_t n;
};

static void add(struct script *s, const char *phrase, enum variant v, int w,
                const char *text)
{
	struct script_line *line = &s->lines[s->n];

	if (strlen(phrase) >= sizeof(line->phrase))
		return;
	*line = (struct script_line){.variant = v, .wording = w, .text = text};
	strcpy(line->phrase, phrase);
	s->n++;
}

static void add_phrase(struct script *s, const struct phrase *p)
{
	for (int v = 0; v < VARIANTS; v++)
		for (int w = 0; w < phrase_wordings(p, (enum variant)v); w++)
			add(s, p->id, (enum variant)v, w,
			    phrase_text(p, (enum variant)v, w));
}

/* Those of the profile are for reading. */
static void add_question(struct script *s, const struct question *q)
{
	char id[EVENT_ID_MAX + 4];

	if (q->when == ASK_PROFILE || !q->text || !q->text[0])
		return;
	snprintf(id, sizeof(id), "ask.%s", q->id);
	add(s, id, VARIANT_FULL, 0, q->text);
}

int script_make(const struct routine *r, struct script_line **ret,
                size_t *ret_n)
{
	size_t max =
		(r->n_techniques + r->n_cues) * VARIANTS * PHRASE_WORDINGS +
		r->n_questions;
	struct script s = {.lines = calloc(max + 1, sizeof(*s.lines))};

	if (!s.lines)
		return -ENOMEM;
	for (size_t i = 0; i < r->n_questions; i++)
		add_question(&s, &r->questions[i]);
	for (size_t i = 0; i < r->n_cues; i++)
		add_phrase(&s, &r->cues[i]);
	for (size_t i = 0; i < r->n_techniques; i++)
		add_phrase(&s, &r->techniques[i].phrase);
	*ret = s.lines;
	*ret_n = s.n;
	return 0;
}

void script_name(const struct script_line *line, char ret[SCRIPT_NAME_MAX])
{
	if (line->wording > 0)
		snprintf(ret, SCRIPT_NAME_MAX, "%s.%s.%d", line->phrase,
		         variant_name(line->variant), line->wording + 1);
	else
		snprintf(ret, SCRIPT_NAME_MAX, "%s.%s", line->phrase,
		         variant_name(line->variant));
}

static bool same_phrase(const struct script_line *a,
                        const struct script_line *b)
{
	return a->variant == b->variant && strcmp(a->phrase, b->phrase) == 0;
}

size_t script_own(struct script_line *lines, size_t n, const struct voice *v)
{
	size_t kept = 0, end;

	for (size_t first = 0; first < n; first = end) {
		bool own[PHRASE_WORDINGS] = {false}, any = false;

		for (end = first;
		     end < n && same_phrase(&lines[first], &lines[end]);
		     end++) {
			char name[SCRIPT_NAME_MAX];

			script_name(&lines[end], name);
			own[end - first] = voice_has_own(v, name);
			any |= own[end - first];
		}
		for (size_t i = first; i < end; i++)
			if (!any || own[i - first])
				lines[kept++] = lines[i];
	}
	return kept;
}

void script_clip(const struct script_line *line, uint32_t ms,
                 struct session_clip *ret)
{
	*ret = (struct session_clip){
		.variant = line->variant, .wording = line->wording, .ms = ms};
	strcpy(ret->phrase, line->phrase);
}

int script_voice(struct voice **ret, const struct routine *r,
                 const char *cache_dir)
{
	char labels[PATH_MAX], own[PATH_MAX];
	struct voice_config config = {
		.cache_dir = cache_dir,
		.voice_file = getenv("LULL_VOICE"),
	};

	if (content_labels(r, labels, sizeof(labels)) == 0)
		config.labels = labels;
	if (paths_voice(own, sizeof(own)) == 0)
		config.own_dir = own;
	return voice_create(ret, &config);
}
