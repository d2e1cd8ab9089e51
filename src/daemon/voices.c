/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/voices.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "audio/voice.h"
#include "base/paths.h"

#define CHUNK   16 /**< clips that one worker makes before they are put away */
#define NO_CLIP SIZE_MAX

struct span {
	size_t offset; /**< in the file, bytes, on a page */
	uint32_t frames;
};

struct voices {
	char cache[PATH_MAX];
	unsigned rate_hz;
	void (*done)(void *data);
	void *data;

	size_t n;
	struct voice_job *jobs;
	struct session_clip *clips;  /**< of the jobs; once made, of the bank */
	struct voice_worker *worker; /**< on jobs from at to upto; NULL: none */
	size_t at, upto;

	int fd;
	size_t bytes;
	size_t made;
	struct span *spans; /**< of the clips made */

	struct bank *bank;
	char *map;
	size_t held[2]; /**< last said, and the one before */
};

/* --- what is to be spoken ---------------------------------------------------
 */

static void add(struct voices *v, const char *id, enum variant variant,
                const char *text)
{
	struct session_clip *clip = &v->clips[v->n];

	if (!text || !text[0] || strlen(id) >= sizeof(clip->phrase))
		return;
	*clip = (struct session_clip){.variant = variant};
	memcpy(clip->phrase, id, strlen(id) + 1);
	v->jobs[v->n++].text = text;
}

static void add_phrase(struct voices *v, const struct phrase *phrase)
{
	for (int i = 0; i < VARIANTS; i++)
		add(v, phrase->id, (enum variant)i, phrase->text[i]);
}

/* Those of the profile are for reading, as in a render. */
static void add_question(struct voices *v, const struct question *q)
{
	char id[EVENT_ID_MAX + 4];

	if (q->when == ASK_PROFILE)
		return;
	snprintf(id, sizeof(id), "ask.%s", q->id);
	add(v, id, VARIANT_FULL, q->text);
}

/* In the order of need, since what comes late is left out: the questions
   before a session, the cues, the techniques as the routine lists them. */
static int list_phrases(struct voices *v, const struct routine *r)
{
	size_t max = (r->n_techniques + r->n_cues) * VARIANTS + r->n_questions;

	v->jobs = calloc(max + 1, sizeof(*v->jobs));
	v->clips = calloc(max + 1, sizeof(*v->clips));
	v->spans = calloc(max + 1, sizeof(*v->spans));
	if (!v->jobs || !v->clips || !v->spans)
		return -ENOMEM;
	for (size_t i = 0; i < r->n_questions; i++)
		add_question(v, &r->questions[i]);
	for (size_t i = 0; i < r->n_cues; i++)
		add_phrase(v, &r->cues[i]);
	for (size_t i = 0; i < r->n_techniques; i++)
		add_phrase(v, &r->techniques[i].phrase);
	return 0;
}

/* --- making them ------------------------------------------------------------
 */

