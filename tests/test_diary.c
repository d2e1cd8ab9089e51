/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <time.h>

#include "diary/date.h"
#include "diary/day.h"
#include "diary/medicine.h"
#include "diary/window.h"

#define TODAY 20782 /* 2026-11-25 */

/* --- dates ------------------------------------------------------------------
 */

static void every_day_of_eight_thousand_years_is_the_c_librarys(void **state)
{
	char text[DATE_TEXT];

	(void)state;
	for (int32_t date = DATE_FIRST; date <= DATE_LAST; date++) {
		time_t t = (time_t)date * 86400;
		struct tm tm;
		int32_t back;

		gmtime_r(&t, &tm);
		assert_int_equal(date_of(tm.tm_year + 1900, tm.tm_mon + 1,
		                         tm.tm_mday, &back),
		                 0);
		assert_int_equal(back, date);
		/* a text of each month is enough */
		if (tm.tm_mday != 29)
			continue;
		date_text(date, text);
		assert_int_equal(date_parse(text, DATE_LAST, &back, NULL), 0);
		assert_int_equal(back, date);
	}
}

static void a_day_is_written_as_it_is_read(void **state)
{
	static const struct {
		const char *text;
		int32_t date;
	} rows[] = {
		{"2026-11-25", TODAY},      {"today", TODAY},
		{"yesterday", TODAY - 1},   {"-3", TODAY - 3},
		{"2024-02-29", 19782},      {"1970-01-01", 0},
		{"1900-01-01", DATE_FIRST},
	};
	int32_t date;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(date_parse(rows[i].text, TODAY, &date, NULL),
		                 0);
		assert_int_equal(date, rows[i].date);
	}
}

static void a_day_that_is_none_is_refused_with_what_was_expected(void **state)
{
	static const char *const texts[] = {
		"2026-02-31",  "2025-02-29", "2026-13-01", "2026-00-10",
		"2026-04-31",  "26-11-25",   "2026-11-2",  "2026/11/25",
		"2026-11-25 ", "",           "-",          "--1",
		"1899-12-31",  "tomorrow",   "-99999",     "2100-02-29",
	};
	int32_t date = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct error error = {""};

		assert_int_equal(date_parse(texts[i], TODAY, &date, &error),
		                 -EINVAL);
		assert_non_null(strstr(error.text, "expected a day"));
		assert_int_equal(date, 7);
	}
}

static void a_day_that_is_yet_to_come_is_refused(void **state)
{
	struct error error = {""};
	int32_t date;

	(void)state;
	assert_int_equal(date_parse("2026-11-26", TODAY, &date, &error),
	                 -EINVAL);
	assert_non_null(strstr(error.text, "yet to come"));
}

/* --- fields -----------------------------------------------------------------
 */

static struct diary_day blank(void)
{
	struct diary_day day;

	diary_blank(&day, TODAY, 1795600000);
	return day;
}

static void say(struct diary_day *day, const char *key, const char *text)
{
	struct error error = {""};

	if (diary_set(day, diary_find(key), text, &error) < 0)
		fail_msg("%s", error.text);
}

static void a_new_day_says_nothing(void **state)
{
	struct diary_day day = blank();
	char text[DIARY_TEXT];

	(void)state;
	for (enum diary_field f = 0; f < DIARY_FIELDS; f++)
		assert_string_equal(diary_text(&day, f, text), "");
	assert_int_equal(diary_check(&day, NULL), 0);
	assert_true(isnan(day.value[DIARY_HEADACHE]));
}

static void what_is_said_is_told_again_the_same_way(void **state)
{
	static const char *const said[][2] = {
		{"headache", "yes"},
		{"start", "06:05"},
		{"end", "23:59"},
		{"hours", "2.25"},
		{"course", "slept"},
		{"worst", "10"},
		{"severity", "severe"},
		{"side", "both"},
		{"quality", "stabbing"},
		{"activity", "no"},
		{"aura_kind", "visual,speech"},
		{"aura_minutes", "45"},
		{"events", "stress,let-down,screen"},
		{"work_lost", "7.5"},
		{"sleep", "24"},
		{"stress", "0"},
	};
	struct diary_day day = blank();
	char text[DIARY_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		enum diary_field f = diary_find(said[i][0]);

		say(&day, said[i][0], said[i][1]);
		assert_string_equal(diary_text(&day, f, text), said[i][1]);
	}
	say(&day, "worst", "");
	assert_string_equal(diary_text(&day, DIARY_WORST, text), "");
}

static void every_key_finds_its_field_and_no_other_does(void **state)
{
	(void)state;
	for (enum diary_field f = 0; f < DIARY_FIELDS; f++)
		assert_int_equal(diary_find(diary_spec(f)->key), f);
	assert_int_equal(diary_find("pain"), DIARY_FIELDS);
}

