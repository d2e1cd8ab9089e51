/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The search for a person's resonance rate: five rates of two minutes, or the
 * re-tune of three of one minute beside the rate that is known. While the
 * heart is not heard it stands still, and then takes its rate from the begin.
 * Source: reference/content.md C.1.
 */
#include <math.h>

#include "session/rules.h"

#define FULL_S         600.0 /* a step so long is the whole assessment */
#define FULL_PROBES    5
#define FULL_FIRST     6.5
#define FULL_DISCARD_S 30.0
#define FULL_BREATHS   6
#define TUNE_PROBES    3
#define FULL_TAKE_S    90.0 /* two minutes but for the first half one */
#define TUNE_BREATHS   2    /* what a minute and its ramp leave */
#define TUNE_BETTER    1.15
#define RATES_LEAST    2    /* fewer compare with nothing */
#define LOST           0.5  /* R5: that is not followed */
#define LOST_MOST_S    60.0 /* R5: then it is tried no more */
#define LET_GO_S       60.0 /* left of a search that the person ended */
#define APART          0.5
#define FALLBACK       6.0 /* fallback_rate */
#define RATE_LEAST     4.5 /* C.3: slower ones are not offered */
#define RATE_MOST      7.0 /* half a breath over the adults' range */
#define RAMP_S         0.3 /* a breath, no more */
#define EPSILON_S      1e-9

bool tune_whole(const struct step *step)
{
	return step->probe && step->s.target >= FULL_S;
}

static bool full(const struct session *s)
{
	return tune_whole(steps_now(s));
}

static double known(const struct session *s)
{
	double rate = s->start.profile.resonance_per_min;

	return rate > 0 ? rate : FALLBACK;
}

/* All rates from the fastest down; or the one that is known, where the pace
   is already, then both its neighbours. Return: 0 behind the last. */
static double rate_of(const struct session *s, const struct step *step, int k)
{
	static const double beside[TUNE_PROBES] = {0, APART, -APART};

	if (tune_whole(step))
		return k < FULL_PROBES ? FULL_FIRST - APART * k : 0;
	return k < TUNE_PROBES ? known(s) + beside[k] : 0;
}

/* What is too slow today, or for anybody, is not tried. */
static int rates(const struct session *s, const struct step *step,
                 double ret[RESONANCE_PROBES])
{
	double least = fmax(RATE_LEAST, s->floor_per_min);
	int n = 0;

	for (int k = 0; rate_of(s, step, k) > 0; k++)
		if (rate_of(s, step, k) >= least &&
		    rate_of(s, step, k) <= RATE_MOST)
			ret[n++] = rate_of(s, step, k);
	return n >= RATES_LEAST ? n : 0;
}

const char *tune_refused(const struct session *s, const struct step *step)
{
	double per_min[RESONANCE_PROBES];

	if (s->hrv_off || !s->start.sensor[0])
		return "no heart to go by";
	if (s->start.profile.resonance_per_min <= 0 && !tune_whole(step))
		return "no rate to try beside";
	return rates(s, step, per_min) > 0 ? NULL : "too slow for today";
}

/* A rate that nobody follows tells nothing. */
const char *tune_unfollowed(const struct session *s, const struct step *step)
{
	const struct estimate *e = &s->estimate;
	bool lost = rules_usable(e->quality) && e->adherence < LOST;

	if (!step->probe || tune_whole(step) || s->breath.period_s <= 0)
		return NULL;
	return s->breath.meeting || lost ? "breath and heart go apart" : NULL;
}

void tune_begin(struct session *s)
{
	struct tune *t = &s->tune;
	double per_min[RESONANCE_PROBES];

	if (t->n > 0) { /* a pause is over: this rate from its beginning */
		t->taking = false;
		return;
	}
	if (t->over)
		return;
	t->at = 0;
	t->set_s = t->lost_s = 0;
	t->done = false;
	t->n = rates(s, steps_now(s), per_min);
	for (int k = 0; k < t->n; k++)
		t->probes[k].per_min = per_min[k];
	t->to_s = t->n > 0 ? 60.0 / t->probes[0].per_min : NAN;
}

void tune_abandon(struct session *s)
{
	bool whole = tune_runs(s) && full(s);

	s->tune.n = 0;
	s->tune.over = true;
	s->tune.taking = false;
	s->tune.to_s = NAN;
	/* nobody need breathe on for minutes that were for the search */
	if (!whole)
		return;
	s->short_rule = 9;
	steps_set_length(
		s, fmin(s->plan[s->i].seconds, steps_elapsed(s) + LET_GO_S));
}

