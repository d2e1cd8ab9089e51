/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "signal/clean.h"
#include "signal/dfa.h"
#include "signal/hrv.h"
#include "signal/hrv_live.h"
#include "signal/sample_entropy.h"
#include "signal/window.h"

/*
 * The HRV engine against its limits: `name value unit limit ok|MISS`, then
 * what a well-known library takes for the same (reference/hrv.md, 4), then
 * how it grows, and how far it stands from what this machine can do at all.
 * Processor time of one thread, medians of RUNS.
 */

#define RUNS 9
#define DAY  97814 /* intervals of the 24 h recording */
#define TICK (1000.0 / 1024.0)

static bool missed;

struct input {
	double *t_s, *rr_ms;
	size_t n;
};

static void need(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "bench_hrv: %s failed\n", what);
	exit(1);
}

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double uniform(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return ((double)((z ^ (z >> 31)) >> 11) + 0.5) * 0x1.0p-53;
}

/* --- what is worked on ------------------------------------------------------
 */

static void allot(struct input *s, size_t room)
{
	s->t_s = malloc(room * sizeof(double));
	s->rr_ms = malloc(room * sizeof(double));
	s->n = 0;
	need(s->t_s && s->rr_ms, "memory");
}

static void add(struct input *s, double rr_ms)
{
	s->t_s[s->n] = (s->n > 0 ? s->t_s[s->n - 1] : 0.0) + rr_ms * 1e-3;
	s->rr_ms[s->n++] = rr_ms;
}

/* Breath, slow waves and noise, in a strap's ticks. */
static void invent(struct input *s, size_t n)
{
	uint64_t seed = 20261125;
	double t_s = 0.0, noise_ms = 0.0;

	allot(s, n);
	for (size_t i = 0; i < n; i++) {
		double rr_ms = 850.0 + 40.0 * sin(2.0 * M_PI * 0.25 * t_s) +
		               35.0 * sin(2.0 * M_PI * 0.1 * t_s) +
		               90.0 * sin(2.0 * M_PI * t_s / 5400.0);

		noise_ms = 0.8 * noise_ms + 40.0 * (uniform(&seed) - 0.5);
		add(s, round((rr_ms + noise_ms) / TICK) * TICK);
		t_s = s->t_s[i];
	}
}

/* A shared recording, or one made up where it is absent. */
static void read_day(struct input *s)
{
	const char *folder = getenv("LULL_TEST_DATA");
	char path[512];
	double rr_ms;
	FILE *f;

	snprintf(path, sizeof(path), "%s/nsr004.rr",
	         folder ? folder : "../shared/data");
	f = fopen(path, "r");
	if (!f) {
		printf("%s is not there: a day made up instead\n", path);
		invent(s, DAY);
		return;
	}
	allot(s, DAY);
	while (s->n < DAY && fscanf(f, "%lf", &rr_ms) == 1)
		add(s, rr_ms);
	fclose(f);
}

/* The same, off every grid. */
static void jitter(const struct input *from, struct input *ret)
{
	uint64_t seed = 4;

	allot(ret, from->n);
	for (size_t i = 0; i < from->n; i++)
		add(ret, from->rr_ms[i] + 8.0 * (uniform(&seed) - 0.5));
}

static struct nn nn_of(const struct input *s, size_t n)
{
	return (struct nn){
		.t_s = s->t_s, .rr_ms = s->rr_ms, .n = n < s->n ? n : s->n};
}

/* --- what is measured -------------------------------------------------------
 */

struct engine {
	struct arena arena;
	struct hrv_work *work;
	struct hrv_freq *freq;
};

static void full(struct engine *e, const struct nn *nn)
{
	const struct hrv_options o = {.detrend = {true, true}};
	struct hrv h;

	need(hrv_of(e->work, nn, &o, &h, NULL) == 0, "hrv_of");
	need(h.time.rmssd_ms > 0.0, "RMSSD");
}

static void without_entropy(struct engine *e, const struct nn *nn)
{
	const struct hrv_options o = {.detrend = {true, true},
	                              .no_entropy = true};
	struct hrv h;

	need(hrv_of(e->work, nn, &o, &h, NULL) == 0, "hrv_of");
	need(h.time.rmssd_ms > 0.0, "RMSSD");
}

