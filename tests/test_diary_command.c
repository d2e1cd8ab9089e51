/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/home.h"
#include "tests/helpers/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A command on a file of this home. */
static const char *on(const char *command, const char *file)
{
	static char args[1200];

	snprintf(args, sizeof(args), "diary %s %s/%s", command, home.folder,
	         file);
	return args;
}

static void a_day_is_added_told_and_listed(void **state)
{
	(void)state;
	home_answers(
		"diary add --date 2026-11-20 yes worst=7 hours=3 "
		"'medicine=ibuprofen, 400 mg, worked' note='late, \"very\"'",
		0,
		"2026-11-20: headache yes, hours 3, worst 7; ibuprofen, "
		"simple, 400 mg, worked; note: late, \"very\"");
	home_answers("diary add --date 2026-11-22 no", 0,
	             "2026-11-22: headache no");
	home_answers("diary list --from 2026-11-01 --to 2026-11-23", 0,
	             "2026-11-21  -");
	assert_non_null(strstr(home.ran.text, "not entered"));
	assert_non_null(strstr(home.ran.text, "2026-11-23"));
	assert_null(strstr(home.ran.text, "2026-11-19"));
}

static void what_is_added_later_joins_what_was_said(void **state)
{
	(void)state;
	home_run("diary add --date 2026-11-20 yes worst=7");
	home_answers("diary add --date 2026-11-20 stress=4 worst=", 0,
	             "2026-11-20: headache yes, stress 4");
	home_answers("diary edit --date 2026-11-20 medicine=tea medicine= "
	             "medicine=coffee",
	             0, "stress 4; coffee, other");
}

static void the_sum_of_a_form_is_told_with_what_it_is_called(void **state)
{
	(void)state;
	home_run("diary add --date yesterday no hit6=58 midas=21");
	home_run("diary add yes hit6=49");
	home_run("stats");
	assert_non_null(strstr(home.ran.text, ": 49, little or no impact"));
	assert_null(strstr(home.ran.text, "58"));
	assert_non_null(strstr(home.ran.text, ": 21, grade IV"));
	home_answers("diary add hit6=35", 1,
	             "hit6: 35: expected a whole number from 36 to 78");
}

static void a_day_that_is_not_there_is_not_edited(void **state)
{
	(void)state;
	home_run("diary add --date 2026-11-20 no");
	home_answers("diary edit --date 2026-11-21 worst=3", 1,
	             "lull diary add --date 2026-11-21");
	home_answers("diary remove --date 2026-11-21", 1,
	             "nothing was entered");
	home_answers("diary remove --date 2026-11-20", 0, "is removed");
	home_answers("diary list --from 2026-11-01 --to 2026-11-23", 0,
	             "nothing was entered in these days");
}

static void what_makes_no_sense_is_told_in_one_line(void **state)
{
	static const struct {
		const char *args, *says;
		int status;
	} rows[] = {
		{"diary list", "lull diary add", 1},
		{"diary add --date 2026-02-31 no", "expected a day", 2},
		{"diary add --date 2999-01-01 no", "yet to come", 2},
		{"diary add start=25:61", "expected a time of the day", 1},
		{"diary add pain=3", "expected yes, no, or what is known", 1},
		{"diary add", "say what is known", 2},
		{"diary", "", 2},
		{"diary eat", "expected add, edit", 2},
		{"diary import", "expected a CSV file", 2},
		{"diary list extra", "takes only options", 2},
		{"diary import nowhere.csv", "No such file", 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t n;

		home_answers(rows[i].args, rows[i].status, rows[i].says);
		n = strlen(home.ran.text);
		/* but for the usage, which is longer */
		if (*rows[i].says)
			assert_ptr_equal(strchr(home.ran.text, '\n'),
			                 home.ran.text + n - 1);
	}
}

static void an_export_is_private_and_comes_in_again_the_same(void **state)
{
	struct stat st;
	char path[600], *before;

	(void)state;
	home_run(
		"diary add --date 2026-11-20 yes worst=7 start=22:30 end=1:15 "
		"'medicine=naproxen, 500 mg' note='one, \"two\"\n;three 頭痛'");
	home_run("diary add --date 2026-11-22 no sleep=7.5");
	home_answers(on("export -o", "a.csv"), 0, "");
	snprintf(path, sizeof(path), "%s/a.csv", home.folder);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	home_answers(on("export -o", "a.csv"), 1, "exists");
	before = strdup(home_run("diary list --json --from 2026-11-01"));
	home_run("diary remove --date 2026-11-20");
	home_run("diary remove --date 2026-11-22");
	home_answers(on("import", "a.csv"), 0,
	             "2 days are entered, from 2 rows");
	assert_string_equal(home_run("diary list --json --from 2026-11-01"),
	                    before);
	free(before);
}

static void an_import_keeps_what_was_entered_unless_told_otherwise(void **state)
{
	(void)state;
	home_run("diary add --date 2026-11-20 yes worst=7");
	home_write("b.csv", "Day,Pain,Mood\n2026-11-20,3,x\n2026-11-21,2,y\n"
	                    "2026-11-21,5,z\n");
	home_answers(on("import", "b.csv"), 0, "1 day is entered, from 3 rows");
	assert_non_null(strstr(home.ran.text, "--replace"));
	assert_non_null(strstr(home.ran.text, "left out: Mood"));
	home_answers("diary list --json --from 2026-11-20 --to 2026-11-20", 0,
	             "\"worst\": 7");
	home_answers("diary list --json --from 2026-11-21 --to 2026-11-21", 0,
	             "\"worst\": 5");
	home_answers(on("import --replace", "b.csv"), 0,
	             "2 days are entered, from 3 rows");
	home_answers("diary list --json --from 2026-11-20 --to 2026-11-20", 0,
	             "\"worst\": 3");
}

static void of_a_file_with_a_wrong_row_nothing_is_taken(void **state)
{
	(void)state;
	home_run("diary add --date 2026-11-20 no");
	home_write("c.csv", "date,worst\n2026-11-21,3\n2026-11-22,12\n");
	home_answers(
		on("import", "c.csv"), 1,
		"c.csv:3: worst: 12: expected a whole number from 0 to 10: "
		"nothing of it was taken");
	home_answers("diary list --from 2026-11-21", 0, "nothing was entered");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		home_test(a_day_is_added_told_and_listed),
		home_test(what_is_added_later_joins_what_was_said),
		home_test(the_sum_of_a_form_is_told_with_what_it_is_called),
		home_test(a_day_that_is_not_there_is_not_edited),
		home_test(what_makes_no_sense_is_told_in_one_line),
		home_test(an_export_is_private_and_comes_in_again_the_same),
		home_test(
			an_import_keeps_what_was_entered_unless_told_otherwise),
		home_test(of_a_file_with_a_wrong_row_nothing_is_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
