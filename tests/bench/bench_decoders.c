/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "drivers/ant_hrm.h"
#include "drivers/ble_hrm.h"
#include "drivers/rr.h"
#include "drivers/scan.h"
#include "drivers/sensor.h"

#define RUNS     7
#define PACKETS  8000000
#define PERSON_S 3600.0

/* Fifty million packets a second on one core (issue 4); a simulated hour in
   well under 100 ms. */
#define PACKETS_LIMIT 50e6
#define PERSON_LIMIT  (PERSON_S / 0.1)

/* A day of beats as a text: 2 ms for all of it, and its numbers in half the
   time that strtod() takes in the same run. */
#define DAY_LINES    97814
#define DAY_LIMIT    (DAY_LINES / 2e-3)
#define STRTOD_TIMES 2

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The vectors of sensors.md A.2, in turn. */
static double packets_per_s(void)
{
	static const struct {
		uint8_t bytes[6];
		size_t len;
	} vectors[8] = {
		{{0x06, 0x3c}, 2},
		{{0x16, 0x3c, 0x11, 0x04}, 4},
		{{0x16, 0x3c, 0xf5, 0x03}, 4},
		{{0x10, 0x48, 0x2c, 0x03}, 4},
		{{0x10, 0x49, 0x5e, 0x03, 0x96, 0x03}, 6},
		{{0x16, 0x3c, 0x11, 0x04}, 4},
		{{0x10, 0x49, 0x5e, 0x03, 0x96, 0x03}, 6},
		{{0x10, 0x48, 0x2c, 0x03}, 4},
	};
	double begun_s = now_s(), took_s;
	struct ble_hrm m = {0};
	uint64_t sum = 0;

	for (unsigned i = 0; i < PACKETS; i++) {
		if (ble_hrm_parse(vectors[i % 8].bytes, vectors[i % 8].len,
		                  &m) < 0)
			return 0;
		sum += m.bpm + m.n_rr;
	}
	took_s = now_s() - begun_s;
	/* what was decoded must count, or the compiler leaves it out */
	return sum > PACKETS ? PACKETS / took_s : 0;
}

/* A strap at 60 a minute, with its number behind each message: as long a loop
   as counter, event time and page bit need to join; in reads as a stick gives
   them. */
#define ANT_MESSAGES 1024
#define ANT_FRAME    (14 + 4)

static void fill_ant(uint8_t *bytes, size_t data_len)
{
	for (unsigned i = 0; i < ANT_MESSAGES; i++) {
		unsigned beats = i / 4, event = beats * 1024;
		unsigned before = event - 1024;
		const uint8_t data[14] = {0,
		                          (uint8_t)(4 | (i / 4 % 2) << 7),
		                          0,
		                          (uint8_t)before,
		                          (uint8_t)(before >> 8),
		                          (uint8_t)event,
		                          (uint8_t)(event >> 8),
		                          (uint8_t)beats,
		                          60,
		                          0x80,
		                          0x39,
		                          0x30,
		                          120,
		                          1};

		bytes += ant_link_compose(bytes, ANT_BROADCAST, data, data_len);
	}
}

static double ant_per_s(size_t data_len)
{
	static uint8_t bytes[ANT_MESSAGES * ANT_FRAME];
	size_t size = ANT_MESSAGES * (data_len + 4), messages = 0, beats = 0;
	struct ant_link link = {.n = 0};
	struct ant_hrm hrm = {.primed = false};
	double begun_s, took_s;

	fill_ant(bytes, data_len);
	begun_s = now_s();
	while (messages < PACKETS) {
		const uint8_t *at = bytes;
		size_t left = size;
		struct ant_link_message m;
		struct ant_link_data d;

		for (; ant_link_next(&link, &at, &left, &m); messages++)
			if (ant_link_data(&m, &d) == 0)
				beats += ant_hrm_take(&hrm, messages * 250000,
				                      d.payload)
				                 .n;
	}
	took_s = now_s() - begun_s;
	return beats + 2 > messages / 4 ? (double)messages / took_s : 0;
}

static double ant_plain_per_s(void)
{
	return ant_per_s(9);
}

static double ant_extended_per_s(void)
{
	return ant_per_s(14);
}

