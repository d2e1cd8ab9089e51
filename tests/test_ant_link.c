/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <string.h>

#include "drivers/ant_link.h"
#include "tests/helpers/test.h"

struct vector {
	size_t len;
	uint8_t id, data_len;
	uint8_t bytes[ANT_LINK_FRAME_MAX];
};

/* reference/sensors.md C.3: taken off real sticks by their users. */
static const struct vector vectors[] = {
	{5, 0x4a, 1, {0xa4, 1, 0x4a, 0, 0xef}},
	{5, 0x6f, 1, {0xa4, 1, 0x6f, 0x20, 0xea}},
	{5, 0x6f, 1, {0xa4, 1, 0x6f, 0x00, 0xca}},
	{6, 0x4d, 2, {0xa4, 2, 0x4d, 0, 0x54, 0xbf}},
	{12,
         0x54,
         8,
         {0xa4, 8, 0x54, 8, 8, 0, 0xba, 0x36, 0, 0xdf, 0x79, 0xd2}},
	{7, 0x40, 3, {0xa4, 3, 0x40, 0, 0x46, 0, 0xa1}},
	{7, 0x40, 3, {0xa4, 3, 0x40, 1, 0x42, 0, 0xa4}},
	{13,
         0x4e,
         9,
         {0xa4, 9, 0x4e, 0, 0x85, 1, 0x80, 0x17, 0xf0, 0x3d, 0xac, 3, 0x92}},
	{18,
         0x4e,
         14,
         {0xa4, 14, 0x4e, 0, 0x86, 0, 0x9d, 0, 0x0b, 2, 0xac, 3, 0x80, 0x62,
          0x36, 0x56, 1, 0xda}},
	{16,
         0x4e,
         12,
         {0xa4, 12, 0x4e, 0, 5, 1, 0x80, 0x17, 0xf0, 0x3d, 0x90, 3, 0x20, 0x95,
          0x92, 0x0c}},
	{18,
         0x4e,
         14,
         {0xa4, 14, 0x4e, 0, 2, 2, 0, 0, 0, 0, 0xb0, 3, 0x40, 0x10, 0, 0x68, 0,
          0x6f}},
	{24, 0x4e, 20, {0xa4, 20,   0x4e, 0,    0x84, 0x7e, 0xb6, 3,
                        0xa6, 3,    0x98, 3,    0xe0, 0x62, 0x36, 0x56,
                        1,    0x10, 0,    0x68, 0,    0x34, 0xf0, 0xd0}},
};
#define N_VECTORS (sizeof(vectors) / sizeof(vectors[0]))

/* All vectors one after the other, with what stands between them. */
static size_t string_up(uint8_t *ret, const uint8_t *between, size_t n)
{
	size_t at = 0;

	for (size_t i = 0; i < N_VECTORS; i++) {
		memcpy(ret + at, between, n);
		memcpy(ret + at + n, vectors[i].bytes, vectors[i].len);
		at += n + vectors[i].len;
	}
	return at;
}

static void assert_is_vector(const struct ant_link_message *m, size_t i)
{
	assert_true(i < N_VECTORS);
	assert_int_equal(m->id, vectors[i].id);
	assert_int_equal(m->len, vectors[i].data_len);
	assert_memory_equal(m->frame, vectors[i].bytes, vectors[i].len);
	assert_ptr_equal(m->data, m->frame + 3);
}

/* Return: how many vectors came out, in their order. */
static size_t feed(const uint8_t *bytes, size_t len, size_t step,
                   uint64_t *ret_skipped)
{
	struct ant_link link = {.n = 0};
	struct ant_link_message m;
	size_t n = 0;

	for (size_t from = 0; from < len; from += step) {
		size_t left = step < len - from ? step : len - from;
		const uint8_t *at = bytes + from;

		while (ant_link_next(&link, &at, &left, &m))
			assert_is_vector(&m, n++);
		assert_int_equal(left, 0);
	}
	*ret_skipped = link.skipped;
	return n;
}

static void each_published_message_is_read_as_it_stands(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_VECTORS; i++) {
		struct ant_link_message m;

		assert_int_equal(
			ant_link_parse(vectors[i].bytes, vectors[i].len, &m),
			0);
		assert_is_vector(&m, i);
	}
}

static void each_published_message_is_composed_to_the_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_VECTORS; i++) {
		uint8_t frame[ANT_LINK_FRAME_MAX];
		size_t n = ant_link_compose(frame, vectors[i].id,
		                            vectors[i].bytes + 3,
		                            vectors[i].data_len);

		assert_int_equal(n, vectors[i].len);
		assert_memory_equal(frame, vectors[i].bytes, n);
	}
}

