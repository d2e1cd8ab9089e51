/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/recording.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "drivers/capture.h"
#include "tests/helpers/fit_write.h"
#include "tests/helpers/test.h"

/* Beats that every format can say exactly: 8 ticks are 7.8125 ms, so the
   capture's are whole ms only where ticks are a multiple of 128. */
static const unsigned beats[] = {875, 1000, 750, 875, 1000, 1125, 1000, 875};
#define N_BEATS   (sizeof(beats) / sizeof(beats[0]))
#define PARSED(s) (s), sizeof(s) - 1

static char *folder;
static char path[600];

static int setup(void **state)
{
	(void)state;
	folder = test_scratch();
	snprintf(path, sizeof(path), "%s/input", folder);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	test_scrap(folder);
	return 0;
}

static void parse(const char *text, struct rr *ret)
{
	struct load_error error = {0};
	int r = recording_parse(text, strlen(text), ret, &error);

	if (r < 0)
		print_error("line %u: %s\n", error.line, error.reason);
	assert_int_equal(r, 0);
}

static void refuse(const void *bytes, size_t len, int error, unsigned line,
                   const char *reason)
{
	struct load_error e = {.line = 99};
	struct rr rr = {.n = 42};

	assert_int_equal(recording_parse(bytes, len, &rr, &e), error);
	assert_int_equal(rr.n, 42);
	assert_int_equal(e.line, line);
	if (!strstr(e.reason, reason))
		print_error("%s\n", e.reason);
	assert_non_null(strstr(e.reason, reason));
}

/* --- the same beats in every format */

static void put_rr(FILE *f)
{
	for (size_t i = 0; i < N_BEATS; i++)
		fprintf(f, "%u\n", beats[i]);
}

static void put_rr_s(FILE *f)
{
	unsigned t_ms = 0;

	for (size_t i = 0; i < N_BEATS; i++) {
		t_ms += beats[i];
		fprintf(f, "%.3f, %.3f\n", t_ms / 1e3, beats[i] / 1e3);
	}
}

static void put_hrv_logger(FILE *f)
{
	unsigned t_ms = 0;

	fputs("date, rr, since start", f);
	for (size_t i = 0; i < N_BEATS; i++) {
		fprintf(f, "\n2025-03-11 09:57:%02zu +0000, %u, %u", i + 10,
		        beats[i], t_ms);
		t_ms += beats[i];
	}
}

static void put_hrv_logger_ms(FILE *f)
{
	unsigned t_ms = 34096;

	fputs("timestamp, rr, since_start \n\n", f);
	for (size_t i = 0; i < N_BEATS; i++) {
		t_ms += beats[i];
		fprintf(f, "%zu,%u,%u\n", (size_t)1675889367255 + i * 990,
		        beats[i], t_ms);
	}
}

static void put_fit(FILE *f)
{
	struct fit_write *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	fit_write_activity(w, 14, beats, N_BEATS);
	assert_int_equal(fwrite(w->bytes, 1, w->len, f), w->len);
	free(w);
}

static void put_capture(FILE *f)
{
	unsigned t_ms = 5000;

	fputs("# lull capture 1\n0 state connected\n", f);
	for (size_t i = 0; i < N_BEATS; i++) {
		unsigned ticks = beats[i] * 1024 / 1000;

		t_ms += beats[i];
		fprintf(f, "%u000 ble 163c%02x%02x\n", t_ms + 700, ticks & 0xff,
		        ticks >> 8);
	}
}

