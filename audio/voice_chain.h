/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_VOICE_CHAIN_H
#define LULL_AUDIO_VOICE_CHAIN_H

#include <stddef.h>
#include <stdint.h>

/**
 * From a speaker's raw sound to a clip: resampled, evened out, trimmed, faded,
 * set to its loudness. Pure.
 *
 * High-pass 80 Hz; -2.5 dB at 3.2 kHz; -3 dB above 7 kHz; 2:1 above the mean
 * level; what is silent in front and behind cut off; fades of 30 and 80 ms;
 * filled up with silence to VOICE_CHAIN_SHORTEST_S, so that each clip has a
 * loudness. Source: reference/audio.md, section 1.
 */
#define VOICE_CHAIN_VERSION     2 /**< of all that this file does to a sample */

#define VOICE_CHAIN_PEAK_DBTP   (-3.1) /**< under -3, whoever measures */
#define VOICE_CHAIN_SILENT_PEAK 0.015f /**< an engine's pause is at 0.003 */
#define VOICE_CHAIN_SHORTEST_S  0.4    /**< a block of EBU Tech 3341 */

/**
 * voice_chain_resample() - mono @in of @from_hz at @to_hz
 * @ret: malloc()ed
 * Return: 0, -ENOMEM, or -EIO if nothing is left.
 */
int voice_chain_resample(const float *in, size_t n, unsigned from_hz,
                         unsigned to_hz, float **ret, size_t *ret_n);

/**
 * voice_chain_loudness() - how loud speech is: integrated; of less than one
 * block (400 ms), as if repeated to fill it
 * @x: mono, @n samples
 *
 * Source: EBU R 128; ITU-R BS.1770-4.
 * Return: 0, -ENOMEM, or -EIO for silence.
 */
int voice_chain_loudness(const float *x, size_t n, unsigned rate_hz,
                         double *ret_lufs);

/** voice_chain_peak() - true peak, dB. Source: ITU-R BS.1770-4, annex 2.
    Return: 0, -ENOMEM, or -EIO for silence. */
int voice_chain_peak(const float *x, size_t n, unsigned rate_hz,
                     double *ret_dbtp);

/**
 * voice_chain_run() - the whole chain
 * @raw: mono, @n samples of @from_hz
 * @ret: malloc()ed, at @to_hz, each sample a whole number of 2^-15
 * Return: 0, -ENOMEM, or -EIO if there is no sound in it.
 */
int voice_chain_run(const float *raw, size_t n, unsigned from_hz,
                    unsigned to_hz, float **ret, size_t *ret_n);

#endif