static void messages_come_out_of_any_cut(void **state)
{
	uint8_t bytes[512];
	size_t len = string_up(bytes, (const uint8_t *)"", 0);
	uint64_t skipped;

	(void)state;
	for (size_t step = 1; step <= len; step++) {
		assert_int_equal(feed(bytes, len, step, &skipped), N_VECTORS);
		assert_int_equal(skipped, 0);
	}
}

static void zero_padding_between_messages_is_skipped(void **state)
{
	const uint8_t padding[5] = {0};
	uint8_t bytes[512];
	size_t len = string_up(bytes, padding, sizeof(padding));
	uint64_t skipped;

	(void)state;
	for (size_t step = 1; step <= len; step++) {
		assert_int_equal(feed(bytes, len, step, &skipped), N_VECTORS);
		assert_int_equal(skipped, N_VECTORS * sizeof(padding));
	}
}

static void a_false_beginning_costs_one_byte_not_the_message(void **state)
{
	/* A4 and a length that reaches over the true message (not one that
	   happens to XOR to 0 here); twice A4; A4 and a length beyond the
	   limit; the write direction's A5. */
	static const uint8_t garbage[][4] = {{0xa4, 19, 0x4e, 1},
	                                     {0xa4, 0xa4, 3, 0xa4},
	                                     {1, 2, 0xa4, 25},
	                                     {0xa5, 1, 0x4a, 0}};
	uint8_t bytes[512];
	uint64_t skipped;

	(void)state;
	for (size_t i = 0; i < sizeof(garbage) / sizeof(garbage[0]); i++) {
		size_t len = string_up(bytes, garbage[i], 4);

		memset(bytes + len, 0, ANT_LINK_FRAME_MAX);
		len += ANT_LINK_FRAME_MAX;
		for (size_t step = 1; step <= len; step++)
			assert_int_equal(feed(bytes, len, step, &skipped),
			                 N_VECTORS);
	}
}

static void a_message_with_any_bit_turned_is_refused(void **state)
{
	const struct vector *v = &vectors[N_VECTORS - 1];

	(void)state;
	for (size_t bit = 0; bit < v->len * 8; bit++) {
		struct ant_link_message m = {.id = 0x77};
		uint8_t bytes[ANT_LINK_FRAME_MAX];

		memcpy(bytes, v->bytes, v->len);
		bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(ant_link_parse(bytes, v->len, &m), -EBADMSG);
		assert_int_equal(m.id, 0x77);
	}
}

static void a_checksum_of_ff_is_one_like_any_other(void **state)
{
	const uint8_t bytes[] = {0xa4, 1, 0x4a, 0x10, 0xff};
	struct ant_link_message m;

	(void)state;
	assert_int_equal(ant_link_parse(bytes, sizeof(bytes), &m), 0);
	assert_int_equal(m.id, ANT_RESET);
}

static void a_lost_byte_loses_only_its_own_message(void **state)
{
	uint8_t bytes[512];

	(void)state;
	for (size_t gone = 0; gone < vectors[7].len; gone++) {
		const struct vector *v = &vectors[7];
		struct ant_link link = {.n = 0};
		struct ant_link_message m;
		const uint8_t *at = bytes;
		size_t left = v->len - 1, n = 0;

		memcpy(bytes, v->bytes, gone);
		memcpy(bytes + gone, v->bytes + gone + 1, v->len - gone - 1);
		for (size_t i = 0; i < 4; i++, left += v->len)
			memcpy(bytes + left, v->bytes, v->len);
		for (; ant_link_next(&link, &at, &left, &m); n++)
			assert_memory_equal(m.frame, v->bytes, v->len);
		assert_int_equal(n, 4);
	}
}

static void a_length_of_24_is_taken_and_of_25_is_not(void **state)
{
	uint8_t data[ANT_LINK_DATA_MAX] = {0xa4, 7}, frame[64];
	struct ant_link_message m;
	size_t n = ant_link_compose(frame, 0x4e, data, sizeof(data));

	(void)state;
	assert_int_equal(ant_link_parse(frame, n, &m), 0);
	assert_int_equal(m.len, 24);
	frame[1] = 25;
	frame[n - 1] ^= 24 ^ 25;
	frame[n] = 0;
	assert_int_equal(ant_link_parse(frame, n + 1, &m), -EBADMSG);
}

