/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/belt.h"
#include "tests/helpers/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#include "signal/breathing.h"
#include "signal/coherence.h"
#include "tests/helpers/rr.h"

#define BEATS_MAX 2000

struct beats {
	double t_s[BEATS_MAX], rr_ms[BEATS_MAX];
	size_t n;
};

static int set_up(void **state)
{
	struct breathing *b;

	if (breathing_create(&b) < 0)
		return -1;
	*state = b;
	return 0;
}

static int tear_down(void **state)
{
	breathing_destroy(*state);
	return 0;
}

static void make(struct beats *b, const struct rr_spec *spec, double seconds)
{
	struct rr_source r;

	rr_start(&r, spec);
	b->n = 0;
	do {
		assert_true(b->n < BEATS_MAX);
		rr_next(&r, &b->t_s[b->n], &b->rr_ms[b->n]);
	} while (b->t_s[b->n++] < seconds);
}

static double median_length(const struct breath *breaths, size_t n)
{
	double lengths[BREATHING_MAX];

	for (size_t i = 0; i < n; i++)
		lengths[i] = breaths[i].length_s;
	gsl_sort(lengths, 1, n);
	return gsl_stats_median_from_sorted_data(lengths, 1, n);
}

/* One person: the median breath within 5 %, few breaths lost. Return: the
 * share of breaths as near as the pacer's measure asks (10 %, half a beat). */
static double check_person(struct breathing *b, const struct rr_spec *spec)
{
	static struct beats beats;
	struct breath found[BREATHING_MAX];
	double period_s = 60.0 / spec->breaths_per_min, limit_s;
	size_t n, near = 0;

	make(&beats, spec, 92.0);
	n = breathing_find(b, beats.t_s, beats.rr_ms, beats.n, found);
	assert_true((double)n >= 0.8 * (floor(90.0 / period_s) - 1.0));
	assert_near(median_length(found, n), period_s, 0.05 * period_s);
	limit_s = fmax(0.1 * period_s, 30.0 / spec->hr_bpm);
	for (size_t i = 0; i < n; i++)
		near += fabs(found[i].length_s - period_s) <= limit_s;
	return (double)near / (double)n;
}

static void breaths_are_found_at_every_rate_depth_and_heart_rate(void **state)
{
	const double rates[] = {6.0, 8.0, 10.0, 14.0, 18.0};
	double near = 0.0;
	unsigned n = 0;

	for (size_t i = 0; i < 5; i++)
		for (double hr = 55.0; hr <= 85.0; hr += 10.0)
			for (double rsa = 30.0; rsa <= 60.0; rsa += 15.0) {
				near += check_person(
					*state,
					&(struct rr_spec){.hr_bpm = hr,
				                          .rsa_ms = rsa,
				                          .breaths_per_min =
				                                  rates[i],
				                          .noise_ms = 5.0,
				                          .seed = 100 + n});
				n++;
			}
	assert_true(near / n >= 0.97);
}

static double slowing(double t_s, void *data)
{
	(void)data;
	return 14.0 - 8.0 * t_s / 240.0;
}

static void breaths_are_followed_while_they_slow_down(void **state)
{
	static struct beats b;
	struct breath found[BREATHING_MAX];
	size_t n, near = 0;

	make(&b,
	     &(struct rr_spec){.hr_bpm = 68.0,
	                       .rsa_ms = 50.0,
	                       .rate_at = slowing,
	                       .noise_ms = 5.0,
	                       .seed = 5},
	     180.0);
	n = breathing_find(*state, b.t_s, b.rr_ms, b.n, found);
	assert_true(n >= 11);
	for (size_t i = 0; i < n; i++) {
		double middle_s = found[i].start_s + found[i].length_s / 2.0;
		double period_s = 60.0 / slowing(middle_s, NULL);

		near += fabs(found[i].length_s - period_s) <= 0.1 * period_s;
	}
	assert_true(10 * near >= 9 * n);
}

static void no_wave_is_no_breath(void **state)
{
	static struct beats b;
	struct breath found[BREATHING_MAX];

	make(&b, &(struct rr_spec){.hr_bpm = 70.0, .noise_ms = 1.5, .seed = 6},
	     90.0);
	assert_int_equal(breathing_find(*state, b.t_s, b.rr_ms, b.n, found), 0);
	make(&b,
	     &(struct rr_spec){
		     .hr_bpm = 70.0, .rsa_ms = 60.0, .breaths_per_min = 15.0},
	     14.0);
	assert_int_equal(breathing_find(*state, b.t_s, b.rr_ms, b.n, found), 0);
	assert_int_equal(breathing_find(*state, b.t_s, b.rr_ms, 0, found), 0);
	assert_true(isnan(breathing_rate(*state, b.t_s, b.rr_ms, b.n, NAN)));
	assert_true(isnan(breathing_rate(*state, b.t_s, b.rr_ms, 0, NAN)));
}

