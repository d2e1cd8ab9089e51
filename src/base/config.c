/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yaml.h>

#include "base/date.h"

#define FILE_MAX_BYTES ((size_t)64 * 1024)

/* One key: @words where it is a text of fixed choices, else a range. */
struct field {
	const char *section; /* NULL: at the top */
	const char *name;
	enum {
		FIELD_TEXT,
		FIELD_HEX,
		FIELD_TIME,
		FIELD_NUMBER,
		FIELD_WHOLE
	} type;
	size_t offset;
	size_t size; /* of a text, with NUL; FIELD_HEX fills it */
	const char *words;
	double min, max;
};

#define TEXT(section, name, member, words)                                     \
	{                                                                      \
		section, name, FIELD_TEXT, offsetof(struct config, member),    \
			sizeof(((struct config *)0)->member), words, 0, 0      \
	}
#define NUMBER(section, name, member, min, max)                                \
	{                                                                      \
		section, name, FIELD_NUMBER, offsetof(struct config, member),  \
			0, NULL, min, max                                      \
	}

static const struct field fields[] = {
	TEXT(NULL, "sensor", sensor, NULL),
	TEXT("audio", "api", audio_api, NULL),
	TEXT("audio", "device", audio_device, NULL),
	{"audio", "rate", FIELD_WHOLE, offsetof(struct config, audio_rate_hz),
         0, NULL, 8000, 192000},
	TEXT("voice", "talk", talk, "auto|full|brief|minimal"),
	NUMBER("levels", "master_db", master_db, -60, 0),
	NUMBER("levels", "voice_db", voice_db, -60, 0),
	NUMBER("levels", "breath_db", breath_db, -60, 0),
	NUMBER("levels", "bed_db", bed_db, -60, 0),
	TEXT("sound", "pacer", pacer, "tone|breath|bow|silent"),
	TEXT("sound", "bed", bed, "brown|pad|rain|sea|music|none"),
	TEXT("sound", "music", music, NULL),
	TEXT("sound", "migraine", migraine, "no|yes"),
	NUMBER("breath", "inhale_pct", inhale_pct, 30, 60),
	NUMBER("breath", "pause_in_pct", pause_in_pct, 0, 20),
	NUMBER("breath", "pause_out_pct", pause_out_pct, 0, 20),
	TEXT("body", "worse_side", worse_side, "left|right"),
	{"plan", "sessions_a_week", FIELD_WHOLE,
         offsetof(struct config, sessions_a_week), 0, NULL, 1, 21},
	{NULL, "memory_from", FIELD_TIME, offsetof(struct config, memory_from),
         sizeof(((struct config *)0)->memory_from), NULL, 0, 0},
	{NULL, "ant_network_key", FIELD_HEX,
         offsetof(struct config, ant_network_key),
         sizeof(((struct config *)0)->ant_network_key), NULL, 0, 0},
};

#define FIELDS (sizeof(fields) / sizeof(fields[0]))

static const struct config defaults = {
	.pacer = "tone",
	.bed = "brown",
	.migraine = "no",
	.inhale_pct = 40,      /* content.md C.2: 40:60 */
	.worse_side = "right", /* only the order of two halves hangs on it */
};

struct reader {
	const char *path;
	yaml_document_t document;
	struct config config;
	bool seen[FIELDS];
	struct error *error;
};

static size_t line_of(const yaml_node_t *node)
{
	return node->start_mark.line + 1;
}

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static bool is_section(const char *name)
{
	for (size_t i = 0; i < FIELDS; i++)
		if (fields[i].section && !strcmp(fields[i].section, name))
			return true;
	return false;
}

static const struct field *find(const char *section, const char *name)
{
	for (size_t i = 0; i < FIELDS; i++)
		if (same(fields[i].section, section) &&
		    !strcmp(fields[i].name, name))
			return &fields[i];
	return NULL;
}

/* "levels.voice_db", as a person would point at it. */
static int refuse(struct reader *r, const yaml_node_t *node,
                  const struct field *f, const char *expected)
{
	error_set(r->error, "%s:%zu: %s%s%s: expected %s", r->path,
	          line_of(node), f->section ? f->section : "",
	          f->section ? "." : "", f->name, expected);
	return -EBADMSG;
}

