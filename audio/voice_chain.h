/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_VOICE_CHAIN_H
#define LULL_AUDIO_VOICE_CHAIN_H

#include <stddef.h>
#include <stdint.h>

/**
 * From a speech engine's raw sound to a clip: resampled, high-passed,
 * trimmed, faded, set to its loudness. Pure.
 */
#define VOICE_CHAIN_VERSION   1 /**< of all that this file does to a sample */

#define VOICE_CHAIN_PEAK_DBTP (-3.0) /**< never above; loudness gives way */

/**
 * voice_chain_resample() - mono @in of @from_hz at @to_hz
 * @ret: malloc()ed
 * Return: 0, -ENOMEM, or -EIO if nothing is left.
 */
int voice_chain_resample(const float *in, size_t n, unsigned from_hz,
                         unsigned to_hz, float **ret, size_t *ret_n);

/**
 * voice_chain_loudness() - how loud speech is
 * @x: mono, @n samples
 *
 * Of 3 s and more: integrated; shorter: highest momentary (400 ms), stepped
 * by 10 ms; under 400 ms: repeated to fill one block.
 * Source: EBU R 128 s1 (2016) for short programmes; ITU-R BS.1770-4.
 * Return: 0, -ENOMEM, or -EIO for silence.
 */
int voice_chain_loudness(const float *x, size_t n, unsigned rate_hz,
                         double *ret_lufs);

/**
 * voice_chain_run() - the whole chain
 * @pcm: 16 bit mono
 * @ret: malloc()ed, at @to_hz, each sample a whole number of 2^-23
 * Return: 0, -ENOMEM, or -EIO if there is no sound in it.
 */
int voice_chain_run(const int16_t *pcm, size_t n, unsigned from_hz,
                    unsigned to_hz, float **ret, size_t *ret_n);

#endif
