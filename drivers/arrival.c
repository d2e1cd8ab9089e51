/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/arrival.h"

#include <math.h>

/* HRS 1.0, 3.1: a notification about every second. */
#define INTERVAL_US 1e6

/* Jitter that a healthy strap shows: a notification interval and what the
   radio adds. A Polar H10 spread over 1.29 s in ten minutes. */
#define JITTER_US 1.35e6

/* A notification that comes later than this after the last one stands behind
   one that was lost or held no interval. */
#define SKIPPED_US UINT64_C(1600000)

/* Beyond the jitter by this share of an interval: a gap. After a skipped
   notification little more evidence is wanted. */
#define BEYOND_RR         1.0
#define BEYOND_RR_SKIPPED 0.25

/* A strap that sends notifications without an interval never skips one: one
   that is missing was lost. The last beat of a packet is younger than an
   interval, so an offset this far up holds one that did not come. */
#define LOST_RR 0.8

/* sensors.md A.3, 3: a jump that nothing else can explain. */
#define JUMP_US 3e6

/* Beats are put this far below the envelope, so that a packet faster than all
   before it need not bend the chain. The fastest strap measured takes 0.4 s. */
#define LATENCY_US 0.3e6

/* Crystals are within 2 % (A.3, 2), milliseconds sent as ticks 2.4 % (A.4). */
#define STEER_MAX     0.025
#define STEER_TAU_US  10e6

#define BEAT_APART_US 1000

void arrival_init(struct arrival *a)
{
	*a = (struct arrival){0};
}

void arrival_count(struct arrival *a, double period_us)
{
	a->period_us = period_us;
}

static void forget_offsets(struct arrival *a)
{
	for (size_t i = 0; i < ARRIVAL_SLOTS; i++) {
		a->slots[i].low_us = INFINITY;
		a->slots[i].high_us = -INFINITY;
	}
}

void arrival_restart(struct arrival *a)
{
	a->joined = false;
	forget_offsets(a);
}

static double sum_of(const double *rr_ms, size_t n)
{
	double sum_us = 0;

	for (size_t i = 0; i < n; i++)
		sum_us += rr_ms[i] * 1000;
	return sum_us;
}

static struct arrival_slot *slot_at(struct arrival *a, uint64_t t_us)
{
	uint64_t index = t_us / ARRIVAL_SLOT_US;

	if (a->used == 0 || a->slots[a->newest].index != index) {
		a->newest = a->used ? (a->newest + 1) % ARRIVAL_SLOTS : 0;
		if (a->used < ARRIVAL_SLOTS)
			a->used++;
		a->slots[a->newest] = (struct arrival_slot){
			.index = index,
			.before_us = a->heard ? a->last_us : t_us,
			.low_us = INFINITY,
			.high_us = -INFINITY,
		};
	}
	return &a->slots[a->newest];
}

static void envelope(const struct arrival *a, uint64_t t_us, double *ret_low,
                     double *ret_high)
{
	uint64_t index = t_us / ARRIVAL_SLOT_US;
	double low = INFINITY, high = -INFINITY;

	for (size_t i = 0; i < a->used; i++) {
		const struct arrival_slot *slot = &a->slots[i];

		if (slot->index + ARRIVAL_ENVELOPE_SLOTS <= index)
			continue;
		low = fmin(low, slot->low_us);
		high = fmax(high, slot->high_us);
	}
	*ret_low = low;
	*ret_high = high;
}

static bool is_gap(const struct arrival *a, uint64_t t_us, double offset_us,
                   double rr_us)
{
	double low, high, limit;

	envelope(a, t_us, &low, &high);
	if (!isfinite(low)) /* all of it is older than the envelope */
		return true;
	if (fabs(offset_us - low) > JUMP_US)
		return true;
	if (a->period_us > 0) /* its beats are counted */
		return false;
	if (a->skipped && a->empties)
		return offset_us > low + LOST_RR * rr_us;
	limit = fmax(high, low + JITTER_US);
	return offset_us >
	       limit + (a->skipped ? BEYOND_RR_SKIPPED : BEYOND_RR) * rr_us;
}

