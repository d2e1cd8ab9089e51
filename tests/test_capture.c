/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/capture.h"
#include "tests/helpers/listener.h"
#include "tests/helpers/test.h"

#define HEAD "# lull capture 1\n"

/* Read all of a text; @entries of @room. Return: what ended it. */
static int read_all(const char *text, size_t len, struct capture_entry *entries,
                    size_t room, size_t *ret_n, struct load_error *error)
{
	struct capture_reader reader;
	int r = capture_begin(&reader, text, len, error);

	*ret_n = 0;
	while (r >= 0 && *ret_n < room &&
	       (r = capture_next(&reader, &entries[*ret_n], error)) > 0)
		(*ret_n)++;
	return r;
}

static void reads_packets_and_states_with_their_times(void **state)
{
	static const char text[] = HEAD "# origin: nowhere\n"
					"\n"
					"0 state connected\n"
					"15 ble 163C1104\n"
					"15 ant a4 01 4a 00 ef\r\n"
					"7000000 state lost\n";
	struct capture_entry e[8];
	struct load_error error;
	size_t n;

	(void)state;
	assert_int_equal(read_all(text, strlen(text), e, 8, &n, &error), 0);
	assert_int_equal(n, 4);
	assert_int_equal(e[0].kind, CAPTURE_STATE);
	assert_int_equal(e[0].state, SENSOR_CONNECTED);
	assert_int_equal(e[1].kind, CAPTURE_BLE);
	assert_int_equal(e[1].t_us, 15);
	assert_int_equal(e[1].len, 4);
	assert_memory_equal(e[1].bytes, "\x16\x3c\x11\x04", 4);
	assert_int_equal(e[2].kind, CAPTURE_ANT);
	assert_int_equal(e[2].len, 5);
	assert_memory_equal(e[2].bytes, "\xa4\x01\x4a\x00\xef", 5);
	assert_int_equal(e[3].t_us, 7000000);
	assert_int_equal(e[3].state, SENSOR_LOST);
}

static void what_is_written_reads_back_the_same(void **state)
{
	static const char *const head[] = {"device", "person", "origin",
	                                   "a test", NULL};
	char *text = NULL;
	size_t len, n;
	FILE *f = open_memstream(&text, &len);
	struct capture_entry e[600];
	struct load_error error;
	uint64_t seed = 1;
	uint8_t bytes[CAPTURE_PACKET_MAX];

	(void)state;
	assert_non_null(f);
	assert_int_equal(capture_write_head(f, head), 0);
	for (size_t i = 0; i < CAPTURE_PACKET_MAX; i++)
		bytes[i] = (uint8_t)test_random(&seed);
	for (size_t i = 1; i <= CAPTURE_PACKET_MAX; i++) {
		const struct sensor_packet p = {i * 1000, bytes, i};

		assert_int_equal(
			capture_write_packet(
				f, i % 2 ? CAPTURE_BLE : CAPTURE_ANT, &p),
			0);
	}
	for (int i = SENSOR_SEARCHING; i <= SENSOR_LOST; i++)
		assert_int_equal(
			capture_write_state(f, 600000, (enum sensor_state)i),
			0);
	fclose(f);

	assert_int_equal(read_all(text, len, e, 600, &n, &error), 0);
	assert_int_equal(n, CAPTURE_PACKET_MAX + SENSOR_LOST + 1);
	for (size_t i = 1; i <= CAPTURE_PACKET_MAX; i++) {
		assert_int_equal(e[i - 1].t_us, i * 1000);
		assert_int_equal(e[i - 1].kind,
		                 i % 2 ? CAPTURE_BLE : CAPTURE_ANT);
		assert_int_equal(e[i - 1].len, i);
		assert_memory_equal(e[i - 1].bytes, bytes, i);
	}
	for (size_t i = SENSOR_SEARCHING; i <= SENSOR_LOST; i++)
		assert_int_equal(e[CAPTURE_PACKET_MAX + i].state, i);
	free(text);
}

static void refuses_to_write_what_it_could_not_read(void **state)
{
	static const char *const head[] = {"origin", "two\nlines", NULL};
	const uint8_t bytes[CAPTURE_PACKET_MAX + 1] = {0};
	const struct sensor_packet none = {0, bytes, 0};
	const struct sensor_packet big = {0, bytes, sizeof(bytes)};
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	(void)state;
	assert_non_null(f);
	assert_int_equal(capture_write_head(f, head), -EINVAL);
	assert_int_equal(capture_write_packet(f, CAPTURE_BLE, &none), -EINVAL);
	assert_int_equal(capture_write_packet(f, CAPTURE_BLE, &big), -EINVAL);
	fclose(f);
	assert_int_equal(len, 0);
	free(text);
}