static void every_format_is_told_and_gives_the_same_beats(void **state)
{
	static const struct {
		void (*put)(FILE *f);
		enum recording_format format;
		const char *name;
	} formats[] = {
		{put_rr, RECORDING_RR, "RR text"},
		{put_rr_s, RECORDING_RR, "RR text"},
		{put_hrv_logger, RECORDING_HRV_LOGGER, "HRV Logger"},
		{put_hrv_logger_ms, RECORDING_HRV_LOGGER, "HRV Logger"},
		{put_fit, RECORDING_FIT, "FIT"},
		{put_capture, RECORDING_CAPTURE, "capture"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		bool strap = formats[i].format == RECORDING_CAPTURE;
		FILE *f = fopen(path, "we");
		struct load_error error = {0};
		char *bytes;
		double t_ms = 0;
		struct rr rr;
		size_t len;

		assert_non_null(f);
		formats[i].put(f);
		assert_int_equal(fclose(f), 0);
		assert_int_equal(load_bytes(path, &bytes, &len, &error), 0);
		assert_int_equal(recording_format_of(bytes, len),
		                 formats[i].format);
		assert_non_null(strstr(recording_format_name(formats[i].format),
		                       formats[i].name));
		free(bytes);
		assert_int_equal(recording_read(path, &rr, &error), 0);
		assert_int_equal(rr.n, N_BEATS);
		for (size_t k = 0; k < N_BEATS; k++) {
			const struct rr_interval *at = &rr.intervals[k];

			t_ms += beats[k];
			assert_near(at->rr_ms, beats[k], 0);
			assert_int_equal(at->rr_ticks,
			                 strap ? beats[k] * 1024 / 1000 : 0);
			assert_false(at->gap);
			/* arrivals are steered by up to 2.5 % */
			assert_near((double)at->t_us, t_ms * 1e3,
			            strap ? 0.03 * t_ms * 1e3 : 0);
		}
		rr_finish(&rr);
	}
}

static void a_capture_tells_its_gaps_and_begins_at_0(void **state)
{
	static const bool gaps[] = {false, false, true, false,
	                            true,  true,  true};
	struct load_error error = {0};
	struct rr rr;

	(void)state;
	assert_int_equal(
		recording_read("tests/captures/faults.capture", &rr, &error),
		0);
	assert_int_equal(rr.n, 7);
	assert_int_equal(rr.intervals[0].t_us, 1000000);
	for (size_t i = 0; i < rr.n; i++) {
		assert_int_equal(rr.intervals[i].rr_ticks, 1024);
		assert_int_equal(rr.intervals[i].gap, gaps[i]);
	}
	rr_finish(&rr);
}

static void
a_capture_of_a_strap_that_sends_ms_gives_them_as_they_are(void **state)
{
	static const char text[] = "# lull capture 1\n"
				   "# " CAPTURE_RR_KEY ": " CAPTURE_RR_MS "\n"
				   "0 state connected\n"
				   "900000 ble 103c8403\n"
				   "1800000 ble 103c8403\n";
	struct load_error error = {0};
	struct rr rr;

	(void)state;
	assert_int_equal(recording_parse(text, sizeof(text) - 1, &rr, &error),
	                 0);
	assert_int_equal(rr.n, 2);
	for (size_t i = 0; i < rr.n; i++) {
		assert_near(rr.intervals[i].rr_ms, 900, 0);
		assert_int_equal(rr.intervals[i].rr_ticks, 0);
	}
	rr_finish(&rr);
}

static void an_ant_capture_tells_its_gaps_too(void **state)
{
	static const size_t gaps[] = {6, 9, 10, 16, 18, 19};
	struct load_error error = {0};
	struct rr rr;
	size_t n = 0;

	(void)state;
	assert_int_equal(recording_read("tests/captures/ant_faults.capture",
	                                &rr, &error),
	                 0);
	assert_int_equal(rr.n, 22);
	for (size_t i = 0; i < rr.n; i++) {
		bool gap = n < 6 && gaps[n] == i;

		assert_int_equal(rr.intervals[i].rr_ticks, 1024);
		assert_int_equal(rr.intervals[i].gap, gap);
		n += gap;
	}
	rr_finish(&rr);
}

static void damage_in_a_capture_is_an_error_here(void **state)
{
	(void)state;
	refuse(PARSED("# lull capture 1\n1000000 ble 163c0004\n2000000 ble 1"),
	       -EBADMSG, 3, "cut off");
	refuse(PARSED("# lull capture 1\n1000000 ble 063c\n"), -ENODATA, 0,
	       "hold none");
	refuse(PARSED("# lull capture 1\n1 ant a4014a00ef\n"), -ENODATA, 0,
	       "hold none");
	refuse(PARSED("# lull capture 1\n1 ant a4014a00ef\n2 ble 163c0004\n"),
	       -EPROTONOSUPPORT, 0, "one strap");
}

/* --- HRV Logger */

static void a_hole_since_start_is_a_gap(void **state)
{
	struct rr rr;

	(void)state;
	parse("date,rr,since start\n"
	      "2025-03-15T09:00:15.123Z,800,0\n"
	      "2025-03-15T09:00:15.923Z,810,800\n"
	      "2025-03-15T09:00:20.733Z,820,6610\n"
	      "2025-03-15T09:00:21.553Z,790,7430\n",
	      &rr);
	assert_int_equal(rr.n, 4);
	assert_int_equal(rr.intervals[1].t_us, 1610000);
	assert_false(rr.intervals[1].gap);
	assert_true(rr.intervals[2].gap);
	assert_int_equal(rr.intervals[2].t_us, 7430000);
	assert_false(rr.intervals[3].gap);
	assert_int_equal(rr.intervals[3].t_us, 8220000);
	rr_finish(&rr);
}

static void since_start_may_be_in_seconds(void **state)
{
	struct rr rr;

	(void)state;
	parse("Timestamp,RR,Since_Start\n1675889367255,800,0.800\n"
	      "1675889368055,1000,1.800\n1675889369055,900,2.700\n",
	      &rr);
	assert_int_equal(rr.intervals[2].t_us, 2700000);
	assert_false(rr.intervals[2].gap);
	rr_finish(&rr);
}

/* @rows begin with an interval of 800 ms. */
static void begins(const char *rows, enum rr_clock clock, int64_t ms)
{
	char text[256] = "date,rr,since start\n";
	struct rr rr;

	strcat(text, rows);
	parse(text, &rr);
	assert_int_equal(rr.start.clock, clock);
	assert_int_equal(rr.start.ms, ms);
	rr_finish(&rr);
}

static void an_hrv_logger_file_tells_when_it_began(void **state)
{
	(void)state;
	begins("2025-03-15T09:00:15.800+01:00,800,0\n"
	       "2025-03-15T09:00:16.610+01:00,810,800\n",
	       RR_CLOCK_OFFSET, INT64_C(1742025615000));
	begins("1742025615800,800,800\n1742025616610,810,1610\n", RR_CLOCK_UTC,
	       INT64_C(1742025615000));
	begins("2025-03-15 08:00:15.800 ,800,0\n", RR_CLOCK_LOCAL,
	       INT64_C(1742025615000));
	/* only the first row is near the beginning */
	begins("2025,800,0\n2025-03-15 08:00:16,810,800\n", RR_CLOCK_NONE, 0);
}

static void a_bad_hrv_logger_file_names_its_line(void **state)
{
#define HEAD "date,rr,since start\n"
#define GOOD "2025-03-15 09:00:15.123,823,0\n"
	(void)state;
	refuse(PARSED(HEAD), -ENODATA, 0, "there is none");
	refuse(PARSED(HEAD "yesterday,823,0\n"), -EBADMSG, 2, "date");
	refuse(PARSED(HEAD GOOD "2025,\n"), -EBADMSG, 3, "second column");
	refuse(PARSED(HEAD GOOD "2025\n"), -EBADMSG, 3, "comma");
	refuse(PARSED(HEAD GOOD "2025,NaN,0\n"), -EBADMSG, 3, "second column");
	refuse(PARSED(HEAD GOOD "2025,823\n"), -EBADMSG, 3, "second column");
	refuse(PARSED(HEAD GOOD "2025,823,x\n"), -EBADMSG, 3, "third column");
	refuse(PARSED(HEAD GOOD "2025,823,1,2\n"), -EBADMSG, 3, "no more");
	refuse(PARSED(HEAD GOOD "2025,0,900\n"), -EBADMSG, 3, "in ms");
	refuse(PARSED(HEAD GOOD "2025,-3,900\n"), -EBADMSG, 3, "in ms");
	refuse(PARSED(HEAD GOOD "2025,0.8,900\n"), -EBADMSG, 3, "in ms");
	refuse(PARSED(HEAD GOOD "2025,1000000000,9\n"), -EBADMSG, 3, "in ms");
	refuse(PARSED(HEAD GOOD "2025,800,-9\n"), -EBADMSG, 3, "before");
	refuse(HEAD "2025\0,800,9\n", sizeof(HEAD) + 11, -EBADMSG, 2, "NUL");
	refuse(PARSED("date,rr\n2025,800\n"), -EBADMSG, 1, "number");
}

/* --- what there is little of */

static void one_beat_and_two_are_data(void **state)
{
	static const char *const texts[] = {
		"812",
		"0.812\n",
		"7 812",
		"date,rr,since start\n2025,812,0",
		"# lull capture 1\n0 ble 163c4003\n",
	};
	struct rr rr;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		parse(texts[i], &rr);
		assert_int_equal(rr.n, 1);
		assert_int_equal(rr.intervals[0].t_us,
		                 llrint(rr.intervals[0].rr_ms * 1000));
		rr_finish(&rr);
	}
	parse("812\n815\n", &rr);
	assert_int_equal(rr.n, 2);
	rr_finish(&rr);
	refuse("", 0, -ENODATA, 0, "none");
	refuse(PARSED("800\n90\0\n"), -EBADMSG, 2, "NUL");
}