static void entropy(struct engine *e, const struct nn *nn)
{
	struct hrv_time time;
	double value;

	hrv_time_of(nn, &time);
	need(sample_entropy_of(&e->arena, nn, time.sdnn_ms, &value) == 0 &&
	             value > 0.0,
	     "sample entropy");
}

static void artifacts(struct engine *e, const struct nn *nn)
{
	struct clean clean;

	need(clean_of(&e->arena, nn, &clean) == 0, "artifacts");
}

static void time_domain(struct engine *e, const struct nn *nn)
{
	struct hrv_time time;

	(void)e;
	hrv_time_of(nn, &time);
	need(time.rmssd_ms > 0.0, "RMSSD");
}

static void geometry(struct engine *e, const struct nn *nn)
{
	struct hrv_geometry g;
	double si;

	need(hrv_geometry_of(&e->arena, nn->rr_ms, nn->n, &g) == 0 &&
	             hrv_stress_index(&e->arena, nn->rr_ms, nn->n, &si) == 0,
	     "geometry");
}

static void welch(struct engine *e, const struct nn *nn)
{
	struct hrv_spectra s;

	need(hrv_welch_of(e->freq, &e->arena, nn, true, &s) == 0, "Welch");
}

static void lomb(struct engine *e, const struct nn *nn)
{
	struct hrv_spectra s;

	need(hrv_lomb_of(e->freq, &e->arena, nn, true, &s) == 0 &&
	             s.plain.lf_ms2 > 0.0,
	     "Lomb");
}

static void dfa(struct engine *e, const struct nn *nn)
{
	(void)e;
	need(dfa_alpha1_of(nn) > 0.0, "DFA");
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median_s(struct engine *e,
                       void (*work)(struct engine *, const struct nn *),
                       const struct nn *nn)
{
	/* what is short is done often enough for the clock */
	unsigned often = 1 + (unsigned)(20000 / (nn->n + 1));
	double runs[RUNS];

	for (int i = -1; i < RUNS; i++) { /* the first warms up */
		double began_s = now_s();

		for (unsigned k = 0; k < often; k++) {
			work(e, nn);
			arena_release(&e->arena, (struct arena_mark){0});
		}
		if (i >= 0)
			runs[i] = (now_s() - began_s) / often;
	}
	qsort(runs, RUNS, sizeof(*runs), by_size);
	return runs[RUNS / 2];
}

static void row(const char *name, double value, const char *unit, double limit,
                const char *others)
{
	bool good = value <= limit;

	printf("%-32s %10.3f %-6s %8g %-4s  %s\n", name, value, unit, limit,
	       good ? "ok" : "MISS", others);
	missed |= !good;
}

/* --- the whole process ------------------------------------------------------
 */

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
	need(pid >= 0, "fork");
	if (pid == 0) {
		if (!freopen("/dev/null", "w", stdout))
			_exit(9);
		execl(lull, "lull", "analyze", path, "--json", (char *)NULL);
		_exit(9);
	}
	need(wait4(pid, &status, 0, &used) == pid && status == 0,
	     "lull analyze");
	clock_gettime(CLOCK_MONOTONIC, &to);
	*ret_mib = (double)used.ru_maxrss / 1024.0;
	return (double)(to.tv_sec - from.tv_sec) +
	       1e-9 * (double)(to.tv_nsec - from.tv_nsec);
}

static void whole_process(const struct input *day)
{
	char path[] = "/tmp/bench_hrv.XXXXXX";
	int fd = mkstemp(path);
	double runs[RUNS], mib = 0.0;
	FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;

	need(f, "a temporary file");
	for (size_t i = 0; i < day->n; i++)
		fprintf(f, "%.10g\n", day->rr_ms[i]);
	need(fclose(f) == 0, "writing a temporary file");
	run_lull(path, &mib);
	for (int i = 0; i < RUNS; i++)
		runs[i] = run_lull(path, &mib);
	unlink(path);
	qsort(runs, RUNS, sizeof(*runs), by_size);
	row("lull_analyze_24h_wall", 1e3 * runs[RUNS / 2], "ms", 120, "");
	row("lull_analyze_24h_size", mib, "MiB", 64, "");
}