static void a_full_disk_is_an_error_of_the_writer(void **state)
{
	const uint8_t byte = 6;
	const struct sensor_packet p = {0, &byte, 1};
	FILE *f = fopen("/dev/full", "we");
	int r = 0;

	(void)state;
	if (!f)
		skip();
	for (int i = 0; i < 10000 && r == 0; i++)
		r = capture_write_packet(f, CAPTURE_BLE, &p);
	assert_int_equal(r, -ENOSPC);
	fclose(f);
}

struct bad {
	const char *text;
	unsigned line;
	size_t before;      /* entries that come before the error */
	const char *reason; /* a part of it */
};

static void each_damage_names_its_line_and_what_was_expected(void **state)
{
	static const struct bad bad[] = {
		{"", 1, 0, "lull capture 1"},
		{"# lull capture 2\n", 1, 0, "lull capture 1"},
		{"800\n", 1, 0, "lull capture 1"},
		{"# lull capture 1", 1, 0, "line end"},
		{HEAD "hello\n", 2, 0, "microseconds"},
		{HEAD "1 ble 06\n2\n", 3, 1, "microseconds"},
		{HEAD "1 ble 06\n-2 ble 06\n", 3, 1, "microseconds"},
		{HEAD "99999999999999999999 ble 06\n", 2, 0, "microseconds"},
		{HEAD "5 ble 06\n4 ble 06\n", 3, 1, "not before"},
		{HEAD "5 usb 06\n", 2, 0, "ble, ant or state"},
		{HEAD "5 ble 0\n", 2, 0, "hexadecimal"},
		{HEAD "5 ble 063\n", 2, 0, "hexadecimal"},
		{HEAD "5 ble 0g\n", 2, 0, "hexadecimal"},
		{HEAD "5 ble  06\n", 2, 0, "hexadecimal"},
		{HEAD "5 ble \n", 2, 0, "hexadecimal"},
		{HEAD "5 ble\n", 2, 0, "ble, ant or state"},
		{HEAD "5 state asleep\n", 2, 0, "no_contact"},
		{HEAD "5 state lost \n", 2, 0, "no_contact"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct load_error error = {.line = 99};
		struct capture_entry e[4];
		size_t n;
		int r = read_all(bad[i].text, strlen(bad[i].text), e, 4, &n,
		                 &error);

		assert_int_equal(r, -EBADMSG);
		assert_int_equal(error.line, bad[i].line);
		assert_int_equal(n, bad[i].before);
		assert_non_null(strstr(error.reason, bad[i].reason));
	}
}

static void lines_are_bounded(void **state)
{
	char *text = malloc(100000);
	struct capture_entry e[4];
	struct load_error error;
	size_t n, at = (size_t)sprintf(text, HEAD "1 ble 06\n2 ble ");

	(void)state;
	memset(text + at, '0', 90000);
	text[at + 90000] = '\n';
	assert_int_equal(read_all(text, at + 90001, e, 4, &n, &error),
	                 -EBADMSG);
	assert_int_equal(error.line, 3);
	assert_int_equal(n, 1);
	assert_non_null(strstr(error.reason, "characters"));
	/* 513 bytes on a line that is short enough */
	text[at + 1026] = '\n';
	assert_int_equal(read_all(text, at + 1027, e, 4, &n, &error), -EBADMSG);
	assert_non_null(strstr(error.reason, "512"));
	free(text);
}

static void a_truncated_file_gives_what_came_before_then_the_error(void **state)
{
	static const char text[] =
		HEAD "1 ble 063c\n2 ble 163c1104\n3 ble 063c\n";
	const size_t ends[] = {strlen(HEAD), strlen(HEAD) + 11,
	                       strlen(HEAD) + 26, strlen(text)};

	(void)state;
	for (size_t len = ends[0]; len <= strlen(text); len++) {
		char *copy = malloc(len); /* exact size */
		struct capture_entry e[4];
		struct load_error error;
		size_t n, whole = 0, k = 0;
		int r;

		memcpy(copy, text, len);
		while (k < 3 && ends[k + 1] <= len)
			k++;
		whole = k;
		r = read_all(copy, len, e, 4, &n, &error);
		assert_int_equal(n, whole);
		assert_int_equal(r, len == ends[k] ? 0 : -EBADMSG);
		if (r < 0) {
			assert_int_equal(error.line, whole + 2);
			assert_non_null(strstr(error.reason, "cut off"));
		}
		free(copy);
	}
}

static void an_error_is_given_again_and_again(void **state)
{
	static const char text[] = HEAD "1 ble 06\nx\n3 ble 06\n";
	struct capture_reader reader;
	struct capture_entry e;
	struct load_error error;

	(void)state;
	assert_int_equal(capture_begin(&reader, text, strlen(text), &error), 0);
	assert_int_equal(capture_next(&reader, &e, &error), 1);
	for (int i = 0; i < 3; i++) {
		e.t_us = 77;
		assert_int_equal(capture_next(&reader, &e, &error), -EBADMSG);
		assert_int_equal(error.line, 3);
		assert_int_equal(e.t_us, 77);
	}
}

static void counts_what_a_capture_holds(void **state)
{
	static const char text[] =
		HEAD "1 ble 06\n2 ant 06\n2 ant 06\n3 state lost\nx\n";
	struct capture_count count;
	struct load_error error;

	(void)state;
	assert_int_equal(capture_parse(text, strlen(text), &count, &error),
	                 -EBADMSG);
	assert_int_equal(count.ble, 1);
	assert_int_equal(count.ant, 2);
	assert_int_equal(count.states, 1);
	assert_int_equal(error.line, 6);
}

/* A sensor's packets, written down, give the same beats when played. */
struct taped {
	struct listener heard;
	FILE *file;
};

static void tape_packet(void *data, const struct sensor_packet *packet)
{
	struct taped *t = data;

	assert_int_equal(capture_write_packet(t->file, CAPTURE_BLE, packet), 0);
}

static void tape_beat(void *data, const struct beat *beat)
{
	listener_beat(&((struct taped *)data)->heard, beat);
}

static void tape_state(void *data, enum sensor_state told, int error)
{
	struct taped *t = data;

	listener_state(&t->heard, told, error);
	assert_int_equal(capture_write_state(t->file, t->heard.now_us, told),
	                 0);
}

static void a_capture_of_a_person_gives_the_same_beats(void **state)
{
	static const char *const head[] = {"origin", "person:11", NULL};
	static struct taped taped;
	static struct listener played;
	const struct sensor_listener tape = {.beat = tape_beat,
	                                     .state = tape_state,
	                                     .packet = tape_packet,
	                                     .data = &taped};
	const struct sensor_listener play = listener_of(&played);
	const struct sensor_context context = {0};
	char *folder = test_scratch(), path[600], uri[620];
	struct sensor *s;
	size_t n = 0;

	(void)state;
	snprintf(path, sizeof(path), "%s/p.capture", folder);
	snprintf(uri, sizeof(uri), "file:%s", path);
	taped.file = fopen(path, "we");
	assert_non_null(taped.file);
	assert_int_equal(capture_write_head(taped.file, head), 0);
	assert_int_equal(sensor_create(&s, "person:11", &tape, &context), 0);
	listener_run(&taped.heard, s, 0, 1200000000);
	sensor_destroy(s);
	fclose(taped.file);

	assert_int_equal(sensor_create(&s, uri, &play, &context), 0);
	listener_run(&played, s, 0, UINT64_MAX - 1);
	sensor_destroy(s);
	assert_true(taped.heard.beats > 1000);
	/* the same, and then its end */
	assert_int_equal(played.n, taped.heard.n + 1);
	assert_int_equal(played.told[played.n - 1].state, SENSOR_LOST);
	for (; n < taped.heard.n; n++) {
		const struct told *a = &taped.heard.told[n];
		const struct told *b = &played.told[n];

		assert_int_equal(a->is_beat, b->is_beat);
		assert_int_equal(a->state, b->state);
		assert_int_equal(a->beat.t_us, b->beat.t_us);
		assert_int_equal(a->beat.rr_ticks, b->beat.rr_ticks);
	}
	test_scrap(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_packets_and_states_with_their_times),
		cmocka_unit_test(what_is_written_reads_back_the_same),
		cmocka_unit_test(refuses_to_write_what_it_could_not_read),
		cmocka_unit_test(a_full_disk_is_an_error_of_the_writer),
		cmocka_unit_test(
			each_damage_names_its_line_and_what_was_expected),
		cmocka_unit_test(lines_are_bounded),
		cmocka_unit_test(
			a_truncated_file_gives_what_came_before_then_the_error),
		cmocka_unit_test(an_error_is_given_again_and_again),
		cmocka_unit_test(counts_what_a_capture_holds),
		cmocka_unit_test(a_capture_of_a_person_gives_the_same_beats),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
