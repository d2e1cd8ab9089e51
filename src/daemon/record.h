/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DAEMON_RECORD_H
#define LULL_DAEMON_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/keep.h"
#include "daemon/live.h"
#include "player/player.h"
#include "player/recorder.h"

/**
 * The record: all that one session leaves behind, its rows and what it teaches
 * of the person. Where the store cannot be written it leaves nothing. Loop
 * thread.
 */
struct record {
	struct recorder recorder; /**< its writer NULL: no rows */
	struct keep keep;
	const char *store; /**< its path; NULL: nothing is kept */
	struct live *live; /**< told what could not be kept */
	bool pressed;      /**< a red flag was written, or could not be */
	bool settled;      /**< all that was to be written has been tried */
};

/** record_init() - @writer, @store: outlive the record; NULL: see there */
void record_init(struct record *r, struct writer *writer, const char *store,
                 struct live *live);
/** record_begin() - the first row; where it fails there are none. */
void record_begin(struct record *r, const struct session_start *start);
/** record_press() - write a red flag before the closing words are over: who
    then pulls the plug has still been told not to massage. */
void record_press(struct record *r);
/**
 * record_settle() - after the session's end
 * @late: wait no longer for the disk
 * Return: whether there is nothing more to wait for; the live values then hold
 * the session's id.
 */
bool record_settle(struct record *r, const struct player *p, bool late);

#endif
