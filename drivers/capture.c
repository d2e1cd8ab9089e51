/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/capture.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

static const char magic[] = "# lull capture 1";

/* Two digits and a blank for each byte, a time and a word. */
#define LINE_MAX_CHARS (CAPTURE_PACKET_MAX * 3 + 64)

/* A year: what a microsecond clock of a capture can hold and no more. */
#define TIME_MAX_US UINT64_C(31622400000000)

struct line {
	const char *at, *end;
};

static int fail(struct load_error *error, unsigned line, const char *reason)
{
	*error = (struct load_error){.line = line, .reason = reason};
	return -EBADMSG;
}

bool capture_is(const char *text, size_t len)
{
	size_t n = strlen(magic) - 2; /* whatever its version */

	return len >= n && memcmp(text, magic, n) == 0;
}

/* Return: 1 and a line, 0 at the end, -EBADMSG. Moves on only on 1. */
static int peek_line(const struct capture_reader *reader, struct line *ret,
                     struct load_error *error)
{
	size_t left = (size_t)(reader->end - reader->at);
	const char *stop;

	if (left == 0)
		return 0;
	stop = memchr(reader->at, '\n',
	              left < LINE_MAX_CHARS ? left : LINE_MAX_CHARS);
	if (!stop && left >= LINE_MAX_CHARS)
		return fail(error, reader->line,
		            "expected a line of at most 1600 characters");
	if (!stop)
		return fail(error, reader->line,
		            "expected a line end: the file is cut off");
	*ret = (struct line){reader->at, stop};
	if (ret->end > ret->at && ret->end[-1] == '\r')
		ret->end--;
	return 1;
}

static void skip_line(struct capture_reader *reader)
{
	const char *stop =
		memchr(reader->at, '\n', (size_t)(reader->end - reader->at));

	reader->at = stop + 1;
	reader->line++;
}

int capture_begin(struct capture_reader *ret, const char *text, size_t len,
                  struct load_error *error)
{
	struct line line;
	int r;

	*ret = (struct capture_reader){text, text + len, 1, 0, false};
	r = peek_line(ret, &line, error);
	if (r < 0)
		return r;
	if (r == 0 || (size_t)(line.end - line.at) != strlen(magic) ||
	    memcmp(line.at, magic, strlen(magic)) != 0)
		return fail(error, 1, "expected \"# lull capture 1\"");
	skip_line(ret);
	return 0;
}

static bool take_time(struct line *line, uint64_t *ret)
{
	const char *from = line->at;
	uint64_t t = 0;

	while (line->at < line->end && *line->at >= '0' && *line->at <= '9') {
		t = t * 10 + (uint64_t)(*line->at++ - '0');
		if (t > TIME_MAX_US)
			return false;
	}
	if (line->at == from || line->at == line->end || *line->at != ' ')
		return false;
	line->at++;
	*ret = t;
	return true;
}

static bool take_word(struct line *line, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(line->end - line->at) < n + 1 ||
	    memcmp(line->at, word, n) != 0 || line->at[n] != ' ')
		return false;
	line->at += n + 1;
	return true;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static bool take_bytes(struct line *line, struct capture_entry *entry)
{
	for (; line->end - line->at >= 2; entry->len++) {
		int high = hex_digit(line->at[0]);
		int low = hex_digit(line->at[1]);

		if (high < 0 || low < 0 || entry->len == CAPTURE_PACKET_MAX)
			return false;
		entry->bytes[entry->len] = (uint8_t)(high << 4 | low);
		line->at += 2;
		if (line->end - line->at >= 3 && *line->at == ' ')
			line->at++;
	}
	return line->at == line->end && entry->len > 0;
}

static bool take_state(struct line *line, enum sensor_state *ret)
{
	size_t n = (size_t)(line->end - line->at);

	for (int i = SENSOR_SEARCHING; i <= SENSOR_LOST; i++) {
		const char *name = sensor_state_name((enum sensor_state)i);

		if (strlen(name) != n || memcmp(name, line->at, n) != 0)
			continue;
		*ret = (enum sensor_state)i;
		return true;
	}
	return false;
}

