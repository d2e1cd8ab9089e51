/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audio/bank.h"
#include "audio/queue.h"
#include "tests/helpers/test.h"

#define MANY 300000

static struct sound numbered(uint64_t i)
{
	struct sound s = {.frame = i, .kind = SOUND_BREATH};

	s.breath.frames = (uint32_t)(i * 2654435761u);
	s.breath.inhale_frames = (uint32_t)~i;
	return s;
}

static void assert_numbered(const struct sound *s, uint64_t i)
{
	struct sound want = numbered(i);

	assert_int_equal(s->frame, i);
	assert_int_equal(s->breath.frames, want.breath.frames);
	assert_int_equal(s->breath.inhale_frames, want.breath.inhale_frames);
}

static void a_new_queue_is_empty(void **state)
{
	struct queue q;

	(void)state;
	queue_init(&q);
	assert_null(queue_peek(&q));
}

static void it_holds_256_commands_and_refuses_one_more(void **state)
{
	struct queue q;
	struct sound s;

	(void)state;
	queue_init(&q);
	for (uint64_t round = 0; round < 3; round++) {
		for (uint64_t i = 0; i < QUEUE_SIZE; i++) {
			s = numbered(i);
			assert_true(queue_push(&q, &s));
		}
		assert_false(queue_push(&q, &s));
		for (uint64_t i = 0; i < QUEUE_SIZE; i++) {
			assert_numbered(queue_peek(&q), i);
			queue_pop(&q);
		}
		assert_null(queue_peek(&q));
	}
}

static void its_indices_may_run_over(void **state)
{
	struct queue q;

	(void)state;
	queue_init(&q);
	atomic_store(&q.head.value, SIZE_MAX - 1);
	atomic_store(&q.tail.value, SIZE_MAX - 1);
	for (uint64_t i = 0; i < 5; i++) {
		struct sound s = numbered(i);

		assert_true(queue_push(&q, &s));
	}
	for (uint64_t i = 0; i < 5; i++) {
		assert_numbered(queue_peek(&q), i);
		queue_pop(&q);
	}
	assert_null(queue_peek(&q));
}

/* Bursts of random length, so that both ends meet full and empty queues. */
static void *produce(void *data)
{
	struct queue *q = data;
	uint64_t random = 1, i = 0;

	while (i < MANY) {
		uint64_t burst = test_random(&random) % (2 * QUEUE_SIZE);

		while (burst-- && i < MANY) {
			struct sound s = numbered(i);

			if (queue_push(q, &s))
				i++;
			else
				sched_yield();
		}
		sched_yield();
	}
	return NULL;
}

static void two_threads_in_random_steps_lose_and_tear_nothing(void **state)
{
	uint64_t random = 2, i = 0;
	struct queue q;
	pthread_t thread;

	(void)state;
	queue_init(&q);
	assert_int_equal(pthread_create(&thread, NULL, produce, &q), 0);
	while (i < MANY) {
		uint64_t burst = test_random(&random) % (2 * QUEUE_SIZE);
		const struct sound *s;

		while (burst-- && (s = queue_peek(&q))) {
			assert_numbered(s, i++);
			queue_pop(&q);
		}
		sched_yield();
	}
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_null(queue_peek(&q));
}

static void a_bank_owns_its_clips_and_knows_their_length(void **state)
{
	struct bank *b;
	float *x = calloc(48, sizeof(*x)), *stray = calloc(1, sizeof(*stray));

	(void)state;
	assert_non_null(x);
	assert_int_equal(bank_create(&b, 2, 48000), 0);
	assert_int_equal(bank_ms(b, 0), 0);
	assert_int_equal(bank_set(b, 0, x, 48), 0);
	assert_int_equal(bank_ms(b, 0), 1);
	b->clips[0].frames = 49;
	assert_int_equal(bank_ms(b, 0), 2);
	assert_int_equal(bank_set(b, 2, stray, 1), -ERANGE);
	free(stray); /* still ours */
	assert_int_equal(bank_set(b, 0, NULL, 7), 0);
	assert_int_equal(bank_ms(b, 0), 0);
	assert_int_equal(bank_ms(b, 9), 0);
	assert_null(bank_destroy(b));
	assert_null(bank_destroy(NULL));
}

/* Of line 9 there is none, and of line 8 but the beginning. */
static int read_lines(void *data, size_t line, float *into, uint32_t frames,
                      const struct enough *enough)
{
	int *asked = data;

	++*asked;
	if (line == 9)
		return -EIO;
	if (line == 8 && enough)
		frames = 10;
	for (uint32_t i = 0; i < frames; i++)
		into[i] = 0.5f;
	return line == 8 && enough ? -ECANCELED : 0;
}

