/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_STORE_WRITER_H
#define LULL_STORE_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/store.h"

/**
 * The writer: a thread that takes a session's rows from a bounded queue, so
 * that a slow disk never delays a decision. It commits at least once a second
 * while there is anything to commit, and sleeps without a timer where there
 * is nothing.
 */
struct writer;

/**
 * writer_create()
 * @path: of the store; opened by the thread's own connection
 * @woken: optional; called from the writer's thread after a session's end was
 *         committed, or at its first failure
 *
 * One writer a store: it holds a lock beside the file, PATH.lock, by which
 * readers tell a session that runs from one that was cut off.
 *
 * Return: as store_open(); -EBUSY also if another writer has the store;
 * -EAGAIN if no thread can be had.
 */
int writer_create(struct writer **ret, const char *path,
                  void (*woken)(void *data), void *data,
                  struct store_error *error);
/** writer_destroy() - writes out what is queued, in one last attempt where
    the disk fails, and joins. Return: NULL. */
struct writer *writer_destroy(struct writer *w);

/** What a session's first row says of it. */
struct writer_begin {
	const char *start, *routine, *sensor;
	bool simulated;
	const char *line; /**< the first JSON line, without newline */
};

/** What its last row says. NAN: not had. */
struct writer_end {
	const char *result, *stop;
	int rule;
	double hr_before, hr_after, rmssd_before, rmssd_after;
	double headache_before, headache_after;
	double tension_before, tension_after;
};

/** What one event is, beside its line. */
enum writer_row {
	ROW_EVENT,
	ROW_BEAT,
	ROW_BEAT_CLASS, /**< of the oldest beat that has none yet */
	ROW_TECHNIQUE,  /**< done to its end */
};
struct writer_event {
	uint64_t t_us;
	const char *kind;
	const char *line; /**< without newline */
	enum writer_row row;
	uint64_t at_us;        /**< ROW_BEAT: when the heart beat */
	double rr_ms;          /**< ROW_BEAT */
	const char *class_;    /**< ROW_BEAT_CLASS: as in INTERFACES */
	const char *technique; /**< ROW_TECHNIQUE */
};

/*
 * Loop thread. All strings are copied. Return: 0; -ENOBUFS when the queue
 * (64 Ki rows or 64 MiB) is full, or -ENOMEM: that row is lost and counted,
 * the session goes on. An event belongs to the session last begun. None of
 * these ever waits for the disk. Before the first, store_recover().
 *
 * While the disk fails (full, gone, held by another program) the rows wait in
 * the queue, and go in as soon as it works again.
 */
int writer_begin(struct writer *w, const struct writer_begin *begin);
int writer_event(struct writer *w, const struct writer_event *event);
int writer_end(struct writer *w, const struct writer_end *end);

struct writer_status {
	int64_t session; /**< id of the last begun that was committed; 0 */
	bool ended;      /**< and its end was, too */
	int error;       /**< first failure since writer_begin(); 0 */
	uint64_t lost;   /**< rows that did not reach the disk */
	char what[256];  /**< of the error */
};
void writer_status(struct writer *w, struct writer_status *ret);
/** writer_flush() - wait until all that is queued is committed, or a try to
    do so has failed. */
void writer_flush(struct writer *w);

#endif
