/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DRIVERS_ARRIVAL_H
#define LULL_DRIVERS_ARRIVAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * Beat times from arrivals: a strap says how long its intervals were, not when
 * the beats were, and hands them over early or late, alone or bunched.
 *
 * The chain t[k] = t[k-1] + RR[k] is kept in the strap's clock. Its offset,
 * arrival minus chain, has a lower envelope, the strap's fixed latency;
 * what is above it is jitter. The chain is steered slowly to the envelope. An
 * offset that jumps above its jitter says that intervals are missing.
 *
 * Source: reference/sensors.md A.3. Pure: no clock, no allocation.
 */

/** The envelope reaches back 45 s: 9 slots of 5 s; coverage 60 s: 12. */
#define ARRIVAL_SLOT_US        UINT64_C(5000000)
#define ARRIVAL_SLOTS          13
#define ARRIVAL_ENVELOPE_SLOTS 9

struct arrival_slot {
	uint64_t index;     /**< arrival / ARRIVAL_SLOT_US */
	uint64_t before_us; /**< last arrival before this slot */
	double rr_us;       /**< sum of the intervals that came in it */
	double low_us;      /**< least offset; INFINITY: none */
	double high_us;     /**< greatest offset; -INFINITY: none */
};

struct arrival {
	struct arrival_slot slots[ARRIVAL_SLOTS];
	size_t newest;
	size_t used;
	bool empties; /**< it notifies even without an interval */
	bool skipped; /**< a notification did not come since the last interval
	               */
	bool joined;  /**< the chain hangs on an earlier packet */
	double period_us; /**< 0: a second, and its beats are not counted */
	double chain_us;  /**< the last beat in the strap's clock */
	double steer_us;  /**< strap's clock to ours */
	bool heard;       /**< anything ever */
	uint64_t last_us; /**< last arrival, with or without intervals */
	uint64_t beat_us; /**< last beat handed out */
};

/** arrival_init() - nothing heard yet. */
void arrival_init(struct arrival *a);

/**
 * arrival_count() - this strap counts its beats: what is missing is told by
 * arrival_restart(), and nothing short of a jump of 3 s makes a gap here
 * @period_us: between its packets, the most that jitter holds
 */
void arrival_count(struct arrival *a, double period_us);

/** arrival_restart() - the link was down: the next packet begins a new chain,
 * and arrival_take() does not call that a gap again. */
void arrival_restart(struct arrival *a);

/**
 * arrival_take() - place the beats of one packet in time
 * @t_us: its arrival, not before the last
 * @rr_ms, @n: its intervals, oldest first, each > 0; n 0: it held none
 * @ret_us: n times, each later than the one before and than all earlier ones,
 *	and none after its arrival unless more beats came than time passed
 *
 * The chain lies 0.3 s below the envelope (no strap is faster), at its start
 * one notification interval (about 1 s) more, the most that the jitter of one
 * packet holds: so hardly ever has a later packet to bend it backwards.
 *
 * Missing are intervals if the offset jumps 3 s from the envelope, or more
 * than one interval above its jitter, or a quarter of one after a notification
 * that did not come. Of a strap that notifies even without intervals a missing
 * notification weighs more: there doubt means a gap.
 *
 * Return: true if intervals are missing before the first of these (a gap).
 */
bool arrival_take(struct arrival *a, uint64_t t_us, const double *rr_ms,
                  size_t n, uint64_t *ret_us);

/**
 * arrival_coverage() - sum of the intervals over the time they came in
 *
 * Over the last 60 s. About 1 is good, < 0.97 lost beats, > 1.05 duplicates
 * or a wrong unit. Source: reference/sensors.md A.3, 4.
 *
 * Return: the ratio; NAN until a minute was heard.
 */
double arrival_coverage(const struct arrival *a);

#endif
