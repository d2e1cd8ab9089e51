/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/home.h"
#include "tests/helpers/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "drivers/recording.h"

/* When a recording began: as its file says, as the person says, and as others
   read it in what we write. */

/* Of the session that `sessions --json` tells first. */
static void assert_began(const char *start)
{
	char expected[80];

	snprintf(expected, sizeof(expected), "\"start\": \"%s\"", start);
	home_run("sessions --json");
	home_says(expected);
}

static void brought_at(const char *date, const char *start)
{
	char text[200];

	snprintf(text, sizeof(text),
	         "date,rr,since start\n%s,1000,0\n%s,800,1000\n", date, date);
	home_write("l.csv", text);
	home_done("import", home_path("l.csv"));
	assert_began(start);
	home_done("erase --all --yes", "");
}

static void an_hrv_logger_file_stands_at_its_date(void **state)
{
	(void)state;
	setenv("TZ", "Europe/Berlin", 1);
	brought_at("2025-03-15 09:00:16.123", "2025-03-15T09:00:15+01:00");
	brought_at("2025-07-15 09:00:16.123", "2025-07-15T09:00:15+02:00");
	brought_at("2025-03-15T09:00:16-05:00", "2025-03-15T09:00:15-05:00");
	brought_at("2025-03-15 08:00:16 +0000", "2025-03-15T09:00:15+01:00");
	brought_at("1742025616999", "2025-03-15T09:00:15+01:00");
	brought_at("2025-03-15", "");
	unsetenv("TZ");
}

static void a_fit_file_stands_at_its_date(void **state)
{
	char path[600];

	(void)state;
	setenv("TZ", "Europe/Berlin", 1);
	home_write("a.rr", "812\n799\n823\n901\n877\n812\n");
	home_done("import --date 2026-07-22T15:05:00-04:00", home_path("a.rr"));
	snprintf(path, sizeof(path), "%s", home_export("a.fit", 1, "fit"));
	home_done("erase --all --yes", "");
	home_done("import", path);
	/* the same time; FIT does not say in which zone */
	assert_began("2026-07-22T21:05:00+02:00");
	unsetenv("TZ");
}

static void a_recording_of_no_known_date_goes_out_and_in_without(void **state)
{
	char path[600];

	(void)state;
	home_write("a.rr", "812\n799\n823\n901\n877\n812\n");
	home_done("import", home_path("a.rr"));
	assert_began("");
	snprintf(path, sizeof(path), "%s", home_export("a.fit", 1, "fit"));
	home_done("erase --all --yes", "");
	home_done("import", path);
	assert_began("");
}

static void the_person_knows_better_than_the_file(void **state)
{
	(void)state;
	home_write("l.csv", "date,rr,since start\n"
	                    "2025-03-15 09:00:15.123,823,0\n"
	                    "2025-03-15 09:00:16.001,812,823\n");
	home_done("import --date 2025-03-16T09:00:15+01:00",
	          home_path("l.csv"));
	assert_began("2025-03-16T09:00:15+01:00");
	/* and once it is known it stays */
	home_done("import", home_path("l.csv"));
	home_says("is in the store already: session 1");
	home_done("import --date 2025-03-17T09:00:15+01:00",
	          home_path("l.csv"));
	assert_began("2025-03-16T09:00:15+01:00");
}

static void a_date_can_be_given_to_one_that_came_in_without(void **state)
{
	(void)state;
	home_write("a.rr", "812\n799\n823\n");
	home_done("import", home_path("a.rr"));
	assert_began("");
	home_done("import --date 2025-03-17T09:00:15+01:00", home_path("a.rr"));
	home_says("is in the store already: session 1");
	assert_began("2025-03-17T09:00:15+01:00");
	home_run("erase --from 2025-03-17 --to 2025-03-17 --yes");
	home_run("sessions --json");
	home_says("[]");
}

static void a_date_yet_to_come_is_told_and_left_out(void **state)
{
	(void)state;
	home_write("l.csv", "date,rr,since start\n"
	                    "2199-03-15 09:00:15.123,823,0\n"
	                    "2199-03-15 09:00:16.001,812,823\n");
	home_done("import", home_path("l.csv"));
	home_says("l.csv: it says that it begins at a time yet to come");
	home_says("2 beats: session 1");
	assert_began("");
}

/* A row of its table: what it read of our n-th hrv message and its record. */
static void assert_row(const char *row, int n, const struct rr *rr,
                       int64_t start_s)
{
	size_t last = (size_t)n * 5 < rr->n ? (size_t)n * 5 : rr->n;
	const struct rr_interval *at = &rr->intervals[last - 1];
	time_t expected_s = start_s + (int64_t)(at->t_us / 1000000);
	int number, bpm, used = 0;
	char time[32], expected[32];
	struct tm tm;

	if (sscanf(row, "%d,%*f,%*f,%d,%n", &number, &bpm, &used) != 2 || !used)
		fail_msg("%s", row);
	snprintf(time, sizeof(time), "%.19s", row + used);
	gmtime_r(&expected_s, &tm);
	strftime(expected, sizeof(expected), "%Y/%m/%d,%H:%M:%S", &tm);
	assert_int_equal(number, n);
	assert_string_equal(time, expected);
	assert_int_equal(bpm, lround(60000 / at->rr_ms));
}

/* It knows the records, not the intervals: their times and heart rates. */
static void a_fit_file_is_read_by_gpsbabel_too(void **state)
{
	const char *path = test_data("h10_breath_dhyb.rr");
	struct load_error error;
	char command[1400], row[256], fit[600];
	struct rr rr;
	int n = 0;
	FILE *f;

	(void)state;
	if (system("command -v gpsbabel >/dev/null 2>&1") != 0) {
		print_message("skipped: no gpsbabel here\n");
		skip();
	}
	assert_int_equal(recording_read(path, &rr, &error), 0);
	home_done("import --date 2025-07-22T21:05:00+02:00", path);
	snprintf(fit, sizeof(fit), "%s", home_export("a.fit", 1, "fit"));
	snprintf(command, sizeof(command),
	         "gpsbabel -t -i garmin_fit,allpoints=1 -f %s "
	         "-o unicsv,utc -F -",
	         fit);
	f = popen(command, "r");
	assert_non_null(f);
	assert_non_null(fgets(row, sizeof(row), f));
	assert_string_equal(row,
	                    "No,Latitude,Longitude,Heartrate,Date,Time\r\n");
	while (fgets(row, sizeof(row), f))
		assert_row(row, ++n, &rr, INT64_C(1753211100));
	assert_int_equal(pclose(f), 0);
	assert_int_equal(n, (rr.n + 4) / 5);
	rr_finish(&rr);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		home_test(an_hrv_logger_file_stands_at_its_date),
		home_test(a_fit_file_stands_at_its_date),
		home_test(a_recording_of_no_known_date_goes_out_and_in_without),
		home_test(the_person_knows_better_than_the_file),
		home_test(a_date_can_be_given_to_one_that_came_in_without),
		home_test(a_date_yet_to_come_is_told_and_left_out),
		home_test(a_fit_file_is_read_by_gpsbabel_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
