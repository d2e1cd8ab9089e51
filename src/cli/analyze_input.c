/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/analyze_input.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/recording.h"
#include "player/derive.h"
#include "player/journal_beats.h"

/* Ends are sums of decimal figures: a microsecond is as exact as they are. */
#define SLACK_S 1e-6

const char *analyze_input_name(const char *path)
{
	return strcmp(path, "-") == 0 ? "standard input" : path;
}

static int parse_journal(const char *path, const char *bytes, size_t len,
                         struct rr *ret, struct error *error)
{
	struct journal_beats_error why = {0};
	int r = journal_beats_parse(bytes, len, ret, &why);

	if (r < 0 && why.line > 0)
		error_set(error, "%s:%u: %s", analyze_input_name(path),
		          why.line, why.why.what);
	else if (r < 0)
		error_set(error, "%s: %s", analyze_input_name(path),
		          why.why.what);
	return r;
}

/* @r: 0 is no error. Return: @r */
static int explain(const char *path, int r, const struct load_error *why,
                   struct error *error)
{
	if (r == 0)
		return 0;
	if (why->line > 0)
		error_set(error, "%s:%u: %s", analyze_input_name(path),
		          why->line, why->reason);
	else if (why->byte > 0)
		error_set(error, "%s: byte %u: %s", analyze_input_name(path),
		          why->byte, why->reason);
	else if (r == -EBADMSG || r == -ENODATA || r == -EFBIG ||
	         r == -EINVAL || r == -EPROTONOSUPPORT)
		error_set(error, "%s: %s", analyze_input_name(path),
		          why->reason);
	else
		error_set(error, "%s: %s: %s", analyze_input_name(path),
		          why->reason, strerror(-r));
	return r;
}

void analyze_kept_finish(struct analyze_kept *k)
{
	rr_finish(&k->rr);
	free(k->text);
	*k = (struct analyze_kept){.text = NULL};
}

static int parse(const char *path, struct analyze_kept *k,
                 const char **ret_format, struct error *error)
{
	struct load_error why = {0};
	int r = load_input(path, &k->text, &k->len, &why);

	if (r < 0)
		return explain(path, r, &why, error);
	k->session = journal_beats_is(k->text, k->len);
	if (k->session) {
		*ret_format = "session";
		return parse_journal(path, k->text, k->len, &k->rr, error);
	}
	*ret_format =
		recording_format_name(recording_format_of(k->text, k->len));
	return explain(path, recording_parse(k->text, k->len, &k->rr, &why),
	               &why, error);
}

int analyze_input_read(const char *path, struct arena *a,
                       struct analyze_input *ret, struct analyze_kept *ret_kept,
                       struct error *error)
{
	struct analyze_kept k = {.text = NULL};
	int r;

	error_set(error, "%s: out of memory: close other programs",
	          analyze_input_name(path));
	r = parse(path, &k, &ret->format, error);
	if (r == 0)
		r = derive_place(&k.rr, a, &ret->nn);
	if (r < 0 || !ret_kept)
		analyze_kept_finish(&k);
	else
		*ret_kept = k;
	return r;
}

/* The first interval that ends behind @t_s; nn->n if none does. */
static size_t first_after(const struct nn *nn, double t_s)
{
	size_t first = 0, end = nn->n;

	while (first < end) {
		size_t middle = first + (end - first) / 2;

		if (nn->t_s[middle] > t_s)
			end = middle;
		else
			first = middle + 1;
	}
	return first;
}

struct nn analyze_input_cut(const struct nn *nn, double from_s, double to_s)
{
	size_t first = first_after(nn, from_s);
	size_t end = first_after(nn, to_s + SLACK_S);

	while (first < end &&
	       nn->t_s[first] - nn->rr_ms[first] * 1e-3 < from_s - SLACK_S)
		first++;
	if (end < first)
		end = first;
	return (struct nn){
		.t_s = nn->t_s + first,
		.rr_ms = nn->rr_ms + first,
		.joined = nn->joined ? nn->joined + first : NULL,
		.n = end - first,
	};
}
