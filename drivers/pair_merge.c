/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/pair_merge.h"

#include <assert.h>
#include <math.h>

/* As arrival.h steers: its crystals, its time constant. */
#define STEER_MAX     0.025
#define STEER_TAU_MS  10000.0

#define BEAT_APART_US 1000

void pair_merge_init(struct pair_merge *m,
                     const struct sensor_listener *listener)
{
	assert(listener->beat && listener->state);
	*m = (struct pair_merge){.listener = listener, .hole = true};
	m->sides[0].may_begin = true;
}

static struct pair_side *other_of(struct pair_merge *m, unsigned side)
{
	return &m->sides[!side];
}

/* Beats of @s that were not handed out; negative: it is behind. */
static int64_t ahead(const struct pair_merge *m, const struct pair_side *s)
{
	return (int64_t)s->run.n + s->shift - (int64_t)m->out.n;
}

static bool sound(const struct pair_side *s)
{
	return s->placed && s->state == SENSOR_CONNECTED;
}

/* Off the skin only one that is alone is listened to. */
static bool speaks(const struct pair_merge *m, unsigned side)
{
	const struct pair_side *other = &m->sides[!side];

	return m->sides[side].state == SENSOR_CONNECTED || !other->known ||
	       other->state != SENSOR_CONNECTED;
}

/* --- telling ----------------------------------------------------------------
 */

static void tell(struct pair_merge *m, enum sensor_state state, int error)
{
	bool more = state == SENSOR_SEARCHING ? error != m->error
	                                      : error && error != m->error;

	if (m->told && m->state == state && !more)
		return;
	m->told = true;
	m->state = state;
	m->error = error;
	m->listener->state(m->listener->data, state, error);
}

static void tell_hole(struct pair_merge *m, int error)
{
	if (!m->hole)
		tell(m, SENSOR_GAP, error);
	m->hole = true;
}

static void tell_state(struct pair_merge *m)
{
	const struct pair_side *lead = &m->sides[m->lead];

	if (lead->state == SENSOR_GAP)
		tell_hole(m, lead->error);
	else
		tell(m, lead->state, lead->error);
}

static uint64_t time_of(const struct pair_merge *m, const struct pair_side *s,
                        const struct beat *beat, uint64_t now_us)
{
	double at = (double)beat->t_us + s->lag_us;
	uint64_t t_us = at > 0 ? (uint64_t)llrint(at) : 0, least_us;

	if (t_us > now_us)
		t_us = now_us;
	if (m->out.n == 0)
		return t_us;
	least_us = m->out.beats[(m->out.n - 1) % PAIR_RUN_MAX].t_us +
	           BEAT_APART_US;
	return t_us > least_us ? t_us : least_us;
}

static void steer(struct pair_side *s, double rr_ms)
{
	double most = STEER_MAX * rr_ms * 1000;
	double by = s->lag_us * fmin(rr_ms / STEER_TAU_MS, 1);

	s->lag_us -= fmax(-most, fmin(by, most));
}

static void hand_out(struct pair_merge *m, uint64_t now_us)
{
	struct pair_side *s = &m->sides[m->lead];
	int64_t at = (int64_t)m->out.n - s->shift;
	struct beat beat = *pair_run_at(&s->run, at);

	beat.t_us = time_of(m, s, &beat, now_us);
	steer(s, beat.rr_ms);
	pair_run_add(&m->out, &beat);
	m->bearer = m->lead;
	m->next = (uint64_t)at + 1;
	m->hole = false;
	for (unsigned i = 0; i < 2; i++)
		m->sides[i].losses *= exp2(-1.0 / PAIR_MERGE_LATELY);
	m->listener->beat(m->listener->data, &beat);
}

/* --- who leads --------------------------------------------------------------
 */

static void displace(struct pair_side *s)
{
	s->losses += s->placed;
	s->placed = false;
}

static bool better(const struct pair_merge *m, const struct pair_side *s,
                   const struct pair_side *lead)
{
	if (m->out.n - m->since < PAIR_MERGE_HOLD ||
	    ahead(m, s) <= -PAIR_MERGE_LATE)
		return false;
	if (s->counts && !lead->counts)
		return s->losses <= lead->losses;
	return s->losses + 1 < lead->losses;
}

/* Its first beat goes where the last one's time was. */
static void take_over(struct pair_merge *m, unsigned side)
{
	struct pair_side *s = &m->sides[side];
	int64_t last = (int64_t)m->out.n - 1;
	const struct beat *out = pair_run_at(&m->out, last);
	const struct beat *own = pair_run_at(&s->run, last - s->shift);

	s->lag_us = out && own ? (double)out->t_us - (double)own->t_us : 0;
	m->lead = side;
	m->since = m->out.n;
}

static bool should_take_over(const struct pair_merge *m,
                             const struct pair_side *s,
                             const struct pair_side *lead)
{
	if (!sound(s))
		return false;
	return !sound(lead) || ahead(m, s) >= PAIR_MERGE_LATE ||
	       better(m, s, lead);
}

