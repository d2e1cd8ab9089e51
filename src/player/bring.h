/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_PLAYER_BRING_H
#define LULL_PLAYER_BRING_H

#include "player/journal_beats.h"
#include "store/bring.h"

/**
 * bring_session() - a whole session, as JSON Lines, into the store
 * @now_s: Unix time: one that began after it is damaged
 * @ret_id: its number; that of the one that was there, with -EEXIST
 * @error: filled with -EBADMSG
 *
 * Its lines are kept byte for byte. One that was cut off is stored as
 * interrupted.
 *
 * Return: 0; -EEXIST; -EBADMSG, and nothing of it is kept; or errno, told by
 * the store.
 */
int bring_session(struct store_bring *b, const char *text, size_t len,
                  int64_t now_s, int64_t *ret_id,
                  struct journal_beats_error *error);

/**
 * bring_start() - when a recording began, as ISO 8601
 * @now_s: Unix time
 * @ret: "" where its file does not say; at least 26 bytes
 *
 * Where the zone is not known, it is this machine's.
 *
 * Return: 0; -ERANGE, and "", where that is yet to come.
 */
int bring_start(const struct rr_start *start, int64_t now_s, char *ret,
                size_t len);

/** bring_recording() - intervals of elsewhere. @start: "": not known.
    Return: as store_bring_recording(). */
int bring_recording(struct store_bring *b, const struct rr *rr,
                    const char *name, const char *format, const char *start,
                    int64_t *ret_id);

#endif
