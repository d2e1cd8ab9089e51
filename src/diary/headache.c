/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "diary/headache.h"

#include <math.h>

#include "diary/lot.h"
#include "signal/student.h"

#define WEEK           7
#define COVERAGE       0.95
#define PRIOR_PHI      1.5
#define PRIOR_FREEDOM  6.0
#define ADDED          1.0 /* of each kind, to each span */
#define EXACT_WAYS_MAX 100000.0
#define DEALS          20000
#define WEEKS_MAX      520 /* ten years; of more the last are permuted */

void headache_count(const enum headache_day *days, size_t n,
                    struct headache_span *ret)
{
	struct headache_span s = {.days = n};

	for (size_t i = 0; i < n; i++) {
		s.entered += days[i] != HEADACHE_BLANK;
		s.aches += days[i] == HEADACHE_ACHE;
	}
	s.per_28 = s.entered ? (double)s.aches / (double)s.entered *
	                               HEADACHE_WINDOW
	                     : NAN;
	*ret = s;
}

/* --- the interval -----------------------------------------------------------
 */

struct dispersion {
	double chi2, freedom;
};

/* Pearson's chi-squared of whole weeks about the span's own share. */
static void add_weeks(const enum headache_day *days, size_t n,
                      const struct headache_span *span, struct dispersion *d)
{
	double p = (double)span->aches / (double)span->entered;
	size_t weeks = 0;

	if (span->aches == 0 || span->aches == span->entered)
		return;
	for (size_t i = 0; i + WEEK <= n; i += WEEK) {
		struct headache_span w;
		double expected, off;

		headache_count(days + i, WEEK, &w);
		if (w.entered == 0)
			continue;
		expected = (double)w.entered * p;
		off = (double)w.aches - expected;
		d->chi2 += off * off / (expected * (1 - p));
		weeks++;
	}
	if (weeks > 0)
		d->freedom += (double)weeks - 1;
}

static double variance(const struct headache_span *s)
{
	double n = (double)s->entered + 2 * ADDED;
	double p = ((double)s->aches + ADDED) / n;

	return p * (1 - p) / n;
}

static void find_interval(const struct dispersion *d, struct headache_change *c)
{
	double freedom = PRIOR_FREEDOM + d->freedom;
	double half;

	c->dispersion =
		fmax(1, (PRIOR_FREEDOM * PRIOR_PHI + d->chi2) / freedom);
	half = student_half(COVERAGE, freedom) * HEADACHE_WINDOW *
	       sqrt(c->dispersion *
	            (variance(&c->before) + variance(&c->after)));
	c->per_28 = c->after.per_28 - c->before.per_28;
	c->low = c->per_28 - half;
	c->high = c->per_28 + half;
}

/* --- dealing the weeks out anew ---------------------------------------------
 */

struct weeks {
	unsigned entered[WEEKS_MAX], aches[WEEKS_MAX];
	unsigned all_entered, all_aches;
	size_t n, n_before;
	double seen; /* size of the difference of the shares as it was */
	double ways, as_large;
};

static void take_weeks(struct weeks *w, const enum headache_day *days, size_t n)
{
	size_t from = n / WEEK > WEEKS_MAX / 2
	                      ? (n / WEEK - WEEKS_MAX / 2) * WEEK
	                      : 0;

	for (size_t i = from; i + WEEK <= n; i += WEEK) {
		struct headache_span week;

		headache_count(days + i, WEEK, &week);
		w->entered[w->n] = (unsigned)week.entered;
		w->aches[w->n++] = (unsigned)week.aches;
		w->all_entered += (unsigned)week.entered;
		w->all_aches += (unsigned)week.aches;
	}
}

static double share(unsigned aches, unsigned entered)
{
	return entered ? (double)aches / entered : NAN;
}

/* Of weeks with so many days entered and aches, against all the others. */
static double difference(const struct weeks *w, unsigned entered,
                         unsigned aches)
{
	return fabs(share(aches, entered) -
	            share(w->all_aches - aches, w->all_entered - entered));
}

static void count_way(struct weeks *w, unsigned entered, unsigned aches)
{
	double d = difference(w, entered, aches);

	/* one without entries on a side says nothing */
	if (isnan(d))
		return;
	w->ways++;
	w->as_large += d >= w->seen - 1e-12;
}

/* Every way to choose @left more of the weeks from @at on. */
static void try_all(struct weeks *w, size_t at, size_t left, unsigned entered,
                    unsigned aches)
{
	if (left > w->n - at)
		return;
	if (left == 0) {
		count_way(w, entered, aches);
		return;
	}
	try_all(w, at + 1, left, entered, aches);
	try_all(w, at + 1, left - 1, entered + w->entered[at],
	        aches + w->aches[at]);
}

