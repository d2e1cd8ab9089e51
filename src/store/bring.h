/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_STORE_BRING_H
#define LULL_STORE_BRING_H

#include "store/store.h"
#include "store/writer.h"

/**
 * Recordings and whole sessions of elsewhere, on their way into the store:
 * each whole or not at all, many of them in one transaction. A daemon may be
 * running: it waits at most for one store_bring_commit().
 */
struct store_bring;

/** store_bring_create() - @s, open for writing, outlives it.
    Return: 0 or negative errno. */
int store_bring_create(struct store_bring **ret, struct store *s);
/** store_bring_destroy() - what was not committed is taken back. Takes and
    returns NULL. */
struct store_bring *store_bring_destroy(struct store_bring *b);
/** store_bring_commit() - keep what was brought so far. A power cut may still
    lose it; store_bring_finish() waits for the disk, once for all. Return: 0 or
    errno. */
int store_bring_commit(struct store_bring *b);
int store_bring_finish(struct store_bring *b);

/** One interval of a recording, and the beat that ends it. */
struct store_beat {
	uint64_t t_us;
	double rr_ms;
	uint32_t rr_ticks; /**< 1/1024 s, under 2^31; 0: only ms */
	bool gap;          /**< beats are missing before it */
};

struct store_recording {
	const char *start;  /**< ISO 8601 with offset; "": not known */
	const char *name;   /**< of its file */
	const char *format; /**< for people */
	const struct store_beat *beats;
	size_t n;
};

/**
 * store_bring_recording()
 * @ret_id: its number; that of the one that was there, with -EEXIST
 *
 * Return: 0; -EEXIST if one with the same beats is in the store, which gets the
 * start that it has not; or errno.
 */
int store_bring_recording(struct store_bring *b,
                          const struct store_recording *recording,
                          int64_t *ret_id);

/**
 * store_bring_begin() - a session, as writer_begin(); then its events, then
 * its end, by which it is whole
 *
 * Return: 0; -EEXIST, with @ret_id, if that session is in the store; or errno.
 */
int store_bring_begin(struct store_bring *b, const struct writer_begin *begin,
                      int64_t *ret_id);
int store_bring_event(struct store_bring *b, const struct writer_event *event);
int store_bring_end(struct store_bring *b, const struct writer_end *end);
/** store_bring_drop() - the session that was begun, not to be had whole. */
void store_bring_drop(struct store_bring *b);

/** store_bring_figures() - what is derived of it (store/figures.h). */
int store_bring_figures(struct store_bring *b, int64_t id, const char *engine,
                        const char *line);

/** store_beats() - of a recording. @ret: malloc()ed, the caller's.
    Return: 0; -ENOENT if it is none; or errno. */
int store_beats(struct store *s, int64_t id, struct store_beat **ret,
                size_t *ret_n);

#endif
