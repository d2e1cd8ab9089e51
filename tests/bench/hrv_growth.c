/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/hrv_growth.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static const struct work {
	const char *name;
	work_run *run;
	/* What one interval of the day costs at the least: bytes that come
	 * from memory or go there once, and additions and multiplications of
	 * the method, as counted from its loops (the transforms as 5 n log2 n
	 * for n complex points). 0: no arithmetic to speak of. */
	double bytes, flops;
} works[] = {
	{"full_set", work_full, 0, 0},
	{"artifacts", work_artifacts, 24, 0},
	/* a division counts as four */
	{"time_domain", work_time_domain, 8, 20},
	{"geometry", work_geometry, 16, 4},
	/* spline 40 a beat and 14 a sample, 3.5 samples a beat; priors 14 a
         * sample; a 1024-point transform for two segments of 512 new samples,
         * twice */
	{"welch_both", work_welch, 120, 390},
	/* 8 cells a beat for two sums, twice; the grid three times a beat of
         * points at 5 log2 n */
	{"lomb_both", work_lomb, 160, 800},
	{"sample_entropy", work_entropy, 24, 0},
	/* 13 sizes of box, six of either for each beat in one */
	{"dfa", work_dfa, 8, 13 * 6},
};
#define WORKS (sizeof(works) / sizeof(works[0]))

/* From n to 100 n in the time of n log n is 1.13 here; 2 were n^2. Values off
 * every grid are counted by buckets of sqrt(n): up to a million that beats a
 * tree, whose n log^2 n comes with a look-up a step. */
#define STEEPEST       1.25
#define STEEPEST_REALS 1.5

static bool grow(struct work_engine *e, const struct work *w, const char *name,
                 const struct work_input *million, double steepest)
{
	double took_s[4], steep;

	for (int k = 0; k < 4; k++) {
		struct nn nn = work_nn(million, (size_t)pow(10, 3 + k));

		took_s[k] = work_median_s(e, w->run, &nn);
	}
	steep = log(took_s[3] / took_s[1]) / log(100.0);
	printf("%-20s %10.3f %10.3f %10.2f %10.1f %8.3f %8.2f %s\n", name,
	       1e3 * took_s[0], 1e3 * took_s[1], 1e3 * took_s[2],
	       1e3 * took_s[3], took_s[3], steep,
	       steep <= steepest ? "ok" : "MISS");
	return steep <= steepest;
}

bool growth_print(struct work_engine *e, const struct work_input *million,
                  const struct work_input *loose)
{
	bool good = true;

	printf("\n%-20s %10s %10s %10s %10s  us/beat   exponent\n",
	       "growth, ms", "1e3", "1e4", "1e5", "1e6");
	for (size_t i = 0; i < WORKS; i++)
		good &= grow(e, &works[i], works[i].name, million, STEEPEST);
	for (size_t i = 0; i < WORKS; i++)
		if (works[i].run == work_entropy)
			good &= grow(e, &works[i], "  of any reals", loose,
			             STEEPEST_REALS);
	return good;
}

/* Bytes a second of reading what no cache holds. */
static double memory_rate(void)
{
	size_t n = (size_t)16 << 20;
	uint64_t *at = calloc(n, sizeof(*at)), sum = 0;
	double best_s = HUGE_VAL;

	work_need(at, "memory");
	for (size_t i = 0; i < n; i++)
		at[i] = i;
	for (int k = 0; k < 5; k++) {
		double began_s = work_now_s();

		for (size_t i = 0; i < n; i++)
			sum += at[i];
		best_s = fmin(best_s, work_now_s() - began_s);
	}
	work_need(sum > 0, "reading");
	free(at);
	return (double)(n * sizeof(*at)) / best_s;
}

/* Additions and multiplications a second: as many chains as hide the latency
 * of each, two doubles wide, which is what this build's kind of code has. */
static double arithmetic_rate(void)
{
	typedef double pair __attribute__((vector_size(16)));
	pair a, b, c, d, e, f, g, h;
	const pair by = {0.999999, 0.999999}, more = {1e-9, 1e-9};
	const int turns = 4000000;
	double best_s = HUGE_VAL, sum = 0.0;

	for (int k = 0; k < 5; k++) {
		double began_s = work_now_s();

		a = b = c = d = e = f = g = h = (pair){1.0 + k, 2.0};
		for (int t = 0; t < turns; t++) {
			a = a * by + more;
			b = b * by + more;
			c = c * by + more;
			d = d * by + more;
			e = e * by + more;
			f = f * by + more;
			g = g * by + more;
			h = h * by + more;
		}
		best_s = fmin(best_s, work_now_s() - began_s);
		a += b + c + d + e + f + g + h;
		sum += a[0] + a[1];
	}
	work_need(isfinite(sum), "arithmetic");
	return turns * 8.0 * 2.0 * 2.0 / best_s;
}

void growth_limits(struct work_engine *e, const struct work_input *day)
{
	double bytes_per_s = memory_rate(), flops = arithmetic_rate();

	printf("\nwhat this core does at most: %.1f GB/s read, %.1f Gflop/s\n"
	       "%-20s %10s %18s %18s\n",
	       bytes_per_s * 1e-9, flops * 1e-9, "24 h", "ms",
	       "of that, memory", "arithmetic");
	for (size_t i = 0; i < WORKS; i++) {
		struct nn nn = work_nn(day, day->n);
		double took_s = work_median_s(e, works[i].run, &nn), n;

		n = (double)nn.n;
		if (works[i].bytes <= 0.0)
			continue;
		printf("%-20s %10.3f %16.1f %%", works[i].name, 1e3 * took_s,
		       100.0 * n * works[i].bytes / bytes_per_s / took_s);
		if (works[i].flops > 0.0)
			printf(" %16.1f %%",
			       100.0 * n * works[i].flops / flops / took_s);
		else
			printf("  branches, look-ups");
		printf("\n");
	}
}
