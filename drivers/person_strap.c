/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/person_strap.h"

#include <math.h>
#include <string.h>

#include "signal/beat.h"

#define HOLD_BACK     (1.0 / 40)
#define LOSE          (1.0 / 400)
#define JITTER_S      0.045
#define MISSED_MOST_S 10.0 /* an interval must fit its 16 bits */
#define BPM_KEEP      0.8  /* of the old rate with each beat: about 4 s */

void person_strap_become(struct person_strap *s,
                         const struct person_strap_traits *traits)
{
	s->is = *traits;
}

void person_strap_init(struct person_strap *s, uint64_t seed,
                       double connected_s)
{
	struct person_strap_traits t = {
		.arms_up_times = 1,
		.away_every_s = INFINITY,
	};
	struct random r;

	*s = (struct person_strap){.due_s = connected_s};
	random_init(&r, seed, 3);
	t.latency_s = random_uniform(&r, 0.5, 2.6);
	t.interval_s = random_uniform(&r, 0.985, 1.015);
	s->random = r;
	person_strap_become(s, &t);
}

static void found(struct person_strap *s, double t_s)
{
	/* Rounding beats, not intervals, keeps their sum true. */
	uint64_t ticks = (uint64_t)llrint(t_s * BEAT_TICKS_PER_S);
	uint64_t rr_ticks = ticks - s->beat_ticks;
	double bpm = 60.0 * BEAT_TICKS_PER_S / (double)rr_ticks;

	s->beat_ticks = ticks;
	if (!s->beating) {
		s->beating = true;
		return;
	}
	s->bpm = s->bpm > 0 ? BPM_KEEP * s->bpm + (1 - BPM_KEEP) * bpm : bpm;
	if (s->n_found == PERSON_STRAP_BEATS) /* HRS 1.0: drops the oldest */
		memmove(s->found, s->found + 1,
		        --s->n_found * sizeof(s->found[0]));
	s->found[s->n_found].ready_s = t_s + s->is.latency_s;
	s->found[s->n_found++].rr_ticks = (uint16_t)rr_ticks;
}

/* No draw for what has no chance: seeds stay who they are. */
static bool chance(struct person_strap *s, double p)
{
	return p > 0 && random_uniform(&s->random, 0, 1) < p;
}

void person_strap_beat(struct person_strap *s, double t_s, bool arms_up)
{
	double times = arms_up ? s->is.arms_up_times : 1;
	double last_s = (double)s->beat_ticks / BEAT_TICKS_PER_S;

	if (chance(s, s->is.miss * times) && t_s - last_s < MISSED_MOST_S) {
		s->wrong++;
		return;
	}
	if (s->beating && chance(s, s->is.extra * times)) {
		double share = random_uniform(&s->random, 0.3, 0.7);

		s->wrong++;
		found(s, last_s + share * (t_s - last_s));
	}
	found(s, t_s);
}

double person_strap_next(struct person_strap *s)
{
	s->due_s += s->is.interval_s;
	return s->due_s + random_uniform(&s->random, 0, JITTER_S);
}

bool person_strap_notify(struct person_strap *s, double t_s, uint8_t *ret,
                         size_t *ret_len)
{
	bool hold = random_uniform(&s->random, 0, 1) < HOLD_BACK;
	bool lost = random_uniform(&s->random, 0, 1) < LOSE;

	if (chance(s, s->is.interval_s / s->is.away_every_s))
		s->away_until_s = t_s + s->is.away_s;
	lost = lost || t_s < s->away_until_s;

	size_t n = 0, len = 2;

	while (!hold && n < s->n_found && s->found[n].ready_s <= t_s) {
		ret[len++] = (uint8_t)(s->found[n].rr_ticks & 0xff);
		ret[len++] = (uint8_t)(s->found[n].rr_ticks >> 8);
		n++;
	}
	s->n_found -= n;
	memmove(s->found, s->found + n, s->n_found * sizeof(s->found[0]));
	ret[0] = n > 0 ? 0x16 : 0x06;
	ret[1] = (uint8_t)lrint(fmin(s->bpm, 255));
	*ret_len = len;
	return !lost;
}
