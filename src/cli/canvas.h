/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_CANVAS_H
#define LULL_CLI_CANVAS_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/frame.h"

/**
 * A terminal as a whole, dim: on a screen of its own, without cursor, grey on
 * black or nearly black red. Only lines that differ are written. However the
 * program ends, by a signal or a fault too, the terminal is given back.
 */
struct canvas {
	bool on, colours, red;
	size_t width, height;
	struct frame shown;
};

/** canvas_open() - take the terminal that standard output is. */
void canvas_open(struct canvas *c);
/** canvas_close() - give it back; again does nothing. */
void canvas_close(struct canvas *c);
/** canvas_measure() - how large it is now; all is drawn anew. */
void canvas_measure(struct canvas *c);
/** canvas_draw() - @red: dark red instead of grey */
void canvas_draw(struct canvas *c, const struct frame *frame, bool red);

#endif
