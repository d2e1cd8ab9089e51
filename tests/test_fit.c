/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/fit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/helpers/fit_write.h"
#include "tests/helpers/test.h"

static const unsigned beats[] = {812, 790, 805, 1033, 998, 1001, 640};
#define N_BEATS (sizeof(beats) / sizeof(beats[0]))

/* Of the exact size, so that one byte too far is seen. */
static int parse(const struct fit_write *w, size_t len, struct rr *ret,
                 struct load_error *error)
{
	uint8_t *copy = malloc(len + !len);
	int r;

	assert_non_null(copy);
	memcpy(copy, w->bytes, len);
	r = fit_parse(copy, len, ret, error);
	free(copy);
	return r;
}

static void holds(const struct fit_write *w, const unsigned *rr_ms, size_t n)
{
	struct load_error error = {0};
	uint64_t t_us = 0;
	struct rr rr;
	int r = parse(w, w->len, &rr, &error);

	if (r < 0)
		print_error("byte %u: %s\n", error.byte, error.reason);
	assert_int_equal(r, 0);
	assert_int_equal(rr.n, n);
	for (size_t i = 0; i < n; i++) {
		t_us += rr_ms[i] * UINT64_C(1000);
		assert_near(rr.intervals[i].rr_ms, rr_ms[i], 0);
		assert_int_equal(rr.intervals[i].t_us, t_us);
		assert_int_equal(rr.intervals[i].rr_ticks, 0);
	}
	rr_finish(&rr);
}

static void refused(const struct fit_write *w, unsigned byte,
                    const char *reason)
{
	struct load_error error = {.line = 9, .byte = 9};
	struct rr rr = {.n = 42};

	assert_int_equal(parse(w, w->len, &rr, &error), -EBADMSG);
	assert_int_equal(rr.n, 42);
	assert_int_equal(error.line, 0);
	assert_int_equal(error.byte, byte);
	assert_non_null(strstr(error.reason, reason));
}

static void the_check_sum_is_the_published_one(void **state)
{
	(void)state;
	/* the check value that catalogues of check sums give for CRC-16/ARC */
	assert_int_equal(fit_crc(0, "123456789", 9), 0xbb3d);
	assert_int_equal(fit_crc(fit_crc(0, "1234", 4), "56789", 5), 0xbb3d);
}

static void an_activity_gives_its_intervals_in_order(void **state)
{
	struct fit_write w = {0};

	(void)state;
	fit_write_activity(&w, 14, beats, N_BEATS);
	assert_true(fit_is(w.bytes, w.len));
	holds(&w, beats, N_BEATS);
	w.len = 0;
	fit_write_activity(&w, 12, beats, 1);
	holds(&w, beats, 1);
}

static void both_byte_orders_are_read(void **state)
{
	struct fit_write w = {.big_endian = true};

	(void)state;
	fit_write_activity(&w, 14, beats, N_BEATS);
	holds(&w, beats, N_BEATS);
}

static void a_header_may_go_without_a_check_sum(void **state)
{
	struct fit_write w = {0};

	(void)state;
	fit_write_activity(&w, 14, beats, N_BEATS);
	w.bytes[12] = w.bytes[13] = 0;
	fit_write_sum(&w);
	holds(&w, beats, N_BEATS);
}

static void a_header_may_be_longer_than_today(void **state)
{
	static const struct fit_write_field hrv[] = {{0, 2, 0x84}};
	struct fit_write w = {0};

	(void)state;
	fit_write_begin(&w, 14);
	fit_write_byte(&w, 1);
	fit_write_byte(&w, 2);
	w.bytes[0] = 16;
	fit_write_define(&w, 0, FIT_WRITE_HRV, hrv, 1, 0);
	fit_write_byte(&w, 0);
	fit_write_u16(&w, beats[0]);
	fit_write_end(&w);
	holds(&w, beats, 1);
}

