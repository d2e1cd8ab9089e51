/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_VOICE_FLITE_H
#define LULL_AUDIO_VOICE_FLITE_H

#include <stddef.h>

/**
 * flite's slt voice, for what has no label: the engine is one per process and
 * locked; it says a text always alike.
 */
#define VOICE_FLITE_STRETCH                                                    \
	1.15 /**< calmer than 213 words/min (audio.md 1)                       \
	      */

/** voice_flite_take() - start the engine, or share it. Return: 0 or -ENOSYS. */
int voice_flite_take(void);
void voice_flite_drop(void);

/**
 * voice_flite_speak() - between take and drop
 * @ret: malloc()ed, mono
 * Return: 0, -EIO if no sound comes of it, -ENOMEM.
 */
int voice_flite_speak(const char *text, float **ret, size_t *ret_n,
                      unsigned *ret_rate_hz);

#endif
