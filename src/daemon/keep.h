/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DAEMON_KEEP_H
#define LULL_DAEMON_KEEP_H

#include <stdbool.h>
#include <stdint.h>

#include "session/session.h"
#include "store/store.h"

/**
 * What a session teaches of the person and is kept beyond it: the answers of
 * the profile questions (content.md E.1), and a red flag that stops massage
 * until a doctor has seen it (E.2). Listens to the player.
 */
struct keep {
	const struct routine *routine;
	enum event_stop stop;
	bool blocked;     /**< the stop is in the store */
	uint32_t flags;   /**< of the profile, as answered */
	bool flags_asked; /**< all of them were put and done */
};

/** keep_init() - @routine: outlives the keep */
void keep_init(struct keep *k, const struct routine *routine);
/** keep_event() - a player_listener's event function; @data: the keep. */
void keep_event(void *data, const struct event *event);
/** keep_status() - the flags that hold at the session's end. */
void keep_status(struct keep *k, const struct session_status *status);
/** keep_presses() - a red flag waits to be written: soon, not at the end. */
bool keep_presses(const struct keep *k);
/**
 * keep_write() - what is not in the store yet; may be called again
 * @session: its id; 0: it is not in the store
 *
 * The flags are written only where all were asked, since they count as known
 * for 30 days. Return: 0, or as store_open() with @error.
 */
int keep_write(struct keep *k, const char *store, int64_t session,
               int64_t now_s, struct store_error *error);

#endif
