/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_VOICE_OWN_H
#define LULL_AUDIO_VOICE_OWN_H

#include <stddef.h>

/**
 * A person's own recordings: a folder of sound files, each called what it
 * says, in any format that libsndfile reads.
 */
#define VOICE_OWN_SECONDS_MAX 60

struct voice_own;

/**
 * voice_own_create() - list what is there
 * Return: 0, also where there is no such folder; errno; -ENOMEM.
 */
int voice_own_create(struct voice_own **ret, const char *folder);
/** voice_own_destroy() - takes NULL. Return: NULL. */
struct voice_own *voice_own_destroy(struct voice_own *o);

/** voice_own_find() - path of the recording of that name; NULL: none. */
const char *voice_own_find(const struct voice_own *o, const char *name);

/** What may be wrong with a recording. */
enum voice_flaw {
	VOICE_FLAW_NONE,
	VOICE_FLAW_NO_SOUND_FILE,
	VOICE_FLAW_CUT, /**< it ends before its own header says so */
	VOICE_FLAW_LONG,
	VOICE_FLAW_SILENT,
	VOICE_FLAW_CLIPPED, /**< played all the same */
	VOICE_FLAW_NARROW,  /**< under 16 kHz; played all the same */
};

/** voice_flaw_text() - what is wrong, and what to do. */
const char *voice_flaw_text(enum voice_flaw flaw);
/** voice_flaw_fatal() - is something else said in its place? */
int voice_flaw_fatal(enum voice_flaw flaw);

/**
 * voice_own_read() - a whole recording, its channels mixed to one
 * @ret: malloc()ed
 * @ret_flaw: set on every return
 * Return: 0, -EBADMSG with a fatal flaw, -ENOMEM.
 */
int voice_own_read(const char *path, float **ret, size_t *ret_n,
                   unsigned *ret_rate_hz, enum voice_flaw *ret_flaw);

#endif
