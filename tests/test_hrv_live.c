/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <math.h>
#include <stdlib.h>

#include "signal/beat.h"
#include "signal/hrv_live.h"

#define S       UINT64_C(1000000)
#define BEATS   1000000
#define WINDOWS 10

static const double length_s[WINDOWS] = {30.0,  45.0,  60.0,  90.0,  120.0,
                                         150.0, 180.0, 210.0, 240.0, 300.0};

/* Its own record of every beat, by its number, and what is to be found. */
struct mirror {
	struct record {
		double t_s, value_ms;
		enum beat_class class;
		unsigned segment;
	} beat[BEATS];
	size_t n;
	unsigned segment;
};

struct plain {
	size_t n, n_diff, nn50, nn20;
	long double rr, bpm, joined, diff, pair; /* sums, then means */
	long double tss, diff2, diff_tss, pair_tss;
};

static bool joined(const struct record *b)
{
	return b[0].class == BEAT_OK && b[-1].class == BEAT_OK &&
	       b[0].segment == b[-1].segment;
}

static void first_pass(const struct record *b, size_t n, struct plain *p)
{
	for (size_t i = 0; i < n; i++) {
		if (b[i].class != BEAT_OK)
			continue;
		p->n++;
		p->rr += b[i].value_ms;
		p->bpm += 60000.0L / b[i].value_ms;
		if (i == 0 || !joined(&b[i]))
			continue;
		p->n_diff++;
		p->joined += b[i].value_ms;
		p->diff += (long double)b[i].value_ms - b[i - 1].value_ms;
		p->pair += (long double)b[i].value_ms + b[i - 1].value_ms;
	}
	p->rr /= p->n;
	p->bpm /= p->n;
	p->diff /= p->n_diff;
	p->pair /= p->n_diff;
}

static void plainly(const struct record *b, size_t n, struct plain *p)
{
	*p = (struct plain){0};
	first_pass(b, n, p);
	for (size_t i = 0; i < n; i++) {
		long double x = b[i].value_ms - p->rr, d, s;

		if (b[i].class != BEAT_OK)
			continue;
		p->tss += x * x;
		if (i == 0 || !joined(&b[i]))
			continue;
		d = (long double)b[i].value_ms - b[i - 1].value_ms;
		s = (long double)b[i].value_ms + b[i - 1].value_ms;
		p->diff2 += d * d;
		p->diff_tss += (d - p->diff) * (d - p->diff);
		p->pair_tss += (s - p->pair) * (s - p->pair);
		p->nn50 += fabsl(d) > 50.0L;
		p->nn20 += fabsl(d) > 20.0L;
	}
}

static double apart(double value, long double wanted)
{
	if (isnan(value) && isnan((double)wanted))
		return 0.0;
	if (value == (double)wanted)
		return 0.0;
	return fabs((double)((value - wanted) / wanted));
}

static long double deviation(long double tss, size_t n)
{
	return n < 2 ? NAN : sqrtl(tss / (long double)(n - 1));
}

/* The worst relative error of any figure; the counts must be the same. */
static double error_of(const struct hrv_time *h, const struct plain *p)
{
	const struct {
		double value;
		long double wanted;
	} figures[] = {
		{h->mean_nn_ms, p->rr},
		{h->mean_hr_bpm, 60000.0L / p->rr},
		{h->mean_inst_hr_bpm, p->bpm},
		{h->joined_s, p->joined / 1000.0L},
		{h->sdnn_ms, deviation(p->tss, p->n)},
		{h->rmssd_ms, sqrtl(p->diff2 / p->n_diff)},
		{h->sdsd_ms, deviation(p->diff_tss, p->n_diff)},
		{h->sd1_ms, deviation(p->diff_tss / 2.0L, p->n_diff)},
		{h->sd2_ms, deviation(p->pair_tss / 2.0L, p->n_diff)},
		{h->pnn50_pct, 100.0L * p->nn50 / p->n_diff},
		{h->pnn20_pct, 100.0L * p->nn20 / p->n_diff},
	};
	double worst = 0.0;

	assert_int_equal(h->n, p->n);
	assert_int_equal(h->n_diff, p->n_diff);
	assert_int_equal(h->nn50, p->nn50);
	assert_int_equal(h->nn20, p->nn20);
	for (size_t i = 0; i < sizeof(figures) / sizeof(*figures); i++)
		worst = fmax(worst, apart(figures[i].value, figures[i].wanted));
	return worst;
}

/* Of the window (from, to], as of the @kept newest beats. */
static double error_in(const struct hrv_live *l, const struct mirror *m,
                       double from_s, double to_s)
{
	size_t oldest = m->n > SERIES_MAX ? m->n - SERIES_MAX : 0;
	size_t end = m->n, first;
	struct hrv_time h;
	struct plain p;

	while (end > oldest && m->beat[end - 1].t_s > to_s)
		end--;
	first = end;
	while (first > oldest && m->beat[first - 1].t_s > from_s)
		first--;
	hrv_live_time(l, from_s, to_s, &h);
	plainly(m->beat + first, end - first, &p);
	return error_of(&h, &p);
}

