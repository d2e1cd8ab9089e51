/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The person's words, in force at once and never overridden: R9, and what
 * `hurts` and `dizzy` ask for. Source: reference/content.md A.0, C.4, D.5.
 */
#include <math.h>

#include "session/machine.h"

#define EASIER_PER_MIN 1.0 /* R9: pace up by this */
#define DIZZY_FLOOR    8.0 /* C.4: at most easy8 for the rest */
#define MASTER_MIN_DB  (-36.0)
#define SHIFT_MAX      3

static void log_word(struct session *s, enum event_word word)
{
	machine_decide(s, 9, event_word_name(word),
	               FIGURES({"per_min", breath_per_min(s)},
	                       {"master_db", s->master_db},
	                       {"step", s->i < 0 ? 0 : steps_now(s)->n}));
}

static void easier(struct session *s)
{
	struct breath *b = &s->breath;

	s->eased = true;
	b->walking = b->easing = false;
	b->sighs = 0;
	b->gained_s = 0;
	breath_turned(s);
	if (b->period_s > 0) {
		double rate =
			fmin(60.0 / b->period_s + EASIER_PER_MIN, RATE_MAX);

		if (b->on)
			breath_begin(s, 60.0 / rate);
		else
			b->period_s = 60.0 / rate;
	}
	speech_now(s, "cue.easier");
}

static void level(struct session *s, double db)
{
	s->master_db = fmin(fmax(s->master_db + db, MASTER_MIN_DB), 0);
	machine_level(s, s->silenced);
}

/* All, the breath alone, nothing, and all again. */
static void hush(struct session *s, enum event_hush hush)
{
	if (s->hush == hush)
		return;
	s->hush = hush;
	machine_level(s, s->silenced);
}

static void talk(struct session *s, int shift)
{
	s->speech.shift += shift;
	if (s->speech.shift > SHIFT_MAX)
		s->speech.shift = SHIFT_MAX;
	if (s->speech.shift < -SHIFT_MAX)
		s->speech.shift = -SHIFT_MAX;
	if (shift > 0)
		s->speech.n = 0;
}

static void skip(struct session *s)
{
	switch (s->phase) {
	case PHASE_ASKING:
		safety_skip(s);
		break;
	case PHASE_PAUSED:
		s->short_rule = 9;
		machine_go(s);
		speech_now(s, "cue.skipped");
		steps_next(s);
		break;
	case PHASE_PLAYING:
		s->short_rule = 9;
		speech_now(s, "cue.skipped");
		steps_next(s);
		break;
	case PHASE_CLOSING:
	case PHASE_ENDED:
		break;
	}
}

static void ask_mid_step(struct session *s, const char *cue,
                         const char *question)
{
	hush(s, HUSH_NONE); /* who asks for help must hear what is asked */
	machine_hold(s, PHASE_ASKING);
	speech_urgent(s, cue);
	safety_ask(s, question, true);
}

static void dizzy(struct session *s)
{
	s->floor_per_min = fmax(s->floor_per_min, DIZZY_FLOOR);
	if (s->breath.period_s > 60.0 / DIZZY_FLOOR)
		s->breath.period_s = 60.0 / DIZZY_FLOOR;
	s->touch_hurts_neck = true;
	s->short_rule = 9;
	s->worse = true;
	breath_turned(s);
	breath_let_be(s);
	ask_mid_step(s, "cue.dizzy", "faint");
}

static void hurts(struct session *s)
{
	s->eased = true;
	if (s->pressure_cap > 3)
		s->pressure_cap--;
	s->worse = true;
	ask_mid_step(s, "cue.hurts", "sharp");
}

void coach_word(struct session *s, enum event_word word)
{
	bool in_step = s->in_step &&
	               (s->phase == PHASE_PLAYING || s->phase == PHASE_PAUSED);

	s->word_us = s->now_us;
	machine_wake(s);
	log_word(s, word);
	switch (word) {
	case WORD_PAUSE:
		if (s->phase != PHASE_PLAYING)
			break;
		speech_now(s, "cue.paused");
		machine_hold(s, PHASE_PAUSED);
		break;
	case WORD_RESUME:
		s->suspended_us = MACHINE_NEVER;
		if (s->phase != PHASE_PAUSED)
			break;
		machine_go(s);
		speech_now(s, "cue.resumed");
		break;
	case WORD_SKIP:
		skip(s);
		break;
	case WORD_EASIER:
		if (in_step)
			easier(s);
		break;
	case WORD_QUIETER:
		level(s, -SESSION_LEVEL_STEP_DB);
		break;
	case WORD_LOUDER:
		level(s, SESSION_LEVEL_STEP_DB);
		break;
	case WORD_LESS:
		talk(s, 1);
		break;
	case WORD_MORE:
		talk(s, -1);
		break;
	case WORD_HURTS:
		if (in_step)
			hurts(s);
		break;
	case WORD_DIZZY:
		if (in_step)
			dizzy(s);
		break;
	case WORD_STOP:
		/* E.4: in an attack it may end at any step, and is whole */
		machine_end(s,
		            s->attack && s->i >= 0 ? RESULT_COMPLETED
		                                   : RESULT_STOPPED,
		            9);
		break;
	case WORD_HUSH:
		hush(s, (s->hush + 1) % HUSHES);
		break;
	case WORDS:
		break;
	}
}