static int open_file(struct voices *v)
{
	int r = paths_clips(v->cache, sizeof(v->cache));

	if (r < 0)
		return r;
	if (paths_make(v->cache) == 0)
		v->fd = open(v->cache, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	/* a folder that cannot be written: in memory, then */
	if (v->fd < 0)
		v->fd = memfd_create("lull-voices", MFD_CLOEXEC);
	return v->fd < 0 ? -errno : 0;
}

static int start_chunk(struct voices *v)
{
	v->upto = v->n - v->at < CHUNK ? v->n : v->at + CHUNK;
	if (v->at == v->upto)
		return -ENODATA;
	return voice_worker_start(&v->worker, v->cache, v->rate_hz,
	                          &v->jobs[v->at], v->upto - v->at, v->done,
	                          v->data);
}

static bool write_whole(int fd, const void *from, size_t len, size_t offset)
{
	const char *bytes = from;

	while (len > 0) {
		ssize_t n = pwrite(fd, bytes, len, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		bytes += n;
		offset += (size_t)n;
		len -= (size_t)n;
	}
	return true;
}

static void put_away(struct voices *v, size_t i)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct voice_job *job = &v->jobs[i];
	size_t len = job->frames * sizeof(float);

	if (job->samples && write_whole(v->fd, job->samples, len, v->bytes)) {
		v->clips[v->made] = v->clips[i];
		v->spans[v->made++] = (struct span){v->bytes, job->frames};
		v->bytes += (len + page - 1) / page * page;
	}
	free(job->samples);
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

static int map_file(struct voices *v)
{
	void *map;

	if (v->made == 0)
		return -ENODATA;
	/* the last clip's page is whole */
	if (ftruncate(v->fd, (off_t)v->bytes) < 0)
		return -errno;
	map = mmap(NULL, v->bytes, PROT_READ, MAP_SHARED, v->fd, 0);
	if (map == MAP_FAILED)
		return -errno;
	v->map = map;
	return bank_create(&v->bank, v->made, v->rate_hz);
}

int voices_fix(struct voices *v, const struct bank **ret_bank,
               const struct session_clip **ret_clips, size_t *ret_n,
               size_t *ret_missing)
{
	int r;

	put_chunk_away(v);
	r = map_file(v);
	if (r < 0)
		return r;
	for (size_t i = 0; i < v->made; i++) {
		void *samples = v->map + v->spans[i].offset;

		v->bank->clips[i] = (struct clip){samples, v->spans[i].frames};
		v->clips[i].ms = bank_ms(v->bank, i);
	}
	*ret_bank = v->bank;
	*ret_clips = v->clips;
	*ret_n = v->made;
	*ret_missing = v->n - v->made;
	return 0;
}

static size_t length(const struct voices *v, size_t i)
{
	return v->spans[i].frames * sizeof(float);
}

/* Where locking is not allowed, reading it in is the next best. */
static void hold(struct voices *v, size_t i)
{
	char *at = v->map + v->spans[i].offset;

	if (mlock(at, length(v, i)) < 0)
		(void)madvise(at, length(v, i), MADV_POPULATE_READ);
}

static void let_go(struct voices *v, size_t i)
{
	char *at = v->map + v->spans[i].offset;

	(void)munlock(at, length(v, i));
	(void)madvise(at, length(v, i), MADV_DONTNEED);
}

void voices_hold(struct voices *v, const char *phrase, const char *variant)
{
	for (size_t i = 0; v->map && i < v->made; i++) {
		if (strcmp(v->clips[i].phrase, phrase) != 0 ||
		    strcmp(variant_name(v->clips[i].variant), variant) != 0)
			continue;
		if (v->held[1] != NO_CLIP && v->held[1] != i &&
		    v->held[1] != v->held[0])
			let_go(v, v->held[1]);
		v->held[1] = v->held[0];
		v->held[0] = i;
		hold(v, i);
		return;
	}
}

/* --- its life ---------------------------------------------------------------
 */

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
	v->fd = -1;
	v->held[0] = v->held[1] = NO_CLIP;
	r = open_file(v);
	if (r == 0)
		r = list_phrases(v, routine);
	if (r == 0)
		r = start_chunk(v);
	if (r < 0) {
		voices_destroy(v);
		return r;
	}

	*ret = v;
	return 0;
}

/* The bank's samples are the map's. */
struct voices *voices_destroy(struct voices *v)
{
	if (!v)
		return NULL;
	put_chunk_away(v);
	for (size_t i = 0; v->bank && i < v->bank->n; i++)
		v->bank->clips[i].samples = NULL;
	bank_destroy(v->bank);
	if (v->map)
		munmap(v->map, v->bytes);
	if (v->fd >= 0)
		close(v->fd);
	free(v->jobs);
	free(v->clips);
	free(v->spans);
	free(v);
	return NULL;
}
