/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "drivers/arrival.h"
#include "tests/helpers/test.h"

#define ROWS_MAX 2000

/* Rows of one packet stand within this. */
#define TOGETHER_S 0.005

struct rows {
	double at_s[ROWS_MAX], rr_ms[ROWS_MAX];
	size_t n;
};

/* The real recording: a Polar H10, two RR in 33 of its packets. */
static void load_h10(struct rows *rows)
{
	FILE *f = fopen(test_data("h10_arrival_ibi.csv"), "re");

	assert_non_null(f);
	rows->n = 0;
	while (rows->n < ROWS_MAX && fscanf(f, "%lf,%lf", &rows->at_s[rows->n],
	                                    &rows->rr_ms[rows->n]) == 2)
		rows->n++;
	fclose(f);
	assert_int_equal(rows->n, 620);
}

/* What the rebuilding made of the rows. */
struct rebuilt {
	uint64_t t_us[ROWS_MAX];
	bool gap[ROWS_MAX]; /* before this row */
	size_t gaps, pairs, n;
	double coverage;
};

/* Feed the rows, less @hole of them from @from on. */
static void rebuild(const struct rows *rows, size_t from, size_t hole,
                    struct rebuilt *ret)
{
	struct arrival a;

	*ret = (struct rebuilt){0};
	arrival_init(&a);
	for (size_t i = 0, n; i < rows->n; i += n) {
		if (i == from)
			i += hole;
		n = 1;
		while (i + n < rows->n &&
		       rows->at_s[i + n] < rows->at_s[i] + TOGETHER_S)
			n++;
		ret->gap[i] = arrival_take(&a, (uint64_t)(rows->at_s[i] * 1e6),
		                           &rows->rr_ms[i], n, &ret->t_us[i]);
		ret->gaps += ret->gap[i];
		ret->pairs += n == 2;
	}
	ret->n = rows->n;
	ret->coverage = arrival_coverage(&a);
}

static void never_invents_a_gap_in_a_real_recording(void **state)
{
	static struct rows rows;
	static struct rebuilt r;

	(void)state;
	load_h10(&rows);
	rebuild(&rows, ROWS_MAX, 0, &r);
	assert_int_equal(r.pairs, 33);
	assert_int_equal(r.gaps, 0);
	assert_near(r.coverage, 1, 0.02);
}

