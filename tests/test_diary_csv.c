/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <errno.h>
#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diary/csv.h"
#include "diary/date.h"
#include "diary/many.h"

#define TODAY   20782 /* 2026-11-25 */
#define ENTERED INT64_C(1795600000)

struct taken {
	struct diary_day days[8];
	size_t n;
	char unused[256];
	struct error error;
};

static int take(void *data, const struct diary_day *day)
{
	struct taken *t = data;

	t->days[t->n % 8] = *day;
	t->n++;
	return 0;
}

static int read_bytes(struct taken *ret, const char *bytes, size_t len,
                      const char *const *words, size_t n)
{
	const struct diary_csv_map map = {words, n};
	FILE *file = len ? fmemopen((void *)(uintptr_t)bytes, len, "r")
	                 : fopen("/dev/null", "re");
	int r;

	assert_non_null(file);
	memset(ret, 0, sizeof(*ret));
	r = diary_csv_read(file, &map, TODAY, ENTERED, take, ret, ret->unused,
	                   sizeof(ret->unused), &ret->error);
	fclose(file);
	return r;
}

static struct taken *read_text(const char *text)
{
	static struct taken taken;

	if (read_bytes(&taken, text, strlen(text), NULL, 0) != 0)
		fail_msg("%s", taken.error.text);
	return &taken;
}

static void assert_refused(const char *text, const char *word,
                           const char *expected)
{
	static struct taken taken;
	int r = read_bytes(&taken, text, strlen(text), &word, word != NULL);

	if (r != -EBADMSG && r != -EINVAL)
		fail_msg("%d: \"%s\" was taken", r, text);
	if (!strstr(taken.error.text, expected))
		fail_msg("\"%s\" does not say \"%s\"", taken.error.text,
		         expected);
}

static const char *field(const struct diary_day *day, const char *key)
{
	static char text[DIARY_TEXT];

	return diary_text(day, diary_find(key), text);
}

static const char *medicine(const struct diary_day *day, size_t i)
{
	static char text[DIARY_TEXT];

	assert_true(i < day->n_medicines);
	return diary_medicine_text(&day->medicines[i], text);
}

/* --- ours -------------------------------------------------------------------
 */

static struct diary_day full_day(int32_t date)
{
	static const char *const said[][2] = {
		{"headache", "yes"}, {"start", "22:30"},
		{"hours", "2.5"},    {"course", "slept"},
		{"worst", "7"},      {"side", "left"},
		{"nausea", "no"},    {"aura", "yes"},
		{"neck", "0"},       {"aura_kind", "visual,speech"},
		{"events", "none"},
	};
	struct diary_day day;

	diary_blank(&day, date, ENTERED - 60);
	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++)
		assert_int_equal(diary_set(&day, diary_find(said[i][0]),
		                           said[i][1], NULL),
		                 0);
	diary_add_medicine(&day, "sumatriptan, 50 mg, 22:40, worked", NULL);
	diary_add_medicine(&day, "\"green\" tea; hot, not", NULL);
	diary_set_note(&day, "one, \"two\";\r\nthree\n 頭痛 Ελλάδα, ", NULL);
	return day;
}

static void what_goes_out_comes_in_again_the_same(void **state)
{
	struct diary_day days[2] = {full_day(TODAY - 3)}, *back;
	char *bytes = NULL;
	size_t len = 0;
	FILE *file = open_memstream(&bytes, &len);
	static struct taken taken;

	(void)state;
	diary_blank(&days[1], TODAY, ENTERED);
	assert_int_equal(diary_csv_write_head(file), 0);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(diary_csv_write_day(file, &days[i]), 0);
	fclose(file);
	assert_int_equal(read_bytes(&taken, bytes, len, NULL, 0), 0);
	assert_int_equal(taken.n, 2);
	assert_string_equal(taken.unused, "");
	back = &taken.days[0];
	for (enum diary_field f = 0; f < DIARY_FIELDS; f++) {
		char was[DIARY_TEXT], is[DIARY_TEXT];

		assert_string_equal(diary_text(back, f, is),
		                    diary_text(&days[0], f, was));
	}
	assert_int_equal(back->date, TODAY - 3);
	assert_int_equal(back->entered_s, ENTERED - 60);
	assert_string_equal(back->note, days[0].note);
	assert_string_equal(medicine(back, 0),
	                    "sumatriptan, triptan, 50 mg, 22:40, worked");
	assert_string_equal(medicine(back, 1),
	                    "\"green\" tea; hot, other, not");
	assert_true(isnan(taken.days[1].value[DIARY_HEADACHE]));
	free(bytes);
}

