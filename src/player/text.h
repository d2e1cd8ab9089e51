/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_PLAYER_TEXT_H
#define LULL_PLAYER_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * A JSON text that grows at its end. A failed allocation is remembered and
 * told by text_take(); until then nothing more is written.
 */
struct text {
	char *at;
	size_t len, size;
	bool failed;
};

/** text_raw() - as it stands, e.g. `{"t":`. */
void text_raw(struct text *x, const char *s);
/** text_string() - quoted and escaped; a byte that is not UTF-8 becomes
    U+FFFD. @s: NULL is the empty string. */
void text_string(struct text *x, const char *s);
/**
 * text_number() - the shortest digits that strtod() reads back to the same
 * value; integers without a point; what is not finite is null
 */
void text_number(struct text *x, double value);
void text_integer(struct text *x, int64_t value);
/** text_seconds() - microseconds as seconds with six decimals. */
void text_seconds(struct text *x, uint64_t us);

/** text_take() - hand the text over, malloc()ed. Return: 0 or -ENOMEM, and
    @x is empty again. */
int text_take(struct text *x, char **ret);

#endif
