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

double test_reference(const char *file, const char *key)
{
	FILE *f = fopen(test_data("hrv_reference.csv"), "r");
	char line[1024], start[128];
	double value = NAN;

	assert_non_null(f);
	snprintf(start, sizeof(start), "%s,none,%s,", key, file);
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
