/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "audio/render.h"
#include "audio/voice.h"

/*
 * The audio's figures against their limits: `name value unit limit ok|MISS`.
 * Times are of the processor, so that a neighbour does not count: whether a
 * callback comes too late under load is for tests/bench/sound.sh.
 */

#define RATE      48000
#define PERIOD    256
#define SESSION_S 900
#define CALLBACKS ((size_t)600 * RATE / PERIOD)
#define TRIES     5
#define TEXT      "Small and easy. You can breathe less than you think."

static bool missed;

static void row(const char *name, double value, const char *unit, char sense,
                double limit)
{
	bool good = sense == '<' ? value < limit : value >= limit;

	printf("%-28s %10.3f %-8s %c %8g %s\n", name, value, unit, sense, limit,
	       good ? "ok" : "MISS");
	missed |= !good;
}

static void note(const char *name, double value, const char *unit)
{
	printf("%-28s %10.3f %-8s - %8s ok\n", name, value, unit, "-");
}

static void need(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "bench_audio: %s failed\n", what);
	exit(1);
}

static double seconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double speech_cost(struct bank **ret)
{
	double began, spent = 0.0;
	struct voice *v;
	uint32_t frames;
	float *x;

	need(voice_create(&v, NULL) == 0, "the voice");
	for (int i = 0; i < 3; i++) {
		began = seconds(CLOCK_PROCESS_CPUTIME_ID);
		need(voice_clip(v, TEXT, RATE, &x, &frames) == 0, "a clip");
		spent += seconds(CLOCK_PROCESS_CPUTIME_ID) - began;
		if (i < 2)
			free(x);
	}
	voice_destroy(v);
	need(bank_create(ret, 1, RATE) == 0, "the bank");
	need(bank_set(*ret, 0, x, frames) == 0, "the bank");
	return spent / 3 * RATE / frames;
}

/* Everything on: breath, bed, a phrase each 6 s, one over the other now and
 * then, moving levels. */
static void busy_second(struct mixer *m, unsigned s)
{
	struct sound sound = {.frame = (uint64_t)s * RATE + 2400};
	struct queue *q = mixer_queue(m);

	if (s % 6 == 0) {
		sound.kind = SOUND_BREATH;
		sound.breath.frames = 6 * RATE;
		sound.breath.inhale_frames = 2 * RATE;
		queue_push(q, &sound);
	}
	if (s % 6 == 1 || s % 30 == 3) {
		sound.kind = SOUND_SAY;
		sound.say.clip = 0;
		queue_push(q, &sound);
	}
	if (s % 20 == 5) {
		sound.kind = SOUND_LEVELS;
		sound.levels.master_db = s % 40 == 5 ? -3.0f : 0.0f;
		sound.levels.voice_db = 0.0f;
		sound.levels.breath_db = 0.0f;
		sound.levels.bed_db = 0.0f;
		queue_push(q, &sound);
	}
}

static struct mixer *mixer_on(const struct bank *bank)
{
	struct mixer_config config = {.rate_hz = RATE, .bank = bank};
	struct mixer *m;

	need(mixer_create(&m, &config) == 0, "the mixer");
	return m;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Of the processor's time; what it takes to read it is taken off. */
static void time_callbacks(const struct bank *bank, double *us, size_t stride)
{
	struct mixer *m = mixer_on(bank);
	float out[2 * PERIOD];
	unsigned s = 0;

	for (size_t i = 0; i < CALLBACKS; i++, us += stride) {
		double began, ended, after;

		while ((uint64_t)s * RATE <= mixer_frame(m) + RATE / 2)
			busy_second(m, s++);
		began = seconds(CLOCK_THREAD_CPUTIME_ID);
		mixer_thread_init();
		mixer_render(m, out, PERIOD);
		ended = seconds(CLOCK_THREAD_CPUTIME_ID);
		after = seconds(CLOCK_THREAD_CPUTIME_ID);
		*us = 1e6 * (ended - began - (after - ended));
	}
	mixer_destroy(m);
}

/* One child for each processor, that does nothing but load it. */
static size_t load(pid_t *ret, size_t most)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);
	size_t i = 0;

	for (; i < most && (long)i < n; i++) {
		ret[i] = fork();
		need(ret[i] >= 0, "fork");
		if (!ret[i])
			for (;;)
				;
	}
	return i;
}

