/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DAEMON_SHOW_H
#define LULL_DAEMON_SHOW_H

#include "base/error.h"
#include "daemon/live.h"
#include "player/player.h"

/**
 * Showing: what a running session says of itself, in the words of its routine
 * and in live values.
 */

/** show_player() - the present figures into @live. */
void show_player(struct live *live, const struct routine *r,
                 const struct player *p);
/** show_text() - what an EVENT_SAY says; NULL: nothing in that variant. */
const char *show_text(const struct routine *r, const struct event *say);
/** show_words() - @error: @word is no word; these are. Return: -EINVAL. */
int show_words(const char *word, struct error *error);
/** show_check_answer() - does @id stand, and is @value one of its choices?
    Return: 0, or -EINVAL with @error. */
int show_check_answer(const struct routine *r, const struct player *p,
                      const char *id, const char *value, struct error *error);

#endif