/* NULL where it is no scalar, or holds what no one can see. */
static const char *plain(const yaml_node_t *node)
{
	const char *text;

	if (node->type != YAML_SCALAR_NODE)
		return NULL;
	text = (const char *)node->data.scalar.value;
	if (strlen(text) != node->data.scalar.length)
		return NULL;
	for (const char *c = text; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			return NULL;
	return text;
}

static bool among(const char *words, const char *text)
{
	size_t n = strlen(text);

	if (!n || strchr(text, '|'))
		return false;
	for (const char *at = words; at; at = strchr(at, '|')) {
		at += *at == '|';
		if (!strncmp(at, text, n) && (!at[n] || at[n] == '|'))
			return true;
	}
	return false;
}

static int read_text(struct reader *r, const struct field *f,
                     const yaml_node_t *node)
{
	const char *text = plain(node);
	char expected[80];

	if (f->words && (!text || !among(f->words, text))) {
		snprintf(expected, sizeof(expected), "one of %s", f->words);
		return refuse(r, node, f, expected);
	}
	if (!text)
		return refuse(r, node, f, "one line of text");
	if (strlen(text) >= f->size) {
		snprintf(expected, sizeof(expected), "at most %zu bytes",
		         f->size - 1);
		return refuse(r, node, f, expected);
	}
	memcpy((char *)&r->config + f->offset, text, strlen(text) + 1);
	return 0;
}

static int read_hex(struct reader *r, const struct field *f,
                    const yaml_node_t *node)
{
	const char *text = plain(node);
	char expected[80];

	if (!text || strlen(text) != f->size - 1 ||
	    text[strspn(text, "0123456789abcdefABCDEF")]) {
		snprintf(expected, sizeof(expected), "%zu hexadecimal digits",
		         f->size - 1);
		return refuse(r, node, f, expected);
	}
	return read_text(r, f, node);
}

static int read_time(struct reader *r, const struct field *f,
                     const yaml_node_t *node)
{
	const char *text = plain(node);
	int64_t unix_s;

	if (!text || date_read(text, &unix_s) < 0)
		return refuse(r, node, f,
		              "a time like 2026-11-22T21:05:00+01:00");
	return read_text(r, f, node);
}

static int read_number(struct reader *r, const struct field *f,
                       const yaml_node_t *node)
{
	const char *text = plain(node);
	bool whole = f->type == FIELD_WHOLE;
	const char *digits = whole ? "0123456789" : "+-.0123456789eE";
	char *end = NULL;
	char expected[80];
	double value = 0;

	/* strtod() alone would take inf, nan and 0x10 */
	if (text && *text && text[strspn(text, digits)] == '\0')
		value = strtod(text, &end);
	if (!end || end == text || *end || !(value >= f->min) ||
	    !(value <= f->max)) {
		snprintf(expected, sizeof(expected), "a %snumber from %g to %g",
		         whole ? "whole " : "", f->min, f->max);
		return refuse(r, node, f, expected);
	}
	if (whole)
		*(unsigned *)(void *)((char *)&r->config + f->offset) =
			(unsigned)value;
	else
		*(double *)(void *)((char *)&r->config + f->offset) = value;
	return 0;
}

static int read_field(struct reader *r, const char *section,
                      const yaml_node_t *key, const yaml_node_t *value)
{
	const char *name = plain(key);
	const struct field *f = name ? find(section, name) : NULL;

	if (!f) {
		error_set(r->error, "%s:%zu: %s%s%s: no such key", r->path,
		          line_of(key), section ? section : "",
		          section ? "." : "", name ? name : "?");
		return -EBADMSG;
	}
	if (r->seen[f - fields])
		return refuse(r, key, f, "it only once");
	r->seen[f - fields] = true;
	switch (f->type) {
	case FIELD_TEXT:
		return read_text(r, f, value);
	case FIELD_HEX:
		return read_hex(r, f, value);
	case FIELD_TIME:
		return read_time(r, f, value);
	case FIELD_NUMBER:
	case FIELD_WHOLE:
		break;
	}
	return read_number(r, f, value);
}

/* An empty value (`levels:` and nothing below) is an empty section. */
static bool is_empty(const yaml_node_t *node)
{
	return node->type == YAML_SCALAR_NODE && !node->data.scalar.length &&
	       node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

static int check_mapping(struct reader *r, const char *name,
                         const yaml_node_t *node)
{
	if (is_empty(node) || node->type == YAML_MAPPING_NODE)
		return 0;
	error_set(r->error, "%s:%zu: %s: expected keys and values", r->path,
	          line_of(node), name);
	return -EBADMSG;
}

static int read_section(struct reader *r, const char *name,
                        const yaml_node_t *node)
{
	yaml_document_t *d = &r->document;
	int e = check_mapping(r, name, node);

	if (e || node->type != YAML_MAPPING_NODE)
		return e;
	for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
	     !e && pair < node->data.mapping.pairs.top; pair++)
		e = read_field(r, name, yaml_document_get_node(d, pair->key),
		               yaml_document_get_node(d, pair->value));
	return e;
}

static int read_root(struct reader *r, const yaml_node_t *node)
{
	yaml_document_t *d = &r->document;
	int e = check_mapping(r, "config", node);

	if (e || node->type != YAML_MAPPING_NODE)
		return e;
	for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
	     !e && pair < node->data.mapping.pairs.top; pair++) {
		const yaml_node_t *key = yaml_document_get_node(d, pair->key);
		const yaml_node_t *value =
			yaml_document_get_node(d, pair->value);
		const char *name = plain(key);

		e = name && is_section(name) ? read_section(r, name, value)
		                             : read_field(r, NULL, key, value);
	}
	return e;
}

