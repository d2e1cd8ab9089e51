/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/home.h"

#include <stdio.h>
#include <string.h>

#include "tests/helpers/test.h"

/* Of what it said, in a failure. */
#define SHOWN "%.4000s"

struct home home;

int home_begin(void **state)
{
	(void)state;
	home.folder = test_scratch();
	return 0;
}

int home_end(void **state)
{
	(void)state;
	test_scrap(home.folder);
	home.folder = NULL;
	return 0;
}

const char *home_run(const char *args)
{
	run_on(&home.ran, "", home.folder, args);
	return home.ran.text;
}

void home_says(const char *expected)
{
	if (!strstr(home.ran.text, expected))
		fail_msg("\"" SHOWN "\" does not say \"%s\"", home.ran.text,
		         expected);
}

void home_answers(const char *args, int status, const char *expected)
{
	(void)home_run(args);
	if (home.ran.status != status)
		fail_msg("lull %s: status %d, not %d: " SHOWN, args,
		         home.ran.status, status, home.ran.text);
	home_says(expected);
}

void home_done(const char *command, const char *path)
{
	char args[1400];

	snprintf(args, sizeof(args), "%s %s", command, path);
	home_answers(args, 0, "");
}

char *home_path(const char *name)
{
	static char path[600];

	snprintf(path, sizeof(path), "%s/%s", home.folder, name);
	return path;
}

void home_write(const char *name, const char *text)
{
	FILE *f = fopen(home_path(name), "we");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

char *home_export(const char *name, int id, const char *format)
{
	char command[256];

	snprintf(command, sizeof(command), "export %d --format %s -o", id,
	         format);
	home_done(command, home_path(name));
	return home_path(name);
}
