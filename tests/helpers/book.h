/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_HELPERS_BOOK_H
#define LULL_TESTS_HELPERS_BOOK_H

#include <stdbool.h>
#include <stddef.h>

#include "content/content.h"

/**
 * The content for tests: as we ship it, and copies of it to spoil. Whatever
 * is returned is the caller's; what cannot be had fails the test.
 */

#define BOOK_ROUTINE "routines/tension_relief.yaml"
#define BOOK_PHRASES "phrases/en.yaml"

/** book_load() - as we ship it. */
struct content *book_load(void);
struct routine *book_routine(const struct content *c, const char *id);

/** book_copy() - a scratch folder with the files of it, tension_relief being
    the only routine. */
char *book_copy(void);

char *book_path(const char *dir, const char *name);
char *book_read(const char *dir, const char *name);
void book_write(const char *dir, const char *name, const char *text);
void book_write_bytes(const char *dir, const char *name, const char *text,
                      size_t len);
void book_folder(const char *dir, const char *name);

/** book_replaced() - @text with the first @from as @to. */
char *book_replaced(const char *text, const char *from, const char *to);
/** book_line_of() - the line of @part, or (NULL) the last one. */
int book_line_of(const char *text, const char *part);
/** book_has() - @word as a word of its own, in any case. */
bool book_has(const char *text, const char *word);
/** book_says() - one line that holds @part. */
void book_says(const struct error *error, const char *part);

#endif
