/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* The journal's own limit (LineMax=) is 48 KiB; ours are read by people. */
#define LINE_MAX_BYTES 1024

/* What came from outside must not start a line, or a priority, of its own. */
static void flatten(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			*text = ' ';
}

static void write_whole(const char *line, size_t len)
{
	ssize_t n;

	do
		n = write(STDERR_FILENO, line, len);
	while (n < 0 && errno == EINTR);
}

void log_line(enum log_level level, const char *format, ...)
{
	char line[LINE_MAX_BYTES + 1];
	size_t at = 0;
	int before = errno;
	va_list args;
	int n;

	if (level >= LOG_LEVEL_DEBUG && !getenv("LULL_DEBUG"))
		return;
	if (!isatty(STDERR_FILENO))
		at = (size_t)snprintf(line, sizeof(line), "<%d>", (int)level);
	va_start(args, format);
	errno = before; /* for %m */
	n = vsnprintf(line + at, LINE_MAX_BYTES - at, format, args);
	va_end(args);
	if (n > 0) {
		flatten(line + at);
		at += (size_t)n < LINE_MAX_BYTES - at ? (size_t)n
		                                      : LINE_MAX_BYTES - at - 1;
		line[at++] = '\n';
		write_whole(line, at);
	}
	errno = before;
}
