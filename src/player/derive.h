/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_PLAYER_DERIVE_H
#define LULL_PLAYER_DERIVE_H

#include <stdatomic.h>

#include "base/error.h"
#include "drivers/rr.h"
#include "player/analyze_fields.h"
#include "signal/arena.h"
#include "store/store.h"

/**
 * What is derived of stored beats: the figures of `lull analyze`, computed
 * once and kept beside the engine's version, and anew by another engine.
 */

/** derive_place() - intervals as the HRV engine takes them
    @ret: in the arena. Return: 0 or -ENOMEM. */
int derive_place(const struct rr *rr, struct arena *a, struct nn *ret);

/**
 * derive_beats() - the intervals of a session, or of a recording
 * @ret: rr_finish() it
 * Return: 0; -ENODATA if it has none; or errno; with @error.
 */
int derive_beats(struct store *s, int64_t id, struct rr *ret,
                 struct error *error);

/**
 * derive_figures() - those that are kept, or computed now
 * @ret: its file and format are NULL
 * Return: 0; -ENODATA if it has no beats; or errno; with @error.
 */
int derive_figures(struct store *s, int64_t id, struct analysis *ret,
                   struct error *error);

/**
 * derive_stale() - compute and keep whatever is of another engine, or of none:
 * the newest first
 * @path: of the store
 * @stop: looked at between two sessions
 * Return: how many, or errno of the store.
 */
int derive_stale(const char *path, const atomic_bool *stop);

#endif
