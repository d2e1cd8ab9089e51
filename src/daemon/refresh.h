/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DAEMON_REFRESH_H
#define LULL_DAEMON_REFRESH_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

/**
 * While no session runs, what the store derives of beats is computed: of the
 * session that ended, and of all after a new engine came. In a thread that
 * takes only time that nobody else wants, and ends when it is done.
 *
 * Loop thread. Begins as zeroes.
 */
struct refresh {
	pthread_t thread;
	bool started;     /**< to be joined */
	atomic_bool stop; /**< read by the thread */
	char *path;
};

/** refresh_start() - go through the store at @path. What fails is logged, and
    tried again the next time. */
void refresh_start(struct refresh *r, const char *path);
/** refresh_stop() - after the session at hand; returns then. */
void refresh_stop(struct refresh *r);

#endif
