/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/markup.h"

#include <stdbool.h>
#include <string.h>

#include "base/utf8.h"

#define REPLACEMENT "\xef\xbf\xbd"

static const char *escape_of(unsigned char c)
{
	switch (c) {
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '&':
		return "&amp;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return c < 0x20 || c == 0x7f ? "?" : NULL;
	}
}

/* Characters that are none of a text's: U+0080 to U+009F are controls, U+FFFE
 * and U+FFFF no characters of XML. */
static bool is_foreign(const char *at, size_t n)
{
	const unsigned char *u = (const unsigned char *)at;

	return (n == 2 && u[0] == 0xc2 && u[1] < 0xa0) ||
	       (n == 3 && u[0] == 0xef && u[1] == 0xbf && u[2] >= 0xbe);
}

static void put(FILE *f, const char *text, size_t len)
{
	for (size_t i = 0, n; i < len; i += n) {
		const char *escape = escape_of((unsigned char)text[i]);

		n = utf8_length(text + i);
		if (n == 0 || n > len - i || is_foreign(text + i, n))
			fputs(REPLACEMENT, f);
		else if (escape)
			fputs(escape, f);
		else
			fwrite(text + i, 1, n, f);
		if (n == 0)
			n = 1;
	}
}

/* Back to where a character begins, if it is near enough to be one. */
static size_t whole(const char *text, size_t at)
{
	for (size_t back = 0; back < 4 && back <= at; back++)
		if (((unsigned char)text[at - back] & 0xc0) != 0x80)
			return at - back;
	return at;
}

void markup_text(FILE *f, const char *text, size_t max)
{
	size_t len = strlen(text), half = max / 2;

	if (len <= max) {
		put(f, text, len);
		return;
	}
	put(f, text, whole(text, half));
	fputs("\xe2\x80\xa6", f);
	half = whole(text, len - half);
	put(f, text + half, len - half);
}

void markup_said(FILE *f, const char *text, size_t max)
{
	fputs("<bdi>", f);
	markup_text(f, text, max);
	fputs("</bdi>", f);
}
