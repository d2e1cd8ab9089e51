/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "signal/hrv.h"
#include "signal/sample_entropy.h"

#define ROOM 20000

/* The n-th allocation from now on fails; 0: none does. */
static unsigned fail_at, allocations;

void *__real_aligned_alloc(size_t align, size_t size);
void *__wrap_aligned_alloc(size_t align, size_t size);

void *__wrap_aligned_alloc(size_t align, size_t size)
{
	allocations++;
	return allocations == fail_at ? NULL
	                              : __real_aligned_alloc(align, size);
}

struct recording {
	double t_s[ROOM], rr_ms[ROOM];
	bool joined[ROOM];
	struct nn nn;
};

static void begin(struct recording *r)
{
	r->nn = (struct nn){.t_s = r->t_s, .rr_ms = r->rr_ms};
}

static void add(struct recording *r, double rr_ms)
{
	size_t n = r->nn.n;

	r->t_s[n] = (n > 0 ? r->t_s[n - 1] : 0.0) + rr_ms * 1e-3;
	r->rr_ms[n] = rr_ms;
	r->joined[n] = true;
	r->nn.n++;
}

/* A heart at rest: breath and a slow wave, in a strap's ticks. */
static void rest(struct recording *r, size_t n)
{
	uint64_t seed = 9;

	begin(r);
	for (size_t i = 0; i < n; i++) {
		double t_s = i > 0 ? r->t_s[i - 1] : 0.0;
		double rr_ms = 900.0 + 40.0 * sin(2.0 * M_PI * 0.25 * t_s) +
		               30.0 * sin(2.0 * M_PI * 0.1 * t_s) +
		               20.0 * (test_uniform(&seed) - 0.5);

		add(r, round(rr_ms * 1.024) / 1.024);
	}
}

static const struct hrv_options raw = {.raw = true, .detrend = {true, true}};
static const struct hrv_options cleaned = {.detrend = {true, true}};

static void of(struct hrv_work *w, const struct nn *nn,
               const struct hrv_options *o, struct hrv *ret)
{
	assert_int_equal(hrv_of(w, nn, o, ret, NULL), 0);
}

/* Every figure that may be absent, in a row. */
static size_t list(const struct hrv *h, double *ret)
{
	const struct hrv_time *t = &h->time;
	const double rest_of[] = {
		t->mean_nn_ms,
		t->mean_hr_bpm,
		t->mean_inst_hr_bpm,
		t->sdnn_ms,
		t->rmssd_ms,
		t->sdsd_ms,
		t->pnn50_pct,
		t->pnn20_pct,
		t->sd1_ms,
		t->sd2_ms,
		h->geometry.triangular_index,
		h->geometry.tinn_ms,
		h->sample_entropy,
		h->dfa_alpha1,
		h->coherence.ratio,
		h->coherence.peak_hz,
		h->breathing_per_min,
	};
	size_t n = sizeof(rest_of) / sizeof(*rest_of);

	memcpy(ret, rest_of, sizeof(rest_of));
	/* nothing but doubles */
	memcpy(ret + n, h->by, sizeof(h->by));
	return n + sizeof(h->by) / (sizeof(double));
}
#define FIGURES_MAX 64

static size_t count_known(const struct hrv *h)
{
	double figure[FIGURES_MAX];
	size_t n = list(h, figure), known = 0;

	for (size_t i = 0; i < n; i++) {
		assert_false(isinf(figure[i]));
		known += !isnan(figure[i]);
	}
	return known;
}

static void a_heart_at_rest_has_every_figure(void **state)
{
	struct recording *r = malloc(sizeof(*r));
	double figure[FIGURES_MAX];
	struct hrv h;

	assert_non_null(r);
	rest(r, 400);
	of(*state, &r->nn, &cleaned, &h);
	assert_int_equal(count_known(&h), list(&h, figure));
	assert_int_equal(h.beats, 400);
	assert_near(h.duration_s, r->t_s[399], 1e-9);
	assert_int_equal(h.artifacts.missed + h.artifacts.extra +
	                         h.artifacts.ectopic + h.artifacts.rejected,
	                 0);
	assert_near(h.breathing_per_min, 15.0, 0.5);
	assert_near(h.by[0].welch.hf_peak_hz, 0.25, 0.01);
	assert_near(h.by[1].lomb.lf_peak_hz, 0.1, 0.01);
	free(r);
}

static void too_little_is_no_value_and_never_infinite(void **state)
{
	struct recording *r = malloc(sizeof(*r));
	struct hrv h;
	size_t known = 0, all;

	assert_non_null(r);
	rest(r, 200);
	of(*state, &r->nn, &raw, &h);
	all = count_known(&h);
	for (size_t n = 0; n <= 200; n++) {
		rest(r, n);
		of(*state, &r->nn, &cleaned, &h);
		count_known(&h);
		of(*state, &r->nn, &raw, &h);
		/* more beats never take a figure away */
		assert_true(count_known(&h) >= known);
		known = count_known(&h);
		assert_int_equal(h.beats, n);
	}
	assert_int_equal(known, all);
	rest(r, 0);
	of(*state, &r->nn, &raw, &h);
	assert_int_equal(count_known(&h), 0);
	rest(r, 1);
	of(*state, &r->nn, &raw, &h);
	assert_int_equal(count_known(&h), 3); /* means */
	rest(r, 2);
	of(*state, &r->nn, &raw, &h);
	assert_int_equal(count_known(&h), 7); /* SDNN, RMSSD, pNN50, pNN20 */
	free(r);
}

