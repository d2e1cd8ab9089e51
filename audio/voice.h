/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_VOICE_H
#define LULL_AUDIO_VOICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "audio/enough.h"

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
	uint64_t
		bytes_kept; /**< of its file in the cache; 0: it is not there */
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

/**
 * voice_look() - how long voice_say()'s clip is, where it lies in the cache
 *
 * Microseconds. Return: 0; -ENOENT if it is yet to be made, or wanted at
 * another rate than it is kept at.
 */
int voice_look(const struct voice *v, const char *name, const char *text,
               unsigned rate_hz, uint32_t *ret_frames);

/**
 * voice_fill() - the clip that voice_look() told of, into its place
 * @enough: NULL: all of it
 *
 * From the first sample on, a hundred times faster than it is heard. Made anew
 * where it is gone meanwhile.
 * Return: 0; -ECANCELED; -ERANGE if it has another length by now; as
 * voice_say().
 */
int voice_fill(struct voice *v, const char *name, const char *text, float *into,
               uint32_t frames, const struct enough *enough);

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

#endif