static void a_long_text_keeps_every_line(void **state)
{
	const size_t n = 200000;
	char *text = malloc(n * 5 + 1), *at = text;
	struct rr rr;

	(void)state;
	assert_non_null(text);
	/* short lines last: what was judged by the first is too little */
	for (size_t i = 0; i < n; i++)
		at += sprintf(at, i < 5000 ? "%04zu\n" : "%zu\n",
		              200 + i % 800);
	parse(text, &rr);
	assert_int_equal(rr.n, n);
	for (size_t i = 0; i < n; i++)
		assert_near(rr.intervals[i].rr_ms, (double)(200 + i % 800), 0);
	rr_finish(&rr);
	free(text);
}

static void beats_whose_times_run_backwards_stand_behind_a_gap(void **state)
{
	struct rr_list list = {0};
	const struct rr_interval given[] = {
		{.t_us = 5000000, .rr_ms = 900, .gap = true},
		{.t_us = 5900000, .rr_ms = 900},
		{.t_us = 4000000, .rr_ms = 800},
		{.t_us = 6700000, .rr_ms = 800, .gap = true},
	};

	(void)state;
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(rr_list_beat(&list, given[i], i + 1, 4), 0);
	rr_from_zero(&list.rr);
	assert_int_equal(list.rr.intervals[0].t_us, 900000);
	assert_int_equal(list.rr.intervals[1].t_us, 1800000);
	assert_int_equal(list.rr.intervals[2].t_us, 1801000);
	assert_int_equal(list.rr.intervals[3].t_us, 2600000);
	assert_false(list.rr.intervals[0].gap);
	assert_false(list.rr.intervals[1].gap);
	assert_true(list.rr.intervals[2].gap);
	assert_true(list.rr.intervals[3].gap);
	rr_finish(&list.rr);
}

