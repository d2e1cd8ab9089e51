/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "player/guide.h"

#include <math.h>
#include <string.h>

#include "audio/mixer.h"

#define FADE_END_S  4
#define FADE_STOP_S 1
#define US_PER_S    UINT64_C(1000000)
#define FADE_TO_DB  (-40.0) /* of a tone that fades: next to nothing */
#define SILENT_DB   (-121.0)

uint64_t guide_frame(uint64_t t_us, unsigned rate_hz)
{
	uint64_t us = t_us + SOUND_LEAD_US;
	uint64_t whole = us / US_PER_S, rest = us % US_PER_S;

	return whole * rate_hz + (rest * rate_hz + US_PER_S / 2) / US_PER_S;
}

const char *guide_music(const char *bed, const char *music)
{
	enum sound_bed known = SOUND_BED_NONE;

	(void)sound_bed_from(bed, &known);
	return known == SOUND_BED_MUSIC && music[0] ? music : NULL;
}

static void push(struct guide *g, struct sound *sound, uint64_t t_us)
{
	sound->frame = guide_frame(t_us, g->rate_hz);
	if (g->push && !g->push(g->data, sound))
		g->dropped++;
}

static void push_kind(struct guide *g, enum sound_kind kind, uint64_t t_us)
{
	push(g, &(struct sound){.kind = kind}, t_us);
}

static enum sound_heard heard_of(enum event_hush hush)
{
	switch (hush) {
	case HUSH_WORDS:
		return SOUND_HEARD_BREATH;
	case HUSH_ALL:
		return SOUND_HEARD_NOTHING;
	case HUSH_NONE:
	case HUSHES:
		break;
	}
	return SOUND_HEARD_ALL;
}

/* A name that is not known, of another version's file, is the usual sound. */
static void push_scene(struct guide *g, uint64_t t_us)
{
	const struct session_sound *set = &g->start->settings.sound;
	struct sound sound = {.kind = SOUND_SCENE};

	(void)sound_pacer_from(set->pacer, &sound.scene.pacer);
	(void)sound_bed_from(set->bed, &sound.scene.bed);
	sound.scene.heard = heard_of(g->hush);
	sound.scene.gentle =
		set->migraine || session_mode_of(g->start) == SESSION_ATTACK;
	push(g, &sound, t_us);
}

static void push_calm(struct guide *g, double calm, uint64_t t_us)
{
	struct sound sound = {.kind = SOUND_CALM};

	sound.calm = (float)(calm / 100);
	push(g, &sound, t_us);
}

/* By how much the breath's tone has faded by then. */
static double faded_db(const struct guide *g, uint64_t t_us)
{
	uint64_t whole = g->fade_end_us - g->fade_from_us;

	if (t_us <= g->fade_from_us || whole == 0)
		return 0;
	if (t_us >= g->fade_end_us)
		return FADE_TO_DB;
	return FADE_TO_DB * (double)(t_us - g->fade_from_us) / (double)whole;
}

/* @as_of: the time whose fade holds. */
static void push_levels(struct guide *g, uint64_t t_us, uint64_t as_of_us)
{
	const struct session_settings *set = &g->start->settings;
	bool attack = session_mode_of(g->start) == SESSION_ATTACK;
	struct sound sound = {.kind = SOUND_LEVELS};

	sound.levels.master_db = (float)g->master_db;
	sound.levels.voice_db = (float)set->voice_db;
	sound.levels.breath_db =
		(float)(set->breath_db + faded_db(g, as_of_us));
	sound.levels.bed_db = (float)(attack ? SILENT_DB : set->bed_db);
	push(g, &sound, t_us);
}

/* Each breath is as soft as its middle is to be. */
static void fade(struct guide *g, const struct event *breath)
{
	uint64_t middle_us = (breath->t_us + breath->breath.end_us) / 2;
	bool fading = g->fade_end_us && middle_us > g->fade_from_us;

	if (!fading && !g->faded)
		return;
	g->faded = fading;
	push_levels(g, breath->t_us, fading ? middle_us : breath->t_us);
}

