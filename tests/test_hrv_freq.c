/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/hrv_freq.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "signal/detrend.h"
#include "tests/helpers/spectrum.h"
#include "tests/helpers/test.h"

static unsigned check(const char *spectrum, const char *detrend,
                      const char *file, const struct hrv_bands *got)
{
	unsigned n = 0;

	for (size_t i = 0; i < SPECTRUM_FIGURES; i++) {
		char key[64];
		double wanted;

		snprintf(key, sizeof(key), "%s.%s", spectrum, spectrum_name(i));
		wanted = test_reference(file, detrend, key);
		if (isnan(wanted))
			continue;
		/* the table has ten digits; a peak is a place on the grid */
		assert_near(spectrum_figure(got, i), wanted,
		            (strstr(key, "_peak_") ? 1e-9 : 1e-6) * wanted);
		n++;
	}
	return n;
}

static void every_row_of_the_reference_is_met_to_1e_6(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_ROWS; i++) {
		const char *row = test_rows[i];
		struct nn nn = spectrum_read(row);
		struct hrv_spectra s;

		spectrum_welch(&nn, &s);
		assert_int_equal(check("welch", "none", row, &s.plain), 10);
		assert_int_equal(check("welch", "priors", row, &s.priors), 10);
		spectrum_lomb(&nn, &s);
		assert_int_equal(check("lomb", "none", row, &s.plain), 10);
	}
}

static void the_ec57_pattern_has_its_power(void **state)
{
	struct hrv_spectra s;
	struct nn nn = spectrum_read("ec57_tp4");

	(void)state;
	/* ANSI/AAMI EC57, table A.10. At one beat in 3 s the band above 0.17
	 * Hz mirrors the wave in Lomb's density, so only its own is looked
	 * at. */
	spectrum_lomb(&nn, &s);
	assert_near(s.plain.vlf_ms2, 39200.0, 392.0);
	spectrum_welch(&nn, &s);
	assert_near(s.plain.vlf_ms2, 39200.0, 392.0);
}

/* Half the square of the amplitude, in the band and nowhere else. */
static void assert_tone(const struct hrv_bands *b,
                        const struct spectrum_tone *tone, double tolerance)
{
	double power = tone->amplitude_ms * tone->amplitude_ms / 2.0;
	const double got[] = {b->vlf_ms2, b->lf_ms2, b->hf_ms2};
	const double peak[] = {b->vlf_peak_hz, b->lf_peak_hz, b->hf_peak_hz};
	size_t band = (tone->hz >= 0.04) + (size_t)(tone->hz >= 0.15);

	for (size_t i = 0; i < 3; i++)
		assert_near(got[i], i == band ? power : 0.0, tolerance * power);
	assert_near(peak[band], tone->hz, 0.002);
}

/* The last two are EC57's powers, 2450 and 612.5. */
static const struct spectrum_tone tones[] = {
	{900.0, 100.0, 0.02},
	{900.0, 70.0, 0.1},
	{800.0, 35.0, 0.25},
};

static void a_tone_has_its_power_in_its_band(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(tones) / sizeof(*tones); i++) {
		struct hrv_spectra s;
		struct nn nn = spectrum_clear();

		spectrum_add_tone(&nn, &tones[i], 0.0, 3600.0);
		spectrum_welch(&nn, &s);
		assert_tone(&s.plain, &tones[i], 0.01);
		spectrum_lomb(&nn, &s);
		assert_tone(&s.plain, &tones[i], 0.01);
	}
}

static void breaks_neither_take_power_nor_add_any(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(tones) / sizeof(*tones); i++) {
		struct hrv_spectra s;
		struct nn nn = spectrum_clear();

		for (int run = 0; run < 4; run++)
			spectrum_add_tone(&nn, &tones[i], 3000.0 * run, 900.0);
		spectrum_welch(&nn, &s);
		assert_tone(&s.plain, &tones[i], 0.01);
		spectrum_lomb(&nn, &s);
		assert_tone(&s.plain, &tones[i], 0.02);
	}
}

static void welch_takes_each_long_run_by_itself(void **state)
{
	const struct spectrum_tone slow = {900.0, 70.0, 0.1};
	const struct spectrum_tone fast = {800.0, 60.0, 0.2};
	struct hrv_spectra both, alone[2];
	struct nn nn = spectrum_clear();

	(void)state;
	/* 300 s hold one segment, so the two weigh alike; 100 s do not count
	 * beside a long one */
	spectrum_add_tone(&nn, &slow, 0.0, 300.0);
	spectrum_welch(&nn, &alone[0]);
	nn = spectrum_clear();
	spectrum_add_tone(&nn, &fast, 0.0, 300.0);
	spectrum_welch(&nn, &alone[1]);
	nn = spectrum_clear();
	spectrum_add_tone(&nn, &slow, 0.0, 300.0);
	spectrum_add_tone(&nn, &fast, 4096.0, 100.0);
	spectrum_add_tone(&nn, &fast, 8192.0, 300.0);
	spectrum_welch(&nn, &both);
	assert_near(both.plain.lf_ms2,
	            (alone[0].plain.lf_ms2 + alone[1].plain.lf_ms2) / 2.0, 1.0);
	assert_near(both.plain.hf_ms2,
	            (alone[0].plain.hf_ms2 + alone[1].plain.hf_ms2) / 2.0,
	            20.0);
}

