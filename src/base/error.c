/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A cut text ends so, or it would read as if it were whole. */
static const char cut[] = "…";

/* Never splits a character: steps back over UTF-8's trailing bytes. */
static void mark_cut(char *text, size_t len)
{
	size_t at = len - sizeof(cut);

	while (at && ((unsigned char)text[at] & 0xc0) == 0x80)
		at--;
	memcpy(text + at, cut, sizeof(cut));
}

void error_set(struct error *e, const char *format, ...)
{
	va_list args;
	int n;

	if (!e)
		return;
	va_start(args, format);
	n = vsnprintf(e->text, sizeof(e->text), format, args);
	va_end(args);
	if (n < 0)
		e->text[0] = '\0';
	else if ((size_t)n >= sizeof(e->text))
		mark_cut(e->text, sizeof(e->text));
}
