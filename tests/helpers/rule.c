/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/rule.h"

#include "tests/helpers/test.h"

struct play *rule_at_step(int sessions, int n)
{
	struct play *p = play_create(sessions);
	const struct calm_baseline rest = {
		.hr_bpm = 70, .hr_s = 2, .ln_rmssd = 3, .ln_s = 0.2};

	p->heart.rsa_bpm = 1;
	p->heart.noise_ms = 2;
	p->start.settings.from_step = n;
	play_begin(p);
	play_until(p, 1.5);
	assert_int_equal(steps_now(p->session)->n, n);
	if (n > 1) { /* as if step 1 had measured */
		calm_set_baseline(&p->session->calm, &rest);
		p->session->recheck = true;
		p->session->breath.follow_left = 0;
	}
	p->session->ear.heard = true;
	/* the 45 s of R13 are over, and no clock runs yet */
	p->session->adapted_us = MACHINE_NEVER;
	coach_open(p->session);
	/* long since; before the session's begin the clock wraps */
	p->session->still_us = p->session->now_us - 100 * MACHINE_S;
	p->session->word_us = p->session->still_us;
	return p;
}

struct estimate rule_good(const struct play *p)
{
	struct estimate e;

	estimate_none(&e, p->session->now_us);
	e.quality = QUALITY_OK;
	e.hr_bpm = p->session->calm.baseline.hr_bpm;
	e.calm = 50;
	e.hr_slope = 0;
	e.adherence = e.follow = 1;
	return e;
}

size_t rule_hold(struct play *p, double seconds, const struct estimate *e)
{
	size_t from = p->n;

	for (int k = 0; k <= (int)seconds; k++) {
		p->session->estimate = *e;
		p->session->ear.last_beat_us = p->session->now_us;
		coach_act(p->session, MOMENT_TICK);
		if (k < (int)seconds)
			p->session->now_us += MACHINE_S;
	}
	p->heart_us = p->session->now_us;
	return from;
}

bool rule_next_is_slower(struct play *p)
{
	struct session *s = p->session;
	double before = s->breath.period_s;

	s->breath.follow_left = 0;
	s->breath.slower = 4;
	s->estimate = rule_good(p);
	s->now_us = s->breath.ends_us;
	breath_boundary(s);
	return s->breath.period_s > before;
}

struct facts rule_seen(double before, double now)
{
	return (struct facts){.span = {.quality = QUALITY_OK,
	                               .mean_hr_bpm = 70,
	                               .hr_slope = 0},
	                      .calm = now,
	                      .before = before,
	                      .before_that = before,
	                      .first_bpm = 70,
	                      .last_bpm = 70};
}
