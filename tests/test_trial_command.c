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
#include "diary/trial.h"

static int32_t today(void)
{
	time_t now = time(NULL);
	struct tm tm;
	int32_t date = 0;

	localtime_r(&now, &tm);
	date_of(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, &date);
	return date;
}

static void assert_silent_on(const char *text)
{
	if (strstr(home.ran.text, text))
		fail_msg("\"%.2000s\" says \"%s\"", home.ran.text, text);
}

static void change(const char *sql)
{
	char path[600];
	sqlite3 *db = NULL;

	snprintf(path, sizeof(path), "%s/state/lull/lull.db", home.folder);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

/* As if the trial had begun so many days ago, with this seed. */
static struct trial shift(int days, unsigned weeks, unsigned pairs)
{
	struct trial t = {.seed = 7,
	                  .start = today() - days,
	                  .ended = TRIAL_OPEN,
	                  .weeks = weeks,
	                  .pairs = pairs};
	char sql[200];

	snprintf(sql, sizeof(sql), "UPDATE trial SET start = %d, seed = 7",
	         t.start);
	change(sql);
	return t;
}

/* In each block so many headache days at its begin, by its arm. */
static void keep_diary(const struct trial *t, const int aches[TRIAL_ARMS])
{
	char args[700], date[DATE_TEXT];
	char *path = home_path("days.csv");
	FILE *f = fopen(path, "we");
	struct trial_block b;

	assert_non_null(f);
	snprintf(args, sizeof(args), "diary import %s", path);
	fputs("date,headache\n", f);
	for (int32_t d = t->start; d < today() && trial_block_on(t, d, &b); d++)
		fprintf(f, "%s,%s\n", date_text(d, date),
		        d - b.from < aches[b.arm] ? "yes" : "no");
	fclose(f);
	home_answers(args, 0, "");
}

static void begin_a_week_trial(void)
{
	home_answers("trial begin --weeks 1 --from today", 0,
	             "Your trial, block 1 of 12: ");
}

static void it_begins_tomorrow_with_what_one_must_know(void **state)
{
	(void)state;
	home_answers("trial begin", 0,
	             "Your trial: practise, or do not practise; 6 pairs of "
	             "blocks of 28 days, ");
	home_says("Your trial begins on ");
	home_says("drawn by lot");
	home_says("Take your medicines as you always do, also for a\nheadache");
	home_says("Ask your clinician first");
	home_says("lull trial end");
	home_answers("trial", 0,
	             "Too early to tell: 6 of 6 pairs still to "
	             "come");
	assert_silent_on("BLOCK");
	home_answers("trial show --json", 0, "\"seed\": null");
	home_says("\"block_today\": null");
	home_says("\"blocks\": []");
}

static void one_runs_at_a_time_and_ends_when_told(void **state)
{
	(void)state;
	begin_a_week_trial();
	home_answers("trial begin", 1, "one runs already: lull trial shows it");
	home_answers("trial end", 0, "You ended it on ");
	home_says("Too few to tell: 0 pairs count, and it takes 6");
	home_answers("trial end", 1, "none runs");
	home_answers("trial begin desk_reset evening_winddown", 0,
	             "Your trial: practise desk_reset, or practise "
	             "evening_winddown; ");
	home_answers("trial end", 0, "");
	home_answers("trial begin desk_reset", 0,
	             "Your trial: practise desk_reset, or do not practise; ");
}

static void what_cannot_be_is_refused(void **state)
{
	(void)state;
	home_answers("trial", 1, "no session is stored yet");
	home_answers("diary add no", 0, "");
	home_answers("trial", 0, "There is no trial: lull trial begin");
	home_answers("trial --json", 0, "\"trial\": null");
	home_answers("trial nonsense", 2, "expected begin");
	home_answers("trial end now", 2, "expected begin");
	home_answers("trial begin nonsense", 1, "no such routine");
	home_answers("trial begin desk_reset desk_reset", 2, "not the same");
	home_answers("trial begin --from yesterday", 2, "cannot be drawn");
	home_answers("trial begin --from -3", 2, "cannot be drawn");
	home_answers("trial begin --from 2019-01-01", 2, "cannot be drawn");
	home_answers("trial begin --from 2027-02-30", 2, "expected today");
	home_answers("trial begin --from 9999-01-01", 2, "within a year");
	home_answers("trial begin --pairs 5", 2, "6");
	home_answers("trial begin --weeks 9", 2, "8");
	home_answers("trial", 0, "There is no trial");
}

static void what_a_red_flag_stopped_is_not_tried(void **state)
{
	(void)state;
	home_answers("diary add no", 0, "");
	change("INSERT INTO block(t, stop) VALUES(1, 'urgent')");
	home_answers("trial begin", 5, "see a doctor first");
	home_answers("trial", 0, "There is no trial");
	home_answers("seen", 0, "");
	home_answers("trial begin", 0, "Your trial begins on ");
}

static void while_it_runs_it_tells_the_blocks_that_were_and_no_more(void **s)
{
	static const int aches[] = {0, 7};
	struct trial t;
	struct trial_block b;

	(void)s;
	begin_a_week_trial();
	t = shift(30, 1, 6);
	keep_diary(&t, aches);
	home_answers("trial", 0,
	             "Too early to tell: 4 of 6 pairs still to "
	             "come");
	home_says("Your trial, block 5 of 12: ");
	home_says("7 of 7");
	home_says("2 of 7");
	assert_silent_on("Difference");
	home_answers("trial --json", 0, "\"difference\": null");
	home_says("\"headache_days\": null");
	assert_silent_on("\"headache_days\": 7");
	home_says("\"pairs_counted\": 2");
	home_says("\"block_today\": 5");
	assert_true(trial_block_on(&t, today(), &b));
	home_answers("stats", 0, "Your trial, block 5 of 12: ");
	home_says(b.arm == TRIAL_FIRST ? ": practise, day 3 of 7"
	                               : ": do not practise, day 3 of 7");
	home_answers("stats --json", 0, "\"trial\": \"Your trial, block 5");
}

static void sessions_are_counted_where_they_were(void **state)
{
	char sql[400], date[DATE_TEXT];

	(void)state;
	begin_a_week_trial();
	(void)shift(8, 1, 6);
	for (int i = 0; i < 3; i++) {
		snprintf(sql, sizeof(sql),
		         "INSERT INTO session(start, start_s, routine, sensor,"
		         " simulated, result, first_line) VALUES("
		         "'%sT23:30:00+01:00', %lld, 'desk_reset', 'ble:', %d,"
		         " 'completed', '')",
		         date_text(today() - 3, date),
		         (long long)(today() - 3) * 86400, i == 2);
		change(sql);
	}
	home_answers("trial --json", 0, "\"sessions\": 2");
	home_says("\"sessions\": 0");
	assert_silent_on("\"sessions\": 3");
}

/* Far enough: without a bus no session begins. */
static void a_start_says_what_today_is_and_in_an_attack_nothing(void **state)
{
	static const char *const said[] = {"start desk_reset",
	                                   "start tension_relief --mode night"};
	static const char *const silent[] = {"start migraine_quiet",
	                                     "start desk_reset --mode attack"};

	(void)state;
	begin_a_week_trial();
	for (int i = 0; i < 2; i++)
		home_answers(said[i], 3, "Your trial, block 1 of 12: ");
	for (int i = 0; i < 2; i++) {
		home_answers(silent[i], 3, "");
		assert_silent_on("trial");
	}
	home_answers("trial end", 0, "");
	home_answers(said[0], 3, "");
	assert_silent_on("trial");
}

static void when_all_is_over_it_tells_the_difference(void **state)
{
	static const int aches[] = {1, 4};
	struct trial t;

	(void)state;
	begin_a_week_trial();
	t = shift(85, 1, 6);
	keep_diary(&t, aches);
	home_answers("trial", 0,
	             "Headache days in 28: practise 4.0; do not practise 16.0; "
	             "of 6 pairs");
	home_says("Difference: -12.0, most likely between -12.0 and -12.0: "
	          "fewer headache days in the blocks with practice than in the "
	          "others; this can also happen by itself");
	home_says("as large in 3 of 100 cases");
	home_says("what one hopes for colours what one writes down");
	home_answers("trial --json", 0, "\"seed\": \"7\"");
	home_says("\"chance\": 0.03125");
	home_says("\"headache_days\": 4");
	home_answers("stats", 0, "");
	assert_silent_on("Your trial");
	home_answers("trial begin", 0, "Your trial begins on ");
}

static void the_report_tells_it_to_the_person(void **state)
{
	static const int aches[] = {1, 4};
	struct trial t;

	(void)state;
	begin_a_week_trial();
	home_answers("report", 0,
	             "<h3>Your trial: practise, or do not practise</h3>");
	home_says("<strong><bdi>too early to tell: 6 of 6 pairs still to come");
	t = shift(85, 1, 6);
	keep_diary(&t, aches);
	home_answers("report", 0, "practise 4.0; do not practise 16.0.");
	home_says(
		"<strong><bdi>fewer headache days in the blocks with practice "
		"than in the others; this can also happen by itself</bdi></strong>");
	home_says("what one hopes for colours");
	/* of other days than the report's */
	home_answers("report --from today", 0, "For you");
	assert_silent_on("Your trial");
	home_answers("erase --all --yes", 0, "");
	home_answers("report", 0, "For you");
	assert_silent_on("Your trial");
}

static void blocks_with_too_few_entries_tell_nothing(void **state)
{
	static const int aches[] = {1, 4};
	struct trial t;

	(void)state;
	begin_a_week_trial();
	t = shift(85, 1, 6);
	keep_diary(&t, aches);
	change("PRAGMA foreign_keys=ON; DELETE FROM diary WHERE date IN"
	       " (SELECT start + 9 FROM trial UNION"
	       " SELECT start + 10 FROM trial)");
	home_answers("trial", 0,
	             "Too few to tell: 5 pairs count, and it takes 6");
	home_says("too few days entered");
	assert_silent_on("Difference");
}

static void no_difference_is_called_none(void **state)
{
	static const int aches[] = {3, 3};
	struct trial t;

	(void)state;
	begin_a_week_trial();
	t = shift(100, 1, 6);
	keep_diary(&t, aches);
	home_answers("trial", 0, ": no clear difference");
	assert_silent_on("fewer headache days in");
}

static void erasing_and_restoring_take_it_along(void **state)
{
	char args[1200];

	(void)state;
	begin_a_week_trial();
	home_done("backup", home_path("copy.db"));
	home_answers("erase --all --yes", 0, "erased");
	home_answers("trial", 0, "There is no trial");
	snprintf(args, sizeof(args), "restore --yes %s", home_path("copy.db"));
	home_answers(args, 0, "restored");
	home_answers("trial", 0, "Your trial, block 1 of 12");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		home_test(it_begins_tomorrow_with_what_one_must_know),
		home_test(one_runs_at_a_time_and_ends_when_told),
		home_test(what_cannot_be_is_refused),
		home_test(what_a_red_flag_stopped_is_not_tried),
		home_test(
			while_it_runs_it_tells_the_blocks_that_were_and_no_more),
		home_test(sessions_are_counted_where_they_were),
		home_test(a_start_says_what_today_is_and_in_an_attack_nothing),
		home_test(when_all_is_over_it_tells_the_difference),
		home_test(the_report_tells_it_to_the_person),
		home_test(blocks_with_too_few_entries_tell_nothing),
		home_test(no_difference_is_called_none),
		home_test(erasing_and_restoring_take_it_along),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
