/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/markup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/helpers/test.h"

static char *marked_up(void (*write)(FILE *f, const char *text, size_t max),
                       const char *text, size_t max)
{
	size_t len;
	char *ret;
	FILE *f = open_memstream(&ret, &len);

	assert_non_null(f);
	write(f, text, max);
	assert_int_equal(fclose(f), 0);
	return ret;
}

static void assert_text(const char *text, size_t max, const char *expected)
{
	char *got = marked_up(markup_text, text, max);

	assert_string_equal(got, expected);
	free(got);
}

static void markup_in_a_name_stays_text(void **state)
{
	(void)state;
	assert_text("<script>alert('a')</script>&\"", 100,
	            "&lt;script&gt;alert(&#39;a&#39;)&lt;/script&gt;&amp;"
	            "&quot;");
	assert_text("</title><!--", 100, "&lt;/title&gt;&lt;!--");
	assert_text("a\x01\n\x7f"
	            "b",
	            100, "a???b");
	assert_text("\xc2\x85"
	            "caf\xc3\xa9 \xe5\x8c\xbb",
	            100,
	            "\xef\xbf\xbd"
	            "caf\xc3\xa9 \xe5\x8c\xbb");
}

static void broken_utf8_is_replaced_byte_by_byte(void **state)
{
	(void)state;
	assert_text("a\xff\xc3(", 100, "a\xef\xbf\xbd\xef\xbf\xbd(");
	assert_text("\xe2\x82", 100, "\xef\xbf\xbd\xef\xbf\xbd");
	assert_text("\xef\xbf\xbf", 100, "\xef\xbf\xbd");
	assert_text("\xed\xa0\x80", 100,
	            "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
}

static void
a_name_of_ten_kilobytes_keeps_its_ends_and_whole_characters(void **state)
{
	char *name = malloc(10241), *got;

	(void)state;
	assert_non_null(name);
	for (size_t i = 0; i < 10240; i += 2)
		memcpy(name + i, "\xc3\xa9", 2);
	name[10240] = '\0';
	got = marked_up(markup_text, name, 81);
	assert_true(strlen(got) <= 81 + 6);
	assert_null(strstr(got, "\xef\xbf\xbd"));
	assert_non_null(strstr(got, "\xe2\x80\xa6"));
	free(got);
	/* nor do bytes that are no characters lead past the bound */
	memset(name, 0x80, 10240);
	got = marked_up(markup_text, name, 80);
	assert_true(strlen(got) <= 80 * 3 + 6);
	free(got);
	free(name);
}

static void right_to_left_marks_turn_only_their_own_text(void **state)
{
	char *got = marked_up(markup_said, "\xe2\x80\xae<b>", 100);

	(void)state;
	assert_string_equal(got, "<bdi>\xe2\x80\xae&lt;b&gt;</bdi>");
	free(got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(markup_in_a_name_stays_text),
		cmocka_unit_test(broken_utf8_is_replaced_byte_by_byte),
		cmocka_unit_test(
			a_name_of_ten_kilobytes_keeps_its_ends_and_whole_characters),
		cmocka_unit_test(right_to_left_marks_turn_only_their_own_text),
	};

	return cmocka_run_group_tests_name("markup", tests, NULL, NULL);
}