static void compressed_times_name_their_kind_in_two_bits(void **state)
{
	static const struct fit_write_field hrv[] = {{0, 4, 0x84}};
	static const struct fit_write_field record[] = {{3, 1, 0x02}};
	struct fit_write w = {0};

	(void)state;
	fit_write_begin(&w, 14);
	fit_write_define(&w, 3, FIT_WRITE_HRV, hrv, 1, 0);
	fit_write_define(&w, 0, 20, record, 1, 0);
	fit_write_byte(&w, 0x80 | 0 << 5 | 31);
	fit_write_byte(&w, 60);
	fit_write_byte(&w, 0x80 | 3 << 5 | 7);
	fit_write_u16(&w, beats[0]);
	fit_write_u16(&w, beats[1]);
	fit_write_end(&w);
	holds(&w, beats, 2);
}

static void fields_of_a_developer_are_skipped(void **state)
{
	static const struct fit_write_field hrv[] = {
		{7, 3, 0x0d},
		{0, 4, 0x84},
		{9, 1, 0x02}, /* two of its own: */
		{0, 6, 0},
		{1, 1, 0}};
	struct fit_write w = {0};

	(void)state;
	fit_write_begin(&w, 14);
	fit_write_define(&w, 4, FIT_WRITE_HRV, hrv, 3, 2);
	for (size_t i = 0; i < 4; i += 2) {
		fit_write_byte(&w, 4);
		for (int k = 0; k < 3; k++)
			fit_write_byte(&w, 0x55);
		fit_write_u16(&w, beats[i]);
		fit_write_u16(&w, beats[i + 1]);
		for (int k = 0; k < 8; k++)
			fit_write_byte(&w, 0x55);
	}
	fit_write_end(&w);
	holds(&w, beats, 4);
}

static void a_kind_may_be_defined_anew(void **state)
{
	static const struct fit_write_field record[] = {{0, 2, 0x84}};
	struct fit_write w = {0};

	(void)state;
	fit_write_begin(&w, 14);
	fit_write_define(&w, 0, FIT_WRITE_HRV, record, 1, 0);
	fit_write_byte(&w, 0);
	fit_write_u16(&w, beats[0]);
	fit_write_define(&w, 0, 20, record, 1, 0);
	fit_write_byte(&w, 0);
	fit_write_u16(&w, 4711);
	w.big_endian = true;
	fit_write_define(&w, 0, FIT_WRITE_HRV, record, 1, 0);
	fit_write_byte(&w, 0);
	fit_write_u16(&w, beats[1]);
	fit_write_end(&w);
	holds(&w, beats, 2);
}

static void what_stands_behind_an_empty_place_is_not_read(void **state)
{
	static const struct fit_write_field hrv[] = {{0, 8, 0x84}};
	struct fit_write w = {0};

	(void)state;
	fit_write_begin(&w, 14);
	fit_write_define(&w, 0, FIT_WRITE_HRV, hrv, 1, 0);
	fit_write_byte(&w, 0);
	fit_write_u16(&w, beats[0]);
	fit_write_u16(&w, 0); /* no interval at all */
	fit_write_u16(&w, 0xffff);
	fit_write_u16(&w, 777);
	fit_write_byte(&w, 0);
	fit_write_u16(&w, beats[1]);
	for (int i = 0; i < 3; i++)
		fit_write_u16(&w, 0xffff);
	fit_write_end(&w);
	holds(&w, beats, 2);
}

static void files_in_a_row_have_a_gap_between_them(void **state)
{
	struct fit_write w = {0};
	struct load_error error;
	struct rr rr;

	(void)state;
	fit_write_activity(&w, 14, beats, 3);
	w.big_endian = true;
	fit_write_activity(&w, 12, beats + 3, N_BEATS - 3);
	holds(&w, beats, N_BEATS);
	assert_int_equal(parse(&w, w.len, &rr, &error), 0);
	for (size_t i = 0; i < N_BEATS; i++)
		assert_int_equal(rr.intervals[i].gap, i == 3);
	rr_finish(&rr);
	/* what was defined in the first counts no more in the second */
	fit_write_begin(&w, 14);
	fit_write_byte(&w, 2);
	fit_write_end(&w);
	refused(&w, (unsigned)w.from + 15, "definition");
}

/* --- when it began
 */

/* What a program says that writes no timestamps, and what a watch says. */
#define CREATED 1000000000u
#define EVENT   1000000060u
#define RECORD  1000000075u

static void begin_at(struct fit_write *w, uint32_t created)
{
	static const struct fit_write_field id[] = {{0, 1, 0x00}, {4, 4, 0x86}};

	w->len = 0;
	fit_write_begin(w, 14);
	fit_write_define(w, 0, 0, id, 2, 0);
	fit_write_byte(w, 0);
	fit_write_byte(w, 4);
	fit_write_u32(w, created);
}

