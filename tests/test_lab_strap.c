/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/lab/strap_device.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/ble_hrm.h"
#include "tests/helpers/test.h"

#define SECOND UINT64_C(1000000)

/* --- attributes -------------------------------------------------------------
 */

static struct strap_att att;

/* The answer to a request, both in hexadecimal. */
static const char *ask(const char *hex)
{
	static char text[2 * STRAP_ATT_MTU + 1];
	uint8_t request[STRAP_ATT_MTU], answer[STRAP_ATT_MTU];
	size_t n = strlen(hex) / 2;

	for (size_t i = 0; i < n; i++) {
		unsigned byte;

		assert_int_equal(sscanf(hex + 2 * i, "%2x", &byte), 1);
		request[i] = (uint8_t)byte;
	}
	n = strap_att_answer(&att, request, n, answer);
	text[0] = '\0';
	for (size_t i = 0; i < n; i++)
		snprintf(text + 2 * i, 3, "%02x", answer[i]);
	return text;
}

static int set_att(void **state)
{
	(void)state;
	strap_att_init(&att, "Lab", "Us", 87);
	return 0;
}

static void shows_its_services_and_what_is_in_them(void **state)
{
	(void)state;
	assert_string_equal(ask("020502"), "031700");
	assert_string_equal(ask("100100ffff0028"), "1106010005000018"
	                                           "06000b000d18"
	                                           "0c000f000f18");
	assert_string_equal(ask("101000ffff0028"), "1106100012000a18");
	assert_string_equal(ask("101300ffff0028"), "011013000a");
	assert_string_equal(ask("0806000b000328"), "0907"
	                                           "0700100800372a"
	                                           "0a00020b00382a");
	assert_string_equal(ask("060100ffff00280d18"), "0706000b00");
	assert_string_equal(ask("0409000900"), "050109000229");
}

static void is_read_where_it_may_be(void **state)
{
	(void)state;
	assert_string_equal(ask("0a0300"), "0b4c6162");
	assert_string_equal(ask("0a0b00"), "0b01");
	assert_string_equal(ask("0a0e00"), "0b57");
	assert_string_equal(ask("0c03000200"), "0d62");
	assert_string_equal(ask("0c03000900"), "010c030007");
	assert_string_equal(ask("0a0800"), "010a080002");
	assert_string_equal(ask("0a1300"), "010a130001");
	assert_string_equal(ask("0a0000"), "010a000001");
}

static void is_subscribed_to_until_the_next_link(void **state)
{
	(void)state;
	assert_false(strap_att_subscribed(&att));
	assert_string_equal(ask("1209000100"), "13");
	assert_true(strap_att_subscribed(&att));
	assert_string_equal(ask("0a0900"), "0b0100");
	strap_att_reset(&att);
	assert_false(strap_att_subscribed(&att));
	assert_string_equal(ask("1203000100"), "0112030003");
	assert_string_equal(ask("5203000100"), "");
}

static void refuses_what_is_short_or_unknown(void **state)
{
	(void)state;
	assert_string_equal(ask("10010005"), "0110000004");
	assert_string_equal(ask("16"), "0116000006");
	assert_string_equal(ask("1e"), "");
	assert_string_equal(ask(""), "");
}

/* --- packets ----------------------------------------------------------------
 */

static struct strap_hrm hrm;

static struct ble_hrm build(size_t *ret_beats)
{
	uint8_t value[STRAP_ATT_VALUE_MAX];
	struct ble_hrm m = {0};
	size_t len = strap_hrm_build(&hrm, value, ret_beats);

	assert_true(len <= sizeof(value));
	assert_int_equal(ble_hrm_parse(value, len, &m), 0);
	assert_int_equal(m.n_rr, *ret_beats);
	strap_hrm_drop(&hrm, *ret_beats);
	return m;
}

static void beat_many(unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		const struct heart_beat beat = {.rr_ticks =
		                                        (uint16_t)(800 + i)};

		strap_hrm_beat(&hrm, &beat, true);
	}
}

