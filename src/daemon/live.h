/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DAEMON_LIVE_H
#define LULL_DAEMON_LIVE_H

#include <stdint.h>

#include "session/event.h"

/**
 * What shows of the present session, or of the last one while none runs: plain
 * values, the same for every face of the daemon. NAN: no value.
 */
struct live {
	const char *state; /**< idle, preparing, asking, playing, paused,
	                        ending; static */
	const char *mode;  /**< the kind of day, as in a routine; static; "" */
	char routine[EVENT_ID_MAX];
	char title[128];         /**< the routine's name, as shown */
	char step[EVENT_ID_MAX]; /**< its technique, `breathe`, or "" */
	char step_title[128];    /**< its name, as shown, or "" */
	int step_n;              /**< its number in the routine; 0: none yet */
	int pressure;            /**< of ten, at most, in it; 0: none */
	double step_s; /**< the step's length; 0: none goes on just now */
	double step_left_s, left_s;
	char asked[EVENT_ID_MAX]; /**< the question that stands, or "" */
	double master_db;         /**< how loud all is; 0 and below */
	double hr_bpm, calm, pace, wave;
	const char *calm_state;   /**< activated, steady, settling, or "";
	                               static */
	double per_min;           /**< of the pacer; 0: silent */
	const char *quality;      /**< of the signal; static */
	char sensor[256];         /**< its URI; "": by the clock */
	const char *sensor_state; /**< static; "": no sensor */
	uint64_t session;         /**< its id in the store; 0: not stored yet */
	char message[1024]; /**< what the person should know, a line each */
	const char *result; /**< static; "" until the end */
	const char *stop;   /**< soon, urgent, emergency, or ""; static */
};

/** live_init() - idle, nothing known. */
void live_init(struct live *l);
/** live_figures_none() - forget all that is measured or counted down. */
void live_figures_none(struct live *l);
/** live_tell() - one more line for the person, logged as well. A line that
    does not fit is only logged. */
__attribute__((format(printf, 2, 3))) void live_tell(struct live *l,
                                                     const char *format, ...);

#endif
