/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_PLAYER_JOURNAL_BEATS_H
#define LULL_PLAYER_JOURNAL_BEATS_H

#include <stdbool.h>
#include <stddef.h>

#include "drivers/rr.h"
#include "player/journal.h"

/**
 * The intervals of a session that was stored whole as JSON Lines: the journal
 * as a recording, beside those of drivers/recording.h.
 */

/** Where and why it cannot be read, in words for a person. */
struct journal_beats_error {
	unsigned line; /**< from 1; 0: the file as a whole */
	struct journal_error why;
};

/** journal_beats_is() - is this text JSON? No other recording begins so. */
bool journal_beats_is(const char *text, size_t len);

/**
 * journal_beats_parse() - intervals from a text in memory
 * @ret: rr_finish() it; untouched on failure
 * @error: filled on failure
 *
 * Strict as journal_read() is, outputs and all; a session of another engine
 * will do. Beats keep their ticks and their own times. Between two of them is
 * a gap if the sensor said so, was lost or searched for, if the machine slept,
 * or if their times run backwards, as those of a new sensor may.
 *
 * Return: 0; -EBADMSG; -ENODATA if no beat is in it; -ENOMEM.
 */
int journal_beats_parse(const char *text, size_t len, struct rr *ret,
                        struct journal_beats_error *error);

#endif