static void join(struct arrival *a, uint64_t t_us, double offset_us,
                 double sum_us, double first_us)
{
	/* What the packet needs to lie behind the last beat and behind 0. */
	double floor_us = (double)a->beat_us + sum_us;
	double period_us = a->period_us > 0 ? a->period_us : INTERVAL_US;

	if (!a->beat_us)
		floor_us -= first_us;
	a->steer_us = offset_us - period_us - LATENCY_US;
	if (a->chain_us + a->steer_us < floor_us)
		a->steer_us = floor_us - a->chain_us;
	if (a->chain_us + a->steer_us > (double)t_us)
		a->steer_us = offset_us;
	a->joined = true;
}

static void steer(struct arrival *a, uint64_t t_us, double offset_us,
                  double passed_us)
{
	double low, high, by, most = STEER_MAX * passed_us;

	envelope(a, t_us, &low, &high);
	by = (low - LATENCY_US - a->steer_us) *
	     fmin(passed_us / STEER_TAU_US, 1);
	a->steer_us += fmax(-most, fmin(by, most));
	/* No beat is later than the packet that told of it. */
	a->steer_us = fmin(a->steer_us, offset_us);
}

/* What the chain was steered by is shared among the packet's beats. */
static void hand_out(struct arrival *a, uint64_t t_us, const double *rr_ms,
                     size_t n, double bend, uint64_t *ret_us)
{
	double at_us = a->chain_us + a->steer_us;

	for (size_t i = n; i-- > 0;) {
		ret_us[i] = at_us > 0 ? (uint64_t)llrint(at_us) : 0;
		at_us -= rr_ms[i] * 1000 * bend;
	}
	for (size_t i = 0; i < n; i++) {
		if (ret_us[i] > t_us)
			ret_us[i] = t_us;
		if (ret_us[i] < a->beat_us + BEAT_APART_US)
			ret_us[i] = a->beat_us + BEAT_APART_US;
		a->beat_us = ret_us[i];
	}
}

/* Return: whether it hangs on the last packet, without a gap between. */
static bool place(struct arrival *a, uint64_t t_us, const double *rr_ms,
                  size_t n, uint64_t *ret_us)
{
	struct arrival_slot *slot = &a->slots[a->newest];
	double sum_us = sum_of(rr_ms, n), steer_us = a->steer_us;
	double offset_us, bend = 1;
	bool whole;

	a->chain_us += sum_us;
	offset_us = (double)t_us - a->chain_us;
	whole = a->joined && !is_gap(a, t_us, offset_us, rr_ms[n - 1] * 1000);
	if (!whole)
		forget_offsets(a);
	slot->low_us = fmin(slot->low_us, offset_us);
	slot->high_us = fmax(slot->high_us, offset_us);
	if (whole) {
		steer(a, t_us, offset_us, sum_us);
		bend += (a->steer_us - steer_us) / sum_us;
	} else {
		join(a, t_us, offset_us, sum_us, rr_ms[0] * 1000);
	}
	hand_out(a, t_us, rr_ms, n, fmax(bend, 0), ret_us);
	return whole;
}

bool arrival_take(struct arrival *a, uint64_t t_us, const double *rr_ms,
                  size_t n, uint64_t *ret_us)
{
	struct arrival_slot *slot = slot_at(a, t_us);
	bool joined = a->joined, whole = true;

	if (a->heard && t_us - a->last_us > SKIPPED_US)
		a->skipped = true;
	if (a->heard) /* the first came before anything was counted */
		slot->rr_us += sum_of(rr_ms, n);
	if (n > 0) {
		whole = place(a, t_us, rr_ms, n, ret_us);
		a->skipped = false;
	}
	a->empties = a->empties || n == 0;
	a->heard = true;
	a->last_us = t_us;
	return joined && !whole;
}

double arrival_coverage(const struct arrival *a)
{
	uint64_t from_us = UINT64_MAX, newest, span_us;
	double rr_us = 0;

	if (a->used == 0)
		return NAN;
	newest = a->slots[a->newest].index;
	for (size_t i = 0; i < a->used; i++) {
		const struct arrival_slot *slot = &a->slots[i];

		if (slot->index + ARRIVAL_SLOTS <= newest)
			continue;
		rr_us += slot->rr_us;
		if (slot->before_us < from_us)
			from_us = slot->before_us;
	}
	span_us = a->last_us - from_us;
	if (span_us < (ARRIVAL_SLOTS - 1) * ARRIVAL_SLOT_US)
		return NAN;
	return rr_us / (double)span_us;
}