/* A message of another kind. */
static void say_time(struct fit_write *w, unsigned message, uint32_t time)
{
	static const struct fit_write_field fields[] = {{3, 1, 0x02},
	                                                {253, 4, 0x86}};

	fit_write_define(w, 1, message, fields, 2, 0);
	fit_write_byte(w, 1);
	fit_write_byte(w, 72);
	fit_write_u32(w, time);
}

static void say_beat(struct fit_write *w)
{
	static const struct fit_write_field hrv[] = {{0, 2, 0x84}};

	fit_write_define(w, 2, FIT_WRITE_HRV, hrv, 1, 0);
	fit_write_byte(w, 2);
	fit_write_u16(w, beats[0]);
}

/* @time: 0: not known */
static void began(struct fit_write *w, uint32_t time)
{
	struct load_error error;
	struct rr rr;

	fit_write_end(w);
	assert_int_equal(parse(w, w->len, &rr, &error), 0);
	assert_int_equal(rr.start.clock, time ? RR_CLOCK_UTC : RR_CLOCK_NONE);
	if (time)
		assert_int_equal(rr.start.ms,
		                 (INT64_C(631065600) + time) * 1000);
	rr_finish(&rr);
}

static void it_began_at_the_last_time_before_the_first_interval(void **state)
{
	struct fit_write w = {0};

	(void)state;
	for (int big_endian = 0; big_endian < 2; big_endian++) {
		w.big_endian = big_endian;
		begin_at(&w, CREATED);
		say_time(&w, 21, EVENT);
		say_time(&w, 20, RECORD);
		say_beat(&w);
		say_time(&w, 20, RECORD + 1);
		say_beat(&w);
		began(&w, RECORD);
		begin_at(&w, CREATED);
		say_beat(&w);
		say_time(&w, 20, RECORD);
		began(&w, CREATED);
	}
	/* that of the first of several in a row */
	w = (struct fit_write){.len = 0};
	fit_write_activity(&w, 14, beats, 3);
	fit_write_begin(&w, 14);
	say_time(&w, 20, RECORD);
	say_beat(&w);
	began(&w, CREATED);
}

static void what_is_no_time_of_day_is_not_taken_for_one(void **state)
{
	static const struct fit_write_field own[] = {
		{3, 1, 0x02}, {253, 4, 0x86}, {253, 4, 0x00}};
	static const struct fit_write_field narrow[] = {{253, 2, 0x84}};
	struct fit_write w = {0};

	(void)state;
	begin_at(&w, 0xffffffff);
	say_time(&w, 20, 0x0fffffff); /* since it was turned on */
	say_beat(&w);
	began(&w, 0);
	begin_at(&w, 0x10000000);
	say_time(&w, 20, 0);
	say_time(&w, 20, 0xffffffff);
	fit_write_define(&w, 3, 20, narrow, 1, 0);
	fit_write_byte(&w, 3);
	fit_write_u16(&w, 0x7777);
	/* its developer's field of that number is anything */
	fit_write_define(&w, 3, 20, own, 2, 1);
	fit_write_byte(&w, 3);
	fit_write_byte(&w, 72);
	fit_write_u32(&w, EVENT);
	fit_write_u32(&w, RECORD);
	say_beat(&w);
	began(&w, EVENT);
}

/* --- damage
 */

static void a_file_that_ends_early_is_refused_wherever_it_ends(void **state)
{
	struct fit_write w = {0};

	(void)state;
	fit_write_activity(&w, 14, beats, N_BEATS);
	for (size_t len = 0; len < w.len; len++) {
		struct load_error error = {0};
		struct rr rr = {.n = 42};

		assert_int_equal(parse(&w, len, &rr, &error), -EBADMSG);
		assert_int_equal(rr.n, 42);
		assert_non_null(error.reason);
		assert_int_equal(error.byte, len < 12 ? 1 : len + 1);
	}
	fit_write_byte(&w, 0);
	refused(&w, (unsigned)w.len, "header");
}

