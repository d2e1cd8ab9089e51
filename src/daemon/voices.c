/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/voices.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/paths.h"
#include "player/script.h"

#define CHUNK   16 /**< clips that one worker makes before they are put away */
#define NO_CLIP SIZE_MAX

struct voices {
	char cache[PATH_MAX];
	unsigned rate_hz;
	void (*done)(void *data);
	void *data;

	struct voice *voice;
	size_t n;
	struct script_line *lines;
	char (*names)[SCRIPT_NAME_MAX];
	struct voice_job *jobs;
	struct voice_worker *worker; /**< on jobs from at to upto; NULL: none */
	size_t at, upto;

	struct bank *bank;
	size_t made;
	struct session_clip *clips; /**< of the bank's */
	size_t held[2];             /**< last said, and the one before */
};

/* --- what is to be spoken ---------------------------------------------------
 */

static int list_lines(struct voices *v, const struct routine *r)
{
	int error = script_make(r, &v->lines, &v->n);

	if (error)
		return error;
	v->n = script_own(v->lines, v->n, v->voice);
	v->names = calloc(v->n + 1, sizeof(*v->names));
	v->jobs = calloc(v->n + 1, sizeof(*v->jobs));
	v->clips = calloc(v->n + 1, sizeof(*v->clips));
	if (!v->names || !v->jobs || !v->clips)
		return -ENOMEM;
	for (size_t i = 0; i < v->n; i++) {
		script_name(&v->lines[i], v->names[i]);
		v->jobs[i].name = v->names[i];
		v->jobs[i].text = v->lines[i].text;
	}
	return 0;
}

/* --- making them ------------------------------------------------------------
 */

static int start_chunk(struct voices *v)
{
	v->upto = v->n - v->at < CHUNK ? v->n : v->at + CHUNK;
	if (v->at == v->upto)
		return -ENODATA;
	return voice_worker_start(&v->worker, v->voice, v->rate_hz,
	                          &v->jobs[v->at], v->upto - v->at, v->done,
	                          v->data);
}

/* What the disk has no room for is left out. */
static void put_away(struct voices *v, size_t i)
{
	struct voice_job *job = &v->jobs[i];
	struct session_clip *clip = &v->clips[v->made];

	if (job->samples &&
	    bank_set(v->bank, v->made, job->samples, job->frames) == 0) {
		script_clip(&v->lines[i], bank_ms(v->bank, v->made), clip);
		v->made++;
	} else {
		free(job->samples);
	}
	job->samples = NULL;
}

/* Also of a worker that is not through: what it has made by now. */
static void put_chunk_away(struct voices *v)
{
	size_t ready;

	if (!v->worker)
		return;
	ready = voice_worker_ready(v->worker);
	v->worker = voice_worker_stop(v->worker);
	for (size_t i = v->at; i < v->at + ready; i++)
		put_away(v, i);
	for (size_t i = v->at + ready; i < v->upto; i++) {
		free(v->jobs[i].samples);
		v->jobs[i].samples = NULL;
	}
	v->at = v->upto;
}

bool voices_advance(struct voices *v)
{
	if (!v->worker)
		return true;
	if (voice_worker_ready(v->worker) < v->upto - v->at)
		return false;
	put_chunk_away(v);
	return start_chunk(v) < 0;
}

bool voices_ready(const struct voices *v)
{
	return !v->worker;
}

/* --- the bank ---------------------------------------------------------------
 */

int voices_fix(struct voices *v, const struct bank **ret_bank,
               const struct session_clip **ret_clips, size_t *ret_n,
               size_t *ret_missing)
{
	int r;

	put_chunk_away(v);
	r = bank_seal(v->bank, v->made);
	if (r < 0)
		return r;
	*ret_bank = v->bank;
	*ret_clips = v->clips;
	*ret_n = v->made;
	*ret_missing = v->n - v->made;
	return 0;
}

size_t voices_complaints(const struct voices *v, const char *const **ret)
{
	return voice_complaints(v->voice, ret);
}

static bool is_clip(const struct session_clip *clip, const struct event *say)
{
	return clip->wording == say->say.wording &&
	       strcmp(clip->phrase, say->say.phrase) == 0 &&
	       strcmp(variant_name(clip->variant), say->say.variant) == 0;
}

void voices_hold(struct voices *v, const struct event *say)
{
	for (size_t i = 0; i < v->made; i++) {
		if (!is_clip(&v->clips[i], say))
			continue;
		if (v->held[1] != NO_CLIP && v->held[1] != i &&
		    v->held[1] != v->held[0])
			bank_let_go(v->bank, v->held[1]);
		v->held[1] = v->held[0];
		v->held[0] = i;
		bank_hold(v->bank, i);
		return;
	}
}

/* --- its life ---------------------------------------------------------------
 */

static int start(struct voices *v, const struct routine *routine)
{
	int r = paths_clips(v->cache, sizeof(v->cache));

	if (r == 0)
		r = script_voice(&v->voice, routine, v->cache);
	if (r == 0)
		r = list_lines(v, routine);
	if (r == 0)
		r = bank_create_file(&v->bank, v->cache, v->n, v->rate_hz);
	return r == 0 ? start_chunk(v) : r;
}

int voices_start(struct voices **ret, const struct routine *routine,
                 unsigned rate_hz, void (*done)(void *data), void *data)
{
	struct voices *v = calloc(1, sizeof(*v));
	int r;

	if (!v)
		return -ENOMEM;
	v->rate_hz = rate_hz;
	v->done = done;
	v->data = data;
	v->held[0] = v->held[1] = NO_CLIP;
	r = start(v, routine);
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
	if (v->bank)
		put_chunk_away(v);
	bank_destroy(v->bank);
	voice_destroy(v->voice);
	free(v->lines);
	free(v->names);
	free(v->jobs);
	free(v->clips);
	free(v);
	return NULL;
}
