/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_PAST_H
#define LULL_CLI_PAST_H

#include <stdint.h>

#include <jansson.h>

#include "cli/opt.h"
#include "cli/tale.h"
#include "store/store.h"

/* The commands that read the store, and what others of us need of them. */
int past_sessions(const struct command *c, int argc, char **argv);
int past_why(const struct command *c, int argc, char **argv);
int past_seen(const struct command *c, int argc, char **argv);

/**
 * past_open() - open the store, or say why not
 * Return: -1 to go on, or the exit status.
 */
int past_open(struct store **ret, enum store_mode mode, const char *command);

/** past_number() - the number that @arg is; 0 for NULL, the last.
    Return: likewise. */
int past_number(const char *command, const char *arg, int64_t *ret);
/** past_id() - 0 becomes the last one's number. Return: likewise. */
int past_id(struct store *s, const char *command, int64_t *id);

/** past_day() - the local calendar day of a Unix time (diary/date.h). */
int32_t past_day(int64_t now_s);

/** past_start() - and back: when that day began. */
int64_t past_start(int32_t date);

/** past_memory_s() - when the person's memory begins, by config.yaml, in Unix
    time; INT64_MIN where nothing is said. */
int64_t past_memory_s(void);

/** past_row_json() - what a list says of a session; NULL: no memory. */
json_t *past_row_json(const struct store_session *row);

/** past_tale() - read session @id into @t; what is damaged ends the tale
    there, and is said. Return: 0 or negative errno. */
int past_tale(struct store *s, int64_t id, struct tale *t);

#endif
