/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diary/date.h"
#include "report/headaches.h"
#include "report/page.h"
#include "report/response.h"
#include "report/trend.h"
#include "report/words.h"
#include "store/before.h"

/* --- trends --------------------------------------------------------------- */

static struct store_session session_on(int32_t day, int hour, double hr_before,
                                       double hr_after)
{
	struct store_session row = {.routine = "tension_relief",
	                            .result = "completed",
	                            .seconds = 900,
	                            .hr_before = hr_before,
	                            .hr_after = hr_after,
	                            .rmssd_before = 30,
	                            .rmssd_after = 33,
	                            .headache_before = 4,
	                            .headache_after = 3,
	                            .tension_before = NAN,
	                            .tension_after = NAN};
	char date[DATE_TEXT];

	snprintf(row.start, sizeof(row.start), "%sT%02d:00:00+01:00",
	         date_text(day, date), hour);
	return row;
}

static void add_session(struct trend *t, int32_t day, int hour,
                        double hr_before, double hr_after)
{
	struct store_session row = session_on(day, hour, hr_before, hr_after);

	assert_int_equal(trend_add(t, &row), 0);
}

static void only_one_posture_at_one_time_of_the_day_is_one_group(void **state)
{
	static const int hours[] = {0, 4, 5, 11, 12, 17, 18, 23};
	struct trend t;

	(void)state;
	assert_int_equal(trend_begin(&t, 1000, 1027), 0);
	for (size_t i = 0; i < 8; i++)
		add_session(&t, 1020, hours[i], 70, 68);
	assert_int_equal(t.n_groups, 4);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(t.groups[i].part, i);
		assert_int_equal(t.groups[i].sessions, 2);
	}
	assert_int_equal(t.all.sessions, 8);
	trend_finish(&t);
}

static void sessions_after_the_same_are_one_group(void **state)
{
	static const struct {
		int before;
		bool attack;
	} of[] = {
		{BEFORE_NOT_SAID, false},
		{0, false},
		{BEFORE_CAFFEINE, false},
		{BEFORE_CAFFEINE | BEFORE_MEAL, false},
		{BEFORE_CAFFEINE, false},
		{0, true},
	};
	static const char *const words[] = {
		"in the evening",
		"in the evening, after caffeine",
		"in the evening, after caffeine and a meal",
		"in the evening, in an attack",
	};
	char text[TREND_WORDS];
	struct trend t;

	(void)state;
	assert_int_equal(trend_begin(&t, 1000, 1027), 0);
	for (size_t i = 0; i < 6; i++) {
		struct store_session row = session_on(1020, 20, 70, 68);

		row.before = of[i].before;
		row.attack = of[i].attack;
		assert_int_equal(trend_add(&t, &row), 0);
	}
	assert_int_equal(t.n_groups, 4);
	for (size_t i = 0; i < 4; i++)
		assert_string_equal(trend_group_words(&t.groups[i], text),
		                    words[i]);
	assert_int_equal(t.groups[0].sessions, 2);
	assert_int_equal(t.groups[1].sessions, 2);
	trend_finish(&t);
}

static void sessions_outside_the_days_count_for_the_first_only(void **state)
{
	struct store_session simulated = session_on(10, 20, 70, 60);
	struct trend t;

	(void)state;
	simulated.simulated = true;
	assert_int_equal(trend_begin(&t, 1000, 1027), 0);
	add_session(&t, 1028, 20, 70, 68);
	add_session(&t, 1027, 20, 70, 68);
	add_session(&t, 1000, 20, 70, 67);
	add_session(&t, 999, 20, 70, 68);
	assert_int_equal(trend_add(&t, &simulated), 0);
	assert_int_equal(t.sessions, 2);
	assert_int_equal(t.first, 999);
	assert_near(t.all.hr.mean, 2.5, 1e-9);
	assert_near(t.headache.mean, 1, 1e-9);
	assert_int_equal(t.tension.n, 0);
	assert_int_equal(t.n_weeks, 4);
	assert_int_equal(t.weeks[0].sessions, 1);
	assert_int_equal(t.weeks[3].sessions, 1);
	assert_near(t.weeks[3].minutes, 15, 1e-9);
	trend_finish(&t);
}

static void
more_kinds_of_sessions_than_there_are_groups_still_count(void **state)
{
	struct store_session row = session_on(1000, 20, 70, 68);
	struct trend t;

	(void)state;
	assert_int_equal(trend_begin(&t, 1000, 1027), 0);
	for (int i = 0; i < TREND_GROUPS + 5; i++) {
		snprintf(row.routine, sizeof(row.routine), "own_%d", i);
		assert_int_equal(trend_add(&t, &row), 0);
	}
	assert_int_equal(t.n_groups, TREND_GROUPS);
	assert_int_equal(t.all.sessions, TREND_GROUPS + 5);
	trend_finish(&t);
}

