/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_BANK_H
#define LULL_AUDIO_BANK_H

#include <stddef.h>
#include <stdint.h>

/**
 * The bank: every clip of a session before it starts, mono float at the
 * stream's rate. Filled by the loop thread, then never changed while a mixer
 * reads it.
 *
 * Ten minutes of speech are 120 MB of samples, of which a moment needs two
 * clips: a bank may lie in an unlinked file that is mapped, so that only what
 * is said costs memory.
 */

struct clip {
	float *samples; /**< owned by the bank; NULL: this one has no sound */
	uint32_t frames;
};

struct bank {
	struct clip *clips;
	size_t n;
	unsigned rate_hz;

	/* of a bank in a file */
	int fd; /**< -1: in memory */
	size_t bytes;
	size_t *offsets;
	char *map; /**< NULL: not sealed yet */
};

/** bank_create() - @n empty clips. Return: 0 or -ENOMEM. */
int bank_create(struct bank **ret, size_t n, unsigned rate_hz);
/**
 * bank_create_file() - @n empty clips in an unlinked file
 * @folder: where; one that cannot be written (or NULL): in memory, then
 * Return: 0, -ENOMEM, or errno.
 */
int bank_create_file(struct bank **ret, const char *folder, size_t n,
                     unsigned rate_hz);
/** bank_destroy() - takes NULL. Return: NULL. */
struct bank *bank_destroy(struct bank *b);
/**
 * bank_set() - clip @i becomes @samples (malloc()ed), which the bank now owns
 *
 * Return: 0, or -ERANGE if there is no such clip; of a bank in a file, errno,
 * too, and -EBUSY once it is sealed. After a failure @samples stay the
 * caller's.
 */
int bank_set(struct bank *b, size_t i, float *samples, uint32_t frames);
/** bank_seal() - all clips are set: @n of them are left, the first ones.
    Return: 0, -ENODATA if @n is 0, or errno. */
int bank_seal(struct bank *b, size_t n);
/** bank_ms() - length of clip @i, rounded up; 0 if it has no sound. */
uint32_t bank_ms(const struct bank *b, size_t i);

/** bank_hold() - clip @i stays in memory until bank_let_go(). Loop thread. */
void bank_hold(const struct bank *b, size_t i);
void bank_let_go(const struct bank *b, size_t i);

#endif
