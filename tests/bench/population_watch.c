/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/population_watch.h"

#include <math.h>
#include <string.h>

#include <gsl/gsl_statistics_double.h>

#define EPSILON_PER_MIN 0.01
/* reference/content.md D.4: PACE, CALM, the noise band */
#define FIT          0.1
#define ADHERENT     0.75
#define FIT_BREATHS  4
#define CALM_MIDDLE  50.0
#define CALM_GAIN    (25.0 * 0.65)
#define SPREAD_LEAST 2.0
#define MAD_TO_S     1.48
#define NOISE_BPM    2.0
/* C.4, with one breath of grace */
#define SLOW_PER_MIN    6.5
#define SLOW_MOST_S     310.0
#define SLOW_BREAK_S    30.0
#define SLOW_SESSIONS   3
#define SLOWEST_PER_MIN 4.5   /* C.1 */
#define SEARCH_S        600.0 /* C.1: five rates of two minutes */
#define PROBE_PER_MIN   0.5   /* C.1 */
#define DIZZY_PER_MIN   8.0
/* D.3 */
#define REFUSED_PCT 15.0
/* halves of the rules' own thresholds, and what they look back */
#define AROUSED_BPM  4.0
#define FAINT_BPM    6.0
#define MEET_S       30.0
#define BACK_OFF_S   30.0
#define HANDS_S      20.0
#define DISTURBED_S  60.0
#define HANDS_UP_BPM 2.0

void watch_init(struct watch *w, const struct population_person *person,
                const struct routine *routine, struct population_result *ret)
{
	*w = (struct watch){
		.person = person,
		.routine = routine,
		.floor_per_min = population_floor(person, routine),
		.result = ret,
		.slow_since_s = NAN,
		.unpaced_since_s = 0,
		.follows_since_s = NAN,
		.before_bpm = NAN,
		.rest_bpm = NAN,
		.spread_bpm = NAN,
		.artifact_s = -INFINITY,
		.hands_s = -INFINITY,
	};
	estimate_none(&w->estimate, 0);
	walk_init(&w->walk);
	*ret = (struct population_result){
		.own_per_min = NAN,
		.calm = NAN,
		.calm_true = NAN,
	};
}

/* --- the truth ------------------------------------------------------------ */

/* The pacer's period at a moment; 0: silent. */
static double pace_at(const struct watch *w, double t_s)
{
	unsigned oldest =
		w->n_paces > WATCH_PACES ? w->n_paces - WATCH_PACES : 0;

	for (unsigned i = w->n_paces; i > oldest; i--) {
		const struct watch_pace *p = &w->paces[(i - 1) % WATCH_PACES];

		if (p->t_s <= t_s)
			return p->period_s;
	}
	return 0;
}

static double pace_now(const struct watch *w)
{
	return w->n_paces > 0
	               ? w->paces[(w->n_paces - 1) % WATCH_PACES].period_s
	               : 0;
}

static double share_fitting(const struct watch *w)
{
	unsigned fits = 0;

	for (unsigned i = 0; i < FIT_BREATHS; i++)
		fits += w->fits >> i & 1;
	return (double)fits / FIT_BREATHS;
}

static bool known(const struct watch *w)
{
	return w->n_fits >= FIT_BREATHS;
}

static void breath_taken(struct watch *w, double length_s, double hr_bpm)
{
	double pace_s = pace_at(w, w->breath_begun_s + length_s / 2);
	double most_s = fmax(FIT * pace_s, 0.5 * 60 / hr_bpm);
	bool fits = fabs(length_s - pace_s) <= most_s;

	if (pace_s <= 0)
		return;
	w->fits = w->fits << 1 | fits;
	w->n_fits++;
	w->result->at_floor +=
		fits && w->following &&
		60 / pace_s <= w->floor_per_min + EPSILON_PER_MIN;
}

static void look_at_breath(struct watch *w, const struct person_truth *t,
                           double dt_s)
{
	struct population_result *r = w->result;
	double pace_s = pace_now(w);

	if (t->breath_begun_s > w->breath_begun_s) {
		breath_taken(w, t->breath_begun_s - w->breath_begun_s,
		             t->hr_bpm);
		w->breath_begun_s = t->breath_begun_s;
	}
	w->following = t->following;
	if (pace_s <= 0)
		w->n_fits = 0;
	if (!t->following || !known(w) || share_fitting(w) < ADHERENT)
		w->follows_since_s = NAN;
	else if (isnan(w->follows_since_s))
		w->follows_since_s = w->t_s;
	if (pace_s >= 60 / SLOW_PER_MIN && t->following)
		w->slow_followed_s += dt_s;
	if (!known(w))
		return;
	r->paced_s += dt_s;
	r->adherent_s += share_fitting(w) >= ADHERENT ? dt_s : 0;
}