static void a_baseline_that_moved_is_told_from_one_that_did_not(void **state)
{
	struct trend_drift d;
	struct trend t;

	(void)state;
	assert_int_equal(trend_begin(&t, 1000, 1000 + 363), 0);
	for (int32_t i = 0; i < 364; i++)
		add_session(&t, 1363 - i, 20, (i < 182 ? 66 : 70) + i % 3, 65);
	trend_drift(&t, 0, false, &d);
	assert_int_equal(d.n_then, 28);
	assert_int_equal(d.n_now, 28);
	assert_near(d.change, -4, 0.1);
	assert_true(d.clear);
	assert_true(d.low < -4 && d.high > -4.1 && d.high < -3);
	/* all alike: nothing to say how sure it is */
	trend_drift(&t, 0, true, &d);
	assert_true(isnan(d.low));
	assert_false(d.clear);
	trend_finish(&t);
}

static void what_is_more_than_planned_makes_up_for_no_other_week(void **state)
{
	struct trend t;

	(void)state;
	assert_int_equal(trend_begin(&t, 1000, 1000 + 34), 0);
	/* none in the first week: it began in the second; then 6, 1, 2, 2 */
	for (int32_t i = 0; i < 6; i++)
		add_session(&t, 1007 + i, 20, 70, 68);
	add_session(&t, 1014, 20, 70, 68);
	for (int32_t i = 0; i < 2; i++) {
		add_session(&t, 1021 + i, 20, 70, 68);
		add_session(&t, 1028 + i, 20, 70, 68);
	}
	assert_near(trend_adherence(&t, 4), (4 + 1 + 2 + 2) / 16.0, 1e-9);
	assert_false(trend_too_much(&t, 4));
	assert_true(trend_too_much(&t, 5));
	trend_finish(&t);
}

/* --- techniques ----------------------------------------------------------- */

static void step(struct responses *r, int64_t session, const char *technique,
                 double before, double calm)
{
	struct store_step s = {
		.session = session, .calm = calm, .calm_before = before};

	snprintf(s.technique, sizeof(s.technique), "%s", technique);
	assert_int_equal(response_add(r, &s), 0);
}

static void what_comes_between_two_windows_shares_their_figure(void **state)
{
	struct responses r = {0};

	(void)state;
	for (int i = 0; i < 8; i++) {
		step(&r, i, "unpaced_check", NAN, NAN);
		step(&r, i, "strokes", NAN, NAN);
		step(&r, i, "squeeze", NAN, NAN);
		step(&r, i, "rest_listen", 50, 60 + i % 2);
		step(&r, i, "jaw", NAN, NAN);
		step(&r, i, "rest_listen", 60, i % 2 ? 59 : 61);
		step(&r, i, "forehead", NAN, NAN); /* and no window behind */
		step(&r, i, "unpaced_check", NAN, NAN);
	}
	response_rank(&r);
	assert_int_equal(r.n, 2);
	assert_string_equal(r.at[0].techniques, "strokes,squeeze");
	assert_near(r.at[0].calm.mean, 10.5, 1e-9);
	assert_string_equal(response_words(&r.at[0]), "calmer");
	assert_string_equal(r.at[1].techniques, "jaw");
	assert_string_equal(response_words(&r.at[1]), "no clear change");
}

static void a_window_without_calm_counts_for_nothing(void **state)
{
	struct responses r = {0};

	(void)state;
	step(&r, 1, "strokes", NAN, NAN);
	step(&r, 1, "rest_listen", NAN, NAN);
	step(&r, 1, "jaw", NAN, NAN);
	/* the next session begins anew */
	step(&r, 2, "strokes", NAN, NAN);
	step(&r, 2, "rest_listen", 50, 90);
	response_rank(&r);
	assert_int_equal(r.n, 1);
	assert_string_equal(r.at[0].techniques, "strokes");
	assert_int_equal(r.at[0].calm.n, 1);
	assert_string_equal(response_words(&r.at[0]), "too early to tell");
}

static void what_is_certain_ranks_before_what_is_large(void **state)
{
	struct responses r = {0};

	(void)state;
	for (int i = 0; i < 6; i++) {
		step(&r, i, "wild", NAN, NAN);
		step(&r, i, "rest_listen", 40, i % 2 ? 95 : 10);
		step(&r, i, "steady", NAN, NAN);
		step(&r, i, "rest_listen", 40, 50 + i % 2);
	}
	response_rank(&r);
	assert_string_equal(r.at[0].techniques, "steady");
	assert_true(r.at[1].calm.mean > r.at[0].calm.mean);
	assert_string_equal(response_words(&r.at[1]), "no clear change");
}

