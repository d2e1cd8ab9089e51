/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DAEMON_AHEAD_H
#define LULL_DAEMON_AHEAD_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/aloud.h"

/**
 * Ahead: a sound device takes longer to open than all else that a session
 * needs, and needs nothing of the session but its seed. So it is opened as soon
 * as a session is likely, and let go of if none comes. Loop thread.
 */
struct ahead {
	struct aloud aloud; /**< aloud_init() makes it */
	uint64_t seed;
	struct sd_event_source *over;
};

/** ahead_open() - for a session that may begin within two seconds. One that is
 * open is kept. What fails is told by the session. */
void ahead_open(struct ahead *h, struct sd_event *event,
                const struct config *config, uint64_t seed);
/**
 * ahead_take() - what was opened ahead, if it is what is wanted; else what is
 * opened now
 * @config: as it is set by now
 * @chosen: no seed but @seed will do
 * @seed: else it becomes that of what was opened
 * @ret: an aloud_init(); the caller's
 */
void ahead_take(struct ahead *h, const struct config *config, bool chosen,
                uint64_t *seed, struct aloud *ret);
/** ahead_close() - let go of it, if it is open. */
void ahead_close(struct ahead *h);

#endif
