/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_HELPERS_WRITTEN_H
#define LULL_TESTS_HELPERS_WRITTEN_H

#include <stdint.h>

#include "store/store.h"
#include "store/writer.h"

/**
 * Sessions that say what they are: each event has a number, its line follows
 * from that and holds what SQL must not see, so that whoever reads them back
 * can tell a row that is missing, altered or in another's place.
 */

/* DESIGN, "Threads"; INTERFACES promises the same of a killed daemon. */
#define WRITTEN_COMMIT_MS 1000
/* Until something that must happen has happened. */
#define WRITTEN_DEADLINE_MS 30000

/** written_writer() - @woken: counts its wake-ups; NULL: nobody does */
struct writer *written_writer(const char *path, _Atomic int *woken);
struct store *written_store(const char *path, enum store_mode mode);

/** written_begin() - a session begins. */
void written_begin(struct writer *w);
/** written_event() - its event @seq, a tenth of a second each, from 0 on.
 * Return: what the writer says. */
int written_event(struct writer *w, uint64_t seq);
/** written_end - "completed", and none of its figures was had. */
extern const struct writer_end written_end;

/** written_check() - for store_lines(): counts the lines in the uint64_t at
 * @data, each of which must be what was written, in its place. */
int written_check(void *data, const char *line, size_t len);
/** written_seen() - Return: events that a second connection sees. */
uint64_t written_seen(const char *path, int64_t id);

/** written_now_ms() - CLOCK_MONOTONIC */
uint64_t written_now_ms(void);
/** written_await() - until @n is at least @wanted, however long a busy machine
 * takes. */
void written_await(_Atomic int *n, int wanted);

#endif
