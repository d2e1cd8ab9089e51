/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "content/yaml.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SHOWN_MAX 40 /* bytes of a wrong value that an error quotes */

struct yaml {
	yaml_document_t document;
	bool loaded;
	int status;
	struct error *error;
	char *name;
};

static int say(struct error *error, const char *name, size_t line,
               const char *field, const char *text)
{
	error_set(error, "%s: line %zu: %s: %s", name, line, field, text);
	return -EBADMSG;
}

int yaml_status(const struct yaml *y)
{
	return y->status;
}

void yaml_no_memory(struct yaml *y)
{
	if (y->status)
		return;
	y->status = -ENOMEM;
	error_set(y->error, "%s: out of memory", y->name);
}

void yaml_fail(struct yaml *y, const yaml_node_t *node, const char *field,
               const char *format, ...)
{
	char text[320];
	va_list args;

	if (y->status)
		return;
	if (!node)
		node = yaml_root(y);
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	y->status = say(y->error, y->name, node ? node->start_mark.line + 1 : 1,
	                field, text);
}

/* --- loading ------------------------------------------------------------- */

static size_t line_at(const char *text, size_t len, size_t offset)
{
	size_t line = 1;

	for (size_t i = 0; i < len && i < offset; i++)
		line += text[i] == '\n';
	return line;
}

static int parser_failed(struct yaml *y, const yaml_parser_t *p,
                         const char *text, size_t len)
{
	const char *problem = p->problem ? p->problem : "not understood";
	char where[200] = "";

	switch (p->error) {
	case YAML_MEMORY_ERROR:
		yaml_no_memory(y);
		return y->status;
	case YAML_READER_ERROR:
		return say(y->error, y->name,
		           line_at(text, len, p->problem_offset), "text",
		           "expected UTF-8 without control characters");
	case YAML_NO_ERROR:
	case YAML_SCANNER_ERROR:
	case YAML_PARSER_ERROR:
	case YAML_COMPOSER_ERROR:
	case YAML_WRITER_ERROR:
	case YAML_EMITTER_ERROR:
		break;
	}
	/* a quote that is not closed is noticed at the end of the file only */
	if (p->context)
		snprintf(where, sizeof where, "%s, %s from line %zu", problem,
		         p->context, p->context_mark.line + 1);
	return say(y->error, y->name, p->problem_mark.line + 1, "expected YAML",
	           p->context ? where : problem);
}

struct scan {
	int depth;
	int documents;
};

/* What an event holds that we refuse; NULL: nothing. */
static const char *refused(struct scan *s, const yaml_event_t *e)
{
	const yaml_char_t *anchor = NULL, *tag = NULL;

	switch (e->type) {
	case YAML_DOCUMENT_START_EVENT:
		return ++s->documents > 1 ? "expected only one document" : NULL;
	case YAML_ALIAS_EVENT:
		return "expected no aliases (*name)";
	case YAML_SCALAR_EVENT:
		anchor = e->data.scalar.anchor;
		tag = e->data.scalar.tag;
		break;
	case YAML_SEQUENCE_START_EVENT:
		anchor = e->data.sequence_start.anchor;
		tag = e->data.sequence_start.tag;
		s->depth++;
		break;
	case YAML_MAPPING_START_EVENT:
		anchor = e->data.mapping_start.anchor;
		tag = e->data.mapping_start.tag;
		s->depth++;
		break;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		s->depth--;
		break;
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
	case YAML_DOCUMENT_END_EVENT:
		break;
	}
	if (anchor)
		return "expected no anchors (&name)";
	if (tag)
		return "expected no tags (!name)";
	return s->depth > YAML_DEPTH_MAX ? "expected at most 16 levels" : NULL;
}

static void parser_start(yaml_parser_t *p, const char *text, size_t len)
{
	yaml_parser_set_input_string(p, (const unsigned char *)text, len);
	yaml_parser_set_encoding(p, YAML_UTF8_ENCODING);
}

/* The document has forgotten its anchors, so they are looked for before. */
static int scan(struct yaml *y, const char *text, size_t len)
{
	struct scan s = {0};
	yaml_parser_t p;
	bool end = false;

	if (!yaml_parser_initialize(&p))
		return -ENOMEM;
	parser_start(&p, text, len);
	while (!end && !y->status) {
		const char *wrong;
		yaml_event_t e;

		if (!yaml_parser_parse(&p, &e)) {
			y->status = parser_failed(y, &p, text, len);
			break;
		}
		wrong = refused(&s, &e);
		if (wrong)
			y->status = say(y->error, y->name,
			                e.start_mark.line + 1, "file", wrong);
		end = e.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&e);
	}
	yaml_parser_delete(&p);
	if (!y->status && !s.documents)
		y->status = say(y->error, y->name, 1, "file",
		                "expected a document, found it empty");
	return y->status;
}

static int compose(struct yaml *y, const char *text, size_t len)
{
	yaml_parser_t p;

	if (!yaml_parser_initialize(&p))
		return -ENOMEM;
	parser_start(&p, text, len);
	if (yaml_parser_load(&p, &y->document))
		y->loaded = true;
	else
		y->status = parser_failed(y, &p, text, len);
	yaml_parser_delete(&p);
	return y->status;
}

