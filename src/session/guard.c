/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What watches over the person meanwhile. Rules R8, R11, R12, R14 and the
 * sleeper of R13, reference/content.md D.5 and G.
 */
#include <math.h>

#include "session/rules.h"

/* R8 */
#define RACES_BPM   8.0 /* over the baseline, or by three of its spreads */
#define RACES_TIMES 3.0
#define CALM_FELL   15.0 /* across two windows */
#define BACK_OFF_TWICE                                                         \
	2 /* the second time in a session: breathing only, then the end */
#define BREATHE_LAST_S 60.0
/* An estimate's heart rate is of whole breaths, two and 15 s or more, and the
   last one of them ended up to a breath ago. signal/window.h */
#define HEART_BREATHS 2
#define HEART_S       15.0
/* R11 */
#define ATTACK_CAP   3
#define ATTACK_FLOOR 8.0
/* R12 */
#define HANDS_DROP_BPM 12.0
#define HANDS_BREATHS  4
/* R12: 3 s, and 2 s that the radio may owe: a message a second, of which one
   may be lost and one be without a beat where the heart is slow */
#define HANDS_SILENT_US ((3 + 2) * MACHINE_S)
/* G, asleep: as steady as R2 wants a heart that has sat down */
#define ASLEEP_SLOPE 3.0
#define ASLEEP_LOST  0.5 /* as R5 has it */

/* --- R8: back off --------------------------------------------------------- */

static double races_from(const struct session *s)
{
	return s->calm.baseline.hr_bpm +
	       fmax(RACES_BPM, RACES_TIMES * s->calm.baseline.hr_s);
}

/* Is all that the heart rate is the mean of from after the arms came down? */
static bool arms_rest(const struct session *s)
{
	double breath_s = s->breath.on ? s->breath.period_s : 0;
	double seen_s = fmax(HEART_S, HEART_BREATHS * breath_s) + breath_s;

	return s->still_us != MACHINE_NEVER &&
	       (double)(s->now_us - s->still_us) / MACHINE_S >= seen_s;
}

bool guard_races(const struct session *s, const struct facts *f)
{
	(void)f;
	return s->recheck && arms_rest(s) && !s->closed_rule &&
	       s->estimate.hr_bpm > races_from(s);
}

static void skip_firm(struct session *s)
{
	for (int i = s->i + 1; i < (int)s->routine->n_steps; i++) {
		const struct technique *t =
			routine_technique(s->routine, &s->routine->steps[i]);

		if (!t || !technique_firm(t) || steps_dropped(s, i))
			continue;
		s->plan[i].play = false;
		machine_decide(s, 8, "leave_out",
		               FIGURES({"step", s->routine->steps[i].n},
		                       {"seconds", s->plan[i].seconds}));
		return;
	}
}

static void back_off(struct session *s)
{
	s->backed_off++;
	s->short_rule = 8;
	if (s->backed_off >= BACK_OFF_TWICE) {
		steps_finish(s, 8, BREATHE_LAST_S);
		return;
	}
	s->eased = true;
	speech_remark(s, "cue.easier");
	breath_ease(s);
	skip_firm(s);
}

void guard_back_off_heart(struct session *s, const struct facts *f)
{
	(void)f;
	machine_decide(s, 8, s->backed_off ? "back_off_close" : "back_off",
	               FIGURES({"hr_bpm", s->estimate.hr_bpm},
	                       {"baseline_bpm", s->calm.baseline.hr_bpm},
	                       {"limit_bpm", races_from(s)},
	                       {"per_min", breath_per_min(s)},
	                       {"step", steps_now(s)->n}));
	back_off(s);
}

bool guard_calm_falls(const struct session *s, const struct facts *f)
{
	return !s->closed_rule && f->calm <= f->before &&
	       f->before <= f->before_that &&
	       f->before_that - f->calm >= CALM_FELL;
}

void guard_back_off_calm(struct session *s, const struct facts *f)
{
	machine_decide(s, 8, s->backed_off ? "back_off_close" : "back_off",
	               FIGURES({"calm", f->calm}, {"calm_before", f->before},
	                       {"calm_before_that", f->before_that},
	                       {"per_min", breath_per_min(s)},
	                       {"step", steps_now(s)->n}));
	back_off(s);
}

/* --- R11: an attack that grows is no time for more ------------------------ */

void guard_open_attack(struct session *s)
{
	double floor = plan_slow(s) ? ATTACK_FLOOR_ASKED : ATTACK_FLOOR;

	if (s->pressure_cap > ATTACK_CAP)
		s->pressure_cap = ATTACK_CAP;
	s->floor_per_min = fmax(s->floor_per_min, floor);
}

bool guard_worse(const struct session *s, const struct facts *f)
{
	(void)f;
	return s->attack && s->worse && !s->closed_rule &&
	       s->i + 1 < (int)s->routine->n_steps;
}

