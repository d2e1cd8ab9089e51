/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/analyze.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tests/helpers/test.h"

char *analyze_home;
struct ran analyzed;

void analyze(const char *format, ...)
{
	char args[1024] = "analyze ";
	va_list list;

	va_start(list, format);
	vsnprintf(args + 8, sizeof(args) - 8, format, list);
	va_end(list);
	run_on(&analyzed, "", analyze_home, args);
}

json_t *analyze_json(void)
{
	json_error_t error;
	json_t *j = json_loads(analyzed.text, JSON_REJECT_DUPLICATES, &error);

	if (analyzed.status != 0 || !j)
		fail_msg("expected JSON: %s, %s", error.text, analyzed.text);
	return j;
}

json_t *analyze_value(json_t *j, const char *path)
{
	const char *point = strchr(path, '.');
	char group[32];

	if (!point)
		return json_object_get(j, path);
	snprintf(group, sizeof(group), "%.*s", (int)(point - path), path);
	return json_object_get(json_object_get(j, group), point + 1);
}

void analyze_one_line(int status, const char *words)
{
	const char *end = strchr(analyzed.text, '\n');

	if (analyzed.status != status ||
	    strncmp(analyzed.text, "lull: ", 6) != 0 || !end || end[1] ||
	    !strstr(analyzed.text, words))
		fail_msg("expected status %d and one line with '%s': %d, %s",
		         status, words, analyzed.status, analyzed.text);
}

int analyze_set_up(void **state)
{
	(void)state;
	analyze_home = test_scratch();
	return 0;
}

int analyze_tear_down(void **state)
{
	(void)state;
	test_scrap(analyze_home);
	return 0;
}