/* --- what is no plain file */

struct writer {
	pthread_t thread;
	const char *text;
	size_t times;
	size_t written;
};

static void *write_all(void *data)
{
	struct writer *w = data;
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	while (fd >= 0 && w->written < w->times &&
	       write(fd, w->text, strlen(w->text)) > 0)
		w->written++;
	close(fd);
	return NULL;
}

static void begin_writing(struct writer *w)
{
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(pthread_create(&w->thread, NULL, write_all, w), 0);
}

static void a_pipe_that_closes_early_ends_the_data(void **state)
{
	struct writer w = {.text = "800\n900\n", .times = 1};
	struct load_error error = {0};
	struct rr rr;
	char *bytes;
	size_t len;

	(void)state;
	begin_writing(&w);
	assert_int_equal(load_input(path, &bytes, &len, &error), 0);
	assert_int_equal(pthread_join(w.thread, NULL), 0);
	assert_int_equal(len, 8);
	assert_int_equal(recording_parse(bytes, len, &rr, &error), 0);
	assert_int_equal(rr.n, 2);
	rr_finish(&rr);
	free(bytes);
}

static void a_pipe_that_gives_nothing_is_an_empty_recording(void **state)
{
	struct writer w = {.text = "", .times = 0};
	struct load_error error = {0};
	char *bytes;
	size_t len = 99;

	(void)state;
	begin_writing(&w);
	assert_int_equal(load_input(path, &bytes, &len, &error), 0);
	assert_int_equal(pthread_join(w.thread, NULL), 0);
	assert_int_equal(len, 0);
	refuse(bytes, len, -ENODATA, 0, "none");
	free(bytes);
}

