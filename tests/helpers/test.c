/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <ftw.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void test_assert_near(double a, double b, double tolerance, const char *file,
                      int line)
{
	if (fabs(a - b) <= tolerance)
		return;
	print_error("%.17g is not within %g of %.17g\n", a, tolerance, b);
	_fail(file, line);
}

const char *test_data(const char *name)
{
	static char path[512];
	const char *folder = getenv("LULL_TEST_DATA");

	snprintf(path, sizeof(path), "%s/%s",
	         folder ? folder : "../shared/data", name);
	if (access(path, R_OK) != 0) {
		print_message("skipped: no recording %s here\n", path);
		skip();
	}
	return path;
}

const char *const test_rows[TEST_ROWS] = {
	"h10_breath_dhyb", "h10_detectpvc", "hrvpy_rest",  "hrvpy_rest[0-300s]",
	"nsr004",          "pyhrv_long",    "pyhrv_short",
};

size_t test_recording(const char *row, double *ret_t_s, double *ret_rr_ms)
{
	double rr_ms, t_s = 0.0, cut_s = HUGE_VAL;
	char name[64] = "", file[80];
	size_t n = 0;
	FILE *f;

	assert_true(sscanf(row, "%63[^[][0-%lfs]", name, &cut_s) >= 1);
	snprintf(file, sizeof(file), "%s.rr", name);
	f = fopen(test_data(file), "r");
	assert_non_null(f);
	while (fscanf(f, "%lf", &rr_ms) == 1 && t_s + rr_ms / 1e3 <= cut_s) {
		assert_true(n < TEST_BEATS_MAX);
		t_s += rr_ms / 1e3;
		if (ret_t_s)
			ret_t_s[n] = t_s;
		ret_rr_ms[n++] = rr_ms;
	}
	fclose(f);
	return n;
}

double test_reference(const char *row, const char *detrend, const char *key)
{
	FILE *f = fopen(test_data(TEST_REFERENCE), "r");
	char line[1024], start[128];
	double value = NAN;

	assert_non_null(f);
	snprintf(start, sizeof(start), "%s,%s,%s,", key, detrend, row);
	while (fgets(line, sizeof(line), f))
		if (strncmp(line, start, strlen(start)) == 0)
			value = strtod(strrchr(line, ',') + 1, NULL);
	fclose(f);
	return value;
}

char *test_scratch(void)
{
	const char *base = getenv("TMPDIR");
	char *folder = malloc(512);

	assert_non_null(folder);
	snprintf(folder, 512, "%s/lull-test-XXXXXX", base ? base : "/tmp");
	assert_non_null(mkdtemp(folder));
	return folder;
}

static int scrap_one(const char *path, const struct stat *st, int kind,
                     struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	return remove(path);
}

void test_scrap(char *folder)
{
	nftw(folder, scrap_one, 16, FTW_DEPTH | FTW_PHYS);
	free(folder);
}

void test_write(const char *path, const void *bytes, size_t len)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

uint64_t test_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

double test_uniform(uint64_t *state)
{
	return (double)(test_random(state) >> 11) * 0x1.0p-53;
}
