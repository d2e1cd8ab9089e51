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

struct tale {
	bool started;
	struct journal_start start;
	size_t n, room;
	struct tale_decision *decisions;
	int step;
	unsigned steps_begun;
	unsigned beats, corrected, rejected;
	unsigned estimates, estimates_ok;
	unsigned gaps; /**< times that the sensor was lost or missed beats */
	bool heard;    /**< the sensor is connected now */
	uint64_t last_us;
	bool ended;
	struct event end;
	size_t lines;
	struct journal_error error; /**< of line @lines */
};

/** tale_init() - nothing read yet. */
void tale_init(struct tale *t);
void tale_finish(struct tale *t);
/** tale_line() - a store_lines() function; @data: the tale. */
int tale_line(void *data, const char *line, size_t len);
/** tale_routine() - what was played; NULL where that is not known. */
const struct routine *tale_routine(const struct tale *t);

/* The noise band of one person until five sessions exist, and below it no
   clear change. Source: reference/content.md, D.4. */
#define TALE_HR_BAND_BPM    2.0
#define TALE_RMSSD_BAND_PCT 20.0

/** How the heart at rest changed. NAN: not had before, or not after. */
struct tale_change {
	double hr_slower_bpm;       /**< before minus after */
	double rmssd_pct;           /**< 100 (after / before - 1) */
	bool hr_clear, rmssd_clear; /**< outside the noise band */
};
void tale_change(const struct store_session *row, struct tale_change *ret);

/** tale_hr_words(), tale_rmssd_words() - the change in words; "" if NAN. */
void tale_hr_words(const struct tale_change *c, char *ret, size_t len);
void tale_rmssd_words(const struct tale_change *c, char *ret, size_t len);

/** tale_result() - how it ended, in words. @ret: at most @len bytes. */
void tale_result(const struct store_session *row, char *ret, size_t len);

/** tale_stop_text() - what a stop says (content.md E.2); NULL for "". */
const char *tale_stop_text(const char *stop);

#endif
