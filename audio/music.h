/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_MUSIC_H
#define LULL_AUDIO_MUSIC_H

#include <stddef.h>
#include <stdint.h>

/**
 * The person's own music as a bed: any file that libsndfile reads, brought to
 * stereo, to the stream's rate and to the loudness of a bed; from its end it
 * goes over into its begin. It is decoded ahead, off the callback, into a
 * ring.
 *
 * Frame for frame it is the same each time: what a late decoder could not
 * bring in time is silent, and what comes after stays in its place.
 */
#define MUSIC_LUFS    (-38.0)
#define MUSIC_CROSS_S 8.0 /**< from the end into the begin */

struct music;

/**
 * music_create() - open @path, measure it, decode what is needed at once
 *
 * Loop thread; takes some tenths of a second. Loudness is measured with
 * libebur128 over at most two minutes, spread over the file.
 * Return: 0; -ENOENT, -EACCES, -EISDIR; -EBADMSG if it is no sound file that
 * can be read; -ENODATA if it is shorter than a second or silent; -ENOMEM.
 */
int music_create(struct music **ret, const char *path, unsigned rate_hz);
/** music_destroy() - also ends its thread; takes NULL. Return: NULL. */
struct music *music_destroy(struct music *m);

/** music_run() - decode ahead in a thread from now on: for a live stream.
 * Return: 0 or -EAGAIN. */
int music_run(struct music *m);
/** music_fill() - decode as far ahead as there is room: for a renderer, before
 * each block of at most MUSIC_BLOCK frames; never beside music_run(). */
void music_fill(struct music *m);
#define MUSIC_BLOCK 16384

/** music_read() - set @stereo to the next @n frames. RT safe. */
void music_read(struct music *m, float *stereo, uint32_t n);
/** music_missed() - frames that were not there in time. Any thread. */
uint64_t music_missed(const struct music *m);

/** music_strerror() - a negative errno of music_create() in plain words. */
const char *music_strerror(int error);

#endif
