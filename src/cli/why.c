/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/why.h"

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/out.h"

static const char *const rules[] = {
	[1] = "signal gate",     [2] = "baseline at rest",
	[3] = "start",           [4] = "walk to slower breathing",
	[5] = "meet the person", [6] = "extend",
	[7] = "enough",          [8] = "back off",
	[9] = "the person wins", [10] = "listening window",
	[11] = "attack mode",    [12] = "hands away",
	[13] = "time",           [14] = "without the sensor",
	[15] = "note",
};

const char *why_rule(int rule)
{
	return rule > 0 && rule < (int)(sizeof(rules) / sizeof(rules[0]))
	               ? rules[rule]
	               : NULL;
}

/* Text that grows within its bounds. */
struct text {
	char *at;
	size_t len, n;
};

__attribute__((format(printf, 2, 3))) static void add(struct text *t,
                                                      const char *format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(t->at + t->n, t->len - t->n, format, ap);
	va_end(ap);
	if (n > 0)
		t->n += (size_t)n < t->len - t->n ? (size_t)n
		                                  : t->len - t->n - 1;
}

void why_step(const struct routine *r, int n, char *ret, size_t len)
{
	int i = r ? routine_step(r, n) : -1;
	const struct technique *t =
		i < 0 ? NULL : routine_technique(r, &r->steps[i]);
	char name[128];

	if (i < 0) {
		snprintf(ret, len, "step %d", n);
		return;
	}
	out_plain(name, sizeof(name), t ? t->name : "breathing");
	snprintf(ret, len, "step %d (%s)", n, name);
}

static double figure(const struct event *e, const char *key, size_t len)
{
	for (size_t i = 0; i < e->decision.n; i++)
		if (strlen(e->decision.because[i].key) == len &&
		    strncmp(e->decision.because[i].key, key, len) == 0)
			return e->decision.because[i].value;
	return NAN;
}

static const char *rest_of(const char *what)
{
	const char *space = strchr(what, ' ');

	return space ? space + 1 : "";
}

/* One {...} at @at; returns what is behind it, says whether it was had. */
static const char *place(const struct event *e, const struct routine *r,
                         const char *at, struct text *t, bool *had)
{
	const char *end = strchr(at, '}');
	size_t key = strcspn(at, ".}");
	const char *form = at[key] == '.' ? at + key + 1 : "0";
	char text[192];
	double value;

	if (*at == '*') {
		out_plain(text, sizeof(text), rest_of(e->decision.what));
		if (!*text)
			*had = false;
		for (char *c = text; *c; c++)
			if (*c == '_')
				*c = ' ';
		add(t, "%s", text);
		return end + 1;
	}
	value = figure(e, at, key);
	if (!isfinite(value))
		*had = false;
	if (strncmp(form, "step", 4) == 0 && isfinite(value))
		why_step(r, (int)value, text, sizeof(text));
	else if (strncmp(form, "pct", 3) == 0)
		out_number(text, sizeof(text), 100 * value, 0);
	else
		out_number(text, sizeof(text), value, form[0] - '0');
	add(t, "%s", text);
	return end + 1;
}

/* Behind the `|` or `]` that ends an alternative begun before @at. */
static const char *skip_to(const char *at, const char *ends)
{
	at += strcspn(at, ends);
	return *at ? at + 1 : at;
}

static void fill(const struct event *e, const struct routine *r, const char *at,
                 struct text *t)
{
	bool had = true;
	size_t group = 0;

	while (*at) {
		switch (*at) {
		case '[':
			group = t->n;
			had = true;
			at++;
			break;
		case '|':
		case ']':
			if (!had)
				t->at[t->n = group] = '\0';
			at = *at == ']' || !had ? at + 1 : skip_to(at, "]");
			had = true;
			break;
		case '{':
			at = place(e, r, at + 1, t, &had);
			break;
		default:
			add(t, "%c", *at++);
			break;
		}
	}
}

/* What the table does not know: its own words and figures. */
static void tell_plain(const struct event *e, struct text *t)
{
	char word[128], number[32];

	out_plain(word, sizeof(word), e->decision.what);
	for (char *c = word; *c; c++)
		if (*c == '_')
			*c = ' ';
	add(t, "%s", word);
	for (size_t i = 0; i < e->decision.n; i++) {
		const struct event_figure *f = &e->decision.because[i];

		out_plain(word, sizeof(word), f->key);
		out_number(number, sizeof(number), f->value, 2);
		add(t, "%s %s %s", i ? "," : ":", word, number);
	}
}

static const struct why_sentence *find(const struct event *e)
{
	size_t word = strcspn(e->decision.what, " ");

	for (size_t i = 0; i < why_n_sentences; i++) {
		const struct why_sentence *s = &why_sentences[i];

		if (s->rule == e->decision.rule && strlen(s->what) == word &&
		    strncmp(s->what, e->decision.what, word) == 0)
			return s;
	}
	return NULL;
}

void why_tell(const struct event *decision, const struct routine *r, char *ret,
              size_t len)
{
	const struct why_sentence *s = find(decision);
	struct text t = {.at = ret, .len = len};

	if (!len)
		return;
	ret[0] = '\0';
	if (s)
		fill(decision, r, s->text, &t);
	else
		tell_plain(decision, &t);
	add(&t, " [R%d]", decision->decision.rule);
}