static void unload(const pid_t *children, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		kill(children[i], SIGKILL);
		waitpid(children[i], NULL, 0);
	}
}

/* What another program does to the caches, or an interrupt that is put to
 * this one's account, is not the callback's: each is run TRIES times, and the
 * middle one counts. */
static void callback(const struct bank *bank)
{
	double *us = malloc(TRIES * CALLBACKS * sizeof(*us));
	pid_t children[64];
	size_t n_children = load(children, 64);

	need(us != NULL, "memory");
	for (size_t i = 0; i < TRIES; i++)
		time_callbacks(bank, us + i, TRIES);
	unload(children, n_children);
	for (size_t i = 0; i < CALLBACKS; i++) {
		qsort(us + i * TRIES, TRIES, sizeof(*us), by_value);
		us[i] = us[i * TRIES + TRIES / 2];
	}
	qsort(us, CALLBACKS, sizeof(*us), by_value);
	row("callback_256_p50", us[CALLBACKS / 2], "us", '<', 4.0);
	row("callback_256_p99", us[CALLBACKS * 99 / 100], "us", '<', 20.0);
	row("callback_256_worst", us[CALLBACKS - 1], "us", '<',
	    0.05e6 * PERIOD / RATE);
	free(us);
}

static void mixer_alone(const struct bank *bank)
{
	double began = seconds(CLOCK_PROCESS_CPUTIME_ID);
	struct mixer *m = mixer_on(bank);
	static float out[2 * 2048];
	unsigned s = 0;

	mixer_thread_init();
	while (mixer_frame(m) < (uint64_t)SESSION_S * RATE) {
		while ((uint64_t)s * RATE <= mixer_frame(m) + RATE / 2)
			busy_second(m, s++);
		mixer_render(m, out, 2048);
	}
	row("mixer_900_s", seconds(CLOCK_PROCESS_CPUTIME_ID) - began, "s", '<',
	    2.0);
	mixer_destroy(m);
}

static void render_speed(const struct bank *bank, const char *folder,
                         const char *ending, double least)
{
	struct mixer *m = mixer_on(bank);
	char path[300], name[40];
	double began, spent;
	struct render *r;

	snprintf(path, sizeof(path), "%s/lull-bench-%ld.%s", folder,
	         (long)getpid(), ending);
	began = seconds(CLOCK_PROCESS_CPUTIME_ID);
	need(render_create(&r, path, m, RATE) == 0, path);
	for (unsigned s = 0; s < SESSION_S; s++) {
		busy_second(m, s);
		need(render_until(r, (uint64_t)s * RATE) == 0, path);
	}
	need(render_until(r, (uint64_t)SESSION_S * RATE) == 0, path);
	need(render_finish(r) == 0, path);
	spent = seconds(CLOCK_PROCESS_CPUTIME_ID) - began;
	unlink(path);
	snprintf(name, sizeof(name), "render_%s", ending);
	if (least > 0.0)
		row(name, SESSION_S / spent, "x_real", '>', least);
	else
		note(name, SESSION_S / spent, "x_real");
	render_destroy(r);
	mixer_destroy(m);
}

int main(void)
{
	const char *folder =
		access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
	struct bank *bank;
	double cost = speech_cost(&bank);

	row("speech_per_second", 1e3 * cost, "ms", '<', 100.0);
	mixer_alone(bank);
	render_speed(bank, folder, "wav", 300.0);
	render_speed(bank, folder, "flac", 0.0);
	render_speed(bank, folder, "ogg", 0.0);
	callback(bank);
	bank_destroy(bank);
	return missed;
}
