/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "diary/many.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "diary/date.h"

struct packed {
	int64_t entered_s;
	double value[DIARY_FIELDS];
	size_t n_medicines, len;
	/* of each medicine class, worked, minute, name and dose; then the note;
	   texts with their ends */
	char bytes[];
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
	return sizeof(*p) + p->len;
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

static char *put_text(char *to, const char *text)
{
	return stpcpy(to, text) + 1;
}

static const char *take_text(const char *from, char *ret)
{
	return from + (stpcpy(ret, from) - ret) + 1;
}

static char *put_medicine(char *to, const struct diary_medicine *m)
{
	*to++ = (char)m->class;
	*to++ = (char)m->worked;
	memcpy(to, &m->minute, sizeof(m->minute));
	return put_text(put_text(to + sizeof(m->minute), m->name), m->dose);
}

static const char *take_medicine(const char *from, struct diary_medicine *ret)
{
	ret->class = (enum diary_class) * from++;
	ret->worked = (signed char)*from++;
	memcpy(&ret->minute, from, sizeof(ret->minute));
	from = take_text(from + sizeof(ret->minute), ret->name);
	return take_text(from, ret->dose);
}

static size_t length_of(const struct diary_day *day)
{
	size_t len = strlen(day->note) + 1;

	for (size_t i = 0; i < day->n_medicines; i++) {
		const struct diary_medicine *m = &day->medicines[i];

		len += 2 + sizeof(m->minute) + strlen(m->name) + 1 +
		       strlen(m->dose) + 1;
	}
	return len;
}

bool many_get(const struct many *m, int32_t date, struct diary_day *ret)
{
	const struct packed *p = m->days[place_of(date)];
	const char *at;

	if (!p)
		return false;
	diary_blank(ret, date, p->entered_s);
	memcpy(ret->value, p->value, sizeof(ret->value));
	at = p->bytes;
	for (size_t i = 0; i < p->n_medicines; i++)
		at = take_medicine(at, &ret->medicines[i]);
	ret->n_medicines = p->n_medicines;
	(void)take_text(at, ret->note);
	return true;
}

int many_put(struct many *m, const struct diary_day *day)
{
	size_t len = length_of(day);
	struct packed *p = malloc(sizeof(*p) + len);
	char *at;

	if (!p)
		return -ENOMEM;
	p->entered_s = day->entered_s;
	p->n_medicines = day->n_medicines;
	p->len = len;
	memcpy(p->value, day->value, sizeof(p->value));
	at = p->bytes;
	for (size_t i = 0; i < day->n_medicines; i++)
		at = put_medicine(at, &day->medicines[i]);
	(void)put_text(at, day->note);
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
