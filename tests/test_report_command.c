/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/run.h"
#include "tests/helpers/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "content/sha256.h"
#include "report/page.h"

static char *home;
static struct ran ran;

static int set_up(void **state)
{
	(void)state;
	home = test_scratch();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	test_scrap(home);
	return 0;
}

static const char *run(const char *args)
{
	run_on(&ran, "", home, args);
	return ran.text;
}

static void assert_says(const char *expected)
{
	if (!strstr(ran.text, expected))
		fail_msg("\"%.2000s\" does not say \"%s\"", ran.text, expected);
}

static const char *in_home(const char *before)
{
	static char text[800];

	snprintf(text, sizeof(text), "%s%s/a.html", before, home);
	return text;
}

static void base64(const uint8_t *bytes, size_t n, char *ret)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmn"
				      "opqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < n; i += 3) {
		uint32_t v = (uint32_t)bytes[i] << 16;

		if (i + 1 < n)
			v |= (uint32_t)bytes[i + 1] << 8;
		if (i + 2 < n)
			v |= bytes[i + 2];
		*ret++ = letters[v >> 18];
		*ret++ = letters[v >> 12 & 63];
		*ret++ = i + 1 < n ? letters[v >> 6 & 63] : '=';
		*ret++ = i + 2 < n ? letters[v & 63] : '=';
	}
	*ret = '\0';
}

/* Else a browser shows the page without it. */
static void the_policy_names_the_style_that_is_there(void **state)
{
	uint8_t sum[32];
	char hex[65], text[64];
	struct sha256 hash;

	(void)state;
	sha256_init(&hash);
	sha256_add(&hash, page_style, strlen(page_style));
	sha256_hex(&hash, hex);
	for (size_t i = 0; i < sizeof(sum); i++) {
		unsigned byte;

		assert_int_equal(sscanf(hex + 2 * i, "%2x", &byte), 1);
		sum[i] = (uint8_t)byte;
	}
	base64(sum, sizeof(sum), text);
	assert_string_equal(page_style_sha256, text);
}

static void a_report_is_a_new_file_for_its_owner_alone(void **state)
{
	struct stat st;

	(void)state;
	run("diary add yes worst=7 hours=5 medicine=sumatriptan");
	run(in_home("report -o "));
	assert_int_equal(ran.status, 0);
	assert_string_equal(ran.text, "");
	assert_int_equal(stat(in_home(""), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	run(in_home("report -o "));
	assert_int_equal(ran.status, 1);
	assert_says("it is there already");
	run("report");
	assert_int_equal(ran.status, 0);
	assert_says("<!DOCTYPE html>");
	assert_says("sumatriptan");
	assert_says("</html>");
}

static void a_report_of_a_simulated_heart_is_of_no_session(void **state)
{
	(void)state;
	run("render tension_relief --person 1 --seconds 200 --no-voice --save");
	assert_int_equal(ran.status, 0);
	run("report");
	assert_int_equal(ran.status, 0);
	assert_says("There was no session in these days");
}

static void wrong_days_are_wrong_usage(void **state)
{
	static const char *const wrong[] = {
		"report --from 2026-02-31", "report --to tomorrow",
		"report --from 1950-01-01 --to 2020-01-01",
		"report --from 2020-01-02 --to 2020-01-01", "report me"};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		run(wrong[i]);
		assert_int_equal(ran.status, 2);
	}
	run("report");
	assert_int_equal(ran.status, 1);
	assert_says("no session is stored yet");
}

static void a_disk_that_is_full_leaves_no_half_report(void **state)
{
	(void)state;
	run("diary add no");
	run("report >/dev/full");
	assert_int_equal(ran.status, 1);
	assert_says("No space left");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_policy_names_the_style_that_is_there),
		TEST(a_report_is_a_new_file_for_its_owner_alone),
		TEST(a_report_of_a_simulated_heart_is_of_no_session),
		TEST(wrong_days_are_wrong_usage),
		TEST(a_disk_that_is_full_leaves_no_half_report),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
