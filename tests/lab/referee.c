/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/lab/referee.h"

#include <math.h>

#define SURE      5       /* beats in a row that are no accident */
#define TAIL_US   1000000 /* on its way, or not committed yet */
#define AHEAD     200     /* beats sent that may be lost in a row */

#define WINDOW_US UINT64_C(60000000)
#define CLEAN_S   30.0

/* The next one that was sent, from @i on; @n if none. */
static size_t next_sent(const struct referee_truth *truth, size_t n, size_t i)
{
	while (i < n && !truth[i].sent)
		i++;
	return i;
}

/* Do @n stored beats stand from @i on as they were sent? */
static bool fits(const struct referee_truth *truth, size_t n_truth, size_t i,
                 const struct referee_beat *stored, size_t n)
{
	for (size_t k = 0; k < n; k++, i++) {
		i = next_sent(truth, n_truth, i);
		if (i == n_truth || truth[i].rr_ticks != stored[k].rr_ticks)
			return false;
	}
	return true;
}

static size_t sure(size_t n)
{
	return n < SURE ? n : SURE;
}

/* Where the beats from @stored on are first found in a row, at most @ahead
 * sent ones from @i on; @n_truth if nowhere. */
static size_t find(const struct referee_truth *truth, size_t n_truth, size_t i,
                   size_t ahead, const struct referee_beat *stored, size_t n)
{
	for (; ahead > 0; ahead--, i++) {
		i = next_sent(truth, n_truth, i);
		if (i == n_truth)
			break;
		if (fits(truth, n_truth, i, stored, sure(n)))
			return i;
	}
	return n_truth;
}

struct walk {
	const struct referee_truth *truth;
	size_t n_truth, i; /* the next one that is to be stored */
	const struct referee_beat *stored;
	size_t n, k; /* the next one that was */
	size_t *at;
	struct referee_verdict v;
};

static void take(struct walk *w, size_t i)
{
	w->at[w->k++] = i;
	w->v.stored++;
}

/* Two neighbours that came the wrong way round. */
static bool take_swapped(struct walk *w)
{
	size_t second = next_sent(w->truth, w->n_truth, w->i + 1);

	if (w->k + 1 == w->n || second == w->n_truth ||
	    w->truth[second].rr_ticks != w->stored[w->k].rr_ticks ||
	    w->truth[w->i].rr_ticks != w->stored[w->k + 1].rr_ticks ||
	    (w->k + 2 < w->n &&
	     !fits(w->truth, w->n_truth, second + 1, w->stored + w->k + 2, 1)))
		return false;
	w->v.swapped++;
	take(w, second);
	take(w, w->i);
	w->i = second + 1;
	return true;
}

/* The next stored beat is not the next one sent. */
static void take_fault(struct walk *w)
{
	size_t n = w->n - w->k;
	size_t found;

	if (take_swapped(w))
		return;
	found = find(w->truth, w->n_truth, w->i, AHEAD, w->stored + w->k, n);
	/* two and more in a row, else any beat of that length will do */
	if (found == w->n_truth || n < 2) {
		w->at[w->k++] = REFEREE_NONE;
		w->v.invented++;
		return;
	}
	for (; w->i < found; w->i++)
		w->v.lost += w->truth[w->i].sent;
}

static void count_tail(struct walk *w, uint64_t end_us)
{
	uint64_t last_us = end_us + w->v.offset_us;

	for (size_t i = w->i; i < w->n_truth; i++)
		w->v.lost += w->truth[i].sent &&
		             w->truth[i].t_us + TAIL_US < last_us;
	w->v.sent = w->v.stored + w->v.lost;
}

/* Between two beats that are both known. */
static void count_holes(struct walk *w)
{
	size_t last = REFEREE_NONE;

	for (size_t k = 0; k < w->n; k++) {
		if (w->at[k] == REFEREE_NONE)
			continue;
		if (last != REFEREE_NONE && w->at[k] > last + 1) {
			w->v.holes++;
			w->v.unmarked += !w->stored[k].parted;
			for (size_t i = last + 1; i < w->at[k]; i++)
				w->v.away += !w->truth[i].sent;
		}
		last = w->at[k];
	}
}

size_t referee_align(const struct referee_truth *truth, size_t n_truth,
                     size_t from, const struct referee_beat *stored, size_t n,
                     uint64_t end_us, size_t *ret_at,
                     struct referee_verdict *ret)
{
	struct walk w = {.truth = truth,
	                 .n_truth = n_truth,
	                 .stored = stored,
	                 .n = n,
	                 .at = ret_at};
	size_t first = n_truth;

	for (; w.k < n; w.k++) {
		first = find(truth, n_truth, from, n_truth, stored + w.k,
		             n - w.k);
		if (first < n_truth)
			break;
		w.at[w.k] = REFEREE_NONE;
		w.v.invented++;
	}
	if (w.k == n) {
		*ret = w.v;
		return from;
	}
	w.i = first;
	w.v.offset_us = truth[first].t_us - stored[w.k].t_us;
	while (w.k < n) {
		w.i = next_sent(truth, n_truth, w.i);
		if (w.i < n_truth &&
		    truth[w.i].rr_ticks == stored[w.k].rr_ticks)
			take(&w, w.i++);
		else
			take_fault(&w);
	}
	count_tail(&w, end_us);
	count_holes(&w);
	*ret = w.v;
	return w.i;
}

double referee_rmssd(const struct referee_beat *stored, size_t n, uint64_t t_us)
{
	double sum = 0.0, clean_s = 0.0;
	size_t pairs = 0;

	for (size_t i = 1; i < n; i++) {
		const struct referee_beat *a = &stored[i - 1], *b = &stored[i];
		double d = b->rr_ms - a->rr_ms;

		if (a->at_us + WINDOW_US <= t_us || b->at_us > t_us ||
		    b->parted || !a->ok || !b->ok)
			continue;
		sum += d * d;
		clean_s += b->rr_ms * 1e-3;
		pairs++;
	}
	return clean_s >= CLEAN_S ? sqrt(sum / (double)pairs) : NAN;
}

double referee_hole_s(const struct referee_beat *stored, size_t i)
{
	double apart_s = (double)(stored[i].at_us - stored[i - 1].at_us) * 1e-6;

	return apart_s - stored[i].rr_ms * 1e-3;
}
