/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/scan.h"

#include <endian.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_CHARS_MAX 63

/* So many digits fit in 64 bits; powers of ten are exact up to 10^22, whole
   numbers up to 2^53. */
#define DIGITS_MAX 18
#define EXACT_MAX  (UINT64_C(1) << 53)

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static bool is_divider(char c)
{
	return is_blank(c) || c == ',' || c == ';';
}

static bool is_digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

void scan_begin(struct scan *ret, const char *text, size_t len)
{
	*ret = (struct scan){.at = text, .end = text + len};
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		ret->at += 3;
}

bool scan_next(struct scan *s, struct scan_line *ret)
{
	const char *stop;

	if (s->at == s->end)
		return false;
	stop = memchr(s->at, '\n', (size_t)(s->end - s->at));
	*ret = (struct scan_line){s->at, stop ? stop : s->end, s->end};
	s->at = stop ? stop + 1 : s->end;
	s->line++;
	return true;
}

bool scan_more(struct scan_line *line)
{
	while (line->at < line->end && is_blank(*line->at))
		line->at++;
	return line->at < line->end && *line->at != '#';
}

void scan_divider(struct scan_line *line)
{
	bool mark = false;

	while (line->at < line->end && is_divider(*line->at)) {
		if (!is_blank(*line->at)) {
			if (mark)
				return;
			mark = true;
		}
		line->at++;
	}
}

static const uint32_t tens[] = {1,      10,      100,      1000,     10000,
                                100000, 1000000, 10000000, 100000000};

static const double exact_tens[DIGITS_MAX + 1] = {
	1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8, 1e9,
	1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18};

/* How many of eight bytes, first in the lowest, are digits before another. A
   byte above 9 sets its high bit; what it carries into later ones is moot. */
static unsigned count_digits(uint64_t bytes)
{
	uint64_t others =
		((bytes + 0x7676767676767676) | bytes) & 0x8080808080808080;

	return others ? (unsigned)__builtin_ctzll(others) / 8 : 8;
}

/* Eight digits, first in the lowest byte: neighbours are joined to pairs, pairs
   to fours, fours to the whole. */
static uint64_t join_digits(uint64_t d)
{
	d = (d * (10 << 8 | 1)) >> 8 & 0x00ff00ff00ff00ff;
	d = (d * (100 << 16 | 1)) >> 16 & 0x0000ffff0000ffff;
	return (d * (UINT64_C(10000) << 32 | 1)) >> 32;
}

/* Eight at a time as long as the text goes on so far, else one by one. A line
   end is no digit either. */
static inline const char *take_digits(const char *at, const char *limit,
                                      uint64_t *sum)
{
	while (limit - at >= 8) {
		uint64_t bytes;
		unsigned n;

		memcpy(&bytes, at, 8);
		bytes = le64toh(bytes) ^ 0x3030303030303030;
		n = count_digits(bytes);
		if (n == 0)
			return at;
		*sum = *sum * tens[n] + join_digits(bytes << (64 - 8 * n));
		at += n;
		if (n < 8)
			return at;
	}
	for (; at < limit && is_digit(*at); at++)
		*sum = *sum * 10 + (uint64_t)(*at - '0');
	return at;
}

/* Return: false for whatever needs more care, not only for what is wrong. */
static bool take_plain(struct scan_line *line, double *ret)
{
	bool minus = line->at < line->end && *line->at == '-';
	const char *from = line->at + minus, *point, *stop;
	ptrdiff_t n, places = 0;
	uint64_t digits = 0; /* too many run over, and are refused below */
	double value;

	stop = point = take_digits(from, line->limit, &digits);
	if (point < line->end && *point == '.') {
		stop = take_digits(point + 1, line->limit, &digits);
		places = stop - point - 1;
	}
	n = point - from + places;
	if (n == 0 || n > DIGITS_MAX || digits > EXACT_MAX)
		return false;
	if (stop < line->end && !is_divider(*stop) && *stop != '#')
		return false;
	value = (double)digits;
	if (places)
		value /= exact_tens[places];
	*ret = minus ? -value : value;
	line->at = stop;
	return true;
}

static bool take_any(struct scan_line *line, double *ret)
{
	char copy[NUMBER_CHARS_MAX + 1], *stop;
	const char *at = line->at;
	double value;
	size_t n = 0;

	for (; at < line->end && !is_divider(*at) && *at != '#'; at++) {
		if (n == NUMBER_CHARS_MAX || !*at ||
		    !strchr("0123456789.+-eE", *at))
			return false;
		copy[n++] = *at;
	}
	copy[n] = '\0';
	value = strtod(copy, &stop);
	if (n == 0 || *stop || !isfinite(value))
		return false;
	*ret = value;
	line->at = at;
	return true;
}

bool scan_number(struct scan_line *line, double *ret)
{
	return take_plain(line, ret) || take_any(line, ret);
}

int scan_numbers(struct scan *s, double ret[2])
{
	struct scan_line line;

	do {
		if (!scan_next(s, &line))
			return 0;
	} while (!scan_more(&line));
	if (!scan_number(&line, &ret[0]))
		return -1;
	if (line.at == line.end) /* mostly; the next two would say so too */
		return 1;
	scan_divider(&line);
	if (!scan_more(&line))
		return 1;
	if (!scan_number(&line, &ret[1]))
		return -2;
	return scan_more(&line) ? 3 : 2;
}
