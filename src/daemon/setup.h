/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DAEMON_SETUP_H
#define LULL_DAEMON_SETUP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/config.h"
#include "base/error.h"
#include "daemon/live.h"
#include "session/session.h"

/**
 * The setup: all that is settled before a session begins, from what was asked
 * for, what is set, what can be played and what is known of the person.
 */

/** What may be asked for at a start. */
struct setup_options {
	bool sensor_given;
	char sensor[256]; /**< "": by the clock */
	bool no_audio;
	bool ask;
	bool slow;      /**< in an attack down to 6.5 a minute */
	int from_step;  /**< 0: the first */
	double seconds; /**< 0: the whole */
	char talk[16];  /**< "": as set */
	char mode[16];  /**< "": as the routine says */
	bool seed_given;
	uint64_t seed;
};

/** setup_options_init() - ask, all else as set. */
void setup_options_init(struct setup_options *o);

struct setup {
	struct config config;
	struct routine *routine;    /**< owned */
	struct session_start start; /**< all but its clips */
	bool keep;                  /**< the store can be written */
};

/**
 * setup_begin() - what is set, and the seed: all that the sound needs of it
 *
 * Return: 0, or errno with @error.
 */
int setup_begin(struct setup *ret, const struct setup_options *options,
                struct error *error);
/**
 * setup_make() - the rest
 * @s: as setup_begin() left it; emptied on failure
 * @store: path of the store
 * @live: told what the person should know, e.g. that nothing will be kept
 *
 * Return: 0; as app_start() with @error.
 */
int setup_make(struct setup *s, const char *routine,
               const struct setup_options *options, const char *store,
               struct live *live, struct error *error);
void setup_finish(struct setup *s);

#endif
