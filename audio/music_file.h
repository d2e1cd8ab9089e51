/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_MUSIC_FILE_H
#define LULL_AUDIO_MUSIC_FILE_H

#include <stddef.h>
#include <stdint.h>

/**
 * A sound file as an endless stereo sound at its own rate: near its end it
 * goes over into its begin. One thread at a time.
 */
struct music_file;

/** music_file_open() - Return: 0, or as music_create(). */
int music_file_open(struct music_file **ret, const char *path);
struct music_file *music_file_close(struct music_file *f);

unsigned music_file_rate_hz(const struct music_file *f);
/** music_file_lufs() - loudness, measured here and there; from then on it
 * begins at the begin. Return: 0, -ENODATA for silence, -ENOMEM. */
int music_file_lufs(struct music_file *f, double *ret);
/** music_file_read() - the next @n frames, stereo; all finite. */
void music_file_read(struct music_file *f, float *stereo, size_t n);

#endif
