/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_TAPE_H
#define LULL_AUDIO_TAPE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "audio/sound.h"

/**
 * The tape: every sound command of a session, in order, in memory that child
 * processes share. One writer; any number of readers, each with a place of its
 * own. Nothing is ever taken off it, so whoever comes late reads from the
 * beginning and knows what everybody knows.
 */

/** More than a day of a breath and a phrase every five seconds. */
#define TAPE_SIZE 65536

struct tape {
	struct {
		_Atomic size_t value;
	} n; /**< commands written; += does not compile */
	struct sound at[TAPE_SIZE];
};

/** tape_create() - empty; only what is written to takes memory.
 * Return: 0 or -ENOMEM. */
int tape_create(struct tape **ret);
/** tape_destroy() - takes NULL; a child's is its own. Return: NULL. */
struct tape *tape_destroy(struct tape *t);
/** tape_add() - writer only. Return: false if it is full. */
bool tape_add(struct tape *t, const struct sound *sound);
/** tape_read() - command @i, or NULL if it is not written yet. RT safe. */
const struct sound *tape_read(const struct tape *t, size_t i);

#endif