int yaml_load(struct yaml **ret, const char *name, const char *text, size_t len,
              struct error *error)
{
	struct yaml *y;
	int r = -ENOMEM;

	if (len > YAML_BYTES_MAX) {
		error_set(error, "%s: line 1: file: expected at most 1 MiB",
		          name);
		return -EFBIG;
	}
	y = calloc(1, sizeof *y);
	if (!y)
		return -ENOMEM;
	y->error = error;
	y->name = strdup(name);
	if (y->name)
		r = scan(y, text, len);
	if (!r)
		r = compose(y, text, len);
	if (r < 0) {
		yaml_destroy(y);
		return r;
	}
	*ret = y;
	return 0;
}

struct yaml *yaml_destroy(struct yaml *y)
{
	if (!y)
		return NULL;
	if (y->loaded)
		yaml_document_delete(&y->document);
	free(y->name);
	free(y);
	return NULL;
}

static int slurp(int fd, size_t size, char **ret, size_t *ret_len)
{
	char *text = malloc(size + 1);
	size_t len = 0;

	if (!text)
		return -ENOMEM;
	while (len < size) {
		ssize_t n = read(fd, text + len, size - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			int r = -errno;

			free(text);
			return r;
		}
		if (!n)
			break;
		len += (size_t)n;
	}
	text[len] = '\0';
	*ret = text;
	*ret_len = len;
	return 0;
}

int yaml_slurp(const char *path, char **ret, size_t *ret_len,
               struct error *error)
{
	/* O_NONBLOCK: to open a FIFO must not wait for its writer */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	int r = 0;

	if (fd < 0 || fstat(fd, &st) < 0) {
		r = -errno;
		error_set(error, "%s: cannot be read: %s", path, strerror(-r));
	} else if (!S_ISREG(st.st_mode)) {
		r = -EBADMSG;
		error_set(error, "%s: line 1: file: expected a regular file",
		          path);
	} else if (st.st_size > YAML_BYTES_MAX) {
		r = -EFBIG;
		error_set(error, "%s: line 1: file: expected at most 1 MiB",
		          path);
	} else {
		r = slurp(fd, (size_t)st.st_size, ret, ret_len);
		if (r < 0)
			error_set(error, "%s: cannot be read: %s", path,
			          strerror(-r));
	}
	if (fd >= 0)
		close(fd);
	return r;
}

/* --- values -------------------------------------------------------------- */

const yaml_node_t *yaml_root(struct yaml *y)
{
	return yaml_document_get_root_node(&y->document);
}

static const yaml_node_t *node_at(struct yaml *y, int id)
{
	return yaml_document_get_node(&y->document, id);
}

static bool scalar_is(const yaml_node_t *node, const char *word)
{
	size_t len = strlen(word);

	return node && node->type == YAML_SCALAR_NODE &&
	       node->data.scalar.length == len &&
	       !memcmp(node->data.scalar.value, word, len);
}

/*
 * A text is one line for the terminal, the voice and JSON alike: no control
 * characters, and none of the line breaks beyond ASCII, which YAML folds.
 */
static bool printable(const yaml_node_t *node)
{
	const unsigned char *s = node->data.scalar.value;
	size_t len = node->data.scalar.length;

	for (size_t i = 0; i < len; i++) {
		if (s[i] < 0x20 || s[i] == 0x7f)
			return false;
		if (s[i] == 0xc2 && s[i + 1] < 0xa0) /* U+0080 to U+009F */
			return false;
		if (s[i] == 0xe2 && s[i + 1] == 0x80 &&
		    (s[i + 2] == 0xa8 || s[i + 2] == 0xa9)) /* U+2028, 9 */
			return false;
		if (s[i] == 0xef && s[i + 1] == 0xbb && s[i + 2] == 0xbf)
			return false; /* U+FEFF, a byte order mark */
	}
	return true;
}

/* A wrong value as an error shows it. */
static void show(const yaml_node_t *node, char shown[SHOWN_MAX + 8])
{
	const char *s;
	size_t len;

	if (node->type == YAML_SEQUENCE_NODE) {
		strcpy(shown, "a list");
		return;
	}
	if (node->type != YAML_SCALAR_NODE) {
		strcpy(shown, "a mapping");
		return;
	}
	if (!printable(node)) {
		strcpy(shown, "unprintable text");
		return;
	}
	s = (const char *)node->data.scalar.value;
	len = node->data.scalar.length;
	if (len > SHOWN_MAX) {
		len = SHOWN_MAX;
		while (len && ((unsigned char)s[len] & 0xc0) == 0x80)
			len--; /* not within a character */
	}
	snprintf(shown, SHOWN_MAX + 8, "'%.*s'%s", (int)len, s,
	         s[len] ? ".." : "");
}

static void unexpected(struct yaml *y, const yaml_node_t *node,
                       const char *field, const char *expected)
{
	char shown[SHOWN_MAX + 8];

	if (!node || y->status)
		return;
	show(node, shown);
	yaml_fail(y, node, field, "expected %s, found %s", expected, shown);
}

