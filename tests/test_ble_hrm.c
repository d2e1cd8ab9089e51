/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/ble_hrm.h"
#include "tests/helpers/test.h"

#define PARSE(m, ...)                                                          \
	parse((m), (const uint8_t[]){__VA_ARGS__},                             \
	      sizeof((const uint8_t[]){__VA_ARGS__}))

/* From an exact-size copy, so that a sanitizer sees a byte read too many. */
static int parse(struct ble_hrm *ret, const uint8_t *bytes, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);
	int r;

	assert_non_null(copy);
	memcpy(copy, bytes, len);
	r = ble_hrm_parse(copy, len, ret);
	free(copy);
	return r;
}

/* The five vectors of reference/sensors.md A.2. */

static void decodes_06_3c_of_an_h7_as_60_bpm_on_skin_without_rr(void **state)
{
	struct ble_hrm m;

	(void)state;
	assert_int_equal(PARSE(&m, 0x06, 0x3c), 0);
	assert_int_equal(m.bpm, 60);
	assert_int_equal(m.contact, BEAT_CONTACT_GOOD);
	assert_int_equal(m.n_rr, 0);
}

static void decodes_16_3c_11_04_of_an_h7_as_1016_6_ms(void **state)
{
	struct ble_hrm m;

	(void)state;
	assert_int_equal(PARSE(&m, 0x16, 0x3c, 0x11, 0x04), 0);
	assert_int_equal(m.bpm, 60);
	assert_int_equal(m.contact, BEAT_CONTACT_GOOD);
	assert_int_equal(m.n_rr, 1);
	assert_int_equal(m.rr_ticks[0], 1041);
	assert_near(beat_ticks_to_ms(m.rr_ticks[0]), 1016.6, 0.05);
}

static void decodes_16_3c_f5_03_of_an_h7_as_989_3_ms(void **state)
{
	struct ble_hrm m;

	(void)state;
	assert_int_equal(PARSE(&m, 0x16, 0x3c, 0xf5, 0x03), 0);
	assert_int_equal(m.n_rr, 1);
	assert_int_equal(m.rr_ticks[0], 1013);
	assert_near(beat_ticks_to_ms(m.rr_ticks[0]), 989.3, 0.05);
}

static void decodes_10_48_2c_03_of_an_h10_without_contact_support(void **state)
{
	struct ble_hrm m;

	(void)state;
	assert_int_equal(PARSE(&m, 0x10, 0x48, 0x2c, 0x03), 0);
	assert_int_equal(m.bpm, 72);
	assert_int_equal(m.contact, BEAT_CONTACT_UNKNOWN);
	assert_int_equal(m.n_rr, 1);
	assert_int_equal(m.rr_ticks[0], 812);
	assert_near(beat_ticks_to_ms(m.rr_ticks[0]), 793.0, 0.05);
}

static void decodes_10_49_5e_03_96_03_of_an_h10_as_two_rr(void **state)
{
	struct ble_hrm m;

	(void)state;
	assert_int_equal(PARSE(&m, 0x10, 0x49, 0x5e, 0x03, 0x96, 0x03), 0);
	assert_int_equal(m.bpm, 73);
	assert_int_equal(m.n_rr, 2);
	assert_near(beat_ticks_to_ms(m.rr_ticks[0]), 841.8, 0.05);
	assert_near(beat_ticks_to_ms(m.rr_ticks[1]), 896.5, 0.05);
}

/* The layout. */

static void reads_a_16_bit_rate_little_endian(void **state)
{
	struct ble_hrm m;

	(void)state;
	assert_int_equal(PARSE(&m, 0x11, 0x2c, 0x01, 0x00, 0x04), 0);
	assert_int_equal(m.bpm, 300);
	assert_int_equal(m.n_rr, 1);
	assert_int_equal(m.rr_ticks[0], 1024);
}

