/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/voices.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/paths.h"
#include "player/clips.h"

#define NO_CLIP SIZE_MAX

/*
 * The worker is the only one that touches the clips while it runs, and it is
 * joined before anybody else does: it takes them all before the session, and
 * within it fetches one at a time.
 */
struct voices {
	struct clips *clips;
	void (*done)(void *data);
	void *data;

	pthread_t worker;
	bool working;        /**< until it is joined */
	_Atomic bool taken;  /**< all of them */
	_Atomic bool enough; /**< of what it does */
	size_t wanted;       /**< to be fetched */
	size_t held[2];      /**< last said, and the one before */
};

/* --- the worker -------------------------------------------------------------
 */

static void *take_all(void *data)
{
	struct voices *v = data;

	while (!atomic_load_explicit(&v->enough, memory_order_relaxed) &&
	       clips_take(v->clips) > 0)
		;
	atomic_store_explicit(&v->taken, true, memory_order_release);
	v->done(v->data);
	return NULL;
}

static void *fetch_one(void *data)
{
	struct voices *v = data;

	(void)bank_fetch(clips_bank(v->clips), v->wanted, &v->enough);
	return NULL;
}

/* Signals are the loop thread's. */
static int start_worker(struct voices *v, void *(*work)(void *data))
{
	sigset_t all, before;
	int error;

	atomic_store_explicit(&v->enough, false, memory_order_relaxed);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&v->worker, NULL, work, v);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	v->working = error == 0;
	return -error;
}

static void join_worker(struct voices *v)
{
	if (v->working)
		pthread_join(v->worker, NULL);
	v->working = false;
}

/* After the clip in hand, or the tenth of a second of it. */
static void stop_worker(struct voices *v)
{
	atomic_store_explicit(&v->enough, true, memory_order_relaxed);
	join_worker(v);
}

/* --- before the session -----------------------------------------------------
 */

static int start(struct voices *v, const struct routine *routine,
                 unsigned rate_hz)
{
	char cache[PATH_MAX];
	int r = paths_clips(cache, sizeof(cache));

	if (r == 0)
		r = clips_create(&v->clips, routine, cache, rate_hz);
	return r == 0 ? start_worker(v, take_all) : r;
}

int voices_start(struct voices **ret, const struct routine *routine,
                 unsigned rate_hz, void (*done)(void *data), void *data)
{
	struct voices *v = calloc(1, sizeof(*v));
	int r;

	if (!v)
		return -ENOMEM;
	v->done = done;
	v->data = data;
	v->held[0] = v->held[1] = NO_CLIP;
	r = start(v, routine, rate_hz);
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
	stop_worker(v);
	clips_destroy(v->clips);
	free(v);
	return NULL;
}

bool voices_ready(const struct voices *v)
{
	return atomic_load_explicit(&v->taken, memory_order_acquire);
}

int voices_fix(struct voices *v, const struct bank **ret_bank,
               const struct session_clip **ret_clips, size_t *ret_n,
               size_t *ret_missing)
{
	int r;

	stop_worker(v);
	r = clips_seal(v->clips);
	if (r < 0)
		return r;
	*ret_bank = clips_bank(v->clips);
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
   read in less than one hundredth. What the next cue cuts short is not read to
   its end: this thread does not wait for that. */
static void fetch(struct voices *v, size_t i)
{
	if (v->wanted == i)
		join_worker(v);
	else
		stop_worker(v);
	v->wanted = i;
	if (clips_bank(v->clips)->clips[i].awaited &&
	    start_worker(v, fetch_one) < 0)
		(void)fetch_one(v);
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
		fetch(v, i);
		hold(v, i);
		return;
	}
}
