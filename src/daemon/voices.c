/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/voices.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/paths.h"
#include "player/clips.h"

#define NO_CLIP  SIZE_MAX
#define PAUSE_NS 10000000 /* after each tenth of a second */
#define NS_PER_S 1000000000

/*
 * The worker takes all clips before the session, and within it reads the one
 * that is said. The loop thread touches the clips only when it has taken them,
 * and waits for it only then and at the end. A thread that sleeps is there
 * at once, where a new one waits for its turn.
 */
struct voices {
	struct clips *clips;
	void (*done)(void *data);
	void *data;

	pthread_t worker;
	bool working;        /**< until it is joined */
	_Atomic bool taken;  /**< all clips */
	_Atomic bool enough; /**< are taken */

	pthread_mutex_t mutex; /**< of these: */
	pthread_cond_t change;
	size_t wanted, reading; /**< clips, or NO_CLIP */
	bool over;

	size_t held[2]; /**< last said, and the one before */
};

/* --- the worker -------------------------------------------------------------
 */

static void take_all(struct voices *v)
{
	while (!atomic_load_explicit(&v->enough, memory_order_relaxed) &&
	       clips_take(v->clips) > 0)
		;
	pthread_mutex_lock(&v->mutex);
	atomic_store_explicit(&v->taken, true, memory_order_release);
	pthread_cond_broadcast(&v->change);
	pthread_mutex_unlock(&v->mutex);
	v->done(v->data);
}

/* Ten times as fast as it is heard is enough. */
static bool pause_reading(void *data)
{
	struct voices *v = data;
	struct timespec until;
	bool enough;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += PAUSE_NS;
	until.tv_sec += until.tv_nsec / NS_PER_S;
	until.tv_nsec %= NS_PER_S;
	pthread_mutex_lock(&v->mutex);
	while (v->wanted == NO_CLIP && !v->over &&
	       pthread_cond_timedwait(&v->change, &v->mutex, &until) == 0)
		;
	enough = v->over || (v->wanted != NO_CLIP && v->wanted != v->reading);
	if (!enough)
		v->wanted = NO_CLIP; /* that is being read */
	pthread_mutex_unlock(&v->mutex);
	return enough;
}

/* The mutex is held. */
static void read_wanted(struct voices *v)
{
	const struct enough enough = {pause_reading, v};

	v->reading = v->wanted;
	v->wanted = NO_CLIP;
	pthread_mutex_unlock(&v->mutex);
	(void)bank_fetch(clips_bank(v->clips), v->reading, &enough);
	pthread_mutex_lock(&v->mutex);
	v->reading = NO_CLIP;
	pthread_cond_broadcast(&v->change);
}

static void *work(void *data)
{
	struct voices *v = data;

	take_all(v);
	pthread_mutex_lock(&v->mutex);
	while (!v->over)
		if (v->wanted == NO_CLIP)
			pthread_cond_wait(&v->change, &v->mutex);
		else
			read_wanted(v);
	pthread_mutex_unlock(&v->mutex);
	return NULL;
}

/* Signals are the loop thread's. */
int voices_start(struct voices *v)
{
	sigset_t all, before;
	int error;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&v->worker, NULL, work, v);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	v->working = error == 0;
	if (error) /* nobody will take them */
		atomic_store_explicit(&v->taken, true, memory_order_release);
	return -error;
}

static void end_worker(struct voices *v)
{
	if (!v->working)
		return;
	pthread_mutex_lock(&v->mutex);
	v->over = true;
	atomic_store_explicit(&v->enough, true, memory_order_relaxed);
	pthread_cond_broadcast(&v->change);
	pthread_mutex_unlock(&v->mutex);
	pthread_join(v->worker, NULL);
}

/* --- before the session -----------------------------------------------------
 */

int voices_bank(struct bank **ret, unsigned rate_hz)
{
	char cache[PATH_MAX];
	int r = paths_clips(cache, sizeof(cache));

	if (r < 0)
		return r;
	(void)paths_make(cache); /* without, it lies in memory */
	return bank_create_file(ret, cache, CLIPS_ROOM, rate_hz);
}

