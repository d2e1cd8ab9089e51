/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_TALE_H
#define LULL_CLI_TALE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "player/journal.h"
#include "store/store.h"

/**
 * The tale of one stored session: its lines read back, counted, and its
 * decisions kept.
 */

struct tale_decision {
	struct journal_event at;
	int step; /**< in which it was taken; 0: before the first */
};

/** A technique, as often and as long as it was done. */
struct tale_done {
	char technique[EVENT_ID_MAX];
	double seconds;
};
#define TALE_DONE 32

struct tale {
	bool started;
	struct journal_start start;
	size_t n, room;
	struct tale_decision *decisions;
	int step;
	unsigned steps_begun;
	struct tale_done done[TALE_DONE]; /**< in order */
	size_t n_done;
	uint64_t begun_us; /**< the step that goes on */
	unsigned gaps; /**< times that the sensor was lost or missed beats */
	bool heard;    /**< the sensor is connected now */
	size_t lines;
	struct journal_error error; /**< of line @lines */
};

/** tale_init() - nothing read yet. */
void tale_init(struct tale *t);
void tale_finish(struct tale *t);
/** tale_line() - a store_tale() function; @data: the tale. */
int tale_line(void *data, const char *line, size_t len);
/** tale_routine() - what was played; NULL where that is not known. */
const struct routine *tale_routine(const struct tale *t);

/** tale_result() - how it ended, in words. @ret: at most @len bytes. */
void tale_result(const struct store_session *row, char *ret, size_t len);

/** tale_stop_text() - what a stop says (content.md E.2); NULL for "". */
const char *tale_stop_text(const char *stop);

#endif
