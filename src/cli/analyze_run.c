/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/analyze_run.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/analyze_input.h"
#include "cli/analyze_plot.h"

#define WORKERS_MAX 64
/* Windows that are worth another thread: some ms of them. */
#define HELPER_MIN 32
/* Files that may be done ahead of the one that is waited for, a worker; and how
   much of them may be held. */
#define AHEAD    32
#define HELD_MAX (8 << 20)
#define BAR_NS   100000000
#define SLACK_S  1e-6
/* A week with one each second; they are held until all are told. */
#define WINDOWS_MAX   700000.0

#define OUT_OF_MEMORY "out of memory: close other programs"

struct job {
	struct analyze_result result;
	bool done;
};

struct crew {
	const struct analyze_plan *plan;
	struct job *job; /* one a file */
	int ahead;
	size_t helpers;       /* that a worker may have beside itself */
	pthread_mutex_t lock; /* of what follows, and of job[].done */
	pthread_cond_t done;  /* the one that is to be told */
	pthread_cond_t room;  /* to take more */
	int next, told;       /* to be taken; to be told to the caller */
	size_t held;          /* bytes of what is done and not told */
	atomic_size_t windows, windows_done;
};

struct tools {
	struct hrv_work *work;
	struct arena arena;
};

static int tools_init(struct tools *ret)
{
	*ret = (struct tools){.work = NULL};
	arena_init(&ret->arena);
	return hrv_work_create(&ret->work);
}

static void tools_finish(struct tools *t)
{
	arena_finish(&t->arena);
	t->work = hrv_work_destroy(t->work);
}

/* Whole or not at all. */
static int write_plot(const char *path, const struct plot *plot)
{
	char part[4096];
	FILE *f;
	int r;

	if ((size_t)snprintf(part, sizeof(part), "%s.part", path) >=
	    sizeof(part))
		return -ENAMETOOLONG;
	f = fopen(part, "we");
	if (!f)
		return -errno;
	r = plot_write(f, plot);
	if (fclose(f) != 0 && r == 0)
		r = -errno;
	if (r == 0 && rename(part, path) < 0)
		r = -errno;
	if (r < 0)
		unlink(part);
	return r;
}

static int save_plot(const char *path, const struct plot *plot,
                     struct error *error)
{
	int r = write_plot(path, plot);

	if (r < 0)
		error_set(error, "%s: %s: name another file", path,
		          strerror(-r));
	return r;
}

static int analyse(const struct crew *c, struct tools *t, const struct nn *in,
                   struct analysis *ret, struct error *error)
{
	const struct analyze_settings *s = &c->plan->settings;
	struct hrv_options o = {.raw = s->raw};
	struct clean clean;
	int r;

	o.detrend[s->detrend] = true;
	r = hrv_of(t->work, in, &o, &ret->hrv, &clean);
	if (r < 0)
		return r;
	ret->by = ret->hrv.by[s->detrend];
	if (c->plan->plot) {
		struct plot plot = {
			.title = ret->file,
			.in = in,
			.kind = clean.kind,
			.nn = &clean.nn,
			.time = &ret->hrv.time,
		};

		r = save_plot(c->plan->plot, &plot, error);
	}
	return r;
}

static double end_of(const struct nn *nn)
{
	return nn->n > 0 ? nn->t_s[nn->n - 1] : 0.0;
}

/* Only whole windows: what is shorter is not compared with them. */
static double count_windows(const struct analyze_settings *s, double from_s,
                            double to_s)
{
	double room_s = to_s - from_s - s->window_s + SLACK_S;

	if (isnan(s->window_s))
		return 1.0;
	return room_s < 0.0 ? 0.0 : 1.0 + floor(room_s / s->step_s);
}

static int refuse(struct analyze_result *r, const char *why)
{
	error_set(&r->error, "%s: %s", analyze_input_name(r->path), why);
	return -ENODATA;
}

