/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/home.h"
#include "tests/helpers/test.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "diary/date.h"

static int32_t today(void)
{
	time_t now = time(NULL);
	struct tm tm;
	int32_t date = 0;

	localtime_r(&now, &tm);
	date_of(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, &date);
	return date;
}

/* @n days up to @last, of which each @every-th has a headache. */
static void keep_diary(int32_t last, int n, int every)
{
	char path[600], args[700], date[DATE_TEXT];
	FILE *f;

	snprintf(path, sizeof(path), "%s/days.csv", home.folder);
	f = fopen(path, "we");
	assert_non_null(f);
	fputs("date,headache,worst,medicine\n", f);
	for (int i = 0; i < n; i++) {
		bool ache = every && i % every == 0;

		fprintf(f, "%s,%s,%s,%s\n", date_text(last - n + 1 + i, date),
		        ache ? "yes" : "no", ache ? "6" : "",
		        ache ? "sumatriptan" : "");
	}
	fclose(f);
	snprintf(args, sizeof(args), "diary import %s", path);
	home_run(args);
	assert_int_equal(home.ran.status, 0);
}

/* One session a day, with the heart slower by 2, 4, 2, 4... bpm. */
static void keep_sessions(int32_t first, int n, bool simulated)
{
	char path[600], sql[400], date[DATE_TEXT];
	sqlite3 *db;

	snprintf(path, sizeof(path), "%s/state/lull/lull.db", home.folder);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	for (int i = 0; i < n; i++) {
		snprintf(sql, sizeof(sql),
		         "INSERT INTO session(start, start_s, routine, sensor,"
		         " simulated, result, seconds, hr_before, hr_after,"
		         " rmssd_before, rmssd_after, first_line)"
		         " VALUES('%sT%s:00:00+01:00', %lld, 'tension_relief',"
		         " 'ble:', %d, 'completed', 900, 70, %d, 30, 33, '')",
		         date_text(first + i, date), i % 2 ? "08" : "20",
		         (long long)(first + i) * 86400, simulated,
		         i % 2 ? 66 : 68);
		assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL),
		                 SQLITE_OK);
	}
	sqlite3_close(db);
}

static void without_sessions_there_is_only_the_diary(void **state)
{
	(void)state;
	keep_diary(today(), 28, 4);
	home_run("stats");
	assert_int_equal(home.ran.status, 0);
	home_says("0 sessions");
	home_says("100 %              7");
	assert_null(strstr(home.ran.text, "first session"));
}

static void the_change_of_the_heart_comes_with_its_interval(void **state)
{
	(void)state;
	keep_diary(today(), 1, 0);
	keep_sessions(today() - 9, 10, false);
	keep_sessions(today() - 9, 10, true);
	home_run("stats");
	home_says("10 sessions, 150 minutes; 10 to the end, 10 with");
	home_says("10 simulated or by the clock, and counted nowhere");
	/* mean 3; sd 1.054, t(9) 2.262: 0.754 to each side */
	home_says("3.0 (2.2 to 3.8)");
	home_says("10 (10 to 10)");
	home_says("tension_relief, in the morning");
	home_says("no baseline");
	home_run("stats --days 4 --json");
	home_says("\"sessions\": 4");
	home_says("\"low\": 1.16");
}

static void sessions_after_the_same_stand_beside_the_others(void **state)
{
	(void)state;
	keep_diary(today(), 1, 0);
	keep_sessions(today() - 9, 10, false);
	for (int id = 1; id <= 5; id += 2) {
		char args[64];

		snprintf(args, sizeof(args), "before %d caffeine m", id);
		home_answers(args, 0, "caffeine and a meal");
	}
	home_answers("before 7 none", 0, "nothing that moves the heart");
	home_answers("before 7", 0, "nothing that moves the heart");
	home_run("stats");
	home_says("tension_relief, in the evening, after caffeine and a meal");
	home_says("tension_relief, in the evening  ");
	home_answers("sessions --json", 0, "\"before\": null");
	home_says("\"before\": []");
	home_says("\"caffeine\",\n      \"meal\"");
	home_answers("before 7 none meal", 2, "or none by itself");
	home_answers("before 99 meal", 1, "there is none");
}

