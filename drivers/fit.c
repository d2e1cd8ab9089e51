/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/fit.h"

#include <errno.h>
#include <string.h>

/* The file header: its size, two versions, the size of the data, ".FIT" and,
   if it is long enough, a check sum of what came before. */
#define HEADER_MIN     12
#define HEADER_SIZE_AT 4
#define HEADER_SIGN_AT 8
#define HEADER_CRC_AT  12
#define CRC_BYTES      2

/* The byte before each message. */
#define COMPRESSED       0x80 /* its own layout: */
#define COMPRESSED_TYPE  0x60
#define COMPRESSED_SHIFT 5
#define DEFINITION       0x40 /* or the other: */
#define DEVELOPER        0x20
#define LOCAL_TYPE       0x0f
#define LOCAL_TYPES      16

/* A definition: reserved, byte order, number, fields of number, size, type. */
#define DEFINITION_MIN 5
#define FIELD_BYTES    3

#define OTHERS_MESSAGE 0x10000
#define HRV_MESSAGE    78
#define HRV_FIELD      0
#define HRV_NO_VALUE   0xffff

/* When things were: of any message, and when the file was begun. */
#define TIMESTAMP_FIELD 253
#define ID_MESSAGE      0
#define CREATED_FIELD   4
#define TIME_BYTES      4
#define TIME_NO_VALUE   0xffffffff
/* What is less counts from when the watch was turned on. */
#define TIME_MIN 0x10000000

/* What a definition says of its data messages. */
struct kind {
	bool known, big_endian;
	size_t len;
	size_t rr_at, rr_len; /* of the intervals in them; 0: none */
	size_t time_at;       /* where has_time */
	bool has_time;
};

struct fit {
	const uint8_t *bytes;
	size_t len;
	size_t at, end; /* of the messages */
	struct kind kinds[LOCAL_TYPES];
	struct rr_list list;
	uint64_t t_ms;
	uint32_t time; /* the last that was told; 0: none */
	bool gap;
	struct load_error *error;
};

static int fail(struct fit *f, size_t at, const char *reason)
{
	*f->error =
		(struct load_error){.byte = (unsigned)at + 1, .reason = reason};
	return -EBADMSG;
}

bool fit_is(const void *bytes, size_t len)
{
	return len >= HEADER_MIN &&
	       memcmp((const char *)bytes + HEADER_SIGN_AT, ".FIT", 4) == 0;
}

uint16_t fit_crc(uint16_t crc, const void *bytes, size_t len)
{
	/* the polynomial 0x8005, mirrored, after each of 16 half bytes */
	static const uint16_t steps[16] = {
		0x0000, 0xcc01, 0xd801, 0x1400, 0xf001, 0x3c00, 0x2800, 0xe401,
		0xa001, 0x6c00, 0x7800, 0xb401, 0x5000, 0x9c01, 0x8801, 0x4400};
	const uint8_t *b = bytes;

	for (size_t i = 0; i < len; i++) {
		crc ^= b[i];
		crc = (uint16_t)(crc >> 4 ^ steps[crc & 15]);
		crc = (uint16_t)(crc >> 4 ^ steps[crc & 15]);
	}
	return crc;
}

static unsigned u16(const uint8_t *b, bool big_endian)
{
	return big_endian ? (unsigned)b[0] << 8 | b[1]
	                  : (unsigned)b[1] << 8 | b[0];
}

static uint32_t u32(const uint8_t *b, bool big_endian)
{
	uint32_t low = u16(b + (big_endian ? 2 : 0), big_endian);

	return (uint32_t)u16(b + (big_endian ? 0 : 2), big_endian) << 16 | low;
}

/* Move on to the messages of the next file in the row. */
static int take_header(struct fit *f)
{
	const uint8_t *b = f->bytes + f->at;
	size_t left = f->len - f->at, header, data;

	if (!fit_is(b, left))
		return fail(f, f->at, "expected the header of a FIT file");
	header = b[0];
	data = u32(b + HEADER_SIZE_AT, false);
	if (header != HEADER_MIN && header < HEADER_CRC_AT + CRC_BYTES)
		return fail(f, f->at, "expected a header of 12 or 14 bytes");
	if (left < header + CRC_BYTES || left - header - CRC_BYTES < data)
		return fail(f, f->len,
		            "expected as many bytes as its header says: the "
		            "file is cut off");
	if (header > HEADER_MIN && u16(b + HEADER_CRC_AT, false) != 0 &&
	    u16(b + HEADER_CRC_AT, false) != fit_crc(0, b, HEADER_CRC_AT))
		return fail(f, f->at + HEADER_CRC_AT,
		            "expected the check sum of the header: it is "
		            "damaged");
	f->end = f->at + header + data;
	if (u16(f->bytes + f->end, false) != fit_crc(0, b, header + data))
		return fail(f, f->end,
		            "expected the check sum of the file: it is "
		            "damaged");
	f->at += header;
	memset(f->kinds, 0, sizeof(f->kinds));
	return 0;
}

static bool tells_time(unsigned message, const uint8_t *field)
{
	return field[1] == TIME_BYTES &&
	       (field[0] == TIMESTAMP_FIELD ||
	        (message == ID_MESSAGE && field[0] == CREATED_FIELD));
}

