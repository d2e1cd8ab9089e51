/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_KEYS_H
#define LULL_CLI_KEYS_H

#include <stddef.h>

#include "session/routine.h"

/**
 * Single keys: for the words, and for the choices of a question. A choice's
 * key is its first letter, a number where that is taken, or the choice itself
 * where it is a number. Pure.
 */

/** keys_word() - the person's word for a key; NULL: none. */
const char *keys_word(char key);
/** keys_words() - all of them, as shown once. */
const char *keys_words(void);

struct keys {
	size_t n;
	const char *choices[ROUTINE_CHOICES_MAX];
	char labels[ROUTINE_CHOICES_MAX][8];
	char typed[8]; /**< so far, where one key is not enough */
	size_t n_typed;
};

/** keys_init() - @choices: NULL-ended, outlive the keys */
void keys_init(struct keys *k, const char *const *choices);

/** keys_choices() - "y yes   n no". @ret: at most @len bytes */
void keys_choices(const struct keys *k, char *ret, size_t len);

/** keys_press() - one key
    Return: the choice it completes, or NULL. */
const char *keys_press(struct keys *k, char key);

/** keys_line() - a whole line: a choice or its key. Return: NULL if neither. */
const char *keys_line(const struct keys *k, const char *line);

#endif