static void count_beat(void *data, const struct beat *beat)
{
	(void)beat;
	++*(size_t *)data;
}

static void take_state(void *data, enum sensor_state state, int error)
{
	(void)data;
	(void)state;
	(void)error;
}

static double person_s_per_s(void)
{
	size_t beats = 0;
	const struct sensor_listener listener = {
		.beat = count_beat, .state = take_state, .data = &beats};
	const struct sensor_context context = {0};
	double begun_s = now_s(), took_s;
	uint64_t next_us = 0;
	struct sensor *s;

	if (sensor_create(&s, "person:1", &listener, &context) < 0)
		return 0;
	while ((double)next_us < PERSON_S * 1e6)
		if (sensor_step(s, next_us, &next_us) < 0)
			break;
	took_s = now_s() - begun_s;
	sensor_destroy(s);
	return beats > 3000 ? PERSON_S / took_s : 0;
}

/* Lines such as 945.3125: 128 to a second, as recorders of a day sample. */
static char *day_text(void)
{
	char *text = malloc(DAY_LINES * 16), *at = text;
	uint64_t seed = 4;

	if (!text)
		exit(1);
	for (int i = 0; i < DAY_LINES; i++) {
		seed = seed * UINT64_C(6364136223846793005) + 1;
		at += sprintf(at, "%.4f\n",
		              (double)(90 + (seed >> 33) % 60) * 1000 / 128);
	}
	return text;
}

static const char *day;

static double rr_lines_per_s(void)
{
	size_t len = strlen(day);
	double begun_s = now_s(), took_s;
	struct load_error error;
	struct rr rr;

	if (rr_parse(day, len, &rr, &error) < 0)
		return 0;
	took_s = now_s() - begun_s;
	if (rr.n != DAY_LINES)
		return 0;
	rr_finish(&rr);
	return DAY_LINES / took_s;
}

/* The sums keep the compiler from leaving numbers out, and must be alike. */
static double scan_sum, strtod_sum;

static double scan_per_s(void)
{
	size_t len = strlen(day);
	double begun_s = now_s(), values[2];
	struct scan scan;

	scan_sum = 0;
	scan_begin(&scan, day, len);
	while (scan_numbers(&scan, values) > 0)
		scan_sum += values[0];
	return DAY_LINES / (now_s() - begun_s);
}

static double strtod_per_s(void)
{
	double begun_s = now_s();
	const char *at = day;
	char *stop;

	strtod_sum = 0;
	for (; *at; at = stop + 1)
		strtod_sum += strtod(at, &stop);
	return DAY_LINES / (now_s() - begun_s);
}

static double median(double (*measure)(void))
{
	double runs[RUNS];

	for (int i = 0; i < RUNS; i++)
		runs[i] = measure();
	qsort(runs, RUNS, sizeof(runs[0]), by_size);
	return runs[RUNS / 2];
}

static bool report(const char *name, double (*measure)(void), const char *unit,
                   double limit)
{
	double value = median(measure);
	bool ok = value >= limit;

	printf("%-24s %14.0f %-12s %14.0f %s\n", name, value, unit, limit,
	       ok ? "ok" : "MISS");
	return ok;
}

int main(void)
{
	bool ok = report("ble_hrm_parse", packets_per_s, "packets/s",
	                 PACKETS_LIMIT);

	ok = report("ant, plain", ant_plain_per_s, "packets/s",
	            PACKETS_LIMIT) &&
	     ok;
	ok = report("ant, extended", ant_extended_per_s, "packets/s",
	            PACKETS_LIMIT) &&
	     ok;
	ok = report("person", person_s_per_s, "s/s", PERSON_LIMIT) && ok;
	/* pages once had stay ours: what the system takes to give them is
	   not the parser's, and differs tenfold between machines */
	mallopt(M_MMAP_THRESHOLD, 32 << 20);
	mallopt(M_TRIM_THRESHOLD, 1 << 30);
	day = day_text();
	ok = report("rr_parse", rr_lines_per_s, "lines/s", DAY_LIMIT) && ok;
	ok = report("scan_numbers", scan_per_s, "lines/s",
	            STRTOD_TIMES * median(strtod_per_s)) &&
	     ok;
	return ok && scan_sum == strtod_sum ? 0 : 1;
}
