/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/fit_write.h"

#include <string.h>

#include "tests/helpers/test.h"

#define U8     0x02
#define ENUM   0x00
#define U16    0x84
#define U32    0x86
#define PER_RR 5

void fit_write_byte(struct fit_write *w, unsigned byte)
{
	assert_true(w->len < sizeof(w->bytes));
	w->bytes[w->len++] = (uint8_t)byte;
}

static void put_le(struct fit_write *w, size_t at, uint32_t value, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		w->bytes[at + i] = (uint8_t)(value >> (8 * i));
}

static void put(struct fit_write *w, uint32_t value, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		unsigned shift = 8 * (w->big_endian ? n - 1 - i : i);

		fit_write_byte(w, value >> shift & 0xff);
	}
}

void fit_write_u16(struct fit_write *w, unsigned value)
{
	put(w, value, 2);
}

void fit_write_u32(struct fit_write *w, uint32_t value)
{
	put(w, value, 4);
}

/* Bit by bit, as the polynomial is written. */
static unsigned sum_of(const uint8_t *bytes, size_t n)
{
	unsigned sum = 0;

	for (size_t i = 0; i < n; i++) {
		sum ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			sum = sum & 1 ? sum >> 1 ^ 0xa001 : sum >> 1;
	}
	return sum;
}

void fit_write_begin(struct fit_write *w, unsigned header)
{
	static const uint8_t start[] = {0, 0x10, 0x5d, 0x08, 0,   0, 0,
	                                0, '.',  'F',  'I',  'T', 0, 0};

	w->from = w->len;
	for (unsigned i = 0; i < header; i++)
		fit_write_byte(w, i ? start[i] : header);
}

void fit_write_define(struct fit_write *w, unsigned local, unsigned global,
                      const struct fit_write_field *fields, unsigned n,
                      unsigned n_own)
{
	fit_write_byte(w, 0x40 | local | (n_own ? 0x20 : 0));
	fit_write_byte(w, 0);
	fit_write_byte(w, w->big_endian);
	fit_write_u16(w, global);
	fit_write_byte(w, n);
	for (unsigned i = 0; i < n + n_own; i++) {
		if (i == n)
			fit_write_byte(w, n_own);
		fit_write_byte(w, fields[i].number);
		fit_write_byte(w, fields[i].size);
		fit_write_byte(w, fields[i].type);
	}
}

void fit_write_sum(struct fit_write *w)
{
	put_le(w, w->len - 2, sum_of(w->bytes + w->from, w->len - 2 - w->from),
	       2);
}

void fit_write_end(struct fit_write *w)
{
	uint8_t *header = w->bytes + w->from;

	put_le(w, w->from + 4, (uint32_t)(w->len - w->from - header[0]), 4);
	if (header[0] >= 14)
		put_le(w, w->from + 12, sum_of(header, 12), 2);
	fit_write_byte(w, 0);
	fit_write_byte(w, 0);
	fit_write_sum(w);
}

static void define_all(struct fit_write *w)
{
	static const struct fit_write_field id[] = {
		{0, 1, ENUM}, {1, 2, U16}, {4, 4, U32}};
	static const struct fit_write_field event[] = {
		{253, 4, U32}, {0, 1, ENUM}, {1, 1, ENUM}};
	static const struct fit_write_field record[] = {{253, 4, U32},
	                                                {3, 1, U8}};
	static const struct fit_write_field hrv[] = {{0, 2 * PER_RR, U16}};

	fit_write_define(w, 0, 0, id, 3, 0);
	fit_write_byte(w, 0);
	fit_write_byte(w, 4); /* an activity */
	fit_write_u16(w, 255);
	fit_write_u32(w, 1000000000);
	fit_write_define(w, 1, 21, event, 3, 0);
	fit_write_byte(w, 1);
	fit_write_u32(w, 1000000000);
	fit_write_byte(w, 0); /* the timer */
	fit_write_byte(w, 0); /* starts */
	fit_write_define(w, 2, 20, record, 2, 0);
	fit_write_define(w, 15, FIT_WRITE_HRV, hrv, 1, 0);
}

void fit_write_activity(struct fit_write *w, unsigned header,
                        const unsigned *rr_ms, size_t n)
{
	fit_write_begin(w, header);
	define_all(w);
	for (size_t i = 0; i < n; i += PER_RR) {
		fit_write_byte(w, 2);
		fit_write_u32(w, (uint32_t)(1000000000 + i));
		fit_write_byte(w, 60000 / rr_ms[i]);
		fit_write_byte(w, 15);
		for (size_t k = i; k < i + PER_RR; k++)
			fit_write_u16(w, k < n ? rr_ms[k] : 0xffff);
	}
	fit_write_end(w);
}
