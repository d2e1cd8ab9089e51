/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_PLAYER_JOURNAL_H
#define LULL_PLAYER_JOURNAL_H

#include <stddef.h>
#include <stdio.h>

#include "session/event.h"
#include "session/session.h"

/**
 * The journal: events as JSON Lines and back (INTERFACES, "Events"). One
 * object a line, `t` in seconds with six decimals, `kind`, then the keys of
 * that kind. Numbers are written so that they read back to the same value.
 */

/** journal_write_start() - the first line. @ret: malloc()ed, no newline. */
int journal_write_start(const struct session_start *start, char **ret);
/** journal_write() - one event. @ret: malloc()ed, no newline. */
int journal_write(const struct event *event, char **ret);

/** A start read back, owning all that it points to. */
struct journal_start {
	struct session_start start;
	struct routine *routine;
	struct session_clip *clips;
};
void journal_start_finish(struct journal_start *s);

/** Where and why reading failed, in words for a person. */
struct journal_error {
	char what[256]; /**< e.g. "rr_ticks: expected a number" */
};

/**
 * journal_read_start() - the first line, of at most 4 MiB
 * Return: 0; -EBADMSG with @error; -EPROTO if it was written by another engine
 * (still filled, as far as this one can read it); -ENOMEM.
 */
int journal_read_start(const char *line, size_t len, struct journal_start *ret,
                       struct journal_error *error);

/** An event read back; decision keys and question texts live in @arena. */
struct journal_event {
	struct event event;
	void *arena;
};
void journal_event_finish(struct journal_event *e);
/**
 * journal_read() - one event, of at most 64 KiB
 *
 * Strict: a key that is missing, of a wrong type, out of its range (times: 0
 * to ten days) or not expected is an error that names it.
 * Return: 0; -EBADMSG with @error; -ENOMEM.
 */
int journal_read(const char *line, size_t len, struct journal_event *ret,
                 struct journal_error *error);

/**
 * journal_equal() - the same event by value, not by spacing
 * @ret_key: the first key that differs, where they do
 */
bool journal_equal(const char *a, const char *b, char *ret_key, size_t len);

#endif
