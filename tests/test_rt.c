/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "audio/outlet.h"
#include "tests/helpers/test.h"
#include "tests/helpers/varied.h"

/*
 * While @rendering, none of these functions may be called by anything in
 * audio/: this program is linked with them wrapped. Memory is watched further
 * down, in the libraries too, unless a sanitizer has taken its functions.
 */
static bool rendering;
static unsigned calls;

static void note(void)
{
	if (rendering)
		calls++;
}

#ifndef __SANITIZE_ADDRESS__
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);
void __libc_free(void *p);

void *malloc(size_t size)
{
	note();
	return __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	note();
	return __libc_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
	note();
	return __libc_realloc(p, size);
}

void free(void *p)
{
	note();
	__libc_free(p);
}
#define MEMORY_CALLS 5 /* of the_wraps_notice */
#else
#define MEMORY_CALLS 0
#endif

int __real_pthread_mutex_lock(pthread_mutex_t *mutex);
ssize_t __real_write(int fd, const void *data, size_t n);
int __real_clock_gettime(clockid_t clock, struct timespec *t);

int __wrap_pthread_mutex_lock(pthread_mutex_t *mutex);
ssize_t __wrap_write(int fd, const void *data, size_t n);
int __wrap_clock_gettime(clockid_t clock, struct timespec *t);

int __wrap_pthread_mutex_lock(pthread_mutex_t *mutex)
{
	note();
	return __real_pthread_mutex_lock(mutex);
}

ssize_t __wrap_write(int fd, const void *data, size_t n)
{
	note();
	return __real_write(fd, data, n);
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *t)
{
	note();
	return __real_clock_gettime(clock, t);
}

static void the_wraps_notice(void **state)
{
	pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
	struct timespec t;
	struct bank *b;

	(void)state;
	calls = 0;
	rendering = true;
	pthread_mutex_lock(&mutex);
	pthread_mutex_unlock(&mutex);
	clock_gettime(CLOCK_MONOTONIC, &t);
	assert_int_equal(write(STDOUT_FILENO, "", 0), 0);
	assert_int_equal(bank_create(&b, 1, 48000), 0); /* calloc, twice */
	bank_destroy(b);                                /* free, 3 times */
	rendering = false;
	assert_int_equal(calls, 3 + MEMORY_CALLS);
}

#define MINUTES 20

/* A whole session: the varied minute again and again, and an end. */
static struct tape *long_tape(void)
{
	static struct queue q;
	struct tape *t;

	assert_int_equal(tape_create(&t), 0);
	for (unsigned i = 0; i < MINUTES; i++) {
		queue_init(&q);
		varied_push(&q);
		for (const struct sound *s; (s = queue_peek(&q));
		     queue_pop(&q)) {
			struct sound later = *s;

			later.frame += i * VARIED_FRAMES;
			if (s->kind != SOUND_END || i + 1 == MINUTES)
				assert_true(tape_add(t, &later));
		}
	}
	return t;
}

/* All of what the callback runs, at a device of @device_hz and @channels.
 * Return: how loud it was. */
static double play(unsigned device_hz, unsigned channels, int64_t epoch_us)
{
	struct bank *bank = varied_bank();
	struct tape *tape = long_tape();
	static struct report report;
	const struct outlet_config config = {
		.mixing = varied_mixing(bank),
		.tape = tape,
		.report = &report,
		.device_hz = device_hz,
		.channels = channels,
		.epoch_us = epoch_us,
		.head = 2400,
	};
	uint64_t mono_us = 1000000, frames = 0, at_us;
	struct outlet *o;
	static float out[8 * 256];
	double heard = 0.0;

	memset(&report, 0, sizeof(report));
	assert_int_equal(outlet_create(&o, &config), 0);
	for (uint64_t i = 1; frames < MINUTES * VARIED_FRAMES; i++) {
		rendering = true;
		outlet_fill(o, out, 256, mono_us);
		rendering = false;
		heard += (double)(out[0] * out[0]);
		mono_us = 1000000 + i * 256 * 1000000 / device_hz;
		(void)report_read(&report, &frames, &at_us);
	}
	assert_int_equal(report.late, 0);
	outlet_destroy(o);
	tape_destroy(tape);
	bank_destroy(bank);
	return heard;
}

static void a_whole_session_is_played_without_one_such_call(void **state)
{
	(void)state;
	calls = 0;
	assert_true(play(48000, 2, OUTLET_FROM_START) > 1.0);
	assert_int_equal(calls, 0);
}

static void and_resampled_to_eight_channels_from_its_middle_on(void **state)
{
	(void)state;
	calls = 0;
	assert_true(play(44100, 8, -600000000) > 1.0);
	assert_int_equal(calls, 0);
}

/* Every pacer voice and bed, migraine mode between them, a phrase in each. */
static void so_is_every_scene(void **state)
{
	struct bank *bank = varied_bank();
	struct mixer_config config = {.rate_hz = VARIED_RATE_HZ, .bank = bank};
	float out[2 * 256];
	struct mixer *m;

	(void)state;
	assert_int_equal(mixer_create(&m, &config), 0);
	for (unsigned i = 0; i < 2 * SOUND_BEDS; i++) {
		struct sound s = {.frame = i * VARIED_RATE_HZ + 4800};

		s.kind = SOUND_SCENE;
		s.scene.pacer = (enum sound_pacer)(i % SOUND_PACERS);
		s.scene.bed = (enum sound_bed)(i % SOUND_BEDS);
		s.scene.gentle = i % 3 == 2;
		assert_true(queue_push(mixer_queue(m), &s));
		s.kind = SOUND_CALM;
		s.calm = (float)i / 12.0f;
		assert_true(queue_push(mixer_queue(m), &s));
		s.kind = SOUND_BREATH;
		s.breath.frames = VARIED_RATE_HZ;
		s.breath.inhale_frames = s.breath.frames / 2;
		s.breath.top_frames = s.breath.bottom_frames = 1000;
		assert_true(queue_push(mixer_queue(m), &s));
		s.kind = SOUND_SAY;
		s.say.clip = i % VARIED_CLIPS;
		assert_true(queue_push(mixer_queue(m), &s));
	}
	calls = 0;
	while (mixer_frame(m) < 2 * SOUND_BEDS * VARIED_RATE_HZ) {
		rendering = true;
		mixer_render(m, out, 256);
		rendering = false;
	}
	assert_int_equal(calls, 0);
	assert_null(queue_peek(mixer_queue(m)));
	mixer_destroy(m);
	bank_destroy(bank);
}

/* Feed denormals through the modes that the mixer's thread sets. */
static void the_rendering_thread_flushes_denormals(void **state)
{
	volatile float tiny = 1e-38f, half = 0.01f, product;

	(void)state;
	product = tiny * half;
	assert_true(product != 0.0f);
	mixer_thread_init();
	product = tiny * half;
	assert_true(product == 0.0f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_wraps_notice),
		cmocka_unit_test(the_rendering_thread_flushes_denormals),
		cmocka_unit_test(
			a_whole_session_is_played_without_one_such_call),
		cmocka_unit_test(
			and_resampled_to_eight_channels_from_its_middle_on),
		cmocka_unit_test(so_is_every_scene),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
