/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "player/reader.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

int reader_fault(struct reader *r, const char *key, const char *format, ...)
{
	va_list args;
	int n;

	if (r->failed)
		return -EBADMSG;
	r->failed = true;
	if (!r->error)
		return -EBADMSG;
	n = snprintf(r->error->what, sizeof(r->error->what),
	             "%s%.64s: ", r->where, key);
	va_start(args, format);
	vsnprintf(r->error->what + n, sizeof(r->error->what) - (size_t)n,
	          format, args);
	va_end(args);
	return -EBADMSG;
}

bool reader_has(const struct reader *r, const char *key)
{
	return json_object_get(r->object, key) != NULL;
}

const json_t *reader_take(struct reader *r, const char *key)
{
	const json_t *value;

	if (r->failed)
		return NULL;
	value = json_object_get(r->object, key);
	if (!value) {
		reader_fault(r, key, "is missing");
		return NULL;
	}
	if (r->n < READER_KEYS_MAX)
		r->taken[r->n++] = key;
	return value;
}

double reader_number(struct reader *r, const char *key, double min, double max)
{
	const json_t *value = reader_take(r, key);
	double number;

	if (!value)
		return 0;
	if (!json_is_number(value)) {
		reader_fault(r, key, "expected a number");
		return 0;
	}
	number = json_number_value(value);
	if (!(number >= min && number <= max)) {
		reader_fault(r, key, "expected %.15g to %.15g, not %.15g", min,
		             max, number);
		return 0;
	}
	return number;
}

double reader_figure(struct reader *r, const char *key)
{
	if (json_is_null(json_object_get(r->object, key))) {
		(void)reader_take(r, key);
		return (double)NAN;
	}
	return reader_number(r, key, -HUGE_VAL, HUGE_VAL);
}

int64_t reader_integer(struct reader *r, const char *key, int64_t min,
                       int64_t max)
{
	const json_t *value = reader_take(r, key);
	int64_t number;

	if (!value)
		return 0;
	if (!json_is_integer(value)) {
		reader_fault(r, key, "expected a whole number");
		return 0;
	}
	number = json_integer_value(value);
	if (number < min || number > max) {
		reader_fault(r, key, "expected %lld to %lld, not %lld",
		             (long long)min, (long long)max, (long long)number);
		return 0;
	}
	return number;
}

bool reader_bool(struct reader *r, const char *key)
{
	const json_t *value = reader_take(r, key);

	if (value && !json_is_boolean(value))
		reader_fault(r, key, "expected true or false");
	return json_is_true(value);
}

uint64_t reader_seconds(struct reader *r, const char *key)
{
	double s = reader_number(r, key, 0, READER_TIME_MAX_S);

	return (uint64_t)llround(s * 1e6);
}

const char *reader_string(struct reader *r, const char *key)
{
	const json_t *value = reader_take(r, key);

	if (!value)
		return "";
	if (!json_is_string(value)) {
		reader_fault(r, key, "expected a text");
		return "";
	}
	return json_string_value(value);
}

void reader_copy(struct reader *r, const char *key, char *ret, size_t len)
{
	const char *text = reader_string(r, key);

	if (strlen(text) >= len) {
		reader_fault(r, key, "expected fewer than %zu bytes", len);
		text = "";
	}
	strcpy(ret, text);
}

void reader_unknown(struct reader *r, const char *key, const char *word)
{
	reader_fault(r, key, "\"%.64s\" is not known here", word);
}

struct reader reader_object(struct reader *r, const char *key,
                            const char *where)
{
	const json_t *value = reader_take(r, key);

	if (value && !json_is_object(value))
		reader_fault(r, key, "expected an object");
	return (struct reader){
		.object = value,
		.where = where,
		.error = r->error,
		.failed = r->failed,
	};
}

static bool was_taken(const struct reader *r, const char *key)
{
	for (size_t i = 0; i < r->n; i++)
		if (strcmp(r->taken[i], key) == 0)
			return true;
	return false;
}

int reader_done(struct reader *r)
{
	void *at;

	if (r->failed)
		return -EBADMSG;
	if (json_object_size(r->object) == r->n)
		return 0;
	/* jansson iterates over what it takes as changeable */
	at = json_object_iter((json_t *)(uintptr_t)r->object);
	while (at && was_taken(r, json_object_iter_key(at)))
		at = json_object_iter_next((json_t *)(uintptr_t)r->object, at);
	if (!at)
		return 0;
	return reader_fault(r, json_object_iter_key(at), "is not expected");
}

int reader_parse(const char *line, size_t len, size_t max, json_t **ret,
                 struct journal_error *error)
{
	struct reader fault = {.where = "", .error = error};
	json_error_t why;
	json_t *root;

	if (len > max)
		return reader_fault(&fault, "line",
		                    "expected at most %zu bytes", max);
	root = json_loadb(line, len, JSON_REJECT_DUPLICATES, &why);
	/* without memory some of jansson says so, and some says nothing */
	if (!root && (why.text[0] == '\0' ||
	              json_error_code(&why) == json_error_out_of_memory))
		return -ENOMEM;
	if (!root)
		return reader_fault(&fault, "line", "%.120s at column %d",
		                    why.text, why.column);
	if (!json_is_object(root)) {
		json_decref(root);
		return reader_fault(&fault, "line", "expected an object");
	}
	*ret = root;
	return 0;
}
