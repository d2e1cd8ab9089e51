/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/change.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "diary/date.h"
#include "store/before.h"

/* --- what compares ----------------------------------------------------------
 */

static enum change_part part_of(int hour)
{
	return hour < 5    ? CHANGE_NIGHT
	       : hour < 12 ? CHANGE_MORNING
	       : hour < 18 ? CHANGE_AFTERNOON
	                   : CHANGE_EVENING;
}

/* `2026-11-22T21:05:00+01:00`, as the clock on the wall had it. */
bool change_when(const char *start, int32_t *ret_date, enum change_part *ret)
{
	int year, month, day, hour;

	if (sscanf(start, "%4d-%2d-%2dT%2d:", &year, &month, &day, &hour) !=
	            4 ||
	    date_of(year, month, day, ret_date) < 0)
		return false;
	*ret = part_of(hour);
	return true;
}

struct alike {
	const struct store_session *of;
	enum change_part part;
	int32_t date;
	int64_t from_s;
	struct change_norms norms;
};

static int take_alike(void *data, const struct store_session *row)
{
	struct alike *a = data;
	enum change_part part;
	int64_t start_s;
	int32_t date;

	if (date_read(row->start, &start_s) < 0 || start_s < a->from_s)
		return 0;
	if (row->simulated != a->of->simulated ||
	    strcmp(row->routine, a->of->routine) != 0 ||
	    !before_alike(row, a->of) ||
	    !change_when(row->start, &date, &part) || part != a->part ||
	    date > a->date || (date == a->date && row->id >= a->of->id))
		return 0;
	change_norm(&a->norms, row);
	return a->norms.n == CHANGE_NORMS;
}

int change_band_before(struct store *s, const struct store_session *row,
                       int64_t from_s, struct change_band *ret)
{
	struct alike a = {.of = row, .from_s = from_s};
	int64_t start_s;
	int r = 0;

	if (change_when(row->start, &a.date, &a.part) &&
	    date_read(row->start, &start_s) == 0)
		r = store_sessions_to(s, start_s, row->id, take_alike, &a);
	if (r < 0)
		return r;
	change_band_of(&a.norms, ret);
	return 0;
}

/* --- the band ---------------------------------------------------------------
 */

void change_norm(struct change_norms *n, const struct store_session *row)
{
	unsigned at = n->n % CHANGE_NORMS;

	if (!(row->hr_before > 0 && row->rmssd_before > 0))
		return;
	n->hr_bpm[at] = row->hr_before;
	n->ln_rmssd[at] = log(row->rmssd_before);
	n->n++;
}

/* Of a ring whose oldest value is at @first. */
static double typical_error(const double *value, unsigned first, unsigned n)
{
	double squares = 0, sum = 0;

	for (unsigned i = 1; i < n; i++) {
		double step = value[(first + i) % CHANGE_NORMS] -
		              value[(first + i - 1) % CHANGE_NORMS];

		sum += step;
		squares += step * step;
	}
	squares -= sum * sum / (n - 1);
	return sqrt(fmax(0, squares / (n - 2)) / 2);
}

void change_band_of(const struct change_norms *norms, struct change_band *ret)
{
	unsigned n = norms->n < CHANGE_NORMS ? norms->n : CHANGE_NORMS;
	unsigned first = norms->n < CHANGE_NORMS ? 0 : norms->n % CHANGE_NORMS;

	*ret = (struct change_band){CHANGE_HR_BPM, CHANGE_RMSSD_PCT, 0};
	if (n < CHANGE_LEAST)
		return;
	ret->of = n;
	ret->hr_bpm =
		fmax(CHANGE_HR_BPM, typical_error(norms->hr_bpm, first, n));
	ret->rmssd_pct =
		fmax(CHANGE_RMSSD_PCT,
	             100 * expm1(typical_error(norms->ln_rmssd, first, n)));
}

void change_of(const struct store_session *row, const struct change_band *band,
               struct change *ret)
{
	double hr = row->hr_before - row->hr_after;
	double pct = 100 * (row->rmssd_after / row->rmssd_before - 1);

	if (!isfinite(pct))
		pct = NAN;
	*ret = (struct change){
		.hr_slower_bpm = hr,
		.rmssd_pct = pct,
		.hr_clear = fabs(hr) > band->hr_bpm,
		.rmssd_clear = fabs(pct) > band->rmssd_pct,
		.band = *band,
	};
}

void change_hr_words(const struct change *c, char *ret, size_t len)
{
	double bpm = c->hr_slower_bpm;

	if (isnan(bpm))
		snprintf(ret, len, "%s", "");
	else if (!c->hr_clear)
		snprintf(ret, len, "no clear change (within +-%.2g bpm)",
		         c->band.hr_bpm);
	else
		snprintf(ret, len, "%.1f bpm %s", fabs(bpm),
		         bpm > 0 ? "slower" : "faster");
}

void change_rmssd_words(const struct change *c, char *ret, size_t len)
{
	if (isnan(c->rmssd_pct))
		snprintf(ret, len, "%s", "");
	else if (!c->rmssd_clear)
		snprintf(ret, len, "no clear change (within +-%.0f %%)",
		         c->band.rmssd_pct);
	else
		snprintf(ret, len, "%.0f %% %s", fabs(c->rmssd_pct),
		         c->rmssd_pct > 0 ? "higher" : "lower");
}
