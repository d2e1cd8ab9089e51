/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_HELPERS_EAR_H
#define LULL_TESTS_HELPERS_EAR_H

#include <stddef.h>
#include <stdint.h>

#include "audio/mixer.h"

/**
 * What a listener would say of a sound, in figures. Sound is interleaved
 * stereo at EAR_RATE_HZ; from @from_s to @to_s of it is heard.
 */
#define EAR_RATE_HZ 48000

/** ear_render() - the next @s seconds of a mixer; free() it. */
float *ear_render(struct mixer *m, double s);
/** ear_render_by() - the next @frames, so many a block; free() it. */
float *ear_render_by(struct mixer *m, size_t frames, size_t block);

/** ear_rms_db() - of both sides, of full scale; -300 in silence. */
double ear_rms_db(const float *x, double from_s, double to_s);
/** ear_peak() - the greatest sample of either side. */
float ear_peak(const float *x, double from_s, double to_s);
/** ear_lufs() - Source: ITU-R BS.1770-4, by libebur128. */
double ear_lufs(const float *x, double from_s, double to_s);
/** ear_true_peak_db() - of the louder side, of full scale. Source: as
 * ear_lufs(). */
double ear_true_peak_db(const float *x, double from_s, double to_s);
/** ear_brightness() - of the left side: the spectrum's second moment, in
 * octaves: how much the wave moves against how large it is. */
double ear_brightness(const float *x, double from_s, double to_s);
/** ear_correlation() - of the left sides of @n frames, -1 to 1. */
double ear_correlation(const float *a, const float *b, size_t n);
/** ear_step() - the greatest step from one sample to the next, either side. */
float ear_step(const float *x, double from_s, double to_s);
/**
 * ear_click() - how far a bend of the left side's wave stands out of its
 * surroundings, at the worst: bends against their RMS within 10 ms
 *
 * Noise of whatever level or colour is below 6. Bends under @least are not
 * heard.
 */
double ear_click(const float *x, double from_s, double to_s, float least);

/**
 * ear_spectrum() - power of the left side's @n frames in @n / 2 bands of
 * EAR_RATE_HZ / @n, by a window of Hann's
 * @n: a power of two, at most EAR_FRAMES_MAX
 */
#define EAR_FRAMES_MAX 8192
void ear_spectrum(const float *x, size_t n, double *ret_power);

#endif