static int key_index(const yaml_node_t *key, const char *const *keys)
{
	for (int i = 0; keys[i]; i++)
		if (scalar_is(key, keys[i]))
			return i;
	return -1;
}

bool yaml_map(struct yaml *y, const yaml_node_t *node, const char *what,
              const char *const *keys)
{
	uint64_t seen = 0;

	if (!node || y->status)
		return false;
	if (node->type != YAML_MAPPING_NODE) {
		unexpected(y, node, what, "a mapping (key: value)");
		return false;
	}
	for (const yaml_node_pair_t *p = node->data.mapping.pairs.start;
	     p < node->data.mapping.pairs.top; p++) {
		const yaml_node_t *key = node_at(y, p->key);
		int i = key_index(key, keys);

		if (i < 0) {
			char shown[SHOWN_MAX + 8];

			show(key, shown);
			yaml_fail(y, key, what, "unknown key %s", shown);
			return false;
		}
		assert(i < 64);
		if (seen & UINT64_C(1) << i) {
			yaml_fail(y, key, keys[i], "expected it only once");
			return false;
		}
		seen |= UINT64_C(1) << i;
	}
	return true;
}

const yaml_node_t *yaml_get(struct yaml *y, const yaml_node_t *map,
                            const char *key)
{
	if (y->status || !map || map->type != YAML_MAPPING_NODE)
		return NULL;
	for (const yaml_node_pair_t *p = map->data.mapping.pairs.start;
	     p < map->data.mapping.pairs.top; p++)
		if (scalar_is(node_at(y, p->key), key))
			return node_at(y, p->value);
	return NULL;
}

const yaml_node_t *yaml_need(struct yaml *y, const yaml_node_t *map,
                             const char *key)
{
	const yaml_node_t *node = yaml_get(y, map, key);

	if (!node)
		yaml_fail(y, map, key, "expected this field, it is missing");
	return node;
}

size_t yaml_list(struct yaml *y, const yaml_node_t *node, const char *field,
                 size_t min, size_t max)
{
	size_t n;

	if (!node || y->status)
		return 0;
	if (node->type != YAML_SEQUENCE_NODE) {
		unexpected(y, node, field, "a list");
		return 0;
	}
	n = (size_t)(node->data.sequence.items.top -
	             node->data.sequence.items.start);
	if (n < min || n > max) {
		yaml_fail(y, node, field,
		          "expected a list of %zu to %zu, found %zu", min, max,
		          n);
		return 0;
	}
	return n;
}

const yaml_node_t *yaml_item(struct yaml *y, const yaml_node_t *list, size_t i)
{
	return node_at(y, list->data.sequence.items.start[i]);
}

const char *yaml_text(struct yaml *y, const yaml_node_t *node,
                      const char *field, size_t max)
{
	if (!node || y->status)
		return "";
	if (node->type != YAML_SCALAR_NODE) {
		unexpected(y, node, field, "a text");
		return "";
	}
	if (!printable(node)) {
		yaml_fail(y, node, field,
		          "expected one line of printable text "
		          "(fold long text with >-)");
		return "";
	}
	if (node->data.scalar.length > max) {
		yaml_fail(y, node, field,
		          "expected at most %zu bytes, found %zu", max,
		          node->data.scalar.length);
		return "";
	}
	return (const char *)node->data.scalar.value;
}

void yaml_id(struct yaml *y, const yaml_node_t *node, const char *field,
             char *ret, size_t size)
{
	const char *text = yaml_text(y, node, field, size - 1);

	if (!*text || text[strspn(text, "abcdefghijklmnopqrstuvwxyz"
	                                "0123456789_.")])
		unexpected(y, node, field, "a name of a-z, 0-9, _ and .");
	if (!y->status && node)
		strcpy(ret, text);
}

double yaml_number(struct yaml *y, const yaml_node_t *node, const char *field,
                   double min, double max)
{
	const char *text = yaml_text(y, node, field, 64);
	char expected[64], *end = NULL;
	double x;

	if (!node || y->status)
		return 0;
	x = strtod(text, &end);
	/* no hexadecimal, no infinity, no blanks */
	if (*text && !*end && !text[strspn(text, "0123456789.eE+-")] &&
	    isfinite(x) && x >= min && x <= max)
		return x;
	snprintf(expected, sizeof expected, "a number from %g to %g", min, max);
	unexpected(y, node, field, expected);
	return 0;
}

int yaml_int(struct yaml *y, const yaml_node_t *node, const char *field,
             int min, int max)
{
	double x = yaml_number(y, node, field, min, max);
	int i = (int)x;

	if ((double)i < x || (double)i > x)
		unexpected(y, node, field, "a whole number");
	return y->status ? 0 : i;
}

bool yaml_bool(struct yaml *y, const yaml_node_t *node, const char *field)
{
	if (scalar_is(node, "true"))
		return true;
	if (!scalar_is(node, "false"))
		unexpected(y, node, field, "true or false");
	return false;
}
