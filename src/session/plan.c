/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What of the routine will be played today: flags and caps take techniques
 * away, and the time that this frees goes where the routine says.
 * Source: reference/content.md A.0, A.2, E.1, G.
 */
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "session/machine.h"

#define CAP_FIRST_SESSION  3   /* A.2: first session ever */
#define CAP_CAREFUL        2   /* A.2: anticoag; age65, neck_unstable (neck) */
#define CAP_AGAIN          3   /* E.3: where it was firm of late; A.0 light */
#define FLOOR_EASY8        8.0 /* C.3 easy8 */
#define FLOOR_SLOW6        6.0 /* C.3 slow6 */
#define SESSIONS_PRACTISED 3   /* D.5 R4: RF from the fourth session on */
#define RESONANCE_MIN      4.5 /* C.3: slower rates are not offered */
#define TOTAL_LESS         0.8 /* D.5 R13 */
/* What comes after the last step, and a question with its time limit. */
#define CLOSING_WORDS_S 30.0
#define RESTING_WORDS_S 25.0 /* a phrase may wait 15 s, E.4 */
#define QUESTION_S      25.0

/* What a kind of day asks for; R11 has more to say in an attack. */
static const struct {
	int cap;
	double floor_per_min; /* 0: the session count's */
	double level_db;
	enum verbosity talk; /* where the person named the day themselves */
} days[SESSION_MODES] = {
	[SESSION_TENSION] = {5, 0, 0, TALK_AUTO},
	/* E.4, R11; 12 to 18 dB below normal */
	[SESSION_ATTACK] = {3, FLOOR_EASY8, -15, TALK_MINIMAL},
	/* gentle as in an attack, that none is brought on */
	[SESSION_SIGNS] = {3, FLOOR_EASY8, -6, TALK_BRIEF},
	[SESSION_BETWEEN] = {5, 0, 0, TALK_AUTO},
	[SESSION_NIGHT] = {4, 0, -6, TALK_MINIMAL}, /* A.0: minimal at night */
};

enum session_mode session_mode_of(const struct session_start *start)
{
	return start->settings.mode != SESSION_MODE_AUTO ? start->settings.mode
	                                                 : start->routine->mode;
}

double plan_level_db(const struct session *s)
{
	return days[session_mode_of(&s->start)].level_db;
}

enum verbosity plan_talk(const struct session *s)
{
	const struct session_settings *set = &s->start.settings;
	const struct step *step = steps_now(s);

	if (set->talk != TALK_AUTO)
		return set->talk;
	if (days[set->mode].talk != TALK_AUTO)
		return days[set->mode].talk;
	if (step && step->talk != TALK_AUTO)
		return step->talk;
	return s->routine->verbosity;
}

/* E.3: firm work is for once a day; a day here is 18 h, so that who does it
   each evening may be a little earlier than the day before. On the day after,
   only where no spot is sore. */
#define FIRM_DAY_H  18.0
#define FIRM_NEXT_H 42.0

static bool has(const struct session *s, enum flag flag)
{
	return s->flags & flag_bit(flag);
}

/* Hours since the technique's area was last pressed firmly. */
static double firm_ago_h(const struct session *s, const struct technique *t)
{
	const struct session_profile *p = &s->start.profile;

	for (size_t k = 0; k < p->n_firm; k++)
		if (strcmp(p->firm[k].area, technique_area(t)) == 0)
			return p->firm[k].hours;
	return INFINITY;
}

/* Where the question about sore spots was put, its answer has its own cap. */
static bool firm_again(const struct session *s, const struct technique *t)
{
	return technique_firm(t) &&
	       firm_ago_h(s, t) < (s->asked_sore ? FIRM_DAY_H : FIRM_NEXT_H);
}

/* Without regard to what was pressed before. */
static int cap_today(const struct session *s, const struct technique *t)
{
	int cap = s->pressure_cap;

	if (has(s, FLAG_ANTICOAG) && cap > CAP_CAREFUL)
		cap = CAP_CAREFUL;
	if (t->neck && (has(s, FLAG_AGE65) || has(s, FLAG_NECK_UNSTABLE)) &&
	    cap > CAP_CAREFUL)
		cap = CAP_CAREFUL;
	return cap;
}

int plan_cap(const struct session *s, const struct technique *t)
{
	int cap = cap_today(s, t);

	return cap > CAP_AGAIN && firm_again(s, t) ? CAP_AGAIN : cap;
}

bool plan_firm(const struct session *s, const struct technique *t)
{
	return technique_firm(t) && plan_cap(s, t) > CAP_AGAIN;
}