static void a_reserved_clip_is_silent_until_it_is_fetched(void **state)
{
	const struct enough enough = {NULL, NULL};
	struct bank *b;
	int asked = 0;
	float *x = calloc(10, sizeof(*x));

	(void)state;
	assert_int_equal(bank_create_file(&b, NULL, 5, 48000), 0);
	assert_int_equal(bank_reserve(b, 0, 100, 7), 0);
	assert_int_equal(bank_set(b, 1, x, 10), 0);
	assert_int_equal(bank_reserve(b, 2, 100, 8), 0);
	assert_int_equal(bank_reserve(b, 3, 100, 9), 0);
	assert_int_equal(bank_reserve(b, 4, 0, 9), -ERANGE);
	assert_int_equal(bank_reserve(b, 5, 100, 9), -ERANGE);
	assert_int_equal(bank_ms(b, 0), 3);
	assert_int_equal(bank_fetch(b, 0, NULL), -ENODATA); /* not sealed */
	bank_source(b, read_lines, &asked);
	assert_int_equal(bank_seal(b, 4), 0);
	assert_int_equal(bank_reserve(b, 4, 1, 9), -ERANGE);
	assert_true(b->clips[0].samples[99] == 0.0f);
	assert_int_equal(bank_fetch(b, 0, NULL), 0);
	assert_true(b->clips[0].samples[0] == 0.5f);
	assert_true(b->clips[0].samples[99] == 0.5f);
	assert_int_equal(bank_fetch(b, 0, NULL), 0);
	assert_int_equal(bank_fetch(b, 1, NULL), 0);
	assert_int_equal(asked, 1); /* once, and only what was reserved */

	assert_int_equal(bank_fetch(b, 2, &enough), -ECANCELED);
	assert_true(b->clips[2].samples[9] == 0.5f);
	assert_true(b->clips[2].samples[10] == 0.0f);
	assert_int_equal(bank_fetch(b, 2, NULL), 0); /* the rest */
	assert_true(b->clips[2].samples[99] == 0.5f);
	assert_int_equal(bank_fetch(b, 3, NULL), -EIO);
	assert_int_equal(bank_fetch(b, 3, NULL), 0); /* not again */
	assert_true(b->clips[3].samples[0] == 0.0f);
	bank_destroy(b);

	assert_int_equal(bank_create(&b, 1, 48000), 0);
	assert_int_equal(bank_reserve(b, 0, 1, 0), -ERANGE); /* in memory */
	bank_destroy(b);
}

/* What another process hears, which is older than all that is in the bank. */
static int listen(const struct bank *b, int from)
{
	char byte;

	if (read(from, &byte, 1) != 1 || b->n != 2 || !b->sealed)
		return 1;
	return b->clips[1].frames == 10 && b->clips[1].samples[9] == 0.25f ? 0
	                                                                   : 2;
}

static void
a_bank_in_a_file_is_shared_with_a_process_forked_before(void **state)
{
	float *x = calloc(10, sizeof(*x));
	int told[2], status;
	struct bank *b;
	pid_t child;

	(void)state;
	assert_non_null(x);
	assert_int_equal(bank_create_file(&b, NULL, 3, 48000), 0);
	assert_int_equal(pipe(told), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(listen(b, told[0]));
	x[9] = 0.25f;
	assert_int_equal(bank_reserve(b, 0, 100, 7), 0);
	assert_int_equal(bank_set(b, 1, x, 10), 0);
	assert_int_equal(bank_seal(b, 2), 0);
	assert_int_equal(write(told[1], "", 1), 1);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	close(told[0]);
	close(told[1]);
	bank_destroy(b);
}

static void a_bank_that_is_full_takes_no_more(void **state)
{
	uint32_t all = BANK_BYTES_MAX / sizeof(float);
	float *x = calloc(1, sizeof(*x));
	struct bank *b;

	(void)state;
	assert_int_equal(bank_create_file(&b, NULL, 3, 48000), 0);
	assert_int_equal(bank_reserve(b, 0, all + 1, 7), -ENOSPC);
	assert_int_equal(bank_reserve(b, 0, all, 7), 0);
	assert_int_equal(bank_reserve(b, 1, 1, 8), -ENOSPC);
	assert_int_equal(bank_set(b, 1, x, 1), -ENOSPC);
	free(x);
	assert_int_equal(bank_seal(b, 1), 0);
	bank_destroy(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_queue_is_empty),
		cmocka_unit_test(it_holds_256_commands_and_refuses_one_more),
		cmocka_unit_test(its_indices_may_run_over),
		cmocka_unit_test(
			two_threads_in_random_steps_lose_and_tear_nothing),
		cmocka_unit_test(
			a_bank_in_a_file_is_shared_with_a_process_forked_before),
		cmocka_unit_test(a_bank_that_is_full_takes_no_more),
		cmocka_unit_test(a_bank_owns_its_clips_and_knows_their_length),
		cmocka_unit_test(a_reserved_clip_is_silent_until_it_is_fetched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