static void without_a_long_run_welch_takes_the_longest(void **state)
{
	const struct spectrum_tone slow = {900.0, 70.0, 0.1};
	const struct spectrum_tone fast = {800.0, 60.0, 0.2};
	struct hrv_spectra both, alone;
	struct nn nn = spectrum_clear();

	(void)state;
	spectrum_add_tone(&nn, &fast, 0.0, 150.0);
	spectrum_welch(&nn, &alone);
	nn = spectrum_clear();
	spectrum_add_tone(&nn, &slow, -1000.0, 100.0);
	spectrum_add_tone(&nn, &fast, 0.0, 150.0);
	spectrum_add_tone(&nn, &slow, 1000.0, 60.0);
	spectrum_welch(&nn, &both);
	for (size_t i = 0; i < SPECTRUM_FIGURES; i++)
		assert_near(spectrum_figure(&both.plain, i),
		            spectrum_figure(&alone.plain, i), 0.0);
}

static void add_noise(struct nn *nn, double from_s, size_t n, uint64_t *seed)
{
	double t_s = from_s;

	for (size_t i = 0; i < n; i++) {
		double rr_ms = 500.0 + 700.0 * test_uniform(seed);

		t_s += rr_ms / 1e3;
		spectrum_add(nn, t_s, rr_ms, i > 0);
	}
}

/* Lomb as he wrote it. */
static double lomb_direct(const struct nn *nn, const double *y, double hz)
{
	double w = 2.0 * M_PI * hz, s2 = 0.0, c2 = 0.0, tau;
	double yc = 0.0, ys = 0.0, cc = 0.0, ss = 0.0;

	for (size_t i = 0; i < nn->n; i++) {
		s2 += sin(2.0 * w * nn->t_s[i]);
		c2 += cos(2.0 * w * nn->t_s[i]);
	}
	tau = atan2(s2, c2) / (2.0 * w);
	for (size_t i = 0; i < nn->n; i++) {
		double c = cos(w * (nn->t_s[i] - tau));
		double s = sin(w * (nn->t_s[i] - tau));

		yc += y[i] * c;
		ys += y[i] * s;
		cc += c * c;
		ss += s * s;
	}
	return 0.5 * (yc * yc / cc + ys * ys / ss);
}

/* @beating_s, @steps: within runs. */
static void direct(const struct nn *nn, double beating_s, size_t steps,
                   bool priors, struct hrv_bands *ret)
{
	double span_s = nn->t_s[nn->n - 1] - nn->t_s[0], mean = 0.0;
	double df_hz = 1.0 / (4.0 * span_s);
	size_t bins = (size_t)(0.4 / df_hz) + 2;
	double *psd = malloc(bins * sizeof(*psd));
	double *y = malloc(nn->n * sizeof(*y));

	assert_true(psd && y);
	memcpy(y, nn->rr_ms, nn->n * sizeof(*y));
	if (priors)
		assert_int_equal(detrend_priors(&spectrum_with.arena, y, nn->n,
		                                DETREND_LAMBDA),
		                 0);
	for (size_t i = 0; i < nn->n; i++)
		mean += y[i] / (double)nn->n;
	for (size_t i = 0; i < nn->n; i++)
		y[i] -= mean;
	psd[0] = 0.0;
	for (size_t k = 1; k < bins; k++)
		psd[k] = 2.0 * lomb_direct(nn, y, (double)k * df_hz) *
		         beating_s / (double)steps;
	hrv_bands_of(psd, bins, df_hz, ret);
	free(psd);
	free(y);
}

static void compare_with_direct(const struct nn *nn, double beating_s,
                                size_t steps)
{
	struct hrv_bands wanted[2];
	struct hrv_spectra s;

	spectrum_lomb(nn, &s);
	direct(nn, beating_s, steps, false, &wanted[0]);
	direct(nn, beating_s, steps, true, &wanted[1]);
	for (size_t i = 0; i < SPECTRUM_FIGURES; i++) {
		assert_near(spectrum_figure(&s.plain, i),
		            spectrum_figure(&wanted[0], i),
		            1e-6 * spectrum_figure(&wanted[0], i));
		assert_near(spectrum_figure(&s.priors, i),
		            spectrum_figure(&wanted[1], i),
		            1e-6 * spectrum_figure(&wanted[1], i));
	}
}