static void go_on(struct pair_merge *m, uint64_t now_us)
{
	for (;;) {
		struct pair_side *lead = &m->sides[m->lead];

		while (lead->placed && speaks(m, m->lead) && ahead(m, lead) > 0)
			hand_out(m, now_us);
		if (!should_take_over(m, other_of(m, m->lead), lead))
			return;
		take_over(m, !m->lead);
		tell_state(m);
	}
}

/* --- behind a hole of both --------------------------------------------------
 */

/* Return: the number of its first beat that surely was not handed out. */
static uint64_t first_new(const struct pair_merge *m, unsigned side)
{
	const struct pair_run *run = &m->sides[side].run;
	uint64_t i = run->from, last_us;

	if (m->out.n == 0)
		return run->n - 1;
	if (side == m->bearer)
		return i > m->next ? i : m->next;
	last_us = m->out.beats[(m->out.n - 1) % PAIR_RUN_MAX].t_us;
	while (i < run->n &&
	       run->beats[i % PAIR_RUN_MAX].t_us <= last_us + PAIR_RUN_APART_US)
		i++;
	return i;
}

static bool may_resume(const struct pair_merge *m, unsigned side)
{
	const struct pair_side *s = &m->sides[side];
	const struct pair_side *lead = &m->sides[m->lead];

	if (!m->begun)
		return s->may_begin;
	if (!s->known || s->placed)
		return false;
	if (side == m->lead)
		return speaks(m, side);
	return s->state == SENSOR_CONNECTED &&
	       (!lead->placed || lead->state != SENSOR_CONNECTED);
}

static void resume(struct pair_merge *m, unsigned side)
{
	struct pair_side *s = &m->sides[side];
	uint64_t first = first_new(m, side);

	if (first >= s->run.n)
		return;
	displace(other_of(m, side));
	m->begun = true;
	m->lead = side;
	m->since = m->out.n;
	tell_hole(m, 0);
	tell_state(m);
	pair_run_break(&m->out);
	s->run.from = first;
	s->known = true;
	s->placed = true;
	s->shift = (int64_t)m->out.n - (int64_t)first;
	s->lag_us = 0;
}

/* --- whether they are one heart ---------------------------------------------
 */

static void seek_place(struct pair_merge *m, struct pair_side *s)
{
	double bits = s->known ? PAIR_MERGE_PLACE_BITS : PAIR_MERGE_SAME_BITS;

	if (!m->begun || s->placed || s->state != SENSOR_CONNECTED ||
	    !pair_run_find(&s->run, &m->out, bits, &s->shift))
		return;
	s->placed = true;
	s->known = true;
}

/* Does its last beat agree with what is known of that place? */
static void compare(struct pair_merge *m, unsigned side)
{
	struct pair_side *s = &m->sides[side], *other = other_of(m, side);
	int64_t last = (int64_t)s->run.n - 1, at = last + s->shift;
	const struct beat *beat = pair_run_at(&s->run, last), *known = NULL;
	struct pair_side *wrong = s;

	if (at < (int64_t)m->out.n) {
		known = pair_run_at(&m->out, at);
	} else if (other->placed) {
		known = pair_run_at(&other->run, at - other->shift);
		if (s->counts != other->counts ? s->counts : side == m->lead)
			wrong = other;
	}
	if (!known || pair_run_equal(beat, known))
		return;
	displace(wrong);
	wrong->run.from = (uint64_t)(at - wrong->shift);
}

/* --- what comes in ----------------------------------------------------------
 */

void pair_merge_beat(struct pair_merge *m, unsigned side, uint64_t now_us,
                     const struct beat *beat)
{
	struct pair_side *s = &m->sides[side];

	pair_run_add(&s->run, beat);
	if (s->placed)
		compare(m, side);
	if (!s->placed)
		seek_place(m, s);
	go_on(m, now_us);
	if (may_resume(m, side)) {
		resume(m, side);
		go_on(m, now_us);
	}
	/* what went out may show the other one its place */
	if (!other_of(m, m->lead)->placed) {
		seek_place(m, other_of(m, m->lead));
		go_on(m, now_us);
	}
	if (!s->known && m->sides[m->lead].placed &&
	    s->strange < PAIR_MERGE_STRANGE)
		s->strange++;
}

void pair_merge_state(struct pair_merge *m, unsigned side, uint64_t now_us,
                      enum sensor_state state, int error)
{
	struct pair_side *s = &m->sides[side];

	s->state = state;
	s->error = error;
	if (state != SENSOR_CONNECTED &&
	    !(state == SENSOR_NO_CONTACT && side == m->lead &&
	      speaks(m, side))) {
		displace(s);
		pair_run_break(&s->run);
	}
	go_on(m, now_us);
	if (side == m->lead)
		tell_state(m);
}

bool pair_merge_known(const struct pair_merge *m)
{
	return m->sides[0].known && m->sides[1].known;
}

bool pair_merge_strange(const struct pair_merge *m)
{
	return !pair_merge_known(m) &&
	       (m->sides[0].strange == PAIR_MERGE_STRANGE ||
	        m->sides[1].strange == PAIR_MERGE_STRANGE);
}
