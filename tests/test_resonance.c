/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One rate measured by itself, and the best of several. C.1. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "signal/resonance.h"
#include "tests/helpers/test.h"

/* @n breaths at @per_min; the heart swings by @swing bpm from peak to trough,
   its peak @late_deg behind the end of the breath in. */
static void breathe(struct resonance_take *t, double per_min, int n,
                    double swing, double late_deg, double noise)
{
	double period = 60 / per_min, at = 0.37;
	uint64_t random = 7;

	resonance_begin(t, per_min, 0.4);
	for (int k = 0; k <= n; k++)
		resonance_breath(t, k * period);
	while (at < n * period) {
		double angle =
			2 * M_PI * (at / period - 0.4) - late_deg * M_PI / 180;
		double bpm = 60 + swing / 2 * cos(angle) +
		             noise * (test_uniform(&random) - 0.5);

		resonance_beat(t, at, 60000 / bpm, false);
		at += 60 / bpm;
	}
}

static void the_swing_and_the_phase_that_were_put_in_come_out(void **state)
{
	static const double late[] = {0, 40, -90};
	struct resonance_take t;
	struct resonance_probe p;

	(void)state;
	for (int k = 0; k < 3; k++) {
		breathe(&t, 6, 9, 12, late[k], 0);
		resonance_measure(&t, &p);
		assert_int_equal(p.breaths, 9);
		assert_near(p.rsa_bpm, 12, 0.5); /* beats miss the very top */
		assert_near(p.power, 18, 0.5);   /* 6^2 / 2 */
		assert_near(p.phase_deg, late[k], 3);
		assert_true(p.coherence > 0.98);
		assert_near(p.artifact_pct, 0, 0);
	}
}

static void noise_lowers_coherence_and_widens_the_error(void **state)
{
	struct resonance_take t;
	struct resonance_probe clean, noisy;

	(void)state;
	breathe(&t, 5.5, 8, 8, 0, 0);
	resonance_measure(&t, &clean);
	breathe(&t, 5.5, 8, 8, 0, 12);
	resonance_measure(&t, &noisy);
	assert_true(noisy.coherence < 0.8 * clean.coherence);
	assert_true(noisy.rsa_se_bpm > 2 * clean.rsa_se_bpm);
}

static void too_little_gives_no_number(void **state)
{
	struct resonance_take t;
	struct resonance_probe p;

	(void)state;
	resonance_begin(&t, 6, 0.4);
	resonance_measure(&t, &p);
	assert_true(isnan(p.rsa_bpm) && isnan(p.power) && isnan(p.phase_deg));
	assert_true(isnan(p.artifact_pct));
	p.adherence = 1;
	assert_false(resonance_valid(&p, 0));
	breathe(&t, 6, 1, 10, 0, 0);
	resonance_measure(&t, &p);
	assert_true(isnan(p.rsa_bpm));
}

static void
a_probe_is_valid_to_5_pct_0_8_adherence_and_its_breaths(void **state)
{
	struct resonance_probe p = {.rsa_bpm = 8,
	                            .coherence = 0.5,
	                            .artifact_pct = 5,
	                            .adherence = 0.8,
	                            .breaths = 6};

	(void)state;
	assert_true(resonance_valid(&p, 6));
	assert_false(resonance_valid(&p, 7));
	p.artifact_pct = 5.01;
	assert_false(resonance_valid(&p, 6));
	p.artifact_pct = 5;
	p.adherence = 0.79;
	assert_false(resonance_valid(&p, 6));
	p.adherence = NAN;
	assert_false(resonance_valid(&p, 6));
}

static void fill(struct resonance_probe *p, double per_min, double rsa,
                 double se)
{
	*p = (struct resonance_probe){.per_min = per_min,
	                              .rsa_bpm = rsa,
	                              .rsa_se_bpm = se,
	                              .power = rsa * rsa / 8,
	                              .coherence = 0.5,
	                              .phase_deg = 10,
	                              .valid = true};
}

static void the_best_rate_is_found_with_those_that_are_as_good(void **state)
{
	struct resonance_probe p[5];
	struct resonance_result r;
	static const double rsa[] = {8, 10, 14, 12, 9};

	(void)state;
	for (int k = 0; k < 5; k++)
		fill(&p[k], 6.5 - 0.5 * k, rsa[k], 0.4);
	assert_int_equal(resonance_choose(p, 5, &r), 0);
	assert_near(r.per_min, 5.5, 0);
	/* 2 bpm are more than 10 % and than 2.5 errors */
	assert_near(r.low_per_min, 5.25, 1e-9);
	assert_near(r.high_per_min, 5.75, 1e-9);
	assert_true(r.clear);
	for (int k = 0; k < 5; k++)
		p[k].rsa_se_bpm = 1;
	assert_int_equal(resonance_choose(p, 5, &r), 0);
	assert_near(r.low_per_min, 4.75, 1e-9); /* 12 of 14, but not 9 */
	assert_near(r.high_per_min, 5.75, 1e-9);
	for (int k = 0; k < 5; k++)
		p[k].rsa_se_bpm = 3;
	assert_int_equal(resonance_choose(p, 5, &r), 0);
	assert_false(r.clear); /* all are alike */
	assert_true(isnan(r.low_per_min) && isnan(r.high_per_min));
}

