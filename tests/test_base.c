/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/date.h"
#include "base/error.h"
#include "base/log.h"
#include "base/paths.h"

/* --- error -------------------------------------------------------------- */

static void an_error_keeps_what_it_was_told(void **state)
{
	struct error e;

	(void)state;
	error_set(&e, "%s:%d: %s", "a.yaml", 7, "expected a number");
	assert_string_equal(e.text, "a.yaml:7: expected a number");
	error_set(NULL, "nobody %s", "listens");
}

static void
a_long_error_is_cut_with_a_mark_and_never_in_a_character(void **state)
{
	static const char umlaut[] = "ä"; /* two bytes */
	char text[sizeof(((struct error *)0)->text) + 40];
	struct error e;

	(void)state;
	for (size_t shift = 0; shift < 4; shift++) {
		size_t at = shift;

		memset(text, 'x', shift);
		for (; at + 3 < sizeof(text); at += 2)
			memcpy(text + at, umlaut, 2);
		text[at] = '\0';
		error_set(&e, "%s", text);

		size_t n = strlen(e.text), kept = n - strlen("…");

		assert_true(n < sizeof(e.text));
		assert_true(n >= sizeof(e.text) - 3);
		assert_string_equal(e.text + kept, "…");
		assert_memory_equal(e.text, text, kept);
		assert_int_equal((kept - shift) % 2, 0);
	}
}