static void noise_is_not_regular(void **state)
{
	static struct beats b;
	struct breath found[BREATHING_MAX];
	unsigned regular = 0;

	for (uint64_t seed = 1; seed <= 40; seed++) {
		size_t n;

		make(&b,
		     &(struct rr_spec){
			     .hr_bpm = 70.0, .noise_ms = 30.0, .seed = seed},
		     90.0);
		n = breathing_find(*state, b.t_s, b.rr_ms, b.n, found);
		regular += breathing_regular(found, n);
	}
	assert_true(regular <= 4);
}

/* Mean rate of the breaths found in the last 60 s. */
static double found_rate(struct breathing *b, const struct beats *x, size_t n)
{
	struct breath found[BREATHING_MAX];
	size_t k = breathing_find(b, x->t_s, x->rr_ms, n, found), used = 0;
	double sum_s = 0.0;

	while (k > 0 && found[k - 1].start_s >= x->t_s[n - 1] - 60.0) {
		sum_s += found[--k].length_s;
		used++;
	}
	return used > 0 ? 60.0 * (double)used / sum_s : NAN;
}

static void the_rate_agrees_with_a_breathing_belt(void **state)
{
	static struct beats beats;
	static struct belt belt;
	double by_rule = 0.0, by_breaths = 0.0;
	struct coherence *c;
	unsigned windows = 0;

	beats.n = test_recording("nk_bio_resting_8min_100hz", beats.t_s,
	                         beats.rr_ms);
	belt_read(&belt);
	assert_int_equal(coherence_create(&c), 0);
	for (size_t n = 1; n < beats.n; n++) {
		double end_s = beats.t_s[n - 1], truth;
		struct coherence_result r = {NAN, NAN};

		/* one window every 10 s */
		if (end_s < 66.0 ||
		    floor(end_s / 10.0) == floor(beats.t_s[n - 2] / 10.0))
			continue;
		truth = belt_rate(&belt, end_s - 60.0, end_s);
		coherence_of(c, beats.t_s, beats.rr_ms, n, &r);
		by_rule += fabs(breathing_rate(*state, beats.t_s, beats.rr_ms,
		                               n, r.peak_hz) -
		                truth);
		by_breaths += fabs(found_rate(*state, &beats, n) - truth);
		windows++;
	}
	coherence_destroy(c);
	assert_true(windows >= 40);
	print_message("mean absolute error: %.2f by the rule of hrv.md, "
	              "%.2f by single breaths, %u windows\n",
	              by_rule / windows, by_breaths / windows, windows);
	assert_true(by_rule / windows <= 1.0);
	assert_true(by_breaths / windows <= 1.0);
}

static void random_input_never_gives_what_is_no_number(void **state)
{
	uint64_t seed = 20261122;
	static struct beats b;

	print_message("seed %llu\n", (unsigned long long)seed);
	for (unsigned run = 0; run < 2000; run++) {
		struct breath found[BREATHING_MAX];
		double t_s = 0.0, step_s = test_uniform(&seed) * 3.0;
		size_t n;

		b.n = test_random(&seed) % 600;
		for (size_t i = 0; i < b.n; i++) {
			t_s += 0.05 + step_s * test_uniform(&seed);
			b.t_s[i] = t_s;
			b.rr_ms[i] = 300.0 + 1700.0 * test_uniform(&seed);
		}
		n = breathing_find(*state, b.t_s, b.rr_ms, b.n, found);
		assert_true(n <= BREATHING_MAX);
		for (size_t i = 0; i < n; i++) {
			assert_true(isfinite(found[i].start_s));
			assert_true(found[i].length_s >= 2.0 &&
			            found[i].length_s <= 15.0);
		}
		assert_false(isinf(
			breathing_rate(*state, b.t_s, b.rr_ms, b.n, 0.1)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			breaths_are_found_at_every_rate_depth_and_heart_rate),
		cmocka_unit_test(breaths_are_followed_while_they_slow_down),
		cmocka_unit_test(no_wave_is_no_breath),
		cmocka_unit_test(noise_is_not_regular),
		cmocka_unit_test(the_rate_agrees_with_a_breathing_belt),
		cmocka_unit_test(random_input_never_gives_what_is_no_number),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