static void holds_as_many_intervals_as_fit_its_fields(void **state)
{
	size_t n;

	(void)state;
	strap_hrm_init(&hrm);
	beat_many(20);
	assert_int_equal(build(&n).rr_ticks[0], 800);
	assert_int_equal(n, 9);
	hrm.rate16 = true;
	assert_int_equal(build(&n).rr_ticks[0], 809);
	assert_int_equal(n, 8);
	hrm.energy = true;
	assert_int_equal(build(&n).rr_ticks[0], 817);
	assert_int_equal(n, 3);
}

static void packs_just_so_many_and_waits_for_them(void **state)
{
	size_t n;

	(void)state;
	strap_hrm_init(&hrm);
	hrm.pack = 2;
	beat_many(1);
	assert_in_range(build(&n).bpm, 70, 80);
	assert_int_equal(n, 0);
	beat_many(2);
	build(&n);
	assert_int_equal(n, 2);
	build(&n);
	assert_int_equal(n, 0);
	assert_int_equal(hrm.n, 1);
}

static void says_its_contact_in_three_ways(void **state)
{
	static const enum beat_contact all[] = {
		BEAT_CONTACT_UNKNOWN, BEAT_CONTACT_POOR, BEAT_CONTACT_GOOD};
	size_t n;

	(void)state;
	strap_hrm_init(&hrm);
	for (size_t i = 0; i < 3; i++) {
		hrm.contact = all[i];
		assert_int_equal(build(&n).contact, all[i]);
	}
}

/* --- the strap --------------------------------------------------------------
 */

/* A controller that does what it is told, and a central: its last words. */
static struct strap_device strap;
static struct device device;
static char *truth;
static size_t truth_len;
static char *log_text;
static size_t log_len;
static uint64_t now_us;
static bool on_air;
static uint8_t notified[64];
static size_t n_notified, packets;

static void from_controller(const void *bytes, size_t len)
{
	strap_device_take(&strap, bytes, len, now_us);
}

static int to_controller(void *data, const uint8_t *bytes, size_t len)
{
	(void)data;
	if (bytes[0] == 1 && bytes[1] == 0x39)
		on_air = bytes[4];
	if (bytes[0] != 2 || bytes[9] != 0x1b)
		return 0;
	n_notified = len - 12;
	memcpy(notified, bytes + 12, n_notified);
	packets++;
	return 0;
}

/* Every command is answered until there is none. */
static void complete(void)
{
	while (strap.busy)
		from_controller("\x04\x0e\x04\x01\x00\x00\x00", 7);
}

static void run_for(uint64_t us)
{
	uint64_t until_us = now_us + us, next_us = now_us;

	while (next_us <= until_us) {
		now_us = next_us;
		assert_int_equal(strap_device_step(&strap, now_us, &next_us),
		                 0);
		complete();
		assert_true(next_us > now_us);
	}
	now_us = until_us;
}

static void connect_central(void)
{
	static const uint8_t connected[] = {0x04, 0x3e, 0x04, 0x0a,
	                                    0x00, 0x2a, 0x00};

	assert_true(on_air);
	on_air = false;
	from_controller(connected, sizeof(connected));
}

static void subscribe(void)
{
	static const uint8_t write[] = {0x02, 0x2a, 0x00, 0x09, 0x00,
	                                0x05, 0x00, 0x04, 0x00, 0x12,
	                                0x09, 0x00, 0x01, 0x00};

	from_controller(write, sizeof(write));
}

static void lose_link(void)
{
	static const uint8_t gone[] = {0x04, 0x05, 0x04, 0x00,
	                               0x2a, 0x00, 0x08};

	from_controller(gone, sizeof(gone));
	complete();
}

static int begin(void **state)
{
	(void)state;
	memset(&strap, 0, sizeof(strap));
	now_us = 0;
	packets = 0;
	on_air = false;
	device = (struct device){.name = "s", .commands = -1};
	device.truth = open_memstream(&truth, &truth_len);
	device.log = open_memstream(&log_text, &log_len);
	strap.device = &device;
	strap.shown_name = "Lab";
	strap.write = to_controller;
	assert_int_equal(heart_create(&strap.heart, "person:7", 0), 0);
	strap_device_begin(&strap, "Us");
	for (int i = 0; i < 5; i++) {
		assert_false(on_air);
		from_controller("\x04\x0e\x04\x01\x00\x00\x00", 7);
	}
	from_controller("\x04\x0e\x04\x01\x37\x20\x00", 7);
	complete();
	assert_true(on_air);
	return 0;
}