static int make_clips(struct voices *v, const struct routine *routine,
                      struct bank *bank, unsigned rate_hz)
{
	char cache[PATH_MAX];
	int r = paths_clips(cache, sizeof(cache));

	return r == 0 ? clips_create(&v->clips, routine, cache, bank, rate_hz)
	              : r;
}

/* It waits by a clock that nobody sets. */
static void init_change(pthread_cond_t *change)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(change, &attr);
	pthread_condattr_destroy(&attr);
}

int voices_create(struct voices **ret, const struct routine *routine,
                  struct bank *bank, unsigned rate_hz, void (*done)(void *data),
                  void *data)
{
	struct voices *v = calloc(1, sizeof(*v));
	int r;

	if (!v)
		return -ENOMEM;
	v->done = done;
	v->data = data;
	pthread_mutex_init(&v->mutex, NULL);
	init_change(&v->change);
	v->wanted = v->reading = NO_CLIP;
	v->held[0] = v->held[1] = NO_CLIP;
	r = make_clips(v, routine, bank, rate_hz);
	if (r < 0) {
		voices_destroy(v);
		return r;
	}

	*ret = v;
	return 0;
}

struct voices *voices_destroy(struct voices *v)
{
	if (!v)
		return NULL;
	end_worker(v);
	clips_destroy(v->clips);
	pthread_cond_destroy(&v->change);
	pthread_mutex_destroy(&v->mutex);
	free(v);
	return NULL;
}

bool voices_ready(const struct voices *v)
{
	return atomic_load_explicit(&v->taken, memory_order_acquire);
}

/* After the clip in hand. */
static void stop_taking(struct voices *v)
{
	atomic_store_explicit(&v->enough, true, memory_order_relaxed);
	pthread_mutex_lock(&v->mutex);
	while (!v->taken)
		pthread_cond_wait(&v->change, &v->mutex);
	pthread_mutex_unlock(&v->mutex);
}

int voices_fix(struct voices *v, const struct session_clip **ret_clips,
               size_t *ret_n, size_t *ret_missing)
{
	int r;

	stop_taking(v);
	r = clips_seal(v->clips);
	if (r < 0)
		return r;
	*ret_n = clips_list(v->clips, ret_clips);
	*ret_missing = clips_lines(v->clips) - *ret_n;
	return 0;
}

size_t voices_complaints(const struct voices *v, const char *const **ret)
{
	return clips_complaints(v->clips, ret);
}

/* --- within it --------------------------------------------------------------
 */

static bool is_clip(const struct session_clip *clip, const struct event *say)
{
	return clip->wording == say->say.wording &&
	       strcmp(clip->phrase, say->say.phrase) == 0 &&
	       strcmp(variant_name(clip->variant), say->say.variant) == 0;
}

/* A cue is emitted a tenth of a second before it is due, and a second of it is
   read in a tenth of one. What the next one cuts short is not read to its end.
 */
static void want(struct voices *v, size_t i)
{
	pthread_mutex_lock(&v->mutex);
	v->wanted = i;
	pthread_cond_broadcast(&v->change);
	pthread_mutex_unlock(&v->mutex);
}

void voices_settle(struct voices *v)
{
	pthread_mutex_lock(&v->mutex);
	while (v->wanted != NO_CLIP || v->reading != NO_CLIP)
		pthread_cond_wait(&v->change, &v->mutex);
	pthread_mutex_unlock(&v->mutex);
}

static void hold(struct voices *v, size_t i)
{
	const struct bank *bank = clips_bank(v->clips);

	if (v->held[1] != NO_CLIP && v->held[1] != i &&
	    v->held[1] != v->held[0])
		bank_let_go(bank, v->held[1]);
	v->held[1] = v->held[0];
	v->held[0] = i;
	bank_hold(bank, i);
}

void voices_hold(struct voices *v, const struct event *say)
{
	const struct session_clip *clips;
	size_t n = clips_list(v->clips, &clips);

	for (size_t i = 0; i < n; i++) {
		if (!is_clip(&clips[i], say))
			continue;
		want(v, i);
		hold(v, i);
		return;
	}
}
