/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is said and when: one phrase after another, by the lengths of the
 * clips that were fixed at the start, never two at once, each at a turn of the
 * breath: with the breath out where that is near. Never the same wording
 * twice in a row, and nothing that comes too late. In an attack 15 s lie
 * between two phrases, but for what the hands do, the person's word and safety.
 */
#include <stdio.h>
#include <string.h>

#include "session/machine.h"

#define SPEECH_GAP_US      600000 /* between two phrases */
#define SPEECH_MS_PER_CHAR 65     /* about 170 words a minute, when read */
#define SPEECH_FULL_USES   3      /* A.0: full for the first three uses */
#define SPEECH_WEEK_USES   7      /* G, resonance_10: full the first week */
#define SPEECH_CAP_LIGHT   3      /* A.0: at this cap or less, `light` */
/* Further off than this, the breath out is not waited for: the next breath in
   will do. At 6 breaths/min the longest wait of all. */
#define SPEECH_WAIT_US    6000000
#define SPEECH_PASSING_US 20000000 /* what happens now is said within this */
#define SPEECH_ALONE_US   UINT64_C(180000000) /* ours: the longest silence */
#define SPEECH_REST_US    15000000 /* E.4: of the voice, in an attack */

/* --- lengths ---------------------------------------------------------------
 */

static uint32_t clip_ms(const struct session *s, const struct phrase *p,
                        enum variant v, int w)
{
	for (size_t i = 0; i < s->start.n_clips; i++) {
		const struct session_clip *c = &s->start.clips[i];

		if (c->variant == v && c->wording == w &&
		    strcmp(c->phrase, p->id) == 0)
			return c->ms;
	}
	return 0;
}

static uint32_t wording_ms(const struct session *s, const struct phrase *p,
                           enum variant v, int w)
{
	const char *text = phrase_text(p, v, w);
	uint32_t ms = clip_ms(s, p, v, w);

	/* no clip: it is read on a screen, and takes about as long */
	return ms || !text ? ms : (uint32_t)strlen(text) * SPEECH_MS_PER_CHAR;
}

uint32_t speech_ms(const struct session *s, const struct phrase *p,
                   enum variant v)
{
	uint32_t most = 0;

	for (int w = 0; w < phrase_wordings(p, v); w++) {
		uint32_t ms = wording_ms(s, p, v, w);

		most = ms > most ? ms : most;
	}
	return most;
}

/* --- wordings --------------------------------------------------------------
 */

static uint8_t *turn_of(struct session *s, const struct phrase *p,
                        enum variant v)
{
	const struct routine *r = s->routine;

	for (size_t i = 0; i < r->n_cues && i < SPEECH_PHRASES; i++)
		if (p == &r->cues[i])
			return &s->speech.turns[i][v];
	for (size_t i = 0; i < r->n_techniques; i++)
		if (p == &r->techniques[i].phrase &&
		    r->n_cues + i < SPEECH_PHRASES)
			return &s->speech.turns[r->n_cues + i][v];
	return NULL;
}

/* The wordings take turns, beginning with any; one that has no clip is left
   out where another one has. */
static int next_wording(struct session *s, const struct phrase *p,
                        enum variant v)
{
	uint8_t *turn = turn_of(s, p, v);
	int n = phrase_wordings(p, v), first;

	if (n < 2 || !turn)
		return 0;
	first = (*turn ? *turn : (int)(s->start.seed % (unsigned)n)) % n;
	for (int k = 0; k < n; k++) {
		int w = (first + k) % n;

		if (clip_ms(s, p, v, w)) {
			*turn = (uint8_t)(w + 1);
			return w;
		}
	}
	*turn = (uint8_t)(first + 1);
	return first;
}

/* --- which length ----------------------------------------------------------
 */

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

