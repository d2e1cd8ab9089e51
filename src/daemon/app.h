/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DAEMON_APP_H
#define LULL_DAEMON_APP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "daemon/live.h"
#include "daemon/setup.h"

/**
 * The app: owns and wires everything of the daemon but its faces (the bus).
 * One session at a time. Idle it holds the store's writer, which sleeps, and
 * no timer, no sound stream and no sensor; but for two seconds a sound device
 * after app_prepare().
 *
 * Loop thread.
 */
struct app;
struct sd_event;

/** A face of the daemon; what it does not want is NULL. All but ended may be
 * called from within app_*(). */
struct app_listener {
	void (*said)(void *data, const char *text);
	/** @choices: NULL-ended */
	void (*question)(void *data, const char *id, const char *text,
	                 const char *const *choices);
	/** A breath of the pacer begins; 0 s: it falls silent. */
	void (*breath)(void *data, double seconds, double inhale_pct);
	void (*changed)(void *data, const struct live *live);
	/** @id: in the store; 0: it was not kept */
	void (*ended)(void *data, uint64_t id);
	void *data;
};

/**
 * app_create() - idle; touches no file
 * @event: the loop; outlives the app
 * Return: 0, -ENOMEM, -ENOENT without a home folder, or sd-event's errno.
 */
int app_create(struct app **ret, struct sd_event *event);
/**
 * app_recover() - take the store for this daemon, mark the sessions that a
 * dead one left as interrupted
 *
 * Once it is sure that no other daemon runs. A store that cannot be had is
 * logged here, and said again at each start.
 */
void app_recover(struct app *a);
/** app_destroy() - a session in progress ends as interrupted and is written.
    Return: NULL. */
struct app *app_destroy(struct app *a);
/** app_listen() - one more face; all are told everything
    Return: 0, or -ENOSPC beyond APP_FACES. */
#define APP_FACES 4
int app_listen(struct app *a, const struct app_listener *listener);
/** app_unlisten() - tell the one with @data no more. */
void app_unlisten(struct app *a, const void *data);

/** app_prepare() - a session is about to be started: open the sound device.
 * Nothing, where one runs. */
void app_prepare(struct app *a);
/**
 * app_start() - begin a session
 *
 * Return: 0; with @error: -EBUSY if one runs; -EPERM if a red flag waits for a
 * doctor and the routine touches; -EINVAL for an unknown routine, a sensor
 * that cannot be opened or an option out of range; any other for what failed.
 */
int app_start(struct app *a, const char *routine,
              const struct setup_options *options, struct error *error);
/** app_command() - the person's word. Return: 0; -EINVAL with @error. */
int app_command(struct app *a, const char *word, struct error *error);
/** app_answer() - Return: 0; -EINVAL with @error. */
int app_answer(struct app *a, const char *id, const char *value,
               struct error *error);
const struct live *app_live(const struct app *a);

/**
 * app_quit() - leave the loop, after the session in progress has ended as
 * interrupted, faded out and been stored; at once the second time
 */
void app_quit(struct app *a);

#endif