static void contact_bits_are_tri_state(void **state)
{
	struct ble_hrm m;

	(void)state;
	assert_int_equal(PARSE(&m, 0x00, 60), 0);
	assert_int_equal(m.contact, BEAT_CONTACT_UNKNOWN);
	assert_int_equal(PARSE(&m, 0x02, 60), 0); /* says good, means nothing */
	assert_int_equal(m.contact, BEAT_CONTACT_UNKNOWN);
	assert_int_equal(PARSE(&m, 0x04, 60), 0);
	assert_int_equal(m.contact, BEAT_CONTACT_POOR);
	assert_int_equal(PARSE(&m, 0x06, 60), 0);
	assert_int_equal(m.contact, BEAT_CONTACT_GOOD);
}

static void skips_the_energy_field_before_the_rr(void **state)
{
	struct ble_hrm m;

	(void)state;
	assert_int_equal(PARSE(&m, 0x18, 60, 0xff, 0xff, 0x11, 0x04), 0);
	assert_int_equal(m.bpm, 60);
	assert_int_equal(m.n_rr, 1);
	assert_int_equal(m.rr_ticks[0], 1041);
}

static void ignores_the_reserved_bits_and_never_refuses_them(void **state)
{
	struct ble_hrm m;

	(void)state;
	for (unsigned high = 0; high < 8; high++) {
		uint8_t flags = (uint8_t)(0x16 | high << 5);

		assert_int_equal(PARSE(&m, flags, 0x3c, 0x11, 0x04), 0);
		assert_int_equal(m.bpm, 60);
		assert_int_equal(m.contact, BEAT_CONTACT_GOOD);
		assert_int_equal(m.n_rr, 1);
		assert_int_equal(m.rr_ticks[0], 1041);
	}
}

static void keeps_the_order_oldest_first(void **state)
{
	struct ble_hrm m;

	(void)state;
	assert_int_equal(PARSE(&m, 0x10, 60, 1, 0, 2, 0, 3, 0), 0);
	assert_int_equal(m.n_rr, 3);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(m.rr_ticks[i], i + 1);
}

/* Facts that parsers get wrong (A.2). */

static void check_count(uint8_t flags, size_t fixed, size_t n)
{
	uint8_t bytes[512] = {flags};
	struct ble_hrm m;

	for (size_t i = 0; i < n; i++) {
		bytes[fixed + 2 * i] = (uint8_t)(i + 1);
		bytes[fixed + 2 * i + 1] = 3;
	}
	assert_int_equal(parse(&m, bytes, fixed + 2 * n), 0);
	assert_int_equal(m.n_rr, n);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(m.rr_ticks[i], 0x300 + ((i + 1) & 0xff));
}

static void takes_every_rr_that_is_left_nine_ten_and_all_of_517(void **state)
{
	(void)state;
	check_count(0x10, 2, 9);  /* MTU 23, u8 rate */
	check_count(0x18, 4, 8);  /* and energy */
	check_count(0x11, 3, 8);  /* u16 rate */
	check_count(0x19, 5, 7);  /* and energy */
	check_count(0x10, 2, 10); /* beyond MTU 23 */
	check_count(0x10, 2, 255);
	check_count(0x10, 2, 0); /* the bit is set, none is left */
}

static void two_rr_are_two_different_ones(void **state)
{
	struct ble_hrm m;

	(void)state; /* a wrong index repeats the first */
	assert_int_equal(PARSE(&m, 0x16, 0x3c, 0x11, 0x04, 0xf5, 0x03), 0);
	assert_int_equal(m.n_rr, 2);
	assert_int_equal(m.rr_ticks[0], 1041);
	assert_int_equal(m.rr_ticks[1], 1013);
}

static void a_measurement_of_two_bytes_is_whole(void **state)
{
	struct ble_hrm m;

	(void)state; /* a reader that wants more than six loses it */
	assert_int_equal(PARSE(&m, 0x00, 0x48), 0);
	assert_int_equal(m.bpm, 72);
	assert_int_equal(m.n_rr, 0);
}