/* 10 % less is no less, however sure. */
static void what_is_less_by_10_pct_is_as_good(void **state)
{
	struct resonance_probe p[3];
	struct resonance_result r;

	(void)state;
	fill(&p[0], 6.5, 5, 0.01);
	fill(&p[1], 6.0, 10, 0.01);
	fill(&p[2], 5.5, 11.11, 0.01);
	assert_int_equal(resonance_choose(p, 3, &r), 0);
	assert_near(r.high_per_min, 6.25, 1e-9);
	fill(&p[2], 5.5, 11.12, 0.01);
	assert_int_equal(resonance_choose(p, 3, &r), 0);
	assert_near(r.high_per_min, 5.75, 1e-9);
	assert_true(isnan(r.low_per_min)); /* nothing slower was tried */
}

/* Beside the best it may be the better one; elsewhere it tells nothing. */
static void what_was_not_heard_beside_the_best_belongs_to_it(void **state)
{
	struct resonance_probe p[5];
	struct resonance_result r;
	static const double rsa[] = {4, 5, 14, 4, 4};

	(void)state;
	for (int k = 0; k < 5; k++)
		fill(&p[k], 6.5 - 0.5 * k, rsa[k], 0.1);
	p[3].valid = p[0].valid = false;
	assert_int_equal(resonance_choose(p, 5, &r), 0);
	assert_near(r.low_per_min, 4.75, 1e-9);
	assert_near(r.high_per_min, 5.75, 1e-9);
	p[4].valid = false;
	assert_int_equal(resonance_choose(p, 5, &r), 0);
	assert_true(isnan(r.low_per_min));
	assert_true(r.clear); /* 6 a minute is worse */
	p[1].valid = false;
	p[0].valid = true;
	assert_int_equal(resonance_choose(p, 5, &r), 0);
	assert_near(r.high_per_min, 6.25, 1e-9);
}

static void within_a_tenth_the_faster_rate_wins(void **state)
{
	struct resonance_probe p[3];
	struct resonance_result r;

	(void)state;
	fill(&p[0], 6.5, 5, 0.1);
	fill(&p[1], 6.0, 9.0, 0.1);
	fill(&p[2], 5.5, 10, 0.1);
	assert_int_equal(resonance_choose(p, 3, &r), 0);
	assert_near(r.per_min, 6.0, 0);
	fill(&p[1], 6.0, 8.9, 0.1);
	assert_int_equal(resonance_choose(p, 3, &r), 0);
	assert_near(r.per_min, 5.5, 0);
}

static void fewer_than_two_valid_ones_choose_nothing(void **state)
{
	struct resonance_probe p[2];
	struct resonance_result r = {.per_min = 42};

	(void)state;
	fill(&p[0], 6.5, 5, 0.1);
	fill(&p[1], 6, 9, 0.1);
	p[1].valid = false;
	assert_int_equal(resonance_choose(p, 2, &r), -ENODATA);
	assert_near(r.per_min, 42, 0);
}

static void what_is_too_much_is_not_taken(void **state)
{
	static struct resonance_take t;

	(void)state;
	resonance_begin(&t, 6, 0.4);
	for (int k = 0; k < 100; k++)
		resonance_breath(&t, k * 10);
	for (int k = 0; k < 5000; k++)
		resonance_beat(&t, 0.2 * k, 800, false);
	assert_int_equal(t.n_marks, RESONANCE_BREATHS + 1);
	assert_int_equal(t.n_beats, RESONANCE_BEATS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_swing_and_the_phase_that_were_put_in_come_out),
		cmocka_unit_test(noise_lowers_coherence_and_widens_the_error),
		cmocka_unit_test(too_little_gives_no_number),
		cmocka_unit_test(
			a_probe_is_valid_to_5_pct_0_8_adherence_and_its_breaths),
		cmocka_unit_test(
			the_best_rate_is_found_with_those_that_are_as_good),
		cmocka_unit_test(what_is_less_by_10_pct_is_as_good),
		cmocka_unit_test(
			what_was_not_heard_beside_the_best_belongs_to_it),
		cmocka_unit_test(within_a_tenth_the_faster_rate_wins),
		cmocka_unit_test(fewer_than_two_valid_ones_choose_nothing),
		cmocka_unit_test(what_is_too_much_is_not_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