/* --- live --------------------------------------------------------------------
 */

#define LIVE_WINDOWS 10
#define WAVE_S       5.0

/* Ten windows of 30 s to 5 min read at each beat, a coherence each 5 s. */
static double live_us(const struct input *day, double longest_s)
{
	static struct hrv_live live;
	struct coherence *c;
	struct coherence_result wave;
	double began_s, due_s = COHERENCE_SPAN_S, sum = 0.0, took_s;

	need(coherence_create(&c) == 0, "memory");
	hrv_live_init(&live);
	began_s = now_s();
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
	took_s = now_s() - began_s;
	coherence_destroy(c);
	need(sum > 0.0, "live windows");
	return 1e6 * took_s / (double)day->n;
}

/* The session's own window: every figure of an estimate at each beat. */
static double session_us(const struct input *day)
{
	struct window *w;
	struct estimate e;
	double began_s;

	need(window_create(&w) == 0, "memory");
	began_s = now_s();
	for (size_t i = 0; i < day->n; i++) {
		uint64_t t_us = (uint64_t)(day->t_s[i] * 1e6);

		window_beat(w, &(struct beat){.t_us = t_us,
		                              .rr_ms = day->rr_ms[i]});
		window_estimate(w, t_us, &e);
	}
	began_s = now_s() - began_s;
	window_destroy(w);
	return 1e6 * began_s / (double)day->n;
}

static double median_of_live(double (*measure)(const struct input *, double),
                             const struct input *day, double longest_s)
{
	double runs[RUNS];

	for (int i = 0; i < RUNS; i++)
		runs[i] = measure(day, longest_s);
	qsort(runs, RUNS, sizeof(*runs), by_size);
	return runs[RUNS / 2];
}

/* --- growth, and what the machine could do ----------------------------------
 */

static const struct work {
	const char *name;
	void (*run)(struct engine *, const struct nn *);
	/* What one interval of the day costs at the least: bytes that come
	 * from memory or go there once, and additions and multiplications of
	 * the method, as counted from its loops (the transforms as 5 n log2 n
	 * for n complex points). 0: no arithmetic to speak of. */
	double bytes, flops;
} works[] = {
	{"full_set", full, 0, 0},
	{"artifacts", artifacts, 24, 0},
	/* a division counts as four */
	{"time_domain", time_domain, 8, 20},
	{"geometry", geometry, 16, 4},
	/* spline 40 a beat and 14 a sample, 3.5 samples a beat; priors 14 a
         * sample; a 1024-point transform for two segments of 512 new samples,
         * twice */
	{"welch_both", welch, 120, 390},
	/* 8 cells a beat for two sums, twice; the grid three times a beat of
         * points at 5 log2 n */
	{"lomb_both", lomb, 160, 800},
	{"sample_entropy", entropy, 24, 0},
	/* 13 sizes of box, six of either for each beat in one */
	{"dfa", dfa, 8, 13 * 6},
};
#define WORKS (sizeof(works) / sizeof(works[0]))

/* From n to 100 n in the time of n log n is 1.13 here; 2 were n^2. Values off
 * every grid are counted by buckets of sqrt(n): up to a million that beats a
 * tree, whose n log^2 n comes with a look-up a step. */
#define STEEPEST       1.25
#define STEEPEST_REALS 1.5

static void grow(struct engine *e, const struct work *w, const char *name,
                 const struct input *million, double steepest)
{
	double took_s[4], steep;

	for (int k = 0; k < 4; k++) {
		struct nn nn = nn_of(million, (size_t)pow(10, 3 + k));

		took_s[k] = median_s(e, w->run, &nn);
	}
	steep = log(took_s[3] / took_s[1]) / log(100.0);
	printf("%-20s %10.3f %10.3f %10.2f %10.1f %8.3f %8.2f %s\n", name,
	       1e3 * took_s[0], 1e3 * took_s[1], 1e3 * took_s[2],
	       1e3 * took_s[3], took_s[3], steep,
	       steep <= steepest ? "ok" : "MISS");
	missed |= steep > steepest;
}