static void swap(unsigned *a, unsigned *b)
{
	unsigned kept = *a;

	*a = *b;
	*b = kept;
}

/* Either side says what the other is: the smaller one is dealt. */
static void deal(struct weeks *w, uint64_t seed)
{
	size_t n_after = w->n - w->n_before;
	size_t n = w->n_before < n_after ? w->n_before : n_after;

	for (unsigned way = 0; way < DEALS; way++) {
		unsigned entered = 0, aches = 0;

		for (size_t i = 0; i < n; i++) {
			/* the upper half, scaled: without a division */
			size_t j = i + (size_t)((lot_next(&seed) >> 32) *
			                                (w->n - i) >>
			                        32);

			swap(&w->entered[i], &w->entered[j]);
			swap(&w->aches[i], &w->aches[j]);
			entered += w->entered[i];
			aches += w->aches[i];
		}
		count_way(w, entered, aches);
	}
}

static double ways(size_t n, size_t k)
{
	return exp(lgamma((double)n + 1) - lgamma((double)k + 1) -
	           lgamma((double)(n - k) + 1));
}

double headache_permutation(const enum headache_day *before, size_t n_before,
                            const enum headache_day *after, size_t n_after,
                            uint64_t seed)
{
	struct weeks w = {.n = 0};

	take_weeks(&w, before, n_before);
	w.n_before = w.n;
	w.seen = NAN;
	if (w.n_before > 0) {
		unsigned entered = w.all_entered, aches = w.all_aches;

		take_weeks(&w, after, n_after);
		w.seen = difference(&w, entered, aches);
	}
	if (isnan(w.seen))
		return NAN;
	if (ways(w.n, w.n_before) <= EXACT_WAYS_MAX)
		try_all(&w, 0, w.n_before, 0, 0);
	else
		deal(&w, seed);
	return w.as_large / w.ways;
}

/* --- the verdict ------------------------------------------------------------
 */

static bool complete(const struct headache_span *s)
{
	return s->days > 0 &&
	       (double)s->entered >= HEADACHE_COMPLETE * (double)s->days;
}

static enum headache_verdict judge(const struct headache_change *c)
{
	bool settled = c->before.days >= HEADACHE_SETTLED_DAYS &&
	               c->after.days >= HEADACHE_SETTLED_DAYS;

	if (c->high < 0)
		return HEADACHE_FEWER;
	if (c->low > 0)
		return HEADACHE_MORE;
	return settled ? HEADACHE_UNCLEAR : HEADACHE_TOO_EARLY;
}

void headache_compare(const enum headache_day *before, size_t n_before,
                      const enum headache_day *after, size_t n_after,
                      struct headache_change *ret)
{
	struct headache_change c = {.verdict = HEADACHE_NO_BASELINE,
	                            .per_28 = NAN,
	                            .low = NAN,
	                            .high = NAN,
	                            .dispersion = NAN};
	struct dispersion d = {0};

	headache_count(before, n_before, &c.before);
	headache_count(after, n_after, &c.after);
	if (n_before >= HEADACHE_WINDOW)
		c.verdict = HEADACHE_INCOMPLETE;
	if (n_before >= HEADACHE_WINDOW && n_after >= HEADACHE_WINDOW &&
	    complete(&c.before) && complete(&c.after)) {
		add_weeks(before, n_before, &c.before, &d);
		add_weeks(after, n_after, &c.after, &d);
		find_interval(&d, &c);
		c.response = c.before.aches > 0 &&
		             c.after.per_28 <= c.before.per_28 / 2;
		c.verdict = judge(&c);
	}
	*ret = c;
}

const char *headache_words(enum headache_verdict verdict)
{
	switch (verdict) {
	case HEADACHE_NO_BASELINE:
		return "no baseline yet: it takes 28 days of diary before the "
		       "first session";
	case HEADACHE_INCOMPLETE:
		return "too few days were entered to compare: 28 on each side, "
		       "and four in five of them";
	case HEADACHE_TOO_EARLY:
		return "too early to tell";
	case HEADACHE_UNCLEAR:
		return "no clear change yet";
	case HEADACHE_FEWER:
		return "fewer headache days than before; this can also happen "
		       "by itself";
	case HEADACHE_MORE:
		return "more headache days than before; this can also happen "
		       "by itself";
	}
	return "";
}

const char *headache_caution(void)
{
	return "People begin something new when their headaches are at their "
	       "worst, so that some improvement is to be expected anyway; and "
	       "in the best trial a sham treatment did as well as massage.";
}