static double step_floor(const struct population_person *p, bool dizzy,
                         const struct step *step)
{
	double floor = 6; /* R4: second and third session, or not assessed */

	if (p->sessions == 0)
		floor = 8;
	else if (p->sessions >= 3 && p->resonance_per_min > 0)
		floor = fmax(p->resonance_per_min, SLOWEST_PER_MIN);
	if (step && step->probe) /* C.1: half a breath slower, or all */
		floor = step->s.target >= SEARCH_S
		                ? SLOWEST_PER_MIN
		                : fmax(floor - PROBE_PER_MIN, SLOWEST_PER_MIN);
	if (dizzy || p->flags & (flag_bit(FLAG_LUNG) | flag_bit(FLAG_PANIC)))
		floor = fmax(floor, 8);
	return step ? fmax(floor, step->floor_per_min) : floor;
}

/* Nobody is led: they breathe as slowly by themselves. */
static bool led(const struct watch *w, double per_min)
{
	return per_min < 60 / w->person->traits.breath.own_s - EPSILON_PER_MIN;
}

static void look_at_pace(struct watch *w, double dt_s)
{
	struct population_result *r = w->result;
	double pace_s = pace_now(w), per_min = 60 / pace_s;
	bool beginner = w->person->sessions < SLOW_SESSIONS;

	if (pace_s <= 0)
		return;
	if (per_min <
	            step_floor(w->person, false, w->paced) - EPSILON_PER_MIN &&
	    led(w, per_min))
		r->too_slow_s += dt_s;
	if ((beginner && w->t_s - w->slow_since_s > SLOW_MOST_S) ||
	    (r->said_dizzy && per_min < DIZZY_PER_MIN - EPSILON_PER_MIN))
		r->over_s += dt_s;
}

/* CALM as it would be if only the heart's mean rate were looked at, and known:
   D.4's formula without its second term. */
static double true_calm(const struct watch *w, double hr_bpm)
{
	double z = (w->rest_bpm - hr_bpm) / w->spread_bpm;

	return CALM_MIDDLE + CALM_GAIN * fmax(-2, fmin(z, 2));
}

static void look_at_heart(struct watch *w, const struct person_truth *t)
{
	double calm_bpm = t->hr_bpm - t->hands_bpm;

	w->rates[w->n_rates++ % WATCH_RATES] =
		(struct watch_rate){w->t_s, t->hr_bpm, calm_bpm};
	if (t->hands_bpm > HANDS_UP_BPM || w->arms_up)
		w->hands_s = w->t_s;
	if (!w->step)
		return;
	w->sum_bpm += calm_bpm;
	w->n_sum++;
	if (w->steps == 1 && w->n_first < WATCH_FIRST) {
		w->first_true_bpm[w->n_first] = calm_bpm;
		w->first_bpm[w->n_first++] = t->beat_bpm;
	}
	if (isnan(w->estimate.calm) || isnan(w->rest_bpm))
		return;
	w->sum_calm += w->estimate.calm;
	w->sum_calm_true += true_calm(w, t->hr_bpm);
	w->n_calm++;
}

void watch_look(struct watch *w, uint64_t t_us, const struct person_truth *t)
{
	double t_s = (double)t_us / 1e6, dt_s = t_s - w->t_s;
	struct population_result *r = w->result;

	w->t_s = t_s;
	look_at_breath(w, t, dt_s);
	look_at_pace(w, dt_s);
	look_at_heart(w, t);
	walk_second(&w->walk, t_s, w->estimate.calm);
	if (isnan(w->estimate.adherence) || pace_now(w) <= 0)
		return;
	r->seen_s += dt_s;
	if (w->estimate.adherence < ADHERENT)
		return;
	r->seen_adherent_s += dt_s;
	if (known(w) && share_fitting(w) < 0.5)
		r->seen_wrong_s += dt_s;
}

bool watch_dizzy(const struct watch *w)
{
	return !w->result->said_dizzy &&
	       w->slow_followed_s >= w->person->dizzy_s;
}

/* --- decisions ------------------------------------------------------------ */

static double figure(const struct event *e, const char *key)
{
	for (size_t i = 0; i < e->decision.n; i++)
		if (strcmp(e->decision.because[i].key, key) == 0)
			return e->decision.because[i].value;
	return NAN;
}

static bool is(const struct event *e, const char *what)
{
	return strcmp(e->decision.what, what) == 0;
}

/* The gate: D.3, R1. Those that look at a window of their own bring its share
   of artifacts; the others look at the last 30 s. */
