/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_VOICE_HTS_H
#define LULL_AUDIO_VOICE_HTS_H

#include <stddef.h>

/**
 * The calm voice: labels become speech by libHTSEngine and a voice file
 * (Debian's festvox-us-slt-hts). One instance a thread; instances are
 * independent.
 *
 * Settings: reference/audio.md, section 1, and slower, until the mean over all
 * phrases lies under 160 words a minute.
 */
#define VOICE_HTS_SPEED     0.80
#define VOICE_HTS_SEMITONES (-1.5)

struct voice_hts;

/**
 * voice_hts_create()
 * @path: the .htsvoice file
 *
 * Return: 0, errno if it cannot be read, -EBADMSG if it is no voice, -ENOMEM.
 */
int voice_hts_create(struct voice_hts **ret, const char *path);
/** voice_hts_destroy() - takes NULL. Return: NULL. */
struct voice_hts *voice_hts_destroy(struct voice_hts *h);

/**
 * voice_hts_speak() - speech of one spoken text (audio/voice_label.h)
 * @ret: malloc()ed, mono, about within [-1, 1]
 *
 * About 40 ms for a second of speech.
 * Return: 0; -EBADMSG if @spoken is malformed; -EIO if no sound comes of it;
 * -ENOMEM.
 */
int voice_hts_speak(struct voice_hts *h, const char *spoken, float **ret,
                    size_t *ret_n, unsigned *ret_rate_hz);

#endif
