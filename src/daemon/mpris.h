/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DAEMON_MPRIS_H
#define LULL_DAEMON_MPRIS_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/app.h"

/**
 * The daemon as a media player, so that media keys, a headset's button and a
 * desktop's panel lead a session with eyes closed: pause, resume, skip, stop,
 * quieter, louder. Source: MPRIS D-Bus Interface Specification 2.2.
 *
 * The name is there from a session's beginning to its end and not else: keys
 * go to whoever was a player last, and who cannot play should not take them. A
 * session begins with its questions, so no key starts one.
 *
 * A track is a step: `Next` is `skip`, the title is the routine's name and the
 * artist the step's, length and position are the step's. While a question
 * stands the step's clock stands still, and only skip, stop and volume are had.
 *
 * Loop thread.
 */
#define MPRIS_NAME   "org.mpris.MediaPlayer2.lull"
#define MPRIS_PATH   "/org/mpris/MediaPlayer2"
#define MPRIS_ROOT   "org.mpris.MediaPlayer2"
#define MPRIS_PLAYER "org.mpris.MediaPlayer2.Player"

/** What a player shows of a session. */
struct mpris_face {
	const char *status; /**< Playing, Paused, Stopped; static */
	bool track;         /**< a session is there */
	int step_n;         /**< 0: none goes on yet */
	char title[128];
	char artist[128];  /**< "": none yet */
	int64_t length_us; /**< of the step; 0: not known */
	bool can_hold;     /**< pause and resume */
	bool can_skip;
	double volume; /**< of amplitude: 1 as set, 0.5 is 6 dB below */
};

/** mpris_face() - Pure. */
void mpris_face(const struct live *live, struct mpris_face *ret);
/** mpris_position_us() - into the step; 0 where none goes on. Pure. */
int64_t mpris_position_us(const struct live *live);

struct sd_bus;
struct mpris;

/** mpris_create() - @app outlives it and tells it everything. */
int mpris_create(struct mpris **ret, struct app *app);
/** mpris_destroy() - takes NULL. Return: NULL. */
struct mpris *mpris_destroy(struct mpris *m);
/**
 * mpris_attach() - be seen on @on, attached to the loop; where @on is no bus
 * but one end of a socket pair there is no name to have
 * Return: 0 or sd-bus's errno.
 */
int mpris_attach(struct mpris *m, struct sd_bus *on);

#endif