/* --- that of others ---------------------------------------------------------
 */

static void a_plain_table_is_known_by_its_names(void **state)
{
	struct taken *t =
		read_text("Date,Intensity,Medication,Mood,Notes\n"
	                  "2026-11-20,6,\"ibuprofen, aspirin\",:-(,x\n"
	                  "\n"
	                  "2026-11-21,,,:-),\n");

	(void)state;
	assert_int_equal(t->n, 2);
	assert_string_equal(t->unused, "Mood");
	assert_string_equal(field(&t->days[0], "headache"), "yes");
	assert_string_equal(field(&t->days[0], "worst"), "6");
	assert_string_equal(medicine(&t->days[0], 0), "ibuprofen, simple");
	assert_string_equal(medicine(&t->days[0], 1), "aspirin, simple");
	assert_string_equal(t->days[0].note, "x");
	assert_string_equal(field(&t->days[1], "headache"), "");
	assert_int_equal(t->days[1].entered_s, ENTERED);
}

static void migraine_buddys_attacks_are_known_by_their_head(void **state)
{
	struct taken *t = read_text(
		"\"Date\",\"Time Period\",\"Description\"\n"
		"\"No ongoing events\",\"\",\"\"\n"
		"\n"
		"\"#\",\"Started\",\"Lasted\",\"Pain Level\",\"Symptoms\","
		"\"Potential Triggers\",\"Helpful Medication\","
		"\"Unhelpful Medication\",\"Unsure Medication\",\"Notes\"\n"
		"\"1\",\"11/16/24 14:12\",\"1d 02h 15m\",\"8\","
		"\"Sensitivity to light, Throbbing pain\",\"Stress\","
		"\"Sumatriptan\",\"Ibuprofen\",\"No medication\","
		"\"woke me,\nagain\"\n"
		"\"2\",\"11/18/24 08:05\",\"00h 45m\",\"0\",\"\",\"\","
		"\"No medication\",\"\",\"\",\"\"\n");
	char date[DATE_TEXT];

	(void)state;
	assert_int_equal(t->n, 2);
	assert_string_equal(date_text(t->days[0].date, date), "2024-11-16");
	assert_string_equal(field(&t->days[0], "headache"), "yes");
	assert_string_equal(field(&t->days[0], "start"), "14:12");
	assert_string_equal(field(&t->days[0], "hours"), "26.25");
	assert_string_equal(field(&t->days[0], "worst"), "8");
	assert_string_equal(field(&t->days[0], "light"), "yes");
	assert_string_equal(field(&t->days[0], "quality"), "throbbing");
	assert_string_equal(field(&t->days[0], "events"), "stress");
	assert_int_equal(t->days[0].n_medicines, 2);
	assert_string_equal(medicine(&t->days[0], 0),
	                    "Sumatriptan, triptan, worked");
	assert_string_equal(medicine(&t->days[0], 1), "Ibuprofen, simple, not");
	assert_string_equal(t->days[0].note,
	                    "woke me,\nagain\n"
	                    "Symptoms: Sensitivity to light, Throbbing pain\n"
	                    "Triggers: Stress");
	assert_string_equal(field(&t->days[1], "hours"), "0.75");
	assert_string_equal(field(&t->days[1], "worst"), "0");
	assert_int_equal(t->days[1].n_medicines, 0);
}

static void a_mapping_names_the_columns_of_any_table(void **state)
{
	static const char *const words[] = {"date=Tag", "worst=Schmerz",
	                                    "dates=dmy", "note=Bemerkung"};
	static const char text[] = "Tag;Schmerz;Bemerkung;Note\r\n"
				   "03.04.2026;5;\"so; so\";3\r\n";
	static struct taken t;

	(void)state;
	assert_int_equal(read_bytes(&t, text, strlen(text), words, 4), 0);
	assert_int_equal(t.n, 1);
	assert_string_equal(t.unused, "Note");
	assert_int_equal(t.days[0].date, 20546); /* 2026-04-03 */
	assert_string_equal(field(&t.days[0], "worst"), "5");
	assert_string_equal(t.days[0].note, "so; so");
}

static void the_day_is_taken_of_a_date_with_a_time(void **state)
{
	struct taken *t = read_text("date,worst\n2026-11-20T06:15:00,3\n");

	(void)state;
	assert_int_equal(t->days[0].date, TODAY - 5);
	assert_string_equal(field(&t->days[0], "start"), "06:15");
}

