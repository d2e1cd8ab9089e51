/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_DIARY_H
#define LULL_CLI_DIARY_H

#include <jansson.h>

#include "cli/opt.h"
#include "diary/day.h"
#include "store/diary.h"

/** diary_run() - `lull diary`: add, edit, remove, list, import, export. */
int diary_run(const struct command *c, int argc, char **argv);

/**
 * diary_after() - the day's question after a session, once: whether there was a
 * headache, and if so how bad it was and what was taken
 * @session: that has ended
 *
 * Not where nobody types or reads, nor of a day that has an entry, nor after a
 * simulated session, whose person has no headaches. An empty
 * answer leaves it unsaid, and so does none within ASK_S.
 */
void diary_after(int64_t session, int64_t now_s);

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
