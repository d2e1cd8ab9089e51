/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_BANK_H
#define LULL_AUDIO_BANK_H

#include <stddef.h>
#include <stdint.h>

/**
 * The bank: every clip of a session in memory before it starts, mono float at
 * the stream's rate. Filled by the loop thread, then never changed while a
 * mixer reads it.
 */

struct clip {
	float *samples; /**< owned by the bank; NULL: this one has no sound */
	uint32_t frames;
};

struct bank {
	struct clip *clips;
	size_t n;
	unsigned rate_hz;
};

/** bank_create() - @n empty clips. Return: 0 or -ENOMEM. */
int bank_create(struct bank **ret, size_t n, unsigned rate_hz);
/** bank_destroy() - takes NULL. Return: NULL. */
struct bank *bank_destroy(struct bank *b);
/**
 * bank_set() - clip @i becomes @samples, which the bank now owns
 *
 * Return: 0, or -ERANGE if there is no such clip (@samples stays the caller's).
 */
int bank_set(struct bank *b, size_t i, float *samples, uint32_t frames);
/** bank_ms() - length of clip @i, rounded up; 0 if it has no sound. */
uint32_t bank_ms(const struct bank *b, size_t i);

#endif
