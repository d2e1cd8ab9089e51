/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/spectrum.h"

#include <math.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "tests/helpers/test.h"

struct spectrum_with spectrum_with;

static struct {
	double t_s[TEST_BEATS_MAX], rr_ms[TEST_BEATS_MAX];
	bool joined[TEST_BEATS_MAX];
	size_t n;
} recording;

struct nn spectrum_clear(void)
{
	recording.n = 0;
	return (struct nn){.t_s = recording.t_s,
	                   .rr_ms = recording.rr_ms,
	                   .joined = recording.joined};
}

void spectrum_add(struct nn *nn, double t_s, double rr_ms, bool joined)
{
	assert_true(recording.n < TEST_BEATS_MAX);
	recording.t_s[recording.n] = t_s;
	recording.rr_ms[recording.n] = rr_ms;
	recording.joined[recording.n++] = joined;
	nn->n = recording.n;
}

struct nn spectrum_read(const char *row)
{
	struct nn nn = spectrum_clear();

	nn.n = test_recording(row, recording.t_s, recording.rr_ms);
	nn.joined = NULL;
	return nn;
}

void spectrum_add_tone(struct nn *nn, const struct spectrum_tone *tone,
                       double from_s, double span_s)
{
	double t_s = from_s;

	for (bool joined = false; t_s < from_s + span_s; joined = true) {
		double rr_ms = tone->mean_ms;

		/* the interval ends where its own length puts it */
		for (int i = 0; i < 60; i++)
			rr_ms = tone->mean_ms +
			        tone->amplitude_ms * sin(2.0 * M_PI * tone->hz *
			                                 (t_s + rr_ms / 1e3));
		t_s += rr_ms / 1e3;
		spectrum_add(nn, t_s, rr_ms, joined);
	}
}

void spectrum_welch(const struct nn *nn, struct hrv_spectra *ret)
{
	assert_int_equal(hrv_welch_of(spectrum_with.freq, &spectrum_with.arena,
	                              nn, true, ret),
	                 0);
}

void spectrum_lomb(const struct nn *nn, struct hrv_spectra *ret)
{
	assert_int_equal(hrv_lomb_of(spectrum_with.freq, &spectrum_with.arena,
	                             nn, true, ret),
	                 0);
}

static const struct {
	const char *name;
	size_t at;
} figures[] = {
	{"vlf_ms2", offsetof(struct hrv_bands, vlf_ms2)},
	{"lf_ms2", offsetof(struct hrv_bands, lf_ms2)},
	{"hf_ms2", offsetof(struct hrv_bands, hf_ms2)},
	{"total_ms2", offsetof(struct hrv_bands, total_ms2)},
	{"lf_hf", offsetof(struct hrv_bands, lf_hf)},
	{"lf_nu", offsetof(struct hrv_bands, lf_nu)},
	{"hf_nu", offsetof(struct hrv_bands, hf_nu)},
	{"vlf_peak_hz", offsetof(struct hrv_bands, vlf_peak_hz)},
	{"lf_peak_hz", offsetof(struct hrv_bands, lf_peak_hz)},
	{"hf_peak_hz", offsetof(struct hrv_bands, hf_peak_hz)},
};
_Static_assert(sizeof(figures) / sizeof(*figures) == SPECTRUM_FIGURES,
               "each has its number");

const char *spectrum_name(size_t i)
{
	return figures[i].name;
}

double spectrum_figure(const struct hrv_bands *b, size_t i)
{
	double value;

	memcpy(&value, (const char *)b + figures[i].at, sizeof(value));
	return value;
}

void spectrum_absent(const struct hrv_bands *b)
{
	for (size_t i = 0; i < SPECTRUM_FIGURES; i++)
		assert_true(isnan(spectrum_figure(b, i)));
}

int spectrum_set_up(void **state)
{
	(void)state;
	gsl_set_error_handler_off();
	arena_init(&spectrum_with.arena);
	return hrv_freq_create(&spectrum_with.freq);
}

int spectrum_tear_down(void **state)
{
	(void)state;
	spectrum_with.freq = hrv_freq_destroy(spectrum_with.freq);
	arena_finish(&spectrum_with.arena);
	return 0;
}
