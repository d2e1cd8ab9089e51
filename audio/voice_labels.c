/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audio/voice_labels.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX (4 * 1024 * 1024)
#define VOICE    "# voice: "

struct entry {
	const char *text, *spoken;
};

struct voice_labels {
	char *file;
	size_t n;
	struct entry *entries; /* by text */
	const char *voice;
};

static int by_text(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return strcmp(x->text, y->text);
}

/* Cuts the file's text into lines and these at their tabs. */
static int cut(struct voice_labels *l)
{
	char *rest = l->file, *line;

	while ((line = strsep(&rest, "\n"))) {
		char *tab = strchr(line, '\t');

		if (strncmp(line, VOICE, strlen(VOICE)) == 0)
			l->voice = line + strlen(VOICE);
		if (!*line || *line == '#')
			continue;
		if (!tab)
			return -EBADMSG;
		*tab = '\0';
		l->entries[l->n++] = (struct entry){line, tab + 1};
	}
	qsort(l->entries, l->n, sizeof(*l->entries), by_text);
	return 0;
}

static int slurp(FILE *f, char **ret)
{
	char *text = malloc(FILE_MAX + 2);
	size_t n;

	if (!text)
		return -ENOMEM;
	n = fread(text, 1, FILE_MAX + 1, f);
	if (ferror(f) || n > FILE_MAX) {
		free(text);
		return ferror(f) ? -EIO : -EFBIG;
	}
	text[n] = '\0';
	*ret = text;
	return 0;
}

static size_t count_lines(const char *text)
{
	size_t n = 1;

	while ((text = strchr(text, '\n'))) {
		n++;
		text++;
	}
	return n;
}

static int read_all(struct voice_labels *l, const char *path)
{
	FILE *f = fopen(path, "re");
	int r;

	if (!f)
		return -errno;
	r = slurp(f, &l->file);
	fclose(f);
	if (r < 0)
		return r;
	l->entries = calloc(count_lines(l->file), sizeof(*l->entries));
	return l->entries ? cut(l) : -ENOMEM;
}

int voice_labels_load(struct voice_labels **ret, const char *path)
{
	struct voice_labels *l = calloc(1, sizeof(*l));
	int r = l ? read_all(l, path) : -ENOMEM;

	if (r < 0) {
		voice_labels_destroy(l);
		return r;
	}
	*ret = l;
	return 0;
}

struct voice_labels *voice_labels_destroy(struct voice_labels *l)
{
	if (!l)
		return NULL;
	free(l->entries);
	free(l->file);
	free(l);
	return NULL;
}

const char *voice_labels_find(const struct voice_labels *l, const char *text)
{
	const struct entry key = {text, NULL};
	const struct entry *e;

	if (!l->n)
		return NULL;
	e = bsearch(&key, l->entries, l->n, sizeof(key), by_text);
	return e ? e->spoken : NULL;
}

const char *voice_labels_voice(const struct voice_labels *l)
{
	return l->voice;
}
