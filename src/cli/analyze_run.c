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
/* Files that may be done ahead of the one that is waited for, a worker. */
#define AHEAD   4
#define BAR_NS  100000000
#define SLACK_S 1e-6
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
	pthread_mutex_t lock; /* of what follows, and of job[].done */
	pthread_cond_t changed;
	int next, told; /* to be taken; to be told to the caller */
	atomic_size_t windows, windows_done;
};

struct tools {
	struct hrv_work *work;
	struct arena arena;
};

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

static void analyse(struct crew *c, struct tools *t,
                    const struct analyze_input *in, double from_s, double to_s,
                    struct analysis *ret, struct analyze_result *result)
{
	const struct analyze_settings *s = &c->plan->settings;
	struct hrv_options o = {.raw = s->raw};
	struct nn cut = analyze_input_cut(&in->nn, from_s, to_s);
	struct clean clean;

	o.detrend[s->detrend] = true;
	if (result->status == 0)
		result->status = hrv_of(t->work, &cut, &o, &ret->hrv, &clean);
	if (result->status < 0)
		return;
	ret->by = ret->hrv.by[s->detrend];
	if (c->plan->plot) {
		struct plot plot = {
			.title = ret->file,
			.in = &cut,
			.kind = clean.kind,
			.nn = &clean.nn,
			.time = &ret->hrv.time,
		};

		result->status =
			save_plot(c->plan->plot, &plot, &result->error);
	}
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

static int refuse(struct analyze_result *r, const char *path, const char *why)
{
	error_set(&r->error, "%s: %s", analyze_input_name(path), why);
	return -ENODATA;
}

/* Room for what will be told of @in. Return: 0, or as refuse(). */
static int make_room(const struct analyze_settings *s, const char *path,
                     const struct nn *in, double from_s, double to_s,
                     struct analyze_result *ret)
{
	double n = count_windows(s, from_s, to_s);

	if (analyze_input_cut(in, from_s, to_s).n == 0)
		return refuse(ret, path,
		              "no interval lies there: give another --from and "
		              "--to");
	if (n == 0.0)
		return refuse(ret, path,
		              "shorter than one window: give a smaller "
		              "--window");
	if (n > WINDOWS_MAX)
		return refuse(ret, path,
		              "too many windows to hold: give a larger --step");
	ret->at = calloc((size_t)n, sizeof(*ret->at));
	if (!ret->at)
		return refuse(ret, path, OUT_OF_MEMORY);
	ret->n = (size_t)n;
	return 0;
}

static void work_on(struct crew *c, struct tools *t, const char *path,
                    struct analyze_result *r)
{
	const struct analyze_settings *s = &c->plan->settings;
	double from_s = isnan(s->from_s) ? 0.0 : s->from_s, to_s;
	bool whole = isnan(s->window_s);
	struct analyze_input in;

	r->status = analyze_input_read(path, &t->arena, &in, &r->error);
	if (r->status < 0)
		return;
	to_s = isnan(s->to_s) ? end_of(&in.nn) : fmin(s->to_s, end_of(&in.nn));
	r->status = make_room(s, path, &in.nn, from_s, to_s, r);
	if (r->status < 0)
		return;
	(void)refuse(r, path, OUT_OF_MEMORY); /* all that can still happen */
	atomic_fetch_add(&c->windows, r->n - 1);
	for (size_t i = 0; i < r->n; i++) {
		struct analysis *a = &r->at[i];

		a->file = path;
		a->format = in.format;
		a->from_s = whole ? NAN : from_s + s->step_s * (double)i;
		a->to_s = a->from_s + s->window_s;
		analyse(c, t, &in, whole ? from_s : a->from_s,
		        whole ? to_s : a->to_s, a, r);
		atomic_fetch_add(&c->windows_done, 1);
	}
}

/* The next file, or -1: not too far ahead of what was told. */
static int take(struct crew *c)
{
	int i = -1;

	pthread_mutex_lock(&c->lock);
	while (c->next < c->plan->n && c->next >= c->told + c->ahead)
		pthread_cond_wait(&c->changed, &c->lock);
	if (c->next < c->plan->n)
		i = c->next++;
	pthread_mutex_unlock(&c->lock);
	return i;
}

static void *worker(void *data)
{
	struct crew *c = data;
	struct tools t = {.work = NULL};
	bool able = hrv_work_create(&t.work) == 0;

	arena_init(&t.arena);
	for (int i = take(c); i >= 0; i = take(c)) {
		struct analyze_result *r = &c->job[i].result;

		if (able)
			work_on(c, &t, c->plan->path[i], r);
		else
			r->status = refuse(r, c->plan->path[i], OUT_OF_MEMORY);
		arena_release(&t.arena, (struct arena_mark){0});
		pthread_mutex_lock(&c->lock);
		c->job[i].done = true;
		pthread_cond_broadcast(&c->changed);
		pthread_mutex_unlock(&c->lock);
	}
	arena_finish(&t.arena);
	hrv_work_destroy(t.work);
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
		pthread_cond_timedwait(&c->changed, &c->lock, &until);
	}
	pthread_mutex_unlock(&c->lock);
}

static void tell_all(struct crew *c,
                     void (*each)(void *data, const struct analyze_result *r),
                     void *data, struct out_bar *bar)
{
	for (int i = 0; i < c->plan->n; i++) {
		wait_for(c, i, bar);
		out_bar_clear(bar, stderr);
		each(data, &c->job[i].result);
		free(c->job[i].result.at);
		pthread_mutex_lock(&c->lock);
		c->told++;
		pthread_cond_broadcast(&c->changed);
		pthread_mutex_unlock(&c->lock);
	}
}

static int count_workers(const struct analyze_plan *p)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	if (cores > WORKERS_MAX)
		cores = WORKERS_MAX;
	if (cores < 1)
		cores = 1;
	return cores < p->n ? (int)cores : p->n;
}

int analyze_run_all(const struct analyze_plan *p,
                    void (*each)(void *data, const struct analyze_result *r),
                    void *data, struct out_bar *bar)
{
	struct crew c = {
		.plan = p,
		.job = calloc((size_t)p->n, sizeof(*c.job)),
		.ahead = AHEAD * count_workers(p),
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.changed = PTHREAD_COND_INITIALIZER,
	};
	pthread_t thread[WORKERS_MAX];
	int n = 0, wanted = count_workers(p), r = 0;

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