void guard_end_attack(struct session *s, const struct facts *f)
{
	(void)f;
	machine_decide(s, 11, "attack_end",
	               FIGURES({"headache_before", s->headache[0]},
	                       {"headache", s->headache[1]},
	                       {"nausea_before", s->nausea[0]},
	                       {"nausea", s->nausea[1]},
	                       {"step", steps_now(s)->n}));
	speech_silent(s);
	steps_finish(s, 11, 0);
}

/* --- R12: hands away from the neck ------------------------------------------
 */

static bool neck_now(const struct session *s)
{
	const struct technique *t = steps_technique(s);

	return t && t->neck;
}

static void hands_away(struct session *s, const char *what, double last,
                       double before)
{
	machine_decide(s, 12, what,
	               FIGURES({"last_bpm", last}, {"before_bpm", before},
	                       {"step", steps_now(s)->n}));
	s->touch_hurts_neck = true;
	s->short_rule = 12;
	machine_hold(s, PHASE_ASKING);
	speech_urgent(s, "cue.hands_away");
	safety_ask(s, "faint", false);
}

/* Heart rate of the last breath, and the mean of the three before. */
static bool last_breaths(const struct session *s, double *last, double *before)
{
	double bpm[HANDS_BREATHS];

	if (!s->breath.on || window_breath_rates(s->window, s->now_us, bpm,
	                                         HANDS_BREATHS) < HANDS_BREATHS)
		return false;
	*last = bpm[3];
	*before = (bpm[0] + bpm[1] + bpm[2]) / 3;
	return true;
}

bool guard_drops(const struct session *s, const struct facts *f)
{
	double last, before;

	(void)f;
	return neck_now(s) && last_breaths(s, &last, &before) &&
	       before - last > HANDS_DROP_BPM;
}

void guard_hands_away(struct session *s, const struct facts *f)
{
	double last = NAN, before = NAN;

	(void)f;
	(void)last_breaths(s, &last, &before);
	hands_away(s, "hands_away", last, before);
}

bool guard_silent(const struct session *s, const struct facts *f)
{
	const struct ear *ear = &s->ear;

	(void)f;
	return neck_now(s) && ear->state == EVENT_SENSOR_CONNECTED &&
	       ear->contact == BEAT_CONTACT_GOOD && ear->heard &&
	       s->now_us - ear->last_beat_us >= HANDS_SILENT_US;
}

void guard_hands_away_silent(struct session *s, const struct facts *f)
{
	(void)f;
	hands_away(s, "hands_away_silent", NAN, NAN);
}

/* --- asleep: no word, a steady heart, the breath followed no more --------- */

bool guard_asleep(const struct session *s, const struct facts *f)
{
	int from = s->routine->asleep_from;

	(void)f;
	return from > 0 && steps_now(s)->n >= from && !s->falling_asleep &&
	       s->now_us - s->word_us > MACHINE_S &&
	       fabs(s->estimate.hr_slope) < ASLEEP_SLOPE &&
	       (!s->breath.on || s->estimate.adherence < ASLEEP_LOST);
}

void guard_let_sleep(struct session *s, const struct facts *f)
{
	(void)f;
	machine_decide(
		s, 13, "asleep",
		FIGURES({"hr_bpm", s->estimate.hr_bpm},
	                {"hr_slope", s->estimate.hr_slope},
	                {"adherence", s->estimate.adherence},
	                {"minutes_quiet",
	                 (double)(s->now_us - s->word_us) / MACHINE_S / 60}));
	machine_fade(s);
}

/* --- R14: open loop ----------------------------------------------------------
 */

bool guard_no_sensor(const struct session *s, const struct facts *f)
{
	return !s->start.sensor[0] && guard_unheard(s, f);
}

bool guard_unheard(const struct session *s, const struct facts *f)
{
	(void)f;
	return !s->ear.open_loop && !rules_usable(s->estimate.quality);
}

static void loop(struct session *s, const char *what)
{
	machine_decide(s, 14, what,
	               FIGURES({"artifact_pct", s->estimate.artifact_pct},
	                       {"coverage", s->estimate.coverage}));
}

void guard_open(struct session *s, const struct facts *f)
{
	(void)f;
	s->ear.open_loop = true;
	loop(s, "open_loop");
	if (!s->ear.told)
		speech_remark(s, "cue.no_signal");
	s->ear.told = true;
}

bool guard_heard(const struct session *s, const struct facts *f)
{
	(void)f;
	return s->ear.open_loop && rules_usable(s->estimate.quality);
}

void guard_close(struct session *s, const struct facts *f)
{
	(void)f;
	s->ear.open_loop = false;
	loop(s, "closed_loop");
	if (!s->ear.told || s->ear.told_back)
		return;
	s->ear.told = s->ear.told_back = !speech_forget(s, "cue.no_signal");
	if (s->ear.told_back)
		speech_remark(s, "cue.signal_back");
}
