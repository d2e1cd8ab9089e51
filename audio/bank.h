/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_BANK_H
#define LULL_AUDIO_BANK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "audio/enough.h"

/**
 * The bank: every clip of a session before it starts, mono float at the
 * stream's rate. Filled by the loop thread, then never changed while a mixer
 * reads it.
 *
 * Ten minutes of speech are 120 MB of samples, of which a moment needs two
 * clips: a bank may lie in an unlinked file that is mapped, so that only what
 * is said costs memory. Of such a bank a clip need only have its length before
 * the session: it is silent until it is fetched, which is just before it is
 * said.
 *
 * Such a bank lies in shared memory as a whole: a process that is forked off
 * before it is sealed finds in it, once it is, all that its parent put there.
 */

struct clip {
	float *samples; /**< owned by the bank; NULL: this one has no sound */
	uint32_t frames;

	/* of a bank in a file */
	size_t offset;
	size_t line;  /**< what the source calls it */
	bool awaited; /**< reserved, and not fetched yet */
};

/**
 * Reads what a reserved clip sounds like into its place, from its first sample
 * on.
 * @enough: as in bank_fetch()
 *
 * Return: 0, -ECANCELED if it was enough, or negative errno.
 */
typedef int bank_reader(void *data, size_t line, float *into, uint32_t frames,
                        const struct enough *enough);

struct bank {
	struct clip *clips;
	size_t n;
	unsigned rate_hz;

	/* of a bank in a file */
	int fd;      /**< -1: in memory */
	size_t room; /**< clips at its creation */
	size_t bytes;
	char *map; /**< the file, with room to grow */
	bool sealed;
	bank_reader *read;
	void *read_data;
};

#define BANK_BYTES_MAX (UINT32_C(1) << 30)

/** bank_create() - @n empty clips. Return: 0 or -ENOMEM. */
int bank_create(struct bank **ret, size_t n, unsigned rate_hz);
/**
 * bank_create_file() - @n empty clips in an unlinked file
 * @folder: where; one that cannot be written (or NULL): in memory, then
 *
 * It holds an hour and a half of sound at the most (BANK_BYTES_MAX).
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
 * too, -ENOSPC where it is full, and -EBUSY once it is sealed. After a failure
 * @samples stay the caller's.
 */
int bank_set(struct bank *b, size_t i, float *samples, uint32_t frames);
/**
 * bank_reserve() - clip @i will be so long
 * @line: what the source calls it
 *
 * Of a bank in a file that is not sealed. Return: 0, -ERANGE; -ENOSPC where it
 * is full.
 */
int bank_reserve(struct bank *b, size_t i, uint32_t frames, size_t line);
/** bank_source() - where reserved clips are read from, for bank_fetch(). */
void bank_source(struct bank *b, bank_reader *read, void *data);
/**
 * bank_fetch() - a reserved clip gets its samples, if it has not got them
 * @enough: says so when another clip is wanted: the beginning will do then, and
 *          it can be fetched again; NULL: never
 *
 * Any one thread at a time, of a sealed bank; who maps the bank hears them as
 * they come. A clip that cannot be had is not asked for again.
 * Return: 0; -ENODATA without a source; what the source returned.
 */
int bank_fetch(struct bank *b, size_t i, const struct enough *enough);
/** bank_seal() - all clips are set or reserved: @n of them are left, the first
   ones. Return: 0, -ENODATA if @n is 0, or errno. */
int bank_seal(struct bank *b, size_t n);
/** bank_ms() - length of clip @i, rounded up; 0 if it has no sound. */
uint32_t bank_ms(const struct bank *b, size_t i);

/** bank_hold() - clip @i stays in memory until bank_let_go(). Loop thread. */
void bank_hold(const struct bank *b, size_t i);
void bank_let_go(const struct bank *b, size_t i);

#endif
