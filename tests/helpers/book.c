/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/book.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "content/yaml.h"
#include "tests/helpers/test.h"

char *book_path(const char *dir, const char *name)
{
	char *path;

	assert_true(asprintf(&path, "%s/%s", dir, name) > 0);
	return path;
}

char *book_read(const char *dir, const char *name)
{
	char *path = book_path(dir, name), *text = NULL;
	size_t len;

	assert_int_equal(yaml_slurp(path, &text, &len, NULL), 0);
	free(path);
	return text;
}

void book_write_bytes(const char *dir, const char *name, const char *text,
                      size_t len)
{
	char *path = book_path(dir, name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	free(path);
}

void book_write(const char *dir, const char *name, const char *text)
{
	book_write_bytes(dir, name, text, strlen(text));
}

void book_folder(const char *dir, const char *name)
{
	char *path = book_path(dir, name);

	assert_int_equal(mkdir(path, 0700), 0);
	free(path);
}

char *book_replaced(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);
	char *out;

	if (!at)
		fail_msg("the file has no '%s'", from);
	assert_true(asprintf(&out, "%.*s%s%s", (int)(at - text), text, to,
	                     at + strlen(from)) > 0);
	return out;
}

int book_line_of(const char *text, const char *part)
{
	const char *at = part ? strstr(text, part) : text + strlen(text);
	int line = 1;

	if (!at)
		fail_msg("the file has no '%s'", part);
	for (; text < at; text++)
		line += *text == '\n';
	return line;
}

char *book_copy(void)
{
	static const char *const names[] = {"techniques.yaml", "questions.yaml",
	                                    BOOK_PHRASES, BOOK_ROUTINE};
	char *dir = test_scratch(), *routines = book_path(dir, "routines");
	char *phrases = book_path(dir, "phrases");

	assert_int_equal(mkdir(routines, 0700), 0);
	assert_int_equal(mkdir(phrases, 0700), 0);
	for (size_t i = 0; i < 4; i++) {
		char *text = book_read(content_dir(), names[i]);

		book_write(dir, names[i], text);
		free(text);
	}
	free(routines);
	free(phrases);
	return dir;
}

struct content *book_load(void)
{
	struct content *c = NULL;
	struct error error = {""};

	if (content_load(&c, content_dir(), NULL, &error) < 0)
		fail_msg("%s", error.text);
	return c;
}

struct routine *book_routine(const struct content *c, const char *id)
{
	struct routine *r = NULL;
	struct error error = {""};

	if (content_routine(c, id, &r, &error) < 0)
		fail_msg("%s", error.text);
	return r;
}

void book_says(const struct error *error, const char *part)
{
	if (!strstr(error->text, part))
		fail_msg("'%s' does not say '%s'", error->text, part);
	assert_null(strchr(error->text, '\n'));
}

bool book_has(const char *text, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = text; (at = strcasestr(at, word)); at++)
		if ((at == text || !isalpha((unsigned char)at[-1])) &&
		    !isalpha((unsigned char)at[len]))
			return true;
	return false;
}