static void an_error_that_just_fits_is_whole(void **state)
{
	char text[sizeof(((struct error *)0)->text)];
	struct error e;

	(void)state;
	memset(text, 'y', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	error_set(&e, "%s", text);
	assert_string_equal(e.text, text);
}

/* --- log ---------------------------------------------------------------- */

/* What log_line() writes while stderr is a file. */
static void log_to_file(char *ret, size_t len, enum log_level level,
                        const char *text)
{
	FILE *file = tmpfile();
	int saved = dup(STDERR_FILENO);
	ssize_t n;

	assert_non_null(file);
	assert_true(saved >= 0);
	dup2(fileno(file), STDERR_FILENO);
	log_line(level, "%s", text);
	dup2(saved, STDERR_FILENO);
	close(saved);
	n = pread(fileno(file), ret, len - 1, 0);
	assert_true(n >= 0);
	ret[n] = '\0';
	fclose(file);
}

static void a_log_line_has_its_priority_and_one_newline(void **state)
{
	char got[4096];

	(void)state;
	log_to_file(got, sizeof(got), LOG_LEVEL_WARNING, "no sound");
	assert_string_equal(got, "<4>no sound\n");
	log_to_file(got, sizeof(got), LOG_LEVEL_ERROR, "a\n<0>b\x1b[2J");
	assert_string_equal(got, "<3>a <0>b [2J\n");
}

static void a_log_line_is_cut_not_split(void **state)
{
	char text[3000], got[4096];

	(void)state;
	memset(text, 'z', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	log_to_file(got, sizeof(got), LOG_LEVEL_INFO, text);
	assert_int_equal(strlen(got), 1024);
	assert_ptr_equal(strchr(got, '\n'), got + 1023);
}

static void debug_is_written_only_where_it_is_asked_for(void **state)
{
	char got[256];

	(void)state;
	unsetenv("LULL_DEBUG");
	log_to_file(got, sizeof(got), LOG_LEVEL_DEBUG, "62.1 bpm");
	assert_string_equal(got, "");
	setenv("LULL_DEBUG", "1", 1);
	log_to_file(got, sizeof(got), LOG_LEVEL_DEBUG, "62.1 bpm");
	assert_string_equal(got, "<7>62.1 bpm\n");
	unsetenv("LULL_DEBUG");
}

static void a_log_line_leaves_errno_alone(void **state)
{
	char got[256];

	(void)state;
	errno = ENOSPC;
	log_to_file(got, sizeof(got), LOG_LEVEL_INFO, "x");
	errno = ENOSPC;
	log_line(LOG_LEVEL_DEBUG, "not written");
	assert_int_equal(errno, ENOSPC);
}

/* --- paths -------------------------------------------------------------- */

static const char *const variables[] = {"HOME", "XDG_STATE_HOME",
                                        "XDG_CACHE_HOME", "XDG_CONFIG_HOME",
                                        "XDG_DATA_HOME"};

#define VARIABLES (sizeof(variables) / sizeof(variables[0]))

static char *saved_variables[VARIABLES];

static int save_variables(void **state)
{
	(void)state;
	for (size_t i = 0; i < VARIABLES; i++) {
		const char *value = getenv(variables[i]);

		saved_variables[i] = value ? strdup(value) : NULL;
		unsetenv(variables[i]);
	}
	return 0;
}

static int restore_variables(void **state)
{
	(void)state;
	for (size_t i = 0; i < VARIABLES; i++) {
		if (saved_variables[i])
			setenv(variables[i], saved_variables[i], 1);
		else
			unsetenv(variables[i]);
		free(saved_variables[i]);
	}
	return 0;
}

static void folders_fall_back_below_home(void **state)
{
	char path[256];

	(void)state;
	setenv("HOME", "/home/u", 1);
	assert_int_equal(paths_store(path, sizeof(path)), 0);
	assert_string_equal(path, "/home/u/.local/state/lull/lull.db");
	assert_int_equal(paths_state(path, sizeof(path), "x"), 0);
	assert_string_equal(path, "/home/u/.local/state/lull/x");
	assert_int_equal(paths_clips(path, sizeof(path)), 0);
	assert_string_equal(path, "/home/u/.cache/lull");
	assert_int_equal(paths_config(path, sizeof(path)), 0);
	assert_string_equal(path, "/home/u/.config/lull/config.yaml");
	assert_int_equal(paths_own(path, sizeof(path)), 0);
	assert_string_equal(path, "/home/u/.local/share/lull");
}

static void
an_absolute_variable_wins_and_a_relative_one_is_ignored(void **state)
{
	char path[256];

	(void)state;
	setenv("HOME", "/home/u", 1);
	setenv("XDG_STATE_HOME", "/s", 1);
	setenv("XDG_CACHE_HOME", "cache", 1);
	setenv("XDG_CONFIG_HOME", "", 1);
	setenv("XDG_DATA_HOME", "../data", 1);
	assert_int_equal(paths_store(path, sizeof(path)), 0);
	assert_string_equal(path, "/s/lull/lull.db");
	assert_int_equal(paths_clips(path, sizeof(path)), 0);
	assert_string_equal(path, "/home/u/.cache/lull");
	assert_int_equal(paths_config(path, sizeof(path)), 0);
	assert_string_equal(path, "/home/u/.config/lull/config.yaml");
	assert_int_equal(paths_own(path, sizeof(path)), 0);
	assert_string_equal(path, "/home/u/.local/share/lull");
}

static void without_a_home_only_variables_help(void **state)
{
	char path[256] = "untouched";

	(void)state;
	assert_int_equal(paths_store(path, sizeof(path)), -ENOENT);
	setenv("HOME", "relative", 1);
	assert_int_equal(paths_config(path, sizeof(path)), -ENOENT);
	assert_string_equal(path, "untouched");
	setenv("XDG_STATE_HOME", "/s", 1);
	assert_int_equal(paths_store(path, sizeof(path)), 0);
}

static void a_path_that_does_not_fit_is_refused(void **state)
{
	char path[] = "untouched, and just long enough";
	size_t needed = sizeof("/s/lull/lull.db");

	(void)state;
	setenv("XDG_STATE_HOME", "/s", 1);
	assert_int_equal(paths_store(path, needed - 1), -ENAMETOOLONG);
	assert_string_equal(path, "untouched, and just long enough");
	assert_int_equal(paths_store(path, needed), 0);
}

/* The program that runs is build/tests/test_base. What is installed apart,
   in libexec, is tests/test_dist.sh. */
static void another_program_is_found_beside_this_one(void **state)
{
	char here[PATH_MAX], beside[PATH_MAX + 16],
		path[PATH_MAX] = "as before";

	(void)state;
	assert_int_equal(paths_here(here, 4), -ENAMETOOLONG);
	assert_int_equal(paths_here(here, sizeof(here)), 0);
	assert_int_equal(paths_program("no-such", path, sizeof(path)), -ENOENT);
	assert_int_equal(paths_program("test_base.o", path, sizeof(path)),
	                 -EACCES);
	assert_int_equal(paths_program("test_base", path, strlen(here)),
	                 -ENAMETOOLONG);
	assert_string_equal(path, "as before");
	assert_int_equal(paths_program("test_base", path, sizeof(path)), 0);
	snprintf(beside, sizeof(beside), "%s/test_base", here);
	assert_string_equal(path, beside);
}

static unsigned mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 07777;
}

static void new_folders_are_private_and_old_ones_stay_as_they_are(void **state)
{
	char *scratch = test_scratch();
	mode_t before = umask(0);
	char path[512];

	(void)state;
	chmod(scratch, 0755);
	snprintf(path, sizeof(path), "%s/a/b//c/", scratch);
	assert_int_equal(paths_make(path), 0);
	assert_int_equal(paths_make(path), 0);
	assert_int_equal(mode_of(scratch), 0755);
	assert_int_equal(mode_of(path), 0700);
	snprintf(path, sizeof(path), "%s/a", scratch);
	assert_int_equal(mode_of(path), 0700);
	umask(before);
	test_scrap(scratch);
}

static void a_file_in_the_way_of_a_folder_is_an_error(void **state)
{
	char *scratch = test_scratch();
	char path[512];

	(void)state;
	snprintf(path, sizeof(path), "%s/f", scratch);
	test_write(path, "x", 1);
	assert_int_equal(paths_make(path), -ENOTDIR);
	snprintf(path, sizeof(path), "%s/f/g", scratch);
	assert_int_equal(paths_make(path), -ENOTDIR);
	assert_int_equal(paths_make(""), -ENOENT);
	test_scrap(scratch);
}

#define paths_test(name)                                                       \
	cmocka_unit_test_setup_teardown(name, save_variables, restore_variables)

/* --- date --------------------------------------------------------------- */

static void a_time_is_read_only_where_calendar_and_clock_have_it(void **state)
{
	static const char *const wrong[] = {"2026-02-31T21:05:00+01:00",
	                                    "2026-02-29T21:05:00+01:00",
	                                    "2026-13-01T21:05:00+01:00",
	                                    "2026-00-01T21:05:00+01:00",
	                                    "2026-11-22T25:61:00+01:00",
	                                    "2026-11-22T24:00:00+01:00",
	                                    "2026-11-22T21:05:61+01:00",
	                                    "2026-11-22T21:05:00+14:01",
	                                    "2026-11-22T21:05:00+01:60",
	                                    "2026-11-22T21:05:00Z",
	                                    "2026-11-22T21:05:00+01:00 ",
	                                    "2026-11-22",
	                                    "",
	                                    "x"};
	int64_t t = 7;

	(void)state;
	assert_int_equal(date_read("2026-11-22T21:05:00+01:00", &t), 0);
	assert_int_equal(t, 1795377900);
	assert_int_equal(date_read("2026-11-22T15:35:00-04:30", &t), 0);
	assert_int_equal(t, 1795377900);
	assert_int_equal(date_read("2024-02-29T23:59:59+00:00", &t), 0);
	assert_int_equal(t, 1709251199);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (date_read(wrong[i], &t) != -EINVAL)
			fail_msg("\"%s\" was taken", wrong[i]);
	assert_int_equal(t, 1709251199);
}

static void a_time_is_told_in_this_zone_or_another(void **state)
{
	char text[32];
	int64_t t;

	(void)state;
	setenv("TZ", "Europe/Berlin", 1);
	tzset();
	/* an hour apart, when the clock goes back */
	date_local(1792888500, text, sizeof(text));
	assert_string_equal(text, "2026-10-25T02:35:00+02:00");
	date_local(1792888500 + 3600, text, sizeof(text));
	assert_string_equal(text, "2026-10-25T02:35:00+01:00");
	setenv("TZ", "America/St_Johns", 1);
	tzset();
	date_local(1795377900, text, sizeof(text));
	assert_string_equal(text, "2026-11-22T16:35:00-03:30");
	date_offset(1795377900, 60, text, sizeof(text));
	assert_string_equal(text, "2026-11-22T21:05:00+01:00");
	date_offset(1795377900, -30, text, sizeof(text));
	assert_string_equal(text, "2026-11-22T19:35:00-00:30");
	assert_int_equal(date_read(text, &t), 0);
	assert_int_equal(t, 1795377900);
	date_offset(1795377900, 840, text, sizeof(text));
	assert_string_equal(text, "2026-11-23T10:05:00+14:00");
	unsetenv("TZ");
	tzset();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_time_is_told_in_this_zone_or_another),
		cmocka_unit_test(
			a_time_is_read_only_where_calendar_and_clock_have_it),
		cmocka_unit_test(an_error_keeps_what_it_was_told),
		cmocka_unit_test(
			a_long_error_is_cut_with_a_mark_and_never_in_a_character),
		cmocka_unit_test(an_error_that_just_fits_is_whole),
		cmocka_unit_test(a_log_line_has_its_priority_and_one_newline),
		cmocka_unit_test(a_log_line_is_cut_not_split),
		cmocka_unit_test(debug_is_written_only_where_it_is_asked_for),
		cmocka_unit_test(a_log_line_leaves_errno_alone),
		paths_test(folders_fall_back_below_home),
		paths_test(
			an_absolute_variable_wins_and_a_relative_one_is_ignored),
		paths_test(without_a_home_only_variables_help),
		paths_test(a_path_that_does_not_fit_is_refused),
		cmocka_unit_test(another_program_is_found_beside_this_one),
		cmocka_unit_test(
			new_folders_are_private_and_old_ones_stay_as_they_are),
		cmocka_unit_test(a_file_in_the_way_of_a_folder_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
