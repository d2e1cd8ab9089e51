/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_PLAYER_CLIPS_H
#define LULL_PLAYER_CLIPS_H

#include "audio/bank.h"
#include "session/session.h"

/**
 * The clips: every line that a session may say (player/script.h), how long
 * each is, and the bank that they are heard from. One that lies in the cache
 * is only looked at; it is read when it is to be said (bank_fetch()).
 *
 * Any one thread at a time.
 */
struct clips;

/** Clips that a bank has room for before their number is known: what is more
 * is left out, but then so much speech fits into none (BANK_BYTES_MAX). */
#define CLIPS_ROOM 65536

/**
 * clips_create() - none of them, yet
 * @routine: outlives the clips
 * @cache_dir: of the clips; NULL: none are kept
 * @bank: in a file, empty, to be filled; outlives the clips; NULL: their own
 *
 * Return: 0, -ENOMEM, or errno of the bank's file.
 */
int clips_create(struct clips **ret, const struct routine *routine,
                 const char *cache_dir, struct bank *bank, unsigned rate_hz);
struct clips *clips_destroy(struct clips *c);

/** clips_lines() - how many there are to be taken. */
size_t clips_lines(const struct clips *c);

/**
 * clips_take() - the next line becomes a clip; one that cannot be spoken, or
 * that the disk has no room for, is left out
 *
 * Takes microseconds where it lies in the cache, else as long as voice_say().
 * Return: 1; 0 when all are taken; -ENOMEM.
 */
int clips_take(struct clips *c);

/** clips_seal() - no more of them. Return: 0; -ENODATA if there is none, and
    nothing can be said then; errno. */
int clips_seal(struct clips *c);

/** clips_bank() - sealed. */
struct bank *clips_bank(const struct clips *c);
/** clips_list() - clip i of the bank is @ret's i; the clips' own. */
size_t clips_list(const struct clips *c, const struct session_clip **ret);

/** clips_complaints() - what went wrong so far, as voice_complaints(). */
size_t clips_complaints(const struct clips *c, const char *const **ret);

#endif