static void
what_a_field_cannot_hold_is_refused_and_changes_nothing(void **state)
{
	static const char *const said[][2] = {
		{"headache", "maybe"}, {"worst", "11"},    {"worst", "-1"},
		{"worst", "7.5"},      {"worst", "nan"},   {"worst", "1e1"},
		{"worst", "0x5"},      {"hours", "169"},   {"hours", "."},
		{"start", "25:61"},    {"start", "24:00"}, {"start", "7"},
		{"start", "07:6"},     {"start", "7:60"},  {"side", "top"},
		{"side", "lef"},       {"events", "rain"}, {"events", ","},
		{"events", "stress,"}, {"sleep", "24.5"},  {"worst", " 5"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		enum diary_field f = diary_find(said[i][0]);
		struct diary_day day = blank();
		struct error error = {""};

		assert_int_equal(diary_set(&day, f, said[i][1], &error),
		                 -EINVAL);
		assert_non_null(strstr(error.text, "expected"));
		assert_non_null(strstr(error.text, said[i][0]));
		assert_true(isnan(day.value[f]));
	}
}

static void a_worst_pain_says_that_there_was_a_headache(void **state)
{
	struct diary_day day = blank();

	(void)state;
	say(&day, "worst", "4");
	assert_int_equal(diary_check(&day, NULL), 0);
	assert_true(day.value[DIARY_HEADACHE] == 1);
}

static void a_headache_on_a_day_without_one_is_refused(void **state)
{
	struct diary_day day = blank();
	struct error error = {""};

	(void)state;
	say(&day, "headache", "no");
	say(&day, "worst", "0");
	say(&day, "nausea", "no");
	assert_int_equal(diary_check(&day, &error), 0);
	say(&day, "worst", "4");
	assert_int_equal(diary_check(&day, &error), -EINVAL);
	assert_non_null(strstr(error.text, "day without"));
}

static void a_symptom_alone_does_not_say_that_there_was_a_headache(void **state)
{
	struct diary_day day = blank();
	struct error error = {""};

	(void)state;
	say(&day, "light", "yes");
	assert_int_equal(diary_check(&day, &error), -EINVAL);
	assert_non_null(strstr(error.text, "first say"));
}

static void the_hours_follow_from_start_and_end_also_over_midnight(void **state)
{
	struct diary_day day = blank();

	(void)state;
	say(&day, "headache", "yes");
	say(&day, "start", "22:30");
	say(&day, "end", "01:15");
	assert_int_equal(diary_check(&day, NULL), 0);
	assert_near(day.value[DIARY_HOURS], 2.75, 1e-12);
}

static void an_entry_is_late_two_days_after_its_day_in_local_time(void **state)
{
	struct diary_day day = blank();
	int64_t end_s = ((int64_t)TODAY + 1) * 86400;

	(void)state;
	day.entered_s = end_s + 48 * 3600;
	assert_false(diary_is_late(&day, 0));
	assert_true(diary_is_late(&day, 3600));
	day.entered_s++;
	assert_true(diary_is_late(&day, 0));
}

static void a_note_is_text_in_utf_8_of_some_length(void **state)
{
	static const char *const bad[] = {"\xff",
	                                  "\xc3",
	                                  "\xc0\x80",
	                                  "\xed\xa0\x80",
	                                  "\xf5\x80\x80\x80",
	                                  "Kopfweh "
	                                  "\xfc"
	                                  "bel"};
	char much[DIARY_NOTE + 1];
	struct diary_day day = blank();

	(void)state;
	assert_int_equal(diary_set_note(&day, "頭痛, \"Föhn\"\nzwei", NULL), 0);
	assert_string_equal(day.note, "頭痛, \"Föhn\"\nzwei");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(diary_set_note(&day, bad[i], NULL), -EINVAL);
	memset(much, 'a', sizeof(much) - 1);
	much[DIARY_NOTE] = '\0';
	assert_int_equal(diary_set_note(&day, much, NULL), -EINVAL);
	assert_string_equal(day.note, "頭痛, \"Föhn\"\nzwei");
}

/* --- medicines --------------------------------------------------------------
 */

static void medicine_is(const char *text, const char *expected)
{
	struct diary_day day = blank();
	struct error error = {""};
	char again[DIARY_TEXT];

	if (diary_add_medicine(&day, text, &error) < 0)
		fail_msg("%s", error.text);
	assert_string_equal(diary_medicine_text(&day.medicines[0], again),
	                    expected);
	day = blank();
	assert_int_equal(diary_add_medicine(&day, again, NULL), 0);
	assert_string_equal(diary_medicine_text(&day.medicines[0], again),
	                    expected);
}

static void a_medicine_is_told_again_the_same_way(void **state)
{
	(void)state;
	medicine_is("Sumatriptan", "Sumatriptan, triptan");
	medicine_is("ibuprofen, 400 mg, 14:30, worked",
	            "ibuprofen, simple, 400 mg, 14:30, worked");
	medicine_is("Mama's tea,not", "Mama's tea, other, not");
	medicine_is("something, opioid", "something, opioid");
	medicine_is("paracetamol with codeine",
	            "paracetamol with codeine, combination");
}

static void a_medicine_that_cannot_be_read_is_refused(void **state)
{
	static const char *const texts[] = {
		"",
		",",
		"ibuprofen,",
		"ibuprofen, 400 mg, two doses",
		"a name that is much longer than any medicine that was ever "
		"sold in any pharmacy",
	};
	struct diary_day day = blank();

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct error error = {""};

		assert_int_equal(diary_add_medicine(&day, texts[i], &error),
		                 -EINVAL);
		assert_non_null(strstr(error.text, "expected a name"));
		assert_int_equal(day.n_medicines, 0);
	}
	while (day.n_medicines < DIARY_MEDICINES_MAX)
		assert_int_equal(diary_add_medicine(&day, "x", NULL), 0);
	assert_int_equal(diary_add_medicine(&day, "x", NULL), -E2BIG);
}

