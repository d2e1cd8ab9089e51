/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The search for a person's resonance rate: five rates of two minutes, or the
 * re-tune of three of one minute beside the rate that is known.
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
#define APART          0.5
#define FALLBACK       6.0 /* fallback_rate */
#define RATE_LEAST     4.5 /* C.3: slower ones are not offered */
#define RATE_MOST      7.0 /* half a breath over the adults' range */
#define RAMP_S         0.3 /* a breath, no more */
#define EPSILON_S      1e-9

static bool full(const struct session *s)
{
	return steps_now(s)->s.target >= FULL_S;
}

static double known(const struct session *s)
{
	double rate = s->start.profile.resonance_per_min;

	return rate > 0 ? rate : FALLBACK;
}

/* All rates from the fastest down; or the one that is known, where the pace
   is already, then both its neighbours. Return: 0 behind the last. */
static double rate_of(const struct session *s, int k)
{
	static const double beside[TUNE_PROBES] = {0, APART, -APART};

	if (full(s))
		return k < FULL_PROBES ? FULL_FIRST - APART * k : 0;
	return k < TUNE_PROBES ? known(s) + beside[k] : 0;
}

void tune_begin(struct session *s)
{
	struct tune *t = &s->tune;
	double least = fmax(RATE_LEAST, s->floor_per_min);

	if (t->n > 0) { /* a pause is over: this rate from its beginning */
		t->taking = false;
		return;
	}
	t->at = 0;
	t->set_s = 0;
	/* what is too slow today, or for anybody, is not tried */
	for (int k = 0; rate_of(s, k) > 0; k++)
		if (rate_of(s, k) >= least && rate_of(s, k) <= RATE_MOST)
			t->probes[t->n++].per_min = rate_of(s, k);
	t->to_s = t->n > 0 ? 60.0 / t->probes[0].per_min : NAN;
}

void tune_abandon(struct session *s)
{
	s->tune.n = 0;
	s->tune.taking = false;
	s->tune.to_s = NAN;
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

/* A breath of the pacer is over: the length of the next. */
double tune_next(struct session *s)
{
	struct tune *t = &s->tune;
	struct breath *b = &s->breath;
	bool runs = tune_runs(s);
	double gone_s = runs ? steps_elapsed(s) : 0;

	if (t->taking)
		resonance_breath(&t->take, (double)s->now_us / MACHINE_S);
	if (runs && t->at + 1 < t->n && enough(s, gone_s))
		next_rate(s, gone_s);
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

/* The rate that was known stays, unless another one is clearly better. */
static double chosen(const struct session *s, const struct resonance_result *r)
{
	const struct tune *t = &s->tune;
	double now = known(s);

	if (full(s))
		return r->per_min;
	for (int k = 0; k < t->n; k++)
		if (t->probes[k].valid &&
		    fabs(t->probes[k].per_min - now) < APART / 2 &&
		    t->probes[r->best].rsa_bpm >
		            TUNE_BETTER * t->probes[k].rsa_bpm)
			return r->per_min;
	return now;
}

static double mean_ibi_ms(const struct session *s)
{
	return 60000 / s->estimate.hr_bpm;
}

void tune_end(struct session *s)
{
	struct tune *t = &s->tune;
	struct resonance_result r = {.per_min = NAN};
	double rate = known(s);

	if (t->n == 0)
		return;
	take_end(s);
	if (resonance_choose(t->probes, (size_t)t->n, &r) < 0) {
		machine_decide(s, 4, "resonance_unsure",
		               FIGURES({"per_min", rate}));
	} else {
		rate = chosen(s, &r);
		machine_decide(
			s, 4, "resonance",
			FIGURES({"per_min", rate},
		                {"low_per_min", fmin(r.low_per_min, rate)},
		                {"high_per_min", fmax(r.high_per_min, rate)},
		                {"rsa_bpm", t->probes[r.best].rsa_bpm},
		                {"artifact_pct",
		                 t->probes[r.best].artifact_pct},
		                {"mean_ibi_ms", mean_ibi_ms(s)}));
		s->start.profile.resonance_per_min = rate;
	}
	t->n = 0;
	t->to_s = 60.0 / fmax(rate, plan_floor(s, NULL));
	s->breath.arrived = false;
}
