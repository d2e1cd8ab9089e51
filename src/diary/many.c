/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "diary/many.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "diary/date.h"

struct packed {
	int64_t entered_s;
	double value[DIARY_FIELDS];
	size_t n_medicines, note_len;
	/* as many as there are; behind them the note, without its end */
	struct diary_medicine medicines[];
};

struct many {
	size_t bytes, n;
	struct packed *days[]; /* by date; NULL: not there */
};

int many_create(struct many **ret, int32_t last)
{
	size_t n = last < DATE_FIRST ? 0 : (size_t)(last - DATE_FIRST) + 1;
	struct many *m = calloc(1, sizeof(*m) + n * sizeof(m->days[0]));

	if (!m)
		return -ENOMEM;
	m->n = n;
	*ret = m;
	return 0;
}

static size_t size_of(const struct packed *p)
{
	return sizeof(*p) + p->n_medicines * sizeof(p->medicines[0]) +
	       p->note_len;
}

static void forget(struct many *m, size_t at)
{
	if (m->days[at])
		m->bytes -= size_of(m->days[at]);
	free(m->days[at]);
	m->days[at] = NULL;
}

struct many *many_destroy(struct many *m)
{
	for (size_t i = 0; m && i < m->n; i++)
		free(m->days[i]);
	free(m);
	return NULL;
}

static size_t place_of(int32_t date)
{
	return (size_t)(date - DATE_FIRST);
}

bool many_get(const struct many *m, int32_t date, struct diary_day *ret)
{
	const struct packed *p = m->days[place_of(date)];

	if (!p)
		return false;
	diary_blank(ret, date, p->entered_s);
	memcpy(ret->value, p->value, sizeof(ret->value));
	memcpy(ret->medicines, p->medicines,
	       p->n_medicines * sizeof(p->medicines[0]));
	ret->n_medicines = p->n_medicines;
	memcpy(ret->note, p->medicines + p->n_medicines, p->note_len);
	ret->note[p->note_len] = '\0';
	return true;
}

int many_put(struct many *m, const struct diary_day *day)
{
	size_t note_len = strlen(day->note);
	size_t medicines = day->n_medicines * sizeof(day->medicines[0]);
	struct packed *p = malloc(sizeof(*p) + medicines + note_len);

	if (!p)
		return -ENOMEM;
	p->entered_s = day->entered_s;
	p->n_medicines = day->n_medicines;
	p->note_len = note_len;
	memcpy(p->value, day->value, sizeof(p->value));
	memcpy(p->medicines, day->medicines, medicines);
	memcpy(p->medicines + p->n_medicines, day->note, note_len);
	forget(m, place_of(day->date));
	m->days[place_of(day->date)] = p;
	m->bytes += size_of(p);
	return 0;
}

size_t many_bytes(const struct many *m)
{
	return m->bytes;
}

int many_drain(struct many *m,
               int (*each)(void *data, const struct diary_day *day), void *data)
{
	struct diary_day day;
	int r = 0;

	for (size_t i = 0; r == 0 && i < m->n; i++) {
		if (!many_get(m, DATE_FIRST + (int32_t)i, &day))
			continue;
		forget(m, i);
		r = each(data, &day);
	}
	return r;
}