static void an_endless_pipe_is_refused_at_the_limit(void **state)
{
	static char much[4096];
	struct writer w = {.text = much, .times = SIZE_MAX};
	struct load_error error = {0};
	char *bytes = NULL;
	size_t len = 99;

	(void)state;
	memset(much, '8', sizeof(much) - 1);
	begin_writing(&w);
	assert_int_equal(load_input(path, &bytes, &len, &error), -EFBIG);
	assert_int_equal(pthread_join(w.thread, NULL), 0);
	assert_null(bytes);
	assert_int_equal(len, 99);
	assert_non_null(strstr(error.reason, "64 MiB"));
	/* what was taken: the limit, and what a pipe holds */
	assert_true(w.written * (sizeof(much) - 1) <
	            LOAD_BYTES_MAX + (2 << 20));
}

static void a_huge_file_is_refused_by_its_size(void **state)
{
	struct load_error error = {0};
	char *bytes = NULL;
	size_t len;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, (off_t)2 << 30), 0);
	assert_int_equal(load_stream(fd, &bytes, &len, &error), -EFBIG);
	/* and nothing of it was read */
	assert_int_equal(lseek(fd, 0, SEEK_CUR), 0);
	assert_int_equal(load_input(path, &bytes, &len, &error), -EFBIG);
	assert_int_equal(load_bytes(path, &bytes, &len, &error), -EFBIG);
	assert_null(bytes);
	close(fd);
}

static void a_descriptor_that_does_not_wait_is_waited_for(void **state)
{
	struct writer w = {.text = "800\n", .times = 3};
	struct load_error error = {0};
	char *bytes;
	size_t len;
	int fd;

	(void)state;
	assert_int_equal(mkfifo(path, 0600), 0);
	fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	assert_true(fd >= 0);
	/* its own writer for now, so that the other need not come first */
	assert_int_equal(pthread_create(&w.thread, NULL, write_all, &w), 0);
	assert_int_equal(pthread_join(w.thread, NULL), 0);
	close(fd);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_true(fd >= 0);
	w.written = 0;
	assert_int_equal(pthread_create(&w.thread, NULL, write_all, &w), 0);
	/* until it is there, an empty FIFO reads as one at its end */
	while (load_stream(fd, &bytes, &len, &error) == 0 && len == 0)
		free(bytes);
	assert_int_equal(pthread_join(w.thread, NULL), 0);
	assert_int_equal(len, 12);
	free(bytes);
	close(fd);
}

static void what_cannot_be_read_says_so(void **state)
{
	struct load_error error = {.line = 9};
	char place[LOAD_PLACE_MAX];
	char *bytes;
	size_t len;

	(void)state;
	assert_int_equal(load_input("/nonexistent", &bytes, &len, &error),
	                 -ENOENT);
	assert_non_null(strstr(error.reason, "opened"));
	assert_string_equal(load_error_place(&error, place), "");
	assert_int_equal(load_input(folder, &bytes, &len, &error), -EINVAL);
	assert_non_null(strstr(error.reason, "folder"));
	error = (struct load_error){.line = 3};
	assert_string_equal(load_error_place(&error, place), "line 3: ");
	error = (struct load_error){.byte = 4294967295};
	assert_string_equal(load_error_place(&error, place),
	                    "byte 4294967295: ");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_format_is_told_and_gives_the_same_beats),
		TEST(a_capture_tells_its_gaps_and_begins_at_0),
		TEST(an_ant_capture_tells_its_gaps_too),
		TEST(a_capture_of_a_strap_that_sends_ms_gives_them_as_they_are),
		TEST(damage_in_a_capture_is_an_error_here),
		TEST(a_hole_since_start_is_a_gap),
		TEST(since_start_may_be_in_seconds),
		TEST(an_hrv_logger_file_tells_when_it_began),
		TEST(a_bad_hrv_logger_file_names_its_line),
		TEST(one_beat_and_two_are_data),
		TEST(a_long_text_keeps_every_line),
		TEST(beats_whose_times_run_backwards_stand_behind_a_gap),
		TEST(a_pipe_that_closes_early_ends_the_data),
		TEST(a_pipe_that_gives_nothing_is_an_empty_recording),
		TEST(an_endless_pipe_is_refused_at_the_limit),
		TEST(a_huge_file_is_refused_by_its_size),
		TEST(a_descriptor_that_does_not_wait_is_waited_for),
		TEST(what_cannot_be_read_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
