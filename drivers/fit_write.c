/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/fit_write.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/fit.h"

/* Types of fields, with what stands for "not known" left to the reader. */
#define ENUM      0x00
#define U8        0x02
#define U16       0x84
#define U32       0x86

#define PER_HRV   5
#define EMPTY_U16 0xffff

/* Messages of the profile. */
enum message {
	FILE_ID = 0,
	SESSION = 18,
	LAP = 19,
	RECORD = 20,
	EVENT = 21,
	ACTIVITY = 34,
	HRV = 78,
};

/* Fields that several of them have. */
#define TIMESTAMP 253

struct field {
	uint8_t number, type;
	uint32_t value;
};

struct out {
	FILE *memory;
	char *bytes;
	size_t len;
};

static size_t size_of(uint8_t type)
{
	return type == U32 ? 4 : type == U16 ? 2 : 1;
}

static void put(struct out *o, uint32_t value, size_t n)
{
	for (size_t i = 0; i < n; i++)
		putc((int)(value >> (8 * i) & 0xff), o->memory);
}

/* Each kind of message is defined when it first comes, at a number below 16
 * of its own. */
static void define(struct out *o, unsigned local, enum message message,
                   const struct field *fields, size_t n)
{
	put(o, 0x40 | local, 1);
	put(o, 0, 2); /* reserved; little endian */
	put(o, message, 2);
	put(o, (uint32_t)n, 1);
	for (size_t i = 0; i < n; i++) {
		put(o, fields[i].number, 1);
		put(o, (uint32_t)size_of(fields[i].type), 1);
		put(o, fields[i].type, 1);
	}
}

static void write_message(struct out *o, unsigned local,
                          const struct field *fields, size_t n)
{
	put(o, local, 1);
	for (size_t i = 0; i < n; i++)
		put(o, fields[i].value, size_of(fields[i].type));
}

static void write_once(struct out *o, unsigned local, enum message message,
                       const struct field *fields, size_t n)
{
	define(o, local, message, fields, n);
	write_message(o, local, fields, n);
}

#define COUNT(fields) (sizeof(fields) / sizeof((fields)[0]))

static void write_begin(struct out *o, uint32_t start)
{
	const struct field id[] = {
		{0, ENUM, 4},  /* an activity */
		{1, U16, 255}, /* of a maker without a number */
		{2, U16, 0},
		{4, U32, start},
	};
	const struct field event[] = {
		{TIMESTAMP, U32, start},
		{0, ENUM, 0}, /* the timer */
		{1, ENUM, 0}, /* starts */
	};

	write_once(o, 0, FILE_ID, id, COUNT(id));
	write_once(o, 1, EVENT, event, COUNT(event));
}

static unsigned whole_ms(double rr_ms)
{
	return rr_ms >= EMPTY_U16 - 1 ? EMPTY_U16 - 1 : (unsigned)lround(rr_ms);
}

/* Message 78 is an array, which struct field does not know. */
static void define_hrv(struct out *o)
{
	put(o, 0x40 | 3, 1);
	put(o, 0, 2);
	put(o, HRV, 2);
	put(o, 1, 1);
	put(o, 0, 1);
	put(o, 2 * PER_HRV, 1);
	put(o, U16, 1);
}

static void write_beats(struct out *o, const struct rr *rr, uint32_t start)
{
	for (size_t i = 0; i < rr->n; i += PER_HRV) {
		size_t n = rr->n - i < PER_HRV ? rr->n - i : PER_HRV;
		const struct rr_interval *last = &rr->intervals[i + n - 1];
		double bpm = 60000 / last->rr_ms;
		const struct field record[] = {
			{TIMESTAMP, U32,
		         start + (uint32_t)(last->t_us / 1000000)},
			{3, U8, bpm < 254 ? (uint32_t)lround(bpm) : 254},
		};

		if (i == 0) {
			define(o, 2, RECORD, record, COUNT(record));
			define_hrv(o);
		}
		put(o, 3, 1);
		for (size_t k = 0; k < PER_HRV; k++)
			put(o,
			    k < n ? whole_ms(rr->intervals[i + k].rr_ms)
			          : EMPTY_U16,
			    2);
		write_message(o, 2, record, COUNT(record));
	}
}

static void write_end(struct out *o, uint32_t start, uint32_t seconds)
{
	uint32_t end = start + seconds, ms = seconds * 1000;
	const struct field event[] = {
		{TIMESTAMP, U32, end}, {0, ENUM, 0}, {1, ENUM, 4}, /* stops */
	};
	const struct field lap[] = {
		{TIMESTAMP, U32, end},
		{2, U32, start},
		{7, U32, ms}, /* elapsed */
		{8, U32, ms}, /* of the timer */
	};
	const struct field session[] = {
		{TIMESTAMP, U32, end}, {2, U32, start},
		{5, ENUM, 0}, /* generic */
		{7, U32, ms},          {8, U32, ms},
		{25, U16, 0}, /* first lap */
		{26, U16, 1}, /* laps */
	};
	const struct field activity[] = {
		{TIMESTAMP, U32, end}, {0, U32, ms},
		{1, U16, 1},                          /* sessions */
		{2, ENUM, 0},          {3, ENUM, 26}, /* an activity */
		{4, ENUM, 1},                         /* stops */
	};

	write_message(o, 1, event, COUNT(event));
	write_once(o, 4, LAP, lap, COUNT(lap));
	write_once(o, 5, SESSION, session, COUNT(session));
	write_once(o, 6, ACTIVITY, activity, COUNT(activity));
}

static void fill_header(uint8_t header[14], size_t data)
{
	const uint8_t start[14] = {14, 0x20, 0x5d, 0x08, 0,   0,
	                           0,  0,    '.',  'F',  'I', 'T'};
	uint16_t crc;

	memcpy(header, start, sizeof(start));
	for (size_t i = 0; i < 4; i++)
		header[4 + i] = (uint8_t)(data >> (8 * i));
	crc = fit_crc(0, header, 12);
	header[12] = (uint8_t)crc;
	header[13] = (uint8_t)(crc >> 8);
}

static int write_whole(FILE *file, const struct out *o)
{
	uint8_t header[14], end[2];
	uint16_t crc;

	fill_header(header, o->len);
	crc = fit_crc(fit_crc(0, header, sizeof(header)), o->bytes, o->len);
	end[0] = (uint8_t)crc;
	end[1] = (uint8_t)(crc >> 8);
	if (fwrite(header, 1, sizeof(header), file) != sizeof(header) ||
	    fwrite(o->bytes, 1, o->len, file) != o->len ||
	    fwrite(end, 1, sizeof(end), file) != sizeof(end))
		return -EIO;
	return 0;
}

int fit_write(FILE *file, const struct rr *rr, int64_t start_s)
{
	uint32_t start =
		start_s > FIT_EPOCH_S ? (uint32_t)(start_s - FIT_EPOCH_S) : 0;
	struct out o = {NULL, NULL, 0};
	int r;

	if (rr->n == 0)
		return -ENODATA;
	o.memory = open_memstream(&o.bytes, &o.len);
	if (!o.memory)
		return -ENOMEM;
	write_begin(&o, start);
	write_beats(&o, rr, start);
	write_end(&o, start,
	          (uint32_t)(rr->intervals[rr->n - 1].t_us / 1000000));
	r = ferror(o.memory) ? -ENOMEM : 0;
	if (fclose(o.memory) != 0)
		r = -ENOMEM;
	if (r == 0)
		r = write_whole(file, &o);
	free(o.bytes);
	return r;
}
