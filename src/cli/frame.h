/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_FRAME_H
#define LULL_CLI_FRAME_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/bus.h"
#include "cli/keys.h"
#include "session/routine.h"

/**
 * What `lull watch` shows: lines made of the daemon's state. Pure: no
 * terminal, no clock. Where there is little room, what is least needed with a
 * headache is left out first.
 */

#define FRAME_LINES 64
#define FRAME_BYTES 512 /**< of a line, with NUL */

struct frame_model {
	const struct bus_state *state;
	const struct routine *routine; /**< what is played; NULL: not known */
	const char *said, *told;       /**< last; "": nothing yet */
	const char *question;          /**< NULL: none stands */
	const struct keys *keys;       /**< of its choices */
	double breath; /**< how full the lungs are to be, 0 to 1; NAN: no bar */
	bool inhale;
	bool utf8; /**< the terminal has more than ASCII */
	bool help; /**< show the keys */
};

struct frame {
	size_t n;
	struct frame_line {
		char text[FRAME_BYTES];
		bool strong;
	} lines[FRAME_LINES];
};

/** frame_make() - @width: columns, from 20; @height: lines, from 1 */
void frame_make(const struct frame_model *m, size_t width, size_t height,
                struct frame *ret);

/** frame_still() - nothing may move and all is darker: a day on which light
    hurts (content.md E.4). */
bool frame_still(const struct bus_state *state);

#endif
