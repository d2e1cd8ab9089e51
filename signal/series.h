/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_SIGNAL_SERIES_H
#define LULL_SIGNAL_SERIES_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "signal/estimate.h"

/**
 * The last beats with what became of each. A gap ends a segment: two beats
 * of different segments are never neighbours.
 *
 * Pure; embedded in its owner; bounded: the oldest beat goes first.
 */

/** A power of two: nine minutes at 220 bpm, where five are looked back on. */
#define SERIES_MAX 2048

struct series_beat {
	uint64_t t_us;   /**< when the interval ended */
	double t_s;      /**< series_seconds() of it, which all searches ask */
	double rr_ms;    /**< as the sensor gave it */
	double value_ms; /**< what it counts as; equal to rr_ms when ok, NAN
	                      when rejected */
	enum beat_class class;
	unsigned segment;
};

struct series {
	struct series_beat beat[SERIES_MAX];
	size_t first, n;
	unsigned segment; /**< that the next beat will belong to */
	double began_s;   /**< where the very first interval set out */
};

/** Microseconds as the seconds that all figures are computed in. */
static inline double series_seconds(uint64_t t_us)
{
	return (double)t_us * 1e-6;
}

void series_init(struct series *s);

/** series_add() - @t_us not before the last; @segment is filled in. */
void series_add(struct series *s, uint64_t t_us, double rr_ms,
                enum beat_class class, double value_ms);

/** series_gap() - the next beat is no neighbour of the last. */
void series_gap(struct series *s);

/** series_at() - the beat @i, 0 being the oldest; i < s->n. */
static inline const struct series_beat *series_at(const struct series *s,
                                                  size_t i)
{
	assert(i < s->n);
	return &s->beat[(s->first + i) % SERIES_MAX];
}

/** series_restate() - class anew the beat @back before the last (0: it). */
void series_restate(struct series *s, size_t back, enum beat_class class,
                    double value_ms);

/** series_after() - the first beat later than @t_s; s->n if none. */
size_t series_after(const struct series *s, double t_s);

/** series_start_s() - where the interval of a beat set out. */
static inline double series_start_s(const struct series_beat *b)
{
	return b->t_s - b->rr_ms * 1e-3;
}

/** series_broken() - true if beats are missing somewhere in [from, to]. */
bool series_broken(const struct series *s, double from_s, double to_s);

/** series_since() - @from_s, or where the segment that holds the last beat
 *                  by @to_s set out, whichever is later. */
double series_since(const struct series *s, double from_s, double to_s);

/**
 * series_run() - the newest unbroken run of accepted beats in (from, to]
 * @ret_t_s, @ret_value_ms: SERIES_MAX values each, times strictly rising
 *
 * Ends at the last accepted beat; begins after the last gap, and after the
 * last hole of SERIES_HOLE_S without an accepted beat.
 * Return: its number of beats.
 */
size_t series_run(const struct series *s, double from_s, double to_s,
                  double *ret_t_s, double *ret_value_ms);

/**
 * series_beats() - all accepted beats in (from, to], whatever lies between
 * @ret_t_s, @ret_value_ms: SERIES_MAX values each
 *
 * Return: their number.
 */
size_t series_beats(const struct series *s, double from_s, double to_s,
                    double *ret_t_s, double *ret_value_ms);

/** Two of the longest plausible intervals: what no curve is drawn across. */
#define SERIES_HOLE_S 4.0

#endif
