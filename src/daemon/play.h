/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DAEMON_PLAY_H
#define LULL_DAEMON_PLAY_H

#include "base/error.h"
#include "daemon/aloud.h"
#include "daemon/live.h"
#include "daemon/setup.h"
#include "store/writer.h"

/**
 * A play: one session, live, and all that it needs: its sensor, its voices,
 * its sound, its clock and its record. It prepares, waits for the sound
 * stream, runs, lets the sound end and the record reach the disk, and says
 * that it is done. Loop thread.
 */
struct play;
struct sd_event;

/** All but done may be called from within play_*(); done never is. */
struct play_listener {
	void (*said)(void *data, const char *text);
	void (*question)(void *data, const char *id, const char *text,
	                 const char *const *choices);
	/** A breath of the pacer begins; 0 s: it falls silent. */
	void (*breath)(void *data, double seconds, double inhale_pct);
	/** What shows has moved; it stands in the live values. */
	void (*changed)(void *data);
	/** The last call: the play may be destroyed in it. @id: in the store;
	    0: not kept. */
	void (*done)(void *data, uint64_t id);
	void *data;
};

/**
 * play_create()
 * @setup, @aloud: taken over on success, and emptied; @aloud: open, or silent
 * @writer: NULL: not kept; outlives the play
 * @store: path of the store; outlives the play
 * @live: kept up to date; outlives the play
 *
 * Return: 0; -EINVAL for a sensor that cannot be opened; -ENOMEM; sd-event's
 * errno; each with @error.
 */
int play_create(struct play **ret, struct sd_event *event, struct setup *setup,
                struct aloud *aloud, struct writer *writer, const char *store,
                struct live *live, const struct play_listener *listener,
                struct error *error);
/** play_destroy() - a session that still runs ends as interrupted, its rows
    go to the writer, its sound stops. Return: NULL. */
struct play *play_destroy(struct play *p);

/** play_word() - Return: 0; -EINVAL with @error. */
int play_word(struct play *p, const char *word, struct error *error);
/** play_answer() - Return: 0; -EINVAL with @error. */
int play_answer(struct play *p, const char *id, const char *value,
                struct error *error);
/** play_stored() - the writer has committed this session's end, or failed. */
void play_stored(struct play *p);
/** play_interrupt() - end it as interrupted; done follows. */
void play_interrupt(struct play *p);

#endif
