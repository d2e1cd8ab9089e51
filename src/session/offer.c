/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A minute of breathing is offered at the end of a short break, where the
 * heart beats faster than at its beginning. Source: reference/content.md G,
 * desk_reset.
 */
#include <math.h>

#include "session/rules.h"

#define OFFER_BPM 8.0 /* more than so much over the first window */

static bool compared_with(const struct session *s, int n)
{
	for (size_t i = 0; i < s->routine->n_steps; i++)
		if (s->routine->steps[i].offer == n)
			return true;
	return false;
}

void offer_note(struct session *s)
{
	struct facts f;

	if (!compared_with(s, steps_now(s)->n))
		return;
	listen_facts(s, &f);
	if (!listen_unheard(s, &f))
		s->offer_from_bpm = f.span.median_hr_bpm;
}

bool offer_due(const struct session *s, const struct facts *f)
{
	return steps_now(s)->offer > 0 && s->start.settings.ask &&
	       !s->closed_rule &&
	       f->span.median_hr_bpm - s->offer_from_bpm > OFFER_BPM;
}

void offer_make(struct session *s, const struct facts *f)
{
	s->offered = true;
	machine_decide(s, 10, "offer",
	               FIGURES({"hr_bpm", f->span.median_hr_bpm},
	                       {"first_bpm", s->offer_from_bpm},
	                       {"step", steps_now(s)->n}));
}
