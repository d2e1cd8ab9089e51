/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "player/text.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

#define FIRST_SIZE 256
/* Whole numbers below this are told apart by a double, with room to spare. */
#define WHOLE_MAX 1e15

static bool make_room(struct text *x, size_t more)
{
	size_t size = x->size ? x->size : FIRST_SIZE;
	char *at;

	if (x->failed)
		return false;
	while (size - x->len <= more)
		size *= 2;
	if (size == x->size)
		return true;
	at = realloc(x->at, size);
	if (!at) {
		x->failed = true;
		return false;
	}
	x->at = at;
	x->size = size;
	return true;
}

static void append(struct text *x, const char *s, size_t len)
{
	if (!make_room(x, len))
		return;
	memcpy(x->at + x->len, s, len);
	x->len += len;
}

void text_raw(struct text *x, const char *s)
{
	append(x, s, strlen(s));
}

static void escape(struct text *x, unsigned char c)
{
	char out[8];

	if (c == '"' || c == '\\')
		snprintf(out, sizeof(out), "\\%c", c);
	else if (c == '\n')
		snprintf(out, sizeof(out), "\\n");
	else if (c == '\t')
		snprintf(out, sizeof(out), "\\t");
	else
		snprintf(out, sizeof(out), "\\u%04x", c);
	text_raw(x, out);
}

void text_string(struct text *x, const char *s)
{
	append(x, "\"", 1);
	while (s && *s) {
		size_t n = utf8_length(s);

		if (n == 0) {
			text_raw(x, "\xef\xbf\xbd");
			n = 1;
		} else if ((unsigned char)*s < 0x20 || *s == '"' ||
		           *s == '\\') {
			escape(x, (unsigned char)*s);
		} else {
			append(x, s, n);
		}
		s += n;
	}
	append(x, "\"", 1);
}

void text_integer(struct text *x, int64_t value)
{
	char digits[24];
	char *at = digits + sizeof(digits);
	uint64_t left = value < 0 ? -(uint64_t)value : (uint64_t)value;

	do {
		*--at = (char)('0' + left % 10);
		left /= 10;
	} while (left > 0);
	if (value < 0)
		*--at = '-';
	append(x, at, (size_t)(digits + sizeof(digits) - at));
}

/* @value as @whole / 10^@places, all its places. */
static void fixed(struct text *x, uint64_t whole, unsigned places, bool minus)
{
	char digits[32];
	char *at = digits + sizeof(digits);

	for (unsigned i = 0; i < places; i++) {
		*--at = (char)('0' + whole % 10);
		whole /= 10;
	}
	*--at = '.';
	do {
		*--at = (char)('0' + whole % 10);
		whole /= 10;
	} while (whole > 0);
	if (minus)
		*--at = '-';
	append(x, at, (size_t)(digits + sizeof(digits) - at));
}

void text_seconds(struct text *x, uint64_t us)
{
	fixed(x, us, 6, false);
}

/*
 * Figures are quantised, so most are a whole number over a small power of
 * ten; that quotient is correctly rounded, as strtod() of its digits is, so
 * that equal quotients mean equal values.
 */
static bool decimal(struct text *x, double value)
{
	double power = 10;

	for (unsigned places = 1; places <= 3; places++, power *= 10) {
		double whole = nearbyint(fabs(value) * power);

		if (whole >= WHOLE_MAX)
			return false;
		if (whole / power != fabs(value))
			continue;
		fixed(x, (uint64_t)whole, places, value < 0);
		return true;
	}
	return false;
}

void text_number(struct text *x, double value)
{
	char out[40];

	if (!isfinite(value)) {
		text_raw(x, "null");
		return;
	}
	if (fabs(value) < WHOLE_MAX && value == nearbyint(value)) {
		text_integer(x, (int64_t)value);
		return;
	}
	if (decimal(x, value))
		return;
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(out, sizeof(out), "%.*g", digits, value);
		if (strtod(out, NULL) == value)
			break;
	}
	/* a locale may have its own point */
	for (char *at = out; *at; at++)
		if (*at == ',')
			*at = '.';
	text_raw(x, out);
}

int text_take(struct text *x, char **ret)
{
	bool failed = !make_room(x, 1);

	if (failed) {
		free(x->at);
	} else {
		x->at[x->len] = '\0';
		*ret = x->at;
	}
	*x = (struct text){0};
	return failed ? -ENOMEM : 0;
}
