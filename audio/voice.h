/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_VOICE_H
#define LULL_AUDIO_VOICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * The voice: text becomes a clip, rendered ahead of need and kept in a folder.
 * Speech is flite's slt voice, brought to the stream's rate with soxr, high
 * passed, faded, and set to -23 LUFS with libebur128 (clips of under 3 s by
 * their highest momentary loudness; under 400 ms, repeated to fill a block).
 *
 * The cache key is a hash of text, voice, settings and chain version; a clip
 * is 48 kHz mono FLAC, 24 bit, and a damaged one is made again.
 */
#define VOICE_LOUDNESS_LUFS (-23.0)
#define VOICE_CACHE_RATE_HZ 48000

struct voice;

/**
 * voice_create()
 * @cache_dir: made (0700) if absent; NULL: nothing is kept
 *
 * Return: 0, -ENOMEM, or -ENOSYS if the speech engine cannot start. A cache
 * that cannot be written is no error: clips are then made each time.
 */
int voice_create(struct voice **ret, const char *cache_dir);
struct voice *voice_destroy(struct voice *v);

/**
 * voice_clip() - the clip of one text
 * @rate_hz: of the clip wanted
 * @ret_samples: mono, the caller's to free
 *
 * Any one thread at a time; may take a tenth of a second and do file I/O.
 * Return: 0, -EINVAL for an empty text or one of over 1,000 bytes, -ENOMEM,
 * or -EIO if the engine gives no sound.
 */
int voice_clip(struct voice *v, const char *text, unsigned rate_hz,
               float **ret_samples, uint32_t *ret_frames);

/** One phrase wanted of a worker. */
struct voice_job {
	const char *text; /**< outlives the worker */
	float *samples;   /**< filled when done; NULL if it failed */
	uint32_t frames;
};

/**
 * A worker: a thread that turns phrases into clips ahead of need.
 */
struct voice_worker;

/**
 * voice_worker_start() - begin on @jobs, in order
 * @jobs: outlives the worker; each is touched by the worker until done
 * @done: called once, in the worker's thread, when all are made or it was
 *        stopped; may be NULL
 *
 * Return: 0, -ENOMEM or -EAGAIN if no thread can be had.
 */
int voice_worker_start(struct voice_worker **ret, const char *cache_dir,
                       unsigned rate_hz, struct voice_job *jobs, size_t n,
                       void (*done)(void *data), void *data);
/** voice_worker_ready() - how many jobs, from the first, are made. */
size_t voice_worker_ready(const struct voice_worker *w);
/** voice_worker_stop() - after the job in hand; joins. Return: NULL. */
struct voice_worker *voice_worker_stop(struct voice_worker *w);

#endif
