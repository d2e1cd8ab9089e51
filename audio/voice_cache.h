/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_VOICE_CACHE_H
#define LULL_AUDIO_VOICE_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "audio/enough.h"

/**
 * The folder of clips: one FLAC file (16 bit, mono, VOICE_CACHE_RATE_HZ) a
 * text, named by a 128 bit hash of settings and text. Title and comment hold
 * both in full and a hash of the samples, so that neither a collision nor a
 * damaged file is taken for the clip.
 */

/** voice_cache_folder() - make @dir (0700) and what leads to it
 * Return: 0 or errno. */
int voice_cache_folder(const char *dir);

/** voice_cache_load() - @ret: malloc()ed
 * Return: 0; -ENOENT if there is none that is whole; -ENOMEM. */
int voice_cache_load(const char *dir, const char *settings, const char *text,
                     float **ret, size_t *ret_n);

/**
 * voice_cache_fill() - likewise, of @n samples, into @into
 * @enough: NULL: all of it
 *
 * From the first sample on, so that a clip can be heard while it is read. Who
 * hears a damaged one meanwhile hears what its decoder lets through.
 * Return: 0; -ENOENT if there is none of that length that is whole; -ECANCELED;
 * -ENOMEM.
 */
int voice_cache_fill(const char *dir, const char *settings, const char *text,
                     float *into, size_t n, const struct enough *enough);

/** voice_cache_hash() - 64 bits that stand for a text in settings. */
uint64_t voice_cache_hash(const char *text);

/**
 * voice_cache_look() - how long a clip is, by its header alone
 *
 * Takes microseconds, where loading takes milliseconds, and bids the kernel
 * read the file ahead. What it holds is only known once it is loaded.
 * Return: 0; -ENOENT if there is none, or it has no such header.
 */
int voice_cache_look(const char *dir, const char *settings, const char *text,
                     uint32_t *ret_frames);

/** voice_cache_store() - @x: each sample a whole number of 2^-15
 * Return: 0 or errno; a file of the name is replaced as a whole or not. */
int voice_cache_store(const char *dir, const char *settings, const char *text,
                      const float *x, size_t n);

/** voice_cache_size() - bytes of its file; 0 if there is none. */
uint64_t voice_cache_size(const char *dir, const char *settings,
                          const char *text);

#endif
