/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_PLAYER_READER_H
#define LULL_PLAYER_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "player/journal.h"

/**
 * A strict reader of one JSON object: every key that is taken must be there,
 * of its type and in its range, and what was not taken must not be. The first
 * fault is kept; after it, everything taken is zero.
 */

#define READER_KEYS_MAX 24
/** Ten days: no session is longer, no time in a journal lies beyond. */
#define READER_TIME_MAX_S 864000.0

struct reader {
	const json_t *object;
	const char *where; /**< before each key in a fault: "", "before." */
	struct journal_error *error; /**< may be NULL */
	bool failed;
	size_t n;
	const char *taken[READER_KEYS_MAX];
};

/** reader_fault() - note the first fault. Return: -EBADMSG. */
__attribute__((format(printf, 3, 4))) int
reader_fault(struct reader *r, const char *key, const char *format, ...);

/** reader_has() - is there such a key? It is not taken by asking. */
bool reader_has(const struct reader *r, const char *key);
/** reader_take() - any value; NULL after a fault. */
const json_t *reader_take(struct reader *r, const char *key);
double reader_number(struct reader *r, const char *key, double min, double max);
/** reader_figure() - any finite number, or null: NAN. */
double reader_figure(struct reader *r, const char *key);
int64_t reader_integer(struct reader *r, const char *key, int64_t min,
                       int64_t max);
bool reader_bool(struct reader *r, const char *key);
/** reader_seconds() - seconds as microseconds, 0 to ten days. */
uint64_t reader_seconds(struct reader *r, const char *key);
/** reader_string() - "" after a fault; as long as the object lives. */
const char *reader_string(struct reader *r, const char *key);
/** reader_copy() - a string of under @len bytes. */
void reader_copy(struct reader *r, const char *key, char *ret, size_t len);
/** reader_unknown() - a word that its table does not have. */
void reader_unknown(struct reader *r, const char *key, const char *word);
/** reader_object() - a reader of the object below @key. */
struct reader reader_object(struct reader *r, const char *key,
                            const char *where);
/** reader_done() - nothing else may be there. Return: 0 or -EBADMSG. */
int reader_done(struct reader *r);

/**
 * reader_parse() - one line into an object of the caller's
 * Return: 0; -EBADMSG with @error; -ENOMEM.
 */
int reader_parse(const char *line, size_t len, size_t max, json_t **ret,
                 struct journal_error *error);

#endif