static bool refused(const struct watch *w, const struct event *e)
{
	enum quality q = w->estimate.quality;
	double pct = figure(e, "artifact_pct");
	bool last_30_s = q == QUALITY_OK || q == QUALITY_WEAK;

	switch (e->decision.rule) {
	case 2:
	case 6:
	case 10:
		/* baseline_extend has looked at the gate and brings no share */
		return pct > REFUSED_PCT;
	case 4:
		/* the others hold it, or say that it is there */
		return is(e, "walk") && !isnan(figure(e, "adherence")) &&
		       !last_30_s;
	case 5:
	case 8:
		return !last_30_s;
	case 7:
		return isnan(figure(e, "calm"));
	case 12:
		return is(e, "hands_away") && !last_30_s;
	default:
		return false;
	}
}

/* Mean of the true rate without hands over the last @span_s; NAN. */
static double rate_lately(const struct watch *w, double span_s)
{
	unsigned oldest =
		w->n_rates > WATCH_RATES ? w->n_rates - WATCH_RATES : 0;
	double sum = 0;
	unsigned n = 0;

	for (unsigned i = w->n_rates; i > oldest; i--, n++) {
		const struct watch_rate *x = &w->rates[(i - 1) % WATCH_RATES];

		if (x->t_s < w->t_s - span_s)
			break;
		sum += x->calm_bpm;
	}
	return n > 0 ? sum / n : NAN;
}

static double fall_lately(const struct watch *w, double span_s)
{
	unsigned oldest =
		w->n_rates > WATCH_RATES ? w->n_rates - WATCH_RATES : 0;
	double least = INFINITY, fall = 0;

	for (unsigned i = w->n_rates; i > oldest; i--) {
		const struct watch_rate *x = &w->rates[(i - 1) % WATCH_RATES];

		if (x->t_s < w->t_s - span_s)
			break;
		least = fmin(least, x->calm_bpm);
		fall = fmax(fall, x->calm_bpm - least);
	}
	return fall;
}

static double window_bpm(const struct watch *w)
{
	return w->n_sum > 0 ? w->sum_bpm / w->n_sum : NAN;
}

static bool wrong(const struct watch *w, const struct event *e)
{
	switch (e->decision.rule) {
	case 4:
		return (is(e, "walk") || is(e, "walk_done")) && known(w) &&
		       share_fitting(w) < 0.5;
	case 5:
		return is(e, "meet") && w->t_s - w->follows_since_s >= MEET_S;
	case 6:
		return window_bpm(w) >= w->before_bpm;
	case 7:
		return is(e, "enough_plateau") &&
		       true_calm(w, rate_lately(w, DISTURBED_S)) < CALM_MIDDLE;
	case 8:
		return rate_lately(w, BACK_OFF_S) - w->rest_bpm < AROUSED_BPM &&
		       !(window_bpm(w) > w->before_bpm);
	case 12:
		return fall_lately(w, HANDS_S) < FAINT_BPM;
	default:
		return false;
	}
}

/* Not for this person today: no time to walk in (A.2, plan.c; R8). */
static void leave_out(struct watch *w, int n)
{
	const struct step *step =
		&w->routine->steps[routine_step(w->routine, n)];

	if (step->rules & (UINT32_C(1) << 4))
		w->result->left_out_s += step->s.max;
}

static void see_decision(struct watch *w, const struct event *e)
{
	struct population_result *r = w->result;
	int n = e->decision.rule;
	double t_s = (double)e->t_us / 1e6;

	if (n < 1 || n >= POPULATION_RULES)
		return;
	if (n == 15 && strncmp(e->decision.what, "leave_out", 9) == 0)
		leave_out(w, (int)figure(e, "step"));
	if (n == 8 && strncmp(e->decision.what, "back_off", 8) == 0)
		w->truly_backed_off = !wrong(w, e);
	if (n == 8 && is(e, "leave_out") && w->truly_backed_off)
		leave_out(w, (int)figure(e, "step"));
	if (n == 3 && is(e, "start"))
		r->own_per_min = figure(e, "own_per_min");
	walk_decision(&w->walk, e);
	r->decided[n]++;
	r->refused[n] += refused(w, e);
	if (!wrong(w, e))
		return;
	r->wrong[n]++;
	r->disturbed[n] += t_s - fmax(w->artifact_s, w->hands_s) <= DISTURBED_S;
}

/* --- the other events ------------------------------------------------------
 */

/* In a step that walks, until its floor. */
static void see_walk(struct watch *w, double t_s, double per_min)
{
	enum walk_hold hold;

	if (per_min <= 0) {
		walk_silent(&w->walk);
		return;
	}
	hold = walk_breath(&w->walk, t_s, 60 / per_min, &w->estimate,
	                   known(w) ? share_fitting(w) : NAN);
	if (w->step && w->step->rules & (UINT32_C(1) << 4) &&
	    per_min > step_floor(w->person, false, w->step) + EPSILON_PER_MIN)
		w->result->held_s[hold] += 60 / per_min;
}

