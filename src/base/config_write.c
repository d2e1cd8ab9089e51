/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/config_write.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/config.h"
#include "base/paths.h"

#define KEY            "sensor"
#define FILE_MAX_BYTES ((size_t)64 * 1024)

/* Where the text's line of @at ends, behind its line end. */
static const char *line_end(const char *at)
{
	at += strcspn(at, "\n");
	return *at ? at + 1 : at;
}

/* The line that sets the sensor; NULL: none does. */
static const char *find_line(const char *text)
{
	for (const char *at = text; *at; at = line_end(at)) {
		size_t n = strlen(KEY);

		if (strncmp(at, KEY, n) != 0)
			continue;
		n += strspn(at + n, " \t");
		if (at[n] == ':')
			return at;
	}
	return NULL;
}

/* What the person wrote behind the value of @line: from its `#`, or NULL. */
static const char *comment_of(const char *line)
{
	char quote = '\0';

	for (const char *c = line; *c && *c != '\n'; c++) {
		if (quote && *c == '\\' && quote == '"' && c[1])
			c++;
		else if (quote)
			quote = *c == quote ? '\0' : quote;
		else if (*c == '"' || *c == '\'')
			quote = *c;
		else if (*c == '#' && c > line &&
		         (c[-1] == ' ' || c[-1] == '\t'))
			return c;
	}
	return NULL;
}

static void put_line(FILE *f, const char *uri, const char *comment)
{
	fputs(KEY ": \"", f);
	for (const char *c = uri; *c; c++) {
		if (*c == '"' || *c == '\\')
			fputc('\\', f);
		fputc(*c, f);
	}
	fputc('"', f);
	if (comment)
		fprintf(f, "  %.*s", (int)strcspn(comment, "\n"), comment);
	fputc('\n', f);
}

static void put(FILE *f, const char *text, const char *uri)
{
	const char *line = find_line(text);
	size_t n = strlen(text);

	if (line) {
		fwrite(text, 1, (size_t)(line - text), f);
		if (uri[0])
			put_line(f, uri, comment_of(line));
		fputs(line_end(line), f);
		return;
	}
	fputs(text, f);
	if (n > 0 && text[n - 1] != '\n')
		fputc('\n', f);
	if (uri[0])
		put_line(f, uri, NULL);
}

/* Return: malloc()ed, "" where there is no file; NULL with errno. */
static char *read_all(const char *path)
{
	char *text = calloc(1, FILE_MAX_BYTES + 1);
	FILE *f = text ? fopen(path, "re") : NULL;

	if (f) {
		(void)!fread(text, 1, FILE_MAX_BYTES, f);
		fclose(f);
	} else if (text && errno != ENOENT) {
		free(text);
		text = NULL;
	}
	return text;
}

static int write_new(const char *path, const char *text, const char *uri)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
	int r = 0;

	if (!f) {
		r = -errno;
		if (fd >= 0)
			close(fd);
		return r;
	}
	put(f, text, uri);
	if (fflush(f) != 0 || ferror(f) || fchmod(fd, 0600) < 0 ||
	    fsync(fd) < 0)
		r = -(errno ? errno : EIO);
	fclose(f);
	return r;
}

/* Says the new file what the old one did, and @uri? */
static bool same_but_sensor(const char *path, const struct config *before,
                            const char *uri)
{
	struct config now;

	return config_load(path, &now, NULL) == 0 &&
	       strcmp(now.sensor, uri) == 0 && config_same(&now, before);
}

static int replace(const char *path, const struct config *before,
                   const char *uri, struct error *error)
{
	char place[PATH_MAX + 8];
	char *text = read_all(path);
	int r = text ? 0 : -errno;

	snprintf(place, sizeof(place), "%s.new", path);
	if (r == 0)
		r = write_new(place, text, uri);
	free(text);
	if (r == 0 && !same_but_sensor(place, before, uri)) {
		unlink(place);
		error_set(error,
		          "%s: its sensor line is not one that can be changed "
		          "here: set `sensor: \"%s\"` in it by hand",
		          path, uri);
		return -EBADMSG;
	}
	if (r == 0 && rename(place, path) < 0)
		r = -errno;
	if (r < 0) {
		unlink(place);
		error_set(error, "%s: %s: mend that and say it again", path,
		          strerror(-r));
	}
	return r;
}

static int make_folder(const char *path)
{
	char folder[PATH_MAX];
	const char *slash = strrchr(path, '/');

	if (!slash || slash == path)
		return 0;
	snprintf(folder, sizeof(folder), "%.*s", (int)(slash - path), path);
	return paths_make(folder);
}

int config_write_sensor(const char *path, const char *uri, struct error *error)
{
	struct config before;
	/* a link in its place stays one */
	char *real = realpath(path, NULL);
	int r = config_load(path, &before, error);

	if (r == 0 && strlen(uri) >= sizeof(before.sensor)) {
		error_set(error, "sensor: at most %zu bytes",
		          sizeof(before.sensor) - 1);
		r = -EINVAL;
	}
	if (r == 0 && !real) {
		r = make_folder(path);
		if (r < 0)
			error_set(error, "%s: %s: make its folder", path,
			          strerror(-r));
	}
	if (r == 0)
		r = replace(real ? real : path, &before, uri, error);
	free(real);
	return r;
}
