/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/rr_start.h"

#include <stdlib.h>
#include <string.h>

#include "tests/helpers/test.h"

/* 2025-03-15T08:00:15.123Z */
#define MS INT64_C(1742025615123)

/* Of the exact size, so that one byte too far is seen. */
static bool read_text(const char *text, struct rr_start *ret)
{
	size_t len = strlen(text);
	char *copy = malloc(len + !len);
	bool is;

	assert_non_null(copy);
	memcpy(copy, text, len);
	is = rr_start_read(copy, len, ret);
	free(copy);
	return is;
}

static void each_form_is_the_same_time(void **state)
{
	static const struct {
		const char *text;
		enum rr_clock clock;
		int offset_min;
		int64_t ms;
	} cases[] = {
		{"1742025615123", RR_CLOCK_UTC, 0, MS},
		{"2025-03-15T08:00:15.123Z", RR_CLOCK_UTC, 0, MS},
		{"2025-03-15 08:00:15.123 +0000", RR_CLOCK_UTC, 0, MS},
		{"2025-03-15 08:00:15.123-00:00 ", RR_CLOCK_UTC, 0, MS},
		{"2025-03-15T09:00:15.123+01:00", RR_CLOCK_OFFSET, 60, MS},
		{"2025-03-15 09:00:15.123456  +0100", RR_CLOCK_OFFSET, 60, MS},
		{"2025-03-15 04:30:15.123-0330", RR_CLOCK_OFFSET, -210, MS},
		{"2025-03-15T22:00:15.123+14:00", RR_CLOCK_OFFSET, 840, MS},
		{"2025-03-15T08:00:15.123", RR_CLOCK_LOCAL, 0, MS},
		{"2025-03-15 08:00:15", RR_CLOCK_LOCAL, 0, MS - 123},
		{"2025-03-15 08:00:15.1", RR_CLOCK_LOCAL, 0, MS - 23},
		{"2024-02-29 00:00:00", RR_CLOCK_LOCAL, 0,
	         INT64_C(1709164800000)},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rr_start s = {0};

		if (!read_text(cases[i].text, &s))
			fail_msg("%s", cases[i].text);
		assert_int_equal(s.clock, cases[i].clock);
		assert_int_equal(s.offset_min, cases[i].offset_min);
		assert_int_equal(s.ms, cases[i].ms);
	}
}

static void what_is_no_time_is_none(void **state)
{
	static const char *const texts[] = {
		"",
		"2025",
		"1675889367", /* s since 1970, or something else */
		"99999999999999999999",
		"1742025615123x",
		"2025-03-15",
		"2025-03-15 08:00",
		"2025-02-29 08:00:15",
		"2025-02-31T08:00:15Z",
		"2025-13-01 08:00:15",
		"2025-03-15 25:61:00",
		"2025-03-15 08:00:60",
		"2025-03-15T08:00:15+15:00",
		"2025-03-15T08:00:15+01:60",
		"2025-03-15T08:00:15+1",
		"2025-03-15T08:00:15+01:0",
		"2025-03-15T08:00:15+01000",
		"2025-03-15T08:00:15+",
		"2025-03-15T08:00:15ZZ",
		"2025-03-15T08:00:15 CET",
		"2025-03-15T08:00:15.000000000000000000000000000000000+01:00",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct rr_start s = {RR_CLOCK_LOCAL, 7, 42};

		if (read_text(texts[i], &s))
			fail_msg("%s", texts[i]);
		assert_int_equal(s.clock, RR_CLOCK_LOCAL);
		assert_int_equal(s.offset_min, 7);
		assert_int_equal(s.ms, 42);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_form_is_the_same_time),
		cmocka_unit_test(what_is_no_time_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