/* Room for what will be told of @in. Return: 0, or as refuse(). */
static int make_room(const struct analyze_settings *s, const struct nn *in,
                     double from_s, double to_s, struct analyze_result *ret)
{
	double n = count_windows(s, from_s, to_s);

	if (analyze_input_cut(in, from_s, to_s).n == 0)
		return refuse(ret, "no interval lies there: give another "
		                   "--from and --to");
	if (n == 0.0)
		return refuse(ret, "shorter than one window: give a smaller "
		                   "--window");
	if (n > WINDOWS_MAX)
		return refuse(ret, "too many windows to hold: give a larger "
		                   "--step");
	ret->at = calloc((size_t)n, sizeof(*ret->at));
	if (!ret->at)
		return refuse(ret, OUT_OF_MEMORY);
	ret->n = (size_t)n;
	return 0;
}

/* The windows of one file, taken in turn by all who have nothing else. */
struct share {
	struct crew *c;
	const struct analyze_input *in;
	struct analyze_result *result;
	double from_s, to_s; /* of the whole */
	atomic_size_t next;
	atomic_int status; /* 0, or the last error */
};

static int fill_one(struct share *s, struct tools *t, size_t i)
{
	const struct analyze_settings *settings = &s->c->plan->settings;
	struct analysis *a = &s->result->at[i];
	bool whole = isnan(settings->window_s);
	struct nn cut;

	a->from_s = whole ? NAN : s->from_s + settings->step_s * (double)i;
	a->to_s = a->from_s + settings->window_s;
	cut = analyze_input_cut(&s->in->nn, whole ? s->from_s : a->from_s,
	                        whole ? s->to_s : a->to_s);
	a->file = s->result->path;
	a->format = s->in->format;
	return analyse(s->c, t, &cut, a, &s->result->error);
}

static void fill(struct share *s, struct tools *t)
{
	size_t i;

	while ((i = atomic_fetch_add(&s->next, 1)) < s->result->n &&
	       atomic_load(&s->status) == 0) {
		int r = fill_one(s, t, i);

		if (r < 0)
			atomic_store(&s->status, r);
		atomic_fetch_add(&s->c->windows_done, 1);
	}
}

static void *helper(void *data)
{
	struct tools t;

	/* without room of its own, the others do the work */
	if (tools_init(&t) == 0)
		fill(data, &t);
	tools_finish(&t);
	return NULL;
}

/* With the cores that have no file of their own. */
static int fill_all(struct share *s, struct tools *t)
{
	pthread_t thread[WORKERS_MAX];
	size_t spare = s->c->helpers, n = 0;

	if (spare > s->result->n / HELPER_MIN)
		spare = s->result->n / HELPER_MIN;
	while (n < spare && pthread_create(&thread[n], NULL, helper, s) == 0)
		n++;
	fill(s, t);
	for (size_t i = 0; i < n; i++)
		pthread_join(thread[i], NULL);
	return atomic_load(&s->status);
}

static int work_on(struct crew *c, struct tools *t, struct analyze_result *r)
{
	const struct analyze_settings *s = &c->plan->settings;
	struct analyze_input in;
	struct share share = {
		.c = c,
		.in = &in,
		.result = r,
		.from_s = isnan(s->from_s) ? 0.0 : s->from_s,
	};
	int status =
		analyze_input_read(r->path, &t->arena, &in,
	                           c->plan->keep ? &r->kept : NULL, &r->error);

	if (status < 0)
		return status;
	share.to_s = end_of(&in.nn);
	if (!isnan(s->to_s))
		share.to_s = fmin(share.to_s, s->to_s);
	status = make_room(s, &in.nn, share.from_s, share.to_s, r);
	if (status < 0)
		return status;
	(void)refuse(r, OUT_OF_MEMORY); /* all that can still happen */
	atomic_fetch_add(&c->windows, r->n - 1);
	return fill_all(&share, t);
}

static size_t bytes_of(const struct analyze_result *r)
{
	return r->n * sizeof(*r->at) + r->kept.len +
	       r->kept.rr.n * sizeof(*r->kept.rr.intervals);
}

/* Not too far ahead of what was told; what is waited for is taken. */
static bool is_full(const struct crew *c)
{
	return c->next > c->told && c->next < c->plan->n &&
	       (c->next >= c->told + c->ahead || c->held >= HELD_MAX);
}

