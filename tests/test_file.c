/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "drivers/file.h"
#include "drivers/recording.h"
#include "tests/helpers/fit_write.h"
#include "tests/helpers/listener.h"
#include "tests/helpers/test.h"

static struct listener heard;

/* Linked with --wrap: the allocation that fails, counted from 1; 0: none. */
static unsigned fail_at, allocations;

void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__real_reallocarray(void *p, size_t n, size_t size);
void *__wrap_reallocarray(void *p, size_t n, size_t size);

void *__wrap_calloc(size_t n, size_t size)
{
	return ++allocations == fail_at ? NULL : __real_calloc(n, size);
}

void *__wrap_reallocarray(void *p, size_t n, size_t size)
{
	return ++allocations == fail_at ? NULL
	                                : __real_reallocarray(p, n, size);
}

/* A file in a folder of its own, gone again at teardown. */
static char *folder;
static char path[600];

static int setup(void **state)
{
	(void)state;
	folder = test_scratch();
	snprintf(path, sizeof(path), "%s/beats", folder);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	test_scrap(folder);
	return 0;
}

static void put(const void *bytes, size_t len)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static int open_at(struct sensor **ret, const char *where, bool realtime)
{
	const struct sensor_listener listener = listener_of(&heard);
	const struct sensor_context context = {.realtime = realtime};
	char uri[700];

	snprintf(uri, sizeof(uri), "file:%s", where);
	return sensor_create(ret, uri, &listener, &context);
}

static void play(const char *where)
{
	struct sensor *s;

	assert_int_equal(open_at(&s, where, false), 0);
	listener_run(&heard, s, 0, UINT64_MAX - 1);
	sensor_destroy(s);
}

static void play_text(const char *text)
{
	put(text, strlen(text));
	play(path);
}

static void rr_beats_fall_at_the_sum_of_their_intervals(void **state)
{
	(void)state;
	play_text("# a comment\n800\n\n 900.5 # late\n1000\r\n");
	assert_string_equal(listener_line(&heard),
	                    "connected 800 900 1000 lost");
	assert_int_equal(heard.told[1].beat.t_us, 800000);
	assert_int_equal(heard.told[2].beat.t_us, 1700500);
	assert_int_equal(heard.told[3].beat.t_us, 2700500);
	assert_near(heard.told[2].beat.rr_ms, 900.5, 0);
	for (int i = 1; i <= 3; i++) {
		assert_int_equal(heard.told[i].now_us, heard.told[i].beat.t_us);
		assert_int_equal(heard.told[i].beat.rr_ticks, 0);
		assert_int_equal(heard.told[i].beat.contact,
		                 BEAT_CONTACT_UNKNOWN);
	}
	assert_int_equal(heard.packets, 0);
}

static void the_end_of_a_recording_is_a_lost_sensor_once(void **state)
{
	struct sensor *s;
	uint64_t next_us;

	(void)state;
	put("800\n900\n", 8);
	assert_int_equal(open_at(&s, path, false), 0);
	assert_int_equal(sensor_step(s, 5000000, &next_us), 0);
	assert_int_equal(next_us, UINT64_MAX);
	assert_int_equal(sensor_step(s, 9000000, &next_us), 0);
	assert_int_equal(next_us, UINT64_MAX);
	sensor_destroy(s);
	assert_string_equal(listener_line(&heard), "connected 800 900 lost");
	assert_int_equal(heard.told[3].error, 0);
}

static void seconds_are_told_from_milliseconds(void **state)
{
	(void)state;
	play_text("0.8\n0.9\n1.001e0\n");
	assert_string_equal(listener_line(&heard),
	                    "connected 800 900 1001 lost");
}

static void two_columns_are_a_time_and_an_interval(void **state)
{
	static const char *const texts[] = {
		"0 800\n900 900\n1900 1000\n",    /* all ms */
		"0,0.8\n0.9,0.9\n1.9,1.0\n",      /* all s */
		"10 800\n10.9 900\n11.9 1000\n",  /* s and ms */
		"0\t; 800\n900\t; 900\n1900;1000" /* no last line end */
	};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		play_text(texts[i]);
		assert_string_equal(listener_line(&heard),
		                    "connected 800 900 1000 lost");
		assert_int_equal(heard.told[1].beat.t_us, 800000);
		assert_int_equal(heard.told[2].beat.t_us, 1700000);
		assert_int_equal(heard.told[3].beat.t_us, 2700000);
	}
}