static int end(void **state)
{
	(void)state;
	heart_destroy(strap.heart);
	device_close(&device);
	free(truth);
	free(log_text);
	return 0;
}

static unsigned truths(const char *word)
{
	unsigned n = 0;

	fflush(device.truth);
	for (const char *at = truth; at && (at = strstr(at, word)); at++)
		n++;
	return n;
}

static void sends_every_beat_once_while_it_is_heard(void **state)
{
	(void)state;
	run_for(10 * SECOND);
	assert_int_equal(packets, 0);
	assert_int_equal(truths("sent"), 0);
	connect_central();
	subscribe();
	run_for(60 * SECOND);
	assert_in_range(truths("sent"), 50, 100);
	assert_in_range(packets, 50, 120);
	lose_link();
	assert_true(on_air);
	run_for(10 * SECOND);
	assert_in_range(truths("away"), 10, 35);
	assert_int_equal(truths("skin"), truths("away") + truths("sent"));
}

static void is_off_the_air_while_away_or_claimed(void **state)
{
	(void)state;
	strap_device_command(&strap, "away", now_us);
	complete();
	assert_false(on_air);
	strap_device_command(&strap, "claim", now_us);
	strap_device_command(&strap, "back", now_us);
	run_for(SECOND);
	assert_false(on_air);
	strap_device_command(&strap, "release", now_us);
	complete();
	assert_true(on_air);
}

static void keeps_the_link_and_says_nothing_when_silent(void **state)
{
	size_t before;

	(void)state;
	connect_central();
	subscribe();
	run_for(10 * SECOND);
	before = packets;
	strap_device_command(&strap, "silent", now_us);
	run_for(10 * SECOND);
	assert_int_equal(packets, before);
	strap_device_command(&strap, "speak", now_us);
	run_for(5 * SECOND);
	assert_true(packets > before);
}

static void what_is_sent_to_nobody_is_not_sent(void **state)
{
	unsigned before;

	(void)state;
	connect_central();
	subscribe();
	run_for(10 * SECOND);
	strap_device_command(&strap, "unheard", now_us);
	before = truths("sent");
	run_for(10 * SECOND);
	assert_in_range(truths("sent"), before, before + 2);
	assert_true(truths("away") > 5);
	lose_link();
	connect_central();
	subscribe();
	before = truths("sent");
	run_for(10 * SECOND);
	assert_true(truths("sent") > before + 5);
}

static void sends_raw_bytes_and_refuses_nonsense(void **state)
{
	static const char *const wrong[] = {
		"raw 1",         "raw 1g",           "pack 10",
		"contact maybe", "drop 0",           "hr16",
		"dance",         "slow-services -1", "energy x"};

	(void)state;
	connect_central();
	subscribe();
	assert_int_equal(strap_device_command(&strap, "raw 064800", now_us), 0);
	assert_int_equal(n_notified, 3);
	assert_memory_equal(notified, "\x06\x48\x00", 3);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(strap_device_command(&strap, wrong[i], now_us),
		                 -EINVAL);
}

#define TEST(f) cmocka_unit_test(f)
#define ATT(f)  cmocka_unit_test_setup(f, set_att)
#define LIVE(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ATT(shows_its_services_and_what_is_in_them),
		ATT(is_read_where_it_may_be),
		ATT(is_subscribed_to_until_the_next_link),
		ATT(refuses_what_is_short_or_unknown),
		TEST(holds_as_many_intervals_as_fit_its_fields),
		TEST(packs_just_so_many_and_waits_for_them),
		TEST(says_its_contact_in_three_ways),
		LIVE(sends_every_beat_once_while_it_is_heard),
		LIVE(is_off_the_air_while_away_or_claimed),
		LIVE(keeps_the_link_and_says_nothing_when_silent),
		LIVE(what_is_sent_to_nobody_is_not_sent),
		LIVE(sends_raw_bytes_and_refuses_nonsense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