/* The next file, or -1. */
static int take(struct crew *c)
{
	int i = -1;

	pthread_mutex_lock(&c->lock);
	while (is_full(c))
		pthread_cond_wait(&c->room, &c->lock);
	if (c->next < c->plan->n)
		i = c->next++;
	pthread_mutex_unlock(&c->lock);
	return i;
}

static void *worker(void *data)
{
	struct crew *c = data;
	struct tools t;
	bool able = tools_init(&t) == 0;

	for (int i = take(c); i >= 0; i = take(c)) {
		struct analyze_result *r = &c->job[i].result;

		r->path = c->plan->path[i];
		r->status = able ? work_on(c, &t, r) : refuse(r, OUT_OF_MEMORY);
		if (r->n == 0) /* it counts as one, done with */
			atomic_fetch_add(&c->windows_done, 1);
		arena_release(&t.arena, (struct arena_mark){0});
		pthread_mutex_lock(&c->lock);
		c->job[i].done = true;
		c->held += bytes_of(r);
		if (i == c->told)
			pthread_cond_signal(&c->done);
		pthread_mutex_unlock(&c->lock);
	}
	tools_finish(&t);
	return NULL;
}

static void show(struct crew *c, struct out_bar *bar)
{
	double all = (double)atomic_load(&c->windows);

	out_bar_show(bar, stderr, "analyze",
	             (double)atomic_load(&c->windows_done) / all);
}

static void wait_for(struct crew *c, int i, struct out_bar *bar)
{
	pthread_mutex_lock(&c->lock);
	while (!c->job[i].done) {
		struct timespec until;

		show(c, bar);
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += BAR_NS;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		pthread_cond_timedwait(&c->done, &c->lock, &until);
	}
	pthread_mutex_unlock(&c->lock);
}

/* Who waits for room is woken to work on many, not on each. */
static void mark_told(struct crew *c, size_t bytes)
{
	pthread_mutex_lock(&c->lock);
	c->told++;
	c->held -= bytes;
	if (c->next - c->told <= c->ahead / 2 && c->held <= HELD_MAX / 2)
		pthread_cond_broadcast(&c->room);
	pthread_mutex_unlock(&c->lock);
}

static void tell_all(struct crew *c,
                     void (*each)(void *data, const struct analyze_result *r),
                     void *data, struct out_bar *bar)
{
	for (int i = 0; i < c->plan->n; i++) {
		struct analyze_result *r = &c->job[i].result;
		size_t bytes;

		wait_for(c, i, bar);
		out_bar_clear(bar, stderr);
		bytes = bytes_of(r);
		each(data, r);
		free(r->at);
		analyze_kept_finish(&r->kept);
		mark_told(c, bytes);
	}
}

static int count_cores(void)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	if (cores > WORKERS_MAX)
		return WORKERS_MAX;
	return cores < 1 ? 1 : (int)cores;
}

int analyze_run_all(const struct analyze_plan *p,
                    void (*each)(void *data, const struct analyze_result *r),
                    void *data, struct out_bar *bar)
{
	int cores = count_cores(), wanted = cores < p->n ? cores : p->n;
	struct crew c = {
		.plan = p,
		.job = calloc((size_t)p->n, sizeof(*c.job)),
		.ahead = AHEAD * wanted,
		.helpers = (size_t)((cores - wanted) / wanted),
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.done = PTHREAD_COND_INITIALIZER,
		.room = PTHREAD_COND_INITIALIZER,
	};
	pthread_t thread[WORKERS_MAX];
	int n = 0, r = 0;

	if (!c.job)
		return -ENOMEM;
	atomic_init(&c.windows, (size_t)p->n);
	while (n < wanted && r == 0) {
		r = pthread_create(&thread[n], NULL, worker, &c);
		n += r == 0;
	}
	if (n > 0)
		tell_all(&c, each, data, bar);
	for (int i = 0; i < n; i++)
		pthread_join(thread[i], NULL);
	free(c.job);
	return n > 0 ? 0 : -r;
}