static void the_fast_sums_are_the_direct_ones(void **state)
{
	uint64_t seed = 31;

	(void)state;
	print_message("seed %llu\n", (unsigned long long)seed);
	for (size_t n = 70; n < 500; n += 61) {
		struct nn nn = spectrum_clear();

		add_noise(&nn, 1e4, n, &seed);
		compare_with_direct(&nn, nn.t_s[n - 1] - nn.t_s[0], n - 1);
	}
}

static void also_over_breaks(void **state)
{
	const double from_s[] = {0.0, 200.0, 1500.0};
	struct nn nn = spectrum_clear();
	double beating_s = 0.0;
	uint64_t seed = 32;

	(void)state;
	print_message("seed %llu\n", (unsigned long long)seed);
	for (size_t i = 0; i < 3; i++) {
		add_noise(&nn, from_s[i], 60, &seed);
		beating_s += nn.t_s[nn.n - 1] - nn.t_s[nn.n - 60];
	}
	compare_with_direct(&nn, beating_s, nn.n - 3);
}

static void a_band_holds_its_lower_edge_and_not_its_upper(void **state)
{
	/* 0.01 Hz steps: 0.04, 0.15 and 0.4 stand on the grid */
	double psd[60] = {0.0};
	struct hrv_bands b;

	(void)state;
	psd[4] = 1.0;
	psd[15] = 10.0;
	psd[39] = 100.0;
	psd[40] = 1000.0;
	psd[0] = 1e6;
	hrv_bands_of(psd, 60, 0.01, &b);
	assert_near(b.vlf_ms2, 0.0, 0.0);
	assert_near(b.lf_ms2, 0.01, 1e-15);
	assert_near(b.hf_ms2, 1.1, 1e-14);
	assert_near(b.total_ms2, 1.11, 1e-14);
	assert_near(b.lf_peak_hz, 0.04, 0.0);
	assert_near(b.hf_peak_hz, 0.39, 0.0);
	assert_near(b.lf_hf, 0.01 / 1.1, 1e-14);
	assert_near(b.lf_nu, 100.0 * 0.01 / 1.11, 1e-12);
	assert_near(b.lf_nu + b.hf_nu, 100.0, 1e-12);
	assert_true(isnan(b.vlf_peak_hz));
}

static void nothing_gives_no_ratio_and_no_peak(void **state)
{
	const double psd[60] = {0.0};
	struct hrv_bands b;

	(void)state;
	hrv_bands_of(psd, 60, 0.01, &b);
	assert_near(b.total_ms2, 0.0, 0.0);
	assert_true(isnan(b.lf_hf) && isnan(b.lf_nu) && isnan(b.hf_nu) &&
	            isnan(b.vlf_peak_hz) && isnan(b.lf_peak_hz) &&
	            isnan(b.hf_peak_hz));
	hrv_bands_of(psd, 0, 0.01, &b);
	assert_near(b.total_ms2, 0.0, 0.0);
}

static void a_heart_like_a_clock_has_no_power_and_no_infinity(void **state)
{
	const double rr_ms[] = {812.3, 1250.0, 1666.6, 3000.0};

	(void)state;
	for (size_t i = 0; i < sizeof(rr_ms) / sizeof(*rr_ms); i++) {
		const struct spectrum_tone still = {rr_ms[i], 0.0, 0.1};
		struct hrv_spectra s;
		struct nn nn = spectrum_clear();

		spectrum_add_tone(&nn, &still, 0.0, 600.0);
		for (int way = 0; way < 2; way++) {
			if (way == 0)
				spectrum_welch(&nn, &s);
			else
				spectrum_lomb(&nn, &s);
			assert_near(s.plain.total_ms2, 0.0, 1e-12);
			assert_near(s.priors.total_ms2, 0.0, 1e-12);
			assert_true(isnan(s.plain.lf_hf) &&
			            isnan(s.priors.lf_nu) &&
			            isnan(s.plain.hf_peak_hz));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_of_the_reference_is_met_to_1e_6),
		cmocka_unit_test(the_ec57_pattern_has_its_power),
		cmocka_unit_test(a_tone_has_its_power_in_its_band),
		cmocka_unit_test(breaks_neither_take_power_nor_add_any),
		cmocka_unit_test(welch_takes_each_long_run_by_itself),
		cmocka_unit_test(without_a_long_run_welch_takes_the_longest),
		cmocka_unit_test(the_fast_sums_are_the_direct_ones),
		cmocka_unit_test(also_over_breaks),
		cmocka_unit_test(a_band_holds_its_lower_edge_and_not_its_upper),
		cmocka_unit_test(nothing_gives_no_ratio_and_no_peak),
		cmocka_unit_test(
			a_heart_like_a_clock_has_no_power_and_no_infinity),
	};

	return cmocka_run_group_tests(tests, spectrum_set_up,
	                              spectrum_tear_down);
}