/* Slow since when, but for pauses that are long enough (C.4). */
static void see_slow(struct watch *w, double t_s, double per_min)
{
	if (per_min <= 0) {
		if (isnan(w->unpaced_since_s))
			w->unpaced_since_s = t_s;
		return;
	}
	if (t_s - w->unpaced_since_s >= SLOW_BREAK_S ||
	    per_min > SLOW_PER_MIN + EPSILON_PER_MIN)
		w->slow_since_s = NAN;
	w->unpaced_since_s = NAN;
	if (per_min <= SLOW_PER_MIN + EPSILON_PER_MIN && isnan(w->slow_since_s))
		w->slow_since_s = t_s;
}

static void see_breath(struct watch *w, const struct event *e)
{
	double per_min = e->breath.per_min;

	/* out of a probe it quickens breath by breath */
	if (!w->paced || !w->paced->probe ||
	    60 / per_min > pace_now(w) + 1e-6 ||
	    per_min >= step_floor(w->person, false, w->step) - EPSILON_PER_MIN)
		w->paced = w->step;
	w->paces[w->n_paces++ % WATCH_PACES] = (struct watch_pace){
		(double)e->t_us / 1e6, per_min > 0 ? 60 / per_min : 0};
	see_walk(w, (double)e->t_us / 1e6, per_min);
	see_slow(w, (double)e->t_us / 1e6, per_min);
}

static void know_rest(struct watch *w)
{
	double work[WATCH_FIRST];

	if (w->n_first == 0)
		return;
	memcpy(work, w->first_true_bpm, w->n_first * sizeof(work[0]));
	w->rest_bpm = gsl_stats_median(work, 1, w->n_first);
	w->spread_bpm =
		fmax(SPREAD_LEAST, MAD_TO_S * gsl_stats_mad0(w->first_bpm, 1,
	                                                     w->n_first, work));
	w->before_bpm = window_bpm(w);
}

static void see_step(struct watch *w, const struct event *e)
{
	const struct technique *t;

	if (!e->step.begin)
		return;
	if (w->steps == 1)
		know_rest(w);
	else if (w->listening)
		w->before_bpm = window_bpm(w);
	w->step = &w->routine->steps[routine_step(w->routine, e->step.n)];
	w->step_s = (double)e->t_us / 1e6;
	w->steps++;
	t = routine_technique(w->routine, w->step);
	w->arms_up = t && t->sig == SIG_POOR;
	w->listening = w->step->rules & (UINT32_C(1) << 10);
	w->sum_bpm = w->sum_calm = w->sum_calm_true = 0;
	w->n_sum = w->n_calm = 0;
}

static void see_end(struct watch *w, const struct event *e)
{
	struct population_result *r = w->result;

	r->result = e->end.result;
	r->rule = e->end.rule;
	r->seconds = (double)e->t_us / 1e6;
	r->claims = e->end.before.hr_bpm - e->end.after.hr_bpm > NOISE_BPM;
	r->overclaims = r->claims && !(window_bpm(w) < w->rest_bpm);
	if (w->n_calm > 0) {
		r->calm = w->sum_calm / w->n_calm;
		r->calm_true = w->sum_calm_true / w->n_calm;
	}
}

void watch_event(void *data, const struct event *e)
{
	struct watch *w = data;

	switch (e->kind) {
	case EVENT_STEP:
		see_step(w, e);
		break;
	case EVENT_BREATH:
		see_breath(w, e);
		break;
	case EVENT_ESTIMATE:
		w->estimate = e->estimate;
		break;
	case EVENT_DECISION:
		see_decision(w, e);
		break;
	case EVENT_END:
		see_end(w, e);
		break;
	case EVENT_BEAT_CLASS:
		if (e->beat_class.class_ != BEAT_OK)
			w->artifact_s = (double)e->t_us / 1e6;
		break;
	case EVENT_SENSOR:
		if (e->sensor.state != EVENT_SENSOR_CONNECTED)
			w->artifact_s = (double)e->t_us / 1e6;
		break;
	case EVENT_COMMAND:
		w->result->said_dizzy |= e->command.word == WORD_DIZZY;
		break;
	case EVENT_BEAT:
	case EVENT_ANSWER:
	case EVENT_SUSPENDED:
	case EVENT_SAY:
	case EVENT_LEVEL:
	case EVENT_QUESTION:
	case EVENT_KINDS:
		break;
	}
}

double population_floor(const struct population_person *p,
                        const struct routine *r)
{
	double slowest = 0;

	for (size_t i = 0; i < r->n_steps; i++) {
		double floor = step_floor(p, false, &r->steps[i]);

		if (r->steps[i].rules & (UINT32_C(1) << 4) &&
		    (slowest <= 0 || floor < slowest))
			slowest = floor;
	}
	return slowest;
}