static bool neck_forbidden(const struct session *s)
{
	return has(s, FLAG_CAROTID) || has(s, FLAG_NECK_INJURY) ||
	       has(s, FLAG_NECK_UNSTABLE) || s->touch_hurts_neck;
}

/* A.2: with anticoag, strokes only; moves and rest touch nothing. */
static bool only_strokes_left(const struct technique *t)
{
	return t->mode == MODE_STILL || t->mode == MODE_STROKE ||
	       t->mode == MODE_MOVE;
}

/* Hands on skin; a stretch or a move may still be felt as touch. */
static bool touches(const struct technique *t)
{
	return t->mode != MODE_STILL && t->mode != MODE_MOVE;
}

static bool used_today(const struct session *s, const struct technique *t)
{
	const struct session_profile *p = &s->start.profile;

	for (size_t k = 0; k < p->n_uses; k++)
		if (strcmp(p->uses[k].technique, t->id) == 0)
			return p->uses[k].today;
	return false;
}

/* The first of them, to tell why. */
static const char *flag_told(uint32_t flags)
{
	for (int f = 0; f < FLAGS; f++)
		if (flags & flag_bit((enum flag)f))
			return flag_name((enum flag)f);
	return NULL;
}

/* Why it is not for today; NULL: it is. */
static const char *technique_refused(const struct session *s,
                                     const struct technique *t)
{
	if (t->contra & s->flags)
		return flag_told(t->contra & s->flags);
	if (t->not_first && s->start.profile.sessions == 0)
		return "first session";
	if (t->once_a_day && used_today(s, t))
		return "once a day";
	if (has(s, FLAG_NO_TOUCH) && touches(t))
		return flag_name(FLAG_NO_TOUCH);
	if (has(s, FLAG_AURA) && t->mode != MODE_STILL)
		return flag_name(FLAG_AURA);
	if (t->neck && neck_forbidden(s))
		return "neck";
	if (has(s, FLAG_ALLODYNIA) && !t->when_touch_hurts)
		return flag_name(FLAG_ALLODYNIA);
	if (has(s, FLAG_ANTICOAG) && !only_strokes_left(t))
		return flag_name(FLAG_ANTICOAG);
	if (t->pressure_min <= plan_cap(s, t))
		return NULL;
	return firm_again(s, t) ? "firm_lately" : "pressure";
}

/* E.4: in an attack the person stays as they lie, so what a new posture is
   for is not done. */
static bool other_posture(const struct session *s, const struct step *step)
{
	const struct technique *t = routine_technique(s->routine, step);

	if (!s->attack || !t || !touches(t))
		return false;
	for (const struct step *i = s->routine->steps; i < step; i++)
		if (i->new_posture)
			return true;
	return false;
}

static const char *step_refused(const struct session *s,
                                const struct step *step)
{
	const struct technique *t = routine_technique(s->routine, step);
	const struct session_profile *p = &s->start.profile;

	if (other_posture(s, step))
		return "one posture";
	if (step->skip_flags & s->flags)
		return flag_told(step->skip_flags & s->flags);
	if (step->skip_early && p->sessions < SESSIONS_PRACTISED)
		return "first sessions";
	if (step->skip_tuned && p->tuned_today)
		return "tuned today";
	if (step->probe && tune_refused(s, step))
		return tune_refused(s, step);
	return t ? technique_refused(s, t) : NULL;
}

/* Adds up to @seconds to step @i. Return: what found no room. */
static double give(struct session *s, int i, double seconds)
{
	struct planned *p = &s->plan[i];
	double room = p->play ? p->max - p->seconds : 0;
	double given = fmin(fmax(room, 0), seconds);

	p->seconds += given;
	return seconds - given;
}

/* G: half to the first named, half to the second, the rest down the list. */
static void hand_on(struct session *s, const struct step *from, double freed)
{
	double half = freed / 2;
	double rest = 0;
	int named = 0;

	for (int k = 0; k < 4 && from->time_to[k]; k++) {
		int i = routine_step(s->routine, from->time_to[k]);

		assert(i >= 0);
		if (named++ < 2)
			rest += give(s, i, half);
	}
	if (named == 1)
		rest += half;
	for (int k = 0; k < 4 && from->time_to[k]; k++)
		rest = give(s, routine_step(s->routine, from->time_to[k]),
		            rest);
}

bool plan_slow(const struct session *s)
{
	return s->attack && s->start.settings.slow;
}

static void cap_at(struct session *s, int cap)
{
	if (s->pressure_cap > cap)
		s->pressure_cap = cap;
}

