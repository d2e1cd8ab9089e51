/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audio/render.h"

/*
 * Twenty minutes to a 48 kHz stereo float WAV in memory, on one core, each in
 * a process of its own, by turns: ours with everything on (phrases, three
 * oscillators, a bed of filtered noise, ducking, the true-peak limiter)
 * against what others do for a plain patch. Seconds are of the processor, user
 * and system; ours and Csound's are medians.
 */

#define RATE      48000
#define SESSION_S 1200
#define TURNS     7
#define LEAST     2.5

static bool missed;

static void fail(const char *what)
{
	fprintf(stderr, "bench_peers: %s failed\n", what);
	_exit(1);
}

/* --- ours ----------------------------------------------------------------- */

/* Four seconds like speech: bursts of a buzz, at -23 LUFS or so. */
static struct bank *phrase(float gain)
{
	const uint32_t frames = 4 * RATE;
	float *x = malloc(frames * sizeof(*x));
	struct bank *bank;

	if (!x || bank_create(&bank, 1, RATE) < 0)
		fail("memory");
	for (uint32_t i = 0; i < frames; i++) {
		double t = (double)i / RATE, syllable = sin(M_PI * 4.0 * t);

		x[i] = gain * (float)(syllable * syllable *
		                      (sin(2.0 * M_PI * 180.0 * t) +
		                       0.5 * sin(2.0 * M_PI * 1260.0 * t)));
	}
	bank_set(bank, 0, x, frames);
	return bank;
}

static void push(struct mixer *m, struct sound *s, enum sound_kind kind)
{
	s->kind = kind;
	if (!queue_push(mixer_queue(m), s))
		fail("the queue");
}

static void second(struct mixer *m, unsigned t)
{
	struct sound s = {.frame = (uint64_t)t * RATE + 2400};

	if (t % 10 == 0) {
		s.breath.frames = 10 * RATE;
		s.breath.inhale_frames = 4 * RATE;
		push(m, &s, SOUND_BREATH);
	}
	if (t % 8 == 3) { /* half of the time someone speaks */
		s.say.clip = 0;
		push(m, &s, SOUND_SAY);
	}
}

static void ours(const char *path, float gain)
{
	struct mixer_config config = {.rate_hz = RATE, .bank = phrase(gain)};
	struct render *r;
	struct mixer *m;

	if (mixer_create(&m, &config) < 0 ||
	    render_create(&r, path, m, RATE) < 0)
		fail(path);
	for (unsigned t = 0; t < SESSION_S; t++) {
		second(m, t);
		if (render_until(r, (uint64_t)t * RATE) < 0)
			fail(path);
	}
	if (render_until(r, (uint64_t)SESSION_S * RATE) < 0 ||
	    render_finish(r) < 0)
		fail(path);
}

/* --- a process each ------------------------------------------------------- */

static void one_core(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(sched_getcpu(), &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static void quiet(void)
{
	if (!freopen("/dev/null", "w", stdout) ||
	    !freopen("/dev/null", "w", stderr))
		_exit(1);
}

/* Seconds that @command or, where that is NULL, ours took; NAN if it
 * failed or left no sound of twenty minutes in @path. */
static double cost(const char *command, const char *path, float gain)
{
	struct rusage used;
	struct stat st;
	int status;
	pid_t child;

	unlink(path);
	fflush(NULL); /* once, not once a child */
	child = fork();
	if (child < 0)
		return NAN;
	if (child == 0) {
		one_core();
		if (!command) {
			ours(path, gain);
			_exit(0);
		}
		quiet();
		execlp("sh", "sh", "-c", command, "sh", path, (char *)NULL);
		_exit(127);
	}
	if (wait4(child, &status, 0, &used) != child || status != 0 ||
	    stat(path, &st) < 0 ||
	    st.st_size < (off_t)SESSION_S * RATE * 2 * (off_t)sizeof(float))
		return NAN;
	return (double)used.ru_utime.tv_sec + (double)used.ru_stime.tv_sec +
	       1e-6 * (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *x)
{
	qsort(x, TURNS, sizeof(*x), by_value);
	return x[TURNS / 2];
}

/* --- the table ------------------------------------------------------------ */

static void note(const char *name, double s)
{
	if (isnan(s))
		printf("%-28s %10s %-8s - %8s ok\n", name, "absent", "s", "-");
	else
		printf("%-28s %10.3f %-8s - %8s ok\n", name, s, "s", "-");
}

#define CSOUND "exec csound -o \"$1\" tests/bench/plain.csd"
#define SOX                                                                    \
	"exec sox -n -r 48000 -c 2 -b 32 -e float \"$1\" "                     \
	"synth 1200 brownnoise synth 1200 sine mix 196 "                       \
	"synth 1200 sine mix 392 synth 1200 sine mix 588 "                     \
	"lowpass 500 tremolo 0.1 50 gain -20"
#define FFMPEG                                                                 \
	"exec ffmpeg -y -threads 1 -filter_complex '"                          \
	"sine=196:d=1200:r=48000[a];sine=392:d=1200:r=48000[b];"               \
	"sine=588:d=1200:r=48000[c];"                                          \
	"anoisesrc=c=brown:d=1200:r=48000,lowpass=500[n];"                     \
	"[a][b][c][n]amix=4,tremolo=0.1:0.5,alimiter=0.7,"                     \
	"aformat=channel_layouts=stereo' -c:a pcm_f32le \"$1\""

static void against_csound(const char *path)
{
	double us[TURNS], them[TURNS], a, b;

	for (int i = 0; i < TURNS; i++) {
		us[i] = cost(NULL, path, 0.1f);
		them[i] = i && isnan(them[0]) ? NAN : cost(CSOUND, path, 0);
	}
	a = median(us);
	b = isnan(them[0]) ? NAN : median(them);
	note("render_1200_s", a);
	note("render_1200_s_limiting", cost(NULL, path, 2.0f));
	note("csound_1200_s", b);
	if (isnan(b))
		return;
	printf("%-28s %10.3f %-8s > %8g %s\n", "times_as_fast_as_csound", b / a,
	       "x", LEAST, b / a >= LEAST ? "ok" : "MISS");
	missed |= !(b / a >= LEAST);
}

int main(void)
{
	char path[300];
	const char *folder =
		access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
	snprintf(path, sizeof(path), "%s/lull-peers-%ld.wav", folder,
	         (long)getpid());
	against_csound(path);
	note("sox_1200_s", cost(SOX, path, 0));
	note("ffmpeg_1200_s", cost(FFMPEG, path, 0));
	unlink(path);
	return missed;
}