static void any_damaged_byte_is_noticed(void **state)
{
	struct fit_write w = {0};

	(void)state;
	fit_write_activity(&w, 14, beats, N_BEATS);
	for (size_t i = 0; i < w.len; i++) {
		struct load_error error = {0};
		struct rr rr;

		w.bytes[i] ^= 0x10;
		assert_int_equal(parse(&w, w.len, &rr, &error), -EBADMSG);
		assert_non_null(error.reason);
		assert_true(error.byte > 0);
		w.bytes[i] ^= 0x10;
	}
	w.bytes[40] ^= 1;
	refused(&w, (unsigned)w.len - 1, "check sum of the file");
	w.bytes[40] ^= 1;
	w.bytes[2] ^= 1;
	refused(&w, 13, "check sum of the header");
}

static void messages_that_make_no_sense_are_refused_by_their_byte(void **state)
{
	static const struct fit_write_field odd[] = {{0, 3, 0x84}};
	static const struct fit_write_field even[] = {{0, 4, 0x84}};
	/* the first message is byte 15, then what the case is about */
	static const struct {
		uint8_t bytes[12];
		unsigned n, byte;
		const char *reason;
	} cases[] = {
		{{0x05}, 1, 15, "definition of this message"},
		{{0x40}, 1, 15, "whole definition"},
		{{0x40, 0, 2, 78, 0, 0}, 6, 15, "byte order"},
		{{0x40, 0, 0, 78, 0, 2, 0, 2, 0x84}, 9, 15, "whole definition"},
		{{0x60, 0, 0, 78, 0, 0}, 6, 15, "whole definition"},
		{{0x60, 0, 0, 78, 0, 0, 1, 0, 2}, 9, 15, "whole definition"},
		{{0x40, 0, 0, 78, 0, 1, 0, 4, 0x84, 0, 1, 2},
	         12,
	         24,
	         "whole message"},
		{{0xe0}, 1, 15, "definition of this message"},
	};
	struct fit_write w = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		w.len = 0;
		fit_write_begin(&w, 14);
		for (unsigned k = 0; k < cases[i].n; k++)
			fit_write_byte(&w, cases[i].bytes[k]);
		fit_write_end(&w);
		refused(&w, cases[i].byte, cases[i].reason);
	}
	w.len = 0;
	fit_write_begin(&w, 14);
	fit_write_define(&w, 1, FIT_WRITE_HRV, even, 1, 0);
	fit_write_define(&w, 1, FIT_WRITE_HRV, odd, 1, 0);
	fit_write_end(&w);
	refused(&w, 24, "two bytes");
	w.len = 0;
	fit_write_begin(&w, 14);
	w.bytes[0] = 13;
	fit_write_end(&w);
	refused(&w, 1, "12 or 14");
}

static void a_file_without_intervals_says_so(void **state)
{
	struct load_error error = {.byte = 9};
	struct fit_write w = {0};
	struct rr rr;

	(void)state;
	fit_write_activity(&w, 14, NULL, 0);
	assert_int_equal(parse(&w, w.len, &rr, &error), -ENODATA);
	assert_int_equal(error.byte, 0);
	assert_non_null(strstr(error.reason, "holds none"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_check_sum_is_the_published_one),
		cmocka_unit_test(an_activity_gives_its_intervals_in_order),
		cmocka_unit_test(both_byte_orders_are_read),
		cmocka_unit_test(a_header_may_go_without_a_check_sum),
		cmocka_unit_test(a_header_may_be_longer_than_today),
		cmocka_unit_test(compressed_times_name_their_kind_in_two_bits),
		cmocka_unit_test(fields_of_a_developer_are_skipped),
		cmocka_unit_test(a_kind_may_be_defined_anew),
		cmocka_unit_test(what_stands_behind_an_empty_place_is_not_read),
		cmocka_unit_test(files_in_a_row_have_a_gap_between_them),
		cmocka_unit_test(
			it_began_at_the_last_time_before_the_first_interval),
		cmocka_unit_test(what_is_no_time_of_day_is_not_taken_for_one),
		cmocka_unit_test(
			a_file_that_ends_early_is_refused_wherever_it_ends),
		cmocka_unit_test(any_damaged_byte_is_noticed),
		cmocka_unit_test(
			messages_that_make_no_sense_are_refused_by_their_byte),
		cmocka_unit_test(a_file_without_intervals_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