static void the_plan_is_told_by_what_was_kept_of_it(void **state)
{
	char path[600];
	FILE *f;

	(void)state;
	keep_diary(today(), 1, 0);
	keep_sessions(today() - 27, 14, false);
	snprintf(path, sizeof(path),
	         "mkdir -p %s/config/lull && echo 'plan: {sessions_a_week: 7}' "
	         ">%s/config/lull/config.yaml",
	         home.folder, home.folder);
	f = popen(path, "r");
	assert_non_null(f);
	assert_int_equal(pclose(f), 0);
	home_run("stats");
	home_says("Of the plan, 7 sessions a week: 50 %");
	home_says("A shorter plan may fit you better");
}

static void baselines_of_months_are_told_by_their_ends(void **state)
{
	(void)state;
	keep_diary(today(), 1, 0);
	keep_sessions(today() - 99, 100, false);
	home_run("stats --days 100");
	/* all alike, so there is no interval, and nothing is claimed */
	home_says("(tension_relief, in the morning), the first 28 days");
	assert_null(strstr(home.ran.text, "lower"));
	home_run("stats --days 100 --json");
	home_says("\"clear\": false");
}

static void headache_days_are_compared_with_what_they_prove(void **state)
{
	int32_t day = today();

	(void)state;
	keep_diary(day - 84, 84, 2);
	keep_diary(day, 84, 7);
	keep_sessions(day - 83, 1, false);
	home_run("stats");
	home_says("to the first session: 14.0; since ");
	home_says(": 4.0\n");
	home_says("Difference: -10.0, most likely between -13");
	home_says("fewer headache days than before; this can also happen by "
	          "itself");
	home_says("counted as a response in trials");
	home_says("a sham treatment did as well");
	home_run("stats --json");
	home_says("\"difference\": -10,");
	/* nobody said of what kind they were, how many hours they cost, or
	   what was taken */
	home_says("\"migraine_days\": null");
	home_says("\"hours_lost\": null");
	home_says("\"moderate_days\": 4,");
}

static void with_a_month_on_each_side_it_is_too_early(void **state)
{
	int32_t day = today();

	(void)state;
	keep_diary(day - 28, 28, 3);
	keep_diary(day, 28, 5);
	keep_sessions(day - 27, 5, false);
	home_run("stats");
	home_says("too early to tell");
}

static void
years_after_the_first_session_its_baseline_still_counts(void **state)
{
	int32_t day = today();

	(void)state;
	keep_diary(day - 1000, 84, 2);
	keep_diary(day, 1000, 7);
	keep_sessions(day - 999, 1, false);
	home_run("stats");
	home_says("to the first session: 14.0; since ");
	home_says("fewer headache days");
}

static void the_whole_year_before_a_recent_first_session_counts(void **state)
{
	int32_t day = today();
	char date[DATE_TEXT];

	(void)state;
	keep_diary(day - 100, 400, 2);
	keep_diary(day, 100, 7);
	keep_sessions(day - 99, 1, false);
	home_run("stats");
	/* whole weeks of it, up to the first session */
	home_says(date_text(day - 99 - 364, date));
	home_says("to the first session: 14.0; since ");
}

static void many_days_with_medicine_are_worth_a_word(void **state)
{
	(void)state;
	keep_diary(today(), 28, 3);
	home_run("stats");
	home_says("acute headache medicine on 10 days of the last 28");
	keep_diary(today() - 28, 28, 4);
	home_run("stats");
	home_says("on 10 days");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		home_test(without_sessions_there_is_only_the_diary),
		home_test(the_change_of_the_heart_comes_with_its_interval),
		home_test(sessions_after_the_same_stand_beside_the_others),
		home_test(the_plan_is_told_by_what_was_kept_of_it),
		home_test(baselines_of_months_are_told_by_their_ends),
		home_test(headache_days_are_compared_with_what_they_prove),
		home_test(with_a_month_on_each_side_it_is_too_early),
		home_test(
			years_after_the_first_session_its_baseline_still_counts),
		home_test(the_whole_year_before_a_recent_first_session_counts),
		home_test(many_days_with_medicine_are_worth_a_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
