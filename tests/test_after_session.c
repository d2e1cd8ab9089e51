/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The questions after a session, on a terminal of their own. */
#include "cli/before.h"
#include "cli/diary.h"

#include <fcntl.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/paths.h"
#include "diary/date.h"
#include "store/before.h"
#include "tests/helpers/test.h"

#define NOON     INT64_C(1795694400) /* 2026-11-26 12:00 UTC */
#define HALF_TWO INT64_C(1795656600) /* the night before it, 01:30 */
#define TODAY    20783

static char *home;
static char shown[8192]; /* what stood on the terminal */

static struct store *store_of(enum store_mode mode)
{
	struct store *s = NULL;
	char path[4096];

	assert_int_equal(paths_store(path, sizeof(path)), 0);
	assert_int_equal(store_open(&s, path, mode, NULL), 0);
	return s;
}

static void keep_session(const char *sensor)
{
	char path[4096], sql[512];
	sqlite3 *db;

	store_close(store_of(STORE_WRITE));
	assert_int_equal(paths_store(path, sizeof(path)), 0);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	snprintf(sql, sizeof(sql),
	         "INSERT INTO session(id, start, start_s, routine, sensor,"
	         " simulated, result, seconds, beats, first_line) VALUES(1,"
	         " '2026-11-26T11:30:00+00:00', 0, 'tension_relief', '%s', %d,"
	         " 'completed', 900, 900, '')",
	         sensor, strncmp(sensor, "person:", 7) == 0);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static int set_up(void **state)
{
	(void)state;
	home = test_scratch();
	setenv("XDG_STATE_HOME", home, 1);
	setenv("TZ", "UTC", 1);
	keep_session("ble:");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	test_scrap(home);
	return 0;
}

/* Types the lines of @keys one after another, each when a question stands. */
static void converse(int terminal, const char *const *keys)
{
	size_t n = 0;
	ssize_t got;

	shown[0] = '\0';
	while (n + 1 < sizeof(shown) &&
	       (got = read(terminal, shown + n, sizeof(shown) - 1 - n)) > 0) {
		n += (size_t)got;
		shown[n] = '\0';
		/* each question ends so, and nothing that is echoed does */
		if (*keys && n > 2 && strcmp(shown + n - 2, "? ") == 0) {
			assert_int_equal(write(terminal, *keys, strlen(*keys)),
			                 strlen(*keys));
			keys++;
		}
	}
}

/* The child of a terminal; its status is what converse_with() returns. */
static pid_t open_terminal(int *ret)
{
	pid_t pid = forkpty(ret, NULL, NULL, NULL);

	assert_true(pid >= 0);
	if (pid == 0)
		alarm(20);
	return pid;
}

static int converse_with(pid_t pid, int terminal, const char *const *keys)
{
	int status;

	converse(terminal, keys);
	close(terminal);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void after(int64_t now_s, const char *const *keys)
{
	int terminal;
	pid_t pid = open_terminal(&terminal);

	if (pid == 0) {
		diary_after(1, now_s);
		fflush(stdout);
		_exit(0);
	}
	assert_int_equal(converse_with(pid, terminal, keys), 0);
}

/* Return: what is known of it then. */
static int before(const char *const *keys)
{
	int terminal;
	pid_t pid = open_terminal(&terminal);
	struct store_session row;
	struct store *s;

	if (pid == 0) {
		bool there = before_after(1);

		fflush(stdout);
		_exit(there ? 0 : 3);
	}
	assert_int_equal(converse_with(pid, terminal, keys), 0);
	s = store_of(STORE_READ);
	assert_int_equal(store_session(s, 1, &row), 0);
	store_close(s);
	return row.before;
}

#define KEYS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* Return: whether there is an entry of @date. */
static bool entry(int32_t date, struct diary_day *ret)
{
	struct store *s = store_of(STORE_READ);
	int r = store_diary_get(s, date, ret);

	store_close(s);
	return r == 0;
}

static void what_is_answered_is_entered_and_not_asked_again(void **state)
{
	struct diary_day day;

	(void)state;
	after(NOON, KEYS("yes\n", "7\n", "ibuprofen, 400 mg\n", "\n"));
	assert_non_null(strstr(shown, "a headache today (yes or no"));
	assert_non_null(strstr(shown, "lull diary edit --date 2026-11-26"));
	assert_true(entry(TODAY, &day));
	assert_near(day.value[DIARY_HEADACHE], 1, 0);
	assert_near(day.value[DIARY_WORST], 7, 0);
	assert_int_equal(day.n_medicines, 1);
	assert_int_equal(day.entered_s, NOON);
	after(NOON, KEYS("no\n"));
	assert_string_equal(shown, "");
}

static void no_is_a_day_without_and_enter_is_none(void **state)
{
	struct diary_day day;

	(void)state;
	after(NOON, KEYS("\n"));
	assert_non_null(strstr(shown, "Enter: not now"));
	assert_false(entry(TODAY, &day));
	after(NOON, KEYS("perhaps\n", "no\n"));
	assert_non_null(strstr(shown, "expected yes or no"));
	assert_true(entry(TODAY, &day));
	assert_near(day.value[DIARY_HEADACHE], 0, 0);
}

static void by_night_it_is_of_the_day_that_has_gone(void **state)
{
	struct diary_day day;

	(void)state;
	after(HALF_TWO, KEYS("no\n"));
	assert_non_null(strstr(shown, "a headache 2026-11-25 (yes or no"));
	assert_true(entry(TODAY - 1, &day));
	assert_false(entry(TODAY, &day));
}

static void what_was_before_it_is_asked_once(void **state)
{
	(void)state;
	assert_int_equal(before(KEYS("\n")), BEFORE_NOT_SAID);
	assert_non_null(strstr(shown, "c caffeine"));
	assert_int_equal(before(KEYS("tea\n", "c m\n")),
	                 BEFORE_CAFFEINE | BEFORE_MEAL);
	assert_non_null(strstr(shown, "expected caffeine"));
	assert_int_equal(before(KEYS("0\n")), BEFORE_CAFFEINE | BEFORE_MEAL);
	assert_string_equal(shown, "");
}

static void a_simulated_session_asks_nothing(void **state)
{
	char path[4096];

	(void)state;
	assert_int_equal(paths_store(path, sizeof(path)), 0);
	assert_int_equal(unlink(path), 0);
	keep_session("person:1");
	after(NOON, KEYS("yes\n"));
	assert_string_equal(shown, "");
	assert_int_equal(before(KEYS("c\n")), BEFORE_NOT_SAID);
	assert_string_equal(shown, "");
}

static void where_nobody_types_nothing_is_asked(void **state)
{
	struct diary_day day;
	int status, in = -1;
	pid_t pid;

	(void)state;
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		alarm(20);
		in = open("/dev/null", O_RDONLY);
		dup2(in, STDIN_FILENO);
		diary_after(1, NOON);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_false(entry(TODAY, &day));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_answered_is_entered_and_not_asked_again),
		TEST(no_is_a_day_without_and_enter_is_none),
		TEST(by_night_it_is_of_the_day_that_has_gone),
		TEST(what_was_before_it_is_asked_once),
		TEST(a_simulated_session_asks_nothing),
		TEST(where_nobody_types_nothing_is_asked),
	};

	return cmocka_run_group_tests_name("after_session", tests, NULL, NULL);
}
