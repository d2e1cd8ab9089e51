/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/home.h"
#include "tests/helpers/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "drivers/fit.h"
#include "drivers/fit_write.h"
#include "drivers/recording.h"
#include "player/journal_beats.h"

/* One session of a simulated person, for all of them. */
static struct rr stored;

static void export_to(const char *format, const char *name, char *ret,
                      size_t len)
{
	char args[800];

	snprintf(ret, len, "%s/%s", home.folder, name);
	snprintf(args, sizeof(args), "export --format %s -o %s", format, ret);
	home_run(args);
	if (home.ran.status != 0)
		fail_msg("%s", home.ran.text);
}

static int begin(void **state)
{
	char args[800], *text = NULL;
	struct journal_beats_error error;
	size_t n = 0;
	FILE *f;

	(void)state;
	home.folder = test_scratch();
	snprintf(
		args, sizeof(args),
		"render tension_relief --person 3 --seconds 150 --from 2 --save "
		"--no-voice -o %s/a.wav",
		home.folder);
	home_run(args);
	if (home.ran.status != 0)
		fail_msg("%s", home.ran.text);
	export_to("json", "a.jsonl", args, sizeof(args));
	f = fopen(args, "re");
	assert_non_null(f);
	text = malloc(1 << 22);
	assert_non_null(text);
	n = fread(text, 1, 1 << 22, f);
	fclose(f);
	assert_int_equal(journal_beats_parse(text, n, &stored, &error), 0);
	free(text);
	assert_true(stored.n > 100);
	return 0;
}

static int finish(void **state)
{
	(void)state;
	rr_finish(&stored);
	test_scrap(home.folder);
	return 0;
}

/* @within: what the format rounds to */
static void comes_back(const char *format, const char *name, double within,
                       bool gaps)
{
	struct load_error error = {0};
	char path[600];
	struct stat st;
	struct rr rr;

	export_to(format, name, path, sizeof(path));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	if (recording_read(path, &rr, &error) != 0)
		fail_msg("%s: line %u: %s", format, error.line, error.reason);
	assert_int_equal(rr.n, stored.n);
	for (size_t i = 0; i < rr.n; i++) {
		assert_near(rr.intervals[i].rr_ms, stored.intervals[i].rr_ms,
		            within);
		if (gaps)
			assert_int_equal(rr.intervals[i].gap,
			                 stored.intervals[i].gap);
	}
	rr_finish(&rr);
}

static void a_list_of_intervals_gives_the_same_beats(void **state)
{
	(void)state;
	comes_back("kubios", "k.txt", 0, false);
}

static void intervals_with_times_give_the_same_beats(void **state)
{
	(void)state;
	comes_back("kubios-times", "kt.txt", 1e-6, false);
}

static void a_fit_file_gives_the_same_beats_to_the_millisecond(void **state)
{
	(void)state;
	comes_back("fit", "f.fit", 0.5, false);
}

static void a_table_has_a_row_for_each_beat(void **state)
{
	size_t rows = 0;

	(void)state;
	home_run("export --format csv");
	for (const char *c = home.ran.text; *c; c++)
		rows += *c == '\n';
	assert_int_equal(rows, stored.n + 1);
	home_run("export --format csv-estimates");
	assert_non_null(strstr(home.ran.text, "t_s,hr_bpm,rmssd_ms,calm"));
	home_run("export --format csv-steps");
	assert_non_null(strstr(home.ran.text, ",begin\r\n"));
}

static void what_cannot_be_exported_is_told_in_one_line(void **state)
{
	char args[700];

	(void)state;
	home_run("export 7");
	assert_int_equal(home.ran.status, 1);
	assert_non_null(strstr(home.ran.text, "session 7: there is none"));
	home_run("export --format edf");
	assert_int_equal(home.ran.status, 2);
	assert_non_null(strstr(home.ran.text, "expected kubios"));
	snprintf(args, sizeof(args), "export -o %s/a.wav", home.folder);
	home_run(args);
	assert_int_equal(home.ran.status, 1);
	assert_non_null(strstr(home.ran.text, "File exists"));
}

static void a_fit_file_tells_when_it_began(void **state)
{
	struct rr_interval beats[] = {{.t_us = 1000000, .rr_ms = 1000},
	                              {.t_us = 71000000, .rr_ms = 70000}};
	const struct rr rr = {.intervals = beats, .n = 2};
	/* 2026-11-25 20:00:00 UTC, in seconds from 1989-12-31 */
	const uint32_t start = 1164571200;
	unsigned char bytes[512];
	struct load_error error;
	FILE *f = fmemopen(bytes, sizeof(bytes), "w");
	struct rr back;
	size_t n;

	(void)state;
	assert_int_equal(fit_write(f, &rr, 1795636800), 0);
	n = (size_t)ftell(f);
	fclose(f);
	/* file_id: header 14, definition 6 + 4 x 3, head 1, type and numbers */
	assert_int_equal(bytes[14 + 18 + 1 + 5] | bytes[14 + 18 + 1 + 6] << 8 |
	                         bytes[14 + 18 + 1 + 7] << 16 |
	                         (uint32_t)bytes[14 + 18 + 1 + 8] << 24,
	                 start);
	assert_int_equal(fit_parse(bytes, n, &back, &error), 0);
	assert_int_equal(back.n, 2);
	assert_near(back.intervals[1].rr_ms, 65534, 0);
	assert_int_equal(back.start.clock, RR_CLOCK_UTC);
	assert_int_equal(back.start.ms, INT64_C(1795636800000));
	rr_finish(&back);
	f = fmemopen(bytes, sizeof(bytes), "w");
	assert_true(fit_write(f, &(struct rr){.n = 0}, 0) < 0);
	fclose(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_of_intervals_gives_the_same_beats),
		cmocka_unit_test(intervals_with_times_give_the_same_beats),
		cmocka_unit_test(
			a_fit_file_gives_the_same_beats_to_the_millisecond),
		cmocka_unit_test(a_table_has_a_row_for_each_beat),
		cmocka_unit_test(what_cannot_be_exported_is_told_in_one_line),
		cmocka_unit_test(a_fit_file_tells_when_it_began),
	};

	return cmocka_run_group_tests(tests, begin, finish);
}