static double value_of(enum beat_class class, double rr_ms)
{
	if (class == BEAT_OK)
		return rr_ms;
	return class == BEAT_CORRECTED ? 800.0 : NAN;
}

static enum beat_class any_class(uint64_t *seed)
{
	uint64_t x = test_random(seed) % 16;

	return x == 0 ? BEAT_REJECTED : x == 1 ? BEAT_CORRECTED : BEAT_OK;
}

static void feed(struct hrv_live *l, struct mirror *m, uint64_t *t_us,
                 double rr_ms, enum beat_class class)
{
	*t_us += (uint64_t)(rr_ms * 1e3);
	hrv_live_beat(l, *t_us, rr_ms, class, value_of(class, rr_ms));
	m->beat[m->n++] = (struct record){
		.t_s = series_seconds(*t_us),
		.value_ms = value_of(class, rr_ms),
		.class = class,
		.segment = m->segment,
	};
}

static void second_thought(struct hrv_live *l, struct mirror *m, uint64_t *seed)
{
	size_t back = test_random(seed) % 9;
	enum beat_class class = any_class(seed);
	double value_ms = value_of(class, 700.0 + 200.0 * test_uniform(seed));

	hrv_live_restate(l, back, class, value_ms);
	if (back >= m->n)
		return;
	m->beat[m->n - 1 - back].class = class;
	m->beat[m->n - 1 - back].value_ms = value_ms;
}

static double look(const struct hrv_live *l, const struct mirror *m,
                   uint64_t t_us, uint64_t *seed)
{
	/* between beats, and some seconds ago too */
	double now_s = series_seconds(t_us) + 2.0 - 9.0 * test_uniform(seed);
	double worst = 0.0;

	for (size_t i = 0; i < WINDOWS; i++)
		worst = fmax(worst, error_in(l, m, now_s - length_s[i], now_s));
	return worst;
}

static double some_rr(size_t i, uint64_t *seed)
{
	double rr_ms =
		800.0 + 60.0 * sin((double)i * 0.6) + 50.0 * test_uniform(seed);

	/* of a strap, and of a recording in any unit */
	return i % 20000 < 10000 ? beat_ticks_to_ms((uint32_t)rr_ms) : rr_ms;
}

static void a_million_beats_equal_a_recomputation_to_1e_9(void **state)
{
	struct hrv_live *l = malloc(sizeof(*l));
	struct mirror *m = malloc(sizeof(*m));
	uint64_t seed = 20261125, t_us = 7 * S;
	double worst = 0.0;

	(void)state;
	print_message("seed %llu\n", (unsigned long long)seed);
	assert_non_null(l);
	assert_non_null(m);
	hrv_live_init(l);
	m->n = m->segment = 0;
	while (m->n < BEATS) {
		feed(l, m, &t_us, some_rr(m->n, &seed), any_class(&seed));
		if (test_random(&seed) % 8 == 0)
			second_thought(l, m, &seed);
		if (test_random(&seed) % 100 == 0) {
			hrv_live_gap(l);
			m->segment++;
			t_us += test_random(&seed) % (20 * S);
		}
		if (m->n % 1009 == 0 || m->n < 30)
			worst = fmax(worst, look(l, m, t_us, &seed));
	}
	worst = fmax(worst, look(l, m, t_us, &seed));
	print_message("worst relative error %.2g\n", worst);
	assert_true(worst <= 1e-9);
	free(m);
	free(l);
}

static void the_least_swing_is_still_told_after_a_million_beats(void **state)
{
	struct hrv_live *l = malloc(sizeof(*l));
	struct mirror *m = malloc(sizeof(*m));
	uint64_t seed = 3, t_us = 0;

	(void)state;
	assert_non_null(l);
	assert_non_null(m);
	hrv_live_init(l);
	m->n = m->segment = 0;
	while (m->n < BEATS)
		feed(l, m, &t_us, 1500.0 + 0.01 * test_uniform(&seed), BEAT_OK);
	assert_true(look(l, m, t_us, &seed) <= 1e-9);
	free(m);
	free(l);
}

static struct hrv_live live;

/* Beats of a list, one after the other from 0 s; gaps where asked for. */
struct listed {
	double rr_ms;
	enum beat_class class;
	bool gap_before;
};

static double start(const struct listed *beats, size_t n)
{
	uint64_t t_us = 0;

	hrv_live_init(&live);
	for (size_t i = 0; i < n; i++) {
		if (beats[i].gap_before)
			hrv_live_gap(&live);
		t_us += (uint64_t)(beats[i].rr_ms * 1e3);
		hrv_live_beat(&live, t_us, beats[i].rr_ms, beats[i].class,
		              value_of(beats[i].class, beats[i].rr_ms));
	}
	return series_seconds(t_us);
}

