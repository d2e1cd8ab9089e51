/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "player/derive.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "player/journal_beats.h"
#include "session/session.h"
#include "store/bring.h"
#include "store/figures.h"

int derive_place(const struct rr *rr, struct arena *a, struct nn *ret)
{
	double *t_s = arena_take(a, rr->n, sizeof(*t_s));
	double *rr_ms = arena_take(a, rr->n, sizeof(*rr_ms));
	bool *joined = arena_take(a, rr->n, sizeof(*joined));
	bool broken = false;

	if (!t_s || !rr_ms || !joined)
		return -ENOMEM;
	for (size_t i = 0; i < rr->n; i++) {
		const struct rr_interval *at = &rr->intervals[i];

		t_s[i] = (double)at->t_us * 1e-6;
		rr_ms[i] = at->rr_ms;
		joined[i] = !at->gap;
		broken |= i > 0 && at->gap;
	}
	*ret = (struct nn){.t_s = t_s,
	                   .rr_ms = rr_ms,
	                   .joined = broken ? joined : NULL,
	                   .n = rr->n};
	return 0;
}

/* --- stored beats -----------------------------------------------------------
 */

static int of_recording(struct store *s, int64_t id, struct rr *ret)
{
	struct store_beat *beats = NULL;
	struct rr rr = {0};
	int r = store_beats(s, id, &beats, &rr.n);

	if (r < 0)
		return r;
	rr.intervals = calloc(rr.n + 1, sizeof(*rr.intervals));
	for (size_t i = 0; rr.intervals && i < rr.n; i++)
		rr.intervals[i] =
			(struct rr_interval){beats[i].t_us, beats[i].rr_ms,
		                             beats[i].rr_ticks, beats[i].gap};
	free(beats);
	if (!rr.intervals)
		return -ENOMEM;
	*ret = rr;
	return 0;
}

static int add_line(void *data, const char *line, size_t len)
{
	return fwrite(line, 1, len, data) == len && putc('\n', data) != EOF
	               ? 0
	               : -ENOMEM;
}

static int of_session(struct store *s, int64_t id, struct rr *ret,
                      struct error *error)
{
	struct journal_beats_error why = {0};
	char *text = NULL;
	size_t len = 0;
	FILE *memory = open_memstream(&text, &len);
	int r = memory ? store_lines(s, id, add_line, memory) : -ENOMEM;

	if (memory && fclose(memory) != 0 && r == 0)
		r = -ENOMEM;
	if (r < 0) {
		error_set(error, "%s", store_message(s));
	} else {
		r = journal_beats_parse(text, len, ret, &why);
		if (r == -ENODATA)
			error_set(error, "session %lld: it has no beats",
			          (long long)id);
		else if (r < 0)
			error_set(error, "session %lld: line %u: %s",
			          (long long)id, why.line, why.why.what);
	}
	free(text);
	return r;
}

int derive_beats(struct store *s, int64_t id, struct rr *ret,
                 struct error *error)
{
	int r;

	error_set(error, "out of memory: close other programs");
	r = of_recording(s, id, ret);
	if (r == -ENOENT)
		return of_session(s, id, ret, error);
	if (r < 0 && r != -ENOMEM)
		error_set(error, "%s", store_message(s));
	return r;
}

/* --- figures ----------------------------------------------------------------
 */

struct tools {
	struct hrv_work *work;
	struct arena arena;
};

static int tools_init(struct tools *t)
{
	*t = (struct tools){.work = NULL};
	arena_init(&t->arena);
	return hrv_work_create(&t->work);
}

static void tools_finish(struct tools *t)
{
	arena_finish(&t->arena);
	t->work = hrv_work_destroy(t->work);
}

/* As `lull analyze` does without any option. */
static int compute(struct tools *t, struct store *s, int64_t id,
                   struct analysis *ret, struct error *error)
{
	struct hrv_options o = {.detrend[HRV_DETREND_NONE] = true};
	struct analysis a = {.file = NULL};
	struct rr rr;
	struct nn nn;
	int r = derive_beats(s, id, &rr, error);

	if (r < 0)
		return r;
	r = derive_place(&rr, &t->arena, &nn);
	if (r == 0)
		r = hrv_of(t->work, &nn, &o, &a.hrv, NULL);
	if (r < 0)
		error_set(error, "out of memory: close other programs");
	rr_finish(&rr);
	arena_release(&t->arena, (struct arena_mark){0});
	if (r < 0)
		return r;
	a.by = a.hrv.by[HRV_DETREND_NONE];
	*ret = a;
	return 0;
}

static int compute_once(struct store *s, int64_t id, struct analysis *ret,
                        struct error *error)
{
	struct tools t;
	int r = tools_init(&t);

	if (r < 0)
		error_set(error, "out of memory: close other programs");
	else
		r = compute(&t, s, id, ret, error);
	tools_finish(&t);
	return r;
}

int derive_figures(struct store *s, int64_t id, struct analysis *ret,
                   struct error *error)
{
	struct analysis kept = {.file = NULL};
	char *line = NULL;
	int r = store_figures(s, id, SESSION_ENGINE, &line);

	if (r == 0 && analyze_fields_read(line, &kept) == 0)
		*ret = kept;
	else
		r = compute_once(s, id, ret, error);
	free(line);
	return r;
}

/* What cannot be read will not be readable later: it is kept as none. */
static int renew(struct tools *t, struct store *s, int64_t id)
{
	struct analysis a;
	struct error error;
	struct text x = {0};
	char *line = NULL;
	int r = compute(t, s, id, &a, &error);

	if (r == 0)
		analyze_fields_kept(&x, &a);
	else if (r == -ENODATA || r == -EBADMSG)
		text_raw(&x, "");
	else
		return r;
	r = text_take(&x, &line);
	if (r == 0)
		r = store_figures_put(s, id, SESSION_ENGINE, line);
	free(line);
	return r == -ENOENT ? 0 : r;
}

int derive_stale(const char *path, const atomic_bool *stop)
{
	struct store *s = NULL;
	struct tools t;
	int64_t id = INT64_MAX;
	int n = 0, r = store_open(&s, path, STORE_WRITE, NULL);

	if (r < 0)
		return r;
	r = tools_init(&t);
	while (r == 0 && !atomic_load(stop)) {
		r = store_figures_stale(s, SESSION_ENGINE, id, &id);
		if (r == 0)
			r = renew(&t, s, id);
		n += r == 0;
	}
	tools_finish(&t);
	store_close(s);
	return r == 0 || r == -ENOENT ? n : r;
}
