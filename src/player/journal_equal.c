/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "player/journal.h"

/* The path to the value that is looked at, e.g. "because.calm". */
struct path {
	char at[96];
	size_t len;
};

static bool same(const json_t *a, const json_t *b, struct path *path);

static bool same_below(const json_t *a, const json_t *b, const char *key,
                       struct path *path)
{
	size_t len = path->len;
	int n = snprintf(path->at + len, sizeof(path->at) - len, "%s%s",
	                 len > 0 ? "." : "", key);

	path->len += (size_t)n;
	if (path->len >= sizeof(path->at))
		path->len = sizeof(path->at) - 1;
	if (!a || !b || !same(a, b, path))
		return false;
	path->len = len;
	path->at[len] = '\0';
	return true;
}

static bool same_object(const json_t *a, const json_t *b, struct path *path)
{
	const char *key;
	json_t *value;

	json_object_foreach ((json_t *)(uintptr_t)a, key, value)
		if (!same_below(value, json_object_get(b, key), key, path))
			return false;
	json_object_foreach ((json_t *)(uintptr_t)b, key, value)
		if (!json_object_get(a, key))
			return same_below(NULL, value, key, path);
	return true;
}

static bool same_array(const json_t *a, const json_t *b, struct path *path)
{
	char index[24];

	for (size_t i = 0; i < json_array_size(a) || i < json_array_size(b);
	     i++) {
		snprintf(index, sizeof(index), "%zu", i);
		if (!same_below(json_array_get(a, i), json_array_get(b, i),
		                index, path))
			return false;
	}
	return true;
}

static bool same(const json_t *a, const json_t *b, struct path *path)
{
	if (json_is_number(a) && json_is_number(b))
		return json_number_value(a) == json_number_value(b);
	if (json_typeof(a) != json_typeof(b))
		return false;
	if (json_is_object(a))
		return same_object(a, b, path);
	if (json_is_array(a))
		return same_array(a, b, path);
	return json_equal(a, b);
}

bool journal_equal(const char *a, const char *b, char *ret_key, size_t len)
{
	struct path path = {.at = ""};
	json_t *x, *y;
	bool equal;

	if (strcmp(a, b) == 0)
		return true;
	x = json_loads(a, 0, NULL);
	y = json_loads(b, 0, NULL);
	equal = x && y && same(x, y, &path);
	if (!equal && len > 0)
		snprintf(ret_key, len, "%s", path.len > 0 ? path.at : "line");
	json_decref(x);
	json_decref(y);
	return equal;
}
