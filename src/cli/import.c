/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/import.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/date.h"
#include "base/utf8.h"
#include "cli/analyze_run.h"
#include "cli/out.h"
#include "cli/past.h"
#include "player/bring.h"
#include "session/session.h"

/* In one transaction: a daemon that wants to write waits no longer. */
#define BATCH 64
/* Of a file: the store's reader holds it whole. */
#define NAME_BYTES 201

struct import {
	struct analyze_plan plan;
	struct store *store;
	struct store_bring *bring;
	const char *date;
	int64_t now_s;
	json_t *rows; /* NULL: told in words */
	unsigned long brought, there, failed;
	bool broken; /* the store: nothing more is tried */
};

/* Whole characters of UTF-8, as JSON will have them; a `?` for what is none. */
static void copy_utf8(char *ret, size_t len, const char *text)
{
	size_t n = 0;

	while (*text) {
		size_t one = utf8_length(text);

		if (n + (one ? one : 1) >= len)
			break;
		if (one)
			memcpy(ret + n, text, one);
		else
			ret[n] = '?';
		n += one ? one : 1;
		text += one ? one : 1;
	}
	ret[n] = '\0';
}

static void tell(struct import *m, const struct analyze_result *r, int64_t id,
                 bool was_there)
{
	const struct analysis *a = r->at;
	char name[4096];

	if (m->rows) {
		copy_utf8(name, sizeof(name), r->path);
		json_array_append_new(
			m->rows, json_pack("{ss sI sb ss sI}", "file", name,
		                           "session", (json_int_t)id, "new",
		                           !was_there, "format", a->format,
		                           "beats", (json_int_t)a->hrv.beats));
		return;
	}
	out_plain(name, sizeof(name), analyze_input_name(r->path));
	if (was_there)
		printf("%s: is in the store already: session %lld\n", name,
		       (long long)id);
	else
		printf("%s: %s, %zu beats: session %lld\n", name, a->format,
		       a->hrv.beats, (long long)id);
}

static void name_of(const struct analyze_result *r, char *ret, size_t len)
{
	const char *slash = strrchr(r->path, '/');
	char plain[NAME_BYTES];

	copy_utf8(plain, sizeof(plain), slash ? slash + 1 : r->path);
	snprintf(ret, len, "file:%s", plain);
}

/* As the person says, or else the file. */
static void find_start(const struct import *m, const struct analyze_result *r,
                       char *ret, size_t len)
{
	if (m->date)
		snprintf(ret, len, "%s", m->date);
	else if (bring_start(&r->kept.rr.start, m->now_s, ret, len) < 0)
		out_fail("import: %s: it says that it begins at a time yet to "
		         "come: kept without one: say it with --date",
		         analyze_input_name(r->path));
}

/* Return: 0; -EEXIST; or errno, told. */
static int put_beats(struct import *m, const struct analyze_result *r,
                     int64_t *ret_id)
{
	const struct analyze_kept *k = &r->kept;
	struct journal_beats_error error;
	char name[256], start[40];
	int status;

	if (k->session) {
		status = bring_session(m->bring, k->text, k->len, m->now_s,
		                       ret_id, &error);
		if (status == -EBADMSG)
			out_fail("import: %s:%u: %s",
			         analyze_input_name(r->path), error.line,
			         error.why.what);
	} else {
		name_of(r, name, sizeof(name));
		find_start(m, r, start, sizeof(start));
		status = bring_recording(m->bring, &k->rr, name, r->at->format,
		                         start, ret_id);
	}
	if (status < 0 && status != -EEXIST && status != -EBADMSG) {
		out_fail("import: %s", store_message(m->store));
		m->broken = true;
	}
	return status;
}

static int put_figures(struct import *m, const struct analyze_result *r,
                       int64_t id)
{
	struct text x = {0};
	char *line = NULL;
	int status;

	analyze_fields_kept(&x, r->at);
	status = text_take(&x, &line);
	if (status == 0)
		status =
			store_bring_figures(m->bring, id, SESSION_ENGINE, line);
	free(line);
	if (status < 0) {
		out_fail("import: %s", store_message(m->store));
		m->broken = true;
	}
	return status;
}

static void take(void *data, const struct analyze_result *r)
{
	struct import *m = data;
	int64_t id = 0;
	int status = r->status;

	if (m->broken)
		return;
	if (status < 0)
		out_fail("import: %s", r->error.text);
	else
		status = put_beats(m, r, &id);
	if (status == 0)
		status = put_figures(m, r, id);
	if (status == 0 || status == -EEXIST)
		tell(m, r, id, status == -EEXIST);
	m->brought += status == 0;
	m->there += status == -EEXIST;
	m->failed += status < 0 && status != -EEXIST;
	if (!m->broken && m->brought % BATCH == 0 &&
	    store_bring_commit(m->bring) < 0) {
		out_fail("import: %s", store_message(m->store));
		m->broken = true;
	}
}

static int finish(struct import *m)
{
	if (!m->broken && store_bring_finish(m->bring) < 0)
		return out_fail("import: %s", store_message(m->store));
	if (m->broken)
		return OUT_FAILED;
	if (m->rows)
		out_json(json_incref(m->rows));
	else if (m->plan.n > 1)
		printf("%lu brought in, %lu were there already, %lu could not "
		       "be read\n",
		       m->brought, m->there, m->failed);
	return m->failed ? OUT_FAILED : OUT_DONE;
}

static int import(struct import *m)
{
	struct out_bar bar;
	int r;

	if (store_bring_create(&m->bring, m->store) < 0)
		return out_fail("import: %s", store_message(m->store));
	out_bar_init(&bar, stderr);
	r = analyze_run_all(&m->plan, take, m, &bar);
	out_bar_clear(&bar, stderr);
	if (r < 0)
		return out_fail("import: %s: close other programs",
		                strerror(-r));
	return finish(m);
}

static bool check_date(const struct import *m)
{
	int64_t start_s;

	if (m->plan.n > 1 || date_read(m->date, &start_s) < 0)
		out_fail("import: --date: expected one file, and a date like "
		         "2026-11-22T21:05:00+01:00");
	else if (start_s > m->now_s)
		out_fail("import: --date: %.40s: that is yet to come", m->date);
	else
		return true;
	return false;
}

int import_run(const struct command *c, int argc, char **argv)
{
	struct import m = {
		.now_s = time(NULL),
		.plan = {.keep = true,
	                 .settings = {.from_s = NAN,
	                              .to_s = NAN,
	                              .window_s = NAN,
	                              .step_s = NAN}},
	};
	struct opt_args args = {0};
	bool json = false;
	const struct opt opts[] = {
		{"date", OPT_TEXT, &m.date, "ISO",
	         "when a recording began, as 2026-11-22T21:05:00+01:00; "
	         "else as FIT and HRV Logger files say",
	         0, 0},
		{"json", OPT_FLAG, &json, NULL, "as JSON", 0, 0},
		{0},
	};
	int status = opt_start(c, opts, argc, argv, &args);

	if (status >= 0)
		return status;
	m.plan.path = args.at;
	m.plan.n = args.n;
	if (m.date && !check_date(&m))
		return OUT_USAGE;
	status = past_open(&m.store, STORE_WRITE, c->name);
	if (status >= 0)
		return status;
	m.rows = json ? json_array() : NULL;
	status = import(&m);
	json_decref(m.rows);
	store_bring_destroy(m.bring);
	store_close(m.store);
	return status;
}