bool tune_runs(const struct session *s)
{
	return s->tune.n > 0 && s->in_step && steps_now(s)->probe;
}

void tune_beat(struct session *s, const struct beat *beat,
               enum beat_class class_)
{
	if (s->tune.taking)
		resonance_beat(&s->tune.take, (double)beat->t_us / MACHINE_S,
		               beat->rr_ms, class_ != BEAT_OK);
}

void tune_tick(struct session *s)
{
	struct tune *t = &s->tune;

	if (!t->taking)
		return;
	if (!isnan(s->estimate.adherence)) {
		t->adherence += s->estimate.adherence;
		t->seconds++;
	}
}

static void take_begin(struct session *s)
{
	struct tune *t = &s->tune;

	t->taking = true;
	t->adherence = 0;
	t->seconds = 0;
	resonance_begin(&t->take, t->probes[t->at].per_min,
	                s->start.settings.inhale_pct / 100);
}

static void take_end(struct session *s)
{
	struct tune *t = &s->tune;
	struct resonance_probe *p = &t->probes[t->at];
	double per_min = p->per_min;

	if (!t->taking)
		resonance_begin(&t->take, per_min, 0.5); /* nothing heard */
	t->taking = false;
	resonance_measure(&t->take, p);
	p->adherence = t->seconds ? t->adherence / t->seconds : NAN;
	p->valid = resonance_valid(p, full(s) ? FULL_BREATHS : TUNE_BREATHS);
	t->seconds = 0;
	machine_decide(s, 4, p->valid ? "probe" : "probe_unsure",
	               FIGURES({"per_min", per_min}, {"rsa_bpm", p->rsa_bpm},
	                       {"rsa_se_bpm", p->rsa_se_bpm},
	                       {"power", p->power}, {"coherence", p->coherence},
	                       {"phase_deg", p->phase_deg},
	                       {"adherence", p->adherence},
	                       {"breaths", (double)p->breaths},
	                       {"artifact_pct", p->artifact_pct}));
}

/* Has this rate been tried for long enough? */
static bool enough(const struct session *s, double gone_s)
{
	const struct tune *t = &s->tune;
	size_t breaths = t->take.n_marks ? t->take.n_marks - 1 : 0;
	double slot_s = s->plan[s->i].seconds / t->n;

	if (!t->taking)
		return false;
	if (full(s))
		return gone_s - t->from_s >= FULL_TAKE_S - EPSILON_S;
	return breaths > TUNE_BREATHS ||
	       (breaths == TUNE_BREATHS && gone_s >= slot_s * (t->at + 1));
}

static void next_rate(struct session *s, double gone_s)
{
	struct tune *t = &s->tune;

	take_end(s);
	t->at++;
	t->to_s = 60.0 / t->probes[t->at].per_min;
	t->set_s = gone_s;
}

/* R5, as far as it goes here: who did not come along at this rate is not
   taken on to slower ones. */
static bool too_slow(const struct session *s)
{
	const struct tune *t = &s->tune;

	return t->seconds > 0 && t->adherence < LOST * t->seconds;
}

/* The whole search is through: so is the step. @rule: that ends it before its
   time; 0: all rates were tried. */
static void search_over(struct session *s, int rule)
{
	s->tune.done = true;
	if (rule)
		s->short_rule = rule;
	steps_set_length(s, steps_elapsed(s));
}

/* Nobody is led to a slower rate who does not come along so far. */
static bool left_behind(struct session *s)
{
	struct tune *t = &s->tune;

	if (t->to_s <= s->breath.period_s || !(s->estimate.adherence < LOST)) {
		t->lost_s = 0;
		return false;
	}
	t->lost_s += s->breath.period_s;
	if (t->lost_s >= LOST_MOST_S)
		search_over(s, 5);
	return true;
}

/* R14: where the pace is, until the heart is heard; then the rate anew. */
static double wait(struct session *s)
{
	s->tune.taking = false;
	s->tune.set_s = tune_runs(s) ? steps_elapsed(s) : 0;
	return s->breath.period_s;
}

