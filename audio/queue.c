/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audio/queue.h"

#include <assert.h>
#include <string.h>

static_assert((QUEUE_SIZE & (QUEUE_SIZE - 1)) == 0, "indices are masked");

static size_t mine(const struct queue_index *i)
{
	return atomic_load_explicit(&i->value, memory_order_relaxed);
}

static size_t theirs(const struct queue_index *i)
{
	return atomic_load_explicit(&i->value, memory_order_acquire);
}

static void publish(struct queue_index *i, size_t value)
{
	atomic_store_explicit(&i->value, value, memory_order_release);
}

void queue_init(struct queue *q)
{
	memset(q->slots, 0, sizeof(q->slots));
	atomic_init(&q->head.value, 0);
	atomic_init(&q->tail.value, 0);
}

bool queue_push(struct queue *q, const struct sound *sound)
{
	size_t head = mine(&q->head);

	if (head - theirs(&q->tail) == QUEUE_SIZE)
		return false;
	q->slots[head & (QUEUE_SIZE - 1)] = *sound;
	publish(&q->head, head + 1);
	return true;
}

const struct sound *queue_peek(struct queue *q)
{
	size_t tail = mine(&q->tail);

	if (tail == theirs(&q->head))
		return NULL;
	return &q->slots[tail & (QUEUE_SIZE - 1)];
}

void queue_pop(struct queue *q)
{
	publish(&q->tail, mine(&q->tail) + 1);
}
