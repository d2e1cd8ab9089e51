/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audio/voice.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct voice_worker {
	char *cache_dir;
	unsigned rate_hz;
	struct voice_job *jobs;
	size_t n;
	void (*done)(void *data);
	void *data;
	pthread_t thread;
	_Atomic size_t ready;
	_Atomic bool stop;
};

static void do_job(struct voice *v, unsigned rate_hz, struct voice_job *job)
{
	float *samples;
	uint32_t frames;

	job->samples = NULL;
	job->frames = 0;
	if (!v || voice_clip(v, job->text, rate_hz, &samples, &frames))
		return;
	job->samples = samples;
	job->frames = frames;
}

static void *work(void *data)
{
	struct voice_worker *w = data;
	struct voice *v = NULL;

	if (voice_create(&v, w->cache_dir))
		v = NULL; /* then every job fails */
	for (size_t i = 0; i < w->n; i++) {
		if (atomic_load_explicit(&w->stop, memory_order_relaxed))
			break;
		do_job(v, w->rate_hz, &w->jobs[i]);
		atomic_store_explicit(&w->ready, i + 1, memory_order_release);
	}
	voice_destroy(v);
	if (w->done)
		w->done(w->data);
	return NULL;
}

/* Signals are the loop thread's. */
static int start_thread(struct voice_worker *w)
{
	sigset_t all, before;
	int error;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&w->thread, NULL, work, w);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return error ? -EAGAIN : 0;
}

static struct voice_worker *drop(struct voice_worker *w)
{
	free(w->cache_dir);
	free(w);
	return NULL;
}

int voice_worker_start(struct voice_worker **ret, const char *cache_dir,
                       unsigned rate_hz, struct voice_job *jobs, size_t n,
                       void (*done)(void *data), void *data)
{
	struct voice_worker *w = calloc(1, sizeof(*w));
	int error;

	if (!w)
		return -ENOMEM;
	w->rate_hz = rate_hz;
	w->jobs = jobs;
	w->n = n;
	w->done = done;
	w->data = data;
	if (cache_dir) {
		w->cache_dir = strdup(cache_dir);
		if (!w->cache_dir) {
			drop(w);
			return -ENOMEM;
		}
	}
	error = start_thread(w);
	if (error) {
		drop(w);
		return error;
	}
	*ret = w;
	return 0;
}

size_t voice_worker_ready(const struct voice_worker *w)
{
	return atomic_load_explicit(&w->ready, memory_order_acquire);
}

struct voice_worker *voice_worker_stop(struct voice_worker *w)
{
	if (!w)
		return NULL;
	atomic_store_explicit(&w->stop, true, memory_order_relaxed);
	pthread_join(w->thread, NULL);
	return drop(w);
}
