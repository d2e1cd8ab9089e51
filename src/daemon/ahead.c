/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/ahead.h"

#include <string.h>
#include <systemd/sd-event.h>

#include "base/log.h"

#define WAITS_US   2000000 /* ours: a hundred times what lull start takes */
#define ON_TIME_US 100000

static int on_over(sd_event_source *source, uint64_t usec, void *data)
{
	(void)source;
	(void)usec;
	ahead_close(data);
	return 0;
}

/* One that nothing would ever close is not opened. */
void ahead_open(struct ahead *h, struct sd_event *event,
                const struct config *config, uint64_t seed)
{
	int r;

	if (h->aloud.open)
		return;
	r = sd_event_add_time_relative(event, &h->over, CLOCK_MONOTONIC,
	                               WAITS_US, ON_TIME_US, on_over, h);
	if (r < 0) {
		log_line(LOG_LEVEL_WARNING, "timer: %s", strerror(-r));
		return;
	}
	h->seed = seed;
	aloud_open(&h->aloud, config, seed);
}

static bool fits(const struct ahead *h, const struct config *config,
                 bool chosen, uint64_t seed)
{
	return h->aloud.open && config_same(&h->aloud.config, config) &&
	       (!chosen || h->seed == seed);
}

void ahead_take(struct ahead *h, const struct config *config, bool chosen,
                uint64_t *seed, struct aloud *ret)
{
	if (fits(h, config, chosen, *seed)) {
		log_line(LOG_LEVEL_DEBUG, "device: opened ahead");
		*ret = h->aloud;
		*seed = h->seed;
		aloud_init(&h->aloud);
	} else {
		ahead_close(h);
		aloud_open(ret, config, *seed);
	}
	h->over = sd_event_source_disable_unref(h->over);
}

void ahead_close(struct ahead *h)
{
	h->over = sd_event_source_disable_unref(h->over);
	aloud_finish(&h->aloud);
}