static void a_hole_in_the_times_is_a_gap(void **state)
{
	(void)state;
	play_text("0 800\n800 800\n1600 800\n4800 800\n5600 800\n");
	assert_string_equal(listener_line(&heard),
	                    "connected 800 800 800 gap connected 800 800 lost");
	assert_int_equal(heard.told[6].beat.t_us, 5600000);
}

static void a_column_of_arrivals_is_rebuilt_without_a_gap(void **state)
{
	const char *h10 = test_data("h10_arrival_ibi.csv");

	(void)state;
	play(h10);
	assert_int_equal(heard.beats, 620);
	assert_int_equal(heard.n, 622); /* connected, lost */
	for (size_t i = 2; i < 621; i++) {
		const struct beat *b = &heard.told[i].beat;
		uint64_t step_us = b->t_us - heard.told[i - 1].beat.t_us;

		assert_near((double)step_us / 1000, b->rr_ms, 40);
	}
}

struct bad {
	const char *text;
	int error;
	unsigned line;
	const char *reason;
};

static void each_bad_rr_file_names_its_line_and_what_was_expected(void **state)
{
	static const struct bad bad[] = {
		{"800\nhello\n", -EBADMSG, 2, "expected a number"},
		{"800\n0\n", -EBADMSG, 2, "200 to 10000 ms"},
		{"800\n# x\n\n-800\n", -EBADMSG, 4, "200 to 10000 ms"},
		{"1e12\n800\n", -EBADMSG, 1, "200 to 10000 ms"},
		{"800\n1000000000\n", -EBADMSG, 2, "200 to 10000 ms"},
		{"800\n1e999\n", -EBADMSG, 2, "expected a number"},
		{"800\nNaN\n", -EBADMSG, 2, "expected a number"},
		{"800\ninf\n", -EBADMSG, 2, "expected a number"},
		{"800\n0x320\n", -EBADMSG, 2, "expected a number"},
		{"800\n12\n", -EBADMSG, 2, "200 to 10000 ms"},
		{"800\n0.8\n", -EBADMSG, 2, "expected ms, as in the lines"},
		{"800\n10\n", -EBADMSG, 2, "expected ms, as in the lines"},
		{"0.8\n800\n", -EBADMSG, 2, "expected seconds, as in the"},
		{"0.8\n0.1\n", -EBADMSG, 2, "interval of 0.2 to 10 s"},
		{"0.8\n0\n", -EBADMSG, 2, "0.2 to 10 s"},
		{"0\n800\n", -EBADMSG, 1, "or of 0.2 to 10 s"},
		{"800 ms\n", -EBADMSG, 1, "second column"},
		{"1 800 3\n", -EBADMSG, 1, "no more"},
		{"800,,900\n", -EBADMSG, 1, "second column"},
		{"800\n1 800\n", -EBADMSG, 2, "columns"},
		{"0 800\n900 900\n800 900\n", -EBADMSG, 3, "before"},
		{"0 800\n0 800\n", -EBADMSG, 2, "agree"},
		{"1e11 800\n", -EBADMSG, 1, "year"},
		{"date,rr\n", -EBADMSG, 1, "expected a number"},
		{"date,rr,since start\n", -ENODATA, 0, "there is none"},
		{"", -ENODATA, 0, "there is none"},
		{"\n# nothing\n  \n", -ENODATA, 0, "there is none"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct load_error error = {.line = 99};
		struct rr rr = {.n = 42};
		struct sensor *s = NULL;

		put(bad[i].text, strlen(bad[i].text));
		assert_int_equal(recording_read(path, &rr, &error),
		                 bad[i].error);
		assert_int_equal(rr.n, 42);
		assert_int_equal(error.line, bad[i].line);
		assert_non_null(strstr(error.reason, bad[i].reason));

		error = (struct load_error){.line = 99};
		assert_int_equal(file_check(path, &error), bad[i].error);
		assert_int_equal(error.line, bad[i].line);
		assert_int_equal(open_at(&s, path, false), bad[i].error);
		assert_null(s);
	}
}

static void check_file(const char *where, int error, const char *reason)
{
	struct load_error e = {.line = 99};
	struct sensor *s = NULL;

	assert_int_equal(file_check(where, &e), error);
	assert_int_equal(e.line, 0);
	assert_non_null(strstr(e.reason, reason));
	assert_int_equal(open_at(&s, where, false), error);
	assert_null(s);
}

static void what_is_no_plain_file_is_refused_without_waiting(void **state)
{
	char pipe_path[640];

	(void)state;
	check_file("/nonexistent/beats.rr", -ENOENT, "opened");
	check_file(folder, -EINVAL, "plain file");
	snprintf(pipe_path, sizeof(pipe_path), "%s/pipe", folder);
	assert_int_equal(mkfifo(pipe_path, 0600), 0);
	check_file(pipe_path, -EINVAL, "plain file");
	check_file("/dev/zero", -EINVAL, "plain file");
}

static void files_beyond_64_mib_are_refused(void **state)
{
	(void)state;
	put("800\n", 4);
	assert_int_equal(truncate(path, (off_t)LOAD_BYTES_MAX + 1), 0);
	check_file(path, -EFBIG, "64 MiB");
}

static void a_watch_and_an_app_are_played_as_well(void **state)
{
	static const unsigned rr_ms[] = {800, 900, 1000};
	struct fit_write *w = calloc(1, sizeof(*w));

	(void)state;
	assert_non_null(w);
	fit_write_activity(w, 14, rr_ms, 3);
	put(w->bytes, w->len);
	play(path);
	assert_string_equal(listener_line(&heard),
	                    "connected 800 900 1000 lost");
	assert_int_equal(heard.told[3].beat.t_us, 2700000);
	w->bytes[30] ^= 1;
	put(w->bytes, w->len);
	check_file(path, -EBADMSG, "check sum");
	free(w);
	play_text("date,rr,since start\n2025,800,0\n2025,900,5800\n"
	          "2025,850,6700\n");
	assert_string_equal(listener_line(&heard),
	                    "connected 800 gap connected 900 850 lost");
}

static void nul_bytes_are_refused_with_their_line(void **state)
{
	struct load_error error;

	(void)state;
	put("800\n90\0\n", 8);
	assert_int_equal(file_check(path, &error), -EBADMSG);
	assert_int_equal(error.line, 2);
	assert_non_null(strstr(error.reason, "NUL"));
}

static void every_shared_recording_of_intervals_can_be_read(void **state)
{
	static const char *const names[] = {
		"h10_breath_dhyb.rr",
		"h10_detectpvc.rr",
		"hrvpy_exercise.rr",
		"hrvpy_noisy.rr",
		"hrvpy_rest.rr",
		"ltdb_14134.rr",
		"ltdb_14149.rr",
		"nsr004.rr",
		"pyhrv_long.rr",
		"ec57_tp4.rr",
		"pyhrv_short.rr",
		"ec57_tp5.rr",
		"nk_bio_resting_8min_100hz.rr",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct load_error error;

		assert_int_equal(file_check(test_data(names[i]), &error), 0);
	}
}

static void the_vectors_go_through_the_decoder(void **state)
{
	(void)state;
	play("tests/captures/vectors.capture");
	assert_string_equal(listener_line(&heard),
	                    "searching connected 1017 989 793 842 896 lost");
	assert_int_equal(heard.packets, 5);
	assert_int_equal(heard.told[2].beat.rr_ticks, 1041);
	assert_int_equal(heard.told[2].now_us, 3000000);
	assert_int_equal(heard.told[4].beat.contact, BEAT_CONTACT_UNKNOWN);
}

static void the_faults_of_a_capture_are_told_in_order(void **state)
{
	(void)state;
	play("tests/captures/faults.capture");
	assert_string_equal(
		listener_line(&heard),
		"searching connected 1000 1000 gap connected 1000 1000 "
		"no_contact gap connected 1000 gap connected 1000 lost "
		"connected gap connected 1000 lost");
	/* silence is told when it is one, not when it ends */
	assert_int_equal(heard.told[4].now_us, 4500000);
}

static void the_ant_vectors_go_through_the_decoder(void **state)
{
	(void)state;
	play("tests/captures/ant_vectors.capture");
	/* the message of all FF is a gap, not an interval of 31 s */
	assert_string_equal(listener_line(&heard),
	                    "searching connected 1178 gap connected 1215 lost");
	assert_int_equal(heard.packets, 7);
	assert_int_equal(heard.told[2].beat.rr_ticks, 1206);
	assert_int_equal(heard.told[2].now_us, 2200000);
	assert_int_equal(heard.told[2].beat.contact, BEAT_CONTACT_UNKNOWN);
}

static void the_ant_faults_of_a_capture_are_told_in_order(void **state)
{
	(void)state;
	play("tests/captures/ant_faults.capture");
	assert_string_equal(
		listener_line(&heard),
		"searching connected 1000 1000 1000 1000 1000 1000 "
		/* thirteen messages, the jump of the count */
		"gap connected 1000 1000 1000 gap connected 1000 "
		/* the signal, the skin, the turned bit, the stick */
		"lost gap connected 1000 1000 1000 1000 1000 1000 "
		"no_contact gap connected 1000 1000 gap connected 1000 "
		"lost searching gap connected 1000 1000 1000 lost");
}

static void a_truncated_capture_plays_what_came_before(void **state)
{
	struct load_error error;

	(void)state;
	play_text("# lull capture 1\n1000000 ble 163c0004\n2000000 ble 163c0");
	assert_string_equal(listener_line(&heard),
	                    "searching connected 1000 lost");
	assert_int_equal(heard.told[3].error, -EBADMSG);
	assert_int_equal(file_check(path, &error), -EBADMSG);
	assert_int_equal(error.line, 3);
	assert_non_null(strstr(error.reason, "cut off"));
}

static void captures_that_cannot_be_played_are_refused(void **state)
{
	static const struct bad bad[] = {
		{"# lull capture 1\n1 ant a4014a00ef\n2 ble 063c\n",
	         -EPROTONOSUPPORT, 0, "one strap"},
		{"# lull capture 1\n1 state connected\n", -ENODATA, 0, "none"},
		{"# lull capture 7\n1 ble 063c\n", -EBADMSG, 1, "capture 1"},
		{"# lull capture 1\nnonsense\n", -EBADMSG, 2, "microseconds"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct load_error error = {.line = 99};
		struct sensor *s = NULL;

		put(bad[i].text, strlen(bad[i].text));
		assert_int_equal(file_check(path, &error), bad[i].error);
		assert_int_equal(error.line, bad[i].line);
		assert_non_null(strstr(error.reason, bad[i].reason));
		assert_int_equal(open_at(&s, path, false), bad[i].error);
	}
}

static void in_real_time_the_first_step_is_its_zero(void **state)
{
	const uint64_t zero_us = UINT64_C(5000000000);
	struct sensor *s;

	(void)state;
	put("800\n900\n", 8);
	assert_int_equal(open_at(&s, path, true), 0);
	listener_run(&heard, s, zero_us, UINT64_MAX - 1);
	sensor_destroy(s);
	assert_int_equal(heard.told[1].beat.t_us, zero_us + 800000);
	assert_int_equal(heard.told[2].now_us, zero_us + 1700000);

	assert_int_equal(open_at(&s, "tests/captures/vectors.capture", true),
	                 0);
	listener_run(&heard, s, zero_us, UINT64_MAX - 1);
	sensor_destroy(s);
	assert_int_equal(heard.told[2].now_us, zero_us + 3000000);
	assert_true(heard.told[2].beat.t_us > zero_us + 1000000);
}

static void how_often_it_is_stepped_changes_nothing(void **state)
{
	static struct listener fine;
	struct sensor *s;
	uint64_t next_us;

	(void)state;
	assert_int_equal(open_at(&s, "tests/captures/faults.capture", false),
	                 0);
	for (uint64_t t = 0; t < 40000000; t += 10000)
		assert_int_equal(sensor_step(s, t, &next_us), 0);
	sensor_destroy(s);
	fine = heard;
	assert_int_equal(open_at(&s, "tests/captures/faults.capture", false),
	                 0);
	assert_int_equal(sensor_step(s, 40000000, &next_us), 0);
	sensor_destroy(s);
	assert_int_equal(heard.n, fine.n);
	for (size_t i = 0; i < fine.n; i++) {
		assert_int_equal(heard.told[i].beat.t_us,
		                 fine.told[i].beat.t_us);
		assert_int_equal(heard.told[i].state, fine.told[i].state);
	}
}

static void addresses_that_make_no_sense_are_refused(void **state)
{
	const struct sensor_listener listener = listener_of(&heard);
	const struct sensor_context context = {0};
	struct sensor *s = NULL;

	(void)state;
	assert_int_equal(sensor_create(&s, "file:", &listener, &context),
	                 -EINVAL);
	assert_int_equal(sensor_create(&s, "usb:1", &listener, &context),
	                 -EPROTONOSUPPORT);
	assert_int_equal(sensor_create(&s, "file", &listener, &context),
	                 -EPROTONOSUPPORT);
	assert_int_equal(sensor_create(&s, "", &listener, &context),
	                 -EPROTONOSUPPORT);
	assert_null(s);
	assert_true(sensor_simulated("file:x"));
	assert_true(sensor_simulated("person:1"));
	assert_false(sensor_simulated("usb:1"));
	assert_null(sensor_destroy(NULL));
}

/* Open and read what stands at path, failing one allocation after another. */
static void run_out_of_memory(void)
{
	unsigned failed = 0;
	int r;

	do {
		struct sensor *s = NULL;

		allocations = 0;
		fail_at = failed + 1;
		r = open_at(&s, path, false);
		fail_at = 0;
		assert_true((r == 0) == (s != NULL));
		sensor_destroy(s);
	} while (r == -ENOMEM && failed++ < 100);
	assert_int_equal(r, 0);
	assert_true(failed > 2); /* sensor, driver, bytes */
	failed = 0;
	do {
		struct load_error error = {0};
		struct rr rr = {0};

		allocations = 0;
		fail_at = failed + 1;
		r = recording_read(path, &rr, &error);
		fail_at = 0;
		assert_true((r == 0) == (rr.n > 0));
		if (r < 0)
			assert_string_equal(error.reason, "out of memory");
		rr_finish(&rr);
	} while (r == -ENOMEM && failed++ < 100);
	assert_int_equal(r, 0);
	assert_true(failed > 1); /* bytes, intervals */
}

static void every_allocation_that_fails_is_out_of_memory(void **state)
{
	static const char *const texts[] = {
		"800\n900\n", "800 800\n1600 800\n",
		"date,rr,since start\n2025,800,0\n",
		"# lull capture 1\n0 ble 16480004\n"};
	static const unsigned rr_ms[] = {800, 900};
	struct fit_write *w = calloc(1, sizeof(*w));

	(void)state;
	assert_non_null(w);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		put(texts[i], strlen(texts[i]));
		run_out_of_memory();
	}
	fit_write_activity(w, 14, rr_ms, 2);
	put(w->bytes, w->len);
	run_out_of_memory();
	free(w);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rr_beats_fall_at_the_sum_of_their_intervals),
		TEST(the_end_of_a_recording_is_a_lost_sensor_once),
		TEST(seconds_are_told_from_milliseconds),
		TEST(two_columns_are_a_time_and_an_interval),
		TEST(a_hole_in_the_times_is_a_gap),
		TEST(a_column_of_arrivals_is_rebuilt_without_a_gap),
		TEST(each_bad_rr_file_names_its_line_and_what_was_expected),
		TEST(what_is_no_plain_file_is_refused_without_waiting),
		TEST(files_beyond_64_mib_are_refused),
		TEST(a_watch_and_an_app_are_played_as_well),
		TEST(nul_bytes_are_refused_with_their_line),
		TEST(every_shared_recording_of_intervals_can_be_read),
		TEST(the_vectors_go_through_the_decoder),
		TEST(the_faults_of_a_capture_are_told_in_order),
		TEST(the_ant_vectors_go_through_the_decoder),
		TEST(the_ant_faults_of_a_capture_are_told_in_order),
		TEST(a_truncated_capture_plays_what_came_before),
		TEST(captures_that_cannot_be_played_are_refused),
		TEST(in_real_time_the_first_step_is_its_zero),
		TEST(how_often_it_is_stepped_changes_nothing),
		TEST(every_allocation_that_fails_is_out_of_memory),
		TEST(addresses_that_make_no_sense_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
