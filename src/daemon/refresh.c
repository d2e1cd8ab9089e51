/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/refresh.h"

#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "player/derive.h"

static void *run(void *data)
{
	struct refresh *r = data;
	const struct sched_param none = {0};
	int n;

	/* where this is not allowed it competes, and is right all the same */
	(void)pthread_setschedparam(pthread_self(), SCHED_IDLE, &none);
	n = derive_stale(r->path, &r->stop);
	if (n < 0)
		log_line(LOG_LEVEL_WARNING, "figures: %s", strerror(-n));
	else if (n > 0)
		log_line(LOG_LEVEL_INFO, "figures of %d sessions computed", n);
	return NULL;
}

void refresh_start(struct refresh *r, const char *path)
{
	sigset_t all, before;

	refresh_stop(r);
	r->path = strdup(path);
	if (!r->path)
		return;
	atomic_store(&r->stop, false);
	/* signals are the loop's */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r->started = pthread_create(&r->thread, NULL, run, r) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void refresh_stop(struct refresh *r)
{
	atomic_store(&r->stop, true);
	if (r->started)
		pthread_join(r->thread, NULL);
	r->started = false;
	free(r->path);
	r->path = NULL;
}