static void differences_never_span_an_artifact_or_a_gap(void **state)
{
	const struct listed beats[] = {
		{800.0, BEAT_OK, false},        {810.0, BEAT_OK, false},
		{500.0, BEAT_CORRECTED, false}, {900.0, BEAT_OK, false},
		{910.0, BEAT_OK, false},        {1000.0, BEAT_OK, true},
		{1010.0, BEAT_OK, false},       {1700.0, BEAT_REJECTED, false},
		{850.0, BEAT_OK, false},
	};
	struct hrv_time h;

	(void)state;
	start(beats, sizeof(beats) / sizeof(*beats));
	hrv_live_time(&live, 0.0, 100.0, &h);
	assert_int_equal(h.n, 7);
	assert_int_equal(h.n_diff, 3);
	assert_near(h.rmssd_ms, 10.0, 1e-12);
	assert_near(h.joined_s, 0.810 + 0.910 + 1.010, 1e-12);
}

static void a_beat_classed_anew_counts_as_what_it_is_now(void **state)
{
	const struct listed beats[] = {
		{800.0, BEAT_OK, false}, {1300.0, BEAT_REJECTED, false},
		{820.0, BEAT_OK, false}, {850.0, BEAT_OK, false},
		{810.0, BEAT_OK, false},
	};
	double now_s = start(beats, 5);
	struct hrv_time h;

	(void)state;
	hrv_live_time(&live, 0.0, now_s, &h);
	assert_int_equal(h.n_diff, 2);
	hrv_live_restate(&live, 3, BEAT_OK, 1300.0);
	hrv_live_time(&live, 0.0, now_s, &h);
	assert_int_equal(h.n, 5);
	assert_int_equal(h.n_diff, 4);
	assert_int_equal(h.nn50, 2);
	assert_near(h.mean_nn_ms, 916.0, 1e-12);
	hrv_live_restate(&live, 2, BEAT_CORRECTED, 815.0);
	hrv_live_time(&live, 0.0, now_s, &h);
	assert_int_equal(h.n, 4);
	assert_int_equal(h.n_diff, 2);
	assert_near(h.rmssd_ms, sqrt((500.0 * 500.0 + 40.0 * 40.0) / 2.0),
	            1e-12);
	hrv_live_restate(&live, 5, BEAT_REJECTED, NAN); /* there is none */
	hrv_live_time(&live, 0.0, now_s, &h);
	assert_int_equal(h.n, 4);
}

static void a_window_holds_what_ended_after_from_and_by_to(void **state)
{
	const struct listed beats[] = {
		{1000.0, BEAT_OK, false}, {1000.0, BEAT_OK, false},
		{1100.0, BEAT_OK, false}, {900.0, BEAT_OK, false},
		{1000.0, BEAT_OK, false},
	};
	struct hrv_time h;

	(void)state;
	start(beats, 5);
	hrv_live_time(&live, 2.0, 4.0, &h);
	assert_int_equal(h.n, 2);
	assert_int_equal(h.n_diff, 1);
	assert_near(h.rmssd_ms, 200.0, 0.0);
	/* an earlier look after a later one */
	hrv_live_time(&live, 0.0, 2.0, &h);
	assert_int_equal(h.n, 2);
	assert_near(h.rmssd_ms, 0.0, 0.0);
	assert_near(h.sdnn_ms, 0.0, 0.0);
	hrv_live_time(&live, 2.0, 3.0, &h);
	assert_int_equal(h.n, 0);
	assert_true(isnan(h.mean_nn_ms) && isnan(h.rmssd_ms));
	hrv_live_time(&live, 4.0, 2.0, &h);
	assert_int_equal(h.n, 0);
}

static void what_is_forgotten_is_not_seen(void **state)
{
	uint64_t t_us = 0;
	struct hrv_time h;

	(void)state;
	hrv_live_init(&live);
	for (size_t i = 0; i < SERIES_MAX + 5; i++) {
		t_us += S;
		hrv_live_beat(&live, t_us, 1000.0, BEAT_OK,
		              i < 5 ? 500.0 : 1000.0);
	}
	hrv_live_time(&live, 0.0, series_seconds(t_us), &h);
	assert_int_equal(h.n, SERIES_MAX);
	assert_int_equal(h.n_diff, SERIES_MAX - 1);
	assert_near(h.rmssd_ms, 0.0, 0.0);
	assert_near(h.mean_nn_ms, 1000.0, 0.0);
	/* the oldest of all may be classed anew */
	hrv_live_restate(&live, SERIES_MAX - 1, BEAT_REJECTED, NAN);
	hrv_live_time(&live, 0.0, series_seconds(t_us), &h);
	assert_int_equal(h.n, SERIES_MAX - 1);
	assert_int_equal(h.n_diff, SERIES_MAX - 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_million_beats_equal_a_recomputation_to_1e_9),
		cmocka_unit_test(
			the_least_swing_is_still_told_after_a_million_beats),
		cmocka_unit_test(differences_never_span_an_artifact_or_a_gap),
		cmocka_unit_test(a_beat_classed_anew_counts_as_what_it_is_now),
		cmocka_unit_test(
			a_window_holds_what_ended_after_from_and_by_to),
		cmocka_unit_test(what_is_forgotten_is_not_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