static void today(struct session *s)
{
	enum session_mode mode = session_mode_of(&s->start);

	cap_at(s, s->routine->pressure_cap);
	cap_at(s, days[mode].cap);
	if (s->start.profile.sessions == 0)
		cap_at(s, CAP_FIRST_SESSION);
	if (!plan_slow(s))
		s->floor_per_min =
			fmax(s->floor_per_min, days[mode].floor_per_min);
	if (has(s, FLAG_LUNG) || has(s, FLAG_PANIC))
		s->floor_per_min = fmax(s->floor_per_min, FLOOR_EASY8);
	if (has(s, FLAG_PACER) || has(s, FLAG_AF))
		s->hrv_off = true;
	s->calm.flat_heart = has(s, FLAG_BETA);
}

static void leave_out(struct session *s, const struct step *step,
                      const char *why)
{
	char what[EVENT_ID_MAX];

	snprintf(what, sizeof(what), "leave_out %s", why);
	hand_on(s, step, step->s.target);
	machine_decide(s, 15, what,
	               FIGURES({"step", step->n}, {"seconds", step->s.target},
	                       {"pressure_cap", s->pressure_cap}));
}

void plan_leave_out(struct session *s, int i, const char *why)
{
	s->plan[i].play = false;
	s->short_rule = 15;
	leave_out(s, &s->routine->steps[i], why);
}

void plan_make(struct session *s)
{
	const struct routine *r = s->routine;

	today(s);
	for (size_t i = 0; i < r->n_steps; i++)
		s->plan[i] = (struct planned){
			.play = !step_refused(s, &r->steps[i]),
			.seconds = r->steps[i].s.target,
			.max = r->steps[i].s.max,
		};
	for (size_t i = 0; i < r->n_steps; i++)
		if (!s->plan[i].play)
			leave_out(s, &r->steps[i],
			          step_refused(s, &r->steps[i]));
	if (plan_total(s) < r->total_s * TOTAL_LESS)
		machine_decide(s, 13, "shorter",
		               FIGURES({"seconds", plan_total(s)},
		                       {"usual_s", r->total_s}));
}

/* --- what of it is told ----------------------------------------------------
 */

/* Was a step with hands on the neck left out for these flags? */
static bool neck_left_out(const struct session *s)
{
	for (size_t i = 0; i < s->routine->n_steps; i++) {
		const struct technique *t =
			routine_technique(s->routine, &s->routine->steps[i]);

		if (t && t->neck && neck_forbidden(s))
			return true;
	}
	return false;
}

static bool left_out_by(const struct session *s, enum flag flag)
{
	for (size_t i = 0; i < s->routine->n_steps; i++) {
		const struct technique *t =
			routine_technique(s->routine, &s->routine->steps[i]);

		if (t && has(s, flag) && t->contra & flag_bit(flag))
			return true;
	}
	return false;
}

/* Would it be firm today, were it not for the last time? */
static bool light_by_last(const struct session *s)
{
	for (size_t i = 0; i < s->routine->n_steps; i++) {
		const struct technique *t =
			routine_technique(s->routine, &s->routine->steps[i]);

		if (t && cap_today(s, t) > CAP_AGAIN && firm_again(s, t) &&
		    !(t->contra & s->flags))
			return true;
	}
	return false;
}

/* A routine that is for the search, on a day without it. */
static bool search_left_out(const struct session *s)
{
	for (size_t i = 0; i < s->routine->n_steps; i++)
		if (tune_whole(&s->routine->steps[i]) && !s->plan[i].play)
			return true;
	return false;
}

/* E.4 wants it said; does the routine say it by itself? */
static bool says_medicine(const struct session *s)
{
	for (size_t i = 0; i < s->routine->n_steps; i++)
		for (int k = 0; k < 4; k++)
			if (strcmp(s->routine->steps[i].say[k],
			           "cue.medicine") == 0)
				return true;
	return false;
}

void plan_tell(struct session *s)
{
	if (has(s, FLAG_MINOR))
		speech_cue(s, "cue.minor");
	if (session_mode_of(&s->start) == SESSION_ATTACK && !says_medicine(s))
		speech_cue(s, "cue.medicine");
	if (neck_left_out(s))
		speech_cue(s, "cue.neck_left_out");
	if (left_out_by(s, FLAG_PREG))
		speech_cue(s, "cue.preg_left_out");
	if (has(s, FLAG_PACER) || has(s, FLAG_AF))
		speech_cue(s, "cue.no_hrv");
	if (s->calm.flat_heart)
		speech_cue(s, "cue.flat_heart");
	if (light_by_last(s))
		speech_cue(s, "cue.firm_lately");
	if (has(s, FLAG_AURA))
		speech_cue(s, "cue.eyes_closed");
	if (search_left_out(s))
		speech_cue(s, "cue.search_not_today");
	else if (plan_total(s) < s->routine->total_s * TOTAL_LESS)
		speech_cue(s, "cue.shorter");
}

