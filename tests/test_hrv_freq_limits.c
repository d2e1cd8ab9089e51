/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Spectra of what is too little, too long, or more than there is memory for. */
#include "signal/hrv_freq.h"

#include <errno.h>
#include <stdlib.h>

#include <gsl/gsl_fft_complex.h>
#include <gsl/gsl_fft_real.h>

#include "tests/helpers/spectrum.h"
#include "tests/helpers/test.h"

/* -1: nothing fails; else after so many successes all do */
static int allowance = -1;

static bool denied(void)
{
	if (allowance == 0)
		return true;
	allowance -= allowance > 0;
	return false;
}

#define WRAPPED(type, name, parameters, arguments)                             \
	type __real_##name parameters;                                         \
	type __wrap_##name parameters;                                         \
	type __wrap_##name parameters                                          \
	{                                                                      \
		return denied() ? NULL : __real_##name arguments;              \
	}
WRAPPED(void *, aligned_alloc, (size_t alignment, size_t size),
        (alignment, size))
WRAPPED(void *, calloc, (size_t n, size_t size), (n, size))
WRAPPED(gsl_fft_complex_wavetable *, gsl_fft_complex_wavetable_alloc,
        (size_t n), (n))
WRAPPED(gsl_fft_complex_workspace *, gsl_fft_complex_workspace_alloc,
        (size_t n), (n))
WRAPPED(gsl_fft_real_wavetable *, gsl_fft_real_wavetable_alloc, (size_t n), (n))
WRAPPED(gsl_fft_real_workspace *, gsl_fft_real_workspace_alloc, (size_t n), (n))

static void assert_nothing_of(const struct nn *nn)
{
	struct hrv_spectra s;

	spectrum_welch(nn, &s);
	spectrum_absent(&s.plain);
	spectrum_absent(&s.priors);
	spectrum_lomb(nn, &s);
	spectrum_absent(&s.plain);
	spectrum_absent(&s.priors);
}

static void too_little_gives_no_value(void **state)
{
	const struct spectrum_tone tone = {1000.0, 50.0, 0.1};
	struct hrv_spectra s;
	struct nn nn = spectrum_clear();

	(void)state;
	assert_nothing_of(&nn);
	spectrum_add_tone(&nn, &tone, 0.0, 1.0);
	assert_nothing_of(&nn);
	nn = spectrum_clear();
	spectrum_add_tone(&nn, &tone, 0.0, HRV_FREQ_MIN_S);
	nn.n = 50;
	assert_nothing_of(&nn);
	/* three beats last long enough but are no curve */
	nn = spectrum_clear();
	for (int i = 0; i < 3; i++)
		spectrum_add(&nn, 30.0 * i, 30e3, true);
	assert_nothing_of(&nn);
	/* enough in all, but never unbroken: Lomb's, not Welch's */
	nn = spectrum_clear();
	for (int i = 0; i < 3; i++)
		spectrum_add_tone(&nn, &tone, 100.0 * i, 40.0);
	spectrum_welch(&nn, &s);
	spectrum_absent(&s.plain);
	spectrum_lomb(&nn, &s);
	assert_true(s.plain.total_ms2 > 0.0);
}

static void more_than_sixteen_days_give_no_value(void **state)
{
	const struct spectrum_tone tone = {1000.0, 50.0, 0.1};
	struct hrv_spectra s;
	struct nn nn = spectrum_clear();

	(void)state;
	for (int i = 0; i < 10; i++)
		spectrum_add(&nn, 1e6 * i, 1e9, true);
	assert_nothing_of(&nn);
	/* a lone beat a month later harms Lomb only */
	nn = spectrum_clear();
	spectrum_add_tone(&nn, &tone, 0.0, 300.0);
	spectrum_add(&nn, 3e6, 1000.0, false);
	spectrum_lomb(&nn, &s);
	spectrum_absent(&s.plain);
	spectrum_welch(&nn, &s);
	assert_true(s.plain.total_ms2 > 0.0);
}

static void priors_are_left_out_when_not_wanted(void **state)
{
	const struct spectrum_tone tone = {1000.0, 50.0, 0.1};
	struct hrv_spectra with, without;
	struct nn nn = spectrum_clear();

	(void)state;
	spectrum_add_tone(&nn, &tone, 0.0, 300.0);
	spectrum_welch(&nn, &with);
	assert_int_equal(hrv_welch_of(spectrum_with.freq, &spectrum_with.arena,
	                              &nn, false, &without),
	                 0);
	assert_memory_equal(&with.plain, &without.plain, sizeof(with.plain));
	spectrum_absent(&without.priors);
	spectrum_lomb(&nn, &with);
	assert_int_equal(hrv_lomb_of(spectrum_with.freq, &spectrum_with.arena,
	                             &nn, false, &without),
	                 0);
	assert_memory_equal(&with.plain, &without.plain, sizeof(with.plain));
	spectrum_absent(&without.priors);
}

typedef int (*spectrum_of)(struct hrv_freq *, struct arena *, const struct nn *,
                           bool, struct hrv_spectra *);

static int fail_each(spectrum_of of, const struct nn *nn)
{
	int tries = 0, r = -ENOMEM;

	for (; r == -ENOMEM; tries++) {
		struct hrv_spectra s = {.plain.vlf_ms2 = 42.0};
		struct arena a;

		arena_init(&a);
		allowance = tries;
		r = of(spectrum_with.freq, &a, nn, true, &s);
		allowance = -1;
		if (r == -ENOMEM)
			assert_near(s.plain.vlf_ms2, 42.0, 0.0);
		/* all that was taken is given back */
		for (size_t i = 0; i < a.n; i++)
			assert_int_equal(a.chunk[i].used, 0);
		arena_finish(&a);
	}
	assert_int_equal(r, 0);
	return tries;
}

static void out_of_memory_is_said_and_ret_left_alone(void **state)
{
	const struct spectrum_tone tone = {1000.0, 50.0, 0.1};
	struct hrv_freq *f = NULL;
	struct nn nn = spectrum_clear();
	int tries = 0, r = -ENOMEM;

	(void)state;
	for (; r == -ENOMEM; tries++) {
		allowance = tries;
		r = hrv_freq_create(&f);
		allowance = -1;
		assert_true((r == 0) == (f != NULL));
	}
	assert_int_equal(r, 0);
	assert_int_equal(tries, 4);
	assert_null(hrv_freq_destroy(f));
	assert_null(hrv_freq_destroy(NULL));

	/* long enough for each array to need a chunk of its own */
	spectrum_add_tone(&nn, &tone, 0.0, 90000.0);
	assert_in_range(fail_each(hrv_welch_of, &nn), 3, 20);
	assert_in_range(fail_each(hrv_lomb_of, &nn), 8, 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(too_little_gives_no_value),
		cmocka_unit_test(more_than_sixteen_days_give_no_value),
		cmocka_unit_test(priors_are_left_out_when_not_wanted),
		cmocka_unit_test(out_of_memory_is_said_and_ret_left_alone),
	};

	return cmocka_run_group_tests(tests, spectrum_set_up,
	                              spectrum_tear_down);
}