static void a_byte_order_mark_is_not_part_of_the_first_name(void **state)
{
	struct taken *t = read_text("\xef\xbb\xbf"
	                            "date,note\n2026-11-20,ü\n");

	(void)state;
	assert_int_equal(t->n, 1);
	assert_string_equal(t->days[0].note, "ü");
}

static void a_file_in_latin_1_is_read_as_such(void **state)
{
	struct taken *t =
		read_text("date,note\n2026-11-20,F\xf6hn \x80 \x81\n");

	(void)state;
	assert_string_equal(t->days[0].note, "Föhn € ?");
}

static void a_file_without_a_last_line_end_is_whole(void **state)
{
	struct taken *t = read_text("date,worst\n2026-11-20,3");

	(void)state;
	assert_int_equal(t->n, 1);
}

static void two_attacks_of_one_day_become_one_day(void **state)
{
	struct diary_day a = full_day(TODAY), b = full_day(TODAY);

	(void)state;
	diary_set(&b, DIARY_WORST, "9", NULL);
	diary_set(&b, DIARY_SIDE, "right", NULL);
	diary_set(&b, DIARY_STRESS, "4", NULL);
	diary_csv_merge(&a, &b);
	assert_string_equal(field(&a, "worst"), "9");
	assert_string_equal(field(&a, "hours"), "5");
	assert_string_equal(field(&a, "side"), "left");
	assert_string_equal(field(&a, "stress"), "4");
	assert_int_equal(a.n_medicines, 4);
	for (int i = 0; i < 20; i++)
		diary_csv_merge(&a, &b);
	assert_string_equal(field(&a, "hours"), "24");
	assert_int_equal(a.n_medicines, DIARY_MEDICINES_MAX);
}

/* --- what cannot be read ----------------------------------------------------
 */