/* E.3: firm work may leave a spot sore. */
static bool was_firm(const struct session *s)
{
	for (int i = 0; i <= s->i; i++) {
		const struct technique *t =
			routine_technique(s->routine, &s->routine->steps[i]);

		if (s->plan[i].play && t && plan_firm(s, t))
			return true;
	}
	return false;
}

/* -1, 0 or 1: less, no clear change or not had, more. */
static int clear(double change, double noise)
{
	return change > noise ? 1 : change < -noise ? -1 : 0;
}

/* D.4: the session's result at rest, before against after, by the person's own
   noise. NULL: there is none to tell. */
static const char *result_cue(const struct session *s)
{
	static const char *const cues[3][3] = {
		{"cue.slower_less", "cue.beats_slower", "cue.slower_more"},
		{"cue.varies_less", "cue.no_change", "cue.varies_more"},
		{"cue.faster_less", "cue.beats_faster", "cue.faster_more"},
	};
	const struct session_profile *p = &s->start.profile;
	double hr = s->after.hr_bpm - s->before.hr_bpm;
	double pct = 100 * (s->after.rmssd_ms / s->before.rmssd_ms - 1);

	if (isnan(hr))
		return NULL;
	return cues[1 + clear(hr, p->noise_hr_bpm)]
		   [1 + clear(pct, p->noise_rmssd_pct)];
}

/* The closing words of such a day, and the questions of the steps to come. */
double plan_after_s(const struct session *s)
{
	enum session_mode mode = session_mode_of(&s->start);
	bool resting = mode == SESSION_ATTACK || mode == SESSION_NIGHT;
	double seconds = resting ? RESTING_WORDS_S : CLOSING_WORDS_S;

	for (int i = s->i < 0 ? 0 : s->i; i < (int)s->routine->n_steps; i++)
		for (int k = 0; k < 4 && s->start.settings.ask; k++) {
			const struct step *step = &s->routine->steps[i];

			seconds +=
				(step->ask_after[k][0] ? QUESTION_S : 0) +
				(i > s->i && step->ask[k][0] ? QUESTION_S : 0);
		}
	return seconds;
}

void plan_farewell(struct session *s)
{
	enum session_mode mode = session_mode_of(&s->start);
	const char *result = s->grew ? "cue.grew_rest" : result_cue(s);

	if (mode == SESSION_ATTACK || mode == SESSION_NIGHT) {
		speech_cue(s, "cue.close_resting");
		return;
	}
	if (result)
		speech_cue(s, result);
	speech_cue(s, "cue.close");
	speech_cue(s, "cue.after");
	if (was_firm(s))
		speech_cue(s, "cue.sore_after");
}

/* --- the plan in force ------------------------------------------------------
 */

void plan_new_posture(struct session *s)
{
	bool flat_heart = s->calm.flat_heart;

	calm_init(&s->calm);
	s->calm.flat_heart = flat_heart;
	s->window_calm[0] = s->window_calm[1] = NAN;
	s->windows_flat = 0;
	s->before = (struct event_rest){NAN, NAN, NAN};
	machine_decide(s, 2, "new_posture", FIGURES({"step", steps_now(s)->n}));
}

double plan_total(const struct session *s)
{
	double total = 0;

	for (size_t i = 0; i < s->routine->n_steps; i++)
		if (s->plan[i].play)
			total += s->plan[i].seconds;
	return total;
}

double plan_floor(const struct session *s, const struct step *step)
{
	const struct session_profile *p = &s->start.profile;
	double floor = FLOOR_SLOW6;

	if (p->sessions == 0)
		floor = FLOOR_EASY8;
	else if (p->sessions >= SESSIONS_PRACTISED && p->resonance_per_min > 0)
		floor = fmax(p->resonance_per_min, RESONANCE_MIN);
	floor = fmax(floor, s->floor_per_min);
	if (!step || step->floor_per_min <= 0)
		return floor;
	/* R11: a wish goes before the step's, but not before what the person
	   answered */
	return fmax(floor,
	            plan_slow(s) ? fmin(step->floor_per_min, ATTACK_FLOOR_ASKED)
	                         : step->floor_per_min);
}
