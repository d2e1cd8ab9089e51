/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "signal/hrv_live.h"
#include "signal/sample_entropy.h"
#include "signal/window.h"
#include "tests/bench/hrv_growth.h"
#include "tests/bench/hrv_work.h"

/*
 * The HRV engine against its limits: `name value unit limit ok|MISS`, then
 * what a well-known library takes for the same (reference/hrv.md, 4), then
 * how it grows, and how far it stands from what this machine can do at all.
 */

static bool missed;

static void row(const char *name, double value, const char *unit, double limit,
                const char *others)
{
	bool good = value <= limit;

	printf("%-32s %10.3f %-6s %8g %-4s  %s\n", name, value, unit, limit,
	       good ? "ok" : "MISS", others);
	missed |= !good;
}

/* --- the whole process ---------------------------------------------------- */

/* Runs `lull analyze FILE --json`; its wall time and greatest size. */
static double run_lull(const char *path, double *ret_mib)
{
	const char *build = getenv("BUILD");
	char lull[256];
	struct timespec from, to;
	struct rusage used;
	int status;
	pid_t pid;

	snprintf(lull, sizeof(lull), "%s/lull", build ? build : "build");
	fflush(stdout);
	clock_gettime(CLOCK_MONOTONIC, &from);
	pid = fork();
	work_need(pid >= 0, "fork");
	if (pid == 0) {
		if (!freopen("/dev/null", "w", stdout))
			_exit(9);
		execl(lull, "lull", "analyze", path, "--json", (char *)NULL);
		_exit(9);
	}
	work_need(wait4(pid, &status, 0, &used) == pid && status == 0,
	          "lull analyze");
	clock_gettime(CLOCK_MONOTONIC, &to);
	*ret_mib = (double)used.ru_maxrss / 1024.0;
	return (double)(to.tv_sec - from.tv_sec) +
	       1e-9 * (double)(to.tv_nsec - from.tv_nsec);
}

static void whole_process(const struct work_input *day)
{
	char path[] = "/tmp/bench_hrv.XXXXXX";
	int fd = mkstemp(path);
	double runs[WORK_RUNS], mib = 0.0;
	FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;

	work_need(f, "a temporary file");
	for (size_t i = 0; i < day->n; i++)
		fprintf(f, "%.10g\n", day->rr_ms[i]);
	work_need(fclose(f) == 0, "writing a temporary file");
	run_lull(path, &mib);
	for (int i = 0; i < WORK_RUNS; i++)
		runs[i] = run_lull(path, &mib);
	unlink(path);
	row("lull_analyze_24h_wall", 1e3 * work_median(runs), "ms", 120, "");
	row("lull_analyze_24h_size", mib, "MiB", 64, "");
}

/* --- live ----------------------------------------------------------------- */

#define LIVE_WINDOWS 10
#define WAVE_S       5.0

/* Ten windows of 30 s to 5 min read at each beat, a coherence each 5 s. */
static double live_us(const struct work_input *day, double longest_s)
{
	static struct hrv_live live;
	struct coherence *c;
	struct coherence_result wave;
	double began_s, due_s = COHERENCE_SPAN_S, sum = 0.0, took_s;

	work_need(coherence_create(&c) == 0, "memory");
	hrv_live_init(&live);
	began_s = work_now_s();
	for (size_t i = 0; i < day->n; i++) {
		hrv_live_beat(&live, (uint64_t)(day->t_s[i] * 1e6),
		              day->rr_ms[i], BEAT_OK, day->rr_ms[i]);
		for (int k = 0; k < LIVE_WINDOWS; k++) {
			double length_s = longest_s * (k + 1.0) / LIVE_WINDOWS;
			struct hrv_time h;

			hrv_live_time(&live, day->t_s[i] - length_s,
			              day->t_s[i], &h);
			sum += h.mean_nn_ms;
		}
		if (day->t_s[i] < due_s)
			continue;
		due_s = day->t_s[i] + WAVE_S;
		if (i >= COHERENCE_BEATS_MAX &&
		    coherence_of(c, day->t_s + i - COHERENCE_BEATS_MAX + 1,
		                 day->rr_ms + i - COHERENCE_BEATS_MAX + 1,
		                 COHERENCE_BEATS_MAX, &wave) == 0)
			sum += wave.ratio;
	}
	took_s = work_now_s() - began_s;
	coherence_destroy(c);
	work_need(sum > 0.0, "live windows");
	return 1e6 * took_s / (double)day->n;
}

/* The session's own window: every figure of an estimate at each beat. */
static double session_us(const struct work_input *day)
{
	struct window *w;
	struct estimate e;
	double began_s;

	work_need(window_create(&w) == 0, "memory");
	began_s = work_now_s();
	for (size_t i = 0; i < day->n; i++) {
		uint64_t t_us = (uint64_t)(day->t_s[i] * 1e6);

		window_beat(w, &(struct beat){.t_us = t_us,
		                              .rr_ms = day->rr_ms[i]});
		window_estimate(w, t_us, &e);
	}
	began_s = work_now_s() - began_s;
	window_destroy(w);
	return 1e6 * began_s / (double)day->n;
}

static double median_of_live(double (*measure)(const struct work_input *,
                                               double),
                             const struct work_input *day, double longest_s)
{
	double runs[WORK_RUNS];

	for (int i = 0; i < WORK_RUNS; i++)
		runs[i] = measure(day, longest_s);
	return work_median(runs);
}

