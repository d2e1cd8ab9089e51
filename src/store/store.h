/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_STORE_STORE_H
#define LULL_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * The store: one SQLite file, 0600, WAL mode, numbered migrations. A session
 * is kept as the JSON Lines that it is (INTERFACES, "Events"): its first line,
 * every input and every output; beats and ratings stand beside them in
 * columns of their own for review.
 *
 * Reading is safe beside a running daemon. Writing of a session's rows goes
 * through struct writer, whose thread commits at least once a second.
 */
struct store;

/** Why the store could not do it, in words for a person. */
struct store_error {
	char what[256];
};

enum store_mode {
	STORE_READ,  /**< makes nothing; -ENOENT where there is none yet */
	STORE_WRITE, /**< made where there is none, migrated where it is old */
};

/**
 * store_open()
 * @path: folders are made (0700), the file is 0600
 * @error: filled on failure, one plain sentence; may be NULL
 *
 * Return: 0; -ENOENT; -EACCES or -EROFS; -EPROTO if a newer version wrote it
 * (nothing is changed); -EBADMSG if it is no store; -EBUSY if another program
 * holds it for more than five seconds; -ENOSPC; -ENOMEM; -EIO.
 */
int store_open(struct store **ret, const char *path, enum store_mode mode,
               struct store_error *error);
struct store *store_close(struct store *s);
/** store_message() - the last failure of @s, one plain sentence. */
const char *store_message(const struct store *s);

/** One session, as listed. NAN: not had. */
struct store_session {
	int64_t id;
	char start[40];
	char routine[48];
	char sensor[256];
	bool simulated; /**< a recording or a simulated person */
	/** Of one that was brought in as beats alone: its format; else "". It
	    has no lines, no routine, and maybe no start. */
	char recording[24];
	char result[24]; /**< "" while it runs; else as in INTERFACES */
	int rule;        /**< that closed it early */
	char stop[16];   /**< "", soon, urgent, emergency */
	double seconds;  /**< of its last event */
	double hr_before, hr_after, rmssd_before, rmssd_after;
	double headache_before, headache_after;
	double tension_before, tension_after;
	uint64_t beats;
	uint64_t events;
	bool attack; /**< a session for the day of an attack */
	int before;  /**< what was before it (store/before.h) */
};

/** store_sessions() - newest first; @last 0: all. @each returns non-zero to
    stop. Return: 0 or negative errno. */
int store_sessions(struct store *s, int last,
                   int (*each)(void *data, const struct store_session *row),
                   void *data);
/** store_sessions_to() - those that began by @start_s (Unix time), of that
    second up to session @id; newest first. */
int store_sessions_to(struct store *s, int64_t start_s, int64_t id,
                      int (*each)(void *data, const struct store_session *row),
                      void *data);
/** store_session() - Return: 0 or -ENOENT. */
int store_session(struct store *s, int64_t id, struct store_session *ret);
/** store_last_id() - Return: 0, or -ENOENT if there is no session. */
int store_last_id(struct store *s, int64_t *ret);

/** store_lines() - the session's JSON lines in order, without newline.
    Return: 0, -ENOENT, -ENODATA for a recording, which has none, or what
    @each returned non-zero. */
int store_lines(struct store *s, int64_t id,
                int (*each)(void *data, const char *line, size_t len),
                void *data);
/** store_tale() - likewise, without beats, their classes and estimates, which
    are nine lines in ten: store_heard() counts them. */
int store_tale(struct store *s, int64_t id,
               int (*each)(void *data, const char *line, size_t len),
               void *data);

/** store_recover() - sessions that never ended become interrupted. For the
    daemon, before its first session. Return: how many, or negative errno. */
int store_recover(struct store *s);

/* What is known of the person. */

struct store_use {
	char technique[48];
	int uses;
	int64_t last_s; /**< start of the last session with it, Unix time */
	double rating;  /**< NAN */
};

/**
 * store_profile() - flags and history
 * @ret_flags: names of the flags last set, comma separated, @len bytes
 * @ret_known: whether they were asked within 30 days of @now_s (Unix time)
 * @ret_sessions: finished sessions with a real heart
 *
 * Return: 0; -ENOBUFS if the names do not fit; or negative errno.
 */
int store_profile(struct store *s, int64_t now_s, char *ret_flags, size_t len,
                  bool *ret_known, int *ret_sessions);
/** store_uses() - how often each technique was done, with a real heart; most
    often first. */
int store_uses(struct store *s, struct store_use *ret, size_t max,
               size_t *ret_n);
struct store_firm {
	char area[48];
	int64_t last_s; /**< start of the last session that pressed it */
};

/** store_firm() - areas pressed firmly since @from_s (Unix time), by a real
    person: with a heart or by the clock; most lately first. */
int store_firm(struct store *s, int64_t from_s, struct store_firm *ret,
               size_t max, size_t *ret_n);
/** store_set_flags() - the answers of E.1, at @now_s. */
int store_set_flags(struct store *s, int64_t now_s, const char *flags);

/** store_block() - massage waits until a doctor has seen this. */
int store_block(struct store *s, int64_t session, const char *stop,
                int64_t now_s);
/** store_blocked() - Return: 1 with the gravest @ret_stop, 0, or errno. */
int store_blocked(struct store *s, char *ret_stop, size_t len);
/** store_seen() - a doctor has. Return: how many blocks it lifted, or errno. */
int store_seen(struct store *s, int64_t now_s);

#endif