static void hear(struct guide *g, struct heard *heard, uint64_t t_us)
{
	if (!g->sensor)
		return;
	heard->t_us = g->sensor_epoch_us + t_us + SOUND_LEAD_US;
	sensor_hear(g->sensor, heard);
}

static void hear_kind(struct guide *g, enum heard_kind kind, uint64_t t_us)
{
	hear(g, &(struct heard){.kind = kind}, t_us);
}

static void set_phases(struct sound *sound, uint64_t frames, double share,
                       const struct session_sound *set)
{
	double top = (double)frames * set->pause_in_pct / 100;
	double bottom = (double)frames * set->pause_out_pct / 100;
	double breathing = (double)frames - top - bottom;

	sound->breath.top_frames = (uint32_t)llround(top);
	sound->breath.bottom_frames = (uint32_t)llround(bottom);
	sound->breath.inhale_frames = (uint32_t)llround(breathing * share);
}

static void guide_breath(struct guide *g, const struct event *e)
{
	struct sound sound = {.kind = SOUND_BREATH};
	double share = e->breath.inhale_pct / 100;
	uint64_t frames = guide_frame(e->breath.end_us, g->rate_hz) -
	                  guide_frame(e->t_us, g->rate_hz);

	if (e->breath.per_min <= 0 || e->breath.end_us <= e->t_us ||
	    frames > UINT32_MAX) {
		push_kind(g, SOUND_NO_BREATH, e->t_us);
		hear_kind(g, HEARD_NO_PACE, e->t_us);
		return;
	}
	fade(g, e);
	sound.breath.frames = (uint32_t)frames;
	set_phases(&sound, frames, share, &g->start->settings.sound);
	push(g, &sound, e->t_us);
	hear(g,
	     &(struct heard){
		     .kind = HEARD_BREATH,
		     .period_s =
			     (double)(e->breath.end_us - e->t_us) / US_PER_S,
		     .inhale_frac = share,
	     },
	     e->t_us);
}

static void guide_say(struct guide *g, const struct event *e)
{
	const struct session_start *start = g->start;

	for (size_t i = 0; i < start->n_clips; i++) {
		const struct session_clip *clip = &start->clips[i];
		struct sound sound = {.kind = SOUND_SAY};

		if (clip->wording != e->say.wording ||
		    strcmp(clip->phrase, e->say.phrase) != 0 ||
		    strcmp(variant_name(clip->variant), e->say.variant) != 0)
			continue;
		sound.say.clip = (uint32_t)i;
		push(g, &sound, e->t_us);
		g->said_us = e->t_us;
		g->voice_end_us = e->t_us + (MIXER_VOICE_LEAD_MS + clip->ms) *
		                                    UINT64_C(1000);
		return;
	}
}

static void guide_level(struct guide *g, const struct event *e)
{
	if (e->level.paused != g->paused) {
		g->paused = e->level.paused;
		push_kind(g, g->paused ? SOUND_PAUSE : SOUND_RESUME, e->t_us);
	}
	if (e->level.hush != g->hush) {
		g->hush = e->level.hush;
		push_scene(g, e->t_us);
	}
	g->master_db = e->level.master_db;
	push_levels(g, e->t_us, e->t_us);
}

/* What the hands do follows from how well the strap hears meanwhile: arms
   that work are what disturbs it. */
static enum heard_kind hands(const struct guide *g, const struct event *e)
{
	const struct routine *r = g->start->routine;

	for (size_t i = 0; i < r->n_techniques; i++) {
		const struct technique *t = &r->techniques[i];

		if (strcmp(t->id, e->step.technique) != 0)
			continue;
		switch (t->sig) {
		case SIG_FAIR:
			return HEARD_HANDS_EASY;
		case SIG_POOR:
			return HEARD_HANDS_UP;
		case SIG_GOOD:
		case SIGS:
			break;
		}
	}
	return HEARD_HANDS_LAP;
}