static int refuse_yaml(struct reader *r, const yaml_parser_t *parser)
{
	if (parser->error == YAML_MEMORY_ERROR) {
		error_set(r->error, "%s: out of memory", r->path);
		return -ENOMEM;
	}
	error_set(r->error, "%s:%zu: not YAML: %s", r->path,
	          parser->problem_mark.line + 1,
	          parser->problem ? parser->problem : "unreadable");
	return -EBADMSG;
}

/* What stands after a `---` would otherwise be ignored in silence. */
static int refuse_second(struct reader *r, yaml_parser_t *parser)
{
	yaml_document_t second;
	const yaml_node_t *root;
	int e = 0;

	if (!yaml_parser_load(parser, &second))
		return refuse_yaml(r, parser);
	root = yaml_document_get_root_node(&second);
	if (root) {
		error_set(r->error, "%s:%zu: a second document: expected one",
		          r->path, line_of(root));
		e = -EBADMSG;
	}
	yaml_document_delete(&second);
	return e;
}

static int read_yaml(struct reader *r, const char *bytes, size_t len)
{
	const yaml_node_t *root;
	yaml_parser_t parser;
	int e;

	if (!yaml_parser_initialize(&parser))
		return -ENOMEM;
	yaml_parser_set_input_string(&parser, (const unsigned char *)bytes,
	                             len);
	if (!yaml_parser_load(&parser, &r->document)) {
		e = refuse_yaml(r, &parser);
		yaml_parser_delete(&parser);
		return e;
	}
	root = yaml_document_get_root_node(&r->document);
	e = root ? read_root(r, root) : 0;
	if (!e && root)
		e = refuse_second(r, &parser);
	yaml_document_delete(&r->document);
	yaml_parser_delete(&parser);
	return e;
}

static int refuse_file(struct reader *r, int e)
{
	error_set(r->error, "%s: %s", r->path,
	          e == -EFBIG     ? "over 64 KiB: that is no config"
	          : e == -EBADMSG ? "expected a file"
	                          : strerror(-e));
	return e;
}

/* Return: bytes read into @buf, of FILE_MAX_BYTES + 1; or negative errno. */
static ssize_t slurp(const char *path, char *buf)
{
	/* a FIFO in its place must not make us wait */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	size_t len = 0;
	struct stat st;
	ssize_t n = 0;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		close(fd);
		return -EBADMSG;
	}
	while (len <= FILE_MAX_BYTES &&
	       (n = read(fd, buf + len, FILE_MAX_BYTES + 1 - len)) > 0)
		len += (size_t)n;
	if (n < 0)
		n = -errno;
	close(fd);
	if (n < 0)
		return n;
	return len > FILE_MAX_BYTES ? -EFBIG : (ssize_t)len;
}

int config_load(const char *path, struct config *ret, struct error *error)
{
	struct reader r = {.path = path, .config = defaults, .error = error};
	char *bytes = malloc(FILE_MAX_BYTES + 1);
	ssize_t n;
	int e;

	*ret = defaults;
	if (!bytes)
		return refuse_file(&r, -ENOMEM);
	n = slurp(path, bytes);
	if (n == -ENOENT)
		e = 0;
	else if (n < 0)
		e = refuse_file(&r, (int)n);
	else
		e = read_yaml(&r, bytes, (size_t)n);
	free(bytes);
	if (e)
		return e;
	if (!strcmp(r.config.talk, "auto"))
		r.config.talk[0] = '\0';
	*ret = r.config;
	return 0;
}

static uint8_t digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return (uint8_t)(c - '0');
	return (uint8_t)((c | 0x20) - 'a' + 10);
}

bool config_ant_key(const struct config *c, uint8_t ret[CONFIG_ANT_KEY])
{
	const char *text = c->ant_network_key;

	if (strlen(text) != 2 * CONFIG_ANT_KEY)
		return false;
	for (size_t i = 0; i < CONFIG_ANT_KEY; i++)
		ret[i] = (uint8_t)(digit_of(text[2 * i]) << 4 |
		                   digit_of(text[2 * i + 1]));
	return true;
}

int64_t config_memory_s(const struct config *c)
{
	int64_t from_s;

	return date_read(c->memory_from, &from_s) == 0 ? from_s : INT64_MIN;
}

bool config_same(const struct config *a, const struct config *b)
{
	for (size_t i = 0; i < FIELDS; i++) {
		const struct field *f = &fields[i];
		const char *x = (const char *)a + f->offset;
		const char *y = (const char *)b + f->offset;
		bool equal = false;

		switch (f->type) {
		case FIELD_TEXT:
		case FIELD_HEX:
		case FIELD_TIME:
			equal = f->offset == offsetof(struct config, sensor) ||
			        strcmp(x, y) == 0;
			break;
		case FIELD_NUMBER:
			equal = *(const double *)(const void *)x ==
			        *(const double *)(const void *)y;
			break;
		case FIELD_WHOLE:
			equal = *(const unsigned *)(const void *)x ==
			        *(const unsigned *)(const void *)y;
		}
		if (!equal)
			return false;
	}
	return true;
}
