/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/doctor_ble.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-event.h>
#include <time.h>

#include "drivers/ble.h"
#include "drivers/sensor.h"

/* BlueZ answers within moments; a strap advertises about once a second. */
#define ASK_US  UINT64_C(3000000)
#define LOOK_US UINT64_C(8000000)

struct look {
	sd_event *event;
	const char *uri; /* "": no strap is wanted */
	bool told;       /* BlueZ has said whether it works */
	int error;
	struct sensor_found found; /* uri "": none was */
};

static void on_state(void *data, enum sensor_state state, int error)
{
	struct look *l = data;

	(void)state;
	l->told = true;
	l->error = error;
	if (error < 0 || !l->uri[0])
		sd_event_exit(l->event, 0);
}

static void on_beat(void *data, const struct beat *beat)
{
	(void)data;
	(void)beat;
}

static void on_found(void *data, const struct sensor_found *found)
{
	struct look *l = data;
	size_t n = strlen(found->uri);
	bool any = strcmp(l->uri, "ble:") == 0;

	if (!l->uri[0] || (!any && strncasecmp(l->uri, found->uri, n) != 0))
		return;
	l->found = *found;
	sd_event_exit(l->event, 0);
}

static int on_end(sd_event_source *source, uint64_t usec, void *data)
{
	struct look *l = data;

	(void)source;
	(void)usec;
	return sd_event_exit(l->event, 0);
}

static int look(struct look *l)
{
	const struct sensor_listener listener = {
		.beat = on_beat,
		.state = on_state,
		.found = on_found,
		.data = l,
	};
	struct sensor_context context = {.realtime = true};
	struct sensor *sensor = NULL;
	int r = sd_event_new(&l->event);

	context.event = l->event;
	if (r >= 0)
		r = sd_event_add_time_relative(l->event, NULL, CLOCK_MONOTONIC,
		                               l->uri[0] ? LOOK_US : ASK_US, 0,
		                               on_end, l);
	if (r >= 0)
		r = sensor_create(&sensor, "ble:", &listener, &context);
	if (r >= 0)
		r = sensor_scan(sensor);
	if (r >= 0)
		r = sd_event_loop(l->event);
	sensor_destroy(sensor);
	l->event = sd_event_unref(l->event);
	return r;
}

bool doctor_ble(const char *uri, char *ret, size_t len)
{
	bool wanted = strncmp(uri, "ble:", 4) == 0;
	struct look l = {.uri = wanted ? uri : ""};
	const char *words;
	int r = look(&l);

	if (r == 0)
		r = l.told ? l.error : -ETIMEDOUT;
	if (r < 0) {
		words = r == -ETIMEDOUT ? "bluetoothd does not answer: "
		                          "systemctl restart bluetooth"
		                        : ble_reason(r);
		snprintf(ret, len, "%s%s", wanted ? "" : "not in use: ",
		         words ? words : strerror(-r));
		return !wanted;
	}
	if (wanted && !l.found.uri[0]) {
		snprintf(ret, len, "%s: %s", uri, ble_reason(-EHOSTUNREACH));
		return false;
	}
	if (wanted)
		snprintf(ret, len, "%s, %s, %d dBm", l.found.uri, l.found.name,
		         l.found.rssi_dbm);
	else
		snprintf(ret, len,
		         "ready: lull sensors --scan 10 looks for "
		         "straps");
	return true;
}