/* A breath of the pacer is over: the length of the next. */
double tune_next(struct session *s)
{
	struct tune *t = &s->tune;
	struct breath *b = &s->breath;
	bool runs = tune_runs(s);
	double gone_s = runs ? steps_elapsed(s) : 0;

	if (s->ear.open_loop)
		return wait(s);
	if (t->taking)
		resonance_breath(&t->take, (double)s->now_us / MACHINE_S);
	if (runs && enough(s, gone_s)) {
		if (full(s) && too_slow(s))
			search_over(s, 5);
		else if (t->at + 1 < t->n)
			next_rate(s, gone_s);
		else if (full(s))
			search_over(s, 0);
	}
	if (runs && full(s) && left_behind(s))
		return b->period_s;
	if (fabs(t->to_s - b->period_s) > EPSILON_S)
		return b->period_s +
		       fmax(fmin(t->to_s - b->period_s, RAMP_S), -RAMP_S);
	if (!runs)
		t->to_s = NAN; /* where the result was, it is now */
	else if (!t->taking &&
	         gone_s - t->set_s >= (full(s) ? FULL_DISCARD_S : 0)) {
		take_begin(s);
		t->from_s = gone_s;
		resonance_breath(&t->take, (double)s->now_us / MACHINE_S);
	}
	return b->period_s;
}

/* The rate that was known stays, unless another one is clearly better; NAN:
   it was not heard itself, so nothing can be said of it. */
static double retuned(const struct session *s, const struct resonance_result *r)
{
	const struct tune *t = &s->tune;
	double now = known(s);

	for (int k = 0; k < t->n; k++)
		if (t->probes[k].valid &&
		    fabs(t->probes[k].per_min - now) < APART / 2)
			return t->probes[r->best].rsa_bpm >
			                       TUNE_BETTER *
			                               t->probes[k].rsa_bpm
			               ? r->per_min
			               : now;
	return NAN;
}

/* Of a whole search only what can be told apart is a result. */
static double chosen(const struct session *s, const struct resonance_result *r)
{
	if (!full(s))
		return retuned(s, r);
	return r->clear ? r->per_min : NAN;
}

static int count_valid(const struct tune *t)
{
	int n = 0;

	for (int k = 0; k < t->n; k++)
		n += t->probes[k].valid;
	return n;
}

static void tell_unsure(struct session *s, const struct resonance_result *r)
{
	double before = s->start.profile.resonance_per_min;
	int valid = count_valid(&s->tune);
	bool alike = full(s) && valid >= RATES_LEAST;

	machine_decide(s, 4, "resonance_unsure",
	               FIGURES({"per_min", before > 0 ? before : NAN},
	                       {"low_per_min", r->low_per_min},
	                       {"high_per_min", r->high_per_min},
	                       {"tried", s->tune.n}, {"valid", valid},
	                       {"alike", alike ? valid : NAN}));
}

static void tell_result(struct session *s, const struct resonance_result *r,
                        double rate)
{
	const struct resonance_probe *best = &s->tune.probes[r->best];

	machine_decide(
		s, 4, "resonance",
		FIGURES({"per_min", rate}, {"low_per_min", r->low_per_min},
	                {"high_per_min", r->high_per_min}, {"tried", s->tune.n},
	                {"valid", count_valid(&s->tune)},
	                {"rsa_bpm", best->rsa_bpm},
	                {"artifact_pct", best->artifact_pct},
	                {"mean_ibi_ms", 60000 / s->estimate.hr_bpm}));
}

/* The rates that were not tried count as not heard. */
static void close_takes(struct session *s)
{
	struct tune *t = &s->tune;

	take_end(s);
	while (t->at + 1 < t->n) {
		t->at++;
		t->probes[t->at].valid = false;
	}
}

bool tune_longer(struct session *s)
{
	double more = s->plan[s->i].max - s->plan[s->i].seconds;

	more = floor(fmin(more, coach_budget(s)));
	if (!tune_runs(s) || !full(s) || s->tune.done || more < 1)
		return false;
	steps_set_length(s, s->plan[s->i].seconds + more);
	machine_decide(s, 4, "search_on",
	               FIGURES({"seconds", s->plan[s->i].seconds},
	                       {"tried", s->tune.at}, {"of", s->tune.n}));
	return true;
}

void tune_end(struct session *s)
{
	struct tune *t = &s->tune;
	struct resonance_result r = {
		.per_min = NAN, .low_per_min = NAN, .high_per_min = NAN};
	double rate = NAN;
	bool whole = full(s);

	if (t->n == 0)
		return;
	close_takes(s);
	if (resonance_choose(t->probes, (size_t)t->n, &r) == 0)
		rate = chosen(s, &r);
	if (isnan(rate))
		tell_unsure(s, &r);
	else
		tell_result(s, &r, rate);
	if (whole)
		speech_cue(s, isnan(rate) ? "cue.search_unclear"
		                          : "cue.search_found");
	if (isnan(rate))
		rate = known(s);
	else
		s->start.profile.resonance_per_min = rate;
	t->n = 0;
	t->to_s = 60.0 / fmax(rate, plan_floor(s, NULL));
	s->breath.arrived = false;
}
