/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "tests/bench/population_report.h"

/*
 * The simulated population: every person with every routine, in a closed loop
 * and by the clock. `bench_population [--tuning] [--draw N] [--persons N]`: the
 * set that may be looked at while a rule is changed; other persons of the same
 * ranges, which says how far chance goes; fewer persons.
 */

/* Issue 6: 150,000 simulated minutes in 60 s on two cores. */
#define LIMIT_S       60.0
#define LIMIT_MINUTES 150000.0
#define CORES         2
/* Issue 6: one session step. */
#define LIMIT_US 2.0
#define ROUNDS   9

static double used_s(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1e-6;
}

static double minutes(const struct study *s, uint64_t *ret_calls)
{
	double sum_s = 0;

	*ret_calls = 0;
	for (size_t i = 0; i < s->n_persons * s->n_routines * ARMS; i++) {
		sum_s += s->results[i].seconds;
		*ret_calls += s->results[i].calls;
	}
	return sum_s / 60;
}

static bool print_speed(const struct study *s, double cpu_s)
{
	uint64_t calls;
	double simulated = minutes(s, &calls);
	double scaled_s = cpu_s / CORES * LIMIT_MINUTES / simulated;

	printf("\n%.0f simulated minutes in %.1f s of processor time\n",
	       simulated, cpu_s);
	return report_bar("150,000 minutes, two cores", scaled_s, "s", LIMIT_S,
	                  scaled_s <= LIMIT_S);
}

/* --- one step of the session, by itself ----------------------------------- */

struct inputs {
	struct event *events;
	size_t n, room;
};

static void keep_input(void *data, const struct event *e)
{
	struct inputs *in = data;

	if (!event_is_input(e->kind))
		return;
	if (in->n == in->room) {
		in->room = in->room ? 2 * in->room : 1024;
		in->events =
			reallocarray(in->events, in->room, sizeof(*in->events));
		if (!in->events)
			abort();
	}
	in->events[in->n++] = *e;
}

static void count_output(void *data, const struct event *e)
{
	uint64_t *outputs = data;

	(void)e;
	++*outputs;
}

static double cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec * 1e-3;
}

/* Every input again, and the ticks between: microseconds for each. */
static double replay_us(const struct session_start *start,
                        const struct inputs *in)
{
	uint64_t outputs = 0, calls = 0;
	struct session_listener listener = {count_output, &outputs};
	struct session *s;
	double begun_us;

	if (session_create(&s, start, &listener) < 0)
		abort();
	begun_us = cpu_us();
	for (size_t i = 0; i < in->n; i++, calls++) {
		for (; session_next(s) <= in->events[i].t_us; calls++)
			session_tick(s, session_next(s));
		session_step(s, &in->events[i]);
	}
	begun_us = cpu_us() - begun_us;
	session_destroy(s);
	return begun_us / (double)calls;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static bool print_step(const struct study *s)
{
	struct inputs in = {0};
	const struct player_listener also = {keep_input, &in};
	struct population_result result;
	struct session_start start;
	double us[ROUNDS];

	if (population_run(&s->persons[0], s->routines[0], ARM_CLOSED,
	                   s->clips[0], s->n_clips[0], &also, &result) < 0)
		return false;
	population_start(&s->persons[0], s->routines[0], ARM_CLOSED, &start);
	start.clips = s->clips[0];
	start.n_clips = s->n_clips[0];
	for (int i = 0; i < ROUNDS; i++)
		us[i] = replay_us(&start, &in);
	free(in.events);
	qsort(us, ROUNDS, sizeof(us[0]), by_size);
	return report_bar("a session step or tick, median", us[ROUNDS / 2],
	                  "us", LIMIT_US, us[ROUNDS / 2] <= LIMIT_US);
}

static unsigned options(int argc, char **argv, enum population_set *set,
                        unsigned *draw)
{
	unsigned n = POPULATION_PERSONS;

	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--tuning") == 0)
			*set = POPULATION_TUNING;
		else if (strcmp(argv[i], "--draw") == 0 && i + 1 < argc)
			*draw = (unsigned)strtoul(argv[++i], NULL, 10);
		else if (strcmp(argv[i], "--persons") == 0 && i + 1 < argc)
			n = (unsigned)strtoul(argv[++i], NULL, 10);
	return n < 1 || n > POPULATION_PERSONS ? POPULATION_PERSONS : n;
}

int main(int argc, char **argv)
{
	enum population_set set = POPULATION_REPORTED;
	unsigned draw = 0, n = options(argc, argv, &set, &draw);
	struct error error = {""};
	struct study *study;
	bool ok;
	int r = study_create(&study, set, draw, n, "src/content", &error);
	double begun_s = used_s();

	if (r == 0)
		r = study_run(study);
	if (r < 0) {
		fprintf(stderr, "bench_population: %s\n",
		        error.text[0] ? error.text : strerror(-r));
		return 1;
	}
	begun_s = used_s() - begun_s;
	ok = report_print(study);
	ok = print_speed(study, begun_s) && ok;
	ok = print_step(study) && ok;
	study_destroy(study);
	return ok ? 0 : 1;
}