/* --- the page ------------------------------------------------------------- */

#define TODAY 20000

static struct report report;

static void begin_report(int32_t days, int32_t first, size_t windows)
{
	report = (struct report){
		.from = TODAY + 1 - days, .to = TODAY, .today = TODAY};
	assert_int_equal(trend_begin(&report.trend, report.from, TODAY), 0);
	assert_int_equal(
		headaches_begin(&report.headaches, TODAY, first, windows), 0);
}

static char *page(void)
{
	size_t len;
	char *ret;
	FILE *f = open_memstream(&ret, &len);

	assert_non_null(f);
	headaches_compare(&report.headaches);
	response_rank(&report.responses);
	assert_int_equal(page_write(f, &report), 0);
	assert_int_equal(fclose(f), 0);
	report_finish(&report);
	return ret;
}

/* Days [from, to), of which each @every-th has a headache; 0: none. */
static void keep_diary(int32_t from, int32_t to, int every,
                       const char *medicine)
{
	for (int32_t d = from; d < to; d++) {
		bool ache = every && d % every == 0;
		struct diary_day day;

		diary_blank(&day, d, (int64_t)d * 86400);
		assert_int_equal(diary_set(&day, DIARY_HEADACHE,
		                           ache ? "yes" : "no", NULL),
		                 0);
		if (ache)
			assert_int_equal(
				diary_set(&day, DIARY_WORST, "6", NULL), 0);
		if (ache && medicine)
			assert_int_equal(
				diary_add_medicine(&day, medicine, NULL), 0);
		assert_int_equal(headaches_add(&report.headaches, &day), 0);
	}
}

static void assert_on(const char *html, const char *expected)
{
	if (!strstr(html, expected))
		fail_msg("the page does not say \"%s\"", expected);
}

static void an_empty_past_makes_a_page_that_says_so(void **state)
{
	char *html;

	(void)state;
	begin_report(364, DATE_LAST, 13);
	html = page();
	assert_on(html, "The diary is empty");
	assert_on(html, "There was no session in these days");
	assert_null(strstr(html, "nan"));
	free(html);
}

static void a_page_compares_with_what_it_proves(void **state)
{
	char *html;

	(void)state;
	begin_report(364, TODAY - 83, 13);
	keep_diary(TODAY - 200, TODAY - 83, 2, NULL);
	keep_diary(TODAY - 83, TODAY + 1, 7, NULL);
	html = page();
	assert_on(html, "<strong>14.0</strong> before");
	assert_on(html, "<strong>4.0</strong> since: \xe2\x88\x92"
	                "10.0, most likely between \xe2\x88\x92");
	assert_on(html, "fewer headache days than before; this can also "
	                "happen by itself");
	assert_on(html, "a sham treatment did as well");
	assert_null(strstr(html, "class=\"notice\""));
	free(html);

	begin_report(364, TODAY - 27, 13);
	keep_diary(TODAY - 60, TODAY - 27, 3, NULL);
	keep_diary(TODAY - 27, TODAY + 1, 5, NULL);
	html = page();
	assert_on(html, "In words: too early to tell.");
	free(html);

	begin_report(364, TODAY - 27, 13);
	keep_diary(TODAY - 30, TODAY + 1, 5, NULL);
	html = page();
	assert_on(html, "In words: no baseline");
	free(html);
}

static void eight_days_with_a_triptan_are_worth_a_notice(void **state)
{
	char *html;

	(void)state;
	begin_report(364, DATE_LAST, 13);
	keep_diary(TODAY - 27, TODAY + 1, 4, "sumatriptan");
	html = page();
	assert_null(strstr(html, "class=\"notice\""));
	free(html);
	begin_report(364, DATE_LAST, 13);
	keep_diary(TODAY - 23, TODAY + 1, 3, "sumatriptan");
	html = page();
	assert_on(html, "<strong>8 days</strong> of the last 28");
	free(html);
}