/* @simple and @triptans days, one after the other, and @both. */
static struct medicine_days count(size_t simple, size_t triptans, size_t both)
{
	struct medicine_days c = {.any = 0};

	for (size_t i = 0; i < simple + triptans + both; i++) {
		struct diary_day day = blank();

		if (i < simple || i >= simple + triptans)
			diary_add_medicine(&day, "ibuprofen", NULL);
		if (i >= simple) {
			diary_add_medicine(&day, "eletriptan", NULL);
			diary_add_medicine(&day, "eletriptan", NULL);
		}
		medicine_add(&c, &day);
	}
	return c;
}

static bool notice(size_t simple, size_t triptans, size_t both)
{
	struct medicine_days c = count(simple, triptans, both);

	return medicine_notice(&c);
}

static void days_count_and_not_doses(void **state)
{
	struct medicine_days c = count(0, 7, 0);

	(void)state;
	assert_int_equal(c.of[DIARY_TRIPTAN], 7);
	assert_int_equal(c.any, 7);
	assert_false(medicine_notice(&c));
}

static void the_notice_comes_at_8_or_12_days_of_28(void **state)
{
	(void)state;
	assert_false(notice(0, 7, 0));
	assert_true(notice(0, 8, 0));
	assert_false(notice(11, 0, 0));
	assert_true(notice(12, 0, 0));
	assert_true(notice(4, 4, 0)); /* a mixture */
	assert_false(notice(3, 2, 2));
	assert_true(notice(3, 3, 2));
}

/* --- windows ----------------------------------------------------------------
 */

static struct diary_day said(const char *const *words)
{
	struct diary_day day = blank();

	for (; words[0]; words += 2)
		say(&day, words[0], words[1]);
	return day;
}

#define SAID(...) said((const char *const[]){__VA_ARGS__, NULL})

static void a_migraine_day_has_its_hours_and_its_features(void **state)
{
	struct diary_day day =
		SAID("headache", "yes", "hours", "4", "side", "left", "quality",
	             "throbbing", "nausea", "yes");

	(void)state;
	assert_true(diary_is_migraine(&day));
	say(&day, "hours", "3.9");
	assert_false(diary_is_migraine(&day));
	diary_add_medicine(&day, "rizatriptan", NULL);
	assert_true(diary_is_migraine(&day));
	say(&day, "nausea", "no");
	assert_false(diary_is_migraine(&day));
	say(&day, "light", "yes");
	assert_false(diary_is_migraine(&day));
	say(&day, "sound", "yes");
	assert_true(diary_is_migraine(&day));
	say(&day, "side", "both");
	assert_false(diary_is_migraine(&day));
	say(&day, "worst", "4");
	assert_true(diary_is_migraine(&day));
}

static void a_headache_with_an_aura_is_a_migraine_day(void **state)
{
	struct diary_day day = SAID("headache", "yes", "aura", "yes");

	(void)state;
	assert_true(diary_is_migraine(&day));
	say(&day, "headache", "no");
	assert_false(diary_is_migraine(&day));
}

