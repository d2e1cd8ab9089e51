/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_DIARY_H
#define LULL_CLI_DIARY_H

#include <jansson.h>

#include "cli/opt.h"
#include "diary/day.h"
#include "store/diary.h"

/** diary_run() - `lull diary`: add, edit, remove, list, import, export. */
int diary_run(const struct command *c, int argc, char **argv);

/** What follows `lull diary VERB`. */
struct diary_ask {
	int n;
	char **words;
	int32_t today, date, from, to; /**< from: DATE_FIRST where not given */
	int64_t now_s;
	const char *output; /**< NULL: standard output */
	bool json;
	bool replace; /**< import: also days that were entered before */
};

/* The verbs, each in a file with what belongs to it. Return: exit status. */
int diary_list(const struct diary_ask *ask);
int diary_import(const struct diary_ask *ask);
int diary_export(const struct diary_ask *ask);

/** diary_json() - a day for programs; null: not said. */
json_t *diary_json(const struct diary_day *day);

#endif
