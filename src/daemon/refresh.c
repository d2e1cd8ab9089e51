/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/refresh.h"

#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"
#include "player/derive.h"

/* Not the idle class: on a busy machine that would never end. */
#define GIVES_WAY 10

static void *run(void *data)
{
	struct refresh *r = data;
	int n;

	/* of this thread alone, on Linux; in vain, it is right all the same */
	(void)setpriority(PRIO_PROCESS, (id_t)gettid(), GIVES_WAY);
	do {
		atomic_store(&r->again, false);
		n = derive_stale(r->path, &r->stop);
		(void)malloc_trim(0); /* lulld rests: nobody else would */
		if (n < 0)
			log_line(LOG_LEVEL_WARNING, "figures: %s",
			         strerror(-n));
		else if (n > 0)
			log_line(LOG_LEVEL_INFO,
			         "figures of %d sessions computed", n);
	} while (n >= 0 && atomic_load(&r->again) && !atomic_load(&r->stop));
	atomic_store(&r->done, true);
	return NULL;
}

static void start_thread(struct refresh *r)
{
	sigset_t all, before;

	/* signals are the loop's */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r->started = pthread_create(&r->thread, NULL, run, r) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void refresh_start(struct refresh *r, const char *path)
{
	if (r->started && !atomic_load(&r->done)) {
		atomic_store(&r->again, true);
		atomic_store(&r->stop, false);
		return;
	}
	refresh_finish(r);
	r->path = strdup(path);
	if (!r->path)
		return;
	atomic_store(&r->stop, false);
	atomic_store(&r->done, false);
	start_thread(r);
}

void refresh_pause(struct refresh *r)
{
	atomic_store(&r->stop, true);
}

void refresh_finish(struct refresh *r)
{
	refresh_pause(r);
	if (r->started)
		pthread_join(r->thread, NULL);
	r->started = false;
	free(r->path);
	r->path = NULL;
}
