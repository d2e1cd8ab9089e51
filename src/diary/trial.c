/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "diary/trial.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "diary/date.h"
#include "diary/headache.h"
#include "diary/lot.h"

#define WEEK      7
#define LEVEL     0.05
#define TOLERANCE 1e-9 /* of differences of shares, in days */
#define ORDERS    (1U << TRIAL_PAIRS_MAX)

/* --- the plan ---------------------------------------------------------------
 */

static int32_t length(const struct trial *t)
{
	return (int32_t)t->weeks * WEEK;
}

bool trial_is_sound(const struct trial *t)
{
	return t->weeks >= 1 && t->weeks <= TRIAL_WEEKS_MAX &&
	       t->pairs >= TRIAL_PAIRS_LEAST && t->pairs <= TRIAL_PAIRS_MAX &&
	       t->start >= DATE_FIRST && t->start <= DATE_LAST &&
	       trial_after(t) <= DATE_LAST;
}

int32_t trial_after(const struct trial *t)
{
	return t->start + length(t) * 2 * (int32_t)t->pairs;
}

bool trial_runs(const struct trial *t, int32_t today)
{
	return t->ended == TRIAL_OPEN && today < trial_after(t);
}

static bool second_comes_first(const struct trial *t, unsigned pair)
{
	uint64_t state = t->seed, drawn = 0;

	for (unsigned i = 0; i <= pair; i++)
		drawn = lot_next(&state);
	return drawn >> 63;
}

struct trial_block trial_block(const struct trial *t, unsigned n)
{
	bool second = second_comes_first(t, n / 2) != (n % 2 == 1);
	int32_t from = t->start + (int32_t)n * length(t);

	return (struct trial_block){.n = n,
	                            .arm = second ? TRIAL_SECOND : TRIAL_FIRST,
	                            .from = from,
	                            .to = from + length(t) - 1};
}

bool trial_block_on(const struct trial *t, int32_t date,
                    struct trial_block *ret)
{
	if (date < t->start || date >= trial_after(t) || date >= t->ended)
		return false;
	*ret = trial_block(t, (unsigned)((date - t->start) / length(t)));
	return true;
}

bool trial_counts(const struct trial_block *b)
{
	return b->entered > 0 &&
	       b->entered >= HEADACHE_COMPLETE * (b->to + 1 - b->from);
}

/* --- the diary --------------------------------------------------------------
 */

void trial_tally(struct trial_tally *ret, const struct trial *t)
{
	*ret = (struct trial_tally){.trial = *t};
	for (unsigned n = 0; n < 2 * t->pairs; n++)
		ret->blocks[n] = trial_block(t, n);
}

int trial_add(void *data, const struct diary_day *day)
{
	struct trial_tally *t = data;
	struct trial_block b;

	if (isnan(day->value[DIARY_HEADACHE]) ||
	    !trial_block_on(&t->trial, day->date, &b))
		return 0;
	t->blocks[b.n].entered++;
	t->blocks[b.n].aches += day->value[DIARY_HEADACHE] == 1;
	return 0;
}

/* --- what the pairs say -----------------------------------------------------
 */

struct pairs {
	unsigned n;
	double sum[TRIAL_ARMS], difference[TRIAL_PAIRS_MAX];
};

static bool is_over(const struct trial *t, const struct trial_block *b,
                    int32_t today)
{
	return b->to < today && b->to < t->ended;
}

static double in_28(const struct trial_block *b)
{
	return (double)b->aches / b->entered * HEADACHE_WINDOW;
}

static void add_pair(struct pairs *p, const struct trial_block blocks[2])
{
	double arm[TRIAL_ARMS];

	if (!trial_counts(&blocks[0]) || !trial_counts(&blocks[1]))
		return;
	for (int i = 0; i < 2; i++) {
		arm[blocks[i].arm] = in_28(&blocks[i]);
		p->sum[blocks[i].arm] += arm[blocks[i].arm];
	}
	p->difference[p->n++] = arm[TRIAL_FIRST] - arm[TRIAL_SECOND];
}

/* Pairs that will not come any more are not waited for. */
static void take_pairs(const struct trial_tally *t, int32_t today,
                       struct pairs *p, unsigned *ret_coming)
{
	const struct trial *trial = &t->trial;

	*ret_coming = 0;
	for (unsigned i = 0; i < trial->pairs; i++) {
		const struct trial_block *blocks = &t->blocks[(size_t)2 * i];

		if (is_over(trial, &blocks[1], today))
			add_pair(p, blocks);
		else if (trial->ended == TRIAL_OPEN)
			++*ret_coming;
	}
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The sum of those pairs of which @subset has the bit. */
static double sum_of(const struct pairs *p, unsigned subset, unsigned *ret_n)
{
	double sum = 0;

	*ret_n = 0;
	for (unsigned i = 0; i < p->n; i++) {
		if (!(subset >> i & 1))
			continue;
		sum += p->difference[i];
		++*ret_n;
	}
	return sum;
}

static void find_interval(const struct pairs *p, struct trial_result *r)
{
	unsigned orders = 1U << p->n, n;
	unsigned k = (unsigned)floor(LEVEL / 2 * orders);
	double means[ORDERS];

	for (unsigned subset = 1; subset < orders; subset++) {
		double sum = sum_of(p, subset, &n);

		means[subset - 1] = sum / n;
	}
	qsort(means, orders - 1, sizeof(means[0]), by_size);
	r->low = means[k - 1];
	r->high = means[orders - 1 - k];
}

/* To turn the pairs of a subset round takes twice its sum from the whole. */
static double chance_of(const struct pairs *p)
{
	unsigned orders = 1U << p->n, as_large = 0, n;
	double whole = sum_of(p, orders - 1, &n);

	for (unsigned subset = 0; subset < orders; subset++)
		as_large += fabs(whole - 2 * sum_of(p, subset, &n)) >=
		            fabs(whole) - TOLERANCE;
	return (double)as_large / orders;
}

void trial_judge(const struct trial_tally *t, int32_t today,
                 struct trial_result *ret)
{
	struct trial_result r = {.verdict = TRIAL_WAITS,
	                         .arms = {NAN, NAN},
	                         .per_28 = NAN,
	                         .low = NAN,
	                         .high = NAN,
	                         .chance = NAN};
	struct pairs p = {.n = 0};

