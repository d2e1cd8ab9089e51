/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/written.h"

#include <errno.h>
#include <math.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/helpers/test.h"

static void count_up(void *data)
{
	atomic_fetch_add((_Atomic int *)data, 1);
}

struct writer *written_writer(const char *path, _Atomic int *woken)
{
	struct store_error error = {.what = ""};
	struct writer *w = NULL;
	int r = writer_create(&w, path, woken ? count_up : NULL, woken, &error);

	if (r)
		print_error("%s\n", error.what);
	assert_int_equal(r, 0);
	return w;
}

struct store *written_store(const char *path, enum store_mode mode)
{
	struct store *s = NULL;

	assert_int_equal(store_open(&s, path, mode, NULL), 0);
	return s;
}

static int line_of(char *ret, size_t len, uint64_t seq)
{
	return snprintf(ret, len,
	                "{\"t\":%llu.%06llu,\"kind\":\"say\",\"x\":\"'%%s; "
	                "\xc3\xa4\xff\\u0000 %llu\"}",
	                (unsigned long long)seq / 10,
	                (unsigned long long)seq % 10 * 100000,
	                (unsigned long long)seq * 7919);
}

void written_begin(struct writer *w)
{
	const struct writer_begin b = {
		.start = "2026-03-01T08:00:00+01:00",
		.routine = "tension_relief",
		.sensor = "person:1",
		.simulated = true,
		.line = "{\"kind\":\"session\",\"name\":\"it's\"}",
	};

	assert_int_equal(writer_begin(w, &b), 0);
}

int written_event(struct writer *w, uint64_t seq)
{
	char line[160];
	struct writer_event e = {
		.t_us = seq * 100000,
		.kind = "say",
		.line = line,
	};
	int r;

	line_of(line, sizeof(line), seq);
	r = writer_event(w, &e);
	memset(line, '#', sizeof(line)); /* it was copied */
	return r;
}

const struct writer_end written_end = {
	.result = "completed",
	.stop = "",
	.hr_before = NAN,
	.hr_after = NAN,
	.rmssd_before = NAN,
	.rmssd_after = NAN,
	.headache_before = NAN,
	.headache_after = NAN,
	.tension_before = NAN,
	.tension_after = NAN,
};

int written_check(void *data, const char *line, size_t len)
{
	static const char first[] = "{\"kind\":\"session\",\"name\":\"it's\"}";
	uint64_t *n = data;
	char expected[160];

	if (*n)
		line_of(expected, sizeof(expected), *n - 1);
	else
		snprintf(expected, sizeof(expected), "%s", first);
	assert_int_equal(len, strlen(expected));
	assert_memory_equal(line, expected, len);
	++*n;
	return 0;
}

uint64_t written_seen(const char *path, int64_t id)
{
	struct store *s = written_store(path, STORE_READ);
	uint64_t n = 0;
	int r = store_lines(s, id, written_check, &n);

	assert_true(!r || r == -ENOENT);
	store_close(s);
	return n ? n - 1 : 0;
}

uint64_t written_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

void written_await(_Atomic int *n, int wanted)
{
	uint64_t end = written_now_ms() + WRITTEN_DEADLINE_MS;

	while (atomic_load(n) < wanted) {
		assert_true(written_now_ms() < end);
		sched_yield();
	}
}