static void growth(struct engine *e, const struct input *million,
                   const struct input *loose)
{
	printf("\n%-20s %10s %10s %10s %10s  us/beat   exponent\n",
	       "growth, ms", "1e3", "1e4", "1e5", "1e6");
	for (size_t i = 0; i < WORKS; i++)
		grow(e, &works[i], works[i].name, million, STEEPEST);
	for (size_t i = 0; i < WORKS; i++)
		if (works[i].run == entropy)
			grow(e, &works[i], "  of any reals", loose,
			     STEEPEST_REALS);
}

/* Bytes a second of reading what no cache holds. */
static double memory_rate(void)
{
	size_t n = (size_t)16 << 20;
	uint64_t *at = calloc(n, sizeof(*at)), sum = 0;
	double best_s = HUGE_VAL;

	need(at, "memory");
	for (size_t i = 0; i < n; i++)
		at[i] = i;
	for (int k = 0; k < 5; k++) {
		double began_s = now_s();

		for (size_t i = 0; i < n; i++)
			sum += at[i];
		best_s = fmin(best_s, now_s() - began_s);
	}
	need(sum > 0, "reading");
	free(at);
	return (double)(n * sizeof(*at)) / best_s;
}

/* Additions and multiplications a second: as many chains as hide the latency
 * of each, two doubles wide, which is what this build's kind of code has. */
static double arithmetic_rate(void)
{
	typedef double pair __attribute__((vector_size(16)));
	pair a, b, c, d, e, f, g, h;
	const pair by = {0.999999, 0.999999}, more = {1e-9, 1e-9};
	const int turns = 4000000;
	double best_s = HUGE_VAL, sum = 0.0;

	for (int k = 0; k < 5; k++) {
		double began_s = now_s();

		a = b = c = d = e = f = g = h = (pair){1.0 + k, 2.0};
		for (int t = 0; t < turns; t++) {
			a = a * by + more;
			b = b * by + more;
			c = c * by + more;
			d = d * by + more;
			e = e * by + more;
			f = f * by + more;
			g = g * by + more;
			h = h * by + more;
		}
		best_s = fmin(best_s, now_s() - began_s);
		a += b + c + d + e + f + g + h;
		sum += a[0] + a[1];
	}
	need(isfinite(sum), "arithmetic");
	return turns * 8.0 * 2.0 * 2.0 / best_s;
}

static void limits(struct engine *e, const struct input *day)
{
	double bytes_per_s = memory_rate(), flops = arithmetic_rate();

	printf("\nwhat this core does at most: %.1f GB/s read, %.1f Gflop/s\n"
	       "%-20s %10s %18s %18s\n",
	       bytes_per_s * 1e-9, flops * 1e-9, "24 h", "ms",
	       "of that, memory", "arithmetic");
	for (size_t i = 0; i < WORKS; i++) {
		struct nn nn = nn_of(day, day->n);
		double took_s = median_s(e, works[i].run, &nn), n;

		n = (double)nn.n;
		if (works[i].bytes <= 0.0)
			continue;
		printf("%-20s %10.3f %16.1f %%", works[i].name, 1e3 * took_s,
		       100.0 * n * works[i].bytes / bytes_per_s / took_s);
		if (works[i].flops > 0.0)
			printf(" %16.1f %%",
			       100.0 * n * works[i].flops / flops / took_s);
		else
			printf("  branches, look-ups");
		printf("\n");
	}
}

/* --- is it exact?
 * -------------------------------------------------------------- */

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

