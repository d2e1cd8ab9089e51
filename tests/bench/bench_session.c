/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One step of the session machine: whole sessions of a person whose heart
   swings with the pacer, in CPU time, by step; no journal, no sound. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "content/content.h"
#include "session/session.h"

#define RUNS     9
#define LIMIT_US 2.0 /* issue 6 */

struct heart {
	double period_s; /* of the pacer; 0: none */
	double phase_s;
	bool ended;
};

static void output(void *data, const struct event *e)
{
	struct heart *h = data;

	if (e->kind == EVENT_BREATH) {
		h->period_s =
			e->breath.per_min > 0 ? 60 / e->breath.per_min : 0;
		h->phase_s = (double)e->t_us / 1e6;
	}
	h->ended |= e->kind == EVENT_END;
}

static double cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec * 1e-3;
}

static double bpm_at(const struct heart *h, double t_s)
{
	double period_s = h->period_s > 0 ? h->period_s : 4.3;

	return 68 + 4 * sin(2 * M_PI * (t_s - h->phase_s) / period_s);
}

/* Return: steps taken. */
static size_t play(struct session *s, struct heart *h)
{
	double at_s = 0.5;
	size_t n = 0;

	while (!h->ended) {
		struct event e = {.kind = EVENT_BEAT};
		double rr_s = 60 / bpm_at(h, at_s);

		at_s += rr_s;
		e.t_us = e.beat.at_us = (uint64_t)(at_s * 1e6);
		e.beat.rr_ms = rr_s * 1000;
		e.beat.contact = 2;
		for (; session_next(s) <= e.t_us; n++)
			session_tick(s, session_next(s));
		if (!h->ended)
			session_step(s, &e);
		n++;
	}
	return n;
}

static double run(const struct routine *routine, size_t *steps)
{
	struct session_start start;
	struct session *s = NULL;
	struct heart h = {0};
	double from, took;

	session_start_init(&start);
	start.routine = routine;
	start.profile.flags_known = true;
	start.profile.sessions = 5;
	snprintf(start.sensor, sizeof(start.sensor), "bench:");
	if (session_create(&s, &start, &(struct session_listener){output, &h}) <
	    0)
		exit(1);
	from = cpu_us();
	*steps = play(s, &h);
	took = cpu_us() - from;
	session_destroy(s);
	return took / (double)*steps;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(void)
{
	struct content *content = NULL;
	struct routine *routine = NULL;
	struct error error = {""};
	double us[RUNS];
	size_t steps = 0;

	if (content_load(&content, "src/content", NULL, &error) < 0 ||
	    content_routine(content, "tension_relief", &routine, &error) < 0) {
		fprintf(stderr, "bench_session: %s\n", error.text);
		return 1;
	}
	for (int k = 0; k < RUNS; k++)
		us[k] = run(routine, &steps);
	qsort(us, RUNS, sizeof(us[0]), compare);
	printf("%-32s %9.3f us  %6.1f  %s\n", "one session step, median",
	       us[RUNS / 2], LIMIT_US, us[RUNS / 2] < LIMIT_US ? "ok" : "MISS");
	printf("%-32s %9zu\n", "steps of a session", steps);
	routine_destroy(routine);
	content_destroy(content);
	return us[RUNS / 2] < LIMIT_US ? 0 : 1;
}
