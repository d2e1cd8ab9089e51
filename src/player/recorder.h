/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_PLAYER_RECORDER_H
#define LULL_PLAYER_RECORDER_H

#include <stdio.h>

#include "session/session.h"
#include "store/writer.h"

/**
 * The recorder: every event of a session into the store's writer, a JSON
 * Lines file, or both. A player_listener's other half.
 */
struct recorder {
	struct writer *writer; /**< NULL: not stored */
	FILE *file;            /**< NULL: no file */
	int error;             /**< first failure of the file or of memory */
	const struct session_start *start; /**< set by recorder_begin() */
};

/** recorder_begin() - the session's first line; @start outlives the recording.
    Return: 0 or errno. */
int recorder_begin(struct recorder *r, const struct session_start *start);
/**
 * recorder_event() - a player_listener's event function; @data: this
 *
 * A technique counts as done at the end of its step, of both sides where it
 * has two.
 */
void recorder_event(void *data, const struct event *event);

/* A session's rows, as the store has them; strings live as long as what they
 * were made of. */

/** recorder_row_begin() - @line: the first, as it is or shall be stored. */
struct writer_begin recorder_row_begin(const struct session_start *start,
                                       const char *line);
/** recorder_row() - @event of the session that begins with @start. */
struct writer_event recorder_row(const struct session_start *start,
                                 const struct event *event, const char *line);
/** recorder_row_end() - @event: of the kind EVENT_END. */
struct writer_end recorder_row_end(const struct event *event);

#endif
