/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/scan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/helpers/test.h"

/* Of the exact size, so that one byte too far is seen. */
static bool take(const char *text, double *ret, size_t *ret_left)
{
	size_t len = strlen(text);
	char *copy = malloc(len + !len);
	struct scan_line line = {0};
	struct scan scan;
	bool ok;

	assert_non_null(copy);
	memcpy(copy, text, len);
	scan_begin(&scan, copy, len);
	ok = scan_next(&scan, &line) && scan_number(&line, ret);
	if (ret_left)
		*ret_left = (size_t)(line.end - line.at);
	free(copy);
	return ok;
}

static void reads_as_strtod_does(const char *text)
{
	double ours = 0, theirs = strtod(text, NULL);

	if (!take(text, &ours, NULL) || memcmp(&ours, &theirs, sizeof(ours))) {
		print_error("%s: %.17g, not %.17g\n", text, ours, theirs);
		fail();
	}
}

static void numbers_are_those_of_strtod_to_the_last_bit(void **state)
{
	static const char *const texts[] = {
		"0",
		"-0",
		"-0.0",
		"800",
		"800.",
		".5",
		"-.5",
		"0.0000001",
		"945.3125",
		"1015.6250",
		"12345678",
		"123456789",
		"12345678.12345678",
		"9007199254740992",
		"9007199254740993",
		"9007199254740993.5",
		"0.9007199254740993",
		"999999999999999",
		"999999999999999999",
		"1000000000000000000",
		"0000000000800",
		"00000000000000000000800",
		"1e3",
		"1E-3",
		"8.5e+2",
		"+800",
		"2.211511135101318359e-01",
		"9.360000000000000000e+02",
		"0.1",
		"0.2",
		"0.3",
		"1.7976931348623157e308",
		"5e-324",
		"179769313486231570000000000000000000000",
		"1675889367255"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		reads_as_strtod_does(texts[i]);
}

static void so_are_a_hundred_thousand_made_by_chance(void **state)
{
	uint64_t seed = 20;

	(void)state;
	for (int i = 0; i < 100000; i++) {
		/* every number of digits alike */
		uint64_t digits = test_random(&seed) >> test_random(&seed) % 64;
		int places = (int)(test_random(&seed) % 12);
		char text[64];

		snprintf(text, sizeof(text), "%s%" PRIu64 ".%0*" PRIu64,
		         test_random(&seed) % 4 ? "" : "-", digits, places,
		         test_random(&seed) % 1000000 *
		                 (test_random(&seed) % 2));
		reads_as_strtod_does(text);
	}
}

static void what_is_no_plain_number_is_not_taken(void **state)
{
	static const char *const texts[] = {
		"",
		"-",
		"+",
		".",
		"-.",
		"e3",
		"1e",
		"1e+",
		"inf",
		"nan",
		"NaN",
		"-inf",
		"0x10",
		"1.2.3",
		"1-2",
		"--1",
		"1e999",
		"800ms",
		"800:",
		"12345678x",
		"12345678.12345678x",
		"\xc2\xa0"
		"800",
		"1111111111111111111111111111111111111111111111111111111111"
		"111111"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		double value = 42;
		size_t left = 99;

		if (take(texts[i], &value, &left))
			print_error("took %s\n", texts[i]);
		assert_near(value, 42, 0);
		assert_int_equal(left, strlen(texts[i]));
	}
}

static void a_number_ends_at_a_blank_a_divider_or_a_comment(void **state)
{
	static const char ends[] = " \t\r,;#\n";

	(void)state;
	for (const char *end = ends; *end; end++) {
		char text[] = "945.3125_7";
		double value;
		size_t left;

		*strchr(text, '_') = *end;
		assert_true(take(text, &value, &left));
		assert_near(value, 945.3125, 0);
		assert_int_equal(left, *end == '\n' ? 0 : 2);
	}
}

static void lines_are_counted_and_comments_are_none(void **state)
{
	static const char text[] = "\xef\xbb\xbf# head\n\n  800 # x\r\n"
				   "1;900\n1 2 3\n7,x\nx\n5";
	static const int found[] = {1, 2, 3, -2, -1, 1, 0};
	static const unsigned lines[] = {3, 4, 5, 6, 7, 8, 8};
	double values[2];
	struct scan scan;

	(void)state;
	scan_begin(&scan, text, sizeof(text) - 1);
	for (size_t i = 0; i < sizeof(found) / sizeof(found[0]); i++) {
		assert_int_equal(scan_numbers(&scan, values), found[i]);
		assert_int_equal(scan.line, lines[i]);
		if (i == 1)
			assert_near(values[1], 900, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_those_of_strtod_to_the_last_bit),
		cmocka_unit_test(so_are_a_hundred_thousand_made_by_chance),
		cmocka_unit_test(what_is_no_plain_number_is_not_taken),
		cmocka_unit_test(
			a_number_ends_at_a_blank_a_divider_or_a_comment),
		cmocka_unit_test(lines_are_counted_and_comments_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
