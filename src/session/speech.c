/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is said and when: one phrase after another, by the lengths of the
 * clips that were fixed at the start, never two at once.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "session/machine.h"

#define SPEECH_GAP_US      600000 /* between two phrases */
#define SPEECH_MS_PER_CHAR 65     /* about 170 words a minute, when read */
#define SPEECH_FULL_USES   3      /* A.0: full for the first three uses */
#define SPEECH_WEEK_USES   7      /* G, resonance_10: full the first week */
#define SPEECH_CAP_LIGHT   3      /* A.0: at this cap or less, `light` */

uint32_t speech_ms(const struct session *s, const struct phrase *p,
                   enum variant v)
{
	for (size_t i = 0; i < s->start.n_clips; i++) {
		const struct session_clip *c = &s->start.clips[i];

		if (c->variant == v && strcmp(c->phrase, p->id) == 0)
			return c->ms;
	}
	/* no clip: it is read on a screen, and takes about as long */
	return p->text[v] ? (uint32_t)strlen(p->text[v]) * SPEECH_MS_PER_CHAR
	                  : 0;
}

/* How long phrases are now; TALKS means silent. */
static enum verbosity talk(const struct session *s, int uses)
{
	enum verbosity v = plan_talk(s);

	if (v == TALK_AUTO)
		v = uses < SPEECH_FULL_USES ? TALK_FULL : TALK_BRIEF;
	if (v == TALK_WEEK)
		v = uses < SPEECH_WEEK_USES ? TALK_FULL : TALK_MINIMAL;

	int shifted = (int)v + s->speech.shift;

	if (shifted < TALK_FULL)
		return TALK_FULL;
	return shifted > TALK_MINIMAL ? TALKS : (enum verbosity)shifted;
}

enum variant speech_variant(const struct session *s, const struct phrase *p,
                            int uses)
{
	switch (talk(s, uses)) {
	case TALK_FULL:
		return VARIANT_FULL;
	case TALK_BRIEF:
		return p->text[VARIANT_BRIEF] ? VARIANT_BRIEF : VARIANT_FULL;
	case TALK_MINIMAL:
		return p->text[VARIANT_MINIMAL] ? VARIANT_MINIMAL
		                                : VARIANT_BRIEF;
	case TALK_AUTO:
	case TALK_WEEK:
	case TALKS:
		break;
	}
	return VARIANTS;
}

static void add(struct session *s, const struct phrase *p, enum variant v,
                bool step_bound)
{
	struct speech *sp = &s->speech;

	if (!p || v >= VARIANTS || !p->text[v] || !p->text[v][0])
		return;
	if (sp->n == SPEECH_MAX)
		return;
	sp->queue[sp->n++] = (struct say){
		.phrase = p, .variant = v, .step_bound = step_bound};
}

void speech_cue(struct session *s, const char *name)
{
	const struct phrase *p = routine_phrase(s->routine, name);

	assert(p);
	add(s, p, speech_variant(s, p, s->start.profile.sessions), false);
}

void speech_pressure(struct session *s, int cap)
{
	const struct phrase *p = routine_phrase(s->routine, "cue.pressure");
	enum variant v = speech_variant(s, p, s->start.profile.sessions);

	add(s, p, cap <= SPEECH_CAP_LIGHT && v < VARIANTS ? VARIANT_LIGHT : v,
	    false);
}

void speech_cut(struct session *s)
{
	s->speech.n = 0;
	s->speech.free_us = s->now_us;
}

/* @always: safety is spoken even where all else is silent. */
static void cut_in(struct session *s, const char *name, bool always)
{
	const struct phrase *p = routine_phrase(s->routine, name);
	enum variant v = speech_variant(s, p, s->start.profile.sessions);

	speech_cut(s);
	add(s, p, v == VARIANTS && always ? VARIANT_FULL : v, false);
	speech_pump(s);
}

void speech_urgent(struct session *s, const char *name)
{
	cut_in(s, name, true);
}

void speech_now(struct session *s, const char *name)
{
	cut_in(s, name, false);
}

static void question_id(char id[EVENT_ID_MAX], const struct question *q)
{
	snprintf(id, EVENT_ID_MAX, "ask.%.43s", q->id);
}

/* Questions are spoken only from a clip: on a screen they are read anyway. */
static uint32_t question_ms(const struct session *s, const struct question *q)
{
	char id[EVENT_ID_MAX];

	question_id(id, q);
	for (size_t i = 0; i < s->start.n_clips; i++)
		if (strcmp(s->start.clips[i].phrase, id) == 0)
			return s->start.clips[i].ms;
	return 0;
}

static uint32_t say_ms(const struct session *s, const struct say *say)
{
	return say->question ? question_ms(s, say->question)
	                     : speech_ms(s, say->phrase, say->variant);
}

uint64_t speech_left_us(const struct session *s)
{
	uint64_t left = s->speech.free_us > s->now_us
	                        ? s->speech.free_us - s->now_us
	                        : 0;

	for (size_t i = 0; i < s->speech.n; i++)
		left += say_ms(s, &s->speech.queue[i]) * UINT64_C(1000) +
		        SPEECH_GAP_US;
	return left;
}

uint64_t speech_question(struct session *s, const struct question *q)
{
	struct speech *sp = &s->speech;

	if (question_ms(s, q) > 0 && sp->n < SPEECH_MAX)
		sp->queue[sp->n++] = (struct say){.question = q};

	uint64_t left = speech_left_us(s);

	speech_pump(s);
	return left;
}

static int uses_of(const struct session *s, const char *technique)
{
	for (size_t i = 0; i < s->start.profile.n_uses; i++)
		if (strcmp(s->start.profile.uses[i].technique, technique) == 0)
			return s->start.profile.uses[i].uses;
	return 0;
}

void speech_technique(struct session *s, enum variant variant)
{
	const struct technique *t = steps_technique(s);

	if (!t)
		return;

	const struct phrase *p = &t->phrase;
	enum variant v = speech_variant(s, p, uses_of(s, t->id));

	if (v == VARIANTS)
		return;
	if (variant == VARIANT_EASE)
		v = VARIANT_EASE;
	else if (p->text[VARIANT_LIGHT] &&
	         plan_cap(s, t) - s->eased <= SPEECH_CAP_LIGHT)
		v = VARIANT_LIGHT;
	/* easing words may outlive the step they end */
	add(s, p, v, variant != VARIANT_EASE);
}

void speech_drop_step(struct session *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->speech.n; i++)
		if (!s->speech.queue[i].step_bound)
			s->speech.queue[kept++] = s->speech.queue[i];
	s->speech.n = kept;
}

void speech_pump(struct session *s)
{
	struct speech *sp = &s->speech;

	if (sp->n == 0 || s->now_us < sp->free_us || s->phase == PHASE_PAUSED)
		return;

	const struct say *say = &sp->queue[0];
	struct event e = {.kind = EVENT_SAY};
	enum variant v = say->question ? VARIANT_FULL : say->variant;
	uint32_t ms = say_ms(s, say);

	if (say->question)
		question_id(e.say.phrase, say->question);
	else
		snprintf(e.say.phrase, sizeof(e.say.phrase), "%s",
		         say->phrase->id);
	snprintf(e.say.variant, sizeof(e.say.variant), "%s", variant_name(v));
	machine_emit(s, &e);
	sp->free_us = s->now_us + ms * UINT64_C(1000) + SPEECH_GAP_US;
	memmove(&sp->queue[0], &sp->queue[1],
	        (sp->n - 1) * sizeof(sp->queue[0]));
	sp->n--;
}
