/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_BUS_H
#define LULL_CLI_BUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <systemd/sd-bus.h>

#include "base/error.h"

/**
 * A thin client of the daemon on the session bus (INTERFACES, "Bus"). Every
 * call below that fails fills @error with what, why and what to do, and
 * returns:
 *   -ENOMEDIUM no session bus        -ESRCH no daemon runs
 *   -EBUSY     a session runs        -EPERM blocked by a safety question
 *   -EINVAL    it refused the input  -ENODEV no such sensor
 *   -EIO       anything else
 */

#define BUS_NAME    "org.lull.Lull1"
#define BUS_PATH    "/org/lull/Lull1"
#define BUS_SESSION "org.lull.Lull1.Session"
#define BUS_SENSORS "org.lull.Lull1.Sensors"

struct bus {
	sd_bus *bus;
};

int bus_open(struct bus *b, struct error *error);
void bus_close(struct bus *b);

/** bus_runs() - does a daemon own the name? Return: 1, 0 or an error. */
int bus_runs(struct bus *b, struct error *error);
/** bus_ensure() - start one if none runs, and wait for it, up to 5 s. */
int bus_ensure(struct bus *b, struct error *error);

/** bus_method() - a call of the daemon, to be filled and made. */
int bus_method(struct bus *b, const char *interface, const char *name,
               sd_bus_message **ret, struct error *error);
/** bus_call() - make it; @us: to wait for, 0: the usual; @ret: may be NULL */
int bus_call(struct bus *b, sd_bus_message *m, uint64_t us,
             sd_bus_message **ret, struct error *error);

/** bus_prepare() - a session is about to be started: the daemon, if one runs,
 * may open its sound device. Waits for nothing. */
void bus_prepare(struct bus *b);

/** What Start takes beside the routine. */
struct bus_start {
	const char *sensor; /**< NULL: the daemon's own choice */
	const char *talk;   /**< NULL: likewise */
	const char *mode;   /**< NULL: the routine's */
	bool no_audio;
	bool slow;
	int from_step;  /**< 0: the first */
	double seconds; /**< 0: the whole */
};
int bus_start(struct bus *b, const char *routine, const struct bus_start *s,
              struct error *error);
int bus_command(struct bus *b, const char *word, struct error *error);
int bus_answer(struct bus *b, const char *id, const char *value,
               struct error *error);

/** The properties of the Session interface, as they came; NAN: no value. */
struct bus_state {
	char state[32], mode[32], routine[64], step[64], quality[32];
	char asked[64];      /**< the question that stands; "" */
	char calm_state[32]; /**< activated, steady, settling; "" */
	char sensor[256], sensor_state[32];
	char message[1024]; /**< a line each */
	char result[32], stop[32];
	int step_n;   /**< 0: none yet */
	int pressure; /**< of ten, at most; 0: none */
	double step_left_s, left_s;
	double hr_bpm, calm, pace, wave, breaths_per_min;
	uint64_t session;
};
/** bus_state_init() - nothing known. */
void bus_state_init(struct bus_state *s);
int bus_state(struct bus *b, struct bus_state *ret, struct error *error);
/** bus_state_take() - take an a{sv} into @s. Return: 0 or errno. */
int bus_state_take(sd_bus_message *m, struct bus_state *s);

/** bus_status() - the exit status of a failure above. */
int bus_status(int error);

#endif