/* --- is it exact? --------------------------------------------------------- */

/* All pairs, one after the other. */
static void count_plainly(const struct nn *nn, double r_ms,
                          struct sample_entropy_count *ret)
{
	const double *x = nn->rr_ms;
	size_t n = nn->n - 2;

	*ret = (struct sample_entropy_count){0};
	for (size_t i = 0; i < n; i++)
		for (size_t k = i + 1; k < n; k++) {
			bool two = (fabs(x[i] - x[k]) <= r_ms) &
			           (fabs(x[i + 1] - x[k + 1]) <= r_ms);

			ret->two += two;
			ret->three += two & (fabs(x[i + 2] - x[k + 2]) <= r_ms);
		}
}

static void exact(struct work_engine *e, const char *name, const struct nn *nn)
{
	struct sample_entropy_count fast, plain;
	struct hrv_time time;
	double began_s = work_now_s(), r_ms;
	bool same;

	hrv_time_of(nn, &time);
	r_ms = SAMPLE_ENTROPY_R_SD * time.sdnn_ms;
	count_plainly(nn, r_ms, &plain);
	began_s = work_now_s() - began_s;
	work_need(sample_entropy_count(&e->arena, nn, r_ms, &fast) == 0,
	          "counting");
	arena_release(&e->arena, (struct arena_mark){0});
	same = fast.two == plain.two && fast.three == plain.three;
	printf("%-32s %10.0f pairs of two, %.0f of three: %s of all pairs, "
	       "which took %.1f s\n",
	       name, (double)fast.two, (double)fast.three,
	       same ? "the count" : "MISS, not the count", began_s);
	missed |= !same;
}

/* --- the table ------------------------------------------------------------ */

/* Of this process, which has done nothing else yet. */
static void size_of_full(struct work_engine *e, const struct work_input *day)
{
	struct nn nn = work_nn(day, day->n);
	struct rusage used;

	work_full(e, &nn);
	getrusage(RUSAGE_SELF, &used);
	row("full_set_24h_size", (double)used.ru_maxrss / 1024.0, "MiB", 64,
	    "");
}

static void of_a_day(struct work_engine *e, const char *title,
                     const struct work_input *day, double entropy_limit_ms)
{
	const struct {
		const char *name;
		work_run *run;
		double limit_ms;
		const char *others;
	} lines[] = {
		{"full_set", work_full, 100, "NeuroKit hrv(): out of memory"},
		{"full_set_no_entropy", work_without_entropy, 80, ""},
		{"artifacts", work_artifacts, 15, "NeuroKit 6305"},
		{"time_domain", work_time_domain, 4.4,
	         "numpy 4.4, NeuroKit 792"},
		{"geometry", work_geometry, 40,
	         "hrv-analysis 40, with the time domain"},
		{"welch_both", work_welch, 137,
	         "numpy 12 and 137, NeuroKit 62, hrv-analysis 640: one each"},
		{"lomb_both", work_lomb, 386,
	         "hrv-analysis 386, NeuroKit 6672: one"},
		{"dfa", work_dfa, 8.4, "numpy 8.4"},
		{"sample_entropy", work_entropy, entropy_limit_ms,
	         "NeuroKit 4581"},
	};
	struct nn nn = work_nn(day, day->n);

	printf("\n%s\n", title);
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		row(lines[i].name, 1e3 * work_median_s(e, lines[i].run, &nn),
		    "ms", lines[i].limit_ms, lines[i].others);
	exact(e, "sample_entropy", &nn);
	printf("\n");
}

int main(void)
{
	struct work_input day, off, million, loose;
	struct work_engine e = {0};
	struct nn nn;

	arena_init(&e.arena);
	work_need(hrv_work_create(&e.work) == 0 &&
	                  hrv_freq_create(&e.freq) == 0,
	          "memory");
	work_read_day(&day);
	printf("%-32s %10s %-6s %8s %-4s  others (reference/hrv.md, 4), ms\n",
	       "", "median", "", "limit", "");
	/* first, or a child would begin with the size that this has */
	whole_process(&day);
	size_of_full(&e, &day);
	of_a_day(&e, "24 h, on the recorder's grid", &day, 20);
	work_jitter(&day, &off);
	of_a_day(&e, "24 h, off every grid", &off, 60);
	work_invent(&million, 1000000);
	work_jitter(&million, &loose);
	nn = work_nn(&loose, loose.n);
	row("sample_entropy_1e6_any_reals",
	    work_median_s(&e, work_entropy, &nn), "s", 1.5, "");
	nn = work_nn(&day, 337);
	row("full_set_5min", 1e3 * work_median_s(&e, work_full, &nn), "ms", 0.5,
	    "NeuroKit hrv() 370");
	row("live_ten_windows_to_5min", median_of_live(live_us, &day, 300.0),
	    "us", 2, "OpenHRV's model 5.2, no RMSSD");
	row("live_ten_windows_to_1min", median_of_live(live_us, &day, 60.0),
	    "us", 2, "the same: length is free");
	row("session_estimate_each_beat", session_us(&day), "us", 20, "");
	missed |= !growth_print(&e, &million, &loose);
	growth_limits(&e, &day);
	hrv_work_destroy(e.work);
	hrv_freq_destroy(e.freq);
	arena_finish(&e.arena);
	return missed ? 1 : 0;
}