	take_pairs(t, today, &p, &r.coming);
	r.counted = p.n;
	if (r.coming == 0)
		r.verdict = TRIAL_FEW;
	if (r.coming == 0 && p.n >= TRIAL_PAIRS_LEAST) {
		for (int i = 0; i < TRIAL_ARMS; i++)
			r.arms[i] = p.sum[i] / p.n;
		r.per_28 = r.arms[TRIAL_FIRST] - r.arms[TRIAL_SECOND];
		find_interval(&p, &r);
		r.chance = chance_of(&p);
		r.verdict = r.high < -TOLERANCE ? TRIAL_FEWER
		            : r.low > TOLERANCE ? TRIAL_MORE
		                                : TRIAL_UNCLEAR;
	}
	*ret = r;
}

/* --- words ------------------------------------------------------------------
 */

static bool is_rest(const struct trial *t, enum trial_arm arm)
{
	return arm == TRIAL_SECOND && !t->arms[arm][0];
}

const char *trial_arm_words(const struct trial *t, enum trial_arm arm,
                            char ret[TRIAL_TEXT])
{
	if (t->arms[arm][0])
		snprintf(ret, TRIAL_TEXT, "practise %s", t->arms[arm]);
	else
		snprintf(ret, TRIAL_TEXT, "%s",
		         is_rest(t, arm) ? "do not practise" : "practise");
	return ret;
}

static const char *when_words(const struct trial *t, char ret[TRIAL_TEXT])
{
	if (t->arms[TRIAL_FIRST][0])
		snprintf(ret, TRIAL_TEXT, "in the blocks of %s",
		         t->arms[TRIAL_FIRST]);
	else
		snprintf(ret, TRIAL_TEXT, "in the blocks with practice");
	return ret;
}

const char *trial_words(const struct trial *t, const struct trial_result *r,
                        char ret[TRIAL_TEXT])
{
	char when[TRIAL_TEXT];

	when_words(t, when);
	switch (r->verdict) {
	case TRIAL_WAITS:
		snprintf(ret, TRIAL_TEXT,
		         "too early to tell: %u of %u pairs still to come",
		         r->coming, t->pairs);
		break;
	case TRIAL_FEW:
		snprintf(ret, TRIAL_TEXT,
		         "too few to tell: %u pairs count, and it takes %d",
		         r->counted, TRIAL_PAIRS_LEAST);
		break;
	case TRIAL_UNCLEAR:
		snprintf(ret, TRIAL_TEXT, "no clear difference");
		break;
	case TRIAL_FEWER:
	case TRIAL_MORE:
		snprintf(ret, TRIAL_TEXT,
		         "%s headache days %.100s than in the others; "
		         "this can also happen by itself",
		         r->verdict == TRIAL_FEWER ? "fewer" : "more", when);
		break;
	}
	return ret;
}

const char *trial_day_words(const struct trial *t, int32_t today,
                            char ret[TRIAL_TEXT])
{
	char arm[TRIAL_TEXT], date[DATE_TEXT];
	struct trial_block b;

	ret[0] = 0;
	if (trial_runs(t, today) && today < t->start)
		snprintf(ret, TRIAL_TEXT, "Your trial begins on %s.",
		         date_text(t->start, date));
	else if (trial_runs(t, today) && trial_block_on(t, today, &b))
		snprintf(ret, TRIAL_TEXT,
		         "Your trial, block %u of %u: %.100s, day %d of %d, "
		         "until %s.%s",
		         b.n + 1, 2 * t->pairs, trial_arm_words(t, b.arm, arm),
		         today - b.from + 1, length(t), date_text(b.to, date),
		         is_rest(t, b.arm) ? " If you need a session, have it."
		                           : "");
	return ret;
}

const char *trial_safety(void)
{
	return "The trial is about practice only. Take your medicines as you "
	       "always do, also for a\nheadache, and change none of them "
	       "because of it. Practise all the same when you need it:\nthat "
	       "counts as it is. Ask your clinician first if you are in care "
	       "for your headaches; end it\nat any time: lull trial end.";
}

const char *trial_caution(void)
{
	return "The order was drawn by lot, so that seasons and habits speak "
	       "for neither side. But you knew which\nblock it was, and what "
	       "one hopes for colours what one writes down; what was "
	       "practised may last into\nthe next block. It says something "
	       "of you in these weeks, and nothing of others.";
}
