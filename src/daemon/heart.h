/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DAEMON_HEART_H
#define LULL_DAEMON_HEART_H

#include <stdbool.h>
#include <stdint.h>

#include "base/config.h"
#include "base/error.h"
#include "drivers/pair.h"
#include "drivers/sensor.h"

/**
 * The heart: the sensor of one session, or none. It remembers its last state
 * and turns a driver's errors into words for a person. Times are of
 * CLOCK_MONOTONIC. Loop thread.
 */
struct heart_listener {
	void (*beat)(void *data, const struct beat *beat);
	void (*state)(void *data, enum sensor_state state);
	/** What the person should know, each once: why nothing comes and what
	    mends it. May be NULL. */
	void (*tell)(void *data, const char *line);
	void *data;
};

/** More kinds of trouble than a driver has. */
#define HEART_TOLD_MAX 24

struct heart {
	struct sensor *sensor; /**< NULL: none, the session goes by the clock */
	struct heart_listener listener;
	bool known; /**< it has told a state */
	enum sensor_state state;
	char uri[2 * PAIR_PART_MAX]; /**< as opened */
	bool pair, joined;           /**< two radios; known to hear one heart */
	const char *lead;            /**< pair: URI of the side that leads */
	int told[HEART_TOLD_MAX];    /**< what was put into words */
	size_t n_told;
	char found[256]; /**< what is on the air, of several */
	bool battery_told;
};

/**
 * heart_open()
 *
 * A strap of one radio is listened to by the other one as well (pair.h), where
 * there is an ANT+ network key.
 * @s: embedded; stays where it is until heart_close()
 * @uri: "": none
 * @config: for the ANT+ network key
 * Return: 0; -EINVAL or -ENOMEM with @error.
 */
int heart_open(struct heart *s, const char *uri, struct sd_event *event,
               const struct config *config,
               const struct heart_listener *listener, struct error *error);
/** heart_explain() - why @uri could not be opened, in words. */
void heart_explain(struct error *error, const char *uri, int r);
/** heart_close() - takes one that was never opened. */
void heart_close(struct heart *s);
/** heart_step() - let it deliver what is due. Return: when (CLOCK_MONOTONIC)
    to come back; UINT64_MAX: never. */
uint64_t heart_step(struct heart *s, uint64_t mono_us);
/** heart_state_name() - as INTERFACES has it; "" without a sensor. */
const char *heart_state_name(const struct heart *s);

#endif