static void exact(struct engine *e, const char *name, const struct nn *nn)
{
	struct sample_entropy_count fast, plain;
	struct hrv_time time;
	double began_s = now_s(), r_ms;
	bool same;

	hrv_time_of(nn, &time);
	r_ms = SAMPLE_ENTROPY_R_SD * time.sdnn_ms;
	count_plainly(nn, r_ms, &plain);
	began_s = now_s() - began_s;
	need(sample_entropy_count(&e->arena, nn, r_ms, &fast) == 0, "counting");
	arena_release(&e->arena, (struct arena_mark){0});
	same = fast.two == plain.two && fast.three == plain.three;
	printf("%-32s %10.0f pairs of two, %.0f of three: %s of all pairs, "
	       "which took %.1f s\n",
	       name, (double)fast.two, (double)fast.three,
	       same ? "the count" : "MISS, not the count", began_s);
	missed |= !same;
}

/* --- the table
 * ---------------------------------------------------------------- */

/* Of this process, which has done nothing else yet. */
static void size_of_full(struct engine *e, const struct input *day)
{
	struct nn nn = nn_of(day, day->n);
	struct rusage used;

	full(e, &nn);
	getrusage(RUSAGE_SELF, &used);
	row("full_set_24h_size", (double)used.ru_maxrss / 1024.0, "MiB", 64,
	    "");
}

static void of_a_day(struct engine *e, const char *title,
                     const struct input *day, double entropy_limit_ms)
{
	const struct {
		const char *name;
		void (*run)(struct engine *, const struct nn *);
		double limit_ms;
		const char *others;
	} lines[] = {
		{"full_set", full, 100, "NeuroKit hrv(): out of memory"},
		{"full_set_no_entropy", without_entropy, 80, ""},
		{"artifacts", artifacts, 15, "NeuroKit 6305"},
		{"time_domain", time_domain, 4.4, "numpy 4.4, NeuroKit 792"},
		{"geometry", geometry, 40,
	         "hrv-analysis 40, with the time domain"},
		{"welch_both", welch, 137,
	         "numpy 12 and 137, NeuroKit 62, hrv-analysis 640: one each"},
		{"lomb_both", lomb, 386,
	         "hrv-analysis 386, NeuroKit 6672: one"},
		{"dfa", dfa, 8.4, "numpy 8.4"},
		{"sample_entropy", entropy, entropy_limit_ms, "NeuroKit 4581"},
	};
	struct nn nn = nn_of(day, day->n);

	printf("\n%s\n", title);
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		row(lines[i].name, 1e3 * median_s(e, lines[i].run, &nn), "ms",
		    lines[i].limit_ms, lines[i].others);
	exact(e, "sample_entropy", &nn);
	printf("\n");
}

int main(void)
{
	struct input day, off, million, loose;
	struct engine e = {0};
	struct nn nn;

	arena_init(&e.arena);
	need(hrv_work_create(&e.work) == 0 && hrv_freq_create(&e.freq) == 0,
	     "memory");
	read_day(&day);
	printf("%-32s %10s %-6s %8s %-4s  others (reference/hrv.md, 4), ms\n",
	       "", "median", "", "limit", "");
	/* first, or a child would begin with the size that this has */
	whole_process(&day);
	size_of_full(&e, &day);
	of_a_day(&e, "24 h, on the recorder's grid", &day, 20);
	jitter(&day, &off);
	of_a_day(&e, "24 h, off every grid", &off, 60);
	invent(&million, 1000000);
	jitter(&million, &loose);
	nn = nn_of(&loose, loose.n);
	row("sample_entropy_1e6_any_reals", median_s(&e, entropy, &nn), "s",
	    1.5, "");
	nn = nn_of(&day, 337);
	row("full_set_5min", 1e3 * median_s(&e, full, &nn), "ms", 0.5,
	    "NeuroKit hrv() 370");
	row("live_ten_windows_to_5min", median_of_live(live_us, &day, 300.0),
	    "us", 2, "OpenHRV's model 5.2, no RMSSD");
	row("live_ten_windows_to_1min", median_of_live(live_us, &day, 60.0),
	    "us", 2, "the same: length is free");
	row("session_estimate_each_beat", session_us(&day), "us", 20, "");
	growth(&e, &million, &loose);
	limits(&e, &day);
	hrv_work_destroy(e.work);
	hrv_freq_destroy(e.freq);
	arena_finish(&e.arena);
	return missed ? 1 : 0;
}