static bool chimes(const struct guide *g, bool at_end)
{
	enum session_mode mode = session_mode_of(g->start);

	return mode != SESSION_ATTACK && !(at_end && mode == SESSION_NIGHT);
}

static void plan_fade(struct guide *g, const struct event *e)
{
	const struct routine *r = g->start->routine;
	int i = routine_step(r, e->step.n);
	uint64_t fade_us =
		i < 0 ? 0 : (uint64_t)(r->steps[i].fade_s * (double)US_PER_S);
	uint64_t length_us = (uint64_t)(e->step.seconds * (double)US_PER_S);

	g->fade_end_us = fade_us ? e->t_us + length_us : 0;
	g->fade_from_us =
		g->fade_end_us - (fade_us < length_us ? fade_us : length_us);
	if (!fade_us)
		g->fade_from_us = 0;
}

static void guide_step(struct guide *g, const struct event *e)
{
	if (!e->step.begin)
		return;
	plan_fade(g, e);
	if (!g->chimed && chimes(g, false))
		push_kind(g, SOUND_CHIME, e->t_us);
	g->chimed = true;
	hear_kind(g, hands(g, e), e->t_us);
}

/* A whole session that the person's word ended (E.4) still ends at once. */
static enum event_result ends_as(const struct event *e)
{
	return e->end.result == RESULT_COMPLETED && e->end.rule == 9
	               ? RESULT_STOPPED
	               : e->end.result;
}

/* When the words that belong to this end have been said. */
static uint64_t closing_us(const struct guide *g, const struct event *e)
{
	switch (ends_as(e)) {
	case RESULT_STOPPED:
		/* what was being said is cut short; a stop's own words are
		   said with it */
		if (g->said_us != e->t_us)
			return e->t_us;
		break;
	case RESULT_INTERRUPTED:
		return e->t_us;
	case RESULT_COMPLETED:
	case RESULT_CLOSED_EARLY:
	case RESULTS:
		break;
	}
	return g->voice_end_us > e->t_us ? g->voice_end_us : e->t_us;
}

static void guide_end(struct guide *g, const struct event *e)
{
	uint64_t t_us = closing_us(g, e);
	bool whole = ends_as(e) == RESULT_COMPLETED ||
	             ends_as(e) == RESULT_CLOSED_EARLY;
	struct sound sound = {.kind = SOUND_END};

	if (ends_as(e) == RESULT_COMPLETED && chimes(g, true))
		push_kind(g, SOUND_CHIME, t_us);
	sound.end.fade_frames =
		g->rate_hz * (unsigned)(whole ? FADE_END_S : FADE_STOP_S);
	push(g, &sound, t_us);
	g->silent_frame = sound.frame + sound.end.fade_frames;
	hear_kind(g, HEARD_NO_PACE, e->t_us);
}

void guide_event(void *data, const struct event *event)
{
	struct guide *g = data;

	if (!g->set)
		push_scene(g, event->t_us);
	g->set = true;
	switch (event->kind) {
	case EVENT_STEP:
		guide_step(g, event);
		break;
	case EVENT_SAY:
		guide_say(g, event);
		break;
	case EVENT_BREATH:
		guide_breath(g, event);
		break;
	case EVENT_LEVEL:
		guide_level(g, event);
		break;
	case EVENT_ESTIMATE:
		push_calm(g, event->estimate.calm, event->t_us);
		break;
	case EVENT_END:
		guide_end(g, event);
		break;
	case EVENT_BEAT:
	case EVENT_SENSOR:
	case EVENT_COMMAND:
	case EVENT_ANSWER:
	case EVENT_SUSPENDED:
	case EVENT_BEAT_CLASS:
	case EVENT_DECISION:
	case EVENT_QUESTION:
	case EVENT_KINDS:
		break;
	}
}
