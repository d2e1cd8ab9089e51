/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_OUT_H
#define LULL_CLI_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <jansson.h>

/** Exit statuses. Source: INTERFACES, "Commands". */
enum out_status {
	OUT_DONE = 0,
	OUT_FAILED = 1,
	OUT_USAGE = 2,
	OUT_NO_DAEMON = 3,
	OUT_NO_SENSOR = 4,
	OUT_BLOCKED = 5, /**< stopped by the safety questions */
};

/** out_fail() - `lull: ` and one line on stderr. Return: OUT_FAILED. */
__attribute__((format(printf, 1, 2))) int out_fail(const char *format, ...);

/**
 * out_create() - a file for what is the person's own: new, 0600
 * @path: NULL: standard output
 * Return: NULL with errno, e.g. EEXIST: nothing is ever written over.
 */
FILE *out_create(const char *path);

/** out_plain() - fit for a terminal: control characters, and those that turn
    the order of writing, become `?`. */
void out_plain(char *ret, size_t len, const char *text);

/** out_colours() - is @f a terminal that colour is welcome on? */
bool out_colours(FILE *f);

enum out_style { OUT_BOLD, OUT_DIM, OUT_GOOD, OUT_BAD };
/** out_style() - the sequence that turns it on; "" without colours. */
const char *out_style(enum out_style style, bool colours);
/** out_reset() - and off again. */
const char *out_reset(bool colours);

/* Figures for people. Each returns @ret. A NAN is "-". */

/** out_clock() - seconds as m:ss, or h:mm:ss. */
const char *out_clock(char *ret, size_t len, double seconds);
/** out_number() - @decimals digits behind the point. */
const char *out_number(char *ret, size_t len, double value, int decimals);
/** out_date() - `2026-11-22 21:05` of an ISO 8601 time. */
const char *out_date(char *ret, size_t len, const char *iso);

#define OUT_COLUMNS_MAX 12

/** A table: rows of cells, each column as wide as its widest cell. */
struct out_table {
	const char *aligns; /**< one letter a column: l or r */
	size_t n, room;
	char **cells;
	int error; /**< the first that went wrong: -ENOMEM */
};

/** out_table_init() - @aligns: static, at most OUT_COLUMNS_MAX letters */
void out_table_init(struct out_table *t, const char *aligns);
void out_table_finish(struct out_table *t);
/** out_table_cell() - the next cell, row by row. */
__attribute__((format(printf, 2, 3))) void
out_table_cell(struct out_table *t, const char *format, ...);
/** out_table_print() - @header: the first row is one. Return: 0 or errno. */
int out_table_print(const struct out_table *t, FILE *f, bool header);

/** out_real() - a JSON number, rounded to 6 decimals; null for a NAN. */
json_t *out_real(double value);
/** out_json() - print and release. Return: an exit status. */
int out_json(json_t *value);

/** A bar on a terminal, nothing elsewhere. */
struct out_bar {
	bool on;
	int shown; /**< per mille; -1: nothing yet */
};
void out_bar_init(struct out_bar *b, FILE *f);
void out_bar_show(struct out_bar *b, FILE *f, const char *what, double share);
void out_bar_clear(struct out_bar *b, FILE *f);

#endif