static void a_window_counts_what_was_said_and_nothing_else(void **state)
{
	struct diary_day days[] = {
		SAID("headache", "yes", "worst", "3", "work_lost", "2"),
		SAID("headache", "yes", "worst", "7", "home_lost", "1.5"),
		SAID("headache", "yes", "severity", "moderate"),
		SAID("headache", "no", "stress", "4"),
		SAID("sleep", "7"), /* nothing of a headache */
	};
	struct diary_window w;

	(void)state;
	diary_window_begin(&w, TODAY - 27);
	assert_true(isnan(diary_window_worst(&w)));
	for (size_t i = 0; i < 5; i++)
		diary_window_add(&w, &days[i]);
	assert_int_equal(w.entered, 4);
	assert_int_equal(w.aches, 3);
	assert_int_equal(w.moderate, 2);
	assert_int_equal(w.migraine, 0);
	assert_near(diary_window_worst(&w), 5, 1e-12);
	assert_near(diary_window_complete(&w), 4.0 / 28, 1e-12);
	assert_near(diary_window_lost(&w), 3.5, 1e-12);
	assert_near(diary_window_aches(&w).days, 3, 0);
	assert_near(diary_window_moderate(&w).days, 2, 0);
}

static struct diary_window window_of(const struct diary_day *days, size_t n)
{
	struct diary_window w;

	diary_window_begin(&w, TODAY - 27);
	for (size_t i = 0; i < n; i++)
		diary_window_add(&w, &days[i]);
	return w;
}

static void what_nobody_said_is_no_zero(void **state)
{
	struct diary_day aches[] = {
		SAID("headache", "yes"),
		SAID("headache", "yes", "worst", "7", "nausea", "no"),
		SAID("headache", "yes", "aura", "yes", "home_lost", "0"),
	};
	struct diary_day free = SAID("headache", "no");
	struct diary_window w = window_of(NULL, 0);

	(void)state;
	assert_true(isnan(diary_window_aches(&w).days));
	assert_true(isnan(diary_window_moderate(&w).days));
	assert_true(isnan(diary_window_migraine(&w).days));
	assert_true(isnan(diary_window_lost(&w)));
	/* without a headache there was none of any kind */
	w = window_of(&free, 1);
	assert_near(diary_window_aches(&w).days, 0, 0);
	assert_near(diary_window_moderate(&w).days, 0, 0);
	assert_near(diary_window_migraine(&w).days, 0, 0);
	assert_true(isnan(diary_window_medicine(&w, false).days));
	assert_near(diary_window_medicine(&w, true).days, 0, 0);
	/* with one of which nothing was said, all is open */
	w = window_of(aches, 1);
	assert_near(diary_window_aches(&w).days, 1, 0);
	assert_true(isnan(diary_window_moderate(&w).days));
	assert_true(isnan(diary_window_migraine(&w).days));
	/* and where it was said of some, of how many */
	w = window_of(aches, 3);
	assert_near(diary_window_moderate(&w).days, 1, 0);
	assert_int_equal(diary_window_moderate(&w).of, 1);
	assert_near(diary_window_migraine(&w).days, 1, 0);
	assert_int_equal(diary_window_migraine(&w).of, 2);
	assert_int_equal(diary_window_migraine(&w).in, 3);
	assert_near(diary_window_lost(&w), 0, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			every_day_of_eight_thousand_years_is_the_c_librarys),
		cmocka_unit_test(a_day_is_written_as_it_is_read),
		cmocka_unit_test(
			a_day_that_is_none_is_refused_with_what_was_expected),
		cmocka_unit_test(a_day_that_is_yet_to_come_is_refused),
		cmocka_unit_test(a_new_day_says_nothing),
		cmocka_unit_test(what_nobody_said_is_no_zero),
		cmocka_unit_test(what_is_said_is_told_again_the_same_way),
		cmocka_unit_test(every_key_finds_its_field_and_no_other_does),
		cmocka_unit_test(
			what_a_field_cannot_hold_is_refused_and_changes_nothing),
		cmocka_unit_test(a_worst_pain_says_that_there_was_a_headache),
		cmocka_unit_test(a_headache_on_a_day_without_one_is_refused),
		cmocka_unit_test(
			a_symptom_alone_does_not_say_that_there_was_a_headache),
		cmocka_unit_test(
			the_hours_follow_from_start_and_end_also_over_midnight),
		cmocka_unit_test(
			an_entry_is_late_two_days_after_its_day_in_local_time),
		cmocka_unit_test(a_note_is_text_in_utf_8_of_some_length),
		cmocka_unit_test(a_medicine_is_told_again_the_same_way),
		cmocka_unit_test(a_medicine_that_cannot_be_read_is_refused),
		cmocka_unit_test(days_count_and_not_doses),
		cmocka_unit_test(the_notice_comes_at_8_or_12_days_of_28),
		cmocka_unit_test(a_migraine_day_has_its_hours_and_its_features),
		cmocka_unit_test(a_headache_with_an_aura_is_a_migraine_day),
		cmocka_unit_test(
			a_window_counts_what_was_said_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
