/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_HELPERS_HOME_H
#define LULL_TESTS_HELPERS_HOME_H

#include "tests/helpers/run.h"

/** A home of its own for each test, and what `lull` says there. */
struct home {
	char *folder;
	struct ran ran; /**< the last */
};
extern struct home home;

/** home_begin(), home_end() - for cmocka's setup and teardown. */
int home_begin(void **state);
int home_end(void **state);
#define home_test(name)                                                        \
	cmocka_unit_test_setup_teardown(name, home_begin, home_end)

/** home_run() - `lull` with @args, as run_on() takes them. Return: what it
    said, until the next. */
const char *home_run(const char *args);
/** home_says() - fails where the last did not say this. */
void home_says(const char *expected);
/** home_answers() - both, and its exit status. */
void home_answers(const char *args, int status, const char *expected);

/** home_done() - `lull COMMAND PATH`; fails where its status is not 0. */
void home_done(const char *command, const char *path);

/** home_path() - of a file in the folder; until the next. */
char *home_path(const char *name);
/** home_write() - such a file. */
void home_write(const char *name, const char *text);
/** home_export() - session @id as @format into such a file. Return: its path.
 */
char *home_export(const char *name, int id, const char *format);

#endif
