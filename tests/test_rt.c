/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "tests/helpers/test.h"
#include "tests/helpers/varied.h"

/*
 * This program is linked with these functions wrapped: while @rendering, none
 * of them may be called by anything in audio/.
 */
static bool rendering;
static unsigned calls;

static void note(void)
{
	if (rendering)
		calls++;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
void __real_free(void *p);
int __real_pthread_mutex_lock(pthread_mutex_t *mutex);
ssize_t __real_write(int fd, const void *data, size_t n);
int __real_clock_gettime(clockid_t clock, struct timespec *t);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);
void __wrap_free(void *p);
int __wrap_pthread_mutex_lock(pthread_mutex_t *mutex);
ssize_t __wrap_write(int fd, const void *data, size_t n);
int __wrap_clock_gettime(clockid_t clock, struct timespec *t);

void *__wrap_malloc(size_t size)
{
	note();
	return __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
	note();
	return __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t size)
{
	note();
	return __real_realloc(p, size);
}

void __wrap_free(void *p)
{
	note();
	__real_free(p);
}

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
	assert_int_equal(bank_create(&b, 1, 48000), 0); /* calloc, 3 times */
	bank_destroy(b);                                /* free, 4 times */
	rendering = false;
	assert_int_equal(calls, 10);
}

static void a_varied_minute_is_rendered_without_one_such_call(void **state)
{
	struct bank *bank = varied_bank();
	struct mixer *m = varied_mixer(bank);
	float out[2 * 256];
	double heard = 0.0;

	(void)state;
	calls = 0;
	while (mixer_frame(m) < VARIED_FRAMES) {
		rendering = true;
		mixer_thread_init();
		mixer_render(m, out, 256);
		rendering = false;
		heard += (double)(out[0] * out[0]);
	}
	assert_int_equal(calls, 0);
	assert_true(heard > 0.1); /* it was no silence */
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
			a_varied_minute_is_rendered_without_one_such_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
