/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <string.h>

#include "drivers/label.h"

static void expect(const char *bytes, const char *label)
{
	char ret[32];

	label_copy(ret, sizeof(ret), bytes, strlen(bytes));
	assert_string_equal(ret, label);
}

static void a_name_stays_as_it_is(void **state)
{
	(void)state;
	expect("Polar H10 12345678", "Polar H10 12345678");
	expect("G\u00fcrtel \u5fc3 \U0001f493",
	       "G\u00fcrtel \u5fc3 \U0001f493");
	expect("", "");
}

static void what_controls_a_terminal_is_shown_as_question_marks(void **state)
{
	(void)state;
	expect("a\033[2Jb\n", "a?[2Jb?");
	expect("\x7f\xc2\x80\xc2\x9f\u00a0", "???\u00a0");
}

static void what_is_no_utf8_is_shown_as_question_marks(void **state)
{
	(void)state;
	expect("a\xff\xfe"
	       "b",
	       "a??b");
	expect("\xc3", "?"); /* cut */
	expect("\xe5\xbf"
	       "x",
	       "??x");
	expect("\xc0\xaf", "??"); /* too long for what it is */
	expect("\xe0\x80\xaf", "???");
	expect("\xed\xa0\x80", "???");      /* half of a pair */
	expect("\xf4\x90\x80\x80", "????"); /* beyond the last */
	expect("\x80", "?");
}

static void it_ends_at_a_zero_and_at_its_length(void **state)
{
	char ret[8];

	(void)state;
	label_copy(ret, sizeof(ret), "ab\0cd", 5);
	assert_string_equal(ret, "ab");
	label_copy(ret, sizeof(ret), "abcd", 3);
	assert_string_equal(ret, "abc");
	/* the length cuts a character */
	label_copy(ret, sizeof(ret), "ab\u00e4", 3);
	assert_string_equal(ret, "ab?");
}

static void one_that_is_too_long_ends_with_a_whole_character(void **state)
{
	char ret[6];

	(void)state;
	label_copy(ret, sizeof(ret), "abcdefgh", 8);
	assert_string_equal(ret, "abcde");
	label_copy(ret, sizeof(ret), "\u00e4\u00e4\u00e4", 6);
	assert_string_equal(ret, "\u00e4\u00e4");
	label_copy(ret, 1, "a", 1);
	assert_string_equal(ret, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_stays_as_it_is),
		cmocka_unit_test(
			what_controls_a_terminal_is_shown_as_question_marks),
		cmocka_unit_test(what_is_no_utf8_is_shown_as_question_marks),
		cmocka_unit_test(it_ends_at_a_zero_and_at_its_length),
		cmocka_unit_test(
			one_that_is_too_long_ends_with_a_whole_character),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
