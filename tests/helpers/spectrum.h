/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_HELPERS_SPECTRUM_H
#define LULL_TESTS_HELPERS_SPECTRUM_H

#include <stdbool.h>
#include <stddef.h>

#include "signal/hrv_freq.h"

/** Recordings built by hand or read, one at a time, and their spectra. */

/** What they are computed with. */
struct spectrum_with {
	struct hrv_freq *freq;
	struct arena arena;
};
extern struct spectrum_with spectrum_with;

/** spectrum_set_up() - cmocka's, of a group. */
int spectrum_set_up(void **state);
/** spectrum_tear_down() - cmocka's, of the same group. */
int spectrum_tear_down(void **state);

/** spectrum_clear() - the recording begins anew. Return: it, empty. */
struct nn spectrum_clear(void);
/** spectrum_add() - one interval more. */
void spectrum_add(struct nn *nn, double t_s, double rr_ms, bool joined);
/** spectrum_read() - a row of the shared recordings; skips where
    test_recording() does. */
struct nn spectrum_read(const char *row);

struct spectrum_tone {
	double mean_ms, amplitude_ms, hz;
};

/** spectrum_add_tone() - RR that swing about a mean, for @span_s; each beat
    takes the value that the wave has at its end. */
void spectrum_add_tone(struct nn *nn, const struct spectrum_tone *tone,
                       double from_s, double span_s);

/** spectrum_welch() - both, with priors; what fails fails the test. */
void spectrum_welch(const struct nn *nn, struct hrv_spectra *ret);
void spectrum_lomb(const struct nn *nn, struct hrv_spectra *ret);

/** The figures of bands, by number. */
#define SPECTRUM_FIGURES 10
/** spectrum_name() - what the table of references calls it. */
const char *spectrum_name(size_t i);
double spectrum_figure(const struct hrv_bands *b, size_t i);
/** spectrum_absent() - fails the test unless all of them are NAN. */
void spectrum_absent(const struct hrv_bands *b);

#endif