static int take_entry(struct line *line, unsigned number, uint64_t last_us,
                      struct capture_entry *entry, struct load_error *error)
{
	entry->len = 0;
	if (!take_time(line, &entry->t_us))
		return fail(error, number,
		            "expected microseconds, a blank "
		            "and ble, ant or state");
	if (entry->t_us < last_us)
		return fail(error, number,
		            "expected a time not before the last");
	if (take_word(line, "state")) {
		entry->kind = CAPTURE_STATE;
		if (!take_state(line, &entry->state))
			return fail(error, number,
			            "expected searching, connected, "
			            "no_contact, gap or lost");
		return 1;
	}
	if (take_word(line, "ble"))
		entry->kind = CAPTURE_BLE;
	else if (take_word(line, "ant"))
		entry->kind = CAPTURE_ANT;
	else
		return fail(error, number, "expected ble, ant or state");
	if (!take_bytes(line, entry))
		return fail(error, number,
		            "expected 1 to 512 bytes as pairs of hexadecimal "
		            "digits");
	return 1;
}

static bool says_ms(const struct line *line)
{
	static const char text[] = "# " CAPTURE_RR_KEY ": " CAPTURE_RR_MS;

	return (size_t)(line->end - line->at) == sizeof(text) - 1 &&
	       memcmp(line->at, text, sizeof(text) - 1) == 0;
}

int capture_next(struct capture_reader *reader, struct capture_entry *ret,
                 struct load_error *error)
{
	struct capture_entry entry;
	struct line line;
	int r;

	for (;;) {
		r = peek_line(reader, &line, error);
		if (r <= 0)
			return r;
		if (line.at < line.end && *line.at != '#')
			break;
		reader->ms = reader->ms || says_ms(&line);
		skip_line(reader);
	}
	r = take_entry(&line, reader->line, reader->last_us, &entry, error);
	if (r < 0)
		return r;
	entry.state =
		entry.kind == CAPTURE_STATE ? entry.state : SENSOR_CONNECTED;
	entry.ms = reader->ms;
	reader->last_us = entry.t_us;
	skip_line(reader);
	*ret = entry;
	return 1;
}

int capture_parse(const char *text, size_t len, struct capture_count *ret,
                  struct load_error *error)
{
	struct capture_count count = {0};
	struct capture_reader reader;
	struct capture_entry entry;
	int r = capture_begin(&reader, text, len, error);

	while (r >= 0 && (r = capture_next(&reader, &entry, error)) > 0) {
		count.ble += entry.kind == CAPTURE_BLE;
		count.ant += entry.kind == CAPTURE_ANT;
		count.states += entry.kind == CAPTURE_STATE;
	}
	*ret = count;
	return r;
}

static int written(FILE *file)
{
	if (!ferror(file))
		return 0;
	return errno ? -errno : -EIO;
}

int capture_write_head(FILE *file, const char *const *key_values)
{
	for (size_t i = 0; key_values[i]; i++)
		if (strpbrk(key_values[i], "\r\n"))
			return -EINVAL;
	errno = 0;
	fprintf(file, "%s\n", magic);
	for (size_t i = 0; key_values[i] && key_values[i + 1]; i += 2)
		fprintf(file, "# %s: %s\n", key_values[i], key_values[i + 1]);
	return written(file);
}

int capture_write_packet(FILE *file, enum capture_kind kind,
                         const struct sensor_packet *packet)
{
	assert(kind != CAPTURE_STATE);
	if (packet->len == 0 || packet->len > CAPTURE_PACKET_MAX)
		return -EINVAL;
	errno = 0;
	fprintf(file, "%" PRIu64 " %s ", packet->t_us,
	        kind == CAPTURE_BLE ? "ble" : "ant");
	for (size_t i = 0; i < packet->len; i++)
		fprintf(file, "%02x", packet->bytes[i]);
	fputc('\n', file);
	return written(file);
}

int capture_write_state(FILE *file, uint64_t t_us, enum sensor_state state)
{
	errno = 0;
	fprintf(file, "%" PRIu64 " state %s\n", t_us, sensor_state_name(state));
	return written(file);
}
