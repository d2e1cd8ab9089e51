/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DAEMON_SCAN_H
#define LULL_DAEMON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drivers/sensor.h"

/**
 * Looking round for sensors: first a time on both radios, where nothing is
 * connected to; then a closer look at the Bluetooth straps that came in best,
 * one after another, since only a strap that is connected shows whether it
 * sends intervals. A strap that a phone holds is not on the air, so no look
 * takes it from there. Loop thread.
 */

#define SCAN_FOUND_MAX    32
#define SCAN_TROUBLES_MAX 4

/** So many straps are looked at closer, and each no longer than the air was
    listened to, nor than this: a link, its services and some packets. */
#define SCAN_VISITS_MAX 4
#define SCAN_VISIT_S    10.0

struct sd_event;
struct sd_event_source;

/** One of the radios, while it listens. */
struct scan_look {
	struct scan *owner;
	const struct scan_radio *radio;
	struct sensor *sensor;
};

struct scan {
	struct sensor_found found[SCAN_FOUND_MAX]; /**< by this, or the last */
	size_t n_found;
	char troubles[SCAN_TROUBLES_MAX][160]; /**< what was in the way */
	size_t n_troubles;

	/* of one that runs */
	bool running;
	struct sd_event *event;
	struct sd_event_source *timer;
	double seconds;
	struct scan_look look[2];
	bool visited[SCAN_FOUND_MAX];
	unsigned n_visits;
	void (*done)(void *data);
	void *data;
};

/**
 * scan_start() - begin, forgetting what was found before
 * @ant_key: 8 bytes, copied; NULL: ANT+ is not listened to
 * @seconds: of listening; the closer looks come after
 * @done: called once from the loop, when all is found; not after scan_stop()
 *
 * Return: 0, or a negative errno, and then nothing runs.
 */
int scan_start(struct scan *s, struct sd_event *event, const uint8_t *ant_key,
               double seconds, void (*done)(void *data), void *data);

/** scan_stop() - end one that runs; what was found stays. */
void scan_stop(struct scan *s);

#endif
