/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audio/music.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <soxr.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "audio/music_file.h"

#define RING     131072 /* frames, a power of two: 2.7 s at 48 kHz */
#define STEP     2048   /* frames at a time out of the resampler */
#define LOOK_MS  100    /* the thread looks so often for room */
#define GAIN_MAX 4.0    /* +12 dB: what is nearly silent stays soft */

struct music {
	struct music_file *file;
	soxr_t resampler; /* NULL: the file has the stream's rate */
	float gain;
	size_t in_max; /* frames that the resampler is fed at a time */
	float *in;
	float out[2 * STEP];

	/* Frame f of the music lies in slot f & (RING - 1). */
	float *ring;
	_Atomic uint64_t written, read, missed;

	pthread_t thread;
	bool running;
	pthread_mutex_t lock;
	pthread_cond_t told; /* that it is to stop */
	bool stop;
};

/* --- decoding ------------------------------------------------------------- */

static void from_file(struct music *m, float *stereo, size_t n)
{
	music_file_read(m->file, stereo, n);
	for (size_t i = 0; i < 2 * n; i++)
		stereo[i] *= m->gain;
}

static size_t feed(void *data, soxr_in_t *ret, size_t wanted)
{
	struct music *m = data;
	size_t n = wanted < m->in_max ? wanted : m->in_max;

	from_file(m, m->in, n);
	*ret = m->in;
	return n;
}

static void decode(struct music *m, size_t n)
{
	size_t got = 0;

	if (!m->resampler) {
		from_file(m, m->out, n);
		return;
	}
	while (got < n) {
		size_t more =
			soxr_output(m->resampler, m->out + 2 * got, n - got);

		if (!more) /* it cannot: silence rather than no end */
			break;
		got += more;
	}
	memset(m->out + 2 * got, 0, 2 * (n - got) * sizeof(*m->out));
}

void music_fill(struct music *m)
{
	uint64_t at = atomic_load_explicit(&m->written, memory_order_relaxed);

	for (;;) {
		uint64_t read =
			atomic_load_explicit(&m->read, memory_order_acquire);
		size_t slot = at & (RING - 1);

		if (at + STEP > read + RING)
			return;
		decode(m, STEP);
		memcpy(m->ring + 2 * slot, m->out, sizeof(m->out));
		at += STEP;
		atomic_store_explicit(&m->written, at, memory_order_release);
	}
}

static void *run(void *data)
{
	struct music *m = data;

	pthread_mutex_lock(&m->lock);
	while (!m->stop) {
		struct timespec t;

		pthread_mutex_unlock(&m->lock);
		music_fill(m);
		clock_gettime(CLOCK_MONOTONIC, &t);
		t.tv_nsec += LOOK_MS * 1000000L;
		t.tv_sec += t.tv_nsec / 1000000000L;
		t.tv_nsec %= 1000000000L;
		pthread_mutex_lock(&m->lock);
		if (!m->stop)
			pthread_cond_timedwait(&m->told, &m->lock, &t);
	}
	pthread_mutex_unlock(&m->lock);
	return NULL;
}

/* --- life ----------------------------------------------------------------- */

static int make_resampler(struct music *m, unsigned rate_hz)
{
	soxr_quality_spec_t quality = soxr_quality_spec(SOXR_HQ, 0);
	unsigned own = music_file_rate_hz(m->file);
	soxr_error_t error;

	if (own == rate_hz)
		return 0;
	m->in_max = STEP;
	m->in = malloc(2 * m->in_max * sizeof(*m->in));
	if (!m->in)
		return -ENOMEM;
	m->resampler =
		soxr_create(own, rate_hz, 2, &error, NULL, &quality, NULL);
	if (!m->resampler)
		return -ENOMEM;
	return soxr_set_input_fn(m->resampler, feed, m, m->in_max) ? -ENOMEM
	                                                           : 0;
}

static int prepare(struct music *m, const char *path, unsigned rate_hz)
{
	double lufs;
	int error = music_file_open(&m->file, path);

	if (!error)
		error = music_file_lufs(m->file, &lufs);
	if (!error)
		error = make_resampler(m, rate_hz);
	if (error)
		return error;
	m->gain = (float)fmin(pow(10.0, (MUSIC_LUFS - lufs) / 20.0), GAIN_MAX);
	m->ring = calloc(2 * RING, sizeof(*m->ring));
	if (!m->ring)
		return -ENOMEM;
	music_fill(m);
	return 0;
}

int music_create(struct music **ret, const char *path, unsigned rate_hz)
{
	struct music *m = calloc(1, sizeof(*m));
	pthread_condattr_t attr;
	int error;

	if (!m)
		return -ENOMEM;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_mutex_init(&m->lock, NULL);
	pthread_cond_init(&m->told, &attr);
	pthread_condattr_destroy(&attr);
	error = prepare(m, path, rate_hz);
	if (error) {
		music_destroy(m);
		return error;
	}
	*ret = m;
	return 0;
}

int music_run(struct music *m)
{
	if (pthread_create(&m->thread, NULL, run, m))
		return -EAGAIN;
	m->running = true;
	return 0;
}

struct music *music_destroy(struct music *m)
{
	if (!m)
		return NULL;
	if (m->running) {
		pthread_mutex_lock(&m->lock);
		m->stop = true;
		pthread_cond_signal(&m->told);
		pthread_mutex_unlock(&m->lock);
		pthread_join(m->thread, NULL);
	}
	pthread_cond_destroy(&m->told);
	pthread_mutex_destroy(&m->lock);
	soxr_delete(m->resampler);
	music_file_close(m->file);
	free(m->in);
	free(m->ring);
	free(m);
	return NULL;
}

/* --- the callback's side -------------------------------------------------- */

void music_read(struct music *m, float *stereo, uint32_t n)
{
	uint64_t at = atomic_load_explicit(&m->read, memory_order_relaxed);
	uint64_t to = atomic_load_explicit(&m->written, memory_order_acquire);
	uint32_t there = to <= at ? 0 : to - at < n ? (uint32_t)(to - at) : n;

	for (uint32_t i = 0; i < there; i++)
		memcpy(stereo + 2 * i, m->ring + 2 * ((at + i) & (RING - 1)),
		       2 * sizeof(*stereo));
	memset(stereo + 2 * there, 0, 2 * (n - there) * sizeof(*stereo));
	if (there < n)
		atomic_fetch_add_explicit(&m->missed, n - there,
		                          memory_order_relaxed);
	atomic_store_explicit(&m->read, at + n, memory_order_release);
}

uint64_t music_missed(const struct music *m)
{
	return atomic_load_explicit(&m->missed, memory_order_relaxed);
}

const char *music_strerror(int error)
{
	switch (error) {
	case -EBADMSG:
		return "it is no sound file that can be read (WAV, FLAC, Ogg, "
		       "MP3, AIFF and others can)";
	case -ENODATA:
		return "it is silent or shorter than a second";
	case -EISDIR:
		return "it is a folder: name one sound file";
	default:
		return strerror(-error);
	}
}