static enum variant variant_of(const struct phrase *p, enum verbosity v)
{
	switch (v) {
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

enum variant speech_variant(const struct session *s, const struct phrase *p,
                            int uses)
{
	return p ? variant_of(p, talk(s, uses)) : VARIANTS;
}

/* --- the queue -------------------------------------------------------------
 */

static struct say *add(struct session *s, const struct phrase *p,
                       enum variant v)
{
	struct speech *sp = &s->speech;

	if (!p || v >= VARIANTS || !p->text[v] || !p->text[v][0])
		return NULL;
	if (sp->n == SPEECH_MAX)
		return NULL;
	sp->queue[sp->n] =
		(struct say){.phrase = p, .variant = v, .since_us = s->now_us};
	return &sp->queue[sp->n++];
}

static struct say *add_cue(struct session *s, const char *name)
{
	const struct phrase *p = routine_phrase(s->routine, name);

	/* a recording may lack what came later */
	return p ? add(s, p, speech_variant(s, p, s->start.profile.sessions))
	         : NULL;
}

void speech_cue(struct session *s, const char *name)
{
	(void)add_cue(s, name);
}

void speech_remark(struct session *s, const char *name)
{
	struct say *say = add_cue(s, name);

	if (say)
		say->passing = true;
}

void speech_side(struct session *s, enum event_side side)
{
	struct say *say = add_cue(s, side == SIDE_LEFT ? "cue.side_left"
	                                               : "cue.side_right");

	if (say)
		say->step_bound = say->hands = true;
}

static void take_out(struct speech *sp, size_t i)
{
	sp->n--;
	memmove(&sp->queue[i], &sp->queue[i + 1],
	        (sp->n - i) * sizeof(sp->queue[0]));
}

bool speech_forget(struct session *s, const char *name)
{
	struct speech *sp = &s->speech;

	for (size_t i = 0; i < sp->n; i++) {
		if (!sp->queue[i].phrase ||
		    strcmp(sp->queue[i].phrase->id, name) != 0)
			continue;
		take_out(sp, i);
		return true;
	}
	return false;
}

static enum variant pressure_variant(const struct session *s,
                                     const struct phrase *p, bool light)
{
	enum variant v = speech_variant(s, p, s->start.profile.sessions);

	return light && v < VARIANTS ? VARIANT_LIGHT : v;
}

void speech_pressure(struct session *s, bool light)
{
	const struct phrase *p = routine_phrase(s->routine, "cue.pressure");
	struct say *say = add(s, p, pressure_variant(s, p, light));

	if (say)
		say->hands = true;
}

uint32_t speech_pressure_ms(const struct session *s, bool light)
{
	const struct phrase *p = routine_phrase(s->routine, "cue.pressure");
	enum variant v = pressure_variant(s, p, light);

	return v < VARIANTS ? speech_ms(s, p, v) : 0;
}

void speech_cut(struct session *s)
{
	struct speech *sp = &s->speech;

	sp->n = 0;
	sp->free_us = s->now_us;
	if (sp->rest_us > s->now_us + SPEECH_REST_US)
		sp->rest_us = s->now_us + SPEECH_REST_US;
}

/* @always: safety is spoken even where all else is silent. */
static void cut_in(struct session *s, const char *name, bool always)
{
	const struct phrase *p = routine_phrase(s->routine, name);
	enum variant v = speech_variant(s, p, s->start.profile.sessions);

	struct say *say;

	speech_cut(s);
	say = add(s, p, v == VARIANTS && always ? VARIANT_FULL : v);
	if (say)
		say->place = PLACE_NOW;
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

void speech_silent(struct session *s)
{
	s->speech.n = 0;
	s->speech.shift = TALKS;
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
		sp->queue[sp->n++] = (struct say){.question = q,
		                                  .place = PLACE_NOW,
		                                  .since_us = s->now_us};

	uint64_t left = speech_left_us(s);

	speech_pump(s);
	return left;
}

/* Are there to be rests between what is said? */
static bool rests(const struct session *s)
{
	return session_mode_of(&s->start) == SESSION_ATTACK;
}

static int uses_of(const struct session *s, const char *technique)
{
	for (size_t i = 0; i < s->start.profile.n_uses; i++)
		if (strcmp(s->start.profile.uses[i].technique, technique) == 0)
			return s->start.profile.uses[i].uses;
	return 0;
}

/* A routine of few words says a step more of what the hands have not done
   three times yet: who hears "smooth out" for the first time cannot know. Not
   in an attack, nor where the person chose how much is said. */
static enum variant hands_variant(const struct session *s,
                                  const struct technique *t)
{
	const struct session_settings *set = &s->start.settings;
	int uses = uses_of(s, t->id);
	enum verbosity v = talk(s, uses);
	bool chosen = set->talk != TALK_AUTO ||
	              set->mode != SESSION_MODE_AUTO || s->speech.shift != 0;

	if (uses < SPEECH_FULL_USES && !chosen && !rests(s) &&
	    t->mode != MODE_STILL && v > TALK_FULL && v < TALKS)
		v--;
	return variant_of(&t->phrase, v);
}

/* The second side needs not be told as the first one was. */
static enum variant for_side(const struct session *s, const struct phrase *p,
                             enum variant v)
{
	return s->part > 0 && v == VARIANT_FULL && p->text[VARIANT_BRIEF]
	               ? VARIANT_BRIEF
	               : v;
}

/* Nor is the light phrase told twice, which has no shorter form. */
static enum variant light_for_side(struct session *s)
{
	if (s->part > 0 && s->speech.told_light)
		return VARIANTS;
	s->speech.told_light = s->part == 0;
	return VARIANT_LIGHT;
}

void speech_technique(struct session *s, enum variant variant)
{
	const struct technique *t = steps_technique(s);

	if (!t)
		return;

	const struct phrase *p = &t->phrase;
	enum variant v = hands_variant(s, t);
	struct say *say;

	/* in an attack nobody is thanked for lying still */
	if (v == VARIANTS ||
	    (variant == VARIANT_EASE && t->mode == MODE_STILL && rests(s)))
		return;
	if (variant == VARIANT_EASE)
		v = VARIANT_EASE;
	else if (p->text[VARIANT_LIGHT] &&
	         plan_cap(s, t) - s->eased <= SPEECH_CAP_LIGHT)
		v = light_for_side(s);
	else
		v = for_side(s, p, v);
	say = add(s, p, v);
	if (!say)
		return;
	/* easing words may outlive the step they end */
	say->step_bound = variant != VARIANT_EASE;
	say->hands = t->mode != MODE_STILL;
	say->passing = rests(s) && t->mode == MODE_STILL;
	if (variant == VARIANT_EASE)
		say->place = PLACE_TURN;
}

void speech_drop_step(struct session *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->speech.n; i++)
		if (!s->speech.queue[i].step_bound)
			s->speech.queue[kept++] = s->speech.queue[i];
	s->speech.n = kept;
}

void speech_reassure(struct session *s)
{
	const struct speech *sp = &s->speech;
	const struct phrase *p = routine_phrase(s->routine, "cue.not_deep");
	enum session_mode mode = session_mode_of(&s->start);

	if (!s->breath.on || steps_technique(s) || sp->n > 0 ||
	    mode == SESSION_ATTACK || mode == SESSION_NIGHT ||
	    s->now_us < sp->free_us + SPEECH_ALONE_US ||
	    speech_variant(s, p, s->start.profile.sessions) > VARIANT_BRIEF)
		return;
	speech_remark(s, "cue.not_deep");
}

/* --- when ------------------------------------------------------------------
 */

uint64_t speech_turn_us(const struct session *s)
{
	const struct breath *b = &s->breath;
	uint64_t in, out, most;

	if (!b->on)
		return 0;
	in = breath_exhale_us(s) - b->began_us;
	out = b->ends_us - breath_exhale_us(s);
	most = in > out ? in : out;
	return most < SPEECH_WAIT_US ? most : SPEECH_WAIT_US;
}

/* Questions are answered, and hands cannot wait: neither does what is said to
   them. */
static bool must_rest(const struct session *s, const struct say *say)
{
	return rests(s) && !say->hands && !say->question &&
	       say->place != PLACE_NOW && s->phase != PHASE_ASKING;
}

/* The turn of the breath that the words go with, now or later; where that lies
   beyond this breath, its end, when it is asked again. */
static uint64_t place(const struct session *s, const struct say *say)
{
	const struct breath *b = &s->breath;
	uint64_t ready = say->since_us > s->speech.free_us ? say->since_us
	                                                   : s->speech.free_us;
	uint64_t exhale;

	if (must_rest(s, say) && ready < s->speech.rest_us)
		ready = s->speech.rest_us;

	if (say->place == PLACE_NOW || !b->on)
		return ready > s->now_us ? ready : s->now_us;
	exhale = breath_exhale_us(s);
	if (say->place == PLACE_EXHALE && exhale >= s->now_us &&
	    exhale >= ready && exhale - ready <= SPEECH_WAIT_US)
		return exhale;
	if (b->began_us == s->now_us && ready <= s->now_us)
		return s->now_us;
	return exhale >= s->now_us && exhale >= ready ? exhale : b->ends_us;
}

/* Who is next: the first in line, unless it must rest and another need not. */
static size_t next_in_line(const struct session *s)
{
	const struct speech *sp = &s->speech;

	if (s->now_us >= sp->rest_us || !must_rest(s, &sp->queue[0]))
		return 0;
	for (size_t i = 1; i < sp->n; i++)
		if (!must_rest(s, &sp->queue[i]))
			return i;
	return 0;
}

/* Stopped and silent phases aside, when the next one is to be said. */
uint64_t speech_due(const struct session *s)
{
	if (s->speech.n == 0 || s->phase == PHASE_PAUSED)
		return MACHINE_NEVER;
	return place(s, &s->speech.queue[next_in_line(s)]);
}

/* A shorter one where the long one would outlast what it is about. */
static enum variant that_fits(const struct session *s, const struct say *say)
{
	enum variant v = say->variant;

	if (!say->step_bound || s->part_end_us == MACHINE_NEVER)
		return v;
	while (v < VARIANT_MINIMAL && say->phrase->text[v + 1] &&
	       say->phrase->text[v + 1][0] &&
	       s->now_us + speech_ms(s, say->phrase, v) * UINT64_C(1000) >
	               s->part_end_us)
		v++;
	return v;
}

static void emit_say(struct session *s, const struct say *say)
{
	struct event e = {.kind = EVENT_SAY};
	enum variant v = VARIANT_FULL;
	uint32_t ms;

	if (say->question) {
		question_id(e.say.phrase, say->question);
		ms = question_ms(s, say->question);
	} else {
		v = that_fits(s, say);
		snprintf(e.say.phrase, sizeof(e.say.phrase), "%s",
		         say->phrase->id);
		e.say.wording = next_wording(s, say->phrase, v);
		ms = wording_ms(s, say->phrase, v, e.say.wording);
	}
	snprintf(e.say.variant, sizeof(e.say.variant), "%s", variant_name(v));
	s->speech.free_us = s->now_us + ms * UINT64_C(1000) + SPEECH_GAP_US;
	if (!say->question)
		s->speech.rest_us =
			s->speech.free_us - SPEECH_GAP_US + SPEECH_REST_US;
	machine_emit(s, &e);
}

void speech_pump(struct session *s)
{
	struct speech *sp = &s->speech;
	struct say say;
	size_t i;

	while (sp->n > 0 && sp->queue[0].passing &&
	       s->now_us - sp->queue[0].since_us > SPEECH_PASSING_US)
		take_out(sp, 0);
	if (speech_due(s) > s->now_us)
		return;
	i = next_in_line(s);
	say = sp->queue[i];
	take_out(sp, i);
	emit_say(s, &say);
}
