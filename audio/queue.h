/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_QUEUE_H
#define LULL_AUDIO_QUEUE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "audio/sound.h"

/**
 * A lock-free ring of sound commands, one producer and one consumer. The
 * indices run freely and are masked on use; release on the writing side pairs
 * with acquire on the reading one.
 */

#define QUEUE_SIZE 256 /**< a power of two */

/** An index that only these functions may touch: += does not compile. */
struct queue_index {
	_Atomic size_t value;
};

struct queue {
	struct queue_index head; /**< next to write; producer's */
	struct queue_index tail; /**< next to read; consumer's */
	struct sound slots[QUEUE_SIZE];
};

/** queue_init() - empty. */
void queue_init(struct queue *q);
/** queue_push() - producer only, RT safe. Return: false if it is full. */
bool queue_push(struct queue *q, const struct sound *sound);
/** queue_peek() - consumer only, RT safe. Return: the next, or NULL. */
const struct sound *queue_peek(struct queue *q);
/** queue_pop() - consumer only, RT safe: done with what queue_peek() gave. */
void queue_pop(struct queue *q);

#endif
