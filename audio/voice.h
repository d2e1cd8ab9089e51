/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_VOICE_H
#define LULL_AUDIO_VOICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * The voice: a phrase becomes a clip, rendered ahead of need and kept in a
 * folder. Who speaks, in this order: the person, from a recording of their
 * own; the calm voice (voice_hts.h), where it has a label for the text; flite,
 * for all else. Then the chain (voice_chain.h), which ends at -23 LUFS.
 *
 * The cache key is a hash of text, voice, settings and chain version; a clip
 * is 48 kHz mono FLAC, and a damaged one is made again.
 */
#define VOICE_LOUDNESS_LUFS  (-23.0)
#define VOICE_CACHE_RATE_HZ  48000
#define VOICE_TEXT_MAX       1500 /**< bytes */
#define VOICE_COMPLAINTS_MAX 16

struct voice;

struct voice_config {
	const char *cache_dir; /**< made (0700) if absent; NULL: none is kept */
	const char *own_dir; /**< recordings; absent or NULL: there are none */
	/** The language's labels, which name the voice file that they are for;
	    NULL: flite speaks. */
	const char *labels;
	const char *voice_file; /**< instead of the one that labels name */
};

/**
 * voice_create()
 * @config: copied; NULL: flite, and nothing is kept
 *
 * What is missing or bad costs no more than itself: it is a complaint, and the
 * next best speaks. Engines start when they are first needed.
 * Return: 0 or -ENOMEM.
 */
int voice_create(struct voice **ret, const struct voice_config *config);
struct voice *voice_destroy(struct voice *v);

/** Who spoke. */
enum voice_source { VOICE_OWN, VOICE_CALM, VOICE_FLITE };

/** A clip, as it was made. */
struct voice_take {
	float *samples; /**< mono, the taker's to free() */
	uint32_t frames;
	enum voice_source source;
};

/**
 * voice_say() - the clip of one phrase
 * @name: what a recording of it is called, without its ending; NULL: none
 * @rate_hz: of the clip wanted
 *
 * Any one thread at a time; may take 40 ms for a second of speech, and does
 * file I/O.
 * Return: 0; -EINVAL for an empty text or one of over VOICE_TEXT_MAX bytes;
 * -ENOMEM; or -EIO if the engine gives no sound.
 */
int voice_say(struct voice *v, const char *name, const char *text,
              unsigned rate_hz, struct voice_take *ret);

/** voice_clip() - voice_say() of a text that nobody can have recorded. */
int voice_clip(struct voice *v, const char *text, unsigned rate_hz,
               float **ret_samples, uint32_t *ret_frames);

/** voice_has_own() - is there a recording of that name, good or not? */
bool voice_has_own(const struct voice *v, const char *name);

/** voice_has_label() - can the calm voice say it? */
bool voice_has_label(const struct voice *v, const char *text);

/**
 * voice_complaints() - what went wrong so far, one plain line each, at most
 * VOICE_COMPLAINTS_MAX of them
 * @ret: the voice's own, until it is used again
 */
size_t voice_complaints(const struct voice *v, const char *const **ret);

/** One phrase wanted of a worker. */
struct voice_job {
	const char *name, *text; /**< as in voice_say(); outlive the worker */
	float *samples;          /**< filled when done; NULL if it failed */
	uint32_t frames;
};

/**
 * A worker: a thread that turns phrases into clips ahead of need.
 */
struct voice_worker;

/**
 * voice_worker_start() - begin on @jobs, in order
 * @voice: used by nobody else until the worker is stopped
 * @jobs: outlives the worker; each is touched by the worker until done
 * @done: called once, in the worker's thread, when all are made or it was
 *        stopped; may be NULL
 *
 * Return: 0, -ENOMEM or -EAGAIN if no thread can be had.
 */
int voice_worker_start(struct voice_worker **ret, struct voice *voice,
                       unsigned rate_hz, struct voice_job *jobs, size_t n,
                       void (*done)(void *data), void *data);
/** voice_worker_ready() - how many jobs, from the first, are made. */
size_t voice_worker_ready(const struct voice_worker *w);
/** voice_worker_stop() - after the job in hand; joins. Return: NULL. */
struct voice_worker *voice_worker_stop(struct voice_worker *w);

#endif