static void what_is_shorter_or_longer_than_a_message_is_refused(void **state)
{
	uint8_t bytes[ANT_LINK_FRAME_MAX + 1] = {0};
	struct ant_link_message m;

	(void)state;
	memcpy(bytes, vectors[0].bytes, vectors[0].len);
	for (size_t len = 0; len <= sizeof(bytes); len++)
		assert_int_equal(ant_link_parse(bytes, len, &m),
		                 len == vectors[0].len ? 0 : -EBADMSG);
}

static struct ant_link_data data_of(size_t i)
{
	struct ant_link_message m;
	struct ant_link_data d;

	assert_int_equal(ant_link_parse(vectors[i].bytes, vectors[i].len, &m),
	                 0);
	assert_int_equal(ant_link_data(&m, &d), 0);
	return d;
}

static void extended_data_tell_who_sent_them(void **state)
{
	struct ant_link_data d = data_of(8);

	(void)state;
	assert_true(d.known);
	assert_int_equal(d.device, 0x3662);
	assert_int_equal(d.type, 0x56);
	assert_int_equal(d.transmission, 1);
	assert_int_equal(d.payload[0], 0x86);
	assert_int_equal(d.payload[7], 3);
}

static void a_signal_strength_of_four_bytes_shifts_nothing(void **state)
{
	struct ant_link_data d = data_of(11);

	(void)state;
	assert_true(d.known);
	assert_int_equal(d.device, 0x3662);
	assert_int_equal(d.type, 0x56);
}

static void messages_without_an_id_are_unknown_and_whole(void **state)
{
	static const size_t plain[] = {7, 9, 10};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct ant_link_data d = data_of(plain[i]);

		assert_false(d.known);
		assert_int_equal(d.channel, 0);
		assert_int_equal(d.payload[0], vectors[plain[i]].bytes[4]);
	}
}

static struct ant_link_message message(uint8_t id, const uint8_t *data,
                                       uint8_t len)
{
	static uint8_t frame[ANT_LINK_FRAME_MAX];
	struct ant_link_message m;
	size_t n = ant_link_compose(frame, id, data, len);

	assert_int_equal(ant_link_parse(frame, n, &m), 0);
	return m;
}

static void the_pairing_bit_is_no_part_of_the_type(void **state)
{
	const uint8_t data[14] = {0, [9] = 0x80, 0x39, 0x30, 120 | 0x80, 0x51};
	struct ant_link_message m = message(ANT_BROADCAST, data, 14);
	struct ant_link_data d;

	(void)state;
	assert_int_equal(ant_link_data(&m, &d), 0);
	assert_int_equal(d.type, 120);
	/* and 20 bits of number, four of them in the transmission type */
	assert_int_equal(d.device, 12345 | 5 << 16);
}

static void data_shorter_than_their_flags_promise_are_refused(void **state)
{
	const uint8_t data[16] = {0, [9] = 0xa0};
	struct ant_link_data d = {.channel = 42};
	struct ant_link_message m;

	(void)state;
	for (uint8_t len = 0; len < 16; len++) {
		m = message(ANT_BROADCAST, data, len);
		assert_int_equal(ant_link_data(&m, &d),
		                 len == 9 ? 0 : -EBADMSG);
		assert_int_equal(d.channel, len < 9 ? 42 : 0);
	}
	m = message(ANT_RESPONSE, data, 3);
	assert_int_equal(ant_link_data(&m, &d), -EINVAL);
	m = message(ANT_ACKNOWLEDGED, data, 16);
	assert_int_equal(ant_link_data(&m, &d), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_published_message_is_read_as_it_stands),
		cmocka_unit_test(
			each_published_message_is_composed_to_the_byte),
		cmocka_unit_test(messages_come_out_of_any_cut),
		cmocka_unit_test(zero_padding_between_messages_is_skipped),
		cmocka_unit_test(
			a_false_beginning_costs_one_byte_not_the_message),
		cmocka_unit_test(a_message_with_any_bit_turned_is_refused),
		cmocka_unit_test(a_checksum_of_ff_is_one_like_any_other),
		cmocka_unit_test(a_lost_byte_loses_only_its_own_message),
		cmocka_unit_test(a_length_of_24_is_taken_and_of_25_is_not),
		cmocka_unit_test(
			what_is_shorter_or_longer_than_a_message_is_refused),
		cmocka_unit_test(extended_data_tell_who_sent_them),
		cmocka_unit_test(
			a_signal_strength_of_four_bytes_shifts_nothing),
		cmocka_unit_test(messages_without_an_id_are_unknown_and_whole),
		cmocka_unit_test(the_pairing_bit_is_no_part_of_the_type),
		cmocka_unit_test(
			data_shorter_than_their_flags_promise_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
