/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audio/voice.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

struct voice_worker {
	struct voice *voice;
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
	struct voice_take take;

	job->samples = NULL;
	job->frames = 0;
	if (voice_say(v, job->name, job->text, rate_hz, &take))
		return;
	job->samples = take.samples;
	job->frames = take.frames;
}

static void *work(void *data)
{
	struct voice_worker *w = data;

	for (size_t i = 0; i < w->n; i++) {
		if (atomic_load_explicit(&w->stop, memory_order_relaxed))
			break;
		do_job(w->voice, w->rate_hz, &w->jobs[i]);
		atomic_store_explicit(&w->ready, i + 1, memory_order_release);
	}
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

int voice_worker_start(struct voice_worker **ret, struct voice *voice,
                       unsigned rate_hz, struct voice_job *jobs, size_t n,
                       void (*done)(void *data), void *data)
{
	struct voice_worker *w = calloc(1, sizeof(*w));
	int error;

	if (!w)
		return -ENOMEM;
	w->voice = voice;
	w->rate_hz = rate_hz;
	w->jobs = jobs;
	w->n = n;
	w->done = done;
	w->data = data;
	error = start_thread(w);
	if (error) {
		free(w);
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
	free(w);
	return NULL;
}
