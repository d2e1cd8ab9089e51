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

#define FILE_MAX_BYTES ((size_t)64 * 1024)

/* Where the text's line of @at ends, behind its line end. */
static const char *line_end(const char *at)
{
	at += strcspn(at, "\n");
	return *at ? at + 1 : at;
}

/* What is set, and to what; "": not any more. */
struct line {
	const char *key, *value;
};

/* The line that sets the key; NULL: none does. */
static const char *find_line(const char *text, const char *key)
{
	for (const char *at = text; *at; at = line_end(at)) {
		size_t n = strlen(key);

		if (strncmp(at, key, n) != 0)
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

static void put_line(FILE *f, const struct line *set, const char *comment)
{
	fprintf(f, "%s: \"", set->key);
	for (const char *c = set->value; *c; c++) {
		if (*c == '"' || *c == '\\')
			fputc('\\', f);
		fputc(*c, f);
	}
	fputc('"', f);
	if (comment)
		fprintf(f, "  %.*s", (int)strcspn(comment, "\n"), comment);
	fputc('\n', f);
}

static void put(FILE *f, const char *text, const struct line *set)
{
	const char *line = find_line(text, set->key);
	size_t n = strlen(text);

	if (line) {
		fwrite(text, 1, (size_t)(line - text), f);
		if (set->value[0])
			put_line(f, set, comment_of(line));
		fputs(line_end(line), f);
		return;
	}
	fputs(text, f);
	if (n > 0 && text[n - 1] != '\n')
		fputc('\n', f);
	if (set->value[0])
		put_line(f, set, NULL);
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

static int write_new(const char *path, const char *text, const struct line *set)
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
	put(f, text, set);
	if (fflush(f) != 0 || ferror(f) || fchmod(fd, 0600) < 0 ||
	    fsync(fd) < 0)
		r = -(errno ? errno : EIO);
	fclose(f);
	return r;
}

/* Says the new file what is expected, and nothing else? */
static bool says(const char *path, const struct config *expected)
{
	struct config now;

	return config_load(path, &now, NULL) == 0 &&
	       strcmp(now.sensor, expected->sensor) == 0 &&
	       config_same(&now, expected);
}

static int replace(const char *path, const struct config *expected,
                   const struct line *set, struct error *error)
{
	char place[PATH_MAX + 8];
	char *text = read_all(path);
	int r = text ? 0 : -errno;

	snprintf(place, sizeof(place), "%s.new", path);
	if (r == 0)
		r = write_new(place, text, set);
	free(text);
	if (r == 0 && !says(place, expected)) {
		unlink(place);
		error_set(error,
		          "%s: its %s line is not one that can be changed "
		          "here: set `%s: \"%s\"` in it by hand",
		          path, set->key, set->key, set->value);
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

/* @expected: what the file says once it is done. */
static int write_line(const char *path, const struct config *expected,
                      const struct line *set, struct error *error)
{
	/* a link in its place stays one */
	char *real = realpath(path, NULL);
	int r = 0;

	if (!real) {
		r = make_folder(path);
		if (r < 0)
			error_set(error, "%s: %s: make its folder", path,
			          strerror(-r));
	}
	if (r == 0)
		r = replace(real ? real : path, expected, set, error);
	free(real);
	return r;
}

int config_write_sensor(const char *path, const char *uri, struct error *error)
{
	const struct line set = {"sensor", uri};
	struct config expected;
	int r = config_load(path, &expected, error);

	if (r == 0 && strlen(uri) >= sizeof(expected.sensor)) {
		error_set(error, "sensor: at most %zu bytes",
		          sizeof(expected.sensor) - 1);
		r = -EINVAL;
	}
	if (r < 0)
		return r;
	strcpy(expected.sensor, uri);
	return write_line(path, &expected, &set, error);
}

int config_write_memory(const char *path, const char *from, struct error *error)
{
	const struct line set = {"memory_from", from};
	struct config expected;
	int r = config_load(path, &expected, error);

	if (r == 0 && strlen(from) >= sizeof(expected.memory_from)) {
		error_set(error, "memory_from: at most %zu bytes",
		          sizeof(expected.memory_from) - 1);
		r = -EINVAL;
	}
	if (r < 0)
		return r;
	strcpy(expected.memory_from, from);
	return write_line(path, &expected, &set, error);
}
