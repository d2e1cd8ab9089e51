/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/pacing.h"

#include <math.h>

#define TOLERANCE       0.1
#define TOLERANCE_BEATS 0.5

void pacing_init(struct pacing *p)
{
	p->first = 0;
	p->n = 0;
}

static const struct pacing_breath *at(const struct pacing *p, size_t i)
{
	return &p->breath[(p->first + i) % PACING_MAX];
}

void pacing_add(struct pacing *p, double t_s, double period_s)
{
	if (p->n == PACING_MAX) {
		p->first = (p->first + 1) % PACING_MAX;
		p->n--;
	}
	p->breath[(p->first + p->n++) % PACING_MAX] = (struct pacing_breath){
		.t_s = t_s,
		.period_s =
			isfinite(period_s) && period_s > 0.0 ? period_s : 0.0,
	};
}

/* Return: the number of breaths begun by @t_s. */
static size_t begun(const struct pacing *p, double t_s)
{
	size_t lo = 0, hi = p->n;

	/* most look as far as now, or a little way back */
	for (size_t back = 1; back <= hi; back *= 2) {
		size_t i = p->n - back;

		if (at(p, i)->t_s <= t_s) {
			lo = i + 1;
			break;
		}
		hi = i;
	}
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (at(p, mid)->t_s > t_s)
			hi = mid;
		else
			lo = mid + 1;
	}
	return lo;
}

double pacing_period(const struct pacing *p, double t_s)
{
	size_t n = begun(p, t_s);

	return n > 0 ? at(p, n - 1)->period_s : 0.0;
}

static double end_of(const struct pacing *p, size_t i)
{
	return i + 1 < p->n ? at(p, i + 1)->t_s
	                    : at(p, i)->t_s + at(p, i)->period_s;
}

size_t pacing_marks(const struct pacing *p, double from_s, double to_s,
                    double *ret, size_t max)
{
	size_t i = begun(p, to_s), n = 0;

	if (i == 0 || max < 2 || at(p, i - 1)->period_s <= 0.0)
		return 0;
	if (end_of(p, i - 1) > to_s)
		i--;
	if (i > 0 && at(p, i - 1)->period_s > 0.0 &&
	    at(p, i - 1)->t_s >= from_s)
		ret[n++] = end_of(p, i - 1);
	for (; n > 0 && i > 0 && n < max; i--) {
		const struct pacing_breath *b = at(p, i - 1);

		if (b->t_s < from_s || b->period_s <= 0.0)
			break;
		ret[n++] = b->t_s;
	}
	for (size_t k = 0; k < n / 2; k++) {
		double kept = ret[k];

		ret[k] = ret[n - 1 - k];
		ret[n - 1 - k] = kept;
	}
	return n;
}

static bool fits(double length_s, double period_s, double beat_s)
{
	double limit_s = fmax(TOLERANCE * period_s, TOLERANCE_BEATS * beat_s);

	return period_s > 0.0 && fabs(length_s - period_s) <= limit_s;
}

enum pacing_fit pacing_fit(const struct pacing *p, const struct breath *b,
                           double beat_s)
{
	size_t n = begun(p, b->start_s + b->length_s / 2.0);

	if (n == 0 || at(p, n - 1)->period_s <= 0.0)
		return PACING_UNPACED;
	if (fits(b->length_s, at(p, n - 1)->period_s, beat_s) ||
	    (n > 1 && fits(b->length_s, at(p, n - 2)->period_s, beat_s)))
		return PACING_FITS;
	return PACING_OFF;
}
