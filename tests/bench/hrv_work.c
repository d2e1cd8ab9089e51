/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/hrv_work.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "signal/clean.h"
#include "signal/dfa.h"
#include "signal/sample_entropy.h"

#define DAY  97814 /* intervals of the 24 h recording */
#define TICK (1000.0 / 1024.0)

void work_need(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "bench_hrv: %s failed\n", what);
	exit(1);
}

double work_now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double uniform(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return ((double)((z ^ (z >> 31)) >> 11) + 0.5) * 0x1.0p-53;
}

/* --- what is worked on ---------------------------------------------------- */

static void allot(struct work_input *s, size_t room)
{
	s->t_s = malloc(room * sizeof(double));
	s->rr_ms = malloc(room * sizeof(double));
	s->n = 0;
	work_need(s->t_s && s->rr_ms, "memory");
}

static void add(struct work_input *s, double rr_ms)
{
	s->t_s[s->n] = (s->n > 0 ? s->t_s[s->n - 1] : 0.0) + rr_ms * 1e-3;
	s->rr_ms[s->n++] = rr_ms;
}

void work_invent(struct work_input *s, size_t n)
{
	uint64_t seed = 20261125;
	double t_s = 0.0, noise_ms = 0.0;

	allot(s, n);
	for (size_t i = 0; i < n; i++) {
		double rr_ms = 850.0 + 40.0 * sin(2.0 * M_PI * 0.25 * t_s) +
		               35.0 * sin(2.0 * M_PI * 0.1 * t_s) +
		               90.0 * sin(2.0 * M_PI * t_s / 5400.0);

		noise_ms = 0.8 * noise_ms + 40.0 * (uniform(&seed) - 0.5);
		add(s, round((rr_ms + noise_ms) / TICK) * TICK);
		t_s = s->t_s[i];
	}
}

void work_read_day(struct work_input *s)
{
	const char *folder = getenv("LULL_TEST_DATA");
	char path[512];
	double rr_ms;
	FILE *f;

	snprintf(path, sizeof(path), "%s/nsr004.rr",
	         folder ? folder : "../shared/data");
	f = fopen(path, "r");
	if (!f) {
		printf("%s is not there: a day made up instead\n", path);
		work_invent(s, DAY);
		return;
	}
	allot(s, DAY);
	while (s->n < DAY && fscanf(f, "%lf", &rr_ms) == 1)
		add(s, rr_ms);
	fclose(f);
}

void work_jitter(const struct work_input *from, struct work_input *ret)
{
	uint64_t seed = 4;

	allot(ret, from->n);
	for (size_t i = 0; i < from->n; i++)
		add(ret, from->rr_ms[i] + 8.0 * (uniform(&seed) - 0.5));
}

struct nn work_nn(const struct work_input *s, size_t n)
{
	return (struct nn){
		.t_s = s->t_s, .rr_ms = s->rr_ms, .n = n < s->n ? n : s->n};
}

/* --- what is measured ----------------------------------------------------- */

void work_full(struct work_engine *e, const struct nn *nn)
{
	const struct hrv_options o = {.detrend = {true, true}};
	struct hrv h;

	work_need(hrv_of(e->work, nn, &o, &h, NULL) == 0, "hrv_of");
	work_need(h.time.rmssd_ms > 0.0, "RMSSD");
}

void work_without_entropy(struct work_engine *e, const struct nn *nn)
{
	const struct hrv_options o = {.detrend = {true, true},
	                              .no_entropy = true};
	struct hrv h;

	work_need(hrv_of(e->work, nn, &o, &h, NULL) == 0, "hrv_of");
	work_need(h.time.rmssd_ms > 0.0, "RMSSD");
}

void work_entropy(struct work_engine *e, const struct nn *nn)
{
	struct hrv_time time;
	double value;

	hrv_time_of(nn, &time);
	work_need(sample_entropy_of(&e->arena, nn, time.sdnn_ms, &value) == 0 &&
	                  value > 0.0,
	          "sample entropy");
}

void work_artifacts(struct work_engine *e, const struct nn *nn)
{
	struct clean clean;

	work_need(clean_of(&e->arena, nn, &clean) == 0, "artifacts");
}

void work_time_domain(struct work_engine *e, const struct nn *nn)
{
	struct hrv_time time;

	(void)e;
	hrv_time_of(nn, &time);
	work_need(time.rmssd_ms > 0.0, "RMSSD");
}

void work_geometry(struct work_engine *e, const struct nn *nn)
{
	struct hrv_geometry g;
	double si;

	work_need(hrv_geometry_of(&e->arena, nn->rr_ms, nn->n, &g) == 0 &&
	                  hrv_stress_index(&e->arena, nn->rr_ms, nn->n, &si) ==
	                          0,
	          "geometry");
}

void work_welch(struct work_engine *e, const struct nn *nn)
{
	struct hrv_spectra s;

	work_need(hrv_welch_of(e->freq, &e->arena, nn, true, &s) == 0, "Welch");
}

void work_lomb(struct work_engine *e, const struct nn *nn)
{
	struct hrv_spectra s;

	work_need(hrv_lomb_of(e->freq, &e->arena, nn, true, &s) == 0 &&
	                  s.plain.lf_ms2 > 0.0,
	          "Lomb");
}

void work_dfa(struct work_engine *e, const struct nn *nn)
{
	(void)e;
	work_need(dfa_alpha1_of(nn) > 0.0, "DFA");
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double work_median(double *runs)
{
	qsort(runs, WORK_RUNS, sizeof(*runs), by_size);
	return runs[WORK_RUNS / 2];
}

double work_median_s(struct work_engine *e, work_run *work, const struct nn *nn)
{
	/* what is short is done often enough for the clock */
	unsigned often = 1 + (unsigned)(20000 / (nn->n + 1));
	double runs[WORK_RUNS];

	for (int i = -1; i < WORK_RUNS; i++) { /* the first warms up */
		double began_s = work_now_s();

		for (unsigned k = 0; k < often; k++) {
			work(e, nn);
			arena_release(&e->arena, (struct arena_mark){0});
		}
		if (i >= 0)
			runs[i] = (work_now_s() - began_s) / often;
	}
	return work_median(runs);
}
