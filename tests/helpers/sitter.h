/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_HELPERS_SITTER_H
#define LULL_TESTS_HELPERS_SITTER_H

#include <stdbool.h>

#include "signal/window.h"
#include "tests/helpers/rr.h"

/** A person and a pacer run into a window together. */
struct sitter {
	struct window *w;
	struct rr_source heart;
	double t_s, rr_ms; /**< the next beat */
	double breath_s;   /**< the pacer's next onset */
	double period_s;   /**< 0: none */
	double rejected;   /**< beats, so far */
};

/** sitter_start() - a new window, and a heart that no pacer leads yet.
    sitter_finish() it. */
void sitter_start(struct sitter *b, const struct rr_spec *spec);
/** sitter_pace() - a pacer from @at_s on. @period_s: 0: none any more */
void sitter_pace(struct sitter *b, double at_s, double period_s);
/** sitter_run() - all beats and breaths until @to_s. */
void sitter_run(struct sitter *b, double to_s);
/** sitter_lose() - beats until @to_s are not heard; the gap is announced or
    not. */
void sitter_lose(struct sitter *b, double to_s, bool announced);
/** sitter_look() - sitter_run() to @at_s. Return: what the window says there.
 */
struct estimate sitter_look(struct sitter *b, double at_s);
void sitter_finish(struct sitter *b);

#endif
