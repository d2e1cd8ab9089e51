/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DAEMON_REFRESH_H
#define LULL_DAEMON_REFRESH_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

/**
 * While no session runs, what the store derives of beats is computed: of the
 * session that ended, and of all after a new engine came. In a thread that
 * gives way to others, and ends when it is done.
 *
 * Loop thread. Begins as zeroes.
 */
struct refresh {
	pthread_t thread;
	bool started; /**< to be joined */
	char *path;   /**< as long as that */
	/* between the loop and the thread */
	atomic_bool stop, again, done;
};

/** refresh_start() - go through the store at @path; where it is being done,
    once more from the newest. What fails is logged, and tried again the next
    time. Never waits. */
void refresh_start(struct refresh *r, const char *path);
/** refresh_pause() - no further session than the one at hand. Never waits. */
void refresh_pause(struct refresh *r);
/** refresh_finish() - the same, and wait for that one. */
void refresh_finish(struct refresh *r);

#endif