static void what_a_person_wrote_stays_text_on_the_page(void **state)
{
	static const char routine[] = "<img src=//x onerror=a()>\xe2\x80\xae";
	struct report_name name = {.id = "own", .grade = 0};
	char *html;

	(void)state;
	begin_report(364, TODAY - 27, 13);
	keep_diary(TODAY - 27, TODAY + 1, 3, "<script>x</script>");
	for (int32_t i = 0; i < 20; i++) {
		struct store_session row =
			session_on(TODAY - i, 20, 70 + i % 2, 66);

		snprintf(row.routine, sizeof(row.routine), "%s",
		         i % 2 ? routine : "own");
		assert_int_equal(trend_add(&report.trend, &row), 0);
		step(&report.responses, i, "<i>strokes</i>", NAN, NAN);
		step(&report.responses, i, "rest_listen", 40, 60 + i % 3);
	}
	name.name = malloc(10241);
	assert_non_null(name.name);
	memset(name.name, '<', 10240);
	name.name[10240] = '\0';
	report.names = malloc(sizeof(name));
	assert_non_null(report.names);
	report.names[0] = name;
	report.n_names = 1;
	html = page();
	for (const char *const *c =
	             (const char *const[]){"<script", "<img", "<i>", "<<",
	                                   "onerror=a()>", "style=\"", NULL};
	     *c; c++)
		if (strstr(html, *c))
			fail_msg("the page has %s", *c);
	assert_on(html, "&lt;script&gt;x&lt;/script&gt;</bdi>");
	assert_on(html, "<bdi>&lt;img src=//x onerror=a()&gt;\xe2\x80\xae"
	                "</bdi>");
	assert_on(html, "<bdi>&lt;i&gt;strokes&lt;/i&gt;</bdi>");
	assert_true(strlen(html) < 100000);
	free(html);
}

static void a_page_asks_for_nothing_outside_itself(void **state)
{
	char *html;

	(void)state;
	begin_report(364, TODAY - 83, 13);
	keep_diary(TODAY - 200, TODAY + 1, 3, "ibuprofen");
	for (int32_t i = 0; i < 80; i++)
		add_session(&report.trend, TODAY - i, 20, 70 + i % 3, 66);
	html = page();
	for (const char *const *c =
	             (const char *const[]){
			     "http:", "https:", "src=", "href=", "url(",
			     "@import", "<script", "<link", NULL};
	     *c; c++)
		if (strstr(html, *c))
			fail_msg("the page has %s", *c);
	assert_on(html, "default-src 'none'");
	assert_null(strstr(html, "unsafe"));
	assert_null(strstr(html, "nan"));
	assert_null(strstr(html, "inf\""));
	free(html);
}

static void ten_years_make_a_page_no_longer_than_their_bars(void **state)
{
	char *html;

	(void)state;
	begin_report(3640, TODAY - 3000, 130);
	keep_diary(TODAY - 3639, TODAY + 1, 3, "ibuprofen");
	for (int32_t i = 0; i < 3000; i++)
		add_session(&report.trend, TODAY - i, 8 + 6 * (i % 3),
		            70 + i % 3, 66);
	html = page();
	assert_true(strlen(html) < 400000);
	free(html);
}

static void a_figure_has_a_true_minus_and_no_minus_zero(void **state)
{
	char text[WORDS_FIGURE];

	(void)state;
	assert_string_equal(words_figure(-1.25, 1, true, text), "\xe2\x88\x92"
	                                                        "1.3");
	assert_string_equal(words_figure(-0.04, 1, true, text), "0.0");
	assert_string_equal(words_figure(2, 0, true, text), "+2");
	assert_string_equal(words_figure(2, 0, false, text), "2");
	assert_string_equal(words_figure(NAN, 0, true, text), "\xe2\x80\x93");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			only_one_posture_at_one_time_of_the_day_is_one_group),
		cmocka_unit_test(sessions_after_the_same_are_one_group),
		cmocka_unit_test(
			sessions_outside_the_days_count_for_the_first_only),
		cmocka_unit_test(
			more_kinds_of_sessions_than_there_are_groups_still_count),
		cmocka_unit_test(
			a_baseline_that_moved_is_told_from_one_that_did_not),
		cmocka_unit_test(
			what_is_more_than_planned_makes_up_for_no_other_week),
		cmocka_unit_test(
			what_comes_between_two_windows_shares_their_figure),
		cmocka_unit_test(a_window_without_calm_counts_for_nothing),
		cmocka_unit_test(what_is_certain_ranks_before_what_is_large),
		cmocka_unit_test(an_empty_past_makes_a_page_that_says_so),
		cmocka_unit_test(a_page_compares_with_what_it_proves),
		cmocka_unit_test(eight_days_with_a_triptan_are_worth_a_notice),
		cmocka_unit_test(what_a_person_wrote_stays_text_on_the_page),
		cmocka_unit_test(a_page_asks_for_nothing_outside_itself),
		cmocka_unit_test(
			ten_years_make_a_page_no_longer_than_their_bars),
		cmocka_unit_test(a_figure_has_a_true_minus_and_no_minus_zero),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
