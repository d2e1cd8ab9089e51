/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/home.h"
#include "tests/helpers/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "content/sha256.h"
#include "report/page.h"

static const char *in_home(const char *before)
{
	static char text[800];

	snprintf(text, sizeof(text), "%s%s/a.html", before, home.folder);
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
	home_run("diary add yes worst=7 hours=5 medicine=sumatriptan");
	home_run(in_home("report -o "));
	assert_int_equal(home.ran.status, 0);
	assert_string_equal(home.ran.text, "");
	assert_int_equal(stat(in_home(""), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	home_run(in_home("report -o "));
	assert_int_equal(home.ran.status, 1);
	home_says("it is there already");
	home_run("report");
	assert_int_equal(home.ran.status, 0);
	home_says("<!DOCTYPE html>");
	home_says("sumatriptan");
	home_says("</html>");
}

static void a_report_of_a_simulated_heart_is_of_no_session(void **state)
{
	(void)state;
	home_run(
		"render tension_relief --person 1 --seconds 200 --no-voice --save");
	assert_int_equal(home.ran.status, 0);
	home_run("report");
	assert_int_equal(home.ran.status, 0);
	home_says("There was no session in these days");
}

static void wrong_days_are_wrong_usage(void **state)
{
	static const char *const wrong[] = {
		"report --from 2026-02-31", "report --to tomorrow",
		"report --from 1950-01-01 --to 2020-01-01",
		"report --from 2020-01-02 --to 2020-01-01", "report me"};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		home_run(wrong[i]);
		assert_int_equal(home.ran.status, 2);
	}
	home_run("report");
	assert_int_equal(home.ran.status, 1);
	home_says("no session is stored yet");
}

static void a_disk_that_is_full_leaves_no_half_report(void **state)
{
	(void)state;
	home_run("diary add no");
	home_run("report >/dev/full");
	assert_int_equal(home.ran.status, 1);
	home_says("No space left");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_policy_names_the_style_that_is_there),
		home_test(a_report_is_a_new_file_for_its_owner_alone),
		home_test(a_report_of_a_simulated_heart_is_of_no_session),
		home_test(wrong_days_are_wrong_usage),
		home_test(a_disk_that_is_full_leaves_no_half_report),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
