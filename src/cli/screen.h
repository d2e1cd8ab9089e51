/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_SCREEN_H
#define LULL_CLI_SCREEN_H

#include <stdbool.h>
#include <stdio.h>

#include "cli/bus.h"
#include "cli/keys.h"
#include "cli/view.h"
#include "session/routine.h"

/**
 * What `lull start` shows: on a terminal one line updated in place below what
 * was said; elsewhere plain lines only.
 */
struct screen {
	FILE *out;
	bool terminal, colours;
	bool still; /**< light hurts: dark red, and no figure that moves */
	const struct routine *routine; /**< names the steps; may be NULL */
	int step_n;                    /**< shown last */
	char state[32];                /**< likewise */
	bool line_on;                  /**< the line in place is there */
	char line[512];                /**< likewise */
};

void screen_init(struct screen *s, FILE *out, const struct routine *routine);
/** screen_view() - it, as a place to follow a session on. */
struct view screen_view(struct screen *s);
/** screen_say() - what the voice says. */
void screen_say(struct screen *s, const char *text);
/** screen_tell() - what else is to be known, one line. */
void screen_tell(struct screen *s, const char *text);
/** screen_keys() - the words' keys. */
void screen_keys(struct screen *s);
/** screen_question() - @keys: its choices */
void screen_question(struct screen *s, const char *text,
                     const struct keys *keys);
/** screen_state() - what has changed of step, time and heart. */
void screen_state(struct screen *s, const struct bus_state *state);
/** screen_clear() - take the line in place away. */
void screen_clear(struct screen *s);

/** screen_line() - the line in place. Pure. @ret: at most @len bytes */
void screen_line(const struct bus_state *state, const struct routine *routine,
                 char *ret, size_t len);
/** screen_wrap() - break lines at spaces, in place. Pure. @width: of a line */
void screen_wrap(char *text, size_t width);
/** screen_step() - "step 3 of 14: NAME". Pure. */
void screen_step(int n, const struct routine *routine, char *ret, size_t len);

#endif
