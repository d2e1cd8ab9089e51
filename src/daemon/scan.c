/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/scan.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-event.h>
#include <time.h>

#include "drivers/ant.h"
#include "drivers/ble.h"

#define ACCURACY_US 1000
/* Some connection intervals, for what is read beside. */
#define LINGER_S 0.5
#define PAUSE_S  4.0

/* What can be looked for, and the words for what is in its way. */
static const struct scan_radio {
	const char *uri;
	const char *(*words)(int error);
} radios[] = {{"ble:", ble_reason}, {"ant:", ant_words}};
#define RADIOS (sizeof(radios) / sizeof(radios[0]))

static void ignore_beat(void *data, const struct beat *beat)
{
	(void)data;
	(void)beat;
}

static void close_all(struct scan *s)
{
	for (size_t i = 0; i < RADIOS; i++)
		s->look[i].sensor = sensor_destroy(s->look[i].sensor);
}

void scan_stop(struct scan *s)
{
	close_all(s);
	s->timer = sd_event_source_disable_unref(s->timer);
	s->running = false;
}

static int set_timer(struct scan *s, double seconds,
                     sd_event_time_handler_t handler)
{
	s->timer = sd_event_source_disable_unref(s->timer);
	return sd_event_add_time_relative(s->event, &s->timer, CLOCK_MONOTONIC,
	                                  (uint64_t)(seconds * 1e6),
	                                  ACCURACY_US, handler, s);
}

static struct sensor_found *find(struct scan *s, const char *uri)
{
	for (size_t i = 0; i < s->n_found; i++)
		if (strcmp(s->found[i].uri, uri) == 0)
			return &s->found[i];
	return NULL;
}

/* --- a closer look ----------------------------------------------------------
 */

static void visit_next(struct scan *s);

/* A strap that a phone might want back is not held for long. */
static double visit_s(const struct scan *s)
{
	return fmin(s->seconds, SCAN_VISIT_S);
}

static int on_visit_end(sd_event_source *source, uint64_t usec, void *data);

static void ignore_state(void *data, enum sensor_state state, int error)
{
	(void)data;
	(void)state;
	(void)error;
}

static void on_closer(void *data, const struct sensor_found *found)
{
	struct scan *s = ((struct scan_look *)data)->owner;
	struct sensor_found *known = find(s, found->uri);
	int rssi_dbm;

	if (!known)
		return;
	/* a connected strap is not heard advertising any more */
	rssi_dbm = found->rssi_dbm ? found->rssi_dbm : known->rssi_dbm;
	*known = *found;
	known->rssi_dbm = rssi_dbm;
	/* what matters is known; its maker may still be on the way. This
	 * fails only for what cannot be here: a source of another loop. */
	if (found->rr != TRI_UNKNOWN && found->battery_pct >= 0)
		(void)set_timer(s, fmin(LINGER_S, visit_s(s) / 2),
		                on_visit_end);
}

static int visit(struct scan *s, const char *uri)
{
	struct scan_look *l = &s->look[0];
	const struct sensor_listener listener = {
		.beat = ignore_beat,
		.state = ignore_state,
		.found = on_closer,
		.data = l,
	};
	const struct sensor_context context = {.event = s->event,
	                                       .realtime = true};
	int r = sensor_create(&l->sensor, uri, &listener, &context);

	return r < 0 ? r : set_timer(s, visit_s(s), on_visit_end);
}

/* The best heard that was not visited yet. */
static size_t choose(const struct scan *s)
{
	size_t best = SIZE_MAX;
	int best_dbm = INT_MIN;

	for (size_t i = 0; i < s->n_found; i++) {
		const struct sensor_found *f = &s->found[i];

		if (s->visited[i] || f->rr != TRI_UNKNOWN ||
		    strncmp(f->uri, "ble:", 4) != 0 || f->rssi_dbm <= best_dbm)
			continue;
		best = i;
		best_dbm = f->rssi_dbm;
	}
	return best;
}

static int on_pause_end(sd_event_source *source, uint64_t usec, void *data)
{
	(void)source;
	(void)usec;
	visit_next(data);
	return 0;
}

/* BlueZ takes some seconds to let a link go; what is asked of it meanwhile, of
 * this strap or another, it does not always survive. */
static int on_visit_end(sd_event_source *source, uint64_t usec, void *data)
{
	struct scan *s = data;

	(void)source;
	(void)usec;
	close_all(s);
	if (set_timer(s, fmin(PAUSE_S, visit_s(s)), on_pause_end) < 0)
		visit_next(s);
	return 0;
}

static void visit_next(struct scan *s)
{
	size_t i = choose(s);

	close_all(s);
	while (i != SIZE_MAX && s->n_visits < SCAN_VISITS_MAX) {
		s->visited[i] = true;
		s->n_visits++;
		if (visit(s, s->found[i].uri) >= 0)
			return;
		s->look[0].sensor = sensor_destroy(s->look[0].sensor);
		i = choose(s);
	}
	scan_stop(s);
	s->done(s->data);
}

/* --- the air ----------------------------------------------------------------
 */

static void on_found(void *data, const struct sensor_found *found)
{
	struct scan *s = ((struct scan_look *)data)->owner;
	struct sensor_found *known = find(s, found->uri);

	if (known)
		*known = *found;
	else if (s->n_found < SCAN_FOUND_MAX)
		s->found[s->n_found++] = *found;
}

static void on_state(void *data, enum sensor_state state, int error)
{
	const struct scan_look *look = data;
	const char *words = look->radio->words(error);
	struct scan *s = look->owner;

	(void)state;
	if (words && s->n_troubles < SCAN_TROUBLES_MAX)
		snprintf(s->troubles[s->n_troubles++], sizeof(s->troubles[0]),
		         "%s", words);
}

static int listen_with(struct scan_look *l,
                       const struct sensor_context *context)
{
	const struct sensor_listener listener = {
		.beat = ignore_beat,
		.state = on_state,
		.found = on_found,
		.data = l,
	};
	int r = sensor_create(&l->sensor, l->radio->uri, &listener, context);

	return r < 0 ? r : sensor_scan(l->sensor);
}

int scan_start(struct scan *s, struct sd_event *event, const uint8_t *ant_key,
               double seconds, void (*done)(void *data), void *data)
{
	const struct sensor_context context = {.event = event,
	                                       .ant_key = ant_key};
	int r;

	*s = (struct scan){.running = true,
	                   .event = event,
	                   .seconds = seconds,
	                   .done = done,
	                   .data = data};
	r = set_timer(s, seconds, on_pause_end);
	for (size_t i = 0; r >= 0 && i < RADIOS; i++) {
		s->look[i] = (struct scan_look){s, &radios[i], NULL};
		r = listen_with(&s->look[i], &context);
		/* who has no key does not mean ANT+ */
		r = r == -ENOKEY ? 0 : r;
	}
	if (r < 0)
		scan_stop(s);
	return r < 0 ? r : 0;
}
