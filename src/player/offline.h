/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_PLAYER_OFFLINE_H
#define LULL_PLAYER_OFFLINE_H

#include <stdint.h>

#include "base/error.h"
#include "player/clips.h"
#include "player/player.h"
#include "player/recorder.h"

/**
 * A whole session on a simulated clock, as fast as the machine goes: with a
 * sensor that lives on that clock (a render), or with recorded inputs (a
 * replay).
 */

/** Answers to questions, by their id; ends with a NULL id. */
struct offline_answer {
	const char *id, *value;
};

struct offline {
	const struct session_start *start;    /**< start->sensor is opened */
	const struct offline_answer *answers; /**< NULL: nobody answers */
	struct bank *bank; /**< NULL: no voice; clip i is start's clip i */
	const char *sound; /**< file to render into; NULL: none */
	double *ret_lufs;  /**< how loud that is; NULL: not asked */
	unsigned rate_hz;  /**< of bank and file, 48000 */
	struct recorder *recorder; /**< NULL: not recorded */
	/** Optional, about once a simulated second. */
	void (*progress)(void *data, double t_s, double total_s);
	void *data;
};

/**
 * offline_run()
 *
 * At equal times the machine's deadline comes first, then an answer (given two
 * seconds after its question), then the sensor, whose clock is the session's.
 * Return: 0 or negative errno, with @error.
 */
int offline_run(const struct offline *o, struct error *error);

/** How clips are made. */
struct offline_voice {
	const char *cache_dir; /**< of the clips; NULL: none are kept */
	unsigned rate_hz;
	/** Optional: after each clip; and for each thing that went wrong, one
	    plain line. */
	void (*progress)(void *data, double share);
	void (*tell)(void *data, const char *line);
	void *data;
};

/**
 * offline_clips() - all that a session of a routine may say, sealed
 * @r: outlives the clips
 * @ret: the caller's
 *
 * Return: 0, -ENOMEM, or errno of the bank's file.
 */
int offline_clips(const struct routine *r, const struct offline_voice *o,
                  struct clips **ret);

/** One line at a time of a recorded session; *ret is valid until the next
    call. Return: 1, 0 at the end, or errno. */
struct offline_lines {
	int (*next)(void *data, const char **ret, size_t *ret_len);
	void *data;
};

struct offline_difference {
	bool identical;
	bool other_engine; /**< made by another engine: not compared */
	char engine[16];
	uint64_t outputs;   /**< compared */
	double t_s;         /**< of the first output that differs */
	char key[48];       /**< what differs in it */
	char *stored, *now; /**< both lines, malloc()ed; NULL: there is none */
};

/**
 * offline_replay() - run recorded inputs again, compare every output
 * @sound: also render what was heard into this file; NULL: no
 * @bank_cache: clips for that; must give the lengths that were stored
 * @ret: offline_difference_finish() it
 *
 * Stops at the first difference. A session that was cut short, and so has no
 * `end`, is compared as far as its lines go.
 * Return: 0 (see @ret); -EBADMSG with @error for a damaged line (its number
 * and what was expected); -ENODATA if there is no line; what @lines returned;
 * or, for the sound, as offline_run().
 */
int offline_replay(const struct offline_lines *lines, const char *sound,
                   const char *bank_cache, struct offline_difference *ret,
                   struct error *error);
void offline_difference_finish(struct offline_difference *d);

#endif