static void real_times_rise_by_their_rr_and_never_pass_arrival(void **state)
{
	static struct rows rows;
	static struct rebuilt r;
	size_t bent = 0;

	(void)state;
	load_h10(&rows);
	rebuild(&rows, ROWS_MAX, 0, &r);
	for (size_t i = 0; i < r.n; i++)
		assert_true((double)r.t_us[i] <= rows.at_s[i] * 1e6);
	for (size_t i = 1; i < r.n; i++) {
		double step_ms = (double)(r.t_us[i] - r.t_us[i - 1]) / 1000;

		assert_true(r.t_us[i] > r.t_us[i - 1]);
		/* steering of 2.5 %; a packet faster than all before */
		assert_near(step_ms, rows.rr_ms[i], 40);
		bent += fabs(step_ms - rows.rr_ms[i]) > 10;
	}
	assert_true(bent < r.n / 10);
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void arrivals_of_a_real_strap_scatter_little_around_it(void **state)
{
	static struct rows rows;
	static struct rebuilt r;
	static double late_s[ROWS_MAX];
	double median;

	(void)state;
	load_h10(&rows);
	rebuild(&rows, ROWS_MAX, 0, &r);
	for (size_t i = 0; i < r.n; i++)
		late_s[i] = rows.at_s[i] - (double)r.t_us[i] * 1e-6;
	qsort(late_s, r.n, sizeof(late_s[0]), by_size);
	median = late_s[r.n / 2];
	/* A second's worth of jitter is spread evenly: MAD of a quarter. */
	for (size_t i = 0; i < r.n; i++)
		late_s[i] = fabs(late_s[i] - median);
	qsort(late_s, r.n, sizeof(late_s[0]), by_size);
	assert_true(late_s[r.n / 2] < 0.3);
	assert_true(late_s[r.n - 1] < 1.35);
}

static void finds_every_hole_of_two_beats_or_more_at_once(void **state)
{
	static struct rows rows;
	static struct rebuilt r;

	(void)state;
	load_h10(&rows);
	for (size_t hole = 2; hole <= 40; hole += hole < 6 ? 1 : 17)
		for (size_t from = 60; from + hole < rows.n; from += 13) {
			size_t to = from + hole;

			/* whole packets, as a radio loses them */
			if (rows.at_s[from] <
			            rows.at_s[from - 1] + TOGETHER_S ||
			    rows.at_s[to] < rows.at_s[to - 1] + TOGETHER_S)
				continue;
			rebuild(&rows, from, hole, &r);
			assert_int_equal(r.gaps, 1);
			assert_true(r.gap[to]);
		}
}

static void finds_most_holes_of_one_beat_and_invents_none(void **state)
{
	static struct rows rows;
	static struct rebuilt r;
	size_t found = 0, holes = 0;

	(void)state;
	load_h10(&rows);
	for (size_t from = 60; from + 40 < rows.n; from += 7) {
		if (rows.at_s[from] < rows.at_s[from - 1] + TOGETHER_S ||
		    rows.at_s[from + 1] < rows.at_s[from] + TOGETHER_S)
			continue;
		rebuild(&rows, from, 1, &r);
		for (size_t i = 0; i <= from; i++)
			assert_false(r.gap[i]);
		assert_in_range(r.gaps, 0, 1);
		holes++;
		found += r.gaps;
	}
	/* This recording left out its empty notifications, so that a lost one
	   looks like one that held nothing. */
	assert_true(holes > 40);
	assert_true(found * 10 > holes * 6);
}

/* A strap that is known: beats at 0.8 s, notified on a grid of 1 s. */
struct known {
	struct arrival a;
	double rr_ms, latency_s, crystal;
	double next_beat_s;
	size_t gaps;
	double worst_s; /* from the true time plus a fixed lag, late phase */
	uint64_t last_us;
};

static bool known_notify(struct known *k, double t_s, bool lost)
{
	double rr_ms[16] = {0};
	uint64_t at_us[16];
	size_t n = 0;
	bool gap;

	while (k->next_beat_s + k->latency_s <= t_s) {
		rr_ms[n++] = k->rr_ms * k->crystal;
		k->next_beat_s += k->rr_ms / 1000;
	}
	if (lost)
		return false;
	gap = arrival_take(&k->a, (uint64_t)(t_s * 1e6), rr_ms, n, at_us);
	for (size_t i = 0; i < n; i++) {
		assert_true(at_us[i] > k->last_us);
		k->last_us = at_us[i];
	}
	k->gaps += gap;
	if (n > 0 && t_s > 120) {
		double true_s = k->next_beat_s - k->rr_ms / 1000;
		double lag_s = (double)at_us[n - 1] * 1e-6 - true_s;

		k->worst_s = fmax(k->worst_s, fabs(lag_s - k->latency_s + 0.3));
	}
	return gap;
}

static void a_known_strap_is_rebuilt_to_a_twentieth_of_a_second(void **state)
{
	struct known k = {.rr_ms = 810, .latency_s = 2.1, .crystal = 1};

	(void)state;
	arrival_init(&k.a);
	for (int i = 1; i < 600; i++)
		known_notify(&k, i, false);
	assert_int_equal(k.gaps, 0);
	assert_true(k.worst_s < 0.05);
}

static void steers_after_a_crystal_that_is_two_per_cent_off(void **state)
{
	static const double crystals[] = {0.98, 1.02};

	(void)state;
	for (int c = 0; c < 2; c++) {
		struct known k = {
			.rr_ms = 810, .latency_s = 1, .crystal = crystals[c]};

		arrival_init(&k.a);
		for (int i = 1; i < 900; i++)
			known_notify(&k, i, false);
		assert_int_equal(k.gaps, 0);
		/* the envelope of 45 s lags behind the drift */
		assert_true(k.worst_s < 1.4);
		assert_near(arrival_coverage(&k.a), crystals[c], 0.01);
	}
}

static void milliseconds_sent_as_ticks_show_in_the_coverage(void **state)
{
	struct known k = {
		.rr_ms = 810, .latency_s = 1, .crystal = 1000 / 1024.0};

	(void)state;
	arrival_init(&k.a);
	for (int i = 1; i < 900; i++)
		known_notify(&k, i, false);
	assert_int_equal(k.gaps, 0);
	assert_near(arrival_coverage(&k.a), 0.977, 0.01);
}

static void a_lost_packet_shows_at_once_if_empty_ones_are_sent(void **state)
{
	(void)state;
	for (int lose = 60; lose < 100; lose++) {
		struct known k = {.rr_ms = 1110, .latency_s = 1, .crystal = 1};
		double before_s;
		bool empty;

		arrival_init(&k.a);
		for (int i = 1; i < lose; i++)
			assert_false(known_notify(&k, i, false));
		before_s = k.next_beat_s;
		known_notify(&k, lose, true);
		empty = k.next_beat_s == before_s;
		if (!empty)
			assert_true(known_notify(&k, lose + 1, false) ||
			            known_notify(&k, lose + 2, false));
	}
}

static void bunched_packets_are_no_gap(void **state)
{
	struct known k = {.rr_ms = 690, .latency_s = 0.7, .crystal = 1};

	(void)state;
	arrival_init(&k.a);
	for (int i = 1; i < 400; i++) { /* every 20th waits for the next */
		if (i % 20 == 0)
			arrival_take(&k.a, (uint64_t)i * 1000000, NULL, 0,
			             NULL);
		else
			known_notify(&k, i, false);
	}
	assert_int_equal(k.gaps, 0);
	assert_true(k.worst_s < 0.05);
}

static void duplicates_show_in_the_coverage_and_keep_order(void **state)
{
	struct arrival a;
	uint64_t last = 0, at[3];

	(void)state;
	arrival_init(&a);
	for (uint64_t i = 1; i < 200; i++) {
		const double rr[3] = {900, 900, 900};

		arrival_take(&a, i * 1000000, rr, 3, at);
		for (int k = 0; k < 3; k++) {
			assert_true(at[k] > last);
			last = at[k];
		}
		assert_true(last < i * 1000000 + 100000);
	}
	assert_near(arrival_coverage(&a), 2.7, 0.05);
}

static void a_garbage_interval_does_not_carry_the_chain_away(void **state)
{
	struct arrival a;
	uint64_t at, last = 0;

	(void)state;
	arrival_init(&a);
	for (uint64_t i = 1; i < 300; i++) {
		const double rr = i == 150 ? 63999 : 1000;

		arrival_take(&a, i * 1000000, &rr, 1, &at);
		assert_true(at > last && at <= i * 1000000);
		assert_true(at + 3000000 > i * 1000000);
		last = at;
	}
}

static void after_a_restart_the_chain_is_new_and_it_is_no_gap(void **state)
{
	struct arrival a;
	const double rr = 800;
	uint64_t before, after;

	(void)state;
	arrival_init(&a);
	for (uint64_t i = 1; i < 50; i++)
		assert_false(arrival_take(&a, i * 800000, &rr, 1, &before));
	arrival_restart(&a);
	assert_false(arrival_take(&a, 90000000, &rr, 1, &after));
	assert_true(after > before && after <= 90000000);
	assert_true(after > 88000000);
}

static void coverage_is_unknown_for_a_minute(void **state)
{
	struct arrival a;
	const double rr = 1000;
	uint64_t at;

	(void)state;
	arrival_init(&a);
	assert_true(isnan(arrival_coverage(&a)));
	for (uint64_t i = 1; i <= 59; i++)
		arrival_take(&a, i * 1000000, &rr, 1, &at);
	assert_true(isnan(arrival_coverage(&a)));
	for (uint64_t i = 60; i <= 70; i++)
		arrival_take(&a, i * 1000000, &rr, 1, &at);
	assert_near(arrival_coverage(&a), 1, 1e-9);
	/* one of ten lost */
	for (uint64_t i = 71; i <= 200; i++)
		if (i % 10)
			arrival_take(&a, i * 1000000, &rr, 1, &at);
	assert_near(arrival_coverage(&a), 0.9, 0.02);
}

/* Four packets a second, of which one holds a beat; then a late one with three,
   and one that no lateness explains. */
static void
a_strap_that_counts_its_beats_has_no_gap_short_of_a_jump(void **state)
{
	const double rr[3] = {1000, 1000, 1000};
	uint64_t at[3], before;

	(void)state;
	for (int counted = 0; counted <= 1; counted++) {
		struct arrival a;

		arrival_init(&a);
		if (counted)
			arrival_count(&a, 250000);
		for (uint64_t i = 0; i <= 120; i++)
			assert_false(arrival_take(&a, i * 250000, rr,
			                          i % 4 == 0, at));
		/* hung on nearer from the start, by the shorter period */
		assert_near((double)at[0], 30e6 - 0.3e6, counted ? 20e3 : 70e3);
		before = at[0];
		assert_int_equal(arrival_take(&a, 33900000, rr, 3, at),
		                 !counted);
		if (counted)
			assert_near((double)(at[2] - before), 3e6, 80e3);
		assert_true(arrival_take(&a, 39500000, rr, 1, at));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(never_invents_a_gap_in_a_real_recording),
		cmocka_unit_test(
			real_times_rise_by_their_rr_and_never_pass_arrival),
		cmocka_unit_test(
			arrivals_of_a_real_strap_scatter_little_around_it),
		cmocka_unit_test(finds_every_hole_of_two_beats_or_more_at_once),
		cmocka_unit_test(finds_most_holes_of_one_beat_and_invents_none),
		cmocka_unit_test(
			a_known_strap_is_rebuilt_to_a_twentieth_of_a_second),
		cmocka_unit_test(
			steers_after_a_crystal_that_is_two_per_cent_off),
		cmocka_unit_test(
			milliseconds_sent_as_ticks_show_in_the_coverage),
		cmocka_unit_test(
			a_lost_packet_shows_at_once_if_empty_ones_are_sent),
		cmocka_unit_test(bunched_packets_are_no_gap),
		cmocka_unit_test(
			duplicates_show_in_the_coverage_and_keep_order),
		cmocka_unit_test(
			a_garbage_interval_does_not_carry_the_chain_away),
		cmocka_unit_test(
			after_a_restart_the_chain_is_new_and_it_is_no_gap),
		cmocka_unit_test(
			a_strap_that_counts_its_beats_has_no_gap_short_of_a_jump),
		cmocka_unit_test(coverage_is_unknown_for_a_minute),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
