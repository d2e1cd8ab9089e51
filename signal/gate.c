/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/gate.h"

#include <math.h>

#define BEATS_PER_SPAN 20.0
#define SLOW_COVERAGE  0.9
#define OPEN_S         2.0

static enum quality judge(const struct gate *g, double length_s)
{
	bool many =
		(double)g->accepted >= BEATS_PER_SPAN * length_s / GATE_SPAN_S;

	if (length_s < GATE_MIN_S || !(g->artifact_pct <= GATE_BAD_PCT))
		return QUALITY_BAD;
	if (!many && g->coverage < SLOW_COVERAGE)
		return QUALITY_BAD;
	return many && g->artifact_pct <= GATE_OK_PCT ? QUALITY_OK
	                                              : QUALITY_WEAK;
}

void gate_of(const struct series *s, double from_s, double to_s,
             struct gate *ret)
{
	struct gate g = {.quality = QUALITY_NONE, .artifact_pct = NAN};
	size_t first = series_after(s, from_s), i, n;
	double covered_s = 0.0, last_s = from_s;

	for (i = first; i < s->n; i++) {
		const struct series_beat *b = series_at(s, i);
		double end_s = b->t_s;

		if (end_s > to_s)
			break;
		last_s = end_s;
		g.accepted += b->class == BEAT_OK;
		if (b->class != BEAT_REJECTED) {
			double length_s = b->rr_ms * 1e-3;
			double since_s = end_s - from_s;

			covered_s += length_s < since_s ? length_s : since_s;
		}
	}
	n = i - first;
	if (i < s->n && series_at(s, i)->class != BEAT_REJECTED)
		covered_s += fmax(0.0, to_s - series_start_s(series_at(s, i)));
	else if (i == s->n && n > 0 && to_s - last_s <= OPEN_S)
		to_s = last_s;

	if (n > 0)
		g.artifact_pct = 100.0 * (double)(n - g.accepted) / (double)n;
	if (to_s > from_s)
		g.coverage = fmin(1.0, covered_s / (to_s - from_s));
	if (n > 0)
		g.quality = judge(&g, to_s - from_s);
	*ret = g;
}
