/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/clean_mend.h"

#include <math.h>

/* A stretch of intervals with something wrong, between two that are right:
 * [from, to). */
struct stretch {
	const struct nn *in;
	const uint8_t *kind;
	size_t from, to;
	double before_ms,
		after_ms;     /* the right ones; NAN where there is none */
	size_t beats, pieces; /* wrong ones; intervals that it becomes */
};

/* What one event spans, and what it becomes. */
struct event {
	enum clean_kind kind;
	size_t intervals, pieces, beats;
};

/* How many intervals one that hides beats is, by those beside it. */
static size_t held(const struct stretch *s, size_t i)
{
	double due_ms = isnan(s->after_ms) ? s->before_ms
	                : isnan(s->before_ms)
	                        ? s->after_ms
	                        : (s->before_ms + s->after_ms) / 2.0;
	double n = rint(s->in->rr_ms[i] / due_ms);

	return (size_t)fmin(fmax(n, 2.0), CLEAN_BEATS_MAX + 1);
}

static struct event event_at(const struct stretch *s, size_t i)
{
	struct event e = {.kind = s->kind[i], .intervals = 1, .pieces = 1};

	e.beats = 1;
	switch (e.kind) {
	case CLEAN_MISSED:
		e.pieces = held(s, i);
		e.beats = e.pieces - 1;
		break;
	case CLEAN_EXTRA:
		e.intervals = 2;
		break;
	case CLEAN_ECTOPIC:
		e.intervals = 2;
		e.pieces = 2;
		break;
	case CLEAN_REJECTED:
		e.beats = CLEAN_BEATS_MAX + 1;
		break;
	case CLEAN_OK:
	case CLEAN_LONG_SHORT:
		break;
	}
	return e;
}

static void measure(struct stretch *s)
{
	s->beats = 0;
	s->pieces = 0;
	for (size_t i = s->from; i < s->to;) {
		struct event e = event_at(s, i);

		s->beats += e.beats;
		s->pieces += e.pieces;
		i += e.intervals;
	}
}

static void put(struct clean_out *out, double t_s, double rr_ms, bool joined,
                bool mended)
{
	out->t_s[out->n] = t_s;
	out->rr_ms[out->n] = rr_ms;
	out->joined[out->n] = joined;
	out->mended[out->n++] = mended;
}

/* On the line from the right one before to the right one after. */
static double between(const struct stretch *s, size_t piece)
{
	double before = isnan(s->before_ms) ? s->after_ms : s->before_ms;
	double after = isnan(s->after_ms) ? before : s->after_ms;

	return before +
	       (after - before) * (double)(piece + 1) / (double)(s->pieces + 1);
}

/* The pieces of one event, from @piece on, share the time that it took. */
static void put_event(const struct stretch *s, size_t i, struct event e,
                      size_t piece, double start_s, bool joined,
                      struct clean_out *out)
{
	size_t last = i + e.intervals - 1;
	double took_ms = 0.0, due_ms = 0.0, done_ms = 0.0;
	double end_s = s->in->t_s[last];

	for (size_t k = i; k <= last; k++)
		took_ms += s->in->rr_ms[k];
	for (size_t k = 0; k < e.pieces; k++)
		due_ms += between(s, piece + k);
	if (e.kind == CLEAN_LONG_SHORT) {
		put(out, end_s, due_ms, joined, true);
		return;
	}
	for (size_t k = 0; k < e.pieces; k++) {
		double share = between(s, piece + k) / due_ms;

		done_ms += share * took_ms;
		put(out,
		    k + 1 == e.pieces
		            ? end_s
		            : start_s + (end_s - start_s) * done_ms / took_ms,
		    share * took_ms, joined || k > 0, true);
	}
}

static void count_event(enum clean_kind kind, struct clean_count *count)
{
	switch (kind) {
	case CLEAN_MISSED:
		count->missed++;
		break;
	case CLEAN_EXTRA:
		count->extra++;
		break;
	case CLEAN_ECTOPIC:
		count->ectopic++;
		break;
	case CLEAN_LONG_SHORT:
		count->long_short++;
		break;
	case CLEAN_REJECTED:
		count->rejected++;
		break;
	case CLEAN_OK:
		break;
	}
}

/* Where the interval @i set out: where the one before ended, though a sensor
 * may have told its time or its length otherwise. */
static double start_of(const struct nn *in, size_t i, bool joined,
                       const struct clean_out *out)
{
	double start_s = in->t_s[i] - in->rr_ms[i] * 1e-3;

	if (out->n == 0)
		return start_s;
	return joined ? out->t_s[out->n - 1]
	              : fmax(start_s, out->t_s[out->n - 1]);
}

static void mend(const struct stretch *s, bool joined, struct clean_out *out,
                 struct clean_count *count)
{
	size_t piece = 0;

	for (size_t i = s->from; i < s->to;) {
		struct event e = event_at(s, i);

		put_event(s, i, e, piece, start_of(s->in, i, joined, out),
		          joined, out);
		count_event(e.kind, count);
		joined = true;
		piece += e.pieces;
		i += e.intervals;
	}
}

static bool mendable(const struct stretch *s)
{
	return s->beats <= CLEAN_BEATS_MAX &&
	       !(isnan(s->before_ms) && isnan(s->after_ms));
}

void clean_mend(const struct nn *in, size_t from, size_t to, uint8_t *kind,
                struct clean_out *out, struct clean_count *count)
{
	bool joined = false;
	struct stretch s = {.in = in, .kind = kind};

	for (size_t i = from; i < to; i = s.to) {
		s.from = i;
		s.to = i + 1;
		if (kind[i] == CLEAN_OK) {
			put(out, in->t_s[i], in->rr_ms[i], joined, false);
			joined = true;
			continue;
		}
		while (s.to < to && kind[s.to] != CLEAN_OK)
			s.to++;
		s.before_ms = joined ? out->rr_ms[out->n - 1] : NAN;
		s.after_ms = s.to < to ? in->rr_ms[s.to] : NAN;
		measure(&s);
		if (mendable(&s)) {
			mend(&s, joined, out, count);
			joined = true;
			continue;
		}
		count->rejected += s.to - i;
		for (size_t k = i; k < s.to; k++)
			kind[k] = CLEAN_REJECTED;
		joined = false;
	}
}
