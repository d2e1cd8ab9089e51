/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/headaches.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "diary/date.h"

#define SEED UINT64_C(1)

int headaches_begin(struct headaches *h, int32_t to, int32_t first,
                    size_t n_windows)
{
	*h = (struct headaches){.to = to,
	                        .first = first,
	                        .first_day = DATE_LAST,
	                        .n_windows = n_windows,
	                        .hit6.date = DATE_FIRST - 1,
	                        .midas.date = DATE_FIRST - 1,
	                        .permutation = NAN};
	h->windows = calloc(n_windows, sizeof(*h->windows));
	h->days = calloc(n_windows * HEADACHE_WINDOW, sizeof(*h->days));
	if (first <= to)
		h->marks = calloc((size_t)(to - first) + HEADACHES_SPAN + 1,
		                  sizeof(*h->marks));
	if (!h->windows || !h->days || (first <= to && !h->marks))
		return -ENOMEM;
	for (size_t i = 0; i < n_windows; i++)
		diary_window_begin(&h->windows[i],
		                   to + 1 - (int32_t)(i + 1) * HEADACHE_WINDOW);
	return 0;
}

void headaches_finish(struct headaches *h)
{
	free(h->windows);
	free(h->days);
	free(h->marks);
	*h = (struct headaches){0};
}

static enum headache_day mark_of(const struct diary_day *day)
{
	double ache = day->value[DIARY_HEADACHE];

	return isnan(ache) ? HEADACHE_BLANK
	       : ache != 0 ? HEADACHE_ACHE
	                   : HEADACHE_FREE;
}

static void draw_day(const struct diary_day *day, struct headaches_day *ret)
{
	double worst = day->value[DIARY_WORST];
	struct medicine_days medicine = {0};
	struct diary_window alone;

	diary_window_begin(&alone, day->date);
	diary_window_add(&alone, day);
	medicine_add(&medicine, day);
	*ret = (struct headaches_day){
		.mark = mark_of(day),
		.worst = isnan(worst) ? HEADACHES_UNSAID : (uint8_t)worst,
		.rated = alone.rated > 0,
		.moderate = alone.moderate > 0,
		.migraine = alone.migraine > 0,
		.medicine = medicine.any > 0,
	};
}

static struct headaches_medicine *named(struct headaches *h,
                                        const struct diary_medicine *m)
{
	struct headaches_medicine *x = h->medicines;

	for (size_t i = 0; i < h->n_medicines; i++, x++)
		if (strcasecmp(x->name, m->name) == 0)
			return x;
	if (h->n_medicines == HEADACHES_MEDICINES)
		return NULL;
	h->n_medicines++;
	memcpy(x->name, m->name, sizeof(x->name));
	x->class = m->class;
	x->last = DATE_FIRST - 1;
	return x;
}

/* Days, not doses. */
static void name_medicines(struct headaches *h, const struct diary_day *day,
                           size_t window)
{
	for (size_t i = 0; i < day->n_medicines; i++) {
		struct headaches_medicine *m = named(h, &day->medicines[i]);

		if (!m || m->last == day->date)
			continue;
		m->days[window]++;
		m->last = day->date;
	}
}

static int by_days(const void *a, const void *b)
{
	const struct headaches_medicine *x = a, *y = b;

	for (size_t i = 0; i < HEADACHES_RECENT; i++)
		if (x->days[i] != y->days[i])
			return x->days[i] < y->days[i] ? 1 : -1;
	return strcmp(x->name, y->name);
}

static void take_score(const struct diary_day *day, enum diary_field field,
                       struct headaches_score *last)
{
	if (isnan(day->value[field]) || day->date < last->date)
		return;
	last->date = day->date;
	last->value = (int)day->value[field];
}

const char *headaches_hit6_words(int sum)
{
	return sum <= 49   ? "little or no impact"
	       : sum <= 55 ? "some impact"
	       : sum <= 59 ? "substantial impact"
	                   : "severe impact";
}

const char *headaches_midas_words(int days)
{
	return days <= 5    ? "grade I"
	       : days <= 10 ? "grade II"
	       : days <= 20 ? "grade III"
	                    : "grade IV";
}

int headaches_add(void *data, const struct diary_day *day)
{
	struct headaches *h = data;
	size_t n_days = h->n_windows * HEADACHE_WINDOW, ago;
	int32_t marked = h->first - HEADACHES_SPAN;

	if (day->date > h->to)
		return 0;
	ago = (size_t)(h->to - day->date);
	take_score(day, DIARY_HIT6, &h->hit6);
	take_score(day, DIARY_MIDAS, &h->midas);
	h->medicine_kept |= day->n_medicines > 0;
	if (day->date < h->first_day)
		h->first_day = day->date;
	if (ago < n_days) {
		diary_window_add(&h->windows[ago / HEADACHE_WINDOW], day);
		draw_day(day, &h->days[n_days - 1 - ago]);
	}
	if (ago < HEADACHES_RECENT * HEADACHE_WINDOW)
		name_medicines(h, day, ago / HEADACHE_WINDOW);
	if (h->marks && day->date >= marked)
		h->marks[day->date - marked] = mark_of(day);
	return 0;
}

static int32_t later(int32_t a, int32_t b)
{
	return a > b ? a : b;
}

/* Whole weeks up to the first session, and from it on. */
void headaches_compare(struct headaches *h)
{
	int32_t marked = h->first - HEADACHES_SPAN, before, after;
	const enum headache_day *a, *b;

	qsort(h->medicines, h->n_medicines, sizeof(h->medicines[0]), by_days);
	if (!h->marks)
		return;
	before = later(marked, h->first_day);
	after = later(h->first, h->to + 1 - HEADACHES_SPAN);
	h->n_before =
		before < h->first ? (size_t)(h->first - before) / 7 * 7 : 0;
	h->n_after = (size_t)(h->to + 1 - after) / 7 * 7;
	h->before_from = h->first - (int32_t)h->n_before;
	h->after_from = h->to + 1 - (int32_t)h->n_after;
	a = h->marks + (h->before_from - marked);
	b = h->marks + (h->after_from - marked);
	headache_compare(a, h->n_before, b, h->n_after, &h->change);
	if (!isnan(h->change.low))
		h->permutation = headache_permutation(a, h->n_before, b,
		                                      h->n_after, SEED);
}
