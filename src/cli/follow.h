/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_FOLLOW_H
#define LULL_CLI_FOLLOW_H

#include <stdbool.h>
#include <stdint.h>
#include <termios.h>

#include <systemd/sd-event.h>

#include "cli/answers.h"
#include "cli/bus.h"
#include "cli/keys.h"
#include "cli/view.h"
#include "session/event.h"

/**
 * A session followed in the foreground: what the daemon tells is shown, what
 * the person types is passed on, until it ends.
 */
struct follow {
	struct bus *bus;               /**< outlives it */
	const struct answers *answers; /**< likewise; NULL: none */
	struct view view;              /**< likewise */
	bool watching; /**< only looking on: neither its end nor a signal is
	                    the other's, and Esc leaves */
	struct bus_state state;
	sd_event *event;
	struct keys keys;
	char question[EVENT_ID_MAX]; /**< "": none stands */
	char **choices;              /**< of it, as the daemon sent them */
	char told[1024];             /**< of Message */
	bool raw;                    /**< the terminal gives single keys */
	struct termios saved;
	char line[256]; /**< typed, where it does not */
	size_t n_line;
	bool stopping, ended;
	bool began;       /**< it was more than being prepared */
	uint64_t session; /**< once it has ended; 0: not stored */
};

/** follow_listen() - from now on nothing is missed. Return: 0 or errno. */
int follow_listen(struct follow *f);
/**
 * follow_run() - until its end
 * Return: 0; -EINTR if it was left before its last words; -EPIPE if the
 * daemon has gone.
 */
int follow_run(struct follow *f);
/** follow_question() - a question stands; @choices: NULL-ended, outlive it */
void follow_question(struct follow *f, const char *id, const char *text,
                     const char *const *choices);
/** follow_raw() - single keys, or the terminal as it was. */
void follow_raw(struct follow *f, bool on);
/** follow_tell() - what is new in the daemon's message. */
void follow_tell(struct follow *f);
void follow_finish(struct follow *f);

#endif