static void a_row_that_makes_no_sense_is_named_by_its_line(void **state)
{
	static const struct {
		const char *text, *expected;
	} rows[] = {
		{"date,worst\n2026-02-31,3\n", "2: date: 2026-02-31: expected"},
		{"date,worst\n2026-11-20,3\n2026-11-21,12\n",
	         "3: worst: 12: expected a whole number from 0 to 10"},
		{"date,note,worst\n2026-11-20,\"a\nb\n\",1\n2026-11-21,,x\n",
	         "5: worst: x"},
		{"date,start,worst\r\n2026-11-20,25:61,3\r\n",
	         "2: start: 25:61: expected a time"},
		{"date,worst\n2026-11-26,3\n",
	         "2: date: 2026-11-26: that day is "
	         "yet to come"},
		{"date,worst\n,3\n", "2: expected a date"},
		{"date,worst\n3/4/2026,3\n", "say dates=dmy or dates=mdy"},
		{"date,headache,worst\n2026-11-20,no,3\n", "2: worst"},
		{"date,note\n2026-11-20,\"cut", "cut off"},
		{"date,symptoms\n2026-11-20,a\001b\n", "2: note"},
		{"date,note\n2026-11-20,\"a\"b\n", "2: expected quotes"},
		{"a,b\n1,2\n", "expected the names of the columns"},
		{"date,day,worst\n2026-11-20,3\n", "one column with the date"},
		{"", "expected the names of the columns"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_refused(rows[i].text, NULL, rows[i].expected);
}

static void a_mapping_that_makes_no_sense_is_refused(void **state)
{
	static const char text[] = "date,x\n2026-11-20,3\n";

	(void)state;
	assert_refused(text, "pain=x", "expected what a column holds");
	assert_refused(text, "worst=y", "worst=y: there is no such column");
	assert_refused(text, "worst", "expected what a column holds");
}

static void a_quote_that_is_never_closed_takes_no_more_memory(void **state)
{
	size_t len = 4 << 20;
	char *bytes = malloc(len);
	static struct taken t;

	(void)state;
	assert_non_null(bytes);
	memset(bytes, 'a', len);
	memcpy(bytes, "date,note\n2026-11-20,\"", 22);
	assert_int_equal(read_bytes(&t, bytes, len, NULL, 0), -EBADMSG);
	assert_non_null(strstr(t.error.text, "quote not closed"));
	free(bytes);
}

static void a_cell_with_a_zero_byte_is_refused(void **state)
{
	static const char bytes[] = "date,note\n2026-11-20,a\0b\n";
	static struct taken t;

	(void)state;
	assert_int_equal(read_bytes(&t, bytes, sizeof(bytes) - 1, NULL, 0),
	                 -EBADMSG);
}

/* --- many rows --------------------------------------------------------------
 */

#define ROWS 1000000

struct counted {
	size_t n, bytes; /* what is allocated at the first row */
};

/* Under a sanitizer these are 0, and nothing is proved of memory. */
static int count(void *data, const struct diary_day *day)
{
	struct counted *c = data;
	struct mallinfo2 now = mallinfo2();

	if (c->n++ == 0)
		c->bytes = now.uordblks;
	assert_true(now.uordblks < c->bytes + (64 << 10));
	assert_near(day->value[DIARY_HEADACHE], 1, 0);
	return 0;
}

static void a_million_rows_are_read_in_the_memory_of_one(void **state)
{
	struct diary_csv_map map = {NULL, 0};
	struct counted counted = {0};
	struct error error = {""};
	char unused[64];
	FILE *file = tmpfile();

	(void)state;
	assert_non_null(file);
	fputs("date,headache,worst,note\n", file);
	for (int i = 0; i < ROWS; i++)
		fprintf(file, "2026-%02d-%02d,yes,%d,\"row, %d\"\n", 1 + i % 10,
		        1 + i % 28, i % 11, i);
	rewind(file);
	assert_int_equal(diary_csv_read(file, &map, TODAY, ENTERED, count,
	                                &counted, unused, sizeof(unused),
	                                &error),
	                 0);
	assert_int_equal(counted.n, ROWS);
	fclose(file);
}

struct drained {
	struct diary_day days[3];
	size_t n;
};

static int drain(void *data, const struct diary_day *day)
{
	struct drained *d = data;

	assert_true(d->n < 3);
	d->days[d->n++] = *day;
	return 0;
}

static void days_are_kept_whole_in_the_memory_that_they_need(void **state)
{
	struct diary_day days[3] = {full_day(TODAY), full_day(DATE_FIRST)};
	static struct drained drained;
	struct many *m = NULL;
	struct diary_day back;
	size_t bytes;

	(void)state;
	diary_blank(&days[2], TODAY - 9, ENTERED);
	assert_int_equal(many_create(&m, TODAY), 0);
	assert_false(many_get(m, TODAY, &back));
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(many_put(m, &days[i]), 0);
	bytes = many_bytes(m);
	assert_true(bytes < 3 * sizeof(struct diary_day) / 4);
	assert_int_equal(many_put(m, &days[0]), 0);
	assert_int_equal(many_bytes(m), bytes);
	assert_true(many_get(m, TODAY, &back));
	assert_string_equal(back.note, days[0].note);
	assert_int_equal(many_drain(m, drain, &drained), 0);
	assert_int_equal(drained.n, 3);
	assert_int_equal(drained.days[0].date, DATE_FIRST);
	assert_int_equal(drained.days[1].date, TODAY - 9);
	assert_string_equal(medicine(&drained.days[2], 1),
	                    medicine(&days[0], 1));
	assert_string_equal(field(&drained.days[2], "aura_kind"),
	                    "visual,speech");
	assert_int_equal(many_bytes(m), 0);
	assert_false(many_get(m, TODAY, &back));
	many_destroy(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_goes_out_comes_in_again_the_same),
		cmocka_unit_test(a_plain_table_is_known_by_its_names),
		cmocka_unit_test(
			migraine_buddys_attacks_are_known_by_their_head),
		cmocka_unit_test(a_mapping_names_the_columns_of_any_table),
		cmocka_unit_test(the_day_is_taken_of_a_date_with_a_time),
		cmocka_unit_test(
			a_byte_order_mark_is_not_part_of_the_first_name),
		cmocka_unit_test(a_file_in_latin_1_is_read_as_such),
		cmocka_unit_test(a_file_without_a_last_line_end_is_whole),
		cmocka_unit_test(two_attacks_of_one_day_become_one_day),
		cmocka_unit_test(
			a_row_that_makes_no_sense_is_named_by_its_line),
		cmocka_unit_test(a_mapping_that_makes_no_sense_is_refused),
		cmocka_unit_test(
			a_quote_that_is_never_closed_takes_no_more_memory),
		cmocka_unit_test(a_cell_with_a_zero_byte_is_refused),
		cmocka_unit_test(a_million_rows_are_read_in_the_memory_of_one),
		cmocka_unit_test(
			days_are_kept_whole_in_the_memory_that_they_need),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