/* @at: of the definition, for what is said of it. @message: OTHERS_MESSAGE: of
   a developer's fields, whose numbers are not ours to read */
static int take_field(struct fit *f, size_t at, unsigned message,
                      struct kind *kind)
{
	const uint8_t *field = f->bytes + f->at;

	f->at += FIELD_BYTES;
	if (message != OTHERS_MESSAGE && tells_time(message, field)) {
		kind->time_at = kind->len;
		kind->has_time = true;
	}
	if (message == HRV_MESSAGE && field[0] == HRV_FIELD &&
	    kind->rr_len == 0) {
		if (field[1] % 2 != 0)
			return fail(f, at, "expected intervals of two bytes");
		kind->rr_at = kind->len;
		kind->rr_len = field[1];
	}
	kind->len += field[1];
	return 0;
}

/* Return: the fields that follow their number, or -EBADMSG. */
static int take_fields(struct fit *f, size_t at)
{
	unsigned n;

	if (f->at == f->end)
		return fail(f, at, "expected a whole definition");
	n = f->bytes[f->at++];
	if (f->end - f->at < n * FIELD_BYTES)
		return fail(f, at, "expected a whole definition");
	return (int)n;
}

static int take_definition(struct fit *f, size_t at, unsigned head)
{
	const uint8_t *b = f->bytes + f->at;
	struct kind kind = {.known = true};
	unsigned message;
	int n;

	if (f->end - f->at < DEFINITION_MIN)
		return fail(f, at, "expected a whole definition");
	if (b[1] > 1)
		return fail(f, at, "expected a byte order of 0 or 1");
	kind.big_endian = b[1] == 1;
	message = u16(b + 2, kind.big_endian);
	f->at += DEFINITION_MIN - 1;
	n = take_fields(f, at);
	for (int i = 0; i < n; i++)
		if (take_field(f, at, message, &kind) < 0)
			return -EBADMSG;
	if (n >= 0 && head & DEVELOPER) {
		n = take_fields(f, at);
		for (int i = 0; i < n; i++)
			(void)take_field(f, at, OTHERS_MESSAGE, &kind);
	}
	if (n < 0)
		return n;
	f->kinds[head & LOCAL_TYPE] = kind;
	return 0;
}

/* Until the first interval, which is not timed itself. */
static void take_time(struct fit *f, const uint8_t *b, const struct kind *kind)
{
	uint32_t time = u32(b, kind->big_endian);

	if (f->list.rr.n == 0 && time >= TIME_MIN && time != TIME_NO_VALUE)
		f->time = time;
}

static int take_intervals(struct fit *f, const uint8_t *b,
                          const struct kind *kind)
{
	for (size_t i = 0; i < kind->rr_len; i += 2) {
		unsigned rr_ms = u16(b + i, kind->big_endian);
		struct rr_interval interval = {.rr_ms = rr_ms, .gap = f->gap};
		int r;

		if (rr_ms == HRV_NO_VALUE)
			break;
		if (rr_ms == 0) /* no interval, as a strap's 0 is none */
			continue;
		f->t_ms += rr_ms;
		interval.t_us = f->t_ms * 1000;
		f->gap = false;
		r = rr_list_add(&f->list, &interval, f->at, f->len);
		if (r < 0)
			return r;
	}
	return 0;
}

static int take_data(struct fit *f, size_t at, unsigned type)
{
	const struct kind *kind = &f->kinds[type];
	const uint8_t *b = f->bytes + f->at;

	if (!kind->known)
		return fail(f, at,
		            "expected a definition of this message "
		            "before it");
	if (f->end - f->at < kind->len)
		return fail(f, at, "expected a whole message");
	f->at += kind->len;
	if (kind->has_time)
		take_time(f, b + kind->time_at, kind);
	return take_intervals(f, b + kind->rr_at, kind);
}

static int take_message(struct fit *f)
{
	size_t at = f->at;
	unsigned head = f->bytes[f->at++];

	if (head & COMPRESSED)
		return take_data(f, at,
		                 (head & COMPRESSED_TYPE) >> COMPRESSED_SHIFT);
	if (head & DEFINITION)
		return take_definition(f, at, head);
	return take_data(f, at, head & LOCAL_TYPE);
}

static int take_files(struct fit *f)
{
	int r;

	do {
		r = take_header(f);
		while (r == 0 && f->at < f->end)
			r = take_message(f);
		f->at += CRC_BYTES;
		f->gap = f->list.rr.n > 0;
	} while (r == 0 && f->at < f->len);
	return r;
}

int fit_parse(const void *bytes, size_t len, struct rr *ret,
              struct load_error *error)
{
	struct fit f = {.bytes = bytes, .len = len, .error = error};
	int r;

	*error = (struct load_error){.reason = "out of memory"};
	r = take_files(&f);
	if (r == 0 && f.list.rr.n == 0) {
		*error = (struct load_error){
			.reason = "expected heart beat intervals; the file "
				  "holds none: the watch must be told to "
				  "record them"};
		r = -ENODATA;
	}
	if (r < 0) {
		rr_finish(&f.list.rr);
		return r;
	}
	if (f.time)
		f.list.rr.start = (struct rr_start){
			.clock = RR_CLOCK_UTC,
			.ms = (FIT_EPOCH_S + f.time) * 1000,
		};
	*ret = f.list.rr;
	return 0;
}