static void ignores_a_trailing_odd_byte(void **state)
{
	struct ble_hrm m;

	(void)state;
	assert_int_equal(PARSE(&m, 0x10, 0x49, 0x5e, 0x03, 0x96), 0);
	assert_int_equal(m.n_rr, 1);
	assert_int_equal(m.rr_ticks[0], 862);
	assert_int_equal(PARSE(&m, 0x10, 0x49, 0x5e), 0);
	assert_int_equal(m.n_rr, 0);
}

static void bytes_without_the_rr_bit_are_no_rr(void **state)
{
	struct ble_hrm m;

	(void)state;
	assert_int_equal(PARSE(&m, 0x06, 0x3c, 0x11, 0x04), 0);
	assert_int_equal(m.n_rr, 0);
}

static void a_rate_of_0_is_handed_on_as_unknown(void **state)
{
	struct ble_hrm m;

	(void)state;
	assert_int_equal(PARSE(&m, 0x10, 0x00, 0x11, 0x04), 0);
	assert_int_equal(m.bpm, 0);
	assert_int_equal(m.n_rr, 1);
}

static void formats_may_change_from_one_to_the_next(void **state)
{
	struct ble_hrm m;

	(void)state;
	assert_int_equal(PARSE(&m, 0x19, 0x3c, 0, 1, 0, 0x11, 0x04), 0);
	assert_int_equal(m.rr_ticks[0], 1041);
	assert_int_equal(PARSE(&m, 0x16, 0x3c, 0xf5, 0x03), 0);
	assert_int_equal(m.n_rr, 1);
	assert_int_equal(m.rr_ticks[0], 1013);
}

static void refuses_every_truncated_field_and_leaves_ret_alone(void **state)
{
	/* length of the fixed fields by flags: rate u8 or u16, energy */
	static const size_t fixed[4] = {2, 3, 4, 5};
	const uint8_t rest[4] = {0x2c, 0x01, 0x00, 0x00};

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		uint8_t flags = (uint8_t)(0x10 | (i & 1) | (i & 2) << 2);
		uint8_t bytes[5] = {flags};
		struct ble_hrm m, before;

		memcpy(bytes + 1, rest, 4);
		memset(&m, 0x5a, sizeof(m));
		before = m;
		for (size_t len = 0; len < fixed[i]; len++) {
			assert_int_equal(parse(&m, bytes, len), -EBADMSG);
			assert_memory_equal(&m, &before, sizeof(m));
		}
		assert_int_equal(parse(&m, bytes, fixed[i]), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			decodes_06_3c_of_an_h7_as_60_bpm_on_skin_without_rr),
		cmocka_unit_test(decodes_16_3c_11_04_of_an_h7_as_1016_6_ms),
		cmocka_unit_test(decodes_16_3c_f5_03_of_an_h7_as_989_3_ms),
		cmocka_unit_test(
			decodes_10_48_2c_03_of_an_h10_without_contact_support),
		cmocka_unit_test(decodes_10_49_5e_03_96_03_of_an_h10_as_two_rr),
		cmocka_unit_test(reads_a_16_bit_rate_little_endian),
		cmocka_unit_test(contact_bits_are_tri_state),
		cmocka_unit_test(skips_the_energy_field_before_the_rr),
		cmocka_unit_test(
			ignores_the_reserved_bits_and_never_refuses_them),
		cmocka_unit_test(keeps_the_order_oldest_first),
		cmocka_unit_test(
			takes_every_rr_that_is_left_nine_ten_and_all_of_517),
		cmocka_unit_test(two_rr_are_two_different_ones),
		cmocka_unit_test(a_measurement_of_two_bytes_is_whole),
		cmocka_unit_test(ignores_a_trailing_odd_byte),
		cmocka_unit_test(bytes_without_the_rr_bit_are_no_rr),
		cmocka_unit_test(a_rate_of_0_is_handed_on_as_unknown),
		cmocka_unit_test(formats_may_change_from_one_to_the_next),
		cmocka_unit_test(
			refuses_every_truncated_field_and_leaves_ret_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
