/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/before.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "store/store_private.h"

static const struct thing {
	const char *key, *letter, *words;
} things[] = {
	{"caffeine", "c", "caffeine"},
	{"nicotine", "n", "nicotine"},
	{"meal", "m", "a meal"},
	{"exercise", "e", "exercise"},
	{"alcohol", "a", "alcohol"},
	{"medicine", "h", "a medicine that changes the heart rate"},
};
#define THINGS (sizeof(things) / sizeof(things[0]))
_Static_assert(1 << THINGS == BEFORE_ALL + 1, "a bit each");

#define NONE  "none"
#define PARTS ", \t"

int before_add(int *set, const char *word)
{
	if (strcmp(word, NONE) == 0 || strcmp(word, "0") == 0) {
		if (*set > 0)
			return -EINVAL;
		*set = 0;
		return 0;
	}
	for (size_t i = 0; i < THINGS; i++)
		if (strcmp(word, things[i].key) == 0 ||
		    strcmp(word, things[i].letter) == 0) {
			if (*set == 0)
				return -EINVAL;
			*set = (*set == BEFORE_NOT_SAID ? 0 : *set) | 1 << i;
			return 0;
		}
	return -EINVAL;
}

int before_read(const char *text, int *ret)
{
	int set = BEFORE_NOT_SAID, r = 0;
	char word[16];

	for (text += strspn(text, PARTS); r == 0 && *text;
	     text += strspn(text, PARTS)) {
		size_t n = strcspn(text, PARTS);

		snprintf(word, sizeof(word), "%.*s", (int)(n < 15 ? n : 15),
		         text);
		r = before_add(&set, word);
		text += n;
	}
	if (r == 0)
		*ret = set;
	return r;
}

const char *before_text(int set, char ret[BEFORE_TEXT])
{
	size_t n = 0;

	snprintf(ret, BEFORE_TEXT, "%s", set == 0 ? NONE : "");
	for (size_t i = 0; set > 0 && i < THINGS; i++)
		if (set & 1 << i)
			n += (size_t)snprintf(ret + n, BEFORE_TEXT - n, "%s%s",
			                      n ? "," : "", things[i].key);
	return ret;
}

const char *before_words(int set, char ret[BEFORE_TEXT])
{
	size_t n = 0;

	ret[0] = '\0';
	for (size_t i = 0; set > 0 && i < THINGS; i++) {
		bool last = set >> i == 1;

		if (set & 1 << i)
			n += (size_t)snprintf(ret + n, BEFORE_TEXT - n, "%s%s",
			                      !n     ? ""
			                      : last ? " and "
			                             : ", ",
			                      things[i].words);
	}
	return ret;
}

bool before_alike(const struct store_session *a, const struct store_session *b)
{
	return a->attack == b->attack &&
	       (a->before > 0 ? a->before : 0) ==
	               (b->before > 0 ? b->before : 0);
}

int store_before_put(struct store *s, int64_t id, int set)
{
	char text[BEFORE_TEXT];
	sqlite3_stmt *statement;
	int r = store_prepare(s, "UPDATE session SET had = ?2 WHERE id = ?1",
	                      &statement);

	if (r)
		return r;
	sqlite3_bind_int64(statement, 1, id);
	if (*before_text(set, text))
		sqlite3_bind_text(statement, 2, text, -1, SQLITE_STATIC);
	r = store_fail(s, sqlite3_step(statement));
	sqlite3_finalize(statement);
	if (r)
		return r;
	return sqlite3_changes(s->db) ? 0 : -ENOENT;
}
