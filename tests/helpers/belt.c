/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/belt.h"

#include <stdbool.h>
#include <stdio.h>

#include <gsl/gsl_statistics_double.h>

#include "tests/helpers/test.h"

#define BELT_HZ  10.0
#define BELT_MAX 6000

static double mean_about(const double *x, size_t n, size_t i, size_t half)
{
	size_t from = i > half ? i - half : 0;
	size_t to = i + half + 1 < n ? i + half + 1 : n;

	return gsl_stats_mean(x + from, 1, to - from);
}

void belt_read(struct belt *b)
{
	static double raw[BELT_MAX], wave[BELT_MAX];
	const char *path = test_data("nk_bio_resting_8min_breathing_10hz.csv");
	double rms, at_s = 0.0;
	FILE *f = fopen(path, "r");
	bool low = false;
	size_t n = 0;

	assert_non_null(f);
	while (n < BELT_MAX && fscanf(f, "%lf", &raw[n]) == 1)
		n++;
	fclose(f);
	for (size_t i = 0; i < n; i++)
		wave[i] = mean_about(raw, n, i, 3) - mean_about(raw, n, i, 50);
	rms = gsl_stats_sd(wave, 1, n);
	b->n = 0;
	for (size_t i = 1; i < n; i++) {
		if (wave[i - 1] < 0.0 && wave[i] >= 0.0)
			at_s = (double)i / BELT_HZ;
		low = low || wave[i] < -0.3 * rms;
		if (low && wave[i] > 0.3 * rms) {
			b->rise_s[b->n++] = at_s;
			low = false;
		}
	}
}

double belt_rate(const struct belt *b, double from_s, double to_s)
{
	size_t first = 0, end;

	while (first < b->n && b->rise_s[first] < from_s)
		first++;
	for (end = first; end < b->n && b->rise_s[end] <= to_s; end++)
		;
	assert_true(end - first >= 3);
	return 60.0 * (double)(end - first - 1) /
	       (b->rise_s[end - 1] - b->rise_s[first]);
}