static void equal_beats_have_no_ratio_and_no_peak(void **state)
{
	struct recording *r = malloc(sizeof(*r));
	struct hrv h;

	assert_non_null(r);
	begin(r);
	for (int i = 0; i < 1000; i++)
		add(r, 800.0);
	for (int pass = 0; pass < 2; pass++) {
		of(*state, &r->nn, pass ? &raw : &cleaned, &h);
		count_known(&h);
		assert_near(h.time.mean_nn_ms, 800.0, 0);
		assert_near(h.time.rmssd_ms, 0.0, 0);
		assert_near(h.time.sdnn_ms, 0.0, 0);
		assert_true(isnan(h.by[0].stress_index));
		assert_true(isnan(h.by[0].welch.lf_hf));
		assert_true(isnan(h.by[0].lomb.hf_peak_hz));
		assert_true(isnan(h.sample_entropy));
		assert_true(isnan(h.dfa_alpha1));
		assert_true(isnan(h.coherence.ratio));
		assert_true(isnan(h.breathing_per_min));
	}
	free(r);
}

static void only_what_is_wanted_is_computed(void **state)
{
	struct recording *r = malloc(sizeof(*r));
	struct hrv both, one;

	assert_non_null(r);
	rest(r, 600);
	of(*state, &r->nn, &raw, &both);
	for (int i = 0; i < HRV_DETRENDS; i++) {
		struct hrv_options o = {.raw = true, .no_entropy = true};

		o.detrend[i] = true;
		of(*state, &r->nn, &o, &one);
		assert_memory_equal(&one.by[i], &both.by[i], sizeof(one.by[i]));
		assert_true(isnan(one.by[1 - i].stress_index));
		assert_true(isnan(one.by[1 - i].welch.hf_ms2));
		assert_true(isnan(one.by[1 - i].lomb.hf_ms2));
		assert_true(isnan(one.sample_entropy));
		assert_near(one.dfa_alpha1, both.dfa_alpha1, 0);
	}
	assert_true(both.by[0].welch.vlf_ms2 > both.by[1].welch.vlf_ms2);
	free(r);
}

static void no_figure_spans_a_break(void **state)
{
	struct recording *r = malloc(sizeof(*r));
	struct hrv whole, broken;

	assert_non_null(r);
	rest(r, 500);
	for (size_t i = 500; i < 1000; i++)
		add(r, 1.4 * r->rr_ms[i - 500]);
	of(*state, &r->nn, &raw, &whole);
	r->joined[500] = false;
	for (size_t i = 500; i < 1000; i++)
		r->t_s[i] += 3600.0;
	r->nn.joined = r->joined;
	of(*state, &r->nn, &raw, &broken);
	count_known(&broken);
	assert_int_equal(broken.time.n_diff, whole.time.n_diff - 1);
	assert_true(broken.time.rmssd_ms < whole.time.rmssd_ms);
	assert_near(broken.time.sdnn_ms, whole.time.sdnn_ms, 1e-9);
	assert_near(broken.duration_s, whole.duration_s + 3600.0, 1e-9);
	free(r);
}

/* As atrial fibrillation is: each interval its own, none like the last. */
static void an_irregular_rhythm_has_a_rate_and_no_variability(void **state)
{
	struct recording *r = malloc(sizeof(*r));
	uint64_t seed = 77;
	struct hrv h;

	assert_non_null(r);
	begin(r);
	for (int i = 0; i < 1000; i++)
		add(r, 450.0 + 600.0 * test_uniform(&seed));
	of(*state, &r->nn, &cleaned, &h);
	assert_true(h.artifacts.refused);
	assert_int_equal(count_known(&h), 3);
	assert_int_equal(h.time.n_diff, 0);
	assert_near(h.time.mean_hr_bpm, 80.0, 3.0);
	of(*state, &r->nn, &raw, &h);
	assert_false(h.artifacts.refused);
	assert_true(h.time.rmssd_ms > 200.0);
	free(r);
}

static void without_memory_it_says_so_and_leaves_the_result(void **state)
{
	struct recording *r = malloc(sizeof(*r));
	const struct hrv before = {.beats = 12345};
	struct hrv_work *w;
	unsigned failed = 0;
	int e = -ENOMEM;

	(void)state;
	assert_non_null(r);
	rest(r, ROOM);
	while (e == -ENOMEM) {
		struct hrv h = before;

		assert_int_equal(hrv_work_create(&w), 0);
		allocations = 0;
		fail_at = ++failed;
		e = hrv_of(w, &r->nn, &cleaned, &h, NULL);
		fail_at = 0;
		if (e < 0) {
			assert_int_equal(e, -ENOMEM);
			assert_memory_equal(&h, &before, sizeof(h));
			/* and it can go on with what there is */
			of(w, &r->nn, &cleaned, &h);
		}
		hrv_work_destroy(w);
	}
	assert_int_equal(e, 0);
	assert_true(failed > 1);
	free(r);
}

static int set_up(void **state)
{
	gsl_set_error_handler_off();
	return hrv_work_create((struct hrv_work **)state);
}

static int tear_down(void **state)
{
	hrv_work_destroy(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_heart_at_rest_has_every_figure),
		cmocka_unit_test(too_little_is_no_value_and_never_infinite),
		cmocka_unit_test(equal_beats_have_no_ratio_and_no_peak),
		cmocka_unit_test(only_what_is_wanted_is_computed),
		cmocka_unit_test(no_figure_spans_a_break),
		cmocka_unit_test(
			an_irregular_rhythm_has_a_rate_and_no_variability),
		cmocka_unit_test(
			without_memory_it_says_so_and_leaves_the_result),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
